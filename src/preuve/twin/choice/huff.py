"""Huff's model: each place shares its patients among the points in reach by weight and nearness.

P(p -> q) = w_q f(p, q) / sum over the K points r in reach of p of w_r f(p, r)

The form is that of D. L. Huff's model of trade areas (1963), used for hospitals since.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Shorts = npt.NDArray[np.int32]

RELAXATION = 1.7
"""Exponent of each correction: between 1 and 2, over-relaxed proportional fitting needs half the
rounds (measured)."""


@njit(cache=True)
def flows(
    index: Shorts,
    nearness: Singles,
    weight: Floats,
    demand: Floats,
    usual: Singles,
    kept: Floats,
) -> Singles:
    """Patients from each place to each point in reach.

    A point q also keeps kept_q x usual(p, q) of the patients of p, whatever the rest offers: what
    the model misses of its usual volume. When q closes, they choose like everyone else in p.

    Args:
        index: points in reach of each place, -1 for none, shape (P, K).
        nearness: f of the model, shape (P, K).
        weight: w of the model, 0 where closed, shape (Q,).
        demand: patients of each place, shape (P,).
        usual: share of each point in the patients of the place before any change, shape (P, K).
        kept: what each point keeps beside, as a share of its usual volume, shape (Q,).

    Returns:
        Patients, shape (P, K). A place with no open point in reach sends nobody.
    """
    places, reach = index.shape
    result = np.zeros((places, reach), dtype=np.float32)
    for p in range(places):
        total = 0.0
        released = 0.0
        for k in range(reach):
            q = index[p, k]
            if q < 0:
                continue
            if weight[q] > 0.0:
                total += nearness[p, k] * weight[q]
            else:
                released += usual[p, k] * kept[q]
        if total <= 0.0:
            continue
        scale = demand[p] * (1.0 + released) / total
        for k in range(reach):
            q = index[p, k]
            if q >= 0 and weight[q] > 0.0:
                result[p, k] = (
                    nearness[p, k] * weight[q] * scale + demand[p] * usual[p, k] * kept[q]
                )
    return result


@njit(cache=True)
def totals(index: Shorts, flow: Singles, points: int) -> Floats:
    """Sum of the flows into each point, shape (Q,)."""
    result = np.zeros(points)
    for p in range(index.shape[0]):
        for k in range(index.shape[1]):
            if index[p, k] >= 0:
                result[index[p, k]] += flow[p, k]
    return result


@njit(cache=True)
def predicted(index: Shorts, nearness: Singles, weight: Floats, demand: Floats) -> Floats:
    """Volumes of the plain model, nothing kept beside, shape (Q,)."""
    result = np.zeros(weight.size)
    places, reach = index.shape
    pull = np.empty(reach)
    for p in range(places):
        total = 0.0
        for k in range(reach):
            q = index[p, k]
            pull[k] = nearness[p, k] * weight[q] if q >= 0 else 0.0
            total += pull[k]
        if total <= 0.0:
            continue
        scale = demand[p] / total
        for k in range(reach):
            if pull[k] > 0.0:
                result[index[p, k]] += pull[k] * scale
    return result


@njit(cache=True)
def balance(
    index: Shorts,
    nearness: Singles,
    weight: Floats,
    demand: Floats,
    observed: Floats,
    tolerance: float,
    most: int,
) -> tuple[Floats, int]:
    """Weights under which the plain model gives the observed volumes, by proportional fitting.

    Every round multiplies each weight by observed over predicted, over-relaxed; it stops when the
    volume that is misplaced falls under `tolerance` of the whole, or after `most` rounds.

    Returns:
        Weights, shape (Q,), and the number of rounds.
    """
    current = np.where(observed > 0.0, np.maximum(weight, 1e-300), 0.0)
    whole = observed.sum()
    for done in range(most):
        found = predicted(index, nearness, current, demand)
        misplaced = np.abs(found - observed).sum()
        if misplaced <= tolerance * whole:
            return current, done
        for q in range(observed.size):
            if found[q] > 0.0:
                current[q] *= (observed[q] / found[q]) ** RELAXATION
    return current, most
