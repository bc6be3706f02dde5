"""Zoom: one service hour by hour, from what the baseline says of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.activity import mean_stay, year_length
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES
from preuve.twin.queueing.ward import WEEK, Ward, queue
from preuve.twin.seasons.season import hourly

SPREAD = 0.9
"""Standard deviation of the logarithm of the time in a place, assumed."""
WEEKS, WARM_UP = 520, 52
"""Weeks counted, and before them: ten years, so that chance is small beside the answer."""


@dataclass(frozen=True)
class Zoom:
    """What one service looks like hour by hour.

    Attributes:
        daily: arrivals a day. places: places or beds. hours: mean time in one.
        busy: share of the places busy. mean_wait: hours.
        half, most: hours within which half, and nine in ten, have a place.
        long_waits: share who wait more than four hours.
        queue: mean patients waiting at the worst hour of the week; hour: which, 0 to 167.
    """

    daily: float
    places: int
    hours: float
    busy: float
    mean_wait: float
    half: float
    most: float
    long_waits: float
    queue: float
    hour: int

    def record(self) -> dict[str, Any]:
        """Every figure by its name."""
        return asdict(self)


def zoomed(
    baseline: Baseline,
    finess: str,
    activity: str,
    places: int | None = None,
    hours: float | None = None,
    seed: int = 1,
) -> Zoom:
    """Run one service hour by hour.

    Args:
        baseline: the year.
        finess: the establishment.
        activity: "emergency" or a discipline.
        places: places or beds; of a discipline, its mean open beds unless given.
        hours: mean time in a place; of a discipline, its mean stay unless given.
        seed: chance.

    Raises:
        PreuveError: unknown establishment or activity, nothing happens there, a figure of the
            emergency department is missing, or there are too few places for those who come.
    """
    rate, beds, stay = _usual(baseline, finess, activity)
    count = places if places is not None else beds
    time = hours if hours is not None else stay
    if not count or time is None:
        raise PreuveError(
            _("The open figures do not say the places of an emergency department, nor the time."),
            where=finess,
            remedy=_("Give both: --places 14 --hours 4"),
        )
    if not time > 0:
        raise PreuveError(_("The time in a place is more than 0 hours."), where="hours")
    if rate * time >= count:
        raise PreuveError(
            _("{places} places are too few: patients fill {load} on average.").format(
                places=count, load=f"{rate * time:.1f}"
            ),
            where=finess,
            remedy=_("Give more places, or fewer hours."),
        )
    shape = hourly() if activity == "emergency" else np.ones(WEEK)
    ward = Ward(rate * shape, np.full(WEEK, count, dtype=np.int64), time, SPREAD)
    found = queue(ward, WEEKS, seed, WARM_UP)
    half, most = found.quantiles((0.5, 0.9))
    return Zoom(
        daily=24 * rate,
        places=count,
        hours=time,
        busy=float(found.busy.mean() / count),
        mean_wait=found.mean_wait,
        half=float(half),
        most=float(most),
        long_waits=found.long_waits,
        queue=float(found.queueing.max()),
        hour=int(found.queueing.argmax()),
    )


def _usual(baseline: Baseline, finess: str, activity: str) -> tuple[float, int, float | None]:
    """Arrivals an hour, beds and mean hours of a service; 0 beds where none is told."""
    try:
        site = baseline.site(finess)
    except KeyError as error:
        raise PreuveError(
            _("No establishment has the FINESS number {code}.").format(code=finess),
            where=finess,
            remedy=_("Look it up: preuve twin sites NAME"),
        ) from error
    if activity not in ACTIVITIES:
        raise PreuveError(
            _("“{activity}” is not an activity.").format(activity=activity),
            where="--discipline",
            remedy=_("Choose among {names}.").format(names=", ".join(ACTIVITIES)),
        )
    hours = 24.0 * year_length(baseline.year)
    if activity == "emergency":
        rate, beds, stay = float(baseline.visits[site]) / hours, 0, None
    else:
        d = DISCIPLINES.index(activity)
        rate = float(baseline.stays[site, d]) / hours
        beds = round(float(baseline.beds[site, d]))
        stay = 24.0 * float(mean_stay(baseline)[site, d])
    if rate <= 0:
        raise PreuveError(
            _("{activity}: nothing is coded at {code} in {year}.").format(
                activity=activity, code=finess, year=baseline.year
            ),
            where=finess,
        )
    return rate, beds, stay
