"""Population: what the components must conserve, and the totals they must find again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline, packaged
from preuve.twin.demography import population as twin
from preuve.twin.parameters import central
from preuve.twin.validation import population as validation

PEOPLE = arrays(np.int64, (2, 2, 20), elements=st.integers(0, 1_000_000)).map(np.float64)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture(scope="module")
def projection(baseline: Baseline) -> twin.Projection:
    return twin.project(baseline.population, 2021, 2050, departments=baseline.departments)


def _project(baseline: Baseline, **values: float) -> twin.Projection:
    return twin.project(
        baseline.population, 2021, 2040, departments=baseline.departments, values=values
    )


def _hypotheses(migrants: float) -> twin.Hypotheses:
    years = (2025, 2026, 2027)
    some = np.full(len(years), np.nan)
    everywhere = np.ones((len(years), 2), dtype=np.bool_)
    return twin.Hypotheses(
        years=years,
        hazards=np.stack([twin.national_hazards(year, "low") for year in years]),
        mortality=np.array([0.9, 1.3]),
        fertility=np.stack([twin.national_fertility(year, "high") for year in years]),
        fecundity=np.array([1.0, 1.2]),
        migration=np.full((2, 2, twin.SINGLE_AGES), -0.01),
        migrants=np.full(len(years), migrants),
        births=some,
        deaths=some,
        births_counted=everywhere,
        deaths_counted=everywhere,
        levels=np.ones((len(years), 2)),
    )


@settings(deadline=None)
@given(PEOPLE)
def test_single_ages_keep_every_group_and_nobody_is_negative(groups: twin.Floats) -> None:
    ages = twin.single_ages(groups)
    assert ages.shape == (2, 2, twin.SINGLE_AGES)
    assert (ages >= 0).all()
    np.testing.assert_allclose(twin.five_year_ages(ages), groups, rtol=1e-9, atol=1e-9)


def test_single_ages_are_smooth_where_groups_are() -> None:
    groups = np.full((1, 1, 20), 500.0)
    ages = twin.single_ages(groups)[0, 0]
    np.testing.assert_allclose(ages[:95], 100.0)
    assert (np.diff(ages[95:]) < 0).all()


@settings(deadline=None, max_examples=25)
@given(PEOPLE)
def test_nobody_appears_or_vanishes(groups: twin.Floats) -> None:
    run = twin.advance(twin.single_ages(groups), _hypotheses(np.nan))
    people = run.counts.sum(axis=(2, 3))
    flows = run.births - run.deaths + run.migration
    np.testing.assert_allclose(people[1:], people[:-1] + flows[:-1], rtol=1e-9, atol=1e-6)
    assert (run.counts >= 0).all()
    assert (run.deaths <= people + run.births + 1e-6).all()


def test_projection_conserves_people(projection: twin.Projection) -> None:
    people = projection.counts.sum(axis=(2, 3))
    flows = projection.births - projection.deaths + projection.migration
    np.testing.assert_allclose(people[1:], people[:-1] + flows[:-1], rtol=1e-10)


def test_a_cohort_ages_by_one_year_without_deaths_or_migrants() -> None:
    start = twin.single_ages(np.random.default_rng(1).uniform(1, 100, (2, 2, 20)))
    still = _hypotheses(np.nan)
    alive = twin.Hypotheses(
        **{
            **vars(still),
            "hazards": np.zeros_like(still.hazards),
            "migration": np.zeros_like(still.migration),
        }
    )
    after = twin.advance(start, alive).at(2026)
    np.testing.assert_allclose(after[..., 1:105], start[..., :104])
    np.testing.assert_allclose(after[..., 105], start[..., 104] + start[..., 105])


def test_known_totals_are_met(projection: twin.Projection, baseline: Baseline) -> None:
    inside = twin.metropolitan(baseline.departments)
    assert projection.births_in(2024).sum() == pytest.approx(664_947)
    deaths = projection.deaths[projection.years.index(2023), inside].sum()
    assert deaths == pytest.approx(twin.known_vital(2023, "deaths"), rel=1e-6)
    assert projection.migration[projection.years.index(2023)].sum() == pytest.approx(183_000)


def test_unknown_migrants_follow_local_rates() -> None:
    start = twin.single_ages(np.full((2, 2, 20), 1000.0))
    assert (twin.advance(start, _hypotheses(np.nan)).migration < 0).all()
    arrived = twin.advance(start, _hypotheses(500.0)).migration
    np.testing.assert_allclose(arrived.sum(axis=1), 500.0)


def test_deaths_stay_near_the_united_nations(projection: twin.Projection) -> None:
    inside = twin.metropolitan(Baseline.load(2024).departments)
    table = packaged("vital")
    for year in (2030, 2040):
        found = projection.deaths[projection.years.index(year), inside].sum() / 1000
        expected = table.filter(pl.col("year") == year)["deaths_projected"].item()
        assert found == pytest.approx(expected, rel=0.04)


def test_variants_are_in_order(baseline: Baseline) -> None:
    low, middle, high = (
        twin.project(baseline.population, 2021, 2040, variant, departments=baseline.departments)
        for variant in twin.VARIANTS
    )
    for youngest in (0, 75):
        people = [run.at(2040)[..., youngest:].sum() for run in (low, middle, high)]
        assert people[0] < people[1] < people[2]
    births = [run.births_in(2039).sum() for run in (low, middle, high)]
    assert births[0] < births[1] < births[2]
    np.testing.assert_allclose(low.at(2024), high.at(2024))


def test_parameters_move_what_they_name(baseline: Baseline) -> None:
    assumed = central(twin.PARAMETERS)
    base = _project(baseline)
    deadlier = _project(baseline, **{"population.mortality": 0.014})
    fertile = _project(baseline, **{"population.fertility": 1.1})
    rooted = _project(baseline, **{"population.migration": 0.0})
    crowded = _project(baseline, **{"population.migrants": 180_000.0})
    np.testing.assert_array_equal(_project(baseline, **assumed).counts, base.counts)
    assert deadlier.at(2040)[..., 75:].sum() < base.at(2040)[..., 75:].sum()
    assert fertile.births_in(2030).sum() / base.births_in(2030).sum() == pytest.approx(1.1, 0.01)
    spread = [run.migration.sum(axis=0).std() for run in (rooted, base)]
    assert spread[0] < spread[1]
    assert crowded.at(2026).sum() - base.at(2026).sum() == pytest.approx(80_000, rel=0.02)


def test_parameters_are_drawn_within_their_bounds() -> None:
    for parameter in twin.PARAMETERS:
        bounds = parameter.estimate().interval
        near = 0.1 * (parameter.high - parameter.low)
        assert bounds == pytest.approx((parameter.low, parameter.high), abs=near)


def test_local_rates_know_paris_and_mayotte(baseline: Baseline) -> None:
    local = twin.local_rates(2021, baseline.departments)
    paris, mayotte = (baseline.departments.index(code) for code in ("75", "976"))
    assert local.mortality[paris] < 0.9 < 1.2 < local.mortality[mayotte]
    assert local.fecundity[paris] < 0.8 < 1.8 < local.fecundity[mayotte]
    students, parents = local.migration[paris, 0, 20], local.migration[paris, 0, 35]
    assert students > 0.03
    assert parents < -0.02


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"variant": "hopeful"}, "Unknown variant"),
        ({"to_year": 2019}, "cannot be projected"),
        ({"to_year": 2100}, "cannot be projected"),
        ({"population": np.ones((3, 2, 20))}, "one row per département"),
        ({"departments": ("46",), "population": np.ones((1, 2, 20))}, "all départements"),
        ({"population": np.full((101, 2, 20), -1.0)}, "none negative"),
        ({"population": np.full((101, 2, 20), np.nan)}, "none negative"),
    ],
)
def test_bad_input_is_told(baseline: Baseline, change: dict[str, object], said: str) -> None:
    given_ = {
        "population": baseline.population,
        "from_year": 2021,
        "to_year": 2030,
        "variant": "central",
        "departments": baseline.departments,
    }
    with pytest.raises(PreuveError, match=said):
        twin.project(**(given_ | change))  # type: ignore[arg-type]


def test_a_year_that_was_not_projected_is_told(projection: twin.Projection) -> None:
    with pytest.raises(PreuveError, match="not projected"):
        projection.at(2060)


def test_backcasts_hold(data_root: Path) -> None:
    figures = validation.check(data_root / "france").figures
    for start in ("1990", "2000", "2011"):
        assert abs(figures[f"total_{start}"]) < 0.03
        assert abs(figures[f"elderly_{start}"]) < 0.03
        assert figures[f"departments_{start}"] < figures[f"same_{start}"]
    assert figures["departments_2011"] < figures["trend_2011"]
    assert figures["departments_2000"] < 0.06


def test_backcast_reads_every_resident(data_root: Path, baseline: Baseline) -> None:
    populations = validation.read_populations(data_root / "france", baseline.departments)
    assert populations[2021].sum() == 67_407_241
    np.testing.assert_array_equal(populations[2021], baseline.population)
