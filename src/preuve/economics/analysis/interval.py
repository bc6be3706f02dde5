"""Interval: the bounds that hold 95 % of the draws of a figure."""

from __future__ import annotations

import numpy as np

from preuve.core.distribution import Floats

LEVEL = 0.95


def bounds(draws: Floats) -> tuple[Floats, Floats]:
    """Bounds that leave as many draws below as above, by the median-unbiased quantile.

    Args:
        draws: any unit, draws on the last axis, (..., D).

    Returns:
        Low and high, (...) each.
    """
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=-1, method="median_unbiased")
    return low, high


def mean_and_bounds(draws: Floats) -> tuple[float, float, float]:
    """The mean of draws (D,) and the bounds that hold 95 % of them."""
    low, high = bounds(draws)
    return float(draws.mean()), float(low), float(high)
