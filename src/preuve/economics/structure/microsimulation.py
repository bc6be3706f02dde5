"""Microsimulation: individuals who move from cycle to cycle, each with traits of his own.

Every strategy and every draw of the parameters follows the same individuals with the same random
numbers: what differs between two of them comes from the model alone, and a strategy against its
mirror differs by nothing. The base case (one draw) follows `structure.individuals` of them; each
draw of a block of several follows the first `individuals // structure.draws`, at least `FEWEST`
(or all, if they are fewer), so that a whole probabilistic analysis of `structure.draws` draws
costs about as much as the base case.

Individuals are followed in groups of `GROUP`, whose tallies are added in order: the bytes of a
result depend neither on the number of threads nor on which of them is first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.structure import Microsimulation
from preuve.economics.structure.entry import entered
from preuve.economics.structure.individual.arrays import (
    ALWAYS,
    NEGATIVE,
    NONE,
    NOT_ONE,
    Formulas,
    Tally,
    World,
)
from preuve.economics.structure.individual.formulas import IndividualFormulas
from preuve.economics.structure.individual.rewards import Amounts, ToldApart, rows_of
from preuve.economics.structure.individual.traits import REACH, Traits
from preuve.economics.structure.individual.ways import Ways
from preuve.economics.structure.rewarding import Trajectory, life_years, rewarded
from preuve.economics.structure.states import Layout
from preuve.economics.structure.sums import Sums
from preuve.economics.structure.tree import at_start
from preuve.economics.weights import COSTS, EFFECTS, Weights

FEWEST = 1000
"""Individuals in each draw of a block of several, at least."""
GROUP = 16_384
"""Individuals of one tally."""


def run(scope: Scope, structure: Microsimulation, weights: Weights, draws: int) -> Sums:
    """The sums of individuals, per person.

    `spread` holds the Monte-Carlo standard errors of the discounted cost and of the traded effect
    in the first draw; what a technology is paid, and costs of a tree of entry, which no
    individual is drawn for, play no part in it.

    Raises:
        PreuveError: a row does not sum to 1, a cost is negative, a figure is not a number.
    """
    layout = Layout.of(scope.model)
    start, cost, effect, repairs = entered(scope, structure, layout, draws)
    block = _Block.of(scope, structure, weights, layout, draws)
    tallies = [block.tally(start[:, draw], draw) for draw in range(draws)]
    found = block.trajectory(tallies)
    costs = block.total(found, tallies, "costs") + at_start(cost, weights)
    effects = block.total(found, tallies, "effects") + at_start(effect, weights)
    return Sums(
        costs,
        np.concatenate([effects, life_years(found)[None]]),
        layout.gathered(found.trace),
        repairs + block.repairs(tallies),
        tallies[0].errors,
    )


def followed(structure: Microsimulation, draws: int) -> int:
    """How many individuals are followed in each of some draws."""
    if draws == 1:
        return structure.individuals
    return min(structure.individuals, max(structure.individuals // structure.draws, FEWEST))


def threads() -> int:
    """How many groups are followed at once: the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@dataclass(frozen=True)
