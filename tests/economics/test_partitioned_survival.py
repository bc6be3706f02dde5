"""Partitioned survival: areas under curves with closed forms, events, and curves put right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate

LABEL = {"fr": "a", "en": "a"}
CYCLES = 20


def record(**more: Any) -> dict[str, Any]:
    """Progression at 0.4 a year and death at 0.15 a year, on exponential curves."""
    found: dict[str, Any] = {
        "preuve_model": 1,
        "name": "curves",
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "payer",
            "price_year": 2024,
            "horizon": f"{CYCLES} years",
            "cycle": "1 year",
            "discounting": "0 %",
            "correction": "trapezoid",
        },
        "parameters": {
            "progression": {"value": 0.4, "unit": "rate/year", "source": "test", "grade": "C"},
            "mortality": {"value": 0.15, "unit": "rate/year", "source": "test", "grade": "C"},
        },
        "structure": {
            "kind": "partitioned_survival",
            "states": {"stable": {}, "progressed": {}, "dead": {"dead": True}},
            "curves": {
                "stable": "exponential(time, progression)",
                "progressed": "exponential(time, mortality)",
            },
        },
        "rewards": {
            "costs": {"care": {"states": {"stable": 100, "progressed": 1000}}},
            "effects": {"qaly": {"states": {"stable": 0.8, "progressed": 0.5}}},
        },
        "strategies": {"one": {"label": LABEL}},
    }
    return found | more


def ran(written: dict[str, Any], **figures: float) -> Outcomes:
    model = Model.parse(written)
    draws = model.joint.central() | {name: np.array([one]) for name, one in figures.items()}
    return simulate(model.compiled, draws)


def geometric(rate: float) -> float:
    """The trapezoidal area of exp(-rate t) over the whole cycles, in closed form."""
    q = np.exp(-rate)
    return float((1 - q ** (CYCLES + 1)) / (1 - q) - (1 + q**CYCLES) / 2)


def test_areas_under_the_curves() -> None:
    found = ran(record())
    stable, alive = geometric(0.4), geometric(0.15)
    assert found.costs[0, 0] == pytest.approx(100 * stable + 1000 * (alive - stable), rel=1e-12)
    assert found.traded[0, 0] == pytest.approx(0.8 * stable + 0.5 * (alive - stable), rel=1e-12)
    assert found.effect_of("life_years")[0, 0] == pytest.approx(alive, rel=1e-12)
    assert found.repairs.repaired == 0


def with_events(**rewards: Any) -> dict[str, Any]:
    written = record()
    written["structure"]["progression"] = {"progressed": 0.9}
    written["rewards"]["costs"] = {"event": rewards}
    written["decision"]["correction"] = "half_cycle"
    return written


def test_deaths_are_those_of_the_last_curve() -> None:
    deaths = 1 - np.exp(-0.15 * CYCLES)
    written = with_events(entering={"dead": 1000})
    assert ran(written).costs[0, 0] == pytest.approx(1000 * deaths, rel=1e-12)
    del written["structure"]["progression"]
    assert ran(written).costs[0, 0] == pytest.approx(1000 * deaths, rel=1e-12)


def test_progressions_are_a_share_of_those_who_leave() -> None:
    leavers = 1 - np.exp(-0.4 * CYCLES)
    entering = ran(with_events(entering={"progressed": 1000})).costs[0, 0]
    moving = ran(with_events(transitions={"stable > progressed": 1000})).costs[0, 0]
    at_once = ran(with_events(transitions={"stable > dead": 1000})).costs[0, 0]
    after = ran(with_events(transitions={"progressed > dead": 1000})).costs[0, 0]
    assert entering == pytest.approx(900 * leavers, rel=1e-12)
    assert moving == entering
    assert at_once == pytest.approx(100 * leavers, rel=1e-12)
    assert at_once + after == pytest.approx(1000 * (1 - np.exp(-0.15 * CYCLES)), rel=1e-12)


def test_more_deaths_at_once_than_deaths_is_refused() -> None:
    written = with_events(transitions={"stable > dead": 1000})
    written["structure"]["progression"] = {"progressed": 0.1}
    with pytest.raises(PreuveError, match="more than") as caught:
        ran(written)
    assert "structure.progression.progressed" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("reward", "told"),
    [
        ({"entering": {"progressed": 1}}, "do not tell how many enter progressed"),
        ({"transitions": {"stable > progressed": 1}}, "do not tell how many enter progressed"),
        ({"transitions": {"progressed > dead": 1}}, "not from which state"),
        ({"entering": {"stable": 1}}, "nobody enters stable again"),
    ],
)
def test_what_curves_do_not_tell_is_refused_with_its_place(
    reward: dict[str, Any], told: str
) -> None:
    written = with_events(**reward)
    del written["structure"]["progression"]
    with pytest.raises(PreuveError, match=told) as caught:
        Model.parse(written)
    assert "rewards.costs.event" in str(caught.value)


def test_a_curve_that_does_not_start_from_1_is_refused() -> None:
    written = record()
    written["structure"]["curves"]["stable"] = "0.9 * exponential(time, progression)"
    with pytest.raises(PreuveError, match=r"stable is 0\.9 at the start, not 1"):
        ran(written)


def test_curves_that_cross_are_put_right_and_counted() -> None:
    model = Model.parse(record())
    draws = 2000
    progression = np.full(draws, 0.4)
    progression[7] = 0.1
    figures = {"progression": progression, "mortality": np.full(draws, 0.15)}
    found = simulate(model.compiled, figures)
    assert found.repairs.repaired == 1
    assert found.repairs.places == ("structure.curves.stable",)
    assert found.costs[0, 7] == pytest.approx(100 * geometric(0.15), rel=1e-12)
    with pytest.raises(PreuveError, match="more than"):
        simulate(model.compiled, {name: one[:100] for name, one in figures.items()})


def test_a_curve_that_rises_is_refused() -> None:
    written = record()
    written["structure"]["curves"]["progressed"] = "1 - 0.1 * (time / year) if time < 4 else 1"
    written["parameters"].pop("mortality")
    with pytest.raises(PreuveError, match="more than"):
        ran(written)


def test_a_tunnel_is_refused() -> None:
    written = record()
    written["structure"]["states"]["stable"] = {"tunnel": 3}
    with pytest.raises(PreuveError, match="keeps no memory"):
        Model.parse(written)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 2), st.floats(0.01, 0.19))
def test_everyone_is_somewhere_and_the_dead_stay(progression: float, mortality: float) -> None:
    trace = ran(record(), progression=progression, mortality=mortality).trace
    assert trace is not None
    assert np.allclose(trace.sum(axis=2), 1, atol=1e-12)
    assert trace.min() >= 0
    assert np.all(np.diff(trace[0, :, 2]) >= 0)


def test_a_mirror_differs_by_nothing() -> None:
    found = ran(record(strategies={"one": {"label": LABEL}, "two": {"label": LABEL}}))
    assert found.costs[0, 0] == found.costs[1, 0]
    assert found.traded[0, 0] == found.traded[1, 0]
