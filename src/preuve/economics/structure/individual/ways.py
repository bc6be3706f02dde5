"""Ways: where one may go from each place, and by what chance, the same for all or one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.formula import is_rest
from preuve.economics.specification.structure import Microsimulation
from preuve.economics.structure.individual.arrays import ALWAYS, DEAD, NONE, REST, Integers
from preuve.economics.structure.individual.formulas import IndividualFormulas
from preuve.economics.structure.rows import row
from preuve.economics.structure.states import Layout, scopes


@dataclass(frozen=True)
class Ways:
    """The ways out of each place.

    Attributes:
        targets: by place, the states that may be reached.
        shared: by place, their chances (B,) or (T + 1, B), empty where they rest on traits.
        own: (P,) row of `formulas` where they do, else NONE.
        formulas: (rows, C) the formula of each way, REST for what remains.
        repairs: shared chances put right.
    """

    layout: Layout
    targets: tuple[tuple[str, ...], ...]
    shared: tuple[dict[str, Floats], ...]
    own: Integers
    formulas: Integers
    repairs: Repairs

    @classmethod
    def of(
        cls,
        scope: Scope,
        structure: Microsimulation,
        layout: Layout,
        formulas: IndividualFormulas,
        draws: int,
    ) -> Ways:
        """The ways of a model.

        Raises:
            PreuveError: a row does not sum to 1, or a probability is not a number.
        """
        rows = _rows(structure, layout, formulas)
        kept = [state for state in rows if rows[state]]
        targets: list[tuple[str, ...]] = []
        shared: list[dict[str, Floats]] = []
        repairs = Repairs()
        for here, at_place in zip(layout.places, scopes(layout, scope), strict=True):
            written = structure.transitions.get(here.state, {})
            found: dict[str, Floats] = {}
            if written and here.state not in kept:
                at = ("structure", "transitions", here.state)
                found, put_right = row(at_place, at, written, draws)
                repairs += put_right
            targets.append(tuple(found or _ordered(written)))
            shared.append(found)
        width = max(1, *(len(one) for one in targets))
        padded = [rows[state] + [REST] * (width - len(rows[state])) for state in kept]
        own = [kept.index(one.state) if one.state in kept else NONE for one in layout.places]
        return cls(
            layout,
            tuple(targets),
            tuple(shared),
            np.array(own, dtype=np.int64),
            np.array(padded, dtype=np.int64).reshape(-1, width),
            repairs,
        )

    @property
    def width(self) -> int:
        return max(1, *(len(one) for one in self.targets))

    @property
    def counts(self) -> Integers:
        """How many ways leave each place, (P,); DEAD for a dead state."""
        dead = dict(zip(self.layout.states, self.layout.dead, strict=True))
        return np.array(
            [
                DEAD if dead[here.state] else len(targets)
                for here, targets in zip(self.layout.places, self.targets, strict=True)
            ],
            dtype=np.int64,
        )

    @property
    def arrival(self) -> Integers:
        """The place that each way reaches, (P, C)."""
        found = np.zeros((len(self.targets), self.width), dtype=np.int64)
        for place, targets in enumerate(self.targets):
            for way, state in enumerate(targets):
                found[place, way] = self.layout.arrival(place, state)
        return found

    @property
    def target(self) -> Integers:
        """The state that each way reaches, (P, C)."""
        found = np.zeros((len(self.targets), self.width), dtype=np.int64)
        for place, targets in enumerate(self.targets):
            found[place, : len(targets)] = [self.layout.states.index(one) for one in targets]
        return found

    def added(self, draw: int, cycles: int) -> Floats:
        """The shared chances of a draw, added up over the ways, (T, P, C)."""
        found = np.zeros((cycles, len(self.targets), self.width))
        for place, chances in enumerate(self.shared):
            for way, chance in enumerate(chances.values()):
                found[:, place, way] = chance[draw] if chance.ndim == 1 else chance[:-1, draw]
        found = np.cumsum(found, axis=2)
        for place, targets in enumerate(self.targets):
            found[:, place, max(len(targets) - 1, 0) :] = ALWAYS
        return found

    @property
    def varying(self) -> tuple[str, ...]:
        """The rows that rest on traits, by name."""
        places = [here for here, row in zip(self.layout.places, self.own, strict=True) if row >= 0]
        return tuple(dict.fromkeys(f"structure.transitions.{one.state}" for one in places))


def _ordered(written: Mapping[str, float | str]) -> dict[str, float | str]:
    """The ways of a row in the order of `structure.rows`: what remains comes last.

    One random number then leads to the same way whether or not the row rests on traits.
    """
    return dict(sorted(written.items(), key=lambda one: is_rest(one[1])))


def _rows(
    structure: Microsimulation, layout: Layout, formulas: IndividualFormulas
) -> dict[str, list[int]]:
    """The formulas of each state whose chances rest on traits, none for the others."""
    found: dict[str, list[int]] = {}
    for state in layout.states:
        written = _ordered(structure.transitions.get(state, {}))
        at: Location = ("structure", "transitions", state)
        given = [(*at, target) for target, one in written.items() if not is_rest(one)]
        found[state] = []
        if any(formulas.varies(one) for one in given):
            found[state] = [
                REST if is_rest(one) else formulas.add((*at, target))
                for target, one in written.items()
            ]
    return found
