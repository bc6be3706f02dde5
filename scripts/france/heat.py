"""Heat by département: threshold, normal, deaths of each month; response fitted on 2018 to 2020.

Daily deaths: INSEE. Daily temperatures: Météo-France. Hospital deaths of COVID-19: Santé publique
France. All under the Open Licence.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.seasons.heat_fit import (
    HeatFit,
    Series,
    degrees_above,
    fit_heat,
    harmonics,
    lagged,
    read_series,
)

YEARS = (2018, 2019, 2020)
Floats = npt.NDArray[np.float64]

USUAL = (np.datetime64("2018-03-01"), np.datetime64("2019-12-31"))
"""Deaths of each month are those of these days, before COVID-19."""


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """`heat_departments` (one row per département) and `heat_response` (one row)."""
    series = read_series(data)
    fit = fit_heat(series, YEARS)
    return {
        "heat_departments": _departments(series, fit, data),
        "heat_response": _response(fit),
    }


def _response(fit: HeatFit) -> pl.DataFrame:
    lags = {f"lag_{lag}": [float(value)] for lag, value in enumerate(fit.lags)}
    errors = {f"error_{lag}": [float(value)] for lag, value in enumerate(fit.errors)}
    figures = {
        "response": [fit.response],
        "next_error": [fit.next_error],
        "between": [fit.between],
        "dispersion": [fit.dispersion],
    }
    return pl.DataFrame({**figures, **lags, **errors})


def _departments(series: Series, fit: HeatFit, data: Path) -> pl.DataFrame:
    design = harmonics(series.dates)
    normal = np.linalg.lstsq(design, series.tmax, rcond=None)[0]
    heat = degrees_above(series.tmax, fit.threshold)
    effect = sum(b * lagged(heat, lag) for lag, b in enumerate(fit.lags))
    risk = np.exp(fit.response * np.asarray(effect))
    table = pl.DataFrame(
        {
            "department": series.departments,
            "threshold": fit.threshold,
            "hottest": series.tmax.max(axis=0),
            **{f"normal_{term}": row for term, row in enumerate(normal)},
            **_monthly(series, risk),
        }
    )
    overseas = _overseas(data, series.departments)
    figures = [name for name in table.columns if name != "department"]
    together = pl.concat([table, overseas], how="diagonal").sort("department")
    return together.with_columns(pl.col(figures).cast(pl.Float32).round(3))


def _monthly(series: Series, risk: Floats) -> dict[str, Floats]:
    """Deaths per day of each month, the effect of heat taken out."""
    usual = (series.dates >= USUAL[0]) & (series.dates <= USUAL[1])
    result = {}
    for month in range(1, 13):
        days = usual & (series.months == month) & ~np.isnan(series.deaths).any(axis=1)
        total = np.sum(series.deaths[days], axis=0)
        result[f"deaths_{month:02d}"] = total / np.sum(risk[days], axis=0)
    return result


def _overseas(data: Path, mainland: tuple[str, ...]) -> pl.DataFrame:
    """Deaths per day of each month where there is no temperature series."""
    deaths = pl.read_parquet(data / "deaths_dep_daily_2018_2021.parquet")
    kept = deaths.cast({"date": pl.Date}).filter(
        ~pl.col("dep").is_in(list(mainland))
        & pl.col("date").is_between(USUAL[0].item(), USUAL[1].item())
    )
    return (
        kept.group_by("dep", pl.col("date").dt.month().alias("month"))
        .agg(pl.col("deaths").mean())
        .with_columns(
            pl.format("deaths_{}", pl.col("month").cast(pl.String).str.zfill(2)).alias("month")
        )
        .pivot(on="month", index="dep", values="deaths")
        .rename({"dep": "department"})
    )
