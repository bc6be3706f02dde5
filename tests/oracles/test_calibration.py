"""Calibration and decision figures against independent libraries and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from preuve.evaluation.calibration import recalibration
from preuve.evaluation.grid import Grid
from preuve.evaluation.measures import (
    MEASURES,
    Value,
    decision_value,
    distribution_of,
    on_scale,
    score_value,
)
from preuve.evaluation.pooled import pooled_recalibration
from preuve.evaluation.summary import Summary, confusion

RANDOM = np.random.default_rng(11)
REFERENCE = (RANDOM.random(3000) < 0.3).astype(np.int8)
SCORES = 1 / (1 + np.exp(-(1.4 * RANDOM.normal(size=3000) + 1.1 * REFERENCE - 1.2)))
GRID = Grid.at((0.2, 0.5), 0.5)
SUMMARY = Summary.of(SCORES, REFERENCE, None, GRID)


def test_slope_and_intercept_equal_statsmodels() -> None:
    found = recalibration(SCORES, REFERENCE.astype(float))
    logit = np.log(SCORES / (1 - SCORES))
    slope = sm.GLM(REFERENCE, sm.add_constant(logit), family=sm.families.Binomial()).fit(tol=1e-12)
    offset = sm.GLM(
        REFERENCE, np.ones(len(logit)), family=sm.families.Binomial(), offset=logit
    ).fit(tol=1e-12)
    assert found is not None
    assert found.slope == pytest.approx(slope.params[1], abs=1e-8)
    assert found.slope_variance == pytest.approx(slope.bse[1] ** 2, rel=1e-6)
    assert found.intercept == pytest.approx(offset.params[0], abs=1e-8)
    assert found.intercept_variance == pytest.approx(offset.bse[0] ** 2, rel=1e-6)


def test_clustered_errors_equal_statsmodels() -> None:
    persons = np.repeat(np.arange(1000), 3)
    found = recalibration(SCORES, REFERENCE.astype(float), persons=persons)
    logit = np.log(SCORES / (1 - SCORES))
    model = sm.GLM(REFERENCE, sm.add_constant(logit), family=sm.families.Binomial())
    fitted = model.fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": persons, "use_correction": False}
    )
    assert found is not None
    assert found.slope_variance == pytest.approx(fitted.bse[1] ** 2 * 1000 / 999, rel=1e-6)


def test_the_histogram_gives_the_slope_of_the_scores_within_its_bins() -> None:
    exact, binned = (
        recalibration(SCORES, REFERENCE.astype(float)),
        pooled_recalibration([SUMMARY.histogram]),
    )
    assert exact is not None
    assert binned is not None
    assert binned.slope == pytest.approx(exact.slope, abs=5e-4)
    assert binned.intercept == pytest.approx(exact.intercept, abs=5e-4)


def test_no_slope_where_classes_are_separated() -> None:
    assert recalibration(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0, 1, 1])) is None


def test_brier_score_equals_scikit_learn() -> None:
    found = score_value("brier", SUMMARY.sums, SUMMARY.moments, 3000.0)
    assert found is not None
    assert found.value == pytest.approx(metrics.brier_score_loss(REFERENCE, SCORES), abs=1e-12)
    errors = (REFERENCE - SCORES) ** 2
    assert found.variance == pytest.approx(errors.var(ddof=1) / 3000, rel=1e-9)


def test_net_benefit_by_its_definition() -> None:
    """Vickers and Elkin, Med Decis Making 2006;26:565: TP/n - FP/n × t/(1 - t)."""
    counts = confusion(SUMMARY.histogram, GRID.first_bin(0.2)).astype(float)
    found = decision_value("net_benefit", counts, SUMMARY.decisions[0], 3000.0, 0.2)
    called = SCORES >= 0.2
    expected = np.mean(called & (REFERENCE == 1)) - np.mean(called & (REFERENCE == 0)) * 0.25
    assert found is not None
    assert found.value == pytest.approx(expected, abs=1e-12)


def test_likelihood_ratio_and_its_interval() -> None:
    """Simel, Samsa and Matchar 1991, on 2 × 2 counts."""
    counts = np.array([90.0, 30.0, 10.0, 170.0])
    found = decision_value("positive_likelihood_ratio", counts, np.diag(counts), 1e12, 0.5)
    assert found is not None
    error = np.sqrt(1 / 90 - 1 / 100 + 1 / 30 - 1 / 200)
    assert found.value == pytest.approx(6.0)
    assert np.sqrt(found.variance) / found.value == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize(("events", "size"), [(0, 20), (3, 47), (45, 47), (47, 47)])
def test_interval_of_a_proportion_is_jeffreys(events: int, size: int) -> None:
    share = events / size
    value = Value(share, share * (1 - share) / size, size)
    belief = distribution_of(MEASURES["sensitivity"], value)
    assert belief is not None
    low, high = belief.quantile(np.array([0.025, 0.975]))
    expected = proportion_confint(events, size, method="jeffreys")
    assert low == pytest.approx(stats.beta.ppf(0.025, events + 0.5, size - events + 0.5))
    if 0 < events < size:
        assert (low, high) == pytest.approx(expected)


def test_a_perfect_area_keeps_an_uncertainty() -> None:
    belief = distribution_of(MEASURES["auroc"], Value(1.0, 0.0, 12))
    assert belief is not None
    low, high = belief.quantile(np.array([0.025, 0.975]))
    assert 0.7 < low < 0.99 < high <= 1
    assert on_scale(MEASURES["auroc"], Value(1.0, 0.0, 12)) is not None


def test_intervals_cover_the_truth() -> None:
    """Binormal scores of known area (d' = 1.5): 95 % intervals hold it about 95 % of the time."""
    from preuve.evaluation.auroc import delong_covariance, placement

    truth = stats.norm.cdf(1.5 / np.sqrt(2))
    random = np.random.default_rng(5)
    held = 0
    for _ in range(1000):
        reference = np.repeat([0, 1], [60, 30]).astype(np.int8)
        placed = placement(random.normal(size=90) + 1.5 * reference, reference)
        variance = float(delong_covariance((placed,), None)[0, 0])
        belief = distribution_of(MEASURES["auroc"], Value(placed.area, variance, 30))
        assert belief is not None
        low, high = belief.quantile(np.array([0.025, 0.975]))
        held += bool(low <= truth <= high)
    assert 0.93 <= held / 1000 <= 0.975
