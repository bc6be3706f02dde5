"""Hindsight: what the sites around a closed service really did, beside what the twin says."""

from __future__ import annotations

import numpy as np
import polars as pl

from preuve.twin.baseline import Baseline, packaged
from preuve.twin.choice.travel import nearest
from preuve.twin.impact import Impact


def around(impact: Impact, finess: str, discipline: str, year: int, count: int = 4) -> pl.DataFrame:
    """The nearest sites of a closed service: stays gained in the twin and in the forms.

    What really happened is the stays of `year` less those of the baseline year times the ratio of
    the national totals; a site may gain or lose for other reasons than the closure.

    Args:
        impact: of a scenario that closes the service.
        finess: the site that closes.
        discipline: the service.
        year: the year that is looked at.
        count: how many sites.

    Returns:
        finess, name, commune_name, km (straight), observed, predicted, low95, high95.
    """
    baseline = Baseline.load(int(impact.provenance["baseline_year"]))
    before, after = _stays(baseline.year, discipline), _stays(year, discipline)
    ratio = float(after["stays"].to_numpy().sum() / before["stays"].to_numpy().sum())
    here = baseline.site(finess)
    others = baseline.sites.join(before.filter(pl.col("stays") > 0), on="finess").filter(
        pl.col("finess") != finess
    )
    index, km = nearest(
        [baseline.lon[here]], [baseline.lat[here]], others["lon"], others["lat"], count
    )
    near = others[np.asarray(index[0], dtype=np.int64)].with_columns(km=pl.Series(km[0]))
    told = impact.sites.filter(activity=discipline, measure="stays").select(
        "finess",
        predicted="difference_value",
        low95="difference_low95",
        high95="difference_high95",
    )
    return (
        near.join(after.rename({"stays": "later"}), on="finess", how="left")
        .with_columns(observed=pl.col("later").fill_null(0) - pl.col("stays") * ratio)
        .join(told, on="finess", how="left")
        .select("finess", "name", "commune_name", "km", "observed", "predicted", "low95", "high95")
    )


def _stays(year: int, discipline: str) -> pl.DataFrame:
    panel = packaged("panel").filter(pl.col("year") == year)
    return panel.select("finess", stays=pl.col(f"stays_{discipline}").cast(pl.Float64))
