"""Winters: mean 1 over a year, the real peaks on their dates, none invented overseas."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline, packaged
from preuve.twin.disciplines import CRITICAL_CARE, MEDICINE, OBSTETRICS, PAEDIATRICS, SURGERY
from preuve.twin.parameters import central
from preuve.twin.seasons.influenza import (
    PARAMETERS,
    USUAL,
    WINTERS,
    admission_factors,
    drawn,
    winter_factors,
)

VALUES = dict(central(PARAMETERS))
REGIONS = Baseline.load(2024).regions
OVERSEAS = [
    index for index, region in enumerate(REGIONS) if region in {"01", "02", "03", "04", "06"}
]


def year(number: int) -> np.ndarray:
    return np.arange(f"{number}-01-01", f"{number + 1}-01-01", dtype="datetime64[D]")


@given(st.sampled_from(WINTERS), st.integers(2015, 2045), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_mean_one_over_a_year_in_every_departement(
    winter: str, number: int, fraction: float
) -> None:
    values = {p.name: p.low + fraction * (p.high - p.low) for p in PARAMETERS}
    visits, unscheduled = winter_factors(year(number), REGIONS, winter, values)
    assert visits.shape == (len(year(number)), len(REGIONS))
    assert min(visits.min(), unscheduled.min()) > 0
    np.testing.assert_allclose(visits.mean(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(unscheduled.mean(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize(("winter", "peak"), [("2014/15", "2024-02-05"), ("2022/23", "2024-12-22")])
def test_the_peak_of_a_winter_comes_on_its_own_week(winter: str, peak: str) -> None:
    values = VALUES | {"bronchiolitis.share_visits": 0.0}
    visits, _ = winter_factors(year(2024), REGIONS, winter, values)
    found = year(2024)[visits.mean(axis=1).argmax()]
    assert abs((found - np.datetime64(peak)).astype(int)) <= 8


def test_own_sizes_average_to_one_and_hard_winters_add() -> None:
    metropolitan = [index for index in range(len(REGIONS)) if index not in OVERSEAS]
    sizes = {
        winter: winter_factors(year(2024), REGIONS, winter, VALUES, own_size=True)[1][
            :, metropolitan, MEDICINE
        ].mean()
        for winter in WINTERS
    }
    usual = np.mean([sizes[winter] for winter in USUAL])
    assert usual == pytest.approx(1, abs=1e-4)
    assert sizes["2014/15"] > 1 > sizes["2013/14"] > sizes["2020/21"]


def test_only_the_disciplines_concerned_move() -> None:
    _, unscheduled = winter_factors(year(2024), REGIONS, "2014/15", VALUES)
    assert (unscheduled[:, :, [SURGERY, OBSTETRICS]] == 1).all()
    for discipline in (MEDICINE, CRITICAL_CARE, PAEDIATRICS):
        assert unscheduled[:, :, discipline].max() > 1.05


def test_no_influenza_is_invented_overseas() -> None:
    _, unscheduled = winter_factors(year(2024), REGIONS, "2014/15", VALUES)
    assert (unscheduled[:, OVERSEAS, MEDICINE] == 1).all()


def test_a_seed_draws_one_usual_winter_and_all_are_drawn() -> None:
    names = [drawn(seed) for seed in range(300)]
    assert set(names) == set(USUAL)
    assert drawn(7) == drawn(7)
    by_seed = winter_factors(year(2024), REGIONS, 7, VALUES)
    by_name = winter_factors(year(2024), REGIONS, drawn(7), VALUES)
    assert (by_seed[1] == by_name[1]).all()


def test_an_unknown_winter_is_told() -> None:
    with pytest.raises(PreuveError, match="No winter is called 1918/19"):
        winter_factors(year(2024), REGIONS, "1918/19", VALUES)


def test_admissions_through_emergencies_follow_the_winter_too() -> None:
    people = np.arange(1.0, len(REGIONS) + 1)
    visits, unscheduled = winter_factors(year(2024), REGIONS, "2014/15", VALUES)
    chance = admission_factors(visits, unscheduled, people)
    through = np.average(visits, axis=1, weights=people)[:, None] * chance
    np.testing.assert_allclose(through, np.average(unscheduled, axis=1, weights=people))
    np.testing.assert_allclose(chance.mean(axis=0), 1, atol=0.002)
    assert chance[:, MEDICINE].max() > 1.01


def test_the_deaths_given_to_2018_2019_are_near_the_published_ones() -> None:
    """About 8,100 deaths in the two epidemic months of 2018-2019 (Santé publique France)."""
    fitted = dict(packaged("season").select("term", "value").iter_rows())
    weeks = packaged("influenza_like_illness").filter(
        pl.col("week").is_between(date(2018, 7, 1), date(2019, 6, 30))
    )
    excess = np.expm1(fitted["illness"] * weeks["FR"].to_numpy() / 100)
    winter = np.exp(fitted["one"] + fitted["cos1"])
    assert 5_000 < 7 * winter * excess.sum() < 11_000
