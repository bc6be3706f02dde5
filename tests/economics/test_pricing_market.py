from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.core.written import parse
from preuve.economics.pricing import Draws, Market, Uncertain, WrittenMarket, adoption, market_of

WRITTEN = {
    "months": 36,
    "eligible": 12_000,
    "uptake": {"start": 0.02, "plateau": 0.4, "half_after": 12},
    "dropout": 0.1,
    "professionals": 100,
    "sites": 10,
}


def written(**changes: object) -> WrittenMarket:
    return parse(WrittenMarket, WRITTEN | changes, "test")


def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value])


@given(st.floats(0.01, 1), st.floats(0.001, 0.49), st.floats(0.5, 60), st.integers(2, 120))
def test_adoption_rises_from_its_start_and_stays_under_its_plateau(
    plateau: float, part: float, half_after: float, months: int
) -> None:
    curve = adoption(months, one(plateau * part), one(plateau), one(half_after))[:, 0]
    assert curve[0] == pytest.approx(plateau * part)
    assert np.all(np.diff(curve) >= -1e-12)
    assert np.all(curve <= plateau * (1 + 1e-12))


@given(st.floats(0.01, 1), st.floats(0.001, 0.49), st.integers(1, 60))
def test_half_of_the_plateau_is_reached_when_written(
    plateau: float, part: float, half_after: int
) -> None:
    curve = adoption(half_after + 1, one(plateau * part), one(plateau), one(half_after))
    assert curve[half_after, 0] == pytest.approx(plateau / 2)


def test_adoption_is_constant_where_the_start_is_the_plateau() -> None:
    assert np.all(adoption(5, one(0.3), one(0.3), one(6)) == 0.3)


def test_patients_enter_and_leave_as_written() -> None:
    market = market_of(written(uptake={"start": 0.5, "plateau": 0.5, "half_after": 1}), Draws(1))
    assert np.allclose(market.entering, 500)
    expected = 500 * (1 - 0.9 ** np.arange(1, 37)) / 0.1
    assert np.allclose(market.enrolled[:, 0], expected)


@given(st.integers(0, 2**31))
def test_enrolled_are_those_entered_less_those_gone(seed: int) -> None:
    draws = np.random.default_rng(seed)
    entering = draws.random((8, 3))
    stay = np.minimum.accumulate(np.vstack([np.ones((1, 3)), draws.random((7, 3))]))
    market = Market(entering, stay, np.ones(3), np.zeros((8, 3)), np.zeros((8, 3)))
    month = 5
    by_hand = sum(entering[month - age] * stay[age] for age in range(month + 1))
    assert np.allclose(market.enrolled[month], by_hand)


def test_an_uncertain_plateau_keeps_its_median_and_its_interval() -> None:
    plateau = {"value": 0.3, "low": 0.2, "high": 0.5}
    draws = Draws(20_000)
    drawn = draws.share("market.uptake.plateau", Uncertain(**plateau))
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx([0.2, 0.3, 0.5], abs=0.01)
    market = market_of(
        written(months=120, uptake={"start": 0.01, "plateau": plateau, "half_after": 6}), draws
    )
    assert np.allclose(market.entering[-1], 1000 * drawn)


def test_draws_have_names() -> None:
    draws = Draws(5, seed=3)
    assert np.array_equal(draws.uniform("a"), Draws(5, seed=3).uniform("a"))
    assert not np.array_equal(draws.uniform("a"), draws.uniform("b"))
    assert not np.array_equal(draws.uniform("a"), Draws(5, seed=4).uniform("a"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"months": 0}, "1 or more"),
        ({"months": -3}, "1 or more"),
        ({"eligible": -1}, "0 or more"),
        ({"dropout": 1.2}, "between 0 and 1"),
        ({"uptake": {"start": 0.3, "plateau": 0.4, "half_after": 12}}, "half of its plateau"),
        ({"uptake": {"start": 0, "plateau": 0.4, "half_after": 12}}, "above 0"),
        ({"uptake": {"start": 0.01, "plateau": 0.4, "half_after": 0}}, "more than 0 months"),
        ({"eligible": {"value": 5, "low": 6, "high": 9}}, "low < value < high"),
        ({"eligible": {"value": 5, "low": 0, "high": 9}}, "low bound"),
        ({"dropout": {"value": 0.5, "low": 0.1, "high": 1}}, "high bound"),
        ({"eligible": float("nan")}, "finite"),
    ],
)
def test_bad_markets_are_told(changes: dict[str, object], told: str) -> None:
    with pytest.raises(PreuveError, match=told):
        written(**changes)


def test_arrays_that_do_not_agree_are_refused() -> None:
    with pytest.raises(PreuveError, match="agree in size"):
        Market(np.ones((3, 2)), np.ones((4, 2)), np.ones(2), np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(PreuveError, match="0 or more"):
        Market(-np.ones((3, 2)), np.ones((3, 2)), np.ones(2), np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(PreuveError, match="draw"):
        Draws(0)
