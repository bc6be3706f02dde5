"""Rewards: those that rest on traits told apart from those that are the same for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import split
from preuve.economics.outcomes import LIFE_YEARS
from preuve.economics.specification.structure import Reward, Rewards
from preuve.economics.structure.individual.arrays import COST, EFFECT, NEITHER, Integers
from preuve.economics.structure.individual.formulas import IndividualFormulas
from preuve.economics.structure.individual.ways import Ways
from preuve.economics.structure.rewarding import worth
from preuve.economics.structure.states import Layout, scopes

Row = tuple[int, int, int, int]


@dataclass
class ToldApart:
    """The rewards of a model.

    Attributes:
        shared: by kind and name, each reward without its formulas that rest on traits.
        sums: kind and name of those that have some, in order.
        staying: by state, moving: by move, once: rows of `World`.
    """

    layout: Layout
    formulas: IndividualFormulas
    traded: str
    shared: dict[str, dict[str, Reward]] = field(default_factory=dict)
    sums: list[tuple[str, str]] = field(default_factory=list)
    staying: dict[str, list[Row]] = field(default_factory=dict)
    moving: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    once: list[Row] = field(default_factory=list)

    @classmethod
    def of(
        cls, rewards: Rewards, traded: str, layout: Layout, formulas: IndividualFormulas
    ) -> ToldApart:
        """The rewards of a model, of which the effect `traded` is traded for money."""
        found = cls(layout, formulas, traded)
        for kind, several in (("costs", rewards.costs), ("effects", rewards.effects)):
            found.shared[kind] = {
                name: found._shared(kind, name, reward) for name, reward in several.items()
            }
        return found

    def _shared(self, kind: str, name: str, reward: Reward) -> Reward:
        """The reward without what rests on traits, which is kept in rows."""
        at: Location = ("rewards", kind, name)
        kept = {}
        for word in ("states", "entering", "transitions"):
            written = getattr(reward, word)
            own = [key for key in written if self.formulas.varies((*at, word, key))]
            kept[word] = {key: one for key, one in written.items() if key not in own}
            for key in own:
                row = self._row(kind, name, reward, (*at, word, key))
                if word == "states":
                    self.staying.setdefault(key, []).append(row)
                for move in self._moves(word, key):
                    self.moving.setdefault(move, []).append(row)
        if reward.once is None or not self.formulas.varies((*at, "once")):
            return reward.model_copy(update=kept)
        self.once.append(self._row(kind, name, reward, (*at, "once")))
        return reward.model_copy(update={**kept, "once": None})

    def _row(self, kind: str, name: str, reward: Reward, at: Location) -> Row:
        if (kind, name) not in self.sums:
            self.sums.append((kind, name))
        column = COST if kind == "costs" else EFFECT if name == self.traded else NEITHER
        allowed = kind == "effects" or reward.negative
        return self.formulas.add(at), self.sums.index((kind, name)), column, int(allowed)

    def _moves(self, word: str, key: str) -> Iterator[tuple[str, str]]:
        """The moves that a reward for entering a state, or for a transition, counts."""
        if word == "transitions":
            yield split(key)
        if word == "entering":
            yield from ((state, key) for state in self.layout.states if state != key)

    def by_state(self) -> tuple[Integers, Integers]:
        """Rows of what is counted in each state, and where each state begins."""
        return _listed([self.staying.get(state, []) for state in self.layout.states])

    def by_move(self) -> tuple[Integers, Integers]:
        """Rows of what is counted for each move, and where each move begins."""
        states = self.layout.states
        return _listed([self.moving.get((one, other), []) for one in states for other in states])


def _listed(rows: list[list[Row]]) -> tuple[Integers, Integers]:
    begins = np.cumsum([0, *(len(one) for one in rows)]).astype(np.int64)
    return rows_of([row for several in rows for row in several]), begins


def rows_of(rows: list[Row]) -> Integers:
    """Rows as an array, (N, 4)."""
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


@dataclass(frozen=True)
class Amounts:
    """What anyone is counted, whatever his traits: total cost and traded effect.

    Attributes:
        lived: by place and column, per year there, (B,) or (T + 1, B).
        passed: by place, way and column, per move.
    """

    lived: dict[tuple[int, int], Floats]
    passed: dict[tuple[int, int, int], Floats]

    @classmethod
    def of(cls, told: ToldApart, ways: Ways, scope: Scope, draws: int) -> Amounts:
        """The amounts of the rewards that rest on no trait."""
        found = cls({}, {})
        layout = told.layout
        for place, at_place in enumerate(scopes(layout, scope)):
            state = layout.places[place].state
            for kind, name, reward in _counted(told):
                at: Location = ("rewards", kind, name)
                column = COST if kind == "costs" else EFFECT
                allowed = column == EFFECT or reward.negative
                if state in reward.states:
                    amount = worth(at_place, (*at, "states", state), draws, allowed)
                    found._live(place, column, amount)
                for way, target in enumerate(ways.targets[place]):
                    for one in _events(reward, state, target):
                        amount = worth(at_place, (*at, *one), draws, allowed)
                        found._pass(place, way, column, amount)
            dead = layout.dead[layout.states.index(state)]
            if told.traded == LIFE_YEARS and not dead:
                found._live(place, EFFECT, np.ones(draws))
        return found

    def _live(self, place: int, column: int, amount: Floats) -> None:
        self.lived[place, column] = self.lived.get((place, column), 0.0) + amount

    def _pass(self, place: int, way: int, column: int, amount: Floats) -> None:
        key = (place, way, column)
        self.passed[key] = self.passed.get(key, 0.0) + amount

    def of_draw(
        self, draw: int, ways: Ways, points: Floats, late: Floats, events: Floats
    ) -> tuple[Floats, Floats]:
        """Discounted amounts of a draw: (T + 1, P, 2) of points and (T, P, C, 2) of moves.

        Args:
            draw: which.
            ways: of the model.
            points: (2, T + 1), what a cost and an effect count for at each point.
            late: (2, T + 1), the same for the cycle that ends there.
            events: (2, T), what they count for in each cycle.
        """
        places = len(ways.targets)
        lived = np.zeros((points.shape[1], places, 2))
        passed = np.zeros((events.shape[1], places, ways.width, 2))
        for (place, column), amount in self.lived.items():
            lived[:, place, column] = points[column] * amount[..., draw]
            before = amount[draw] if amount.ndim == 1 else amount[:-1, draw]
            lived[1:, place, column] += late[column, 1:] * before
        for (place, way, column), amount in self.passed.items():
            worths = amount[draw] if amount.ndim == 1 else amount[:-1, draw]
            passed[:, place, way, column] = events[column] * worths
        return lived, passed


def _counted(told: ToldApart) -> Iterator[tuple[str, str, Reward]]:
    for name, reward in told.shared["costs"].items():
        yield "costs", name, reward
    for name, reward in told.shared["effects"].items():
        if name == told.traded:
            yield "effects", name, reward


def _events(reward: Reward, state: str, target: str) -> Iterator[tuple[str, str]]:
    if target in reward.entering and target != state:
        yield "entering", target
    for written in reward.transitions:
        if split(written) == (state, target):
            yield "transitions", written
