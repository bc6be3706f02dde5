"""Faults that every loader looks for: unknown codes, years, missing ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from preuve.core.language import _
from preuve.core.mistakes import SHOWN, nearest
from preuve.twin.baseline import SEXES, Baseline
from preuve.twin.scenario.table import LINE, Fault


def at_lines(rows: pl.DataFrame, text: str) -> list[Fault]:
    return [Fault(line, text) for line in rows[LINE]]


def wrong_years(table: pl.DataFrame) -> list[Fault]:
    year = pl.col("year")
    wrong = table.filter((year != year.round()) | ~year.is_between(1900, 2200))
    return at_lines(wrong, _("year is not a year, such as 2024."))


def unknown_codes(
    table: pl.DataFrame, column: str, known: Sequence[str] | Mapping[str, str] | pl.Series
) -> list[Fault]:
    """A fault for each line whose code is not known, with the nearest known code."""
    words = [str(word) for word in known]
    wrong = table.filter(~pl.col(column).is_in(words))
    first = wrong[column].unique(maintain_order=True)[:SHOWN]
    hints = {code: nearest(_padded(code, words), words) for code in first}
    return [
        Fault(
            line,
            _("{column}: “{code}” is not known.").format(column=column, code=code)
            + hints.get(code, ""),
        )
        for line, code in wrong.select(LINE, column).rows()
    ]


def _padded(code: str, words: Sequence[str]) -> str:
    """The code with the leading zeros that a spreadsheet takes away, where that makes it known."""
    known = set(words)
    widths = sorted({len(word) for word in known})
    return next((code.zfill(width) for width in widths if code.zfill(width) in known), code)


def unknown_sites(table: pl.DataFrame, baseline: Baseline) -> list[Fault]:
    return unknown_codes(table, "finess", baseline.sites["finess"])


def missing_ages(table: pl.DataFrame, group: Sequence[str], ages: Sequence[str]) -> list[Fault]:
    """A fault for each group and sex that lacks an age, and each group that lacks a sex."""
    wanted = (
        table.select(group)
        .unique(maintain_order=True)
        .join(pl.DataFrame({"sex": SEXES}), how="cross")
    )
    wanted = wanted.join(pl.DataFrame({"age": ages}), how="cross")
    absent = wanted.join(table, on=[*group, "sex", "age"], how="anti", maintain_order="left")
    gathered = absent.group_by([*group, "sex"], maintain_order=True).agg("age")
    return [
        Fault(
            0,
            _("{group}: the ages {ages} are missing.").format(
                group=", ".join(
                    f"{name} {row[name]:g}" if name == "year" else f"{name} {row[name]}"
                    for name in (*group, "sex")
                ),
                ages=", ".join(row["age"][:5]) + (", …" if len(row["age"]) > 5 else ""),
            ),
        )
        for row in gathered.iter_rows(named=True)
    ]
