"""Curves of a finding, from what the hospitals released: ROC, calibration, net benefit.

Every point is exact: it stands at a score that no release has blurred. A coarsened release gives
fewer points, never false ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Beta, Floats
from preuve.evaluation.figures import Cells
from preuve.evaluation.grid import Grid
from preuve.evaluation.summary import Histogram

_GROUPS = 10
_SLICES = 20


@dataclass(frozen=True, eq=False)
class Roc:
    """Sensitivity against 1 - specificity at each threshold that every release tells apart.

    Attributes:
        false_positive_rate, sensitivity: (points,) both rising, from (0, 0) to (1, 1).
    """

    false_positive_rate: Floats
    sensitivity: Floats


@dataclass(frozen=True)
class Group:
    """Cases whose scores lie between two exact edges.

    Attributes:
        predicted: mean score; observed: share of events, with a 95 % interval `low` to `high`
            (Jeffreys; cases taken as independent).
        cases, events: how many.
    """

    predicted: float
    observed: float
    low: float
    high: float
    cases: int
    events: int


@dataclass(frozen=True, eq=False)
class Calibration:
    """Observed against predicted, and where the scores lie.

    Attributes:
        groups: by rising score.
        edges: (slices + 1,) even slices of the scores that are shown.
        shares: (2, slices) share of each class (without, with the finding) in each slice.
    """

    groups: tuple[Group, ...]
    edges: Floats
    shares: Floats


@dataclass(frozen=True, eq=False)
class NetBenefit:
    """Net benefit per case of three policies, by threshold.

    True positives less false positives weighted by the odds of the threshold (Vickers and Elkin,
    Med Decis Making 2006;26:565). Calling no one positive has a net benefit of 0.

    Attributes:
        threshold, system: (points,) the system read at each threshold.
        prevalence: share of events, which alone decides what calling everyone gives.
    """

    threshold: Floats
    system: Floats
    prevalence: float

    def everyone(self, threshold: Floats) -> Floats:
        """(n,) net benefit of calling everyone positive, at any thresholds."""
        odds = threshold / (1 - threshold)
        return self.prevalence - (1 - self.prevalence) * odds


def roc(histograms: Sequence[Histogram], points: int = 60) -> Roc:
    """The ROC curve of the histograms together, thinned to about `points` even steps of length."""
    firsts = shared_edges(histograms)
    above = _above(histograms, firsts)
    totals = np.maximum(_totals(histograms), 1)
    x = np.concatenate([[0.0], (above[0] / totals[0])[::-1], [1.0]])
    y = np.concatenate([[0.0], (above[1] / totals[1])[::-1], [1.0]])
    kept = _thinned(x, y, points)
    return Roc(x[kept], y[kept])


def calibration(cells: Cells) -> Calibration | None:
    """Groups of about as many cases each; None where no case was released."""
    histograms = [cell.histogram for cell in cells.pooled]
    total = int(_totals(histograms).sum()) if histograms else 0
    if total == 0:
        return None
    firsts = shared_edges(histograms)
    cases = total - _above(histograms, firsts).sum(axis=0)
    wanted = np.searchsorted(cases, total * np.arange(1, _GROUPS) / _GROUPS)
    cuts = np.unique(firsts[wanted[wanted < len(firsts)]])
    groups = tuple(_groups(histograms, cuts))
    reach = float(min(1.0, 1.1 * max(max(g.predicted, g.observed) for g in groups)))
    edges = np.linspace(0.0, max(reach, 0.01), _SLICES + 1)
    return Calibration(groups, edges, _shares(histograms, cells.grid, edges))


def net_benefit(cells: Cells, points: int = 60) -> NetBenefit | None:
    """From near 0 to a little over the protocol's highest threshold."""
    histograms = [cell.histogram for cell in cells.pooled]
    if not histograms:
        return None
    firsts = shared_edges(histograms)
    threshold = cells.grid.edges[firsts - 1]
    shown = (threshold >= 0.001) & (threshold <= min(0.99, 1.15 * cells.grid.thresholds[-1]))
    firsts, threshold = firsts[shown], threshold[shown]
    if len(firsts) == 0:
        return None
    n0, n1 = _totals(histograms)
    odds = threshold / (1 - threshold)
    above = _above(histograms, firsts)
    system = (above[1] - above[0] * odds) / (n0 + n1)
    kept = np.unique(np.linspace(0, len(firsts) - 1, points).astype(int))
    at_protocol = np.flatnonzero(np.isin(threshold, cells.grid.thresholds))
    kept = np.union1d(kept, at_protocol)
    return NetBenefit(threshold[kept], system[kept], float(n1 / (n0 + n1)))


def shared_edges(histograms: Sequence[Histogram]) -> NDArray[np.int64]:
    """The bins from which on every histogram counts exactly: no run lies on both sides."""
    bins = histograms[0].bins
    change = np.zeros(bins + 1, dtype=np.int64)
    for histogram in histograms:
        wide = histogram.stops - histogram.starts > 1
        np.add.at(change, histogram.starts[wide] + 1, 1)
        np.add.at(change, histogram.stops[wide], -1)
    return np.flatnonzero(np.cumsum(change)[1:bins] == 0) + 1


def _above(histograms: Sequence[Histogram], firsts: NDArray[np.int64]) -> Floats:
    """(2, edges) cases without and with the finding scored at or above each edge."""
    above = np.zeros((2, len(firsts)))
    for histogram in histograms:
        later = np.cumsum(histogram.counts[:, ::-1], axis=1)[:, ::-1]
        later = np.column_stack([later, np.zeros(2, dtype=np.int64)])
        above += later[:, np.searchsorted(histogram.starts, firsts)]
    return above


def _totals(histograms: Sequence[Histogram]) -> Floats:
    return np.asarray(np.sum([h.counts.sum(axis=1) for h in histograms], axis=0), dtype=float)


def _thinned(x: Floats, y: Floats, points: int) -> NDArray[np.int64]:
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    steps = np.searchsorted(length, np.linspace(0, length[-1], points))
    return np.unique(np.concatenate([[0], np.minimum(steps, len(x) - 1), [len(x) - 1]]))


def _groups(histograms: Sequence[Histogram], cuts: NDArray[np.int64]) -> list[Group]:
    counts, sums = np.zeros((2, len(cuts) + 1)), np.zeros(len(cuts) + 1)
    for histogram in histograms:
        group = np.searchsorted(cuts, histogram.starts, side="right")
        for row in (0, 1):
            np.add.at(counts[row], group, histogram.counts[row])
        np.add.at(sums, group, histogram.score_sums)
    return [
        _group(float(n0), float(n1), float(s))
        for n0, n1, s in zip(*counts, sums, strict=True)
        if n0 + n1 > 0
    ]


def _group(without: float, events: float, scores: float) -> Group:
    cases = without + events
    low, high = Beta(events + 0.5, without + 0.5).quantile(np.array([0.025, 0.975]))
    return Group(scores / cases, events / cases, float(low), float(high), int(cases), int(events))


def _shares(histograms: Sequence[Histogram], grid: Grid, edges: Floats) -> Floats:
    fine = np.sum([h.spread() for h in histograms], axis=0)
    lower = np.concatenate([[0.0], grid.edges])
    piece = np.clip(np.searchsorted(edges, lower, side="right") - 1, 0, _SLICES - 1)
    shown = lower < edges[-1]
    shares = np.zeros((2, _SLICES))
    for row in (0, 1):
        np.add.at(shares[row], piece[shown], fine[row, shown])
        shares[row] /= max(fine[row].sum(), 1.0)
    return shares
