from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.core.written import parse
from preuve.economics.pricing.tiers import Rule, Tiers

LATM = [
    {"start": 0, "end": 4999, "amount": 50},
    {"start": 5000, "amount": 45.83},
]


def tiers(rule: Rule, steps: Any = LATM) -> Tiers:
    return parse(Tiers, {"rule": rule, "steps": steps}, "test")


def test_six_thousand_patients_cost_3_30_or_3_55_million_a_year() -> None:
    patients = np.array([6000.0])
    whole = tiers("whole_file").cost(patients)[0] * 12
    marginal = tiers("marginal").cost(patients)[0] * 12
    assert whole == pytest.approx(3_299_760)
    assert marginal == pytest.approx(3_549_960)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_marginal_cost_never_falls_with_volume(one: float, other: float) -> None:
    low, high = sorted((one, other))
    cost = tiers("marginal").cost(np.array([low, high]))
    assert cost[0] <= cost[1] + 1e-6


@given(st.floats(0, 4999.9))
def test_both_rules_agree_within_the_first_tier(volume: float) -> None:
    at = np.array([volume])
    assert tiers("marginal").cost(at)[0] == pytest.approx(tiers("whole_file").cost(at)[0])


@given(st.floats(0, 1e6))
def test_whole_file_never_costs_more_when_prices_fall(volume: float) -> None:
    at = np.array([volume])
    assert tiers("whole_file").cost(at)[0] <= tiers("marginal").cost(at)[0] + 1e-6


@given(st.floats(0.001, 1e6))
def test_mean_price_times_volume_is_the_cost(volume: float) -> None:
    at = np.array([volume])
    for rule in ("marginal", "whole_file"):
        one = tiers(rule)
        assert one.mean_price(at)[0] * volume == pytest.approx(one.cost(at)[0])


def test_mean_price_of_nobody_is_the_first() -> None:
    assert tiers("marginal").mean_price(np.array([0.0]))[0] == 50


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([{"start": 1, "amount": 5}], "begin at 0"),
        ([{"start": 0, "end": 10, "amount": 5}, {"start": 10, "amount": 4}], "overlap"),
        ([{"start": 0, "end": 10, "amount": 5}, {"start": 12, "amount": 4}], "hole"),
        ([{"start": 0, "amount": 5}, {"start": 10, "amount": 4}], "only the last one"),
        ([{"start": 0, "end": 10, "amount": 5}], "last tier must have no end"),
        ([{"start": 0, "amount": -5}], "0 or more"),
    ],
)
def test_bad_tiers_are_told(steps: Any, told: str) -> None:
    with pytest.raises(PreuveError, match=told):
        tiers("marginal", steps)
