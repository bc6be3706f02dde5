"""Value of a study: laws, clusters, seeds, costs and the best size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.economics.analysis.information import perfect_information
from preuve.economics.analysis.sample_information import (
    SampleInformation,
    StudyCost,
    sample_information,
    sampling,
)
from preuve.economics.analysis.study import Binomial, LogRatio, Normal, Poisson, Study

Floats = NDArray[np.float64]
SIZES = np.array([0.0, 5, 20, 100, 1000, 100_000])


def _model(seed: int, draws: int = 1500) -> tuple[Floats, Floats, dict[str, Floats]]:
    random = np.random.default_rng(seed)
    parameters = {
        "p": random.beta(2, 6, draws),
        "m": random.normal(0, 1, draws),
        "r": random.gamma(3, 0.5, draws),
        "q": random.lognormal(0, 0.4, draws),
    }
    p, m, r, q = parameters.values()
    terms = np.stack([p, m, r * p, np.log(q), random.normal(0, 0.3, draws)])
    return random.normal(size=(3, 5)) @ terms, random.normal(size=(3, 5)) @ terms, parameters


STUDIES = [
    Study((Binomial("p"),)),
    Study((Normal("m", 2.0),), cluster_size=10, intracluster_correlation=0.05),
    Study((Poisson("r", 0.5),)),
    Study((LogRatio("q", 2.0), Binomial("p", share=0.2))),
]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(STUDIES))
def test_a_larger_study_is_worth_more_up_to_knowing_the_parameters(seed: int, study: Study) -> None:
    cost, effect, parameters = _model(seed)
    found = sample_information(cost, effect, 1.0, parameters, study, SIZES, seed=1)
    assert found.value[0] == 0
    assert (np.diff(found.value) >= 0).all()
    assert (found.value <= found.ceiling).all()
    assert found.ceiling <= perfect_information(cost, effect, 1.0).value[0] + 1e-12
    # a huge study: within the noise of the regression on its data
    assert found.value[-1] == pytest.approx(found.ceiling, rel=0.05, abs=2e-3)


def test_noise_never_makes_a_larger_study_worth_less() -> None:
    m = np.random.default_rng(4).normal(0.1, 1, 300)
    effect = np.stack([0 * m, m])
    study = Study((Normal("m", 2.0),))
    sizes = np.arange(1.0, 60)
    found = sample_information(0 * effect, effect, 1.0, {"m": m}, study, sizes, seed=1)
    assert (np.diff(found.value) >= 0).all()
    assert found.clipped.any()


def test_the_standard_error_is_that_of_repetitions() -> None:
    values, errors = [], []
    for seed in range(60):
        random = np.random.default_rng([13, seed])
        m, other = random.normal(0.5, 1, 1000), random.normal(0, 4, 1000)
        cost, effect = np.stack([0 * m, other]), np.stack([0 * m, m])
        study = Study((Normal("m", 2.0),))
        found = sample_information(cost, effect, 1.0, {"m": m}, study, np.array([8.0]), seed)
        values.append(found.value[0])
        errors.append(found.standard_error[0])
    # the standard deviation of 60 values is known to about 9 %
    assert np.std(values, ddof=1) == pytest.approx(np.mean(errors), rel=0.35)


def test_the_seed_decides_the_data() -> None:
    cost, effect, parameters = _model(1)

    def value(seed: int) -> Floats:
        study = STUDIES[0]
        return sample_information(cost, effect, 1.0, parameters, study, SIZES, seed).value

    np.testing.assert_array_equal(value(1), value(1))
    assert (value(1)[1:4] != value(2)[1:4]).any()


def test_clusters_thin_the_observations() -> None:
    study = Study((Normal("m", 1.0),), cluster_size=28, intracluster_correlation=0.05)
    np.testing.assert_allclose(study.effective(np.array([280.0])), 280 / (1 + 27 * 0.05))
    np.testing.assert_allclose(study.clusters(np.array([280.0, 281.0])), [10, 11])
    few_ill = study.effective(np.array([280.0]), share=0.1)
    np.testing.assert_allclose(few_ill, 28 / (1 + 1.8 * 0.05))
    cost, effect, parameters = _model(3)
    plain = Study((Normal("m", 1.0),))
    sizes = np.array([28.0, 280.0])
    clustered = sample_information(cost, effect, 1.0, parameters, study, sizes, 1)
    same = sample_information(cost, effect, 1.0, parameters, plain, study.effective(sizes), 1)
    np.testing.assert_allclose(clustered.value, same.value)


def test_data_have_the_moments_of_their_design() -> None:
    random = np.random.Generator(np.random.Philox(7))
    draws, sizes = 40_000, np.array([50.0, 200.0])
    truth = {
        name: np.full(draws, v) for name, v in (("p", 0.3), ("m", 5.0), ("r", 2.0), ("q", 1.5))
    }
    study = Study((Binomial("p"), Normal("m", 3.0), Poisson("r", 0.5), LogRatio("q", 2.0)))
    shown = study.observe(truth, sizes, random)
    means = np.array([0.3, 5, 2, np.log(1.5)])
    for at_size, n in zip(shown, sizes, strict=True):
        spread = np.sqrt(np.array([0.21, 9, 2 / 0.5, 4]) / n)
        assert (np.abs(at_size.mean(axis=1) - means) < 4 * spread / np.sqrt(draws)).all()
        np.testing.assert_allclose(at_size.std(axis=1), spread, rtol=4 / np.sqrt(2 * draws))
    # the larger study holds the smaller one: correlation sqrt(50 / 200)
    together = [np.corrcoef(a, b)[0, 1] for a, b in zip(*shown, strict=True)]
    np.testing.assert_allclose(together, 0.5, atol=4 / np.sqrt(draws))


def _information(value: list[float], sizes: list[float]) -> SampleInformation:
    found = np.array(value)
    study = Study((Normal("m", 1.0),), cluster_size=10)
    none = np.zeros(found.size)
    return SampleInformation(study, 1.0, np.array(sizes), found, none + 0.1, 9.0, none > 0)


def test_the_best_size_weighs_value_and_cost() -> None:
    information = _information([0, 1.0, 1.5, 1.6], [0, 10, 20, 40])
    found = sampling(information, 1000, StudyCost(fixed=100, participant=10, cluster=50))
    np.testing.assert_allclose(found.cost, [100, 250, 400, 700])
    np.testing.assert_allclose(found.net, [-100, 750, 1100, 900])
    np.testing.assert_allclose(found.standard_error, 100)
    assert found.best == 2
    assert found.best_size == 20
    assert found.pays


def test_a_study_that_does_not_pay_is_not_done() -> None:
    information = _information([0.1, 0.2], [10, 20])
    found = sampling(information, 1000, StudyCost(fixed=1000, participant=0))
    assert not found.pays
    assert found.best_size == 0


@pytest.mark.parametrize(
    "study",
    [
        {"measures": ()},
        {"measures": (Binomial("p", share=0),)},
        {"measures": (Normal("m", 0),)},
        {"measures": (Binomial("p"),), "cluster_size": 0.5},
        {"measures": (Binomial("p"),), "intracluster_correlation": 2},
    ],
)
def test_an_impossible_study_is_refused(study: dict[str, Any]) -> None:
    with pytest.raises(PreuveError):
        Study(**study)


@pytest.mark.parametrize(
    ("measure", "sizes"),
    [
        (Binomial("m"), [10.0]), (Poisson("m", 1), [10.0]), (LogRatio("m", 1), [10.0]),
        (Binomial("absent"), [10.0]), (Binomial("p"), [10.0, 5.0]), (Binomial("p"), [-1.0]),
        (Binomial("p"), []),
    ],
)  # fmt: skip
def test_a_study_that_does_not_fit_the_model_is_refused(measure: Any, sizes: list[float]) -> None:
    cost, effect, parameters = _model(2, draws=50)
    with pytest.raises(PreuveError):
        sample_information(cost, effect, 1.0, parameters, Study((measure,)), np.array(sizes), 1)


def test_negative_costs_are_refused() -> None:
    with pytest.raises(PreuveError):
        sampling(_information([1], [10]), 10, StudyCost(-1, 0))
