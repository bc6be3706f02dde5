"""Weights: what a person at each point of time counts for, against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.economics.reference_case.discounting import discounting, factor
from preuve.economics.specification.decision import Decision
from preuve.economics.weights import (
    COSTS,
    COSTS_PLAIN,
    EFFECTS,
    EFFECTS_PLAIN,
    FIRST_YEAR,
    Weights,
    weights,
)

RULES = ("half_cycle", "trapezoid", "simpson", "start", "end")
CYCLES = {"1 month": 1 / 12, "3 months": 0.25, "1 year": 1.0, "2 years": 2.0}


def decided(cycle: str, cycles: int, **more: Any) -> Decision:
    length = cycle.split()
    return Decision.model_validate(
        {
            "question": {"fr": "q", "en": "q"},
            "population": {"fr": "p", "en": "p"},
            "perspective": "payer",
            "price_year": 2024,
            "cycle": cycle,
            "horizon": f"{int(length[0]) * cycles} {length[1]}",
            **more,
        }
    )


def made(cycle: str, cycles: int, years: int = 0, **more: Any) -> Weights:
    return weights(decided(cycle, cycles, **more), years)


def yearly(rate: float) -> dict[str, Any]:
    return {"steps": [{"from": 0, "rate": rate}]}


cycle_lengths = st.sampled_from(sorted(CYCLES))
even = st.integers(1, 60).map(lambda half: 2 * half)


@pytest.mark.parametrize("rule", RULES)
@given(cycle=cycle_lengths, cycles=even)
def test_undiscounted_points_last_the_horizon(rule: str, cycle: str, cycles: int) -> None:
    found = made(cycle, cycles, correction=rule)
    horizon = cycles * CYCLES[cycle]
    assert found.points[COSTS_PLAIN].sum() == pytest.approx(horizon)
    assert found.points[EFFECTS_PLAIN].sum() == pytest.approx(horizon)


@pytest.mark.parametrize("rule", ["half_cycle", "start", "end"])
@given(cycle=cycle_lengths, cycles=even, rate=st.floats(0.001, 0.19))
def test_discounted_points_are_an_annuity(rule: str, cycle: str, cycles: int, rate: float) -> None:
    """The sum of a geometric series, at the start, middle or end of each cycle."""
    found = made(cycle, cycles, correction=rule, discounting=yearly(rate))
    length = CYCLES[cycle]
    step = (1 + rate) ** -length
    series = length * (1 - step**cycles) / (1 - step)
    moved = {"start": 0.0, "half_cycle": 0.5, "end": 1.0}[rule]
    expected = series * (1 + rate) ** (-moved * length)
    assert found.points[COSTS].sum() == pytest.approx(expected)
    assert found.events[EFFECTS].sum() == pytest.approx(expected / length)


@given(cycles=even, rate=st.floats(0.001, 0.19))
def test_trapezoid_and_simpson_are_quadratures_of_the_discount(cycles: int, rate: float) -> None:
    at = (1 + rate) ** -np.arange(cycles + 1.0)
    trapezoid = made("1 year", cycles, correction="trapezoid", discounting=yearly(rate))
    assert trapezoid.points[COSTS].sum() == pytest.approx(np.trapezoid(at))
    simpson = made("1 year", cycles, correction="simpson", discounting=yearly(rate))
    whole = -np.expm1(-np.log1p(rate) * cycles) / np.log1p(rate)
    assert simpson.points[COSTS].sum() == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("rule", [*RULES[:2], *RULES[3:]])
@given(cycle=cycle_lengths, cycles=even)
def test_years_add_up_to_the_whole(rule: str, cycle: str, cycles: int) -> None:
    found = made(cycle, cycles, 1000, correction=rule)
    assert found.years == int(np.ceil(cycles * CYCLES[cycle] - 1e-9))
    assert found.points[FIRST_YEAR:].sum(axis=0) == pytest.approx(found.points[COSTS_PLAIN])
    assert found.events[FIRST_YEAR:].sum(axis=0) == pytest.approx(found.events[COSTS_PLAIN])
    assert found.start[FIRST_YEAR:].sum() == found.start[COSTS] == 1.0


@given(cycles=even)
def test_costs_and_effects_may_be_discounted_apart(cycles: int) -> None:
    found = made("1 year", cycles, discounting={"costs": "6 %", "effects": 0})
    assert found.points[EFFECTS] == pytest.approx(found.points[EFFECTS_PLAIN])
    assert np.all(found.points[COSTS] < found.points[COSTS_PLAIN])


def test_the_french_rule_lowers_its_rate_after_thirty_years() -> None:
    found = made("1 year", 40, correction="end", discounting="has_2020")
    expected = [1.025 ** -min(t, 30) * 1.015 ** -max(t - 30, 0) for t in range(1, 41)]
    assert found.points[COSTS][1:] == pytest.approx(expected)
    assert factor(discounting("has_2020").costs, 31) == pytest.approx(1.025**-30 / 1.015)


@given(cycles=even)
def test_weights_of_ones_own_are_those_used(cycles: int) -> None:
    own = [0.25, *[1.0] * (cycles - 1), 0.75]
    found = made("1 year", cycles, correction=own, discounting=yearly(0.03))
    at = 1.03 ** -np.arange(cycles + 1.0)
    assert found.points[COSTS] == pytest.approx(own * at)
    assert found.events[COSTS] == pytest.approx((own * at)[1:])


def test_half_a_cycle_is_the_mean_of_its_ends() -> None:
    found = made("1 year", 3, discounting=yearly(0.0))
    assert found.points[COSTS].tolist() == [0.5, 1.0, 1.0, 0.5]
