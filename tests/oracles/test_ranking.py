"""Ranking figures against published results, exact truths and independent libraries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from preuve.evaluation.auroc import delong_covariance, placement
from preuve.evaluation.average_precision import average_precision


def _hanley() -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Ratings of 109 CT images, Hanley and McNeil, Radiology 1982;143:29."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    ratings = np.repeat([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], normal + abnormal).astype(float)
    return ratings, np.repeat([0, 1], [58, 51]).astype(np.int8)


def test_area_and_standard_error_of_the_hanley_ratings() -> None:
    """Stata Base Reference Manual, roctab, example 1: area 0.8932, standard error 0.0307."""
    scores, reference = _hanley()
    placed = placement(scores, reference)
    error = float(np.sqrt(delong_covariance((placed,), None)[0, 0]))
    assert round(placed.area, 4) == 0.8932
    assert round(error, 4) == 0.0307
    assert round(placed.area - 1.959964 * error, 5) == 0.83295
    assert round(placed.area + 1.959964 * error, 5) == 0.95339


def _by_definition(
    systems: list[NDArray[np.float64]], reference: NDArray[np.int8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Areas and covariance from every pair of an event and a non-event: DeLong 1988."""
    v10, v01 = [], []
    for scores in systems:
        x, y = scores[reference == 1], scores[reference == 0]
        psi = (y[None, :] < x[:, None]) + 0.5 * (y[None, :] == x[:, None])
        v10.append(psi.mean(axis=1))
        v01.append(psi.mean(axis=0))
    s10, s01 = np.cov(v10), np.cov(v01)
    areas = np.array([v.mean() for v in v10])
    return areas, np.atleast_2d(s10) / len(v10[0]) + np.atleast_2d(s01) / len(v01[0])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 8]))
def test_fast_covariance_equals_the_definition(seed: int, digits: int) -> None:
    random = np.random.default_rng(seed)
    reference = np.concatenate([[0, 0, 1, 1], random.integers(0, 2, 60)]).astype(np.int8)
    systems = [
        np.asarray(np.round(random.random(64) + 0.3 * reference, digits), dtype=float)
        for _ in range(2)
    ]
    areas, covariance = _by_definition(systems, reference)
    placed = tuple(placement(scores, reference) for scores in systems)
    np.testing.assert_allclose([p.area for p in placed], areas, atol=1e-12)
    np.testing.assert_allclose(delong_covariance(placed, None), covariance, atol=1e-12)
    np.testing.assert_allclose(delong_covariance(placed, np.arange(64)), covariance, atol=1e-12)
    assert placed[0].area == pytest.approx(metrics.roc_auc_score(reference, systems[0]), abs=1e-12)


def test_copying_every_record_of_a_person_adds_no_information() -> None:
    """Obuchowski 1997: the variance depends on persons, not on how often each is recorded."""
    random = np.random.default_rng(1)
    reference = random.integers(0, 2, 80).astype(np.int8)
    scores = random.random(80) + 0.4 * reference
    once = delong_covariance((placement(scores, reference),), None)
    twice = delong_covariance(
        (placement(np.repeat(scores, 2), np.repeat(reference, 2)),), np.repeat(np.arange(80), 2)
    )
    np.testing.assert_allclose(once, twice, rtol=1e-12)
    apart = delong_covariance((placement(np.repeat(scores, 2), np.repeat(reference, 2)),), None)
    assert apart[0, 0] < 0.6 * once[0, 0]


def _bootstrap_error(
    scores: NDArray[np.float64], reference: NDArray[np.int8], records: int
) -> float:
    """Standard error of the area when persons, of `records` rows each, are drawn again."""
    random = np.random.default_rng(7)
    rows = np.arange(len(scores)).reshape(-1, records)
    replicates = []
    for _ in range(1500):
        chosen = rows[random.integers(0, len(rows), len(rows))].ravel()
        replicates.append(metrics.roc_auc_score(reference[chosen], scores[chosen]))
    return float(np.std(replicates))


def test_clustered_variance_is_that_of_a_bootstrap_of_persons() -> None:
    random = np.random.default_rng(2)
    people = 150
    persons = np.repeat(np.arange(people), 3)
    shared = np.repeat(random.normal(size=people), 3)
    reference = (np.repeat(random.random(people) < 0.4, 3)).astype(np.int8)
    scores = shared + reference + 0.3 * random.normal(size=3 * people)
    expected = delong_covariance((placement(scores, reference),), persons)[0, 0]
    assert np.sqrt(expected) == pytest.approx(_bootstrap_error(scores, reference, 3), rel=0.08)


def test_an_event_and_a_non_event_of_one_person_are_not_independent() -> None:
    """Obuchowski 1997, the cross term; here it takes away most of the variance."""
    random = np.random.default_rng(4)
    people = 120
    persons = np.repeat(np.arange(people), 2)
    reference = np.tile([0, 1], people).astype(np.int8)
    scores = np.repeat(random.normal(size=people), 2) + 0.8 * reference
    scores = np.asarray(scores + 0.3 * random.normal(size=2 * people), dtype=float)
    expected = delong_covariance((placement(scores, reference),), persons)[0, 0]
    apart = delong_covariance((placement(scores, reference),), None)[0, 0]
    assert np.sqrt(expected) == pytest.approx(_bootstrap_error(scores, reference, 2), rel=0.08)
    assert expected < 0.5 * apart


def test_average_precision_and_its_error() -> None:
    random = np.random.default_rng(0)
    reference = (random.random(2000) < 0.2).astype(np.int8)
    scores = np.asarray(np.round(random.normal(size=2000) + 1.5 * reference, 1), dtype=float)
    value, variance = average_precision(scores, reference)
    assert value == pytest.approx(metrics.average_precision_score(reference, scores), abs=1e-12)
    replicates = []
    for _ in range(600):
        chosen = random.integers(0, 2000, 2000)
        replicates.append(metrics.average_precision_score(reference[chosen], scores[chosen]))
    assert np.sqrt(variance) == pytest.approx(np.std(replicates), rel=0.1)
