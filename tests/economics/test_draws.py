"""Draws: reproducible, apart from each other, and with the margins and ties that are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from preuve.economics.specification.parameters import Correlation, Covariance, Dirichlet, Parameter
from preuve.economics.uncertainty.draws import Joint, root
from preuve.economics.uncertainty.families import distribution
from preuve.economics.uncertainty.figures import Figure, figure

COUNT = 20_000


def known(name: str, text: str, unit: str = "EUR") -> Figure:
    written = Parameter(distribution=text, unit=unit, source="SYNTHETIC", grade="D")
    return figure(name, written, {}, {})


def joint(**texts: str) -> Joint:
    return Joint({name: known(name, text) for name, text in texts.items()})


MARGINS: dict[str, Any] = {
    "beta(10, 90)": stats.beta(10, 90),
    "beta(mean=0.7, sd=0.05)": stats.beta(58.1, 24.9),
    "gamma(4, 25)": stats.gamma(4, scale=25),
    "gamma(mean=100, sd=20)": stats.gamma(25, scale=4),
    "gamma(shape=4, rate=0.04)": stats.gamma(4, scale=25),
    "normal(3, 2)": stats.norm(3, 2),
    "lognormal(0.8, 0.1)": stats.lognorm(0.1, scale=0.8),
    "lognormal(meanlog=1, sdlog=0.5)": stats.lognorm(0.5, scale=np.e),
    "uniform(2, 6)": stats.uniform(2, 4),
    "triangular(1, 2, 5)": stats.triang(0.25, 1, 4),
    "normal(1/4, 2*0.5)": stats.norm(0.25, 1),
}


@pytest.mark.parametrize("text", MARGINS)
def test_margins_are_those_of_scipy(text: str) -> None:
    found, mean = distribution(text)
    at = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    assert found.quantile(at) == pytest.approx(MARGINS[text].ppf(at), rel=1e-6)
    assert mean == pytest.approx(MARGINS[text].mean())
    drawn = joint(one=text).drawn(COUNT, seed=3)["one"]
    assert stats.kstest(drawn, MARGINS[text].cdf).pvalue > 1e-4


@pytest.mark.parametrize(
    ("text", "share"),
    [("bounds(0.6, 0.9)", True), ("bounds(2, 8)", False), ("bounds(-2, 8)", False)],
)
def test_bounds_hold_ninety_five_percent(text: str, share: bool) -> None:
    found, middle = distribution(text, share)
    low, high = found.quantile(np.array([0.025, 0.975]))
    assert f"bounds({low:g}, {high:g})" == text
    assert low < middle < high


@given(mean=st.floats(1, 1e4), spread=st.floats(0.01, 1))
def test_a_lognormal_of_a_mean_has_it(mean: float, spread: float) -> None:
    found, told = distribution(f"lognormal(mean={mean}, sd={mean * spread})")
    assert told == pytest.approx(mean)
    nodes, weight = np.polynomial.hermite_e.hermegauss(80)
    inside = np.abs(nodes) < 7
    values = found.quantile(stats.norm.cdf(nodes))
    assert np.sum(weight[inside] * values[inside]) / weight.sum() == pytest.approx(mean, rel=1e-3)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**63), count=st.integers(1, 300))
def test_the_same_seed_gives_the_same_bytes(seed: int, count: int) -> None:
    one = joint(a="beta(2, 3)", b="gamma(2, 3)")
    first, second = one.drawn(count, seed), one.drawn(count, seed)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)
    other = one.drawn(count, seed + 1)
    assert count < 2 or any(np.any(first[name] != other[name]) for name in first)


def test_a_parameter_more_changes_no_other_nor_does_the_order() -> None:
    alone = joint(a="beta(2, 3)", b="gamma(2, 3)").drawn(100, seed=1)
    more = joint(c="normal(0, 1)", b="gamma(2, 3)", a="beta(2, 3)").drawn(100, seed=1)
    assert list(more) == ["c", "b", "a"]
    for name, drawn in alone.items():
        assert drawn.tobytes() == more[name].tobytes()


def test_a_certain_figure_stays_itself() -> None:
    written = Parameter(value=3.0, unit="EUR", source="SYNTHETIC", grade="D")
    one = Joint({"x": figure("x", written, {}, {})})
    assert one.drawn(5, seed=1)["x"].tolist() == [3.0] * 5
    assert one.central()["x"].tolist() == [3.0]


def test_parameters_are_apart_unless_tied() -> None:
    drawn = joint(a="beta(2, 3)", b="beta(2, 3)").drawn(COUNT, seed=1)
    assert abs(np.corrcoef(drawn["a"], drawn["b"])[0, 1]) < 4 / np.sqrt(COUNT)


@settings(max_examples=15, deadline=None)
@given(asked=st.floats(-0.95, 0.95))
def test_a_correlation_is_reached_and_margins_stay(asked: float) -> None:
    tie = Correlation(names=("a", "b"), matrix=((1, asked), (asked, 1)), source="SYNTHETIC")
    free = joint(a="beta(2, 30)", b="gamma(2, 3)")
    drawn = Joint(free.figures, correlations=(tie,)).drawn(COUNT, seed=2)
    scores = stats.spearmanr(drawn["a"], drawn["b"]).statistic
    expected = 6 / np.pi * np.arcsin(asked / 2)
    assert scores == pytest.approx(expected, abs=0.03)
    assert stats.kstest(drawn["b"], stats.gamma(2, scale=3).cdf).pvalue > 1e-4


def test_figures_fully_tied_move_together() -> None:
    tie = Correlation(names=("a", "b"), matrix=((1, 1), (1, 1)), source="SYNTHETIC")
    free = joint(a="uniform(0, 1)", b="uniform(0, 10)")
    drawn = Joint(free.figures, correlations=(tie,)).drawn(1000, seed=2)
    assert drawn["b"] == pytest.approx(10 * drawn["a"], abs=1e-4)


@given(counts=st.lists(st.floats(0.2, 500), min_size=2, max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_dirichlet_sums_to_one(counts: list[float]) -> None:
    named = {f"p{place}": count for place, count in enumerate(counts)}
    tie = Dirichlet(dirichlet=named, source="SYNTHETIC", grade="D")
    figures = {
        name: Figure(name, count / sum(counts), "probability", None, "s", "D")
        for name, count in named.items()
    }
    drawn = Joint(figures, dirichlets=(tie,)).drawn(2000, seed=1)
    assert sum(drawn.values()) == pytest.approx(np.ones(2000))
    for name, count in named.items():
        margin = stats.beta(count, sum(counts) - count)
        off = abs(drawn[name].mean() - margin.mean())
        assert off < 5 * margin.std() / np.sqrt(2000)


def test_a_multinormal_has_its_covariance() -> None:
    covariance = np.array([[0.04, 0.018, 0.0], [0.018, 0.09, -0.02], [0.0, -0.02, 0.01]])
    mean = (0.5, -1.0, 2.0)
    tie = Covariance(
        names=("a", "b", "c"),
        mean=mean,
        covariance=tuple(map(tuple, covariance.tolist())),
        source="SYNTHETIC",
        grade="D",
    )
    figures = {name: Figure(name, 0.0, "number", None, "s", "D") for name in tie.names}
    drawn = Joint(figures, covariances=(tie,)).drawn(COUNT, seed=1)
    rows = np.stack([drawn[name] for name in tie.names])
    assert rows.mean(axis=1) == pytest.approx(mean, abs=0.01)
    assert np.cov(rows) == pytest.approx(covariance, abs=0.003)


@settings(max_examples=50)
@given(data=st.lists(st.floats(-3, 3), min_size=9, max_size=9), rank=st.integers(1, 3))
def test_a_root_gives_its_matrix_back(data: list[float], rank: int) -> None:
    half = np.array(data).reshape(3, 3)[:, :rank]
    square = half @ half.T
    found = root(square)
    assert found @ found.T == pytest.approx(square, abs=1e-6 * max(1.0, float(np.trace(square))))
    assert np.allclose(found, np.tril(found))


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[1, 2], [2, 1]], "positive semi-definite"),
        ([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], "positive semi-definite"),
        ([[1, 0.5], [0.4, 1]], "symmetric"),
        ([[1, 0.5]], "square"),
    ],
)
def test_what_has_no_root(matrix: list[list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        root(np.array(matrix, dtype=float))
