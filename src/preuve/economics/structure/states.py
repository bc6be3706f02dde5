"""States: the states of a model in a row, each tunnel as one state for each cycle in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import states_of


@dataclass(frozen=True)
class Place:
    """One place of the row: a state, and for how many cycles one has been in it (0 at first)."""

    state: str
    stayed: int


@dataclass(frozen=True)
class Layout:
    """The row of places of a model.

    Attributes:
        states: names in order. tunnels: cycles told apart in each. dead: whether each is.
    """

    states: tuple[str, ...]
    tunnels: tuple[int, ...]
    dead: tuple[bool, ...]

    @classmethod
    def of(cls, model: Compiled) -> Layout:
        written = states_of(model.written)
        return cls(
            tuple(written),
            tuple(one.tunnel for one in written.values()),
            tuple(one.dead for one in written.values()),
        )

    @cached_property
    def places(self) -> tuple[Place, ...]:
        return tuple(
            Place(state, stayed)
            for state, tunnel in zip(self.states, self.tunnels, strict=True)
            for stayed in range(tunnel)
        )

    @cached_property
    def first(self) -> dict[str, int]:
        """Where each state begins in the row."""
        begins = np.concatenate([[0], np.cumsum(self.tunnels)[:-1]])
        return dict(zip(self.states, (int(one) for one in begins), strict=True))

    def after(self, place: int) -> int:
        """Where one is after staying another cycle: the last place of a tunnel holds on."""
        here = self.places[place]
        tunnel = self.tunnels[self.states.index(here.state)]
        return place + 1 if here.stayed + 1 < tunnel else place

    def arrival(self, place: int, state: str) -> int:
        """Where one is after going to a state from a place."""
        return self.after(place) if state == self.places[place].state else self.first[state]

    def gathered(self, trace: Floats) -> Floats:
        """A trace by place (T + 1, places, B) as one by state (T + 1, S, B)."""
        if len(self.places) == len(self.states):
            return trace
        begins = list(self.first.values())
        return np.add.reduceat(trace, begins, axis=1)


def scopes(layout: Layout, scope: Scope) -> tuple[Scope, ...]:
    """The scope at each place: `sojourn` is the years since one entered its state."""
    length = scope.model.cycle.years
    laid = {
        stayed: scope.beneath({"sojourn": np.full(1, stayed * length)}) if stayed else scope
        for stayed in {one.stayed for one in layout.places}
    }
    return tuple(laid[one.stayed] for one in layout.places)