class _Block:
    """One strategy over a block of draws."""

    scope: Scope
    weights: Weights
    layout: Layout
    individuals: int
    traits: Traits
    formulas: IndividualFormulas
    ways: Ways
    told: ToldApart
    amounts: Amounts

    @classmethod
    def of(
        cls,
        scope: Scope,
        structure: Microsimulation,
        weights: Weights,
        layout: Layout,
        draws: int,
    ) -> _Block:
        written = scope.model.written
        traits = Traits.of(structure.traits)
        formulas = IndividualFormulas(scope, traits.names, max(layout.tunnels), draws)
        ways = Ways.of(scope, structure, layout, formulas, draws)
        told = ToldApart.of(written.rewards, written.decision.effect, layout, formulas)
        amounts = Amounts.of(told, ways, scope, draws)
        count = followed(structure, draws)
        return cls(scope, weights, layout, count, traits, formulas, ways, told, amounts)

    def tally(self, start: Floats, draw: int) -> Tally:
        """The individuals of one draw, followed and added up."""
        from preuve.economics.structure.individual.kernel import follow

        world = self._world(start, draw)
        depth, formulas = self._formulas(draw)
        seed = self.scope.model.written.analyses.seed

        def group(first: int) -> Tally:
            tally = Tally.empty(world, formulas, len(self.told.sums), depth)
            end = min(first + GROUP, self.individuals)
            follow(seed, first, end, world, formulas, tally)
            return tally

        total = Tally.empty(world, formulas, len(self.told.sums), depth)
        for one in _in_order(group, range(0, self.individuals, GROUP)):
            total.add(one)
        self._refuse(total)
        return total

    def _formulas(self, draw: int) -> tuple[int, Formulas]:
        programs, lookups, slots, values = self.formulas.programs
        return programs.depth, Formulas(
            programs.code,
            programs.begins,
            programs.numbers,
            slots,
            np.ascontiguousarray(values[:, draw]),
            lookups.keys,
            lookups.values,
            lookups.begins,
            self.formulas.steady,
        )

    def _world(self, start: Floats, draw: int) -> World:
        places, states = self.layout.places, self.layout.states
        begins = np.cumsum(start)
        begins[np.flatnonzero(start)[-1] :] = ALWAYS
        rows = [COSTS, EFFECTS]
        late = np.ascontiguousarray(self.weights.late[rows])
        points = np.ascontiguousarray(self.weights.points[rows] - late)
        events = np.ascontiguousarray(self.weights.events[rows])
        return World(
            begins,
            np.array([states.index(one.state) for one in places], dtype=np.int64),
            np.array([one.stayed for one in places], dtype=np.int64),
            self.ways.counts,
            self.ways.own,
            self.ways.formulas,
            self.ways.added(draw, self.scope.model.cycles),
            self.ways.arrival,
            self.ways.target,
            *self.amounts.of_draw(draw, self.ways, points, late, events),
            *self.told.by_state(),
            *self.told.by_move(),
            rows_of(self.told.once),
            points,
            late,
            events,
            self.traits.quantiles,
            self.traits.exact,
            REACH,
        )

    def _refuse(self, tally: Tally) -> None:
        formula, fault = (int(part) for part in tally.fault)
        if formula == NONE:
            return
        at = self.formulas.locations[formula]
        name = ".".join(str(part) for part in at)
        if fault == NOT_ONE:
            raise PreuveError(
                _("The probabilities of {row} do not sum to 1 for some individuals.").format(
                    row=name.rpartition(".")[0]
                ),
                where=self.scope.model.origin.where(at[:-1]),
                remedy=_("Write `rest` in place of the one that remains."),
            )
        if fault == NEGATIVE:
            raise PreuveError(
                _("The cost {name} is negative for some individuals.").format(name=name),
                where=self.scope.model.origin.where(at),
                remedy=_("Write `negative: true` where it is a saving."),
            )
        raise PreuveError(
            _("{name} is not a number for some individuals.").format(name=name),
            where=self.scope.model.origin.where(at),
            remedy=_("Look for a division by 0, a logarithm of 0 or an age out of a table."),
        )

    def trajectory(self, tallies: list[Tally]) -> Trajectory:
        """Shares of people at each place and on each way."""
        trace = np.stack([one.counts + np.cumsum(one.deaths, axis=0) for one in tallies], axis=-1)
        flows = np.stack([one.flows for one in tallies], axis=-1)

        def flow(place: int, state: str) -> Floats:
            if state not in self.ways.targets[place]:
                return np.zeros((len(trace) - 1, len(tallies)))
            way = self.ways.targets[place].index(state)
            return np.asarray(flows[:, place, way] / self.individuals)

        return Trajectory(self.layout, trace / self.individuals, flow, self.weights)

    def total(self, found: Trajectory, tallies: list[Tally], kind: str) -> Floats:
        """Each reward by row of the weights, (rewards, W, B)."""
        shared = self.told.shared[kind]
        sums = rewarded(found, self.scope, shared, kind)
        for row, (of, name) in enumerate(self.told.sums):
            if of != kind:
                continue
            points = np.stack([one.at_points[row] for one in tallies], axis=-1)
            events = np.stack([one.at_events[row] for one in tallies], axis=-1)
            once = np.array([one.at_once[row, 0] for one in tallies])
            after = np.stack([one.at_late[row] for one in tallies], axis=-1)
            spent = (self.weights.points - self.weights.late) @ points + self.weights.late @ after
            spent += self.weights.events @ events
            spent += self.weights.start[:, None] * once
            sums[list(shared).index(name)] += spent / self.individuals
        return sums

    def repairs(self, tallies: list[Tally]) -> Repairs:
        """Rows put right; each individual looks at a row of his own, or at a shared one."""
        shared = self.ways.repairs
        if not self.ways.varying:
            return shared
        fixed, examined = np.sum([one.repairs for one in tallies], axis=0).tolist()
        looks = self.individuals * self.scope.model.cycles
        own = Repairs(fixed, examined, self.ways.varying if fixed else ())
        return own + Repairs(shared.repaired * looks, shared.examined * looks, shared.places)


def _in_order(group: Callable[[int], Tally], firsts: range) -> Iterator[Tally]:
    """The tally of each group, in order, several made at once."""
    several = threads()
    if several == 1 or len(firsts) == 1:
        yield from map(group, firsts)
        return
    with ThreadPoolExecutor(several) as pool:
        for begin in range(0, len(firsts), 4 * several):
            yield from pool.map(group, firsts[begin : begin + 4 * several])
