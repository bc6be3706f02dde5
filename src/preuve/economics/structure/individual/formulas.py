"""Individual formulas: those that rest on a trait, cut down to what differs by individual.

Every part that rests on no trait is worked out once, by cycle and sojourn, for all draws; what
remains becomes bytecode.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.expression.bytecode import Lookups, Names, Programs, assembled
from preuve.economics.expression.evaluation import evaluate
from preuve.economics.expression.syntax import (
    Call,
    Choice,
    Comparison,
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    names,
)
from preuve.economics.structure.sums import full


@dataclass
class IndividualFormulas:
    """The formulas of one strategy that rest on traits, for a block of draws.

    Attributes:
        scope: the strategy's. traits: names. sojourns: cycles told apart in the longest tunnel.
        locations: where each formula stands. formulas: each, in slots and traits.
        slots: values by name, (T + 1 or 1, sojourns or 1, B).
    """

    scope: Scope
    traits: tuple[str, ...]
    sojourns: int
    draws: int
    locations: list[Location] = field(default_factory=list)
    formulas: list[Expression] = field(default_factory=list)
    slots: dict[str, Floats] = field(default_factory=dict)
    _known: dict[tuple[str, int, frozenset[str]], bool] = field(default_factory=dict)
    _kept: dict[tuple[Expression, int], str] = field(default_factory=dict)

    def varies(self, at: Location) -> bool:
        """Whether the formula at a place rests on a trait."""
        formula = self.scope.model.formulas[at]
        return self._rests(formula, self.scope, frozenset(self.traits))

    def add(self, at: Location) -> int:
        """The position of the formula that stands at a place."""
        self.locations.append(at)
        self.formulas.append(self._resolved(self.scope.model.formulas[at], self.scope))
        return len(self.formulas) - 1

    @cached_property
    def programs(self) -> tuple[Programs, Lookups, NDArray[np.int64], Floats]:
        """Bytecode, tables, the (N, 3) layout of the slots, and their values (V, B)."""
        tables = self.scope.model.tables
        named = Names(
            {name: place for place, name in enumerate(self.slots)},
            {name: place for place, name in enumerate(self.traits)},
            {name: place for place, name in enumerate(tables)},
        )
        layout = np.zeros((len(self.slots) + 1, 3), dtype=np.int64)
        begin = 0
        for row, value in zip(layout, self.slots.values(), strict=False):
            points, stays = value.shape[:2]
            row[:] = begin, stays * (points > 1), stays > 1
            begin += points * stays
        values = [one.reshape(-1, self.draws) for one in self.slots.values()]
        flat = np.concatenate([*values, np.zeros((1, self.draws))])
        return assembled(self.formulas, named), Lookups.of(list(tables.values())), layout, flat

    @property
    def steady(self) -> NDArray[np.bool_]:
        """Whether each formula is the same in every cycle for one individual, (N,)."""
        changing = {name for name, value in self.slots.items() if value.shape[:2] != (1, 1)}
        return np.array([not names(one) & changing for one in self.formulas], dtype=bool)

    def _rests(self, formula: Expression, scope: Scope, on: frozenset[str]) -> bool:
        return any(self._name_rests(name, scope, on) for name in names(formula))

    def _name_rests(self, name: str, scope: Scope, on: frozenset[str]) -> bool:
        if name in on:
            return True
        key = (name, id(scope), on)
        if key not in self._known:
            meant = scope.meaning(name)
            self._known[key] = meant is not None and self._rests(*meant, on)
        return self._known[key]

    def _resolved(self, formula: Expression, scope: Scope) -> Expression:
        if isinstance(formula, Number):
            return formula
        if not self._rests(formula, scope, frozenset(self.traits)):
            return Name(self._slot(formula, scope))
        match formula:
            case Name(name):
                meant = None if name in self.traits else scope.meaning(name)
                return formula if meant is None else self._resolved(*meant)
            case Negation(of):
                return Negation(self._resolved(of, scope))
            case Operation(sign, left, right):
                return Operation(sign, self._resolved(left, scope), self._resolved(right, scope))
            case Comparison(sign, left, right):
                return Comparison(sign, self._resolved(left, scope), self._resolved(right, scope))
            case Choice(condition, yes, no):
                return Choice(*(self._resolved(one, scope) for one in (condition, yes, no)))
            case Call(function, arguments):
                return Call(function, tuple(self._resolved(one, scope) for one in arguments))

    def _slot(self, formula: Expression, scope: Scope) -> str:
        key = (formula, id(scope))
        if key not in self._kept:
            self._kept[key] = name = f"slot {len(self.slots)}"
            self.slots[name] = self._values(formula, scope)
        return self._kept[key]

    def _values(self, formula: Expression, scope: Scope) -> Floats:
        """Values by cycle and sojourn, (T + 1 or 1, sojourns or 1, B)."""
        model = self.scope.model
        stays = 1
        if self.sojourns > 1 and self._rests(formula, scope, frozenset({"sojourn"})):
            stays = self.sojourns
        found = []
        for stayed in range(stays):
            years = np.full(1, stayed * model.cycle.years)
            here = scope.beneath({"sojourn": years}) if stayed else scope
            one = full(evaluate(formula, here, model.tables), self.draws)
            found.append(np.atleast_2d(one))
        points = max(len(one) for one in found)
        shape = (points, self.draws)
        return np.stack([np.broadcast_to(one, shape) for one in found], axis=1)
