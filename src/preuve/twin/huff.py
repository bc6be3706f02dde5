"""Huff's model: each place shares its patients among the sites in reach by weight and time.

P(p -> s) = w_s f(p, s) / sum over the K sites r in reach of p of w_r f(p, r)

D. L. Huff, "A probabilistic analysis of shopping center trade areas", Land Economics 39 (1963).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Shorts = npt.NDArray[np.int32]


@njit(cache=True)
def volumes(index: Shorts, nearness: Singles, weight: Floats, demand: Floats) -> Floats:
    """Patients of every site.

    Args:
        index: sites in reach of each place, -1 for none, shape (P, K).
        nearness: f of the model, 0 where there is no site, shape (P, K).
        weight: w of the model, 0 where closed, shape (S,).
        demand: patients of each place, shape (P,).

    Returns:
        Patients, shape (S,). A place with no open site in reach sends nobody.
    """
    result = np.zeros(weight.size)
    places, reach = index.shape
    pull = np.empty(reach)
    for p in range(places):
        total = 0.0
        for k in range(reach):
            s = index[p, k]
            if s < 0:
                pull[k] = 0.0
                continue
            pull[k] = nearness[p, k] * weight[s]
            total += pull[k]
        if total <= 0.0:
            continue
        scale = demand[p] / total
        for k in range(reach):
            if pull[k] > 0.0:
                result[index[p, k]] += pull[k] * scale
    return result


@njit(cache=True)
def shares(index: Shorts, nearness: Singles, weight: Floats) -> Floats:
    """Share of each site in reach in the patients of each place; rows sum to 1, or to 0 where
    no site in reach is open, shape (P, K).
    """
    places, reach = index.shape
    result = np.zeros((places, reach))
    for p in range(places):
        total = 0.0
        for k in range(reach):
            if index[p, k] >= 0:
                result[p, k] = nearness[p, k] * weight[index[p, k]]
                total += result[p, k]
        if total > 0.0:
            for k in range(reach):
                result[p, k] /= total
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
    """Weights under which the model gives the observed volumes, by proportional fitting.

    Every round multiplies each weight by observed over predicted; stops when the volumes that
    are misplaced fall under `tolerance` of the whole, or after `most` rounds.

    Returns:
        Weights, shape (S,), and the number of rounds.
    """
    current = np.where(observed > 0.0, np.maximum(weight, 1e-300), 0.0)
    whole = observed.sum()
    for round_ in range(most):
        predicted = volumes(index, nearness, current, demand)
        misplaced = 0.0
        for s in range(observed.size):
            misplaced += abs(predicted[s] - observed[s])
            if predicted[s] > 0.0:
                current[s] *= observed[s] / predicted[s]
        if misplaced <= tolerance * whole:
            return current, round_ + 1
    return current, most
