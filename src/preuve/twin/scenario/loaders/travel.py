"""Travel: minutes from communes to establishments."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from preuve.core.language import _
from preuve.twin.baseline import Baseline
from preuve.twin.scenario.loaders.faults import at_lines, unknown_codes, unknown_sites
from preuve.twin.scenario.table import Column, Format, read_table, refuse

LONGEST_TRIP = 24 * 60.0


TRAVEL = Format(
    columns=(
        Column("commune", "code"),
        Column("finess", "code"),
        Column("minutes", "number", units={"hours": 60.0, "seconds": 1 / 60}),
    ),
    key=("commune", "finess"),
)


def read_travel(path: Path, baseline: Baseline) -> pl.DataFrame:
    """Minutes from communes to establishments.

    Raises:
        PreuveError: names each faulty line.
    """
    table = read_table(path, TRAVEL)
    refuse(
        path,
        [
            *unknown_codes(table, "commune", baseline.communes.table["commune"]),
            *unknown_sites(table, baseline),
            *at_lines(
                table.filter(pl.col("minutes") > LONGEST_TRIP),
                _("a trip of more than a day: is the unit right?"),
            ),
        ],
    )
    return table.select("commune", "finess", "minutes")
