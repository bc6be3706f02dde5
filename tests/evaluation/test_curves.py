from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from preuve.core.evidence import Evidence
from preuve.core.usecase import UseCase
from preuve.evaluation.curves import calibration, net_benefit, roc, shared_edges
from preuve.evaluation.grid import Grid
from preuve.evaluation.report.reading import Reading
from preuve.evaluation.summary import Histogram, Summary, confusion

GRID = Grid.at((0.1, 0.3, 0.5), 0.3)


def scored(seed: int, size: int = 400) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    rng = np.random.default_rng(seed)
    reference = (rng.random(size) < 0.3).astype(np.int8)
    return 1 / (1 + np.exp(-rng.normal(2.0 * reference - 1, 1.2))), reference


def fine(seed: int) -> Histogram:
    scores, reference = scored(seed)
    return Summary.of(scores, reference, None, GRID).histogram


def coarse(histogram: Histogram, cuts: list[int]) -> Histogram:
    bounds = [0, *cuts, histogram.bins]
    rows = []
    for start, stop in itertools.pairwise(bounds):
        inside = (histogram.starts >= start) & (histogram.starts < stop)
        rows.append((start, stop, histogram.counts[:, inside].sum(axis=1), 0.4 * inside.sum()))
    starts, stops, counts, sums = zip(*rows, strict=True)
    return Histogram(
        np.array(starts), np.array(stops), np.array(counts).T, np.array(sums), histogram.bins
    )


def test_fine_curve_is_that_of_the_scores() -> None:
    scores, reference = scored(1)
    binned = GRID.bin_of(scores)
    x, y, _ = roc_curve(reference, binned, drop_intermediate=False)
    found = roc([fine(1)], points=10_000)
    expected = set(zip(x.round(12), y.round(12), strict=True))
    told = set(zip(found.false_positive_rate.round(12), found.sensitivity.round(12), strict=True))
    assert told == expected


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(1, GRID.bins - 1), min_size=1, max_size=6), st.integers(0, 50))
def test_a_coarse_release_gives_fewer_points_and_none_that_is_false(
    cuts: set[int], seed: int
) -> None:
    one, other = fine(seed), fine(seed + 1000)
    blurred = coarse(one, sorted(cuts))
    exact = roc([one, other], points=10**6)
    kept = roc([blurred, other], points=10**6)
    truth = set(zip(exact.false_positive_rate.round(9), exact.sensitivity.round(9), strict=True))
    told = set(zip(kept.false_positive_rate.round(9), kept.sensitivity.round(9), strict=True))
    assert told <= truth
    assert set(shared_edges([blurred, other])) >= cuts


def test_edges_are_those_that_no_run_straddles() -> None:
    blurred = coarse(fine(3), [200, 700])
    expected = [b for b in range(1, GRID.bins) if blurred.has_edge(b)]
    assert shared_edges([blurred]).tolist() == expected


def test_calibration_groups_hold_every_case_once(example: Evidence) -> None:
    reading = Reading(example)
    for finding in reading.measured:
        cells = reading.cells(finding)
        found = calibration(cells)
        assert found is not None
        assert sum(g.cases for g in found.groups) == cells.events + cells.non_events
        assert sum(g.events for g in found.groups) == cells.events
        scores = sum(cell.sums[2] for cell in cells.by_site.values())
        assert sum(g.cases * g.predicted for g in found.groups) == pytest.approx(scores)
        assert all(g.low < g.observed < g.high for g in found.groups if 0 < g.observed < 1)
        predicted = [g.predicted for g in found.groups]
        assert predicted == sorted(predicted)


def test_net_benefit_at_the_protocol_is_that_of_the_evidence(example: Evidence) -> None:
    reading = Reading(example)
    compared = 0
    for finding in reading.measured:
        found = net_benefit(reading.cells(finding))
        assert found is not None
        for threshold in reading.usecase.thresholds_of(finding):
            estimate = reading.estimate("net_benefit", finding, "pooled", threshold=threshold)
            if estimate is None:
                continue
            at = np.flatnonzero(np.isclose(found.threshold, threshold, atol=1e-12))
            assert found.system[at[0]] == pytest.approx(estimate["value"])
            compared += 1
    assert compared >= 20


def test_calling_everyone_helps_up_to_the_prevalence(example: Evidence) -> None:
    reading = Reading(example)
    found = net_benefit(reading.cells(reading.measured[0]))
    assert found is not None
    at = np.array([found.prevalence, 0.0])
    assert found.everyone(at) == pytest.approx([0.0, found.prevalence])


def test_operating_point_lies_on_the_curve(example: Evidence) -> None:
    reading = Reading(example)
    case: UseCase = reading.usecase
    finding = reading.measured[0]
    histograms = [cell.histogram for cell in reading.cells(finding).by_site.values()]
    grid = Grid.of(case, finding)
    first = grid.first_bin(case.operating_point_of(finding))
    tp, fp, fn, tn = np.sum([confusion(h, first) for h in histograms], axis=0)
    curve = roc(histograms, points=10**6)
    near = np.abs(curve.false_positive_rate - fp / (fp + tn)).argmin()
    assert curve.sensitivity[near] == pytest.approx(tp / (tp + fn))
