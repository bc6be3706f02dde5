"""Continuous time: closed forms of exponential and illness-death models; matrix exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from preuve.core.errors import PreuveError
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate

LABEL = {"fr": "a", "en": "a"}
YEARS = 12


def rate(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "rate/year", "source": "test", "grade": "C"}


def record(
    intensities: dict[str, dict[str, Any]], names: tuple[str, ...], **decision: Any
) -> dict[str, Any]:
    """States of which the last is dead; a year in the first costs 100."""
    return {
        "preuve_model": 1,
        "name": "continuous",
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "payer",
            "price_year": 2024,
            "horizon": f"{YEARS} years",
            "cycle": "1 year",
            "discounting": {"costs": "3 %", "effects": "1 %"},
            **decision,
        },
        "structure": {
            "kind": "continuous",
            "states": {name: {"dead": name == names[-1]} for name in names},
            "start": {names[0]: 1},
            "intensities": intensities,
        },
        "rewards": {
            "costs": {"care": {"states": {names[0]: 100}}},
            "effects": {"qaly": {"states": {names[0]: 0.9}}},
        },
        "strategies": {"one": {"label": LABEL}},
    }


def ran(written: dict[str, Any], years: int = 0, **figures: Any) -> Outcomes:
    model = Model.parse(written)
    return simulate(model.compiled, model.joint.central() | figures, years=years)


def lived(hazard: float, force: float, years: float = YEARS) -> float:
    """The integral of exp(-(hazard + force) t)."""
    total = hazard + force
    return float(-np.expm1(-total * years) / total)


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-6, 60), st.sampled_from(["1 year", "4 months", "6 years"]))
def test_two_states_are_exponential(hazard: float, cycle: str) -> None:
    found = ran(record({"well": {"dead": hazard}}, ("well", "dead"), cycle=cycle), years=1)
    assert found.trace is not None
    assert found.costs[0, 0] == pytest.approx(100 * lived(hazard, np.log(1.03)), rel=1e-10)
    assert found.traded[0, 0] == pytest.approx(0.9 * lived(hazard, np.log(1.01)), rel=1e-10)
    assert found.effect_of("life_years", discounted=False)[0, 0] == pytest.approx(
        lived(hazard, 0), rel=1e-10
    )
    assert found.trace[0, -1, 0] == pytest.approx(np.exp(-hazard * YEARS), rel=1e-9)


def test_deaths_count_when_they_happen() -> None:
    written = record({"well": {"dead": 0.2}}, ("well", "dead"))
    written["rewards"]["costs"] = {"death": {"entering": {"dead": 1000}, "once": 7}}
    assert ran(written).costs[0, 0] == pytest.approx(
        7 + 1000 * 0.2 * lived(0.2, np.log(1.03)), rel=1e-12
    )


def test_a_rate_of_discounting_changes_within_a_cycle() -> None:
    written = record(
        {"well": {"dead": 0.2}},
        ("well", "dead"),
        cycle="4 years",
        discounting={"steps": [{"from": 0, "rate": "4 %"}, {"from": 5, "rate": "1 %"}]},
    )
    first = lived(0.2, np.log(1.04), 5)
    then = 1.04**-5 * np.exp(-0.2 * 5) * lived(0.2, np.log(1.01), YEARS - 5)
    assert ran(written).costs[0, 0] == pytest.approx(100 * (first + then), rel=1e-12)


def test_progressive_illness_death() -> None:
    """Well to ill at a, to dead at b; ill to dead at c: the share who are ill is
    a (exp(-c t) - exp(-(a + b) t)) / (a + b - c)."""
    a, b, c = 0.25, 0.05, 0.4
    names = ("well", "ill", "dead")
    written = record({"well": {"ill": a, "dead": b}, "ill": {"dead": c}}, names)
    written["rewards"]["costs"] = {
        "ill": {"states": {"ill": 1000}},
        "onset": {"transitions": {"well > ill": 50}},
    }
    found = ran(written)
    assert found.trace is not None
    times = np.arange(YEARS + 1)
    ill = a * (np.exp(-c * times) - np.exp(-(a + b) * times)) / (a + b - c)
    assert np.allclose(found.trace[0, :, 1], ill, atol=1e-13)
    force = np.log(1.03)
    time_ill = a * (lived(c, force) - lived(a + b, force)) / (a + b - c)
    items = found.costs_by_item()[0, :, 0]
    assert items[0] == pytest.approx(1000 * time_ill, rel=1e-12)
    assert items[1] == pytest.approx(50 * a * lived(a + b, force), rel=1e-12)


rates = st.lists(st.floats(0, 3), min_size=9, max_size=9)


@settings(max_examples=25, deadline=None)
@given(rates)
def test_any_intensities_against_a_matrix_exponential(drawn: list[float]) -> None:
    names = ("s0", "s1", "s2", "dead")
    q = np.zeros((4, 4))
    q[:3] = [[*row[:i], 0, *row[i:]] for i, row in enumerate(np.reshape(drawn, (3, 3)).tolist())]
    intensities = {
        names[i]: {names[j]: float(q[i, j]) for j in range(4) if j != i} for i in range(3)
    }
    q -= np.diag(q.sum(axis=1))
    found = ran(record(intensities, names))
    assert found.trace is not None
    augmented = np.zeros((8, 8))
    augmented[:4, :4], augmented[:4, 4:] = q - np.log(1.03) * np.eye(4), np.eye(4)
    spent = expm(augmented * YEARS)[0, 4]
    assert found.costs[0, 0] == pytest.approx(100 * spent, rel=1e-9)
    assert np.allclose(found.trace[0, -1], expm(q * YEARS)[0], atol=1e-12)
    assert np.allclose(found.trace.sum(axis=2), 1, atol=1e-12)
    assert found.trace.min() >= -1e-15
    assert np.all(np.diff(found.trace[0, :, 3]) >= -1e-13)


def test_intensities_that_change_with_age() -> None:
    """At 0.1 a year until the fifth year, then 0.5: survival is known."""
    written = record({"well": {"dead": "0.1 if time < 5 else 0.5"}}, ("well", "dead"))
    found = ran(written, years=2)
    survival = np.exp(-0.1 * 5 - 0.5 * (YEARS - 5))
    force = np.log(1.03)
    then = np.exp(-(0.1 + force) * 5) * lived(0.5, force, YEARS - 5)
    assert found.trace is not None
    assert found.trace[0, -1, 0] == pytest.approx(survival, rel=1e-12)
    assert found.costs[0, 0] == pytest.approx(100 * (lived(0.1, force, 5) + then), rel=1e-12)
    assert found.yearly_by_item()[0, 0, 1, 0] == pytest.approx(
        100 * np.exp(-0.1) * lived(0.1, 0, 1), rel=1e-12
    )


def test_the_correction_plays_no_part() -> None:
    costs = {
        rule: ran(record({"well": {"dead": 0.3}}, ("well", "dead"), correction=rule)).costs[0, 0]
        for rule in ("half_cycle", "start", "end", "simpson")
    }
    assert len(set(costs.values())) == 1


def test_draws_are_those_of_each_alone() -> None:
    written = record({"well": {"dead": "death"}}, ("well", "dead"))
    written["parameters"] = {"death": rate(0.2)}
    hazards = np.array([0.1, 0.2, 5.0])
    found = ran(written, death=hazards)
    expected = [100 * lived(one, np.log(1.03)) for one in hazards]
    assert found.costs[0] == pytest.approx(expected, rel=1e-12)


def test_a_negative_intensity_is_refused() -> None:
    written = record({"well": {"dead": "death"}}, ("well", "dead"))
    written["parameters"] = {"death": rate(0.2)}
    with pytest.raises(PreuveError, match="more than") as caught:
        ran(written, death=np.array([0.1, -0.2]))
    assert "structure.intensities.well.dead" in str(caught.value.remedy)


def test_rest_and_tunnels_are_refused() -> None:
    with pytest.raises(PreuveError, match="cannot be `rest`"):
        Model.parse(record({"well": {"dead": "rest"}}, ("well", "dead")))
    written = record({"well": {"dead": 0.1}}, ("well", "dead"))
    written["structure"]["states"]["well"] = {"tunnel": 2}
    with pytest.raises(PreuveError, match="keeps no memory"):
        Model.parse(written)


def test_a_mirror_differs_by_nothing() -> None:
    written = record({"well": {"dead": 0.3}}, ("well", "dead"))
    written["strategies"]["two"] = {"label": LABEL}
    found = ran(written)
    assert found.costs[0, 0] == found.costs[1, 0]


@pytest.mark.parametrize("correction", ["half_cycle", "start", "trapezoid"])
def test_a_price_by_month_is_paid_for_the_time_really_lived(correction: str) -> None:
    """EUR 10 a month while alive, under a constant hazard and a continuous discount."""
    written = record({"alive": {"dead": "hazard"}}, ("alive", "dead"), correction=correction)
    written["parameters"] = {"hazard": rate(0.3)}
    scheme = {"scheme": "per_patient_month", "amount": 10}
    written["strategies"] = {"one": {"label": LABEL, "price": {"scheme": scheme}}}
    paid = ran(written).costs_by_item()[0, -1, 0]
    assert paid == pytest.approx(120 * lived(0.3, np.log(1.03)), rel=1e-9)
