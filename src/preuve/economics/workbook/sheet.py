"""Sheet: the cells of one sheet, before they are written to a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.workbook.formula import ATOM, Area, Column, Formula, Spot, cells, letters

FIRST = 8
"""The row of the start of time, from 0, on every sheet that tells time."""
DISCOUNTED, PLAIN = 3, 4
"""Rows of the totals of a column, from 0."""
LONGEST_NAME = 31
LONGEST_FORMULA = 8192
MOST_COLUMNS = 16384

Content: TypeAlias = str | float | Formula


@dataclass
class Cell:
    """What stands in a cell, and in what style. `shown`: the text that a formula gives."""

    row: int
    column: int
    content: Content
    style: str
    shown: str = ""


@dataclass
class Sheet:
    """A sheet: its cells, and how it is shown."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] = (0, 0)
    colour: str = ""

    def put(
        self, row: int, column: int, content: Content, style: str = "text", shown: str = ""
    ) -> Spot:
        """Write a cell.

        Raises:
            PreuveError: the formula is longer than a spreadsheet reads.
        """
        value = content.value if isinstance(content, Formula) else np.asarray(np.nan)
        if isinstance(content, int | float):
            value = np.asarray(float(content))
        self.cells.append(Cell(row, column, content, style, shown))
        return Spot(self.name, row, column, value)

    def line(self, row: int, contents: Iterable[Content], style: str, first: int = 0) -> None:
        """Write cells side by side."""
        for place, content in enumerate(contents):
            self.put(row, first + place, content, style)


@dataclass
class Grid:
    """A sheet of quantities over time, one column each, one row for each point of time."""

    name: str
    title: str
    cycles: int
    groups: tuple[str, ...]
    columns: list[Column] = field(default_factory=list)
    areas: list[tuple[str, Area]] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The row of the horizon."""
        return FIRST + self.cycles

    def add(self, column: Column) -> Column:
        self.columns.append(column)
        return column

    def column(
        self,
        group: str,
        title: str,
        formula: Formula,
        *,
        style: str = "general",
        events: bool = False,
    ) -> Column:
        """A column that holds one formula in each row."""
        value = np.broadcast_to(formula.value, (self.cycles + 1,))
        made = Column(self.name, group, title, value, formula, style=style, events=events)
        return self.add(made)

    def summed(self, column: Column, discounted: Column, plain: Column) -> Column:
        """The column with its weighted totals above it."""
        last = self.last - column.events
        for row, weight in ((DISCOUNTED, discounted), (PLAIN, plain)):
            value = float(np.dot(_shown(weight), _shown(column)))
            column.totals[row] = Formula(
                (
                    "SUMPRODUCT(",
                    *cells(weight, FIRST, last).pieces,
                    ",",
                    *cells(column, FIRST, last).pieces,
                    ")",
                ),
                ATOM,
                np.asarray(value),
            )
        return column

    def area(self, group: str) -> Area | None:
        """The cells of a part of the sheet, if any."""
        if not any(one.group == group for one in self.columns):
            return None
        self.areas.append((group, Area(self.name, rows=(FIRST, self.last))))
        return self.areas[-1][1]

    def lay_out(self) -> None:
        """Give each column its place: groups in order, columns in the order they came.

        Raises:
            PreuveError: there are more columns than a spreadsheet holds.
        """
        self.columns.sort(key=lambda one: self.groups.index(one.group))
        if len(self.columns) > MOST_COLUMNS:
            raise PreuveError(
                _(
                    "The sheet {name} would need {count} columns: a spreadsheet holds {most}."
                ).format(name=self.name, count=len(self.columns), most=MOST_COLUMNS),
                remedy=_("Shorten the tunnels."),
            )
        for place, column in enumerate(self.columns):
            column.column = place
        for group, area in self.areas:
            held = [one.column for one in self.columns if one.group == group]
            area.columns = (min(held), max(held))

    def sheet(self) -> Sheet:
        """The cells, once every sheet is laid out."""
        found = Sheet(self.name, frozen=(FIRST, 2))
        found.put(0, 0, self.title, "title")
        summed = any(one.totals for one in self.columns)
        if summed:
            found.put(DISCOUNTED, 0, _("Discounted total"), "strong")
            found.put(PLAIN, 0, _("Undiscounted total"), "strong")
        before = ""
        for column in self.columns:
            found.widths[column.column] = min(max(12.0, len(column.title) * 0.6), 24.0)
            if column.group != before:
                found.put(FIRST - 2, column.column, column.group, "group")
                before = column.group
            found.put(FIRST - 1, column.column, column.title, "head")
            for row, formula in column.totals.items():
                found.put(row, column.column, formula, f"{column.style}_total")
            _fill(found, column, self.cycles)
        return found


def _fill(sheet: Sheet, column: Column, cycles: int) -> None:
    for point in range(cycles + 1 - column.events):
        value = np.asarray(column.value[point])
        if column.pasted:
            sheet.put(FIRST + point, column.column, float(value), f"{column.style}_input")
            continue
        formula = column.first if point == 0 and column.first is not None else column.formula
        assert formula is not None, column.title
        content = Formula(formula.pieces, formula.level, value)
        sheet.put(FIRST + point, column.column, content, column.style)


def _shown(column: Column) -> Floats:
    return column.value[:-1] if column.events else column.value


def checked(text: str, sheet: str, cell: Cell) -> str:
    """The text of a formula.

    Raises:
        PreuveError: it is longer than a spreadsheet reads.
    """
    if len(text) <= LONGEST_FORMULA:
        return text
    raise PreuveError(
        _("A formula has {count} characters: a spreadsheet reads {most}.").format(
            count=len(text), most=LONGEST_FORMULA
        ),
        where=f"{sheet}!{letters(cell.column)}{cell.row + 1}",
        remedy=_("Shorten the tunnels, or split the formula into values."),
    )


def unique(wanted: str, taken: Iterable[str], longest: int = LONGEST_NAME) -> str:
    """A name that a spreadsheet allows and that is not taken; case does not tell names apart."""
    used = {one.casefold() for one in taken}
    plain = re.sub(r"[\[\]:*?/\\']", " ", wanted).strip()[:longest]
    found, again = plain, 1
    while found.casefold() in used:
        again += 1
        found = f"{plain[: longest - len(str(again)) - 1]}_{again}"
    return found
