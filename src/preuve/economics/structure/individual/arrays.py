"""Arrays: what the kernel of individuals reads, and what it adds up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DEAD, REST, NONE = -1, -2, -1
COST, EFFECT, NEITHER = 0, 1, -1
NOT_A_NUMBER, NEGATIVE, NOT_ONE = 1, 2, 3
"""What is wrong with a formula."""
ALWAYS = 2.0
"""More than any random number: the last way is taken where no other was."""


class Formulas(NamedTuple):
    """Bytecode of the formulas that rest on traits, and what it reads, for one draw.

    Attributes:
        code, begins, numbers: of `bytecode.Programs`. slots: (N, 3), of `formulas`.
        values: of the slots. keys, looked_up, tables: of `bytecode.Lookups`.
        steady: (N,) whether a formula is the same in every cycle for one individual.
    """

    code: Integers
    begins: Integers
    numbers: Floats
    slots: Integers
    values: Floats
    keys: Floats
    looked_up: Floats
    tables: Integers
    steady: NDArray[np.bool_]


class World(NamedTuple):
    """What individuals go through, for one draw; P places, C ways out of each at most.

    Attributes:
        start: (P,) chances of the places at the start, added up.
        state, stayed: (P,) of each place.
        ways: (P,) how many ways out; 0 where one stays for ever, DEAD where one is dead.
        own: (P,) row of `chances` where they rest on traits, else NONE.
        chances: (rows, C) formula of each way, REST for what remains.
        added: (T, P, C) chances of the ways, added up. arrival: (P, C) place reached.
        target: (P, C) state reached.
        lived: (T + 1, P, 2), passed: (T, P, C, 2): discounted cost and effect of a point at each
            place, and of each move, that rest on no trait.
        staying, moving, once: rewards that rest on traits, (N, 4): formula, row of the sums,
            COST, EFFECT (the one that is traded) or NEITHER, and 1 where it may be negative.
        staying_begins: (S + 1,) first row of each state. moving_begins: (S x S + 1,) first row
            of each move from s to z, at s x S + z.
        points, late, events: (2, T + 1) twice and (2, T): what a cost and an effect count for,
            discounted; `late` for the cycle that ends at a point, told by its own clock.
        quantiles, exact: of `Traits`. reach: of their scale.
    """

    start: Floats
    state: Integers
    stayed: Integers
    ways: Integers
    own: Integers
    chances: Integers
    added: Floats
    arrival: Integers
    target: Integers
    lived: Floats
    passed: Floats
    staying: Integers
    staying_begins: Integers
    moving: Integers
    moving_begins: Integers
    once: Integers
    points: Floats
    late: Floats
    events: Floats
    quantiles: Floats
    exact: NDArray[np.bool_]
    reach: float


class Tally(NamedTuple):
    """What a group of individuals adds up to.

    Attributes:
        counts: (T + 1, P) individuals at each place, but for the dead.
        deaths: (T + 1, P) who reach a dead place. flows: (T, P, C) who take each way.
        at_points, at_late: (N, T + 1), at_events: (N, T), at_once: (N, 1): rewards that rest on
            traits, by the clock of the cycle that begins or of the one that ends.
        moments: (2, 3) individuals, mean, and sum of squared deviations of cost and of effect.
        repairs: (2,) probabilities put right, and examined.
        fault: (2,) formula and what is wrong with it; NONE where nothing is.
        stack, traits, ways: places to work in.
        individual: (1,) who is followed. kept, kept_for: (N,) steady formulas, and for whom.
    """

    counts: Integers
    deaths: Integers
    flows: Integers
    at_points: Floats
    at_late: Floats
    at_events: Floats
    at_once: Floats
    moments: Floats
    repairs: Integers
    fault: Integers
    stack: Floats
    traits: Floats
    ways: Floats
    individual: Integers
    kept: Floats
    kept_for: Integers

    @classmethod
    def empty(cls, world: World, formulas: Formulas, sums: int, depth: int) -> Tally:
        """A tally of nobody, of `sums` rewards that rest on traits."""
        cycles, places, ways = world.added.shape
        return cls(
            np.zeros((cycles + 1, places), dtype=np.int64),
            np.zeros((cycles + 1, places), dtype=np.int64),
            np.zeros((cycles, places, ways), dtype=np.int64),
            np.zeros((sums, cycles + 1)),
            np.zeros((sums, cycles + 1)),
            np.zeros((sums, cycles)),
            np.zeros((sums, 1)),
            np.zeros((2, 3)),
            np.zeros(2, dtype=np.int64),
            np.full(2, NONE, dtype=np.int64),
            np.zeros(depth),
            np.zeros(len(world.quantiles)),
            np.zeros(ways),
            np.full(1, NONE, dtype=np.int64),
            np.zeros(len(formulas.steady)),
            np.full(len(formulas.steady), NONE, dtype=np.int64),
        )

    def add(self, other: Tally) -> None:
        """Add a group that comes after."""
        for mine, theirs in zip(self[:7], other[:7], strict=True):
            np.add(mine, theirs, out=mine)
        _add_moments(self.moments, other.moments)
        self.repairs[:] += other.repairs
        if self.fault[0] == NONE:
            self.fault[:] = other.fault

    @property
    def errors(self) -> tuple[float, float]:
        """Standard errors of the mean cost and of the mean effect."""
        people, _mean, squares = self.moments.T
        error = np.sqrt(squares / np.maximum(people - 1, 1) / people)
        return float(error[0]), float(error[1])


def _add_moments(mine: Floats, theirs: Floats) -> None:
    """Pooled means and squared deviations (Chan, Golub and LeVeque, COMPSTAT 1982)."""
    people = mine[:, 0] + theirs[:, 0]
    apart = theirs[:, 1] - mine[:, 1]
    mine[:, 2] += theirs[:, 2] + apart**2 * mine[:, 0] * theirs[:, 0] / np.maximum(people, 1)
    mine[:, 1] += apart * theirs[:, 0] / np.maximum(people, 1)
    mine[:, 0] = people
