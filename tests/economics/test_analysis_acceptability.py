"""Acceptability curves, frontier, expected loss; value of perfect information; convergence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from preuve.core.errors import PreuveError
from preuve.economics.analysis.acceptability import acceptability
from preuve.economics.analysis.convergence import convergence
from preuve.economics.analysis.information import effective_population, perfect_information

Floats = NDArray[np.float64]
GRID = np.array([0.0, 1.0, 2.0, 5.0])
Seeds = st.integers(0, 2**32 - 1)


def _whole(seed: int) -> tuple[Floats, Floats]:
    """Small whole numbers, so that ties are frequent and sums exact."""
    random = np.random.default_rng(seed)
    shape = (int(random.integers(1, 5)), int(random.integers(2, 40)))
    return random.integers(0, 5, shape).astype(float), random.integers(0, 5, shape).astype(float)


@given(Seeds)
def test_probabilities_sum_to_one_and_loss_is_lowest_for_the_best(seed: int) -> None:
    cost, effect = _whole(seed)
    found = acceptability(cost, effect, GRID)
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)
    rows = np.arange(GRID.size)
    assert (found.expected_loss >= 0).all()
    lowest = found.expected_loss[rows, found.best]
    np.testing.assert_allclose(lowest, found.expected_loss.min(axis=1), atol=1e-12)
    np.testing.assert_allclose(lowest, perfect_information(cost, effect, GRID).value, atol=1e-12)
    np.testing.assert_array_equal(found.frontier, found.probability[rows, found.best])


@given(Seeds, st.integers(-100, 100), st.integers(-100, 100))
def test_what_is_added_to_every_strategy_decides_nothing(seed: int, a: int, b: int) -> None:
    cost, effect = _whole(seed)
    plain, moved = acceptability(cost, effect, GRID), acceptability(cost + a, effect + b, GRID)
    np.testing.assert_allclose(plain.probability, moved.probability)
    np.testing.assert_array_equal(plain.best, moved.best)
    np.testing.assert_allclose(plain.expected_loss, moved.expected_loss, atol=1e-9)


@given(Seeds, st.floats(0.01, 100))
def test_information_scales_with_the_currency(seed: int, a: float) -> None:
    cost, effect = _whole(seed)
    plain = perfect_information(cost, effect, GRID)
    scaled = perfect_information(a * cost, effect, a * GRID)
    np.testing.assert_allclose(scaled.value, a * plain.value, atol=1e-9 * a)
    assert (plain.value >= 0).all()


def test_ties_are_split() -> None:
    found = acceptability(np.array([[0.0, 0, 5], [0, 1, 5], [9, 9, 5]]), np.zeros((3, 3)), GRID[:1])
    np.testing.assert_allclose(
        found.probability[0], [(0.5 + 1 + 1 / 3) / 3, (0.5 + 1 / 3) / 3, 1 / 9]
    )


def test_the_frontier_may_be_less_probable_than_another() -> None:
    """The best on average loses most draws where its few wins are large."""
    cost = np.array([[0.0] * 10, [1.0] * 9 + [-99.0]])
    found = acceptability(cost, np.zeros((2, 10)), np.array([0.0]))
    assert found.best[0] == 1
    assert found.frontier[0] == pytest.approx(0.1)
    assert found.probability[0, 0] == pytest.approx(0.9)


def test_acceptability_of_a_normal_increment_is_its_normal_probability() -> None:
    random = np.random.default_rng(2)
    draws = 100_000
    cost = np.stack([np.zeros(draws), random.normal(1000, 500, draws)])
    effect = np.stack([np.zeros(draws), random.normal(0.1, 0.05, draws)])
    grid = np.array([5000.0, 10_000.0, 30_000.0])
    exact = special.ndtr((0.1 * grid - 1000) / np.hypot(500, 0.05 * grid))
    found = acceptability(cost, effect, grid)
    error = np.sqrt(exact * (1 - exact) / draws)
    assert (np.abs(found.probability[:, 1] - exact) < 4 * error).all()


def test_population_counts_discounted_years() -> None:
    assert effective_population(100, np.array([1, 0.5])) == 150
    assert effective_population(np.array([100.0, 20.0]), np.array([1, 0.5])) == 110
    with pytest.raises(PreuveError):
        effective_population(np.array([1.0, 2.0, 3.0]), np.array([1, 0.5]))
    with pytest.raises(PreuveError):
        effective_population(-1.0, np.array([1.0]))


def test_convergence_finds_the_draws_that_a_precision_needs() -> None:
    random = np.random.default_rng(4)
    cost = np.stack([np.zeros(10_000), random.normal(100, 50, 10_000)])
    effect = np.stack([np.zeros(10_000), random.normal(0.02, 0.01, 10_000)])
    found = convergence(cost, effect, 20_000, precision=5.0)
    spread = np.hypot(50, 200)
    assert found.benefit[1] == pytest.approx(spread / 100, rel=0.03)
    assert found.needed == pytest.approx((1.96 * spread / 5) ** 2, rel=0.06)
    assert found.enough
    assert found.settled
    assert found.benefit[0] == found.cost[0] == 0
    np.testing.assert_allclose(
        found.running.benefit[-1], [0, (20_000 * effect - cost)[1].mean()], rtol=1e-9
    )
    assert found.running.draws[-1] == 10_000
    strict = convergence(cost, effect, 20_000, precision=1.0)
    assert not strict.enough
    assert str(strict.needed) in strict.words
    with pytest.raises(PreuveError):
        convergence(cost, effect, 20_000, precision=0)


def test_a_near_tie_is_not_settled() -> None:
    cost = np.stack([np.zeros(1000), np.where(np.arange(1000) < 900, -1.0, 9.001)])
    found = convergence(cost, np.zeros_like(cost), 0, precision=10.0)
    assert found.enough
    assert not found.settled
    assert "tie" in found.words
