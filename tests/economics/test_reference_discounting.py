"""Discounting by steps: identities, and what may be written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.reference_case.discounting import (
    Discounting,
    Rule,
    discounting,
    factor,
    force,
    named_rules,
)

HAS = discounting("has_2020").costs


def test_has_2020_forward_rates() -> None:
    found = factor(HAS, [0, 1, 30, 31, 40, 70.5])
    asked = [
        1,
        1.025**-1,
        1.025**-30,
        1.025**-30 * 1.015**-1,
        1.025**-30 * 1.015**-10,
        1.025**-30 * 1.015**-40.5,
    ]
    np.testing.assert_allclose(found, asked, rtol=1e-14)


def test_costs_and_effects_of_has_2020_are_alike() -> None:
    both = discounting("has_2020")
    assert both.costs == both.effects == Rule((0, 30), (0.025, 0.015))
    assert both.name == "has_2020"


def test_the_older_french_rule() -> None:
    assert discounting("has_2011").costs == Rule((0, 30), (0.04, 0.02))


def test_nice_is_one_rate() -> None:
    assert factor(discounting("nice").effects, 50.0) == pytest.approx(1.035**-50, rel=1e-14)


def test_none_discounts_nothing() -> None:
    np.testing.assert_array_equal(factor(discounting("none").costs, [0, 5, 200]), 1)


def test_continuous_at_the_step() -> None:
    before, at, after = factor(HAS, [30 - 1e-9, 30, 30 + 1e-9])
    assert before == pytest.approx(at, rel=1e-9)
    assert after == pytest.approx(at, rel=1e-9)


def test_force_by_step_holds_from_its_first_instant() -> None:
    np.testing.assert_allclose(
        force(HAS, [0, 29.999, 30, 99]), np.log([1.025, 1.025, 1.015, 1.015]), rtol=1e-14
    )


@given(t=st.floats(0, 200), rates=st.tuples(st.floats(0, 0.2), st.floats(0, 0.2)))
def test_factor_is_the_integral_of_the_force(t: float, rates: tuple[float, float]) -> None:
    rule = Rule((0, 30), rates)
    points = np.unique([0, min(30, t), t])
    middles = (points[1:] + points[:-1]) / 2
    integral = float(np.sum(force(rule, middles) * np.diff(points)))
    assert float(factor(rule, t)) == pytest.approx(np.exp(-integral), rel=1e-12)


@given(
    times=st.lists(st.floats(0, 500), min_size=2),
    rates=st.lists(st.floats(0, 0.2), min_size=3, max_size=3),
)
def test_factor_starts_at_one_and_never_rises(times: list[float], rates: list[float]) -> None:
    rule = Rule((0, 12.5, 40), tuple(rates))
    found = factor(rule, np.sort(times))
    assert float(factor(rule, 0)) == 1
    assert np.all(np.diff(found) <= 1e-15)
    assert np.all((found > 0) & (found <= 1))


def test_any_shape() -> None:
    assert factor(HAS, np.zeros((2, 3, 4))).shape == (2, 3, 4)


@pytest.mark.parametrize("time", [-1.0, float("nan"), [0, -1e-9]])
def test_a_time_that_is_none(time: object) -> None:
    for of in (factor, force):
        with pytest.raises(PreuveError, match="number of years"):
            of(HAS, time)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("3 %", Discounting(Rule((0,), (0.03,)), Rule((0,), (0.03,)))),
        ("1,5%", Discounting(Rule((0,), (0.015,)), Rule((0,), (0.015,)))),
        (0.03, Discounting(Rule((0,), (0.03,)), Rule((0,), (0.03,)))),
        (0, Discounting(Rule((0,), (0,)), Rule((0,), (0,)))),
        (
            {"costs": "3 %", "effects": 0.015},
            Discounting(Rule((0,), (0.03,)), Rule((0,), (0.015,))),
        ),
        (
            {"steps": [{"from": 0, "rate": "4 %"}, {"from": 30, "rate": 0.02}]},
            Discounting(Rule((0, 30), (0.04, 0.02)), Rule((0, 30), (0.04, 0.02))),
        ),
        (
            {"costs": "has_2020", "effects": ({"from": 0, "rate": 0.01},)},
            Discounting(Rule((0, 30), (0.025, 0.015)), Rule((0,), (0.01,))),
        ),
    ],
)
def test_what_may_be_written(written: object, asked: Discounting) -> None:
    assert discounting(written) == asked


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("has_2021", "Did you mean “has_2020”"),
        ("3", "neither a rate nor a known rule"),
        (3, "300 % is out of bounds"),
        (-0.01, "out of bounds"),
        (True, "neither a rate"),
        (None, "neither a rate"),
        ([], "start at year 0"),
        ({"costs": "3 %"}, "both"),
        ({"costs": "3 %", "effects": "x"}, "neither a rate"),
        ({"steps": [{"from": 1, "rate": 0.02}]}, "start at year 0"),
        (
            {"steps": [{"from": 0, "rate": 0.02}, {"from": 0, "rate": 0.01}]},
            "their years increase",
        ),
        ({"steps": 3}, "a list of years and rates"),
        ({"steps": [], "rate": 1}, "alone under"),
        ({"steps": [{"from": 0}]}, "its first year and its rate"),
        ({"steps": [{"from": 0, "rate": 0.02, "until": 3}]}, "not known"),
    ],
)
def test_what_may_not_be_written(written: object, told: str) -> None:
    with pytest.raises(PreuveError, match=told) as caught:
        discounting(written, "decision.discounting")
    assert caught.value.where.startswith("decision.discounting")


def test_every_packaged_rule_says_where_it_comes_from() -> None:
    for rule in named_rules().values():
        assert rule.source
        assert rule.confidence in ("high", "medium", "low")
        assert discounting(rule.name) == rule.discounting
