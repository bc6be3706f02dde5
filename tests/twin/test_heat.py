"""Heat: laws of the response, the regression against a known estimator, the weeks foreseen."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import polars.testing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.baseline import PACKAGED, Baseline, packaged
from preuve.twin.parameters import central
from preuve.twin.seasons import heat
from preuve.twin.seasons.heat_fit import (
    HeatFit,
    Series,
    conditional_poisson,
    degrees_above,
    fit_heat,
    lagged,
    random_effects,
    read_series,
)
from preuve.twin.validation import heat as validation

VALUES = central(heat.PARAMETERS)
DATES = np.arange(np.datetime64("2024-07-01"), np.datetime64("2024-08-15"))
START, END = np.datetime64("2024-07-20"), np.datetime64("2024-07-26")


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture(scope="module")
def climate(baseline: Baseline) -> heat.Climate:
    return heat.Climate.load(baseline.departments)


@pytest.fixture(scope="module")
def series(data_root: Path) -> Series:
    return read_series(data_root / "france")


def everywhere(climate: heat.Climate) -> list[int]:
    return list(range(len(climate.threshold)))


def excess(climate: heat.Climate, celsius: float, response: float = 1.0) -> np.ndarray:
    hot = heat.element_temperature(climate, DATES, START, END, celsius, everywhere(climate))
    return heat.excess_deaths(climate, DATES, hot, None, {"heat.response": response})


def test_no_heat_no_excess(climate: heat.Climate) -> None:
    assert np.all(excess(climate, 0.0) == 0.0)
    normal = climate.normal_temperature(DATES)
    assert np.all(heat.visit_factor(climate, DATES, normal, VALUES) == 1.0)
    assert np.all(heat.unscheduled_factor(climate, DATES, normal, VALUES) == 1.0)


@given(st.floats(0, 14), st.floats(0, 3), st.floats(0.3, 2))
def test_hotter_never_means_fewer_deaths(low: float, more: float, response: float) -> None:
    climate = heat.Climate.load(tuple(packaged("heat_departments")["department"]))
    gain = excess(climate, low + more, response) - excess(climate, low, response)
    assert np.all(gain >= -1e-9)


def test_a_stronger_response_means_more_deaths(climate: heat.Climate) -> None:
    assert excess(climate, 6.0, 1.2).sum() > excess(climate, 6.0, 0.8).sum() > 0


def test_the_effect_lasts_three_days_and_no_more(climate: heat.Climate) -> None:
    found = excess(climate, 8.0).sum(axis=1)
    last = int(np.flatnonzero(DATES == END)[0])
    assert np.all(found[: int(np.flatnonzero(DATES == START)[0])] == 0)
    assert found[last + 3] > 0
    assert np.all(found[last + 4 :] == 0)


def test_the_relative_risk_is_the_formula(climate: heat.Climate) -> None:
    temperature = np.tile(climate.threshold, (6, 1))
    temperature[2] += 5.0
    risk = heat.heat_response(climate, temperature, {"heat.response": 1.5})
    mainland = ~np.isnan(climate.threshold)
    by_lag = np.exp(1.5 * 5.0 * climate.lags)
    assert risk[2:6, mainland] == pytest.approx(np.tile(by_lag[:, None], (1, mainland.sum())))
    assert np.all(risk[:, ~mainland] == 1.0)


def test_only_the_territory_is_heated(climate: heat.Climate, baseline: Baseline) -> None:
    place = baseline.departments.index("69")
    hot = heat.element_temperature(climate, DATES, START, END, 7.0, [place])
    found = heat.excess_deaths(climate, DATES, hot, None, VALUES).sum(axis=0)
    assert found[place] > 0
    assert np.count_nonzero(found) == 1


def test_a_peak_is_a_temperature_not_a_gap(climate: heat.Climate, baseline: Baseline) -> None:
    place = baseline.departments.index("75")
    hot = heat.element_temperature(climate, DATES, START, END, 38.0, [place], peak=True)
    inside = (DATES >= START) & (DATES <= END)
    assert np.all(hot[inside, place] == 38.0)
    cool = heat.element_temperature(climate, DATES, START, END, 5.0, [place], peak=True)
    assert cool[:, place] == pytest.approx(climate.normal_temperature(DATES)[:, place])


def test_two_elements_combine_by_the_hottest(climate: heat.Climate) -> None:
    one, two = (
        heat.element_temperature(climate, DATES, START, END, c, everywhere(climate))
        for c in (3.0, 6.0)
    )
    assert np.array_equal(heat.combined([one, two]), two, equal_nan=True)


def test_deaths_grow_with_the_old(climate: heat.Climate) -> None:
    older = climate.people.copy()
    older[:, :, 16:] *= 1.5
    usual = climate.deaths_without_heat(DATES)
    aged = climate.deaths_without_heat(DATES, older)
    assert climate.deaths_without_heat(DATES, climate.people) == pytest.approx(usual)
    assert np.all(aged > usual)
    assert np.all(aged < 1.5 * usual)


def test_deaths_of_a_year_without_heat(climate: heat.Climate) -> None:
    """613,456 deaths in 2019 in the daily series, those of its heat included."""
    year = np.arange(np.datetime64("2019-01-01"), np.datetime64("2020-01-01"))
    cool = climate.deaths_without_heat(year).sum()
    assert 0.985 * 613_456 < cool < 613_456


def test_heat_beyond_what_was_seen_is_told(climate: heat.Climate) -> None:
    seen = np.tile(climate.hottest, (1, 1))
    assert not heat.beyond_observed(climate, seen).any()
    hotter = heat.beyond_observed(climate, seen + 0.5)
    assert np.array_equal(hotter[0], ~np.isnan(climate.hottest))


@pytest.mark.parametrize(
    ("start", "end", "celsius", "place", "problem"),
    [
        (END, START, 5.0, "75", "ends before"),
        (START, END, -2.0, "75", "zero or more"),
        (START, END, float("nan"), "75", "zero or more"),
        (START, END, 5.0, "974", "overseas"),
    ],
)
def test_bad_heat(
    climate: heat.Climate,
    baseline: Baseline,
    start: np.datetime64,
    end: np.datetime64,
    celsius: float,
    place: str,
    problem: str,
) -> None:
    with pytest.raises(PreuveError, match=problem):
        heat.element_temperature(
            climate, DATES, start, end, celsius, [baseline.departments.index(place)]
        )


def test_factors_touch_medicine_and_critical_care_only(climate: heat.Climate) -> None:
    hot = heat.element_temperature(climate, DATES, START, END, 8.0, everywhere(climate))
    factor = heat.unscheduled_factor(climate, DATES, hot, VALUES)
    assert factor.shape == (*hot.shape, 6)
    assert np.all(factor[:, :, [1, 2, 3, 5]] == 1.0)
    risk = heat.relative_to_normal(climate, DATES, hot, VALUES)
    assert factor[:, :, 0] == pytest.approx(risk**0.25)
    assert risk.max() > 1.1
    assert heat.visit_factor(climate, DATES, hot, VALUES) == pytest.approx(risk**0.3)


def test_parameters_are_estimates() -> None:
    for parameter in heat.PARAMETERS:
        low, high = parameter.estimate().interval
        assert low == pytest.approx(parameter.low, abs=0.02)
        assert high == pytest.approx(parameter.high, abs=0.02)


def test_conditional_poisson_is_poisson_with_a_level_per_stratum() -> None:
    """Oracle: statsmodels, one dummy per stratum."""
    import statsmodels.api as sm

    random = np.random.default_rng(1)
    strata = np.repeat(np.arange(12), 40)
    design = random.normal(size=(480, 3))
    means = np.exp(1 + 0.1 * strata / 3 + design @ np.array([0.3, -0.2, 0.0]))
    counts = random.poisson(means).astype(float)
    ours = conditional_poisson(design, counts, strata)
    dummies = np.eye(12)[strata]
    theirs = sm.GLM(counts, np.hstack([design, dummies]), family=sm.families.Poisson()).fit()
    assert ours.coefficients == pytest.approx(theirs.params[:3], abs=1e-8)
    assert ours.deviance == pytest.approx(theirs.deviance, rel=1e-9)
    assert ours.dispersion == pytest.approx(theirs.pearson_chi2 / theirs.df_resid, rel=1e-9)
    assert np.sqrt(np.diag(np.linalg.inv(ours.information))) == pytest.approx(theirs.bse[:3])
    groups = np.arange(480) % 40
    robust = sm.GLM(counts, np.hstack([design, dummies]), family=sm.families.Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    assert np.diag(ours.robust(groups)) * 39 / 40 == pytest.approx(robust.bse[:3] ** 2)


def test_random_effects_without_spread_is_the_weighted_mean() -> None:
    mean, error, between = random_effects(np.array([1.0, 1.0]), np.array([0.04, 0.01]))
    assert (mean, between) == (1.0, 0.0)
    assert error == pytest.approx(np.sqrt(1 / 125))


def test_random_effects_by_hand() -> None:
    """Equal variances: the spread is the variance of the values less the sampling variance."""
    values = np.array([0.4, 1.0, 1.6])
    mean, error, between = random_effects(values, np.full(3, 0.01))
    assert mean == pytest.approx(1.0)
    assert between**2 == pytest.approx(0.36 - 0.01)
    assert error == pytest.approx(np.sqrt(0.36 / 3))


def test_lagged_and_degrees() -> None:
    heat_of = degrees_above(np.array([[20.0, np.nan], [25.0, 1.0]]), np.array([22.0, np.nan]))
    assert heat_of.tolist() == [[0.0, 0.0], [3.0, 0.0]]
    assert lagged(heat_of, 1).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert lagged(np.array([[1.0], [2.0], [3.0]]), 2).ravel().tolist() == [0.0, 0.0, 1.0]


def made_up(response: float, seed: int = 3) -> Series:
    """SYNTHETIC: two summers and more of 30 places with a known response."""
    random = np.random.default_rng(seed)
    dates = np.arange(np.datetime64("2018-01-01"), np.datetime64("2020-01-01"))
    day = (dates - dates[0]).astype(float)
    wave = 20 - 10 * np.cos(2 * np.pi * (day - 20) / 365.25)
    weather = np.convolve(random.normal(0, 6, len(dates)), np.ones(5) / np.sqrt(5), "same")
    tmax = wave[:, None] + weather[:, None] + random.normal(0, 1, (len(dates), 30))
    above = degrees_above(tmax, np.full(30, 30.0))
    risk = np.exp(response * (0.02 * above + 0.01 * lagged(above, 1)))
    return Series(
        dates=dates,
        departments=tuple(map(str, range(30))),
        tmax=tmax,
        deaths=random.poisson(60 * risk).astype(float),
        covid_deaths=np.zeros_like(tmax),
    )


def test_the_fit_finds_a_known_response() -> None:
    fit = fit_heat(made_up(1.0), (2018, 2019))
    assert fit.lags[:2] == pytest.approx([0.02, 0.01], abs=4 * fit.errors[:2].max())
    assert fit.lags.sum() == pytest.approx(0.03, abs=0.005)
    assert fit.dispersion == pytest.approx(1.0, abs=0.05)
    assert fit.between < 0.15


def test_no_response_is_found_where_there_is_none() -> None:
    fit = fit_heat(made_up(0.0), (2018, 2019))
    assert np.all(np.abs(fit.lags) < 4 * fit.errors)


def test_contrast() -> None:
    daily = np.full(60, 10.0)
    daily[30:37] += 5.0
    assert validation.contrast(daily, 30, 7) == pytest.approx(35.0)


@pytest.fixture(scope="module")
def fits(series: Series) -> dict[tuple[int, ...], HeatFit]:
    return {years: fit_heat(series, years) for years in ((2018, 2019), (2018, 2020))}


def test_the_threshold_is_the_best_of_those_tried(
    series: Series, fits: dict[tuple[int, ...], HeatFit]
) -> None:
    for years, fit in fits.items():
        for quantile in (0.6, 0.7, 0.8, 0.9):
            assert fit.deviance < fit_heat(series, years, quantile=quantile).deviance


def test_a_fit_never_reads_the_year_it_is_judged_on(series: Series) -> None:
    spoiled = Series(
        dates=series.dates,
        departments=series.departments,
        tmax=np.where((series.years == 2019)[:, None], 50.0, series.tmax),
        deaths=np.where((series.years == 2019)[:, None], 0.0, series.deaths),
        covid_deaths=series.covid_deaths,
    )
    one, two = (fit_heat(s, (2018, 2020)) for s in (series, spoiled))
    assert np.array_equal(one.lags, two.lags)
    assert one.next_error == two.next_error
    assert np.array_equal(one.threshold, two.threshold)


def test_the_heat_weeks_are_inside_the_interval(data_root: Path) -> None:
    found = validation.check(data_root / "france")
    verdicts = [row.verdict for row in found.rows]
    assert verdicts[:3] == ["met", "met", "met"]
    figures = found.figures
    for week in validation.WEEKS:
        low, high = figures[f"{week.name}_low"], figures[f"{week.name}_high"]
        assert low <= figures[f"{week.name}_observed"] <= high
        assert low <= week.target <= high
        assert high - low < figures[f"{week.name}_expected"]


def script(name: str) -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "france" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"france_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["heat", "health"])
def test_the_packaged_tables_are_those_of_the_script(name: str, data_root: Path) -> None:
    size = 0
    for table, made in script(name).tables(data_root / "france").items():
        polars.testing.assert_frame_equal(packaged(table), made, rel_tol=1e-5, abs_tol=2e-3)
        size += (PACKAGED / f"{table}.parquet").stat().st_size
    assert size <= 60_000


def test_the_packaged_response_is_the_fit(series: Series, climate: heat.Climate) -> None:
    fit = fit_heat(series, (2018, 2019, 2020))
    assert climate.lags == pytest.approx(fit.lags, rel=1e-9)
    assert VALUES["heat.response"] == pytest.approx(fit.response, rel=1e-9)
    mainland = ~np.isnan(climate.threshold)
    assert climate.threshold[mainland] == pytest.approx(fit.threshold, abs=0.01)
