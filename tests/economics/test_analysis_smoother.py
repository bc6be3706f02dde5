"""Penalised regression: its fit, its penalty and its basis."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from preuve.economics.analysis.basis import basis_of
from preuve.economics.analysis.smoother import Smoother, smoother

Floats = NDArray[np.float64]


def _basis(parameters: Floats) -> Smoother:
    found = basis_of(parameters)
    assert found is not None
    return found


def test_the_fit_is_penalised_least_squares_at_the_best_penalty() -> None:
    """Against the normal equations and a search of generalised cross-validation by hand."""
    random = np.random.default_rng(1)
    x = np.sort(random.random(300))
    basis = np.vander(x, 8)
    bends = np.diff(basis, n=2, axis=0)
    penalty = bends.T @ bends
    y = np.sin(6 * x) + random.normal(0, 0.3, 300)

    def by_hand(weight: float) -> tuple[float, Floats]:
        hat = basis @ np.linalg.solve(basis.T @ basis + weight * penalty, basis.T)
        fitted = hat @ y
        score = 300 * float(np.sum((y - fitted) ** 2)) / (300 - float(np.trace(hat))) ** 2
        return score, fitted

    best = min((by_hand(w) for w in np.logspace(-4, 12, 321)), key=lambda pair: pair[0])
    fit = smoother(basis, penalty).fit(y[None])
    np.testing.assert_allclose(fit.fitted[0], best[1], atol=0.02)
    freedom = float(fit.shrinkage.sum())
    score = 300 * float(np.sum((y - fit.fitted[0]) ** 2)) / (300 - freedom) ** 2
    assert score <= best[0] * 1.001


def test_a_straight_line_in_noise_stays_almost_straight() -> None:
    freedoms = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        x = random.random(1000)
        fit = _basis(x[None]).fit((2 * x + random.normal(size=1000))[None])
        freedoms.append(float(fit.shrinkage.sum()))
    assert np.median(freedoms) < 3.5
    assert min(freedoms) >= 2 - 1e-6


def test_directions_are_orthonormal_and_hold_constants_and_lines() -> None:
    random = np.random.default_rng(2)
    for parameters in (random.lognormal(0, 2, (1, 2000)), random.normal(size=(3, 2000))):
        basis = _basis(parameters)
        gram = basis.directions.T @ basis.directions
        np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-7)
        lines = np.vstack([np.ones(2000), parameters])
        np.testing.assert_allclose(basis.fit(lines).fitted, lines, rtol=1e-6, atol=1e-6)


def test_mean_is_kept() -> None:
    random = np.random.default_rng(3)
    x = random.gamma(1, 1, (2, 800))
    y = random.normal(5, 1, (1, 800))
    assert _basis(x).fit(y).fitted.mean() == pytest.approx(y.mean(), rel=1e-9)


def test_smoothing_as_before_gives_the_fit_again() -> None:
    random = np.random.default_rng(4)
    x, y = random.normal(size=(1, 500)), random.normal(size=(2, 500))
    basis = _basis(x)
    fit = basis.fit(y)
    np.testing.assert_allclose(basis.smooth(y, fit.shrinkage), fit.fitted)


def test_nothing_varies_nothing_to_smooth() -> None:
    assert basis_of(np.full((2, 10), 0.1)) is None
    assert basis_of(np.full((1, 10), 0.1) * (1 + 1e-16)) is None


@pytest.mark.parametrize("distinct", [2, 5, 9, 12, 40])
def test_few_distinct_values_are_safe(distinct: int) -> None:
    random = np.random.default_rng(distinct)
    x = random.integers(0, distinct, 400).astype(float)
    y = x**2 + random.normal(0, 0.01, 400)
    fitted = _basis(x[None]).fit(y[None]).fitted[0]
    assert np.abs(fitted - x**2).max() < 0.02 * max(distinct, 5)
