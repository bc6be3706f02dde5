"""Ledger: the sheet of what does not vary over time, a row for each value, a column by strategy."""

from __future__ import annotations

from dataclasses import dataclass, field

from preuve.core.language import _
from preuve.economics.workbook.formula import Area, Column, Formula, Spot
from preuve.economics.workbook.sheet import FIRST, Sheet

HEAD = 3
"""The row of the heads."""
LABEL, WRITTEN, SINCE, BEFORE = 0, 1, 2, 3
"""Columns: what it is, what the model writes, years since entry, its value before any change."""


@dataclass(eq=False)
class Row:
    """One value: its formula under each strategy, None standing for before any change."""

    group: str
    title: str
    written: str
    since: float | None
    style: str
    order: int
    formulas: dict[str | None, Formula] = field(default_factory=dict)
    spots: dict[str | None, Spot] = field(default_factory=dict)
    over_time: set[str | None] = field(default_factory=set)
    pasted: bool = False


@dataclass
class Ledger:
    """Every value that has one cell for each strategy."""

    name: str
    strategies: tuple[str, ...]
    groups: tuple[str, ...]
    rows: dict[tuple[str, str, float | None], Row] = field(default_factory=dict)
    areas: list[tuple[str, Area]] = field(default_factory=list)

    def keep(
        self,
        group: str,
        title: str,
        who: str | None,
        formula: Formula,
        *,
        written: str = "",
        since: float | None = None,
        style: str = "general",
        order: int = 0,
        pasted: bool = False,
    ) -> Formula:
        """Give a formula its cell; the formula that reads that cell.

        Args:
            group: the part of the sheet.
            title: what it is.
            who: the strategy, None before any change.
            formula: what stands in the cell.
            written: what the model writes.
            since: years since entry into a tunnel, where that counts.
            style: how it is shown.
            order: where it stands in its group.
            pasted: whether it is a number to be typed over.
        """
        row = self._row(group, title, written, since, style, order)
        if who in row.spots:
            return row.spots[who].formula
        row.pasted |= pasted
        row.formulas[who] = formula
        row.spots[who] = Spot(self.name, -1, self._column(who), formula.value)
        return row.spots[who].formula

    def point_to(
        self, group: str, title: str, who: str | None, column: Column, written: str,
        since: float | None, order: int,
    ) -> None:  # fmt: skip
        """Show the value at the start of what varies over time."""
        row = self._row(group, title, written, since, column.style, order)
        row.formulas[who] = column.here.at_start(FIRST)
        row.over_time.add(who)

    def area(self, group: str, who: str) -> Area | None:
        """The cells of a part of the sheet under a strategy, if any."""
        if not any(row.group == group and who in row.spots for row in self.rows.values()):
            return None
        column = self._column(who)
        self.areas.append((group, Area(self.name, columns=(column, column))))
        return self.areas[-1][1]

    def _row(
        self, group: str, title: str, written: str, since: float | None, style: str, order: int
    ) -> Row:
        key = (group, title, since)
        if key not in self.rows:
            self.rows[key] = Row(group, title, written, since, style, order)
        return self.rows[key]

    def _column(self, who: str | None) -> int:
        return BEFORE if who is None else BEFORE + 1 + self.strategies.index(who)

    def _ordered(self) -> list[Row]:
        return sorted(self.rows.values(), key=lambda one: (self.groups.index(one.group), one.order))

    def lay_out(self) -> None:
        """Give each value its row."""
        at, before = HEAD, ""
        for row in self._ordered():
            at += 1 if row.group == before else 3 if before else 2
            before = row.group
            for spot in row.spots.values():
                spot.row = at
            row.order = at
        for group, area in self.areas:
            held = [row.order for row in self.rows.values() if row.group == group]
            area.rows = (min(held), max(held))

    def sheet(self, labels: tuple[str, ...]) -> Sheet:
        """The cells, once every sheet is laid out.

        Args:
            labels: of the strategies.
        """
        found = Sheet(self.name, frozen=(HEAD + 1, BEFORE))
        found.widths = {LABEL: 38, WRITTEN: 34, SINCE: 10, BEFORE: 16}
        found.widths |= {BEFORE + 1 + place: 18 for place in range(len(labels))}
        found.put(0, 0, _("What each figure is worth under each strategy"), "title")
        found.put(
            1,
            0,
            _(
                "Each cell is a formula. In italics: the value at the start of what varies over "
                "time; its column stands on the sheet of the strategy."
            ),
            "note",
        )
        heads = (_("Value"), _("As the model writes it"), _("Years since entry"), _("Unchanged"))
        found.line(HEAD, (*heads, *labels), "head")
        before = ""
        for row in sorted(self.rows.values(), key=lambda one: one.order):
            if row.group != before:
                found.put(row.order - 1, 0, row.group, "group")
                before = row.group
            self._show(found, row)
        return found

    def _show(self, sheet: Sheet, row: Row) -> None:
        sheet.put(row.order, LABEL, row.title, "text")
        sheet.put(row.order, WRITTEN, row.written, "code")
        if row.since is not None:
            sheet.put(row.order, SINCE, row.since, "general")
        for who, formula in row.formulas.items():
            style = f"{row.style}_start" if who in row.over_time else row.style
            if row.pasted:
                sheet.put(row.order, self._column(who), float(formula.value), f"{row.style}_input")
                continue
            sheet.put(row.order, self._column(who), formula, style)
