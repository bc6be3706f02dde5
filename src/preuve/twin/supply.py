"""Supply: the beds that are open each day, site by site and discipline by discipline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.twin.activity import year_length
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import MEDICINE, SURGERY

Floats = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int32]

FULLEST = 0.97
"""A service that declares more days than this share of its beds is given the beds it used."""


@dataclass(frozen=True)
class Change:
    """Beds of one service from one day to another.

    Attributes:
        site, discipline: indices of the service.
        start, end: positions in the days of the world; `end` is not included.
        beds: beds open on those days, zero when closed; or
        added: beds more (or fewer) than before, where `beds` is None.
    """

    site: int
    discipline: int
    start: int
    end: int
    beds: float | None = None
    added: float = 0.0


def effective_beds(baseline: Baseline) -> Floats:
    """Beds that patients of each discipline find open on a mean day, shape (S, D).

    Medical patients lie in beds declared as surgical (0.87 of medical beds are used on average
    and 0.59 of surgical ones): where one of the two is fuller than 97 %, the beds of both are
    shared so that they are equally full. What is still over 97 % full gets the beds that its
    days need; the totals of the year are those declared but for these few.
    """
    beds = baseline.beds.copy()
    used = baseline.days / year_length(baseline.year)
    pair = [MEDICINE, SURGERY]
    tight = np.any((used[:, pair] > FULLEST * beds[:, pair]) & (used[:, pair] > 0), axis=1)
    pooled, needed = beds[:, pair].sum(axis=1), used[:, pair].sum(axis=1)
    shared = tight & (pooled > 0) & (needed > 0)
    beds[np.ix_(shared, pair)] = (
        used[np.ix_(shared, pair)] * (pooled[shared] / needed[shared])[:, None]
    )
    return np.maximum(beds, used / FULLEST)


def open_beds(beds: Floats, days: int, changes: Sequence[Change] = ()) -> Shorts:
    """Whole beds open each day, shape (T, S, D), whose mean over the days is `beds`.

    A service of 12.4 beds has 12 on six days of ten and 13 on four, spread evenly.

    Args:
        beds: mean open beds, shape (S, D).
        days: number of days T.
        changes: what a scenario does, in the order it is done.
    """
    if not changes:
        return _whole(beds, days)
    capacity = np.broadcast_to(beds, (days, *beds.shape)).copy()
    for change in changes:
        part = capacity[change.start : change.end, change.site, change.discipline]
        part[:] = part + change.added if change.beds is None else change.beds
    touched = {(change.site, change.discipline) for change in changes}
    result = _whole(beds, days)
    for site, discipline in touched:
        wanted = np.maximum(capacity[:, site, discipline], 0)
        result[:, site, discipline] = _spread(np.cumsum(wanted))
    return result


def _whole(beds: Floats, days: int) -> Shorts:
    elapsed = np.arange(1, days + 1)
    total = np.floor(beds[None, :, :] * elapsed[:, None, None] + 0.5)
    return np.diff(total, axis=0, prepend=0).astype(np.int32)


def _spread(total: Floats) -> Shorts:
    return np.diff(np.floor(total + 0.5), prepend=0).astype(np.int32)
