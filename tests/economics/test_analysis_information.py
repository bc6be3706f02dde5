"""Value of partial information: laws, exact cases, safety and speed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.economics.analysis.information import perfect_information
from preuve.economics.analysis.partial_information import (
    PartialInformation,
    partial_information,
)

Floats = NDArray[np.float64]
GRID = np.array([0.0, 1.0, 3.0])


def _model(seed: int, draws: int = 600) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Three strategies, odd distributions, a nonlinear model."""
    random = np.random.default_rng(seed)
    parameters = {
        "heavy": random.lognormal(0, 1.5, draws),
        "share": random.beta(0.7, 3, draws),
        "coin": (random.random(draws) < 0.3).astype(float),
        "fixed": np.full(draws, 3.7),
    }
    x, p, coin, _fixed = parameters.values()
    weights = random.normal(size=(2, 3, 4))
    terms = np.stack([np.minimum(x, 5), p * coin, p**2, random.normal(size=draws)])
    return weights[0] @ terms, weights[1] @ terms, parameters


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_partial_information_lies_between_nothing_and_everything(seed: int) -> None:
    cost, effect, parameters = _model(seed)
    whole = perfect_information(cost, effect, GRID)
    for names in (*parameters, ("heavy", "share"), tuple(parameters)):
        found = partial_information(cost, effect, GRID, parameters, names)
        assert (found.value >= 0).all()
        assert (found.value <= whole.value * (1 + 1e-9) + 1e-12).all()
        np.testing.assert_allclose(found.ceiling, whole.value, atol=1e-12)
        assert np.isfinite(found.standard_error).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-100, 100))
def test_units_and_order_change_nothing(seed: int, a: float, b: float) -> None:
    cost, effect, parameters = _model(seed)
    plain = partial_information(cost, effect, GRID, parameters, ("heavy", "share"))
    turned = {"heavy": a * parameters["heavy"] + b, "share": -parameters["share"]}
    moved = partial_information(
        a * cost[::-1] + b, effect[::-1], a * GRID, turned, ("share", "heavy")
    )
    np.testing.assert_allclose(moved.value, a * plain.value, rtol=1e-3, atol=1e-4 * a)


def test_a_parameter_of_few_values_is_worth_its_group_means() -> None:
    cost, effect, parameters = _model(8)
    benefit = effect - cost
    coin = parameters["coin"]
    means = np.stack([benefit[:, coin == v].mean(axis=1) for v in (0, 1)], axis=1)
    shares = np.array([np.mean(coin == 0), np.mean(coin == 1)])
    exact = float(means.max(axis=0) @ shares - benefit.mean(axis=1).max())
    found = partial_information(cost, effect, 1.0, parameters, "coin")
    assert found.value[0] == pytest.approx(exact, abs=1e-9)


def test_a_parameter_that_does_not_vary_is_worth_nothing_and_harms_nothing() -> None:
    cost, effect, parameters = _model(9)
    alone = partial_information(cost, effect, GRID, parameters, "fixed")
    assert (alone.value == 0).all()
    assert (alone.standard_error == 0).all()
    both = partial_information(cost, effect, GRID, parameters, ("heavy", "fixed"))
    np.testing.assert_array_equal(
        both.value, partial_information(cost, effect, GRID, parameters, "heavy").value
    )


def test_equal_parameters_are_worth_one() -> None:
    random = np.random.default_rng(3)
    x = random.normal(0.3, 1, 4000)
    cost = np.stack([np.zeros(4000), random.normal(0, 1, 4000)])
    effect = np.stack([np.zeros(4000), x])
    twins = {"a": x, "b": x.copy()}
    one = partial_information(cost, effect, 1.0, twins, "a")
    two = partial_information(cost, effect, 1.0, twins, ("a", "b"))
    assert abs(one.value[0] - two.value[0]) < one.standard_error[0]


def test_one_strategy_alone_has_no_value_of_information() -> None:
    cost, effect, parameters = _model(10)
    found = partial_information(cost[:1], effect[:1], 1.0, parameters, "heavy")
    assert found.value[0] == found.ceiling[0] == 0


def test_residuals_that_drift_are_flagged() -> None:
    """A product of three parameters is beyond interactions of pairs: the fit says so."""
    random = np.random.default_rng(3)
    factors = np.exp(0.8 * random.normal(size=(3, 5000)))
    parameters = dict(zip("abc", factors, strict=True))
    none = np.zeros(5000)
    noise = random.normal(size=5000)

    def fitted(benefit: Floats) -> PartialInformation:
        draws = np.stack([none, benefit + noise])
        return partial_information(-draws, 0 * draws, 0.0, parameters, tuple("abc"))

    pairs = fitted(factors[0] * factors[1] + factors[2] - 3)
    assert pairs.adequate[0]
    triple = fitted(factors.prod(axis=0) - 2.2)
    assert not triple.adequate[0]
    assert triple.drift[0] > 0.05 > pairs.drift[0]
    assert triple.clipped[0]
    assert triple.value[0] == triple.ceiling[0]


def test_a_wiggle_that_no_spline_follows_is_not_explained() -> None:
    random = np.random.default_rng(6)
    x = random.random(20_000)
    cost = np.zeros((2, 20_000))
    smooth = partial_information(cost, np.stack([0 * x, 2 * x - 1]), 1.0, {"x": x}, "x")
    assert smooth.explained[0] == pytest.approx(1)
    jagged = np.sign(np.sin(200 * x)) + 2 * x
    rough = partial_information(cost, np.stack([0 * x, jagged - 1]), 1.0, {"x": x}, "x")
    assert rough.explained[0] < 0.5


def test_the_standard_error_is_that_of_repetitions() -> None:
    values, errors = [], []
    for seed in range(60):
        random = np.random.default_rng([11, seed])
        x, y = random.normal(0.5, 1, 1500), random.normal(0, 2, 1500)
        cost, effect = np.stack([0 * y, y]), np.stack([0 * x, np.expm1(x / 2)])
        found = partial_information(cost, effect, 1.0, {"x": x, "y": y}, "x")
        values.append(found.value[0])
        errors.append(found.standard_error[0])
    # the standard deviation of 60 values is known to about 9 %
    assert np.std(values, ddof=1) == pytest.approx(np.mean(errors), rel=0.35)


def test_bad_input_is_told() -> None:
    cost, effect, parameters = _model(1)
    with pytest.raises(PreuveError, match="nothere"):
        partial_information(cost, effect, 1.0, parameters, "nothere")
    with pytest.raises(PreuveError):
        partial_information(cost, effect, 1.0, parameters, ())
    with pytest.raises(PreuveError):
        partial_information(cost, effect, 1.0, {"short": np.zeros(3)}, "short")
