"""Formula: the text of a cell and the number it comes to, built together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeAlias

import numpy as np

from preuve.core.distribution import Floats

COMPARISON, SUM, PRODUCT, POWER, ATOM = range(5)
"""How tightly a formula holds together."""


def letters(column: int) -> str:
    """The name of a column from its number: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _outside(sheet: str, seen_from: str) -> str:
    return "" if sheet == seen_from else "'" + sheet.replace("'", "''") + "'!"


@dataclass(eq=False)
class Spot:
    """One cell, rows and columns from 0; they may be known only once the sheet is laid out.

    Attributes:
        value: the number it shows. name: its defined name, if any.
    """

    sheet: str
    row: int
    column: int
    value: Floats | float = 0.0
    name: str = ""

    varies = False

    def text(self, seen_from: str, _row: int) -> str:
        if self.name:
            return self.name
        return f"{_outside(self.sheet, seen_from)}${letters(self.column)}${self.row + 1}"

    @property
    def formula(self) -> Formula:
        return Formula((self,), ATOM, np.asarray(self.value, dtype=float))


@dataclass(eq=False)
class Column:
    """One quantity over time: a cell for each point of time on its sheet.

    Attributes:
        formula: of each row; `first` of the first one where it differs.
        value: shape (T + 1,). events: whether it tells cycles (T rows), not points (T + 1).
        totals: formulas of the cells above it, by row.
        pasted: whether it holds numbers to be typed over, not formulas.
    """

    sheet: str
    group: str
    title: str
    value: Floats
    formula: Formula | None = None
    first: Formula | None = None
    style: str = "general"
    events: bool = False
    pasted: bool = False
    column: int = -1
    totals: dict[int, Formula] = field(default_factory=dict)

    @property
    def here(self) -> Formula:
        """It, in the row of the formula that reads it."""
        return Formula((Along(self),), ATOM, self.value)

    def top(self, row: int) -> Formula:
        """A cell above it."""
        return Formula((At(self, row),), ATOM, self.totals[row].value)


@dataclass(frozen=True, eq=False)
class Along:
    """The cell of a column in the row of the formula, or `offset` rows below."""

    column: Column
    offset: int = 0

    varies = True

    def text(self, seen_from: str, row: int) -> str:
        outside = _outside(self.column.sheet, seen_from)
        return f"{outside}{letters(self.column.column)}{row + self.offset + 1}"


@dataclass(frozen=True, eq=False)
class At:
    """The cell of a column in one row."""

    column: Column
    row: int

    varies = False

    def text(self, seen_from: str, _row: int) -> str:
        outside = _outside(self.column.sheet, seen_from)
        return f"{outside}{letters(self.column.column)}${self.row + 1}"


@dataclass(frozen=True, eq=False)
class Range:
    """The cells of a column between two rows, both included."""

    column: Column
    first: int
    last: int

    varies = False

    def text(self, seen_from: str, _row: int) -> str:
        letter = letters(self.column.column)
        outside = _outside(self.column.sheet, seen_from)
        return f"{outside}{letter}${self.first + 1}:{letter}${self.last + 1}"


@dataclass(eq=False)
class Area:
    """A block of cells, known once its sheet is laid out."""

    sheet: str
    rows: tuple[int, int] = (-1, -1)
    columns: tuple[int, int] = (-1, -1)

    varies = False

    def text(self, seen_from: str, _row: int) -> str:
        (top, bottom), (left, right) = self.rows, self.columns
        corners = f"${letters(left)}${top + 1}:${letters(right)}${bottom + 1}"
        return _outside(self.sheet, seen_from) + corners


Piece: TypeAlias = str | Spot | Along | At | Range | Area


@dataclass(frozen=True, eq=False)
class Formula:
    """Pieces of text and places, and the number they come to.

    Attributes:
        level: how tightly it holds together, for brackets.
        value: shape () or, where it varies over time, (T + 1,).
    """

    pieces: tuple[Piece, ...]
    level: int
    value: Floats

    @property
    def varies(self) -> bool:
        """Whether it differs from row to row."""
        return any(not isinstance(one, str) and one.varies for one in self.pieces)

    def text(self, seen_from: str, row: int = 0) -> str:
        """What is written in a cell of a row of a sheet, without its equals sign."""
        return "".join(
            one if isinstance(one, str) else one.text(seen_from, row) for one in self.pieces
        )

    def within(self, level: int) -> tuple[Piece, ...]:
        """Its pieces, in brackets where its place holds more tightly."""
        return self.pieces if self.level >= level else ("(", *self.pieces, ")")

    def __add__(self, other: Formula) -> Formula:
        return joined("+", self, other, self.value + other.value)

    def __sub__(self, other: Formula) -> Formula:
        return joined("-", self, other, self.value - other.value)

    def __mul__(self, other: Formula) -> Formula:
        return joined("*", self, other, self.value * other.value)

    def __truediv__(self, other: Formula) -> Formula:
        with np.errstate(divide="ignore", invalid="ignore"):
            return joined("/", self, other, self.value / other.value)

    def moved(self, offset: int, value: Floats) -> Formula:
        """It, as it stands some rows below."""
        pieces = tuple(
            Along(one.column, one.offset + offset) if isinstance(one, Along) else one
            for one in self.pieces
        )
        return replace(self, pieces=pieces, value=value)

    def at_start(self, first: int) -> Formula:
        """It, as it stands in the first row of time, whatever row reads it."""
        pieces = tuple(
            At(one.column, first + one.offset) if isinstance(one, Along) else one
            for one in self.pieces
        )
        value = self.value if self.value.ndim == 0 else self.value[0]
        return replace(self, pieces=pieces, value=np.asarray(value))


LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER}


def joined(sign: str, left: Formula, right: Formula, value: Floats) -> Formula:
    """`left sign right`; a factor of one is not written."""
    if sign in ("*", "/") and right.pieces == ("1",):
        return replace(left, value=np.asarray(value))
    if sign == "*" and left.pieces == ("1",):
        return replace(right, value=np.asarray(value))
    level = LEVELS.get(sign, COMPARISON)
    pieces = (*left.within(level), sign, *right.within(level + 1))
    return Formula(pieces, level, np.asarray(value))


def number(value: float) -> Formula:
    """A number as it is; a negative one stands in brackets."""
    written = repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    written = written.upper()
    text = f"({written})" if value < 0 else written
    return Formula((text,), ATOM, np.asarray(float(value)))


def called(function: str, arguments: Iterable[Formula], value: Floats | float) -> Formula:
    """A function of the spreadsheet."""
    pieces: list[Piece] = [f"{function}("]
    for place, one in enumerate(arguments):
        pieces += [","] if place else []
        pieces += one.pieces
    return Formula((*pieces, ")"), ATOM, np.asarray(value, dtype=float))


def text(words: str) -> Formula:
    """A text within a formula."""
    return Formula(('"' + words.replace('"', '""') + '"',), ATOM, np.asarray(0.0))


def total(parts: Iterable[Formula]) -> Formula:
    """The sum of some formulas, 0 of none."""
    given = list(parts)
    if not given:
        return number(0.0)
    return reduce(lambda left, right: left + right, given)


def cells(column: Column, first: int, last: int) -> Formula:
    """Cells of a column as the argument of a function."""
    return Formula((Range(column, first, last),), ATOM, column.value)
