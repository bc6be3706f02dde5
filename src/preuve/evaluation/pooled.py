"""Pooled ranking figures: the sum of the sites' histograms read as one hospital."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.evaluation.calibration import Recalibration, recalibration
from preuve.evaluation.measures import Value
from preuve.evaluation.summary import Histogram


@dataclass(frozen=True)
class Bounded:
    """A figure of a histogram, and the bounds within which the figure of the scores must lie."""

    value: Value
    low: float
    high: float


def pooled_auroc(histograms: Sequence[Histogram], design_effect: float = 1.0) -> Bounded | None:
    """Area under the ROC curve of all cases together, DeLong variance; None with one class only.

    A run of bins is spread over its bins (`Histogram.spread`). The bounds put every run's events at
    one end and its non-events at the other, and order the ties of each bin the same way: the area
    of the scores themselves cannot lie outside.
    """
    counts = np.sum([h.spread() for h in histograms], axis=0)
    n0, n1 = counts.sum(axis=1)
    if n0 == 0 or n1 == 0:
        return None
    below = (np.cumsum(counts[0]) - counts[0] / 2) / n0
    above = 1 - (np.cumsum(counts[1]) - counts[1] / 2) / n1
    area = float(counts[1] @ below / n1)
    variance = np.nan
    if min(n0, n1) > 1:
        variance = counts[1] @ np.square(below - area) / (n1 * (n1 - 1))
        variance += counts[0] @ np.square(above - area) / (n0 * (n0 - 1))
    ends = [h.at_ends() for h in histograms]
    low_end = np.sum([low for low, _ in ends], axis=0)
    high_end = np.sum([high for _, high in ends], axis=0)
    worst = low_end[1] @ (np.cumsum(high_end[0]) - high_end[0]) / (n0 * n1)
    best = high_end[1] @ np.cumsum(low_end[0]) / (n0 * n1)
    value = Value(area, float(variance) * design_effect, float(min(n0, n1)))
    return Bounded(value, float(worst), float(best))


def pooled_average_precision(
    histograms: Sequence[Histogram], design_effect: float = 1.0
) -> Value | None:
    """Average precision with every bin read as a tie; variance by the infinitesimal jackknife."""
    counts = np.sum([h.spread() for h in histograms], axis=0)[:, ::-1]
    n0, n1 = counts.sum(axis=1)
    if n1 == 0 or n0 == 0:
        return None
    called = np.cumsum(counts.sum(axis=0))
    filled = called > 0
    counts, called = counts[:, filled], called[filled]
    precision = np.cumsum(counts[1]) / called
    value = float(counts[1] @ precision / n1)
    weight = counts[1] / called
    later_weight = np.cumsum(weight[::-1])[::-1]
    later_moved = np.cumsum((weight * precision)[::-1])[::-1]
    of_event = precision - value + later_weight - later_moved
    variance = (counts[1] @ of_event**2 + counts[0] @ later_moved**2) / n1**2
    return Value(value, float(variance) * design_effect, float(min(n0, n1)))


def pooled_recalibration(histograms: Sequence[Histogram]) -> Recalibration | None:
    """Slope and intercept with each run of bins at its mean score."""
    cases = np.concatenate([h.counts.sum(axis=0) for h in histograms]).astype(float)
    events = np.concatenate([h.counts[1] for h in histograms]).astype(float)
    scores = np.concatenate([h.score_sums for h in histograms])
    if not 0 < events.sum() < cases.sum():
        return None
    mean: Floats = scores / cases
    return recalibration(mean, events / cases, cases)
