"""Activity: how the stays and visits of a year arrive at each site, day by day on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    MEDICINE,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WARDS = (MEDICINE, SURGERY, PAEDIATRICS)
"""Where a critical-care passage may go on."""
FROM_EMERGENCY = (MEDICINE, SURGERY, PAEDIATRICS, CRITICAL_CARE)
"""Disciplines that a visit to the emergency department may be admitted to."""
TO_REHABILITATION = (MEDICINE, SURGERY)
MOST_STEP_DOWN = 0.6
"""Passages that step down are at most this share of the stays of the ward that takes them."""
MOST_ADMITTED = 0.9
"""At most this share of visits is admitted; the form of a few sites says more."""

PARAMETERS = (
    Parameter(
        "activity.step_down",
        _("share of critical-care passages that go on in a ward of the same site"),
        0.75,
        0.60,
        0.85,
        "proportion",
        "assumed",
        _("assumed: the rest dies in the unit, is transferred or goes home"),
        "logit",
    ),
    Parameter(
        "activity.rehabilitation_from_acute",
        _("share of rehabilitation stays that come straight from an acute bed"),
        0.75,
        0.60,
        0.90,
        "proportion",
        "assumed",
        _("assumed; the origin of rehabilitation stays is not in the open files"),
        "logit",
    ),
)


@dataclass(frozen=True)
class Activity:
    """Mean arrivals of one year, before season and weekday.

    Attributes:
        scheduled, unscheduled: admissions per day, shape (S, D); unscheduled are those that do
            not pass through the emergency department of the site.
        visits: emergency visits per day, shape (S,).
        admission: chance that a visit is admitted to each discipline, shape (S, D).
        mean_stay: days, shape (S, D).
        step_down, step_down_to: share of critical-care passages that go on, and where, (S,).
        rehabilitation: share of stays that leave towards rehabilitation, shape (S, D).
    """

    scheduled: Floats
    unscheduled: Floats
    visits: Floats
    admission: Floats
    mean_stay: Floats
    step_down: Floats
    step_down_to: Integers
    rehabilitation: Floats

    @classmethod
    def of(
        cls, baseline: Baseline, unscheduled_share: Floats, values: Mapping[str, float]
    ) -> Activity:
        """The arrivals that, over the year of the baseline, make its stays, days and visits.

        Every stay of a ward arrives once: scheduled, unscheduled, from the emergency department
        or from critical care; the four sum to the stays of the baseline.

        Args:
            baseline: the year.
            unscheduled_share: share of unscheduled admissions by discipline, shape (D,).
            values: drawn parameters.
        """
        stays = baseline.stays / year_length(baseline.year)
        visits = baseline.visits / year_length(baseline.year)
        step_down, ward, stepped = _step_down(stays, values["activity.step_down"])
        weight = stays * unscheduled_share
        emergency = np.minimum(_from_emergency(baseline, weight), stays - stepped)
        rest = np.maximum(stays - emergency - stepped, 0)
        unscheduled = np.clip(stays * unscheduled_share - emergency, 0, rest)
        scheduled = rest - unscheduled
        from_acute = values["activity.rehabilitation_from_acute"]
        scheduled[:, REHABILITATION] = (1 - from_acute) * stays[:, REHABILITATION]
        unscheduled[:, REHABILITATION] = 0
        return cls(
            scheduled=scheduled,
            unscheduled=unscheduled,
            visits=visits,
            admission=np.divide(
                emergency, visits[:, None], out=np.zeros_like(stays), where=visits[:, None] > 0
            ),
            mean_stay=mean_stay(baseline),
            step_down=step_down,
            step_down_to=ward,
            rehabilitation=_towards_rehabilitation(baseline, from_acute),
        )


def year_length(year: int) -> int:
    """Days of a year."""
    return 366 if year % 4 == 0 else 365


def mean_stay(baseline: Baseline) -> Floats:
    """Mean stay in bed-days by site and discipline; the national one where no stay is coded."""
    national = baseline.days.sum(axis=0) / baseline.stays.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = baseline.days / baseline.stays
    return np.where(baseline.stays > 0, own, national)


def _from_emergency(baseline: Baseline, unscheduled: Floats) -> Floats:
    """Admissions per day after a visit, in proportion to the unscheduled stays of the site."""
    length = year_length(baseline.year)
    admitted = np.minimum(baseline.visits_admitted, MOST_ADMITTED * baseline.visits) / length
    weight = np.zeros_like(unscheduled)
    weight[:, FROM_EMERGENCY] = unscheduled[:, FROM_EMERGENCY]
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    result: Floats = share * admitted[:, None]
    return result


def _step_down(stays: Floats, share: float) -> tuple[Floats, Integers, Floats]:
    """Share of passages that go on, the ward, and the arrivals they make there per day."""
    ward = np.array(WARDS)[np.argmax(stays[:, WARDS], axis=1)]
    rows = np.arange(len(stays))
    passages = stays[:, CRITICAL_CARE]
    moved = np.minimum(share * passages, MOST_STEP_DOWN * stays[rows, ward])
    stepped = np.zeros_like(stays)
    stepped[rows, ward] = moved
    return np.divide(moved, passages, out=np.zeros_like(moved), where=passages > 0), ward, stepped


def _towards_rehabilitation(baseline: Baseline, from_acute: float) -> Floats:
    """Share of acute stays that leave for rehabilitation: one figure for each région.

    The rehabilitation stays of a région come from its own acute stays; the open files do not say
    more.
    """
    names = sorted(set(baseline.regions))
    place = np.array([names.index(region) for region in baseline.regions])
    region = place[baseline.department]
    arriving = np.bincount(
        region, from_acute * baseline.stays[:, REHABILITATION], minlength=len(names)
    )
    leaving = np.bincount(
        region, baseline.stays[:, TO_REHABILITATION].sum(axis=1), minlength=len(names)
    )
    share = np.divide(arriving, leaving, out=np.zeros_like(arriving), where=leaving > 0)
    result = np.zeros_like(baseline.stays)
    for discipline in TO_REHABILITATION:
        result[:, discipline] = np.minimum(share[region], 0.5)
    return result
