"""Area under the ROC curve on the cases of one site, its variance, and that of a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.evaluation.influence import person_sums


@dataclass(frozen=True, eq=False)
class Placement:
    """Placement values: for each event, the share of non-events ranked below it (ties for half);
    for each non-event, the share of events ranked above it.

    Attributes:
        values: (n,) in the order of the cases.
        reference: (n,) 0 or 1.
    """

    values: Floats
    reference: NDArray[np.int8]

    @property
    def area(self) -> float:
        return float(self.values[self.reference == 1].mean())


def placement(
    scores: Floats, reference: NDArray[np.int8], order: NDArray[np.int64] | None = None
) -> Placement:
    """Placement values of n cases by one sort: O(n log n).

    Args:
        scores: (n,).
        reference: (n,) 0 or 1, both present.
        order: (n,) `argsort(scores)` where already known.
    """
    order = np.argsort(scores) if order is None else order
    ranked, event = scores[order], reference[order] == 1
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    sizes = np.diff(np.append(starts, len(ranked)))
    events_before = np.concatenate([[0], np.cumsum(event)])
    first, last = events_before[starts], events_before[starts + sizes]
    others_first, others_last = starts - first, starts + sizes - last
    events, others = events_before[-1], len(ranked) - events_before[-1]
    below = np.repeat((others_first + others_last) / (2 * others), sizes)
    above = np.repeat(1 - (first + last) / (2 * events), sizes)
    values = np.empty(len(ranked))
    values[order] = np.where(event, below, above)
    return Placement(values, reference)


def delong_covariance(
    placements: tuple[Placement, ...], persons: NDArray[np.int64] | None
) -> Floats:
    """(systems, systems) covariance of the areas of systems that read the same cases.

    DeLong, DeLong and Clarke-Pearson, Biometrics 1988;44:837; where persons have several cases,
    the clustered form of Obuchowski, Biometrics 1997;53:567, which equals it otherwise.

    Args:
        placements: one per system, same cases in the same order.
        persons: (n,) codes from 0 of the person of each case, or None where none repeats.
    """
    event = placements[0].reference == 1
    deviations = np.column_stack([p.values - p.area for p in placements])
    # One row per event (or non-event), or per person: sums of deviations over the class size.
    if persons is None:
        with_event, without = deviations[event], deviations[~event]
        n1, n0 = len(with_event), len(without)
        if min(n1, n0) < 2:
            return np.full((len(placements), len(placements)), np.nan)
        return np.asarray(
            with_event.T @ with_event / (n1 * (n1 - 1)) + without.T @ without / (n0 * (n0 - 1))
        )
    n1, n0 = int(event.sum()), int((~event).sum())
    a = person_sums(np.where(event[:, None], deviations / n1, 0.0), persons)
    b = person_sums(np.where(event[:, None], 0.0, deviations / n0), persons)
    k1, k0 = len(np.unique(persons[event])), len(np.unique(persons[~event]))
    k = len(np.unique(persons))
    if min(k1, k0) < 2:
        return np.full((len(placements), len(placements)), np.nan)
    cross = a.T @ b
    return np.asarray(
        a.T @ a * (k1 / (k1 - 1)) + b.T @ b * (k0 / (k0 - 1)) + (cross + cross.T) * (k / (k - 1))
    )
