"""Under: the formulas of a model under one strategy, each given its cell or its column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.compilation.pathway import formulas
from preuve.economics.expression.syntax import Expression, names
from preuve.economics.specification.formula import is_rest
from preuve.economics.workbook.clock import Clock
from preuve.economics.workbook.formula import Formula, called, number, total
from preuve.economics.workbook.inputs import Inputs
from preuve.economics.workbook.ledger import Ledger
from preuve.economics.workbook.sheet import FIRST, Grid
from preuve.economics.workbook.translation import Lookup, translate

_UNITS_OF_TIME = ("year", "month", "week", "day", "hour", "minute")


@dataclass(frozen=True)
class Groups:
    """Names of the parts of a sheet, in order."""

    time: str
    values: str
    start: str
    transitions: str
    people: str
    amounts: str
    costs: str
    effects: str
    payers: str
    sums: str

    @property
    def ordered(self) -> tuple[str, ...]:
        return (
            self.time, self.values, self.start, self.transitions, self.people, self.amounts,
            self.costs, self.effects, self.payers, self.sums,
        )  # fmt: skip


def groups() -> Groups:
    return Groups(
        _("Time"), _("Values"), _("At the start"), _("Transitions"), _("People"),
        _("Amounts"), _("Costs"), _("Effects"), _("Payers"), _("Sums that must be 1"),
    )  # fmt: skip


@dataclass
class Under:
    """One strategy.

    Attributes:
        model, strategy, inputs, tables, ledger, groups: what formulas are made of.
        clock, grid: columns of time and the sheet of the strategy; None for a tree alone.
        sums: totals of probabilities, each to be 1. chances: every probability.
    """

    model: Compiled
    strategy: str
    inputs: Inputs
    tables: Mapping[str, Lookup]
    ledger: Ledger
    groups: Groups
    clock: Clock | None
    grid: Grid | None
    sums: list[Formula] = field(default_factory=list)
    chances: list[Formula] = field(default_factory=list)
    _known: dict[tuple[str, str | None, int], Formula] = field(default_factory=dict)
    _columns: dict[tuple[str, str], Formula] = field(default_factory=dict)

    @cached_property
    def changes(self) -> Mapping[str, Expression]:
        """What the strategy sets."""
        return {
            str(at[3]): formula
            for at, formula in self.model.formulas.items()
            if at[:3] == ("strategies", self.strategy, "set")
        }

    def show_values(self) -> None:
        """Give every value, and every parameter that a strategy changes, its place."""
        for name in self.model.values:
            self.named(name, self.strategy, 0)
        for place, name in enumerate(self.inputs.figures):
            if name in self.changes:
                self.named(name, self.strategy, 0)
            elif self._is_changed_by_any(name):
                given = self.inputs.figures[name]
                self.ledger.keep(
                    self.groups.values, name, self.strategy, given, order=self._order(name, place)
                )

    def _is_changed_by_any(self, name: str) -> bool:
        return any(
            at[0] == "strategies" and at[2:] == ("set", name) and at[1] in self.model.strategies
            for at in self.model.formulas
        )

    def named(self, name: str, who: str | None, stayed: int) -> Formula:
        """What a name stands for: before any change (who is None) or under the strategy."""
        if not self._remembers(name, who):
            stayed = 0
        found = self._known.get((name, who, stayed))
        if found is None:
            found = self._known[name, who, stayed] = self._named(name, who, stayed)
        return found

    def _named(self, name: str, who: str | None, stayed: int) -> Formula:
        if name in _UNITS_OF_TIME:
            return number(1)
        if name == "cycle":
            return number(self.model.cycle.count)
        if name == "sojourn":
            return number(stayed * self.model.cycle.years)
        if name in ("time", "step"):
            if self.clock is None:
                return number(0)
            return (self.clock.time if name == "time" else self.clock.step).here
        if who is not None and name in self.changes:
            formula = self._translated(self.changes[name], None, stayed)
            return self._stored(name, who, stayed, formula)
        if name in self.inputs.figures:
            return self.inputs.figures[name]
        formula = self._translated(self.model.values[name], who, stayed)
        return self._stored(name, who, stayed, formula)

    def _translated(self, expression: Expression, who: str | None, stayed: int) -> Formula:
        return translate(expression, lambda name: self.named(name, who, stayed), self.tables)

    def _stored(self, name: str, who: str | None, stayed: int, formula: Formula) -> Formula:
        since = stayed * self.model.cycle.years if self._remembers(name, who) else None
        written = self._as_written(name)
        order = self._order(name, len(self.model.values))
        if not formula.varies:
            return self.ledger.keep(
                self.groups.values, name, who, formula, written=written, since=since, order=order
            )
        assert self.grid is not None
        title = name if since is None else f"{name} ({_length(since)})"
        title = title if who is not None else _("{name}, unchanged").format(name=title)
        column = self.grid.column(self.groups.values, title, formula)
        if who is not None:
            self.ledger.point_to(self.groups.values, name, who, column, written, since, order)
        return column.here

    @cached_property
    def _texts(self) -> Mapping[str, object]:
        written = self.model.written
        pathway = written.ai_pathway
        return {**written.values, **(formulas(pathway) if pathway is not None else {})}

    def _as_written(self, name: str) -> str:
        """What the model writes of a value, and what each strategy sets instead."""
        texts = [str(self._texts[name])] if name in self._texts else []
        for strategy in self.model.strategies:
            change = self.model.written.strategies[strategy].set.get(name)
            texts += [f"{strategy}: {change}"] if change is not None else []
        return " ; ".join(texts)

    def _order(self, name: str, otherwise: int) -> int:
        given = list(self.model.written.values)
        return given.index(name) if name in given else len(given) + otherwise

    def _remembers(self, name: str, who: str | None) -> bool:
        """Whether a name rests on the time since entry."""
        if name == "sojourn":
            return True
        if who is not None and name in self.changes:
            return any(self._remembers(one, None) for one in names(self.changes[name]))
        if name not in self.model.values:
            return False
        return any(self._remembers(one, who) for one in names(self.model.values[name]))

    def remembers(self, *location: int | str) -> bool:
        """Whether the formula of a place rests on the time since entry."""
        return any(
            self._remembers(one, self.strategy) for one in names(self.model.formulas[location])
        )

    def at(self, location: Location, stayed: int = 0) -> Formula:
        """The formula that stands at a location, under the strategy."""
        return self._translated(self.model.formulas[location], self.strategy, stayed)

    def kept(
        self,
        group: str,
        title: str,
        formula: Formula,
        *,
        since: float | None = None,
        style: str = "general",
        written: str = "",
        pasted: bool = False,
    ) -> Formula:
        """A formula given its cell, or its column where it varies; one for each title."""
        if not formula.varies:
            return self.ledger.keep(
                group,
                title,
                self.strategy,
                formula,
                written=written,
                since=since,
                style=style,
                pasted=pasted,
            )
        assert self.grid is not None
        shown = title if since is None else f"{title} ({_length(since)})"
        if (group, shown) not in self._columns:
            self._columns[group, shown] = self.grid.column(group, shown, formula, style=style).here
        return self._columns[group, shown]

    def now(self, formula: Formula) -> Formula:
        """A formula as it stands at the start."""
        return formula.at_start(FIRST)

    def row(
        self,
        group: str,
        at: Location,
        written: Mapping[str, float | str],
        titles: Mapping[str, str],
        *,
        title: str,
        stayed: int = 0,
        since: float | None = None,
        now: bool = False,
        fields: Mapping[str, Location] | None = None,
    ) -> dict[str, Formula]:
        """The probabilities of a row, what remains made out; each given its place.

        Args:
            group: where they stand.
            at: the location of the row.
            written: the formulas by name.
            titles: what each is, by name.
            title: what the row is.
            stayed: cycles since entry.
            since: the same in years, where it counts.
            now: whether the row is read at the start only.
            fields: the location of each formula, where it is not beneath `at` by its name.
        """
        found: dict[str, Formula] = {}
        for name, formula in written.items():
            if is_rest(formula):
                continue
            place = fields[name] if fields else (*at, name)
            given = self.at(place, stayed)
            given = self.now(given) if now else given
            found[name] = self.kept(
                group, titles[name], given, since=since, style="probability", written=str(formula)
            )
        given_sum = total(found.values())
        rest = next((name for name, formula in written.items() if is_rest(formula)), None)
        if rest is not None:
            value = (1.0 - given_sum.value).clip(min=0.0)
            remains = called("MAX", (number(0), number(1) - given_sum), value)
            found[rest] = self.kept(
                group, titles[rest], remains, since=since, style="probability", written="rest"
            )
        summed = total(found.values())
        self.sums.append(
            self.kept(self.groups.sums, title, summed, since=since, style="probability")
        )
        self.chances += found.values()
        return {name: found[name] for name in written}


def _length(years: float) -> str:
    return _("{years} years since entry").format(years=f"{years:.4g}")
