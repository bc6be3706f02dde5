"""Cost-effectiveness plane, interval of the ratio, incremental net benefit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from preuve.core.errors import PreuveError
from preuve.economics.analysis.plane import incremental_benefit, plane

Floats = NDArray[np.float64]


def _binormal(mean: tuple[float, float], sd: tuple[float, float], rho: float) -> tuple[Floats, ...]:
    """Incremental draws with exactly these moments."""
    random = np.random.default_rng(5)
    z = random.standard_normal((2, 20_000))
    z -= z.mean(axis=1, keepdims=True)
    z = np.linalg.solve(np.linalg.cholesky(np.cov(z)), z)
    dc = mean[0] + sd[0] * z[0]
    de = mean[1] + sd[1] * (rho * z[0] + np.sqrt(1 - rho**2) * z[1])
    none = np.zeros_like(dc)
    return np.stack([none, dc]), np.stack([none, de])


def test_fieller_bounds_are_where_net_benefit_is_just_undecided() -> None:
    """At each bound R the mean of R e − c is 1.96 of its standard deviations from 0."""
    cost, effect = _binormal((1000, 0.1), (200, 0.02), 0.3)
    found = plane(cost, effect, 1)
    assert found.ratio.value == pytest.approx(10_000)
    assert found.ratio_interval is not None
    low, high = found.ratio_interval
    assert low < 10_000 < high
    for bound in (low, high):
        spread = np.sqrt(200**2 - 2 * bound * 0.3 * 200 * 0.02 + bound**2 * 0.02**2)
        z = (bound * 0.1 - 1000) / spread
        assert abs(z) == pytest.approx(float(special.ndtri(0.975)), rel=1e-9)
    assert found.correlation == pytest.approx(0.3)
    assert found.omission == ""


def test_no_interval_where_the_effect_may_be_none() -> None:
    cost, effect = _binormal((1000, 0.1), (200, 0.06), 0.0)
    found = plane(cost, effect, 1)
    assert found.ratio_interval is None
    assert found.omission == "effect_may_be_none"
    assert "no bound" in found.words


def test_a_skewed_effect_gives_no_bound_though_always_positive() -> None:
    """Fieller's set is unbounded: mean 0.1, standard deviation 0.1."""
    random = np.random.default_rng(3)
    effect = np.stack([np.zeros(5000), random.gamma(1, 0.1, 5000)])
    cost = np.stack([np.zeros(5000), random.normal(1000, 100, 5000)])
    found = plane(cost, effect, 1)
    assert found.effect.low > 0
    assert found.ratio_interval is None
    assert found.omission == "effect_may_be_none"


def test_no_ratio_for_a_dominant_strategy() -> None:
    cost, effect = _binormal((-1000, 0.1), (200, 0.02), 0.0)
    found = plane(cost, effect, 1)
    assert found.ratio.value is None
    assert found.omission == "no_ratio"
    assert found.words.startswith("dominant")
    assert found.dominant == pytest.approx(1, abs=1e-3)


def test_a_mirror_strategy_lies_at_the_origin() -> None:
    draws = np.random.default_rng(1).normal(size=(1, 100)).repeat(2, axis=0)
    found = plane(draws, draws, 1)
    assert (found.cost.mean, found.effect.low, found.effect.high) == (0, 0, 0)
    assert found.ratio.meaning == "same"
    assert found.correlation is None
    assert found.dominant == found.dominated == 0
    assert found.quadrants.more_effective_more_costly == 0.25


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=2, max_size=20))
def test_quadrants_share_every_draw(pairs: list[tuple[int, int]]) -> None:
    dc, de = np.array(pairs, dtype=float).T
    none = np.zeros_like(dc)
    found = plane(np.stack([none, dc]), np.stack([none, de]), 1)
    there, back = found.quadrants, plane(np.stack([none, dc]), np.stack([none, de]), 0, 1).quadrants
    shares = list(vars(there).values())
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0
    assert there.more_effective_less_costly == pytest.approx(back.less_effective_more_costly)


def test_incremental_benefit_is_linear_in_willingness() -> None:
    cost, effect = _binormal((1000, 0.1), (200, 0.02), 0.3)
    found = incremental_benefit(cost, effect, np.array([0.0, 10_000.0, 20_000.0]), 1)
    np.testing.assert_allclose(found.mean, [-1000, 0, 1000], atol=1e-8)
    assert (found.low < found.mean).all()
    assert (found.mean < found.high).all()
    assert found.probability_positive[1] == pytest.approx(0.5, abs=0.02)
    spread = np.sqrt(200**2 - 2 * 20_000 * 0.3 * 4 + (20_000 * 0.02) ** 2)
    # standard error of a 2.5 % quantile of 20,000 normal draws: about 0.019 sd
    assert found.low[2] == pytest.approx(1000 - 1.96 * spread, abs=4 * 0.019 * spread)


def test_bad_input_is_told() -> None:
    with pytest.raises(PreuveError):
        plane(np.zeros((2, 3)), np.zeros((2, 4)), 1)
    with pytest.raises(PreuveError):
        plane(np.zeros((2, 1)), np.zeros((2, 1)), 1)
    with pytest.raises(PreuveError):
        incremental_benefit(np.zeros((2, 3)), np.zeros((2, 3)), np.array([-1.0]), 1)
    with pytest.raises(PreuveError):
        plane(np.full((2, 3), np.inf), np.zeros((2, 3)), 1)
