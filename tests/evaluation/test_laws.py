"""The law of the house: metrics of the sum of the parts are the metrics of the whole."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from preuve.evaluation.grid import Grid
from preuve.evaluation.measures import DECISION_MEASURES, decision_value, score_value
from preuve.evaluation.pooled import pooled_auroc, pooled_average_precision
from preuve.evaluation.summary import Histogram, Summary, confusion

GRID = Grid.at((0.1, 0.5, 0.8), 0.5)


@st.composite
def scored(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int64]]:
    seed, size = draw(st.integers(0, 2**32 - 1)), draw(st.integers(2, 300))
    random = np.random.default_rng(seed)
    reference = (random.random(size) < draw(st.floats(0.05, 0.95))).astype(np.int8)
    scores = 1 / (1 + np.exp(-(random.normal(size=size) * 3 + reference)))
    scores = np.round(scores, draw(st.sampled_from([1, 2, 12])))
    return scores, reference, random.integers(0, max(1, size // 2), size)


def _split(
    data: tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int64]], parts: int, seed: int
) -> list[Summary]:
    """Summaries of a random split that keeps each person in one part."""
    scores, reference, persons = data
    part = np.random.default_rng(seed).integers(0, parts, persons.max() + 1)[persons]
    return [
        Summary.of(scores[part == p], reference[part == p], persons[part == p], GRID)
        for p in range(parts)
    ]


@settings(max_examples=60, deadline=None)
@given(scored(), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_metrics_of_the_sum_are_metrics_of_the_whole(data, parts, seed) -> None:  # type: ignore[no-untyped-def]
    scores, reference, persons = data
    whole = Summary.of(scores, reference, persons, GRID)
    total = reduce(add, _split(data, parts, seed), Summary.zero(GRID))
    assert np.array_equal(total.counts, whole.counts)
    assert np.array_equal(total.people, whole.people)
    for index, threshold in enumerate(GRID.thresholds):
        first = GRID.first_bin(threshold)
        for measure in DECISION_MEASURES:
            one, other = (
                decision_value(
                    measure,
                    confusion(s.histogram, first).astype(float),
                    s.decisions[index],
                    float(len(np.unique(persons))),
                    threshold,
                )
                for s in (total, whole)
            )
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                assert one.value == pytest.approx(other.value, abs=1e-9)
                assert one.variance == pytest.approx(other.variance, abs=1e-9)
    for measure in ("brier", "observed_expected"):
        one, other = (score_value(measure, s.sums, s.moments, 9.0) for s in (total, whole))
        if one is not None and other is not None:
            assert one.value == pytest.approx(other.value, abs=1e-9)
    if 0 < reference.sum() < len(reference):
        bounded, same = pooled_auroc([total.histogram]), pooled_auroc([whole.histogram])
        assert bounded is not None
        assert same is not None
        assert bounded.value.value == same.value.value
        exact = metrics.roc_auc_score(reference, scores)
        assert bounded.low - 1e-12 <= exact <= bounded.high + 1e-12


@settings(max_examples=40, deadline=None)
@given(scored(), st.integers(0, 2**32 - 1))
def test_summaries_are_a_commutative_monoid(data, seed) -> None:  # type: ignore[no-untyped-def]
    a, b, c = _split(data, 3, seed)
    zero = Summary.zero(GRID)
    for left, right in ((a + b, b + a), ((a + b) + c, a + (b + c)), (a + zero, a)):
        for name in ("counts", "people"):
            assert np.array_equal(getattr(left, name), getattr(right, name))
        for name in ("score_sums", "decisions", "moments", "sums"):
            np.testing.assert_allclose(getattr(left, name), getattr(right, name), atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(scored())
def test_counts_at_a_threshold_are_exact(data) -> None:  # type: ignore[no-untyped-def]
    scores, reference, persons = data
    summary = Summary.of(scores, reference, persons, GRID)
    for index, threshold in enumerate(GRID.thresholds):
        tn, fp, fn, tp = metrics.confusion_matrix(
            reference, scores >= threshold, labels=[0, 1]
        ).ravel()
        counts = confusion(summary.histogram, GRID.first_bin(threshold))
        assert list(counts) == [tp, fp, fn, tn]
        np.testing.assert_allclose(
            summary.decisions[index].sum(), np.sum(np.bincount(persons).astype(float) ** 2)
        )


@settings(max_examples=40, deadline=None)
@given(scored())
def test_persons_without_repeats_need_no_clustering(data) -> None:  # type: ignore[no-untyped-def]
    scores, reference, _ = data
    with_codes = Summary.of(scores, reference, np.arange(len(scores)), GRID)
    without = Summary.of(scores, reference, None, GRID)
    np.testing.assert_allclose(with_codes.decisions, without.decisions)
    np.testing.assert_allclose(with_codes.moments, without.moments)
    assert np.array_equal(with_codes.people, without.people)


def test_histogram_average_precision_is_that_of_the_binned_scores() -> None:
    random = np.random.default_rng(3)
    reference = (random.random(4000) < 0.1).astype(np.int8)
    scores = 1 / (1 + np.exp(-(random.normal(size=4000) + 2 * reference - 2)))
    histogram = Summary.of(scores, reference, None, GRID).histogram
    found = pooled_average_precision([histogram])
    assert found is not None
    binned = metrics.average_precision_score(reference, GRID.bin_of(scores))
    assert found.value == pytest.approx(binned, abs=1e-12)
    assert found.value == pytest.approx(
        metrics.average_precision_score(reference, scores), abs=0.003
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_a_coarsened_histogram_can_be_spread_to_its_exact_area(seed: int, runs: int) -> None:
    random = np.random.default_rng(seed)
    reference = (random.random(800) < 0.3).astype(np.int8)
    scores = 1 / (1 + np.exp(-(random.normal(size=800) + 1.5 * reference - 1)))
    fine = Summary.of(scores, reference, None, GRID).histogram
    cuts = np.unique(np.r_[0, random.integers(1, len(fine.starts), runs)])
    coarse = Histogram(
        starts=fine.starts[cuts],
        stops=np.r_[fine.starts[cuts[1:]], fine.stops[-1]],
        counts=np.add.reduceat(fine.counts, cuts, axis=1),
        score_sums=np.add.reduceat(fine.score_sums, cuts),
        bins=fine.bins,
    )
    exact = float(metrics.roc_auc_score(reference, scores))
    leant = coarse.leaning(exact)
    np.testing.assert_allclose(leant.spread().sum(axis=1), fine.counts.sum(axis=1))
    assert leant.spread().min() >= 0
    leaning, even = pooled_auroc([leant]), pooled_auroc([coarse])
    assert leaning is not None
    assert even is not None
    assert even.low <= exact <= even.high
    assert leaning.value.value == pytest.approx(exact, abs=0.01)
    assert abs(leaning.value.value - exact) <= abs(even.value.value - exact) + 0.002
