"""Supply: the beds that are open each day, site by site and discipline by discipline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from preuve.twin.activity import year_length
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import MEDICINE, SURGERY

Floats = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int32]

Service = tuple[int, int]
"""A site and a discipline, by their indices."""

FULLEST = 0.97
"""A service that declares more days than this share of its beds is given the beds it used."""


TURNOVER = 1.2
"""Where most stays last less than a day a bed serves several patients: such a service is given as
many beds as it receives patients on a busy day, since a patient holds a bed for the day."""


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
    arriving = TURNOVER * baseline.stays / year_length(baseline.year)
    return np.maximum(np.maximum(beds, used / FULLEST), np.where(used < arriving, arriving, 0.0))


def open_beds(beds: Floats, days: int, changed: Mapping[Service, Floats]) -> Shorts:
    """Whole beds open each day, shape (T, S, D), whose mean over the days is `beds`.

    A service of 12.4 beds has 12 on six days of ten and 13 on four, spread evenly.

    Args:
        beds: mean open beds, shape (S, D).
        days: number of days T.
        changed: beds of the services that change, day by day, shape (T,) each.
    """
    elapsed = np.arange(days + 1)[:, None, None]
    result = np.diff(np.floor(beds * elapsed + 0.5), axis=0).astype(np.int32)
    for (site, discipline), daily in changed.items():
        total = np.concatenate([[0.0], np.cumsum(np.maximum(daily, 0.0))])
        result[:, site, discipline] = np.diff(np.floor(total + 0.5))
    return result
