"""Distributional results: published indices and laws of inequality."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.economics.analysis.distributional import (
    Index,
    Population,
    equity,
    equivalent,
    inequality,
)

FIFTHS = np.full(5, 0.2)
INDICES: tuple[Index, ...] = ("atkinson", "kolm")
Aversion = st.floats(0, 12)
Lives = st.lists(st.floats(40, 90), min_size=5, max_size=5).map(np.array)


def test_equivalents_printed_by_dceasimr() -> None:
    """Reference pages calc_ede and calc_atkinson_index of the R package dceasimR."""
    health = np.array([60.0, 63, 66, 69, 72])
    assert float(equivalent(health, FIFTHS, "atkinson", 0)) == pytest.approx(66)
    assert round(float(equivalent(health, FIFTHS, "atkinson", 1)), 4) == 65.8633
    assert round(float(equivalent(health, FIFTHS, "atkinson", 5)), 5) == 65.31903
    assert round(float(inequality(health, FIFTHS, "atkinson", 1)), 9) == 0.002071263


def test_the_english_public_weighs_the_poorest_fifth_six_to_seven_times() -> None:
    """Robson et al., Health Economics 2017;26:1328: 10.95 (Atkinson), 0.15 (Kolm).

    Life expectancies and aversions (10.946, 0.152) are those of M. Asaria's published code.
    """
    health = np.array([62.0, 68, 70, 72, 74])
    for index, aversion in zip(INDICES, (10.946, 0.152), strict=True):
        poor, rich = (
            float(equivalent(health + 1e-5 * np.eye(5)[g], FIFTHS, index, aversion)) for g in (0, 4)
        )
        plain = float(equivalent(health, FIFTHS, index, aversion))
        assert 6 <= (poor - plain) / (rich - plain) <= 7


@given(Lives, Aversion, st.sampled_from(INDICES))
def test_the_equivalent_lies_between_the_worst_and_the_mean(
    health: NDArray[np.float64], aversion: float, index: Index
) -> None:
    found = float(equivalent(health, FIFTHS, index, aversion))
    assert health.min() - 1e-9 <= found <= health.mean() + 1e-9
    more = float(equivalent(health, FIFTHS, index, aversion + 1))
    assert more <= found + 1e-9


@given(Lives, Aversion)
def test_each_index_ignores_what_it_should(health: NDArray[np.float64], aversion: float) -> None:
    ratio = inequality(health, FIFTHS, "atkinson", aversion)
    assert inequality(3 * health, FIFTHS, "atkinson", aversion) == pytest.approx(ratio, abs=1e-9)
    gap = inequality(health, FIFTHS, "kolm", aversion)
    assert inequality(health + 5, FIFTHS, "kolm", aversion) == pytest.approx(gap, abs=1e-9)


@given(Lives, st.floats(0.1, 12), st.sampled_from(INDICES))
def test_moving_health_to_the_worse_off_reduces_inequality(
    health: NDArray[np.float64], aversion: float, index: Index
) -> None:
    worst, best = int(np.argmin(health)), int(np.argmax(health))
    moved = health.copy()
    step = (health[best] - health[worst]) / 4
    moved[worst] += step
    moved[best] -= step
    before, after = (inequality(h, FIFTHS, index, aversion) for h in (health, moved))
    assert after <= before + 1e-9


@given(Lives, st.sampled_from(INDICES), st.floats(0, 5))
def test_groups_may_be_split(health: NDArray[np.float64], index: Index, aversion: float) -> None:
    split = equivalent(np.repeat(health, 2), np.full(10, 0.1), index, aversion)
    assert split == pytest.approx(equivalent(health, FIFTHS, index, aversion))


def test_who_gains_and_who_pays() -> None:
    """By hand: 1 QALY to the poor half, 20,000 EUR a person paid equally at 40,000 EUR a QALY."""
    half = np.array([0.5, 0.5])
    population = Population(np.array([60.0, 80.0]), half, half)
    gain = np.zeros((2, 2, 3))
    gain[1, 0] = 1.0
    cost = np.zeros((2, 3))
    cost[1] = 20_000.0
    found = equity(population, gain, cost, 40_000, "kolm", 0.1)
    np.testing.assert_allclose(found.health, np.array([[60, 80], [60.5, 79.5]]))
    np.testing.assert_allclose(found.gain.mean, [0, 0])
    assert found.equity.mean[1] > 0
    np.testing.assert_allclose(found.welfare.mean, found.gain.mean + found.equity.mean)
    assert found.inequality[1] < found.inequality[0]
    np.testing.assert_allclose(found.probability[1], [1, 0, 0, 0])
    all_on_poor = Population(np.array([60.0, 80.0]), half, np.array([1.0, 0.0]))
    paid = equity(all_on_poor, gain, cost, 40_000, "kolm", 0.1)
    np.testing.assert_allclose(paid.health[1], [60, 80])
    np.testing.assert_allclose(paid.gain.mean, found.gain.mean, atol=1e-12)


def test_without_aversion_equity_is_nothing() -> None:
    random = np.random.default_rng(1)
    population = Population(np.linspace(60, 75, 5), FIFTHS, FIFTHS)
    gain, cost = random.normal(0, 0.1, (3, 5, 50)), random.normal(100, 50, (3, 50))
    found = equity(population, gain, cost, 30_000, "atkinson", 0)
    np.testing.assert_allclose(found.equity.mean, 0, atol=1e-12)
    exact = (gain - gain[0]).mean(axis=(1, 2)) - (cost - cost[0]).mean(axis=1) / 30_000
    np.testing.assert_allclose(found.gain.mean, exact, atol=1e-12)
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)


def test_bad_input_is_told() -> None:
    with pytest.raises(PreuveError):
        Population(np.array([60.0, 70.0]), np.array([0.5, 0.6]), np.array([0.5, 0.5]))
    with pytest.raises(PreuveError):
        Population(np.array([60.0, 70.0]), np.array([0.5, 0.5]), np.array([1.0]))
    with pytest.raises(PreuveError):
        equivalent(np.array([-1.0, 2.0]), np.array([0.5, 0.5]), "atkinson", 2)
    with pytest.raises(PreuveError):
        equivalent(np.array([1.0, 2.0]), np.array([0.5, 0.5]), "kolm", -1)
    population = Population(np.array([60.0, 70.0]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    with pytest.raises(PreuveError):
        equity(population, np.zeros((2, 3, 4)), np.zeros((2, 4)), 30_000, "kolm", 0.1)
    with pytest.raises(PreuveError):
        equity(population, np.zeros((2, 2, 4)), np.zeros((2, 4)), 0, "kolm", 0.1)
