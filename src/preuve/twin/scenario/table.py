"""Table: a file a planner drops in, read whole or refused with the line of each fault."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import SHOWN, nearest

Kind = Literal["code", "number", "day"]
LINE = "# line"
"""The column added to every table: line of a CSV, row of a Parquet, from 1."""


@dataclass(frozen=True)
class Column:
    """One column of a format.

    Attributes:
        name: the header; the name of the column of the table.
        kind: a code (text), a number (finite, zero or more), a day (2025-03-31).
        optional: the file may do without.
        units: other headers under which the figure may stand, and what it is multiplied by.
    """

    name: str
    kind: Kind
    optional: bool = False
    units: Mapping[str, float] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.name, *self.units)


@dataclass(frozen=True)
class Format:
    """What a file holds.

    Attributes:
        columns: those it may have.
        one_of: names of which exactly one must be there (none when empty).
        key: what tells one line from another; columns that are absent are left out.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong on one line (0: the file as a whole)."""

    line: int
    text: str


def read_table(path: Path, form: Format) -> pl.DataFrame:
    """The table of a CSV (comma, semicolon or tab; UTF-8) or Parquet file.

    Codes are text; numbers are finite, zero or more, in the unit of the format. A file with
    semicolons may have decimal commas. Lines that start with # are remarks.

    Raises:
        PreuveError: a column is missing, unknown or twice, a value is missing, is not a number
            or is negative, two lines have the same key; names the lines.
    """
    texts, decimal_comma = _texts(path)
    columns = _columns(texts.columns, form, path)
    faults: list[Fault] = []
    table = texts.select(
        LINE, *(_read(texts, header, one, decimal_comma, faults) for header, one in columns)
    )
    refuse(path, faults)
    key = [name for name in form.key if name in table.columns]
    refuse(path, duplicated(table, key))
    return table


def refuse(path: Path, faults: Sequence[Fault]) -> None:
    """Raise one error that tells every fault; nothing where there is none.

    Raises:
        PreuveError: there is a fault.
    """
    if not faults:
        return
    ordered = sorted(faults, key=lambda fault: fault.line)
    told = [_told(path, fault) for fault in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        told.append(_("… and {count} more.").format(count=len(ordered) - SHOWN))
    first = ordered[0].line
    raise PreuveError(
        _("The file cannot be loaded; nothing of it was kept:")
        + "".join(f"\n  {line}" for line in told),
        where=f"{path}:{first}" if first and path.suffix != ".parquet" else path,
        remedy=_("Mend these lines and load the file again."),
    )


def _told(path: Path, fault: Fault) -> str:
    if not fault.line:
        return fault.text
    said = _("row {line}: {problem}") if path.suffix == ".parquet" else _("line {line}: {problem}")
    return said.format(line=fault.line, problem=fault.text)


def duplicated(table: pl.DataFrame, key: Sequence[str]) -> list[Fault]:
    """A fault for each line whose key stands on an earlier line."""
    again = table.with_columns(first=pl.col(LINE).first().over(key)).filter(
        pl.col(LINE) != pl.col("first")
    )
    return [
        Fault(
            row[LINE],
            _("{key} stands on line {first} already: keep one of the two.").format(
                key=_key(row, key), first=row["first"]
            ),
        )
        for row in again.iter_rows(named=True)
    ]


def _key(row: Mapping[str, object], key: Sequence[str]) -> str:
    parts = [(name, row[name]) for name in key]
    return ", ".join(f"{n} {v:g}" if isinstance(v, float) else f"{n} {v}" for n, v in parts)


def _texts(path: Path) -> tuple[pl.DataFrame, bool]:
    if not path.is_file():
        raise PreuveError(_("The file does not exist."), where=path)
    if path.suffix == ".parquet":
        return _parquet(path), False
    return _csv(path)


def _parquet(path: Path) -> pl.DataFrame:
    table = _opened(path)
    nested = [name for name, kind in table.schema.items() if kind.is_nested()]
    if nested:
        raise PreuveError(
            _("The columns {names} hold lists, not values.").format(names=", ".join(nested)),
            where=path,
        )
    try:
        texts = table.drop(LINE, strict=False).cast(pl.String).fill_null("")
    except pl.exceptions.PolarsError as error:
        raise PreuveError(_("A column holds neither text nor numbers."), where=path) from error
    return texts.with_columns(pl.Series(LINE, range(1, table.height + 1), dtype=pl.Int64))


def _opened(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PreuveError(_("This is not a Parquet file."), where=path) from error


def _csv(path: Path) -> tuple[pl.DataFrame, bool]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = next((row for row in stream if row.strip() and row[0] != "#"), "")
            separator = max(",;\t", key=first.count)
            stream.seek(0)
            lines, rows = _rows(csv.reader(stream, delimiter=separator))
    except UnicodeDecodeError as error:
        raise PreuveError(
            _("The file is not in UTF-8."), where=path, remedy=_("Save it as CSV UTF-8.")
        ) from error
    except csv.Error as error:
        raise PreuveError(
            _("The file is not valid CSV: {error}").format(error=error), where=path
        ) from error
    if not rows:
        raise PreuveError(_("The file is empty."), where=path)
    header = [name.strip().lower() for name in rows[0]]
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise PreuveError(
            _("The column {name} stands twice.").format(name=twice[0]), where=f"{path}:{lines[0]}"
        )
    refuse(
        path,
        [
            Fault(
                line,
                _("{found} values where the header has {wanted}.").format(
                    found=len(row), wanted=len(header)
                ),
            )
            for line, row in zip(lines, rows, strict=True)
            if len(row) != len(header)
        ],
    )
    body = list(zip(*rows[1:], strict=True)) or [()] * len(header)
    table = pl.DataFrame(
        {
            name: pl.Series(values, dtype=pl.String)
            for name, values in zip(header, body, strict=True)
        }
    )
    return table.with_columns(pl.Series(LINE, lines[1:], dtype=pl.Int64)), separator == ";"


def _rows(reader: Iterator[list[str]]) -> tuple[list[int], list[list[str]]]:
    """The lines that hold something, and their numbers."""
    lines, rows, before = [], [], 0
    for row in reader:
        line, before = before + 1, reader.line_num  # type: ignore[attr-defined]
        if any(value.strip() for value in row) and not row[0].startswith("#"):
            lines.append(line)
            rows.append(row)
    return lines, rows


def _columns(found: Sequence[str], form: Format, path: Path) -> list[tuple[str, Column]]:
    """The header under which each column of the format stands."""
    headers = [name for name in found if name != LINE]
    known = {header: column for column in form.columns for header in column.headers}
    unknown = {name: _without_unit(name, form) for name in headers if name not in known}
    missing = [
        column
        for column in form.columns
        if not column.optional
        and not set(column.headers) & set(headers)
        and column not in unknown.values()
    ]
    problems = [_missing(column, unknown) for column in missing]
    problems += [_unknown(name, column, form) for name, column in unknown.items()]
    chosen = [name for name in form.one_of if name in headers]
    if form.one_of and len(chosen) != 1:
        problems.append(
            _("Exactly one of the columns {names} is needed.").format(names=", ".join(form.one_of))
        )
    for column in form.columns:
        if len(set(column.headers) & set(headers)) > 1:
            problems.append(
                _("The figure {name} stands in two units: keep one column.").format(
                    name=column.name
                )
            )
    refuse(path, [Fault(0, problem) for problem in problems])
    return [(name, known[name]) for name in headers]


def _without_unit(name: str, form: Format) -> Column | None:
    """The column that a header would be in another unit; None for another column."""
    stem = name.split("_")[0]
    for column in form.columns:
        if column.units and stem == column.name.split("_")[0]:
            return column
    return None


def _missing(column: Column, spare: Iterable[str]) -> str:
    said = _("The column {name} is missing.").format(name=column.name)
    other = _(" (Or, in another unit, {units}.)").format(units=", ".join(column.units))
    return said + (other if column.units else "") + nearest(column.name, spare)


def _unknown(name: str, column: Column | None, form: Format) -> str:
    if column is not None:
        return _("The unit of the column {name} is not known; it may be {units}.").format(
            name=name, units=", ".join(column.headers)
        )
    names = [column.name for column in form.columns]
    return _("The column {name} is not known; the file may have {names}.").format(
        name=name, names=", ".join(names)
    ) + nearest(name, names)


def _read(
    texts: pl.DataFrame, header: str, column: Column, decimal_comma: bool, faults: list[Fault]
) -> pl.Series:
    """The values of one column; what is wrong is added to `faults`."""
    text = texts[header].str.strip_chars()
    written = text != ""

    def blame(wrong: pl.Series, problem: str) -> None:
        for line, value in zip(texts[LINE].filter(wrong), text.filter(wrong), strict=True):
            faults.append(Fault(line, problem.format(column=header, value=value)))

    if not column.optional:
        blame(~written, _("{column} is missing."))
    if column.kind == "code":
        return text.alias(column.name)
    if column.kind == "day":
        days = text.str.to_date("%Y-%m-%d", strict=False)
        blame(
            days.is_null() & written,
            _("{column}: “{value}” is not a date: write it as 2025-03-31."),
        )
        return days.alias(column.name)
    dotted = text.str.replace(",", ".", literal=True) if decimal_comma else text
    number = dotted.cast(pl.Float64, strict=False)
    blame(
        number.is_null() & written,
        _("{column}: “{value}” is not a number (put a figure in place of a masked cell)."),
    )
    blame(
        ~number.is_finite().fill_null(True),
        _("{column}: “{value}” is not a finite number (no NaN, no infinity)."),
    )
    blame((number < 0).fill_null(False), _("{column}: {value} is below zero."))
    return (number * column.units.get(header, 1.0)).alias(column.name)
