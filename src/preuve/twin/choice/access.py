"""Access: how far people live from care, and what each département sends out and takes in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.choice.gravity import Choice
from preuve.twin.choice.travel import Travel, landmasses, nearest

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

LIMITS = (30.0, 45.0)
"""Minutes beyond which access is said to be far, and very far."""

DECILES = tuple(tenth / 10 for tenth in range(1, 10))


def minutes_to_nearest(baseline: Baseline, open_: Flags, travel: Travel) -> Floats:
    """Minutes by road from each commune to the nearest open site of its land, shape (C,).

    Args:
        baseline: communes and sites.
        open_: sites where the service is open, shape (S,).
        travel: time from distance.

    Returns:
        Minutes; infinity where no site of the land is open.
    """
    communes, land = baseline.communes, landmasses(baseline.departments)
    km = nearest(
        communes.lon,
        communes.lat,
        baseline.lon[open_],
        baseline.lat[open_],
        1,
        land[communes.department],
        land[baseline.department[open_]],
    )[1]
    return travel.minutes(km[:, 0])


def quantiles(figure: Floats, residents: Floats, shares: npt.ArrayLike = DECILES) -> Floats:
    """Figures under which given shares of the residents live (deciles without `shares`).

    Args:
        figure: of each commune, shape (C,).
        residents: of each commune, shape (C,); not all zero.
        shares: between 0 and 1, shape (N,).

    Returns:
        The least figure such that at least that share lives at or under it, shape (N,).
    """
    order = np.argsort(figure, kind="stable")
    below = np.cumsum(residents[order])
    wanted = np.asarray(shares, dtype=np.float64) * below[-1]
    result: Floats = figure[order][np.minimum(np.searchsorted(below, wanted), len(order) - 1)]
    return result


def share_beyond(minutes: Floats, residents: Floats, limits: npt.ArrayLike = LIMITS) -> Floats:
    """Share of the residents who live farther than each limit, shape (N,)."""
    far = minutes[:, None] > np.asarray(limits, dtype=np.float64)
    result: Floats = (far * residents[:, None]).sum(axis=0) / residents.sum()
    return result


def between_departments(choice: Choice, flow: Singles, baseline: Baseline) -> Floats:
    """Patients from each département (row) to the sites of each (column), shape (Z, Z).

    Args:
        choice: the choice of site the flow was made with.
        flow: patients from places to points, `Choice.flows`, shape (P, K).
        baseline: the sites.
    """
    count, reach = len(baseline.departments), choice.reach
    of_point = np.zeros(len(reach.lon), dtype=np.int64)
    on = reach.point >= 0
    of_point[reach.point[on]] = baseline.department[on]
    there = reach.index >= 0
    origin = np.broadcast_to(reach.places.department[:, None], flow.shape)[there]
    pair = origin * count + of_point[reach.index[there]]
    total = np.bincount(pair, flow[there], count * count).astype(np.float64)
    return total.reshape(count, count)


def leak(between: Floats) -> Floats:
    """Share of the patients of each département who are treated outside it, shape (Z,)."""
    return _outside(between, between.sum(axis=1))


def attraction(between: Floats) -> Floats:
    """Share of the patients of the sites of each département who come from outside, shape (Z,)."""
    return _outside(between, between.sum(axis=0))


def use_rates(between: Floats, residents: Floats) -> Floats:
    """Stays or visits of the residents of each département per 1,000, wherever treated, (Z,)."""
    return np.asarray(1000 * between.sum(axis=1) / residents)


def _outside(between: Floats, whole: Floats) -> Floats:
    inside = np.diag(between)
    return np.divide(whole - inside, whole, out=np.zeros_like(whole), where=whole > 0)
