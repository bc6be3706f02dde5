"""Health: each effect apart, by hand; off unless asked for; life tables that close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline, packaged
from preuve.twin.effects import health
from preuve.twin.parameters import central

VALUES = central(health.PARAMETERS)
COUNTS = {
    "boarded_nights_elderly": np.array([0.0, 1000.0, 2000.0]),
    "heat_deaths": np.array([0.0, 300.0, -10.0]),
    "births_by_distance": np.array([[1000.0, 0, 0, 0], [0, 1000.0, 0, 0], [0, 0, 0, 1000.0]]),
    "critical_refusals": np.array([0.0, 100.0, 200.0]),
    "emergencies": np.array([0.0, 1000.0, 1000.0]),
    "emergency_extra_km": np.array([10.0, 0.0, 10.0]),
}


def test_nights_on_a_stretcher() -> None:
    found = health.effects(COUNTS, VALUES)["boarding_deaths"]
    assert found == pytest.approx([0.0, 1000 * 0.111 * 0.39, 2000 * 0.111 * 0.39])


def test_the_published_proportions_are_found_again() -> None:
    """No Bed Night: 11.1 % without the night, 15.7 % with it; adjusted 1.39, crude 1.41."""
    crude = health.extra_deaths(np.array([1.0]), 0.111, 0.157 / 0.111)
    assert 0.111 + crude[0] == pytest.approx(0.157)
    adjusted = 0.111 * (1 + VALUES["health.boarding_risk"] - 1)
    assert adjusted == pytest.approx(0.157, abs=0.005)


def test_uncertain_effects_are_off_unless_asked_for() -> None:
    usual = health.effects(COUNTS, VALUES)
    assert "distance_deaths" not in usual
    assert "refusal_deaths" not in usual
    asked = health.effects(COUNTS, VALUES, also=("distance_deaths", "refusal_deaths"))
    assert set(asked) - set(usual) == {"distance_deaths", "refusal_deaths"}


def test_an_effect_without_its_counts_is_absent() -> None:
    found = health.effects({"heat_deaths": np.array([5.0])}, VALUES)
    assert set(found) == {"heat_deaths", "heat_life_years"}


def test_an_unknown_effect_is_refused() -> None:
    with pytest.raises(PreuveError, match="no effect"):
        health.effects(COUNTS, VALUES, also=("happiness",))


def test_one_draw_per_run() -> None:
    draws: health.Draws = {**VALUES, "health.boarding_risk": np.array([1.0, 1.2, 1.8])}
    found = health.effects(COUNTS, draws)["boarding_deaths"]
    assert found == pytest.approx([0.0, 1000 * 0.111 * 0.2, 2000 * 0.111 * 0.8])


def test_ten_kilometres_add_about_one_point() -> None:
    """Nicholl et al. 2007: 10 km of straight line, about 1 % absolute increase in mortality."""
    found = health.effects(COUNTS, VALUES, also=("distance_deaths",))["distance_deaths"]
    assert found[:2] == pytest.approx([0.0, 0.0])
    assert found[2] / 1000 == pytest.approx(0.0126, abs=0.0002)


def test_refusals_by_hand() -> None:
    found = health.effects(COUNTS, VALUES, also=("refusal_deaths",))["refusal_deaths"]
    odds = 0.243 / 0.757 * 1.37
    assert found == pytest.approx(np.array([0, 100, 200]) * (odds / (1 + odds) - 0.243))


def test_births_outside_a_maternity() -> None:
    found = health.effects(COUNTS, VALUES)["births_outside"]
    assert found == pytest.approx([3.2, 3.2 * 1.45, 3.2 * 3.9])


def test_births_need_four_bands() -> None:
    with pytest.raises(PreuveError, match="four bands"):
        health.births_outside(np.ones((3, 2)), VALUES)


@given(st.floats(0, 1e5), st.floats(0.01, 0.5), st.floats(1, 3), st.floats(0, 2))
def test_more_risk_never_means_fewer_deaths(
    exposed: float, usual: float, odds: float, more: float
) -> None:
    people = np.array([exposed])
    low = health.extra_by_odds(people, usual, odds)
    high = health.extra_by_odds(people, usual, odds + more)
    assert 0 <= low[0] + 1e-9 <= high[0] + 2e-9 <= exposed + 1e-6
    assert health.extra_deaths(people, usual, 1.0)[0] == 0


def test_life_years_follow_deaths_and_age() -> None:
    found = health.effects(COUNTS, VALUES)
    per_death = found["boarding_life_years"][1] / found["boarding_deaths"][1]
    assert per_death == pytest.approx(0.5 * health.remaining_life(from_age=75))
    assert health.remaining_life(from_age=75) < health.remaining_life()
    assert 4 < health.remaining_life(from_age=75) < 8


def test_remaining_life_of_given_people() -> None:
    baseline = Baseline.load(2024)
    assert health.remaining_life(baseline.population) == pytest.approx(
        health.remaining_life(), rel=1e-6
    )
    young = np.zeros((1, 2, 20))
    young[0, 0, 4] = 1.0
    rows = packaged("remaining_life")
    expected = rows.row(4, named=True)
    assert (expected["sex"], expected["age"]) == ("F", "20-24")
    assert health.remaining_life(young) == pytest.approx(expected["remaining"])


def test_the_life_table_is_that_of_france() -> None:
    """Life expectancy at birth in France in 2020–2025: about 85 (women) and 79.5 (men)."""
    rows = packaged("remaining_life")
    for sex, expectancy in (("F", 85.3), ("M", 79.5)):
        left = rows.filter(rows["sex"] == sex)["remaining"].to_numpy()
        assert left[0] == pytest.approx(expectancy, abs=0.8)
        assert np.all(np.diff(left) < 0)
        rate = rows.filter(rows["sex"] == sex)["death_rate"].to_numpy()
        assert np.all(np.diff(rate[2:]) > 0)


def test_parameters_are_estimates_and_cited() -> None:
    for parameter in health.PARAMETERS:
        low, high = parameter.estimate().interval
        assert low == pytest.approx(parameter.low, rel=0.12)
        assert high == pytest.approx(parameter.high, rel=0.12)
        assert parameter.source


def test_the_interval_of_a_proportion_is_wilson() -> None:
    """Intervals computed here from published counts."""
    for name, deaths, people in (
        ("boarding_usual", 0.111 * 891, 891),
        ("distance_usual", 644, 10_315),
        ("refusal_usual", 0.243 * 1139, 1139),
    ):
        parameter = next(p for p in health.PARAMETERS if p.name == f"health.{name}")
        share, z = deaths / people, special.ndtri(0.975)
        centre = (share + z**2 / (2 * people)) / (1 + z**2 / people)
        reach = z * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2))
        reach /= 1 + z**2 / people
        assert parameter.low == pytest.approx(centre - reach, abs=5e-4)
        assert parameter.high == pytest.approx(centre + reach, abs=5e-4)
