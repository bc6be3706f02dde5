"""Season: how admissions and emergency visits follow the week, the holidays and the year.

What is measured: the yearly wave of severe illness (daily deaths of France, 2018 to February 2020,
influenza-like illness and heat taken out) and the hours of one American emergency department. What
is published: the Monday of French emergencies. The rest is assumed, with wide intervals: no
daily series of French admissions or visits is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.twin.baseline import packaged
from preuve.twin.disciplines import MEDICINE, OBSTETRICS, REHABILITATION, SURGERY
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
Booleans = npt.NDArray[np.bool_]

DREES_2024 = _("DREES, Études et résultats 1320, 12/2024")
IOWA = _("University of Iowa hospital, arrivals by hour 2013-2018 (fastTS)")
ASSUMED = _("assumed: no open series")

PARAMETERS = (
    Parameter(
        "season.visits_monday",
        _("Emergency visits on Mondays, above the other days"),
        0.11,
        0.08,
        0.14,
        "ratio",
        "published",
        DREES_2024,
    ),
    Parameter(
        "season.visits_weekend",
        _("Emergency visits on Saturdays and Sundays, below Tuesday to Friday"),
        0.02,
        -0.03,
        0.07,
        "ratio",
        "measured",
        IOWA,
    ),
    Parameter(
        "season.visits_summer",
        _("Swing of emergency visits over the year, highest at the end of June"),
        0.04,
        0.0,
        0.08,
        "ratio",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.acuity",
        _("Share of the swings of emergency visits that does not become admissions"),
        0.5,
        0.1,
        0.9,
        "proportion",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.severity",
        _("Swing of unscheduled medical admissions, for one of deaths"),
        0.5,
        0.2,
        0.9,
        "ratio",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.direct_weekend",
        _("Unscheduled admissions outside emergencies, fall at week-ends and on holidays"),
        0.2,
        0.05,
        0.4,
        "ratio",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.births",
        _("Swing of births over the year, highest in August"),
        0.03,
        0.01,
        0.05,
        "ratio",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.scheduled_saturday",
        _("Scheduled admissions on a Saturday, for one of a working day"),
        0.15,
        0.05,
        0.35,
        "ratio",
        "assumed",
        ASSUMED,
        "log",
    ),
    Parameter(
        "season.scheduled_sunday",
        _("Scheduled admissions on a Sunday or a holiday, for one of a working day"),
        0.3,
        0.15,
        0.5,
        "ratio",
        "assumed",
        ASSUMED,
        "log",
    ),
    Parameter(
        "season.scheduled_august",
        _("Fall of scheduled admissions from mid-July to the end of August"),
        0.25,
        0.1,
        0.4,
        "ratio",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "season.scheduled_christmas",
        _("Fall of scheduled admissions between 22 December and 2 January"),
        0.35,
        0.2,
        0.5,
        "ratio",
        "assumed",
        ASSUMED,
    ),
)

SEVERE = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
"""How far each discipline follows the season of severe illness: medicine and critical care; the
winter of children is in the layer of influenza and bronchiolitis."""

POSTPONED = np.array([0.6, 1.0, 0.2, 1.0, 1.0, 0.6])
"""How far each discipline follows the holidays of scheduled admissions, assumed: all of surgery,
little of obstetrics."""


@dataclass(frozen=True)
class Factors:
    """What each day is worth; T days, 6 disciplines; every column has mean 1 over a whole year.

    Attributes:
        scheduled: of scheduled admissions, shape (T, 6).
        unscheduled: of unscheduled admissions outside emergencies, shape (T, 6).
        visits: of emergency visits, shape (T,).
        admission: of the chance to be admitted after a visit, shape (T, 6).
    """

    scheduled: Floats
    unscheduled: Floats
    visits: Floats
    admission: Floats


class Season:
    """The week, the holidays and the seasons of France."""

    def factors(self, dates: Dates, values: Mapping[str, float]) -> Factors:
        """What each day is worth, by discipline.

        Args:
            dates: days, shape (T,).
            values: figure of each of `PARAMETERS`, by name.
        """
        return Factors(
            scheduled=_mean_one(lambda days: _scheduled(days, values), dates),
            unscheduled=_mean_one(lambda days: _unscheduled(days, values), dates),
            visits=_mean_one(lambda days: _visits(days, values), dates)[:, 0],
            admission=_mean_one(lambda days: _admission(days, values), dates),
        )


def hourly() -> Floats:
    """Arrivals at one emergency department by hour of the week, Monday 0 h first, shape (168,).

    Mean 1 over the week. The hours are those of an American university hospital (Iowa): no hourly
    series of a French department is open.
    """
    shape = packaged("emergency_hours")["arrivals"].to_numpy().astype(np.float64)
    return np.asarray(shape / shape.mean())


@cache
def holidays(year: int) -> Dates:
    """The eleven public holidays of France, in order."""
    easter = _easter(year)
    fixed = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")
    days = [np.datetime64(f"{year}-{day}") for day in fixed]
    days += [easter + np.timedelta64(after, "D") for after in (1, 39, 50)]
    return np.sort(np.array(days, dtype="datetime64[D]"))


def _easter(year: int) -> np.datetime64:
    """Easter Sunday of the Gregorian calendar: paschal full moon, then the Sunday after it."""
    century = year // 100
    moon = (19 * (year % 19) + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    moon -= moon // 28 * (1 - 29 // (moon + 1) * ((21 - year % 19) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return np.datetime64(f"{year}-03-28") + np.timedelta64(moon - weekday, "D")


def _mean_one(raw: Callable[[Dates], Floats], dates: Dates) -> Floats:
    """The factors of `dates`, divided by their mean over the calendar year of each date."""
    days = dates.astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    result = raw(days)
    for year in np.unique(years):
        first, after = year.astype("datetime64[D]"), (year + 1).astype("datetime64[D]")
        result[years == year] /= raw(np.arange(first, after)).mean(axis=0)
    return result


def _weekday(days: Dates) -> npt.NDArray[np.int64]:
    """0 for Monday to 6 for Sunday."""
    return np.asarray((days.astype(np.int64) + 3) % 7)


def _off(days: Dates) -> Booleans:
    years = np.unique(days.astype("datetime64[Y]").astype(np.int64) + 1970)
    return np.isin(days, np.concatenate([holidays(int(year)) for year in years]))


def _turn(days: Dates) -> Floats:
    """The angle of the day in the year, radians from 1 January."""
    start = days.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(2 * np.pi * (days - start).astype(np.float64) / 365.25)


def _wave(days: Dates, swing: float, peak: float) -> Floats:
    """1 + swing · cos, highest on day `peak` of the year."""
    return np.asarray(1 + swing * np.cos(_turn(days) - 2 * np.pi * peak / 365.25))


def severity(days: Dates) -> Floats:
    """Deaths of the day, for one on an average day: two harmonics fitted on daily deaths, (T,)."""
    table = packaged("season")
    fitted = dict(zip(table["term"], table["value"], strict=True))
    turn = _turn(days.astype("datetime64[D]"))
    harmonics = [
        fitted[f"{name}{k}"] * wave(k * turn)
        for name, wave in (("cos", np.cos), ("sin", np.sin))
        for k in (1, 2)
    ]
    return np.asarray(np.exp(np.sum(harmonics, axis=0)))


def _week_of_visits(days: Dates, values: Mapping[str, float]) -> Floats:
    week = np.ones(7)
    week[5:] = 1 - values["season.visits_weekend"]
    week[0] = week[1:].mean() * (1 + values["season.visits_monday"])
    return np.asarray((week / week.mean())[_weekday(days)])


def _visits(days: Dates, values: Mapping[str, float]) -> Floats:
    wave = _wave(days, values["season.visits_summer"], 180)
    return (_week_of_visits(days, values) * wave)[:, None]


def _severe(days: Dates, values: Mapping[str, float]) -> Floats:
    return np.asarray(severity(days)[:, None] ** (values["season.severity"] * SEVERE))


def _admission(days: Dates, values: Mapping[str, float]) -> Floats:
    chance = _severe(days, values) * _visits(days, values) ** -values["season.acuity"]
    chance[:, OBSTETRICS] *= _wave(days, values["season.births"], 225)
    return chance


def _unscheduled(days: Dates, values: Mapping[str, float]) -> Floats:
    fall = values["season.direct_weekend"] * ((_weekday(days) >= 5) | _off(days))
    factors = _severe(days, values)
    for discipline in (MEDICINE, SURGERY, REHABILITATION):
        factors[:, discipline] *= 1 - fall
    factors[:, OBSTETRICS] *= _wave(days, values["season.births"], 225)
    return factors


def _scheduled(days: Dates, values: Mapping[str, float]) -> Floats:
    working = np.ones(len(days))
    working[_weekday(days) == 5] = values["season.scheduled_saturday"]
    working[(_weekday(days) == 6) | _off(days)] = values["season.scheduled_sunday"]
    fall = np.zeros(len(days))
    month_day = _month_day(days)
    fall[(month_day >= 715) & (month_day <= 831)] = values["season.scheduled_august"]
    fall[(month_day >= 1222) | (month_day <= 102)] = values["season.scheduled_christmas"]
    return np.asarray(working[:, None] * (1 - fall[:, None] * POSTPONED))


def _month_day(days: Dates) -> npt.NDArray[np.int64]:
    """July 15 as 715."""
    month = days.astype("datetime64[M]")
    return np.asarray(
        (month.astype(np.int64) % 12 + 1) * 100
        + (days - month.astype("datetime64[D]")).astype(np.int64)
        + 1
    )
