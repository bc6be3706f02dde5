"""Hours of nurses and aides per bed-day and per emergency visit, from the SAE (DREES, LO).

Critical care and emergencies declare their own staff: hours are measured there. The rest of the
staff of short stay (form Q24, group 2100) is shared between medicine, surgery, obstetrics and
paediatrics by a non-negative regression on bed-days, robust to establishments unlike the others,
then scaled so that the hours of the country add up. Rehabilitation (group 2400) stands alone.
Hours of a ward thus hold what surrounds it: theatres, day cases, out-patients.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from establishments import panel

YEARS = (2022, 2023, 2024)
VISIT_YEARS = (2019, 2021, 2022)
"""Years whose emergency staff adds up: the nurses of 2023 pass the total, 2024 has none."""

YEARLY_HOURS = 1607
ABSENCE = 0.09
"""Central value of the parameter carers.absence."""

WORKED = YEARLY_HOURS * (1 - ABSENCE)
"""Hours that a full-time carer is at work in a year."""

WARDS = ("medicine", "surgery", "obstetrics", "paediatrics")
ACUTE, REHABILITATION, ALL = 2100, 2400, 9999
REPLICATES = 200
LEGAL_NURSE_HOURS = 24 * 2 / 5
"""Two nurses for five patients of intensive care, day and night."""

HUBER = 1.5
MOST_PERCENT = 200
Floats = npt.NDArray[np.float64]


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """`carers_hours`: hours by activity; `carers_sites`: share of staff in these wards."""
    staff = _staff(data)
    return {"carers_hours": _hours(data, staff), "carers_sites": _shares(data, staff)}


def _staff(data: Path) -> pl.DataFrame:
    """Nurses and aides (FTE) of each establishment and year, by group of disciplines."""
    form = pl.read_parquet(data / "sae_tables" / "q24.parquet")
    carers = pl.sum_horizontal(pl.col("INFNS", "INFSP", "AIDES").fill_null(0))
    return form.select(
        pl.col("FI").alias("finess"),
        pl.col("AN").cast(pl.Int64).alias("year"),
        pl.col("DISCI").cast(pl.Int64).alias("group"),
        carers.cast(pl.Float64).alias("fte"),
    )


def _shares(data: Path, staff: pl.DataFrame) -> pl.DataFrame:
    """Carers of short stay and rehabilitation per 100 nurses and aides of the establishment.

    The hundred leaves out specialised nurses, as the figures of the establishment do: the number
    may pass 100.
    """
    form = pl.read_parquet(data / "sae_tables" / "q24.parquet")
    everyone = form.filter((pl.col("AN") == YEARS[-1]) & (pl.col("DISCI") == ALL)).select(
        pl.col("FI").alias("finess"),
        pl.sum_horizontal(pl.col("INFNS", "AIDES").fill_null(0)).cast(pl.Float64).alias("all"),
    )
    served = staff.filter(
        (pl.col("year") == YEARS[-1]) & pl.col("group").is_in([ACUTE, REHABILITATION])
    )
    both = everyone.join(served.group_by("finess").agg(pl.col("fte").sum()), on="finess")
    percent = (100 * pl.col("fte") / pl.col("all")).clip(0, MOST_PERCENT).round()
    return (
        both.filter((pl.col("all") > 0) & (pl.col("fte") > 0))
        .select("finess", percent.cast(pl.UInt8).alias("percent"))
        .sort("finess")
    )


def _hours(data: Path, staff: pl.DataFrame) -> pl.DataFrame:
    critical = critical_hours(data)
    visit = visit_hours(data)
    table = _days(data, staff)
    short = table.filter(pl.col("fte_acute") > 0)
    known = short["days_critical_care"].to_numpy() * critical[0]
    known = known + short["visits"].to_numpy() * visit[0]
    left = np.maximum(short["fte_acute"].to_numpy() * WORKED - known, 0.0)
    days = short.select(f"days_{ward}" for ward in WARDS).to_numpy().astype(float)
    wards = _resampled(days, left, short["finess"].to_numpy())
    stay = table.filter((pl.col("fte_rehab") > 0) & (pl.col("days_rehabilitation") > 0))
    rehabilitation = _resampled(
        stay["days_rehabilitation"].to_numpy().astype(float)[:, None],
        stay["fte_rehab"].to_numpy() * WORKED,
        stay["finess"].to_numpy(),
    )
    rows = [*zip(WARDS, *wards, strict=True)]
    rows += [("critical_care", *critical), ("rehabilitation", *(b[0] for b in rehabilitation))]
    rows += [("visit", *visit), ("critical_margin", *_margin(data))]
    return pl.DataFrame(rows, schema=["name", "value", "low", "high"], orient="row")


def _days(data: Path, staff: pl.DataFrame) -> pl.DataFrame:
    """Bed-days, visits and FTE of each establishment and year."""

    wide = panel(data).with_columns(pl.col("year").cast(pl.Int64))
    groups = {"fte_acute": ACUTE, "fte_rehab": REHABILITATION}
    for name, group in groups.items():
        of_group = staff.filter(pl.col("group") == group).select("finess", "year", fte="fte")
        wide = wide.join(of_group.rename({"fte": name}), on=["finess", "year"], how="left")
    return wide.filter(pl.col("year").is_in(YEARS)).with_columns(
        pl.col(list(groups)).fill_null(0.0)
    )


def _resampled(
    days: Floats, hours: Floats, establishments: npt.NDArray[np.object_]
) -> tuple[Floats, Floats, Floats]:
    """Hours per bed-day, and bounds by drawing establishments again, all their years at once."""
    _, which = np.unique(establishments, return_inverse=True)
    order = np.argsort(which, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(which))[:-1])
    random = np.random.default_rng(20240)
    draws = []
    for _ in range(REPLICATES):
        picked = np.concatenate([rows[i] for i in random.integers(0, len(rows), len(rows))])
        draws.append(hours_per_day(days[picked], hours[picked]))
    low, high = np.quantile(np.array(draws), [0.025, 0.975], axis=0)
    return hours_per_day(days, hours), low, high


def hours_per_day(days: Floats, hours: Floats, rounds: int = 30) -> Floats:
    """Hours of one bed-day of each discipline, that add up to the hours of the country.

    Non-negative least squares; the spread of an establishment grows as the root of its hours, and
    Huber's weights hold back those unlike the others.

    Args:
        days: bed-days, shape (N, D).
        hours: hours worked, shape (N,).
        rounds: of reweighting.
    """
    from scipy.optimize import nnls

    spread = np.sqrt(np.maximum(hours, np.median(hours)))
    weight = np.ones(len(hours))
    found = np.zeros(days.shape[1])
    for _ in range(rounds):
        scale = np.sqrt(weight) / spread
        found, _ = nnls(days * scale[:, None], hours * scale)
        gap = np.abs(hours - days @ found) / spread
        usual = 1.4826 * np.median(gap)
        if usual == 0:
            break
        weight = np.minimum(1.0, HUBER * usual / np.maximum(gap, 1e-12))
    return np.asarray(found * hours.sum() / (days @ found).sum())


def critical_hours(data: Path) -> tuple[float, float, float]:
    """Hours of nurses and aides per day of critical care; bounds: lowest and highest year."""
    units = _units(data).filter(pl.col("carers") > 0)
    return _middle(units, "carers", "days")


def _margin(data: Path) -> tuple[float, float, float]:
    """Hours of nurses per open bed-day of adult intensive care over the legal floor."""
    units = _units(data).filter((pl.col("unit") == "REAADU") & (pl.col("nurses") > 0))
    value, low, high = _middle(units, "nurses", "open")
    return tuple(x / LEGAL_NURSE_HOURS - 1 for x in (value, low, high))  # type: ignore[return-value]


def _units(data: Path) -> pl.DataFrame:
    """Critical-care units: hours of carers and of nurses, days, open bed-days, by year."""
    form = pl.read_parquet(data / "sae_tables" / "rea.parquet")
    names = {
        name: pl.sum_horizontal(
            pl.col(f"{prefix}_{name}").fill_null(0) for prefix in ("ETP", "ETPSAL")
        )
        for name in ("INFNS", "INFSP", "AID")
    }
    return form.select(
        pl.col("AN").alias("year"),
        pl.col("UNI").cast(pl.String).alias("unit"),
        pl.col("JOU").fill_null(0).cast(pl.Float64).alias("days"),
        pl.col("JLI").fill_null(0).cast(pl.Float64).alias("open"),
        (WORKED * (names["INFNS"] + names["INFSP"])).cast(pl.Float64).alias("nurses"),
        (WORKED * (names["INFNS"] + names["INFSP"] + names["AID"]))
        .cast(pl.Float64)
        .alias("carers"),
    ).filter((pl.col("days") > 0) & (pl.col("open") > 0) & pl.col("year").is_in(YEARS))


def visit_hours(data: Path) -> tuple[float, float, float]:
    """Hours of nurses and aides per emergency visit; bounds: lowest, highest year."""
    staff = pl.read_parquet(data / "sae_tables" / "urgences_p.parquet")
    visits = pl.read_parquet(data / "sae_tables" / "urgences2.parquet")
    fte = pl.sum_horizontal(pl.col("ETP", "ETPSAL").fill_null(0))
    carers = (
        staff.filter(pl.col("PERSO").cast(pl.String).is_in(["NINF", "N2500"]))
        .group_by(pl.col("AN").alias("year"))
        .agg((WORKED * fte.sum()).cast(pl.Float64).alias("carers"))
    )
    passed = visits.group_by(pl.col("AN").alias("year")).agg(
        pl.col("PASSU").sum().cast(pl.Float64).alias("visits")
    )
    both = carers.join(passed, on="year").filter(pl.col("year").is_in(VISIT_YEARS))
    return _middle(both, "carers", "visits")


def _middle(table: pl.DataFrame, hours: str, per: str) -> tuple[float, float, float]:
    sums = table.group_by("year").agg(pl.col(hours).sum(), pl.col(per).sum())
    total, denominator = sums[hours].to_numpy(), sums[per].to_numpy()
    each = total / denominator
    return float(total.sum() / denominator.sum()), float(each.min()), float(each.max())
