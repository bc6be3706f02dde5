"""Average precision on the cases of one site, and its variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.evaluation.influence import jackknife_covariance


def average_precision(
    scores: Floats,
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None = None,
    order: NDArray[np.int64] | None = None,
) -> tuple[float, float]:
    """Mean precision over the events, each at its own score as threshold, and its variance.

    The value equals the step-wise area under the precision-recall curve. The variance is the
    infinitesimal jackknife: the derivative of the weighted statistic with respect to each case's
    weight, squared and summed by person.

    Args:
        scores: (n,).
        reference: (n,) 0 or 1, with one event at least.
        persons: (n,) codes from 0 of the person of each case, or None where none repeats.
        order: (n,) `argsort(scores)` where already known.
    """
    order = (np.argsort(scores) if order is None else order)[::-1]
    ranked, event = scores[order], (reference[order] == 1).astype(float)
    last = np.flatnonzero(np.concatenate([ranked[1:] != ranked[:-1], [True]]))
    group = np.repeat(np.arange(len(last)), np.diff(np.concatenate([[-1], last])))
    called = (last + 1.0)[group]
    precision = np.cumsum(event)[last][group] / called
    events = event.sum()
    value = float(precision[event == 1].mean())
    # Raising the weight of case k moves the precision at each event ranked no higher than k.
    weight = np.bincount(group, weights=event / called)
    moved = np.bincount(group, weights=event * precision / called)
    later_weight = np.cumsum(weight[::-1])[::-1][group]
    later_moved = np.cumsum(moved[::-1])[::-1][group]
    influence = np.empty(len(ranked))
    influence[order] = (event * (precision - value) + event * later_weight - later_moved) / events
    return value, float(jackknife_covariance(influence[:, None], persons)[0, 0])
