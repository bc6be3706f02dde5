"""Season: what a day is worth, mean 1 over any year, nearer to working days than to Sundays."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.twin.baseline import packaged
from preuve.twin.disciplines import MEDICINE, OBSTETRICS, SURGERY
from preuve.twin.parameters import central
from preuve.twin.seasons.season import PARAMETERS, Factors, Season, holidays, hourly, severity

VALUES = central(PARAMETERS)


def year(number: int) -> np.ndarray:
    return np.arange(f"{number}-01-01", f"{number + 1}-01-01", dtype="datetime64[D]")


def drawn(fraction: float) -> dict[str, float]:
    return {p.name: p.low + fraction * (p.high - p.low) for p in PARAMETERS}


@given(st.integers(1990, 2100), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_every_factor_has_mean_one_over_a_year(number: int, fraction: float) -> None:
    factors = Season().factors(year(number), drawn(fraction))
    for array in (factors.scheduled, factors.unscheduled, factors.visits, factors.admission):
        assert array.min() > 0
        np.testing.assert_allclose(array.mean(axis=0), 1, rtol=1e-12)


@given(st.integers(0, 700), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_a_day_is_worth_the_same_in_any_window(first: int, length: int) -> None:
    dates = np.arange("2023-01-01", "2025-03-01", dtype="datetime64[D]")
    whole, part = (
        Season().factors(days, VALUES) for days in (dates, dates[first : first + length])
    )
    for name in Factors.__dataclass_fields__:
        expected = getattr(whole, name)[first : first + length]
        np.testing.assert_allclose(getattr(part, name), expected, rtol=1e-12)


def test_shapes() -> None:
    factors = Season().factors(year(2024), VALUES)
    assert factors.visits.shape == (366,)
    assert factors.scheduled.shape == factors.unscheduled.shape == (366, 6)
    assert factors.admission.shape == (366, 6)


def test_easter_and_its_holidays() -> None:
    easter = {2019: "04-21", 2020: "04-12", 2024: "03-31", 2025: "04-20", 2049: "04-18"}
    for number, day in easter.items():
        monday = np.datetime64(f"{number}-{day}") + np.timedelta64(1, "D")
        assert monday in holidays(number)
        assert len(np.unique(holidays(number))) == 11
    assert np.datetime64("2024-05-09") in holidays(2024)
    assert np.datetime64("2024-05-20") in holidays(2024)


def test_scheduled_admissions_rest_on_sundays_holidays_and_in_august() -> None:
    days = year(2023)
    scheduled = Season().factors(days, VALUES).scheduled[:, SURGERY]
    at = {str(day): float(value) for day, value in zip(days, scheduled, strict=True)}
    working = at["2023-03-14"]
    assert at["2023-03-12"] == pytest.approx(VALUES["season.scheduled_sunday"] * working)
    assert at["2023-05-08"] == pytest.approx(at["2023-03-12"])
    fall = 1 - VALUES["season.scheduled_august"]
    assert at["2023-08-08"] == pytest.approx(fall * working)
    births = Season().factors(days, VALUES).scheduled[:, OBSTETRICS]
    assert births[days == np.datetime64("2023-08-08")] / births.max() > fall


def test_mondays_of_emergencies_are_the_published_ones() -> None:
    days = year(2023)
    visits = Season().factors(days, VALUES).visits
    monday = (days.astype(np.int64) + 3) % 7 == 0
    ratio = visits[monday].mean() / visits[~monday].mean()
    assert ratio == pytest.approx(1.11, abs=0.005)


def test_winter_is_severer_than_summer_and_no_admission_is_lost() -> None:
    days = year(2023)
    factors = Season().factors(days, VALUES)
    winter = factors.admission[days < np.datetime64("2023-02-01"), MEDICINE].mean()
    summer = factors.admission[days.astype("datetime64[M]") == np.datetime64("2023-07")]
    assert winter > 1.05 > 0.95 > summer[:, MEDICINE].mean()
    admitted = (factors.visits[:, None] * factors.admission).mean(axis=0)
    np.testing.assert_allclose(admitted, 1, atol=0.005)


def test_hours_of_the_week_have_mean_one_and_a_quiet_night() -> None:
    hours = hourly()
    assert hours.shape == (168,)
    assert hours.mean() == pytest.approx(1)
    by_hour = hours.reshape(7, 24).mean(axis=0)
    assert by_hour[2:6].max() < 0.5 < 1.2 < by_hour[10:20].min()


def test_packaged_tables_are_small_and_rebuilt_by_the_script(
    data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts" / "france")
    tables = importlib.import_module("season").tables
    size = 0
    for name, table in tables(data_root / "france").items():
        assert table.equals(packaged(name)) or _near(table, packaged(name))
        size += (
            (Path(__file__).parents[2] / f"src/preuve/twin/france/{name}.parquet").stat().st_size
        )
    assert size <= 40_000


def _near(left: pl.DataFrame, right: pl.DataFrame) -> bool:
    numbers = [name for name in left.columns if left[name].dtype.is_numeric()]
    return left.columns == right.columns and np.allclose(
        left.select(numbers).to_numpy(), right.select(numbers).to_numpy(), atol=1e-6
    )


def test_the_season_of_deaths_is_the_one_of_2019(data_root: Path) -> None:
    table = pl.read_parquet(data_root / "france" / "deaths_dep_daily_2018_2021.parquet")
    seen = (
        table.filter(pl.col("date").dt.year() == 2019)
        .group_by(pl.col("date").dt.month().alias("month"))
        .agg(pl.col("deaths").sum() / pl.col("date").n_unique())
        .sort("month")["deaths"]
        .to_numpy()
    )
    days = year(2019)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    fitted = np.array([severity(days)[month == m].mean() for m in range(12)])
    assert np.corrcoef(seen, fitted)[0, 1] > 0.85


def test_the_weekend_of_visits_is_the_measured_one(data_root: Path) -> None:
    table = pl.read_csv(data_root / "emergency" / "uihc_ed_hourly_2013_2018.csv.gz")
    weekday = table["date"].str.to_date().dt.weekday()
    by_day = table.group_by(weekday.alias("day")).agg(pl.col("arrivals").mean()).sort("day")
    seen = by_day["arrivals"].to_numpy()
    assert 1 - seen[5:].mean() / seen[1:5].mean() == pytest.approx(
        VALUES["season.visits_weekend"], abs=0.002
    )
