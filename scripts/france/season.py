"""Season, week and hours: deaths by day, weeks of influenza-like illness, hours of one emergency.

Deaths by day (INSEE) give the season and the week of severe illness, once influenza-like illness
and heat are taken out; the Sentinelles series gives the winters; the only hourly series that is
open is American (University of Iowa) and gives the hours of one emergency department.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

FIRST_WEEK, LAST_WEEK = date(2010, 7, 1), date(2025, 6, 30)
BEFORE_COVID = date(2020, 2, 23)
HEAT = 24.0
"""Mean temperature of the country above which a day, and the two that follow, are left out."""

TERMS = (
    *("one", "year", "cos1", "sin1", "cos2", "sin2"),
    *("day1", "day2", "day4", "day5", "day6", "day7", "illness"),
)

NEW_REGION = {
    11: "11",
    **dict.fromkeys((23, 25), "28"),
    24: "24",
    **dict.fromkeys((26, 43), "27"),
    **dict.fromkeys((22, 31), "32"),
    **dict.fromkeys((21, 41, 42), "44"),
    52: "52",
    53: "53",
    **dict.fromkeys((54, 72, 74), "75"),
    **dict.fromkeys((73, 91), "76"),
    **dict.fromkeys((82, 83), "84"),
    93: "93",
    94: "94",
}
"""Région of 2016 of each of the former ones, which the Sentinelles network keeps."""


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """The packaged tables: `season`, `influenza_like_illness`, `emergency_hours`."""
    weeks = illness(data)
    return {
        "season": deaths(data, weeks),
        "influenza_like_illness": weeks,
        "emergency_hours": hours(data.parent / "emergency"),
    }


def illness(data: Path) -> pl.DataFrame:
    """Cases of influenza-like illness per 100,000 and week: Monday, France, then each région."""
    national = _weekly(data / "sentinelles_ili_france_weekly.parquet").select(
        "week", pl.col("rate").alias("FR")
    )
    former = _weekly(data / "sentinelles_ili_region_weekly.parquet")
    former = former.filter(pl.col("place") != "0").with_columns(
        region=pl.col("place").cast(pl.Int64).replace_strict(NEW_REGION, return_dtype=pl.String),
        people=(pl.col("cases") / pl.col("rate")).fill_nan(None).median().over("place"),
    )
    regions = (
        former.drop_nulls("rate")
        .group_by("week", "region")
        .agg((pl.col("rate") * pl.col("people")).sum() / pl.col("people").sum())
        .pivot(on="region", index="week", values="rate", sort_columns=True)
    )
    table = national.join(regions, on="week", how="left").sort("week")
    names = [name for name in table.columns if name not in {"week", "FR"}]
    return table.with_columns(
        pl.col("FR").fill_null(0).round().cast(pl.UInt16),
        *(pl.col(n).fill_null(pl.col("FR")).round().cast(pl.UInt16) for n in sorted(names)),
    )


def _weekly(path: Path) -> pl.DataFrame:
    table = pl.read_parquet(path).select(
        week=pl.format("{}1", pl.col("week")).str.to_date("%G%V%u"),
        place=pl.col("geo_insee").cast(pl.String),
        cases=pl.col("inc").cast(pl.Float64, strict=False),
        rate=pl.col("inc100").cast(pl.Float64, strict=False),
    )
    return table.filter(pl.col("week").is_between(FIRST_WEEK, LAST_WEEK))


def deaths(data: Path, weeks: pl.DataFrame) -> pl.DataFrame:
    """Poisson regression of deaths by day before COVID: term, value, standard error.

    Terms: one, year (centred), two harmonics, days of the week (Wednesday is the reference),
    `illness` (per 100 cases per 100,000, mean of the two weeks before). Standard errors are
    multiplied by the root of Pearson's dispersion.
    """
    series = _deaths(data)
    days = series["date"].to_numpy().astype("datetime64[D]")
    design = np.column_stack([*_harmonics(days), *_week(days), _illness(days, weeks)])
    years = (days - np.datetime64("2019-03-01")).astype(float) / 365.25
    design = np.column_stack([np.ones(len(days)), years, design])
    value, error = _poisson(design, series["deaths"].to_numpy().astype(float))
    return pl.DataFrame({"term": TERMS, "value": value, "standard_error": error})


def _deaths(data: Path) -> pl.DataFrame:
    series = pl.read_parquet(data / "deaths_dep_daily_2018_2021.parquet")
    series = series.group_by(pl.col("date").cast(pl.Date)).agg(pl.col("deaths").sum())
    heat = pl.read_parquet(data / "temperature_dep_daily_2018_2020.parquet")
    heat = heat.group_by(pl.col("date").str.to_date()).agg(pl.col("tmean").mean()).sort("date")
    heat = heat.with_columns(hot=pl.col("tmean").rolling_max(3, min_samples=1) >= HEAT)
    kept = series.join(heat, on="date").filter(~pl.col("hot"), pl.col("date") <= BEFORE_COVID)
    return kept.sort("date")


def _harmonics(days: npt.NDArray[np.datetime64]) -> list[Floats]:
    turn = 2 * np.pi * (days - days.astype("datetime64[Y]")).astype(float) / 365.25
    return [f(k * turn) for k in (1, 2) for f in (np.cos, np.sin)]


def _week(days: npt.NDArray[np.datetime64]) -> list[Floats]:
    weekday = (days.astype(np.int64) + 3) % 7 + 1
    return [(weekday == day).astype(float) for day in (1, 2, 4, 5, 6, 7)]


def _illness(days: npt.NDArray[np.datetime64], weeks: pl.DataFrame) -> Floats:
    monday = weeks["week"].to_numpy().astype("datetime64[D]").astype(np.int64)
    rate = weeks["FR"].to_numpy().astype(float)
    lagged = [np.interp(days.astype(np.int64) - lag, monday + 3, rate) for lag in (7, 14)]
    return np.asarray(np.mean(lagged, axis=0) / 100)


def _poisson(design: Floats, counts: Floats) -> tuple[Floats, Floats]:
    value = np.linalg.lstsq(design, np.log(counts), rcond=None)[0]
    for _step in range(25):
        mean = np.exp(design @ value)
        information = design.T @ (design * mean[:, None])
        value = value + np.linalg.solve(information, design.T @ (counts - mean))
    mean = np.exp(design @ value)
    dispersion = np.sum((counts - mean) ** 2 / mean) / (len(counts) - len(value))
    error = np.sqrt(dispersion * np.diag(np.linalg.inv(information)))
    return np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)


def hours(emergency: Path) -> pl.DataFrame:
    """Arrivals by hour of the week at the University of Iowa hospital, mean 1: weekday, hour."""
    table = pl.read_csv(emergency / "uihc_ed_hourly_2013_2018.csv.gz")
    return (
        table.group_by(
            weekday=pl.col("date").str.to_date().dt.weekday(), hour=pl.col("hour").cast(pl.Int8)
        )
        .agg(pl.col("arrivals").mean() / table["arrivals"].mean())
        .sort("weekday", "hour")
        .with_columns(pl.col("arrivals").cast(pl.Float32).round(4))
    )


if __name__ == "__main__":
    import os

    for name, table in tables(
        Path(os.environ.get("PREUVE_DATA", "../shared/data")) / "france"
    ).items():
        print(name, table)
