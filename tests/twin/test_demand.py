"""Demand: totals of the baseline found again, measured shares kept, laws of expectation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline
from preuve.twin.demography import demand
from preuve.twin.demography.population import five_year_ages, project, single_ages
from preuve.twin.disciplines import (
    ACTIVITIES,
    CRITICAL_CARE,
    EMERGENCY,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.validation import ageing

OLD = slice(16, None)
ELDERLY = slice(15, None)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture(scope="module")
def rates(baseline: Baseline) -> demand.Rates:
    return demand.Rates.fit(baseline)


def _by_age(rates: demand.Rates, activity: int) -> demand.Floats:
    return np.asarray((rates.use.sum(axis=0)[activity] * rates.population.sum(axis=0)).sum(axis=0))


@pytest.mark.parametrize("year", [2019, 2024])
def test_national_totals_are_those_of_the_year(year: int) -> None:
    baseline = Baseline.load(year)
    rates = demand.Rates.fit(baseline)
    totals = rates.expected(rates.population).sum(axis=0)
    np.testing.assert_allclose(totals[:EMERGENCY], baseline.stays.sum(axis=0), rtol=1e-9)
    assert totals[EMERGENCY] == pytest.approx(baseline.visits.sum())


def test_residents_default_to_those_of_the_year(rates: demand.Rates, baseline: Baseline) -> None:
    run = project(
        baseline.population, baseline.population_year, 2024, departments=baseline.departments
    )
    np.testing.assert_allclose(rates.population, five_year_ages(run.at(2024)))


def test_measured_shares_of_emergency_visits_are_kept(rates: demand.Rates) -> None:
    visits = _by_age(rates, EMERGENCY)
    assert visits[OLD].sum() / visits.sum() == pytest.approx(2_173_544 / 21_427_875, rel=1e-6)
    child = (visits * demand.CHILD).sum() / visits.sum()
    assert child == pytest.approx((3_217_939 + 2_311_822) / 21_427_875, rel=0.03)
    admitted = (rates.admitted * rates.population.sum(axis=0)).sum(axis=0)
    assert admitted[OLD].sum() / admitted.sum() == pytest.approx(842_458 / 3_513_022, rel=1e-3)


def test_published_ages_are_kept(rates: demand.Rates) -> None:
    people = demand._france(demand.REHABILITATION_YEAR)
    stays = rates.use.sum(axis=0)[REHABILITATION] * people
    women, men = (stays * demand.MIDDLES).sum(axis=1) / stays.sum(axis=1)
    assert (women, men) == (pytest.approx(74, abs=0.01), pytest.approx(67, abs=0.01))
    assert stays[0].sum() / stays.sum() == pytest.approx(0.57)
    then = demand._france(demand.INTENSIVE_YEAR)
    critical = rates.use.sum(axis=0)[CRITICAL_CARE] * demand.ADULT * then
    assert critical[:, OLD].sum() / critical.sum() == pytest.approx(0.153, rel=0.01)


def test_ages_are_where_they_belong(rates: demand.Rates) -> None:
    use = rates.use.sum(axis=0)
    assert (use >= 0).all()
    assert use[OBSTETRICS, 1].sum() == 0
    assert use[OBSTETRICS, 0, :2].sum() == 0
    assert use[OBSTETRICS, 0, 11:].sum() == 0
    assert use[PAEDIATRICS, :, 4:].sum() == 0
    mean = [np.average(demand.MIDDLES, weights=_by_age(rates, a)) for a in (SURGERY, MEDICINE)]
    assert 55 < mean[0] < mean[1] < 68


def test_shares_of_2008_that_were_not_fitted() -> None:
    """DREES (2013): 21 % of stays of 2008 were of people of 75 and more, day cases included."""
    rates = demand.Rates.fit(Baseline.load(2019))
    stays = (rates.use.sum(axis=0)[:CRITICAL_CARE] * demand._france(2008)).sum(axis=(0, 1))
    assert stays[ELDERLY].sum() / stays.sum() == pytest.approx(0.21, abs=0.03)


def test_unscheduled_shares_are_those_assumed(rates: demand.Rates) -> None:
    assert rates.unscheduled[EMERGENCY] == 1
    assert rates.unscheduled[REHABILITATION] == 0
    assert rates.unscheduled[MEDICINE] == pytest.approx(0.65)
    drawn = demand.Rates.fit(Baseline.load(2024), values={"demand.unscheduled_medicine": 0.5})
    assert drawn.unscheduled[MEDICINE] == pytest.approx(0.5)


def test_regions_follow_their_volumes(baseline: Baseline, rates: demand.Rates) -> None:
    whole = demand.Rates.fit(baseline, values={"demand.local": 1.0})
    expected = whole.expected(whole.population)[:, MEDICINE]
    for code in ("84", "11", "94"):
        inside = np.array([region == code for region in baseline.regions])
        seen = baseline.stays[inside[baseline.department], MEDICINE].sum()
        assert expected[inside].sum() == pytest.approx(seen, rel=0.02)
    flat = demand.Rates.fit(baseline, values={"demand.local": 0.0})
    np.testing.assert_allclose(flat.local, 1.0)
    assert np.abs(rates.local - 1).max() < np.abs(whole.local - 1).max()


@settings(deadline=None, max_examples=25)
@given(st.floats(0.1, 10), st.integers(0, 2**32 - 1))
def test_expectation_is_linear(factor: float, seed: int) -> None:
    rates = demand.Rates.fit(Baseline.load(2024))
    shape = rates.population.shape
    one, two = np.random.default_rng(seed).uniform(0, 1000, (2, *shape))
    np.testing.assert_allclose(
        rates.expected(one + factor * two),
        rates.expected(one) + factor * rates.expected(two),
        rtol=1e-9,
    )
    np.testing.assert_allclose(rates.growth(one, factor * one), factor)
    np.testing.assert_allclose(rates.stay_growth(one, factor * one), 1.0)
    np.testing.assert_allclose(rates.by_mode(one).sum(axis=0), rates.expected(one))


def test_single_ages_give_the_same(rates: demand.Rates) -> None:
    single = single_ages(rates.population)
    np.testing.assert_allclose(rates.expected(single), rates.expected(rates.population))


def test_communes_share_all_of_it(rates: demand.Rates, baseline: Baseline) -> None:
    expected = rates.expected(rates.population)
    shared = rates.by_commune(baseline, expected)
    assert shared.shape == (len(baseline.communes.population), len(ACTIVITIES))
    for activity in range(len(ACTIVITIES)):
        back = np.bincount(baseline.communes.department, weights=shared[:, activity])
        np.testing.assert_allclose(back, expected[:, activity])


def test_ageing_moves_medicine_and_stays(rates: demand.Rates, baseline: Baseline) -> None:
    run = project(baseline.population, 2021, 2040, departments=baseline.departments)
    before, after = run.at(2024), run.at(2040)
    growth = rates.growth(before, after)
    assert growth[:, MEDICINE].mean() > growth[:, EMERGENCY].mean() > growth[:, PAEDIATRICS].mean()
    stay = rates.stay_growth(before, after)
    assert (stay[:, [OBSTETRICS, PAEDIATRICS]] == 1).all()
    assert stay[:, MEDICINE].mean() > stay[:, SURGERY].mean() > 1
    assert (rates.elderly(after) > rates.elderly(before)).mean() > 0.95
    births = run.births_in(2040) / run.births_in(2024)
    followed = rates.growth(before, after, births=births)
    np.testing.assert_array_equal(followed[:, OBSTETRICS], births)
    np.testing.assert_array_equal(followed[:, MEDICINE], growth[:, MEDICINE])


def test_steepness_and_stay_ratio_do_what_they_say(baseline: Baseline) -> None:
    def old_share(gradient: float) -> float:
        rates = demand.Rates.fit(baseline, values={"demand.steepness": gradient})
        stays = _by_age(rates, MEDICINE)
        return float(stays[ELDERLY].sum() / stays.sum())

    assert old_share(-0.15) < old_share(0.0) < old_share(0.15)
    flat = demand.Rates.fit(baseline, values={"demand.stay_ratio": 1.0})
    np.testing.assert_allclose(flat.stay, 1.0, atol=1e-6)


def test_elderly_have_the_published_stay(rates: demand.Rates) -> None:
    weights = (rates.admitted * rates.population.sum(axis=0)).sum(axis=0)
    old, young = (
        np.average(rates.stay[MEDICINE][part], weights=weights[part])
        for part in (ELDERLY, slice(0, 15))
    )
    assert old / young == pytest.approx(6.5 / 3.5)


def test_a_wrong_population_is_told(baseline: Baseline) -> None:
    with pytest.raises(PreuveError, match="one row per département"):
        demand.Rates.fit(baseline, np.ones((5, 2, 20)))


def test_parameters_are_drawn_within_their_bounds() -> None:
    for parameter in demand.PARAMETERS:
        bounds = parameter.estimate().interval
        near = 0.1 * (parameter.high - parameter.low)
        assert bounds == pytest.approx((parameter.low, parameter.high), abs=near)


def test_ageing_check_prints_the_practice(data_root: Path) -> None:
    check = ageing.ageing(data_root / "france")
    figures = check.figures
    assert figures["days_2012_2030_low"] < figures["days_2012_2030"]
    assert figures["days_2012_2030"] < figures["days_2012_2030_high"]
    assert -0.04 < figures["practice_2019_2024"] < -0.015
    assert -0.04 < figures["practice_beds_2013_2024"] < -0.015
    assert len(check.rows) == 8
    held = (1 + figures["practice_to_hold_2040"]) ** 16
    assert held < 1


def test_yearly_change_undoes_itself() -> None:
    change = ageing.yearly_change(50.0, 80.0, 7)
    assert 50.0 * (1 + change) ** 7 == pytest.approx(80.0)
