"""Activity: a planner's own stays and bed-days, by establishment, discipline and year."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from preuve.core.language import _
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import ACTIVITIES
from preuve.twin.scenario.loaders.faults import at_lines, unknown_codes, unknown_sites, wrong_years
from preuve.twin.scenario.table import Column, Format, read_table, refuse

LONGEST_STAY = 366.0


ACTIVITY = Format(
    columns=(
        Column("finess", "code"),
        Column("discipline", "code"),
        Column("year", "number"),
        Column("stays", "number"),
        Column("days", "number"),
        Column("beds", "number", optional=True),
    ),
    key=("finess", "discipline", "year"),
)


def read_activity(path: Path, baseline: Baseline) -> pl.DataFrame:
    """Stays and bed-days of each service and year.

    Raises:
        PreuveError: names each faulty line.
    """
    table = read_table(path, ACTIVITY)
    if "beds" not in table.columns:
        table = table.with_columns(beds=pl.lit(None, dtype=pl.Float64))
    emergency = pl.col("discipline") == "emergency"
    faults = [
        *unknown_sites(table, baseline),
        *unknown_codes(table, "discipline", ACTIVITIES),
        *wrong_years(table),
        *at_lines(
            table.filter(emergency & (pl.col("days") > 0)),
            _("an emergency department has visits (stays), no bed-days: write 0 days."),
        ),
        *at_lines(
            table.filter(~emergency & ((pl.col("stays") > 0) != (pl.col("days") > 0))),
            _("stays without bed-days, or bed-days without stays."),
        ),
        *at_lines(
            table.filter(~emergency & (pl.col("days") > LONGEST_STAY * pl.col("stays"))),
            _("a mean stay of more than a year: are days and stays in the right columns?"),
        ),
        *at_lines(
            table.filter(~emergency & (pl.col("days") > 2 * LONGEST_STAY * pl.col("beds"))),
            _("more than two patients in each bed all year: are the beds counted?"),
        ),
    ]
    refuse(path, faults)
    return table.select(
        "finess", "discipline", pl.col("year").cast(pl.Int64), "stays", "days", "beds"
    )
