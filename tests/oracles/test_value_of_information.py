"""Value of information against closed forms, exact enumerations and published figures.

Every comparison allows 4 Monte-Carlo standard errors, which the code itself states.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from preuve.economics.analysis.information import effective_population, perfect_information
from preuve.economics.analysis.partial_information import partial_information
from preuve.economics.analysis.sample_information import (
    StudyCost,
    sample_information,
    sampling,
)
from preuve.economics.analysis.study import Binomial, LogRatio, Normal, Poisson, Study

Floats = NDArray[np.float64]
DRAWS = 20_000
WITHIN = 4.0


def unit_normal_loss(mean: float, spread: float) -> float:
    """E[max(0, X)] − max(0, mean) for X normal: spread × L(|mean| / spread)."""
    if spread == 0:
        return 0.0
    z = abs(mean) / spread
    return float(spread * (stats.norm.pdf(z) - z * stats.norm.sf(z)))


def _two(increment_cost: Floats, increment_effect: Floats) -> tuple[Floats, Floats]:
    none = np.zeros_like(increment_cost)
    return np.stack([none, increment_cost]), np.stack([none, increment_effect])


def _voi_example(seed: int, draws: int = DRAWS) -> tuple[Floats, Floats, dict[str, Floats]]:
    """The example of the vignette of the R package voi: benefit p1 − p2, N(1, 1) and N(0, 2)."""
    random = np.random.default_rng(seed)
    parameters = {"p1": random.normal(1, 1, draws), "p2": random.normal(0, 2, draws)}
    return *_two(parameters["p2"], parameters["p1"]), parameters


def _assert_near(value: Floats, exact: Floats | float, error: Floats) -> None:
    assert (np.abs(value - exact) <= WITHIN * error + 1e-9).all(), (value, exact, error)


def test_perfect_information_as_the_voi_vignette_computes_it_exactly() -> None:
    """C. Jackson, voi package overview: exact value 0.4798107."""
    assert round(unit_normal_loss(1, np.sqrt(5)), 7) == 0.4798107
    cost, effect, _parameters = _voi_example(1, draws=200_000)
    found = perfect_information(cost, effect, 1.0)
    _assert_near(found.value, 0.4798107, found.standard_error)
    assert found.standard_error[0] < 0.003


def test_figures_printed_in_the_voi_vignette() -> None:
    """The same vignette, 10,000 draws of its own: both Monte-Carlo errors are allowed for.

    EVPI 0.4759885, 0.4028003, 0.4174207 at 1, 2, 3; EVPPI 0.08210074 (p1), 0.39029827 (p2);
    EVSI of p1 by n normal observations of sd 1: 0.0744025, 0.08106261, 0.08189925.
    """
    theirs = np.sqrt(1 + DRAWS / 10_000)
    cost, effect, parameters = _voi_example(2)
    whole = perfect_information(cost, effect, np.array([1.0, 2.0, 3.0]))
    _assert_near(
        whole.value, np.array([0.4759885, 0.4028003, 0.4174207]), theirs * whole.standard_error
    )
    for name, printed in (("p1", 0.08210074), ("p2", 0.39029827)):
        part = partial_information(cost, effect, 1.0, parameters, name)
        _assert_near(part.value, printed, theirs * part.standard_error)
    study = Study((Normal("p1", 1.0),))
    sizes = np.array([10.0, 100.0, 1000.0])
    sample = sample_information(cost, effect, 1.0, parameters, study, sizes, seed=1)
    printed_sample = np.array([0.07440250, 0.08106261, 0.08189925])
    _assert_near(sample.value, printed_sample, theirs * sample.standard_error)


@pytest.mark.parametrize("seed", range(3))
def test_partial_information_of_a_linear_normal_model(seed: int) -> None:
    """Knowing θ leaves increments with the variance that θ explains."""
    random = np.random.default_rng([3, seed])
    slopes = np.array([800.0, -500.0, 300.0])
    theta = random.normal(0, 1, (3, DRAWS))
    cost, effect = _two(-(150 + slopes @ theta) / 2, (150 + slopes @ theta) / 2)
    parameters = dict(zip("abc", theta, strict=True))
    for names in ("a", "b", "c", ("a", "b"), ("b", "c"), ("a", "b", "c")):
        kept = [slopes["abc".index(name)] for name in names]
        found = partial_information(cost, effect, 1.0, parameters, names)
        exact = unit_normal_loss(150, float(np.hypot.reduce(kept)))
        _assert_near(found.value, exact, found.standard_error)
        assert found.adequate[0]


def test_partial_information_of_a_curved_model_with_three_strategies() -> None:
    """By quadrature: E[NB | x] = (0, eˣ − 1.9, 1 − x² + x / 2), x standard normal."""
    random = np.random.default_rng(4)
    x, y = random.normal(size=(2, 2 * DRAWS))
    benefit = np.stack([0 * x, np.exp(x) - 1.9 + x * y, 1 - x**2 + x / 2 + 2 * y])

    def known(t: float) -> float:
        return float(max(0.0, np.exp(t) - 1.9, 1 - t**2 + t / 2) * stats.norm.pdf(t))

    exact = integrate.quad(known, -9, 9, limit=400)[
        0
    ]  # every strategy is worth 0 or less on average
    assert np.exp(0.5) - 1.9 < 0
    found = partial_information(-benefit, 0 * benefit, 0.0, {"x": x, "y": y}, "x")
    _assert_near(found.value, exact, found.standard_error)


def test_partial_information_of_an_interaction() -> None:
    """Benefit x y − 0.2: neither alone is worth anything, both together are, by quadrature."""
    random = np.random.default_rng(5)
    x, y, noise = random.normal(size=(3, DRAWS))
    cost, effect = _two(0.2 - x * y + noise, 0 * x)
    parameters = {"x": x, "y": y}
    both = partial_information(cost, effect, 0.0, parameters, ("x", "y"))
    exact = integrate.quad(
        lambda t: unit_normal_loss(-0.2, abs(t)) * stats.norm.pdf(t), -9, 9, points=[0.0]
    )[0]
    _assert_near(both.value, exact, both.standard_error)
    for name in parameters:
        alone = partial_information(cost, effect, 0.0, parameters, name)
        assert alone.value[0] < 0.02 * exact


@pytest.mark.parametrize("seed", range(3))
def test_sample_information_of_two_normal_means_in_clusters(seed: int) -> None:
    """Preposterior variance: Σ slope² s² · s² / (s² + sd² / n), n thinned by the design effect."""
    random = np.random.default_rng([6, seed])
    a, b, c = random.normal(0, 1, DRAWS), random.normal(0, 2, DRAWS), random.normal(0, 1, DRAWS)
    cost, effect = _two(-(0.7 + a - b + c), 0 * a)
    study = Study(
        (Normal("a", 3.0), Normal("b", 8.0, share=0.5)),
        cluster_size=20,
        intracluster_correlation=0.03,
    )
    sizes = np.array([10.0, 40.0, 200.0, 2000.0])
    exact = []
    for n in sizes:
        first, second = n / (1 + 19 * 0.03), n / 2 / (1 + 9 * 0.03)
        spread = np.sqrt(1 / (1 + 9 / first) + 16 / (4 + 64 / second))
        exact.append(unit_normal_loss(0.7, spread))
    found = sample_information(cost, effect, 0.0, {"a": a, "b": b}, study, sizes, seed)
    _assert_near(found.value, np.array(exact), found.standard_error)


def test_sample_information_of_a_log_ratio() -> None:
    random = np.random.default_rng(7)
    log_ratio = random.normal(-0.2, 0.3, DRAWS)
    cost, effect = _two(1000 * (log_ratio + 0.1) + random.normal(0, 50, DRAWS), 0 * log_ratio)
    sizes = np.array([20.0, 100.0, 1000.0])
    exact = [unit_normal_loss(100, 1000 * 0.09 / np.sqrt(0.09 + 4 / n)) for n in sizes]
    study = Study((LogRatio("ratio", 2.0),))
    found = sample_information(cost, effect, 0.0, {"ratio": np.exp(log_ratio)}, study, sizes, 1)
    _assert_near(found.value, np.array(exact), found.standard_error)


def _conjugate(chances: Floats, posterior: Floats, margin: float, prior: float) -> float:
    return float(chances @ np.maximum(posterior - margin, 0)) - max(prior - margin, 0)


@pytest.mark.parametrize("margin", [0.15, 0.25, 0.3])
def test_sample_information_of_a_probability_by_enumeration(margin: float) -> None:
    """Beta(2, 8) and n Bernoulli trials: the sum over every count of its beta-binomial chance."""
    random = np.random.default_rng(8)
    p = random.beta(2, 8, DRAWS)
    cost, effect = _two(10_000 * margin + random.normal(0, 500, DRAWS), p)
    sizes = np.array([1.0, 2, 5, 20, 100, 500])
    exact = []
    for n in sizes.astype(int):
        count = np.arange(n + 1)
        chances = stats.betabinom.pmf(count, n, 2, 8)
        exact.append(_conjugate(chances, (2 + count) / (10 + n), margin, 0.2))
    study = Study((Binomial("p"),))
    found = sample_information(cost, effect, 10_000, {"p": p}, study, sizes, seed=2)
    _assert_near(found.value, 10_000 * np.array(exact), found.standard_error)


def test_sample_information_of_a_rate_by_enumeration() -> None:
    """Gamma(3, 1.5 years) and Poisson counts: the sum over counts of their gamma-Poisson chance."""
    random = np.random.default_rng(9)
    rate = random.gamma(3, 1 / 1.5, DRAWS)
    cost, effect = _two(2.2 + random.normal(0, 1, DRAWS), rate)
    sizes = np.array([1.0, 4, 20, 200])
    exact = []
    for time in sizes * 0.5:
        count = np.arange(5000)
        chances = stats.nbinom.pmf(count, 3, 1.5 / (1.5 + time))
        exact.append(_conjugate(chances, (3 + count) / (1.5 + time), 2.2, 2.0))
    study = Study((Poisson("rate", exposure=0.5),))
    found = sample_information(cost, effect, 1.0, {"rate": rate}, study, sizes, seed=3)
    _assert_near(found.value, np.array(exact), found.standard_error)


def test_the_best_size_of_a_linear_normal_study() -> None:
    """Net benefit of sampling N · loss(n) − fixed − unit · n, maximised by hand on the grid."""
    random = np.random.default_rng(10)
    theta = random.normal(100, 400, DRAWS)
    cost, effect = _two(-theta + random.normal(0, 100, DRAWS), 0 * theta)
    sizes = np.arange(0.0, 1001, 50)
    people = effective_population(1000, 1.025 ** -np.arange(5.0))
    assert people == pytest.approx(1000 * (1 - 1.025**-5) / (1 - 1 / 1.025))
    exact = np.array(
        [
            people * unit_normal_loss(100, 400**2 / np.sqrt(400**2 + 2000**2 / n)) if n else 0.0
            for n in sizes
        ]
    )
    spent = 20_000 + 300 * sizes
    study = Study((Normal("theta", 2000.0),))
    information = sample_information(cost, effect, 0.0, {"theta": theta}, study, sizes, 4)
    found = sampling(information, people, StudyCost(fixed=20_000, participant=300))
    _assert_near(found.net[1:], (exact - spent)[1:], found.standard_error[1:])
    best = int(np.argmax(exact - spent))
    assert abs(found.best - best) <= 1
    assert found.pays
