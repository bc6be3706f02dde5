"""General practitioners by département, from the open counts of 2018."""

from __future__ import annotations

from pathlib import Path

import polars as pl

YEAR = 2018


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """practitioners: year, department, general_practitioners, residents; 96 départements.

    All modes of practice are counted (self-employed and salaried). Overseas départements are not
    in the file. Producer: DREES and INSEE, 2018; copied with the licence of its repository (MIT).
    """
    rows = pl.read_csv(data / "gp_by_dep_2018.csv", schema_overrides={"dep": pl.String})
    practitioners = rows.select(
        pl.lit(YEAR).cast(pl.Int16).alias("year"),
        pl.col("dep").alias("department"),
        pl.col("n_gp").round().cast(pl.Int32).alias("general_practitioners"),
        pl.col("pop2018").cast(pl.Int32).alias("residents"),
    ).sort("department")
    return {"practitioners": practitioners}
