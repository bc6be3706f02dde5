"""Flows: where the patients of a place go."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from preuve.core.language import _
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import DISCIPLINES
from preuve.twin.scenario.loaders.faults import at_lines, unknown_codes, unknown_sites
from preuve.twin.scenario.table import Column, Format, read_table, refuse
from preuve.twin.scenario.territory import CITIES

ORIGINS = ("commune", "postal", "department")
FLOWS = Format(
    columns=(
        *(Column(origin, "code", optional=True) for origin in ORIGINS),
        Column("finess", "code"),
        Column("discipline", "code"),
        Column("stays", "number"),
    ),
    key=(*ORIGINS, "finess", "discipline"),
    one_of=ORIGINS,
)


def read_flows(path: Path, baseline: Baseline) -> pl.DataFrame:
    """Stays by origin of the patient, establishment and discipline.

    Raises:
        PreuveError: names each faulty line.
    """
    table = read_table(path, FLOWS)
    level = next(origin for origin in ORIGINS if origin in table.columns)
    communes = baseline.communes.table
    if level == "commune":
        place = dict(communes.select("commune", "department").rows())
        place |= {city: place[parts[0]] for city, parts in CITIES.items()}
    elif level == "department":
        place = {code: code for code in baseline.departments}
    else:
        place = {code: _department_of(code, baseline) for code in table["postal"].unique()}
        place = {code: department for code, department in place.items() if department}
    origins = (
        at_lines(
            table.filter(~pl.col("postal").is_in(list(place))),
            _("postal is not a postal code of five digits."),
        )
        if level == "postal"
        else unknown_codes(table, level, place)
    )
    refuse(
        path,
        [
            *origins,
            *unknown_sites(table, baseline),
            *unknown_codes(table, "discipline", DISCIPLINES),
        ],
    )
    total = pl.col("stays").sum().over("origin", "discipline")
    return table.select(
        pl.lit(level).alias("level"),
        pl.col(level).alias("origin"),
        pl.col(level).replace_strict(place, return_dtype=pl.String).alias("department"),
        "finess",
        "discipline",
        "stays",
    ).with_columns(share=pl.when(total > 0).then(pl.col("stays") / total).otherwise(0.0))


def _department_of(postal: str, baseline: Baseline) -> str:
    """The département of a postal code; Corsica is cut at 20200. Empty where there is none."""
    if len(postal) != 5 or not postal.isdigit():
        return ""
    if postal.startswith("20"):
        return "2A" if postal < "20200" else "2B"
    code = postal[:3] if postal.startswith("97") else postal[:2]
    return code if code in baseline.departments else ""
