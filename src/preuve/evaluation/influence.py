"""Variance of a statistic from its influence values, summed by person where cases repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats


def person_sums(values: Floats, persons: NDArray[np.int64]) -> Floats:
    """(n,) or (n, columns) values -> the same per person."""
    if values.ndim == 1:
        return np.asarray(np.bincount(persons, weights=values), dtype=float)
    return np.column_stack([np.bincount(persons, weights=column) for column in values.T])


def jackknife_covariance(influence: Floats, persons: NDArray[np.int64] | None) -> Floats:
    """Infinitesimal-jackknife covariance of statistics, clustered by person.

    Sum of products of the persons' influence, times K / (K - 1) for K persons
    (Efron, The jackknife, the bootstrap and other resampling plans, 1982).

    Args:
        influence: (n, statistics) derivative of each statistic with respect to a case's weight.
        persons: (n,) codes from 0 of the person of each case, or None where none repeats.

    Returns:
        (statistics, statistics).
    """
    each = influence if persons is None else person_sums(influence, persons)
    count = len(each) if persons is None else len(np.unique(persons))
    if count < 2:
        return np.full((each.shape[1], each.shape[1]), np.nan)
    return np.asarray(each.T @ each * (count / (count - 1)))
