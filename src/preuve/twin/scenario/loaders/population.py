"""Population: a projection by département, sex and age, with the totals it states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.twin.baseline import AGES, SEXES, Baseline
from preuve.twin.scenario.loaders.faults import missing_ages, unknown_codes, wrong_years
from preuve.twin.scenario.table import LINE, Column, Fault, Format, duplicated, read_table, refuse

Floats = npt.NDArray[np.float64]


TOTAL = "total"
"""What a population file writes in department, sex or age for a sum that it states."""


POPULATION = Format(
    columns=(
        Column("department", "code"),
        Column("sex", "code"),
        Column("age", "code"),
        Column("year", "number"),
        Column("residents", "number"),
    ),
    key=("department", "sex", "age", "year"),
)


def read_population(path: Path, baseline: Baseline) -> pl.DataFrame:
    """Residents by département, sex, age and year.

    Ages are five-year groups or single years of age, summed here to five-year groups. A line
    may state a total: `total` in department, sex or age; it must be the sum of its lines, to
    half a resident for each of them.

    Raises:
        PreuveError: names each faulty line.
    """
    table = read_table(path, POPULATION).with_columns(
        pl.col("sex").replace({"H": "M", "1": "M", "2": "F"})
    )
    refuse(path, duplicated(table, POPULATION.key))
    single = bool(table["age"].str.contains(r"^\d{1,3}$").any())
    ages = _ages(table) if single else AGES
    refuse(
        path,
        [
            *unknown_codes(table, "department", (*baseline.departments, TOTAL)),
            *unknown_codes(table, "sex", (*SEXES, TOTAL)),
            *unknown_codes(table, "age", (*ages, TOTAL)),
            *wrong_years(table),
        ],
    )
    stated = pl.any_horizontal(pl.col("department", "sex", "age") == TOTAL)
    details = table.filter(~stated)
    if details.is_empty():
        refuse(path, [Fault(0, _("The file states totals and no detail."))])
    refuse(path, missing_ages(details, ("year", "department"), ages))
    refuse(path, list(_sums(table.filter(stated), details)))
    if single:
        years = pl.col("age").str.strip_chars("+").cast(pl.Int64)
        group = (years // 5).clip(0, len(AGES) - 1)
        details = details.with_columns(
            age=group.replace_strict(dict(enumerate(AGES)), return_dtype=pl.String)
        )
    order = ["year", "department", "sex", "age"]
    return (
        details.with_columns(pl.col("year").cast(pl.Int64))
        .group_by(order)
        .agg(pl.col("residents").sum())
        .sort(order)
    )


def population_array(population: pl.DataFrame, year: int, baseline: Baseline) -> Floats:
    """Residents of a year, nan where the file has none, shape (Z, 2, 20)."""
    result = np.full((len(baseline.departments), len(SEXES), len(AGES)), np.nan)
    place = {code: index for index, code in enumerate(baseline.departments)}
    rows = population.filter(pl.col("year") == year)
    for department, sex, age, residents in rows.select(
        "department", "sex", "age", "residents"
    ).rows():
        result[place[department], SEXES.index(sex), AGES.index(age)] = residents
    return result


def _ages(table: pl.DataFrame) -> tuple[str, ...]:
    """Single years of age from 0 to the last of the file, which may be open (100+)."""
    found = table["age"].filter(table["age"].str.contains(r"^\d{1,3}\+?$"))
    last = max(found, key=lambda age: int(age.strip("+")))
    return (*map(str, range(int(last.strip("+")))), last)


def _sums(totals: pl.DataFrame, details: pl.DataFrame) -> Iterator[Fault]:
    """A fault for each stated total that is not the sum of its lines."""
    axes = ("department", "sex", "age")
    kinds = totals.select(*(pl.col(axis) == TOTAL for axis in axes)).unique().rows()
    for kind in kinds:
        kept = [axis for axis, whole in zip(axes, kind, strict=True) if not whole]
        stated = totals.filter(
            *((pl.col(a) == TOTAL) == whole for a, whole in zip(axes, kind, strict=True))
        )
        summed = details.group_by("year", *kept).agg(
            pl.col("residents").sum().alias("sum"), pl.len().alias("count")
        )
        for row in stated.join(summed, on=["year", *kept], how="left").iter_rows(named=True):
            if row["sum"] is None:
                yield Fault(row[LINE], _("this total has no line to sum."))
            elif abs(row["residents"] - row["sum"]) > 0.5 * row["count"]:
                yield Fault(
                    row[LINE],
                    _(
                        "the total says {stated} residents and its {count} lines sum to {sum}."
                    ).format(
                        stated=f"{row['residents']:g}",
                        count=row["count"],
                        sum=f"{row['sum']:.10g}",
                    ),
                )
