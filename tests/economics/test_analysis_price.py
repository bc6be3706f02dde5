"""Threshold price, value-based price, ratios by price, tornado."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.analysis.plane import incremental_benefit
from preuve.economics.analysis.threshold import ratios_by_price, threshold, value_based_price
from preuve.economics.analysis.tornado import tornado


def test_a_linear_threshold_is_found_to_the_cent() -> None:
    found = threshold(lambda price: 700 - 3 * price, 0, 1000)
    assert found.price == pytest.approx(700 / 3, abs=1e-9)
    assert found.outcome == "found"


def test_a_threshold_at_the_edge_is_found() -> None:
    assert threshold(lambda price: -price, 0, 10).price == 0
    assert threshold(lambda price: 10 - price, 0, 10).price == 10


def test_no_threshold_is_said_and_why() -> None:
    assert threshold(lambda _price: 1.0, 0, 10).outcome == "always_worth_it"
    assert threshold(lambda _price: 0.0, 0, 10).outcome == "always_worth_it"
    never = threshold(lambda price: -1 - price, 0, 10)
    assert never.outcome == "never_worth_it"
    assert never.price is None
    assert "not worth it at any price" in never.words


def test_tiers_may_cross_several_times() -> None:
    found = threshold(lambda price: float(np.cos(price)), 0, 8)
    assert found.outcome == "several"
    assert found.price is None
    np.testing.assert_allclose(found.crossings, np.pi * np.array([0.5, 1.5, 2.5]), atol=1e-9)


def test_a_bad_range_is_told() -> None:
    with pytest.raises(PreuveError):
        threshold(lambda price: price, 5, 5)
    with pytest.raises(PreuveError):
        threshold(lambda _price: float("nan"), 0, 5)


@given(st.integers(0, 2**32 - 1), st.floats(0, 50_000))
def test_at_its_value_based_price_a_strategy_is_neither_worth_it_nor_not(
    seed: int, willingness: float
) -> None:
    random = np.random.default_rng(seed)
    free, effect = random.normal(-50, 100, 200), random.normal(0.02, 0.02, 200)
    units = random.uniform(0.5, 5, 200)
    found = value_based_price(free, units, effect, np.array([willingness]))
    gain = willingness * effect - (free + units * found.price[0])
    assert gain.mean() == pytest.approx(0, abs=1e-6)
    zero = np.zeros(200)
    claimed = 30.0
    benefit = incremental_benefit(
        np.stack([zero, free + units * claimed]),
        np.stack([zero, effect]),
        np.array([willingness]),
        1,
    )
    assert found.probability_worth(claimed)[0] == pytest.approx(benefit.probability_positive[0])
    assert found.low[0] <= np.median(found.draws) <= found.high[0]
    assert found.price[0] == pytest.approx(
        threshold(
            lambda p: float((willingness * effect - free - units * p).mean()), -1e5, 1e5
        ).price,
        abs=1e-5,
    )


def test_a_cost_that_does_not_rise_with_price_is_refused() -> None:
    with pytest.raises(PreuveError):
        value_based_price(np.zeros(3), np.array([1.0, 0.0, 1.0]), np.zeros(3), 1.0)
    with pytest.raises(PreuveError):
        value_based_price(np.zeros(3), np.ones(2), np.zeros(3), 1.0)


def test_ratio_as_a_function_of_the_claimed_price() -> None:
    table = ratios_by_price(-100, 2, 0.01, np.array([0.0, 50.0, 100.0]))
    assert [row.ratio.meaning for row in table] == [
        "dominant", "dominant", "more_effective_more_costly",
    ]  # fmt: skip
    assert table[2].ratio.value == pytest.approx(10_000)
    assert ratios_by_price(0, 1, 0, np.array([5.0]))[0].ratio.meaning == "same_effect_more_costly"


def test_bars_are_ordered_by_swing() -> None:
    low = np.array([[100, 0.010], [90, 0.010], [100, 0.002], [100, 0.01]])
    high = np.array([[100, 0.012], [140, 0.010], [100, 0.020], [100, 0.01]])
    found = tornado(("a", "b", "c", "d"), (100, 0.010), low, high, 20_000)
    assert found.base == pytest.approx(100)
    assert [bar.name for bar in found.bars] == ["c", "b", "a", "d"]
    assert [bar.swing for bar in found.bars] == pytest.approx([360, 50, 40, 0])
    widest = found.bars[0]
    assert widest.low == pytest.approx(-60)
    assert widest.high == pytest.approx(300)
    assert widest.reverses
    assert not found.bars[1].reverses


def test_a_bar_on_one_side_still_reaches_the_base() -> None:
    found = tornado(("a",), (0, 1), np.array([[1.0, 1]]), np.array([[3.0, 1]]), 10)
    assert found.bars[0].swing == pytest.approx(3)


def test_a_tornado_of_wrong_shape_is_told() -> None:
    with pytest.raises(PreuveError):
        tornado(("a", "b"), (0, 1), np.zeros((1, 2)), np.zeros((1, 2)), 10)
    with pytest.raises(PreuveError):
        tornado(("a",), (0, 1), np.full((1, 2), np.nan), np.zeros((1, 2)), 10)
