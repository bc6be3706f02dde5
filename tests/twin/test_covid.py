"""First wave of COVID-19: critical care from admissions and stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from preuve.core.language import speaking
from preuve.twin.seasons.epidemic import PARAMETERS
from preuve.twin.validation.check import Check
from preuve.twin.validation.covid import (
    PEAK,
    PEAK_DAY,
    Wave,
    check,
    expected,
    first_wave,
    remaining,
    survival,
)


@pytest.fixture(scope="module")
def found(data_root: Path) -> Check:
    with speaking("en"):
        return check(data_root / "france")


def test_survival_sums_to_the_mean_stay() -> None:
    mean, variation = np.array([8.0, 15.0]), np.array([0.7, 1.1])
    still = survival(mean, variation, 400)
    assert (still[:, 0] == 1).all()
    assert (np.diff(still, axis=1) <= 0).all()
    np.testing.assert_allclose(still.sum(axis=1) - 0.5, mean, rtol=0.02)


def test_exponential_stays_forget_when_they_began() -> None:
    still = survival(np.array([10.0]), np.array([1.0]), 500)
    np.testing.assert_allclose(remaining(still, 0.2)[0, :100], still[0, :100], rtol=1e-9)


def test_a_steady_inflow_fills_what_littles_law_says() -> None:
    days = np.arange("2020-01-01", "2022-01-01", dtype="datetime64[D]")
    wave = Wave(days, ("X",), np.full((len(days), 1), 7.0), np.zeros((len(days), 1)))
    stock = expected(wave, survival(np.array([12.0]), np.array([0.8]), len(days)), 0.0)
    assert stock[0, -1, 0] == pytest.approx(7 * 12.5, rel=0.02)


def test_the_observed_peak_is_the_published_one(data_root: Path) -> None:
    wave = first_wave(data_root / "france")
    total = wave.stock.sum(axis=1)
    assert total.max() == PEAK
    assert wave.dates[total.argmax()] == PEAK_DAY
    assert wave.admissions[0].sum() == 0
    assert len(wave.departments) == 101


def test_the_peak_is_met_with_stays_of_other_departements(found: Check) -> None:
    figures = found.figures
    assert figures["peak_low"] <= PEAK <= figures["peak_high"]
    assert figures["peak"] == pytest.approx(PEAK, rel=0.05)
    assert abs(figures["peak_days_late"]) <= 2
    assert figures["curve_error"] < 0.05


def test_stays_of_the_second_wave_are_told_to_miss_it(found: Check) -> None:
    figures = found.figures
    missed = not (
        figures["peak_second_wave_stays_low"] <= PEAK <= figures["peak_second_wave_stays_high"]
    )
    assert (found.rows[1].verdict == "missed") == missed
    assert ("do not carry" in found.conclusion) == missed


def test_departements_are_better_than_with_other_stays(found: Check) -> None:
    figures = found.figures
    assert figures["department_peak_mae"] < figures["department_peak_mae_second_wave_stays"]
    assert 0.6 <= figures["department_coverage"] <= 0.95


def test_the_stay_of_epidemics_holds_both_waves(found: Check) -> None:
    stay = next(p for p in PARAMETERS if p.name == "epidemic.stay_critical_care")
    for name in ("stay_first_half", "stay_second_half", "stay_second_wave"):
        assert stay.low <= found.figures[name] <= stay.high


def test_the_same_data_give_the_same_check(data_root: Path, found: Check) -> None:
    assert check(data_root / "france").figures == found.figures
