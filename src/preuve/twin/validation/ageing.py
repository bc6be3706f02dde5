"""What ageing alone would do to beds and days, and what changing practice did instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.numbers import number, percent, signed, span
from preuve.twin.baseline import Baseline
from preuve.twin.baseline import population as observed
from preuve.twin.demography.demand import ELDERLY, Rates
from preuve.twin.demography.demand import PARAMETERS as DEMAND
from preuve.twin.demography.population import five_year_ages, project
from preuve.twin.disciplines import ACUTE, CRITICAL_CARE, MEDICINE, OBSTETRICS, SURGERY
from preuve.twin.validation.check import Check, Row

Floats = npt.NDArray[np.float64]

RATES_OF = 2019
LAST_SEEN = 2024
MILLION = 1e6

DREES_BEDS = 0.28
DREES_STAYS = 2.0
DREES_RATE = {2012: 233.0, 2030: 256.0}
"""DREES, Dossier 18 (2017), by ageing alone from 2012 to 2030: full-time beds; millions of stays
("more than 2"); stays per 1,000 residents, day cases included, pregnancies left out (through
APMnews, 2017)."""

COURT_NIGHTS = 13.0
"""Cour des comptes, through La Banque Postale (2025): millions of nights added from 2020 to 2040 in
medicine and surgery."""

DREES_2008 = {2004: 58.4, 2030: 79.3}
DREES_2008_TREND = 56.4
"""DREES 2008: millions of days in 2004, and in 2030 at the practice of 2004, or at its trend."""

STEEPNESS = "demand.steepness"

TOLERATED = 0.05
"""A prediction of days five years ahead is held right within 5 %."""


@dataclass(frozen=True)
class Ageing:
    """Days at constant use, for one steepness of the use of hospital with age.

    Attributes:
        rates: use of 2019 by age.
        baseline: figures of 2019.
        populations: residents of France's départements by year, shape (Z, 2, 20) each.
    """

    rates: Rates
    baseline: Baseline
    populations: Mapping[int, Floats]

    def days(self, year: int) -> Floats:
        """Millions of days by discipline at the practice of 2019, shape (6,)."""
        return np.asarray(
            self.baseline.days.sum(axis=0) / MILLION * self._volume(year) / self._volume(RATES_OF)
        )

    def stays(self, year: int) -> Floats:
        """Millions of stays by discipline at the practice of 2019, shape (6,)."""
        use = self.rates.expected(self.populations[year])[:, : len(ACUTE) + 1]
        return np.asarray(use.sum(axis=0) / MILLION)

    def elderly_days(self, year: int) -> Floats:
        """Millions of days of people of 75 and more by discipline, shape (6,)."""
        people = self.populations[year].copy()
        people[..., ~ELDERLY] = 0
        volume = self._of(people)
        days = self.baseline.days.sum(axis=0) / MILLION
        return np.asarray(days * volume / self._volume(RATES_OF))

    def _volume(self, year: int) -> Floats:
        return self._of(self.populations[year])

    def _of(self, people: Floats) -> Floats:
        use = self.rates.expected(people)[:, : len(ACUTE) + 1]
        return np.asarray((use * self.rates.mean_stay(people)).sum(axis=0))


def yearly_change(before: float, after: float, years: int) -> float:
    """Constant relative change per year from one figure to another."""
    return float((after / before) ** (1 / years) - 1)


def _ageing(years: tuple[int, ...], steepness: float) -> Ageing:
    baseline = Baseline.load(RATES_OF)
    last = Baseline.load(LAST_SEEN)
    horizon = max(*years, LAST_SEEN)
    run = project(last.population, last.population_year, horizon, departments=baseline.departments)
    populations = {
        year: observed(year, baseline.departments)
        if year <= last.population_year
        else five_year_ages(run.at(year))
        for year in {*years, RATES_OF, LAST_SEEN}
    }
    rates = Rates.fit(baseline, populations[RATES_OF], {STEEPNESS: steepness})
    return Ageing(rates, baseline, populations)


def _cases(*years: int) -> tuple[Ageing, Ageing, Ageing]:
    """Central steepness, then its two bounds."""
    steepness = next(parameter for parameter in DEMAND if parameter.name == STEEPNESS)
    value, low, high = (
        _ageing(years, gradient) for gradient in (steepness.value, steepness.low, steepness.high)
    )
    return value, low, high


def _acute(days: Floats) -> float:
    return float(days[: len(ACUTE)].sum())


def _without_births(days: Floats) -> float:
    return _acute(days) - float(days[OBSTETRICS])


def _wards(days: Floats) -> float:
    """Medicine and surgery, with the critical care that is part of their stays."""
    return float(days[[MEDICINE, SURGERY, CRITICAL_CARE]].sum())


def _share(value: float) -> str:
    return ("+" if value > 0 else "") + percent(value)


def _added(value: float) -> str:
    return _("{x} M").format(x=signed(value, 1))


def _millions(value: float) -> str:
    return _("{x} M").format(x=number(value, 1))


def _row(label: str, target: float, found: Sequence[float], written: Callable[[float], str]) -> Row:
    """A published figure beside ours and what the bounds of the steepness make of it."""
    low, high = min(found), max(found)
    return Row(
        label,
        written(target),
        f"{written(found[0])} ({span(written(low), written(high))})",
        "met" if low <= target <= high else "missed",
    )


def ageing(data: Path) -> Check:
    """Ageing alone, 2012–2030 and 2020–2040, and the change of practice that was observed.

    Args:
        data: the folder of open French data.
    """
    cases = _cases(2012, 2013, 2020, 2030, 2040)
    days = [_without_births(c.days(2030)) / _without_births(c.days(2012)) - 1 for c in cases]
    stays = [_without_births(c.stays(2030)) / _without_births(c.stays(2012)) - 1 for c in cases]
    people = {year: float(cases[0].populations[year].sum()) for year in DREES_RATE}
    added = [share * DREES_RATE[2012] / 1000 * people[2012] / MILLION for share in stays]
    rates = [(1 + share) * DREES_RATE[2012] * people[2012] / people[2030] for share in stays]
    nights = [_wards(c.days(2040)) - _wards(c.days(2020)) for c in cases]
    old_nights = [_wards(c.elderly_days(2040)) - _wards(c.elderly_days(2020)) for c in cases]
    practice = _practice(cases[0])
    beds = _beds(data)
    aged = float(cases[0].days(LAST_SEEN).sum() / cases[0].days(2013).sum())
    per_bed = yearly_change(beds[2013] * aged, beds[LAST_SEEN], LAST_SEEN - 2013)
    ahead = _acute(cases[0].days(2040)) / _acute(cases[0].days(LAST_SEEN))
    offset = yearly_change(ahead, 1.0, 2040 - LAST_SEEN)
    return Check(
        name="ageing",
        title=_("What would ageing alone do?"),
        method=_(
            "Use by age of 2019 is held constant and applied to the population observed until "
            "2021 and projected (central variant) after it. The interval is that of the "
            "steepness of use with age, which no open file measures. Nothing was fitted on the "
            "published projections. Practice is all that is not age: day surgery, shorter stays, "
            "but also beds closed for want of carers and care given up. Beds of psychiatry and "
            "long stay, whose ages the twin does not know, are taken to age like the others."
        ),
        rows=[
            _row(
                _("Full-time beds, 2012–2030, pregnancies left out"),
                DREES_BEDS,
                days,
                _share,
            ),
            _row(
                _("Stays per 1,000 residents in 2030, day cases included"),
                DREES_RATE[2030],
                rates,
                number,
            ),
            Row(
                _("Stays added, 2012–2030, day cases included"),
                _("more than {x}").format(x=_added(DREES_STAYS)),
                _added(added[0]),
                "met" if added[0] >= DREES_STAYS else "missed",
            ),
            _row(
                _("Nights in medicine and surgery, 2020–2040"),
                COURT_NIGHTS,
                nights,
                _added,
            ),
            Row(
                _("… of people of 75 and more"),
                "",
                _("{x} M").format(x=signed(old_nights[0], 1)),
            ),
            Row(
                _("Change of practice that closes the gap, days of short stay, 2019–2024"),
                _("{before} M days to {after} M").format(
                    before=number(_acute(_days(RATES_OF)), 1),
                    after=number(_acute(_days(LAST_SEEN)), 1),
                ),
                _("{x} a year").format(x=percent(practice)),
            ),
            Row(
                _("Change of practice that closes the gap, all full-time beds, 2013–2024"),
                _("{before} beds to {after}").format(
                    before=number(beds[2013]), after=number(beds[LAST_SEEN])
                ),
                _("{x} a year").format(x=percent(per_bed)),
            ),
            Row(
                _("Change of practice that would hold the days of 2024 until 2040"),
                "",
                _("{x} a year").format(x=percent(offset)),
            ),
        ],
        conclusion=_(
            "Ageing alone adds {days} to the days of 2012 by 2030, {yearly} a year; practice took "
            "away {practice} a year from 2019 to 2024. A projection without its hypothesis on "
            "practice says little."
        ).format(
            days=percent(days[0], 0),
            yearly=percent(yearly_change(1, 1 + days[0], 2030 - 2012)),
            practice=percent(-practice),
        ),
        source=_(
            "DREES, Dossier 18 (2017); Cour des comptes, through La Banque Postale (2025); SAE."
        ),
        figures={
            "days_2012_2030": days[0],
            "days_2012_2030_low": days[1],
            "days_2012_2030_high": days[2],
            "stays_2012_2030": stays[0],
            "stays_added_2012_2030": added[0],
            "stays_per_1000_2030": rates[0],
            "nights_2020_2040": nights[0],
            "elderly_nights_2020_2040": old_nights[0],
            "practice_2019_2024": practice,
            "practice_beds_2013_2024": per_bed,
            "practice_to_hold_2040": offset,
        },
    )


def hindcast(_data: Path) -> Check:
    """The projections of 2008, made again: 2004 to 2024 and 2030 at constant practice."""
    cases = _cases(2004, 2030)
    start = DREES_2008[2004]

    def at(case: Ageing, year: int) -> float:
        return start * _acute(case.days(year)) / _acute(case.days(2004))

    constant = [at(case, 2030) for case in cases]
    today, before = at(cases[0], LAST_SEEN), at(cases[0], RATES_OF)
    seen, seen_before = _acute(_days(LAST_SEEN)), _acute(_days(RATES_OF))
    practice = yearly_change(today, seen, LAST_SEEN - 2004)
    learnt = yearly_change(before, seen_before, RATES_OF - 2004)
    predicted = today * (1 + learnt) ** (LAST_SEEN - 2004)
    later = constant[0] * (1 + practice) ** (2030 - 2004)
    return Check(
        name="hindcast",
        title=_("Had the twin been run in 2008, what would it have said?"),
        method=_(
            "Days of 2004 as published, moved by the population and the use by age of 2019 "
            "(ages were not open in 2004). Practice from 2004 to 2019 is then carried on to 2024, "
            "a year it has not seen."
        ),
        rows=[
            _row(
                _("Days of 2030 at the practice of 2004"),
                DREES_2008[2030],
                constant,
                _millions,
            ),
            Row(
                _("Days of 2024 at the practice of 2004"),
                _("observed: {x} M").format(x=number(seen, 1)),
                _("{x} M").format(x=number(today, 1)),
            ),
            Row(
                _("Change of practice that closes the gap, 2004–2024"),
                "",
                _("{x} a year").format(x=percent(practice)),
            ),
            Row(
                _("Days of 2024, practice of 2004–2019 carried on ({x} a year)").format(
                    x=percent(learnt)
                ),
                _("observed: {x} M").format(x=number(seen, 1)),
                _("{x} M").format(x=number(predicted, 1)),
                "met" if abs(predicted / seen - 1) <= TOLERATED else "missed",
            ),
            Row(
                _("Days of 2030, practice of 2004–2024 carried on"),
                _("DREES 2008, trend: {x} M").format(x=number(DREES_2008_TREND, 1)),
                _("{x} M").format(x=number(later, 1)),
            ),
        ],
        conclusion=_(
            "At constant practice the days of 2024 are overstated by {over}: what was missing is a "
            "change of practice of {practice} a year. Carried on from 2004–2019, it still "
            "overstates 2024 by {left}."
        ).format(
            over=percent(today / seen - 1, 0),
            practice=percent(practice),
            left=percent(predicted / seen - 1),
        ),
        source=_("DREES (Mouquet and Oberlin, 2008), definitions close to those of the SAE; SAE."),
        figures={
            "constant_2030": constant[0],
            "constant_2030_low": constant[1],
            "constant_2030_high": constant[2],
            "constant_2024": today,
            "observed_2024": seen,
            "practice_2004_2024": practice,
            "practice_2004_2019": learnt,
            "predicted_2024": predicted,
            "trend_2030": later,
        },
    )


def _practice(case: Ageing) -> float:
    return yearly_change(
        _acute(case.days(LAST_SEEN)), _acute(_days(LAST_SEEN)), LAST_SEEN - RATES_OF
    )


def _days(year: int) -> Floats:
    """Observed millions of days by discipline, shape (6,)."""
    return np.asarray(Baseline.load(year).days.sum(axis=0) / MILLION)


def _beds(data: Path) -> dict[int, float]:
    table = pl.read_csv(data / "beds_places_france_2013_2024.csv")
    return {int(year): float(beds) for year, beds in table.select("year", "beds_full_time").rows()}
