"""Scope: what each name is worth, under a strategy, for a block of draws, over the cycles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.expression.evaluation import Table, evaluate
from preuve.economics.expression.syntax import Expression

Change: TypeAlias = Expression | Floats


class Scope:
    """Names and their values, each computed once, when first asked.

    Values have shape (D,), or (T + 1, D) where they vary over the points of time. A scope laid
    over another changes some names: what rests on them is computed anew, the rest is shared.
    """

    def __init__(self, model: Compiled, figures: Mapping[str, Floats]) -> None:
        """The scope of a block.

        Args:
            model: the model.
            figures: every parameter, shape (D,).
        """
        self.model = model
        self.parent: Scope | None = None
        self._changes: Mapping[str, Change] = {}
        self._anew: frozenset[str] = frozenset(model.values)
        self._set: frozenset[str] = frozenset()
        self._known: dict[str, Floats] = dict(_constants()) | _clocks(model) | dict(figures)

    def over(self, changes: Mapping[str, Change]) -> Scope:
        """This scope with some names changed; a formula of a change reads the names of before.

        A value that an earlier scope has set stays what it was set to.
        """
        if not changes:
            return self
        laid = Scope.__new__(Scope)
        laid.model, laid.parent, laid._changes = self.model, self, changes
        laid._set = self._set | frozenset(changes)
        laid._anew = self.model.changed_by(frozenset(changes)) - laid._set
        laid._known = {}
        return laid

    def beneath(self, changes: Mapping[str, Change]) -> Scope:
        """This scope with names changed below all that was set: what was set reads them too."""
        if self.parent is None:
            return self.over(changes)
        return self.parent.beneath(changes).over(self._changes)

    def meaning(self, name: str) -> tuple[Expression, Scope] | None:
        """The formula that a name stands for, and the scope it is read in; None for a figure."""
        change = self._changes.get(name)
        if change is not None:
            assert self.parent is not None
            return None if isinstance(change, np.ndarray) else (change, self.parent)
        if name in self._anew:
            return self.model.values[name], self
        return self.parent.meaning(name) if self.parent is not None else None

    def __call__(self, name: str) -> Floats:
        """The value of a name."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._worth(name)
        return found

    def _worth(self, name: str) -> Floats:
        if name in self._changes:
            change = self._changes[name]
            if isinstance(change, np.ndarray):
                return change
            assert self.parent is not None
            return _evaluated(change, self.parent, self.model.tables)
        if name in self._anew:
            for below in self.model.values:
                if below in self.model.reads[name] and below in self._anew:
                    self(below)
            return _evaluated(self.model.values[name], self, self.model.tables)
        assert self.parent is not None, name
        return self.parent(name)

    def at(self, *location: int | str) -> Floats:
        """The value of the formula that stands at a place."""
        return _evaluated(self.model.formulas[location], self, self.model.tables)

    def under(self, strategy: str) -> Scope:
        """This scope under a strategy."""
        return self.over(self.changes("strategies", strategy, "set"))

    def changes(self, *location: int | str) -> dict[str, Change]:
        """What is set at a place."""
        held = len(location)
        return {
            str(at[held]): formula
            for at, formula in self.model.formulas.items()
            if at[:held] == location and len(at) == held + 1
        }


def _constants() -> dict[str, Floats]:
    return {word: np.ones(1) for word in ("year", "month", "week", "day", "hour", "minute")}


def _clocks(model: Compiled) -> dict[str, Floats]:
    """Clocks at each point of time, shape (T + 1, 1)."""
    step = np.arange(model.cycles + 1, dtype=float)[:, None]
    return {
        "step": step,
        "time": step * model.cycle.years,
        "sojourn": np.zeros(1),
        "cycle": np.full(1, model.cycle.count),
    }


def _evaluated(expression: Expression, scope: Scope, tables: Mapping[str, Table]) -> Floats:
    """A formula with its infinities let through: what rests on them is checked where used."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return evaluate(expression, scope, tables)
