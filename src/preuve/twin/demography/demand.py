"""Demand: stays, passages and visits per resident by age, sex, activity and mode.

The national database of stays (PMSI) is not open, so the ages of those who are treated are proxies,
each from an open or published figure; levels are the baseline's own totals. An agency that has its
own counts by age replaces `Rates.use`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import AGES, SEXES, Baseline, packaged
from preuve.twin.baseline import population as observed
from preuve.twin.demography.population import (
    SINGLE_AGES,
    check_counts,
    five_year_ages,
    national_fertility,
    project,
)
from preuve.twin.disciplines import (
    ACTIVITIES,
    CRITICAL_CARE,
    DISCIPLINES,
    EMERGENCY,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.parameters import Parameter, central

Floats = npt.NDArray[np.float64]

MODES = ("scheduled", "unscheduled")

MIDDLES = np.array([*(age + 2.5 for age in range(0, 95, 5)), 97.5])
"""Middle of each five-year age group."""

CHILD = np.array([1.0, 1.0, 1.0, 0.6, *[0.0] * 16])
"""Share of each group under 18."""

ADULT = 1 - CHILD
OLD = MIDDLES > 80
ELDERLY = MIDDLES > 75
FLAT_UNTIL = 70.0
"""Adults go to the emergency department alike until this age, then more and more."""

RISE_FROM = 40.0
"""Chance of admission after a visit grows with age from here."""

STEEP_FROM = 60.0
MALE_FROM, MALE_FULL = 45.0, 65.0
STAY_FROM, STAY_FULL = 45.0, 85.0

INTENSIVE_OLD = 0.153
INTENSIVE_YEAR = 2009
"""Share of 80 and more among adults in intensive care, France, 2009 (Fassier and others, 2016)."""

REHABILITATION_AGE = {"F": 74.0, "M": 67.0}
REHABILITATION_WOMEN = 0.57
REHABILITATION_YEAR = 2019
"""Full-time rehabilitation in 2019: mean ages on admission, share of women (DREES)."""

CHILDREN_IN_WARDS = 0.1
"""Use of adult wards by a child, against that of an adult of 20; the rest is paediatrics."""

CHILDREN_IN_CRITICAL_CARE = 0.05

SURGERY_STAY = 0.5
"""Of the gradient of the mean stay with age in medicine, what holds in surgery (a supposition)."""

LEAST_LOCAL = 0.1

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "demand.steepness",
        _("Further rise of use per decade after 60"),
        0.0,
        -0.15,
        0.15,
        "log per decade",
        "assumed",
        _("Assumed: the profile of Occitanie counts people, day cases included, not stays."),
    ),
    Parameter(
        "demand.male_excess",
        _("Use of hospital by men against women of 65 and more"),
        1.33,
        1.2,
        1.48,
        "ratio",
        "published",
        _("DREES, stays of 2013, through BFM TV: women of 65 and more a quarter below men."),
        "log",
    ),
    Parameter(
        "demand.stay_ratio",
        _("Mean stay at 75 and more against younger, after the emergency department"),
        6.5 / 3.5,
        1.5,
        2.3,
        "ratio",
        "published",
        _("Cour des comptes, through La Banque Postale (2025): 6.5 days against 3.5."),
        "log",
    ),
    Parameter(
        "demand.local",
        _("Part of the gap between régions that is use, not journeys to another région"),
        0.9,
        0.6,
        0.98,
        "proportion",
        "assumed",
        _("Assumed: flows of patients between régions are not open."),
        "logit",
    ),
    Parameter(
        "demand.unscheduled_medicine",
        _("Unscheduled share of stays in medicine"),
        0.65,
        0.5,
        0.8,
        "proportion",
        "assumed",
        _("Assumed; 3.5 million admissions through emergency departments in 2024 (SAE)."),
        "logit",
    ),
    Parameter(
        "demand.unscheduled_surgery",
        _("Unscheduled share of stays in surgery"),
        0.25,
        0.15,
        0.4,
        "proportion",
        "assumed",
        _("Assumed."),
        "logit",
    ),
    Parameter(
        "demand.unscheduled_obstetrics",
        _("Unscheduled share of stays in obstetrics"),
        0.8,
        0.6,
        0.92,
        "proportion",
        "assumed",
        _("Assumed."),
        "logit",
    ),
    Parameter(
        "demand.unscheduled_paediatrics",
        _("Unscheduled share of stays in paediatrics"),
        0.7,
        0.5,
        0.85,
        "proportion",
        "assumed",
        _("Assumed."),
        "logit",
    ),
    Parameter(
        "demand.unscheduled_critical_care",
        _("Unscheduled share of passages in critical care"),
        0.75,
        0.55,
        0.9,
        "proportion",
        "assumed",
        _("Assumed."),
        "logit",
    ),
)


@dataclass(frozen=True)
class Rates:
    """Use of hospital per resident and year; Z départements, 7 activities, 20 ages.

    Attributes:
        use: stays, passages or visits per resident of France, by mode (scheduled, unscheduled),
            activity, sex (F, M) and five-year age, shape (2, 7, 2, 20).
        local: use of each département against France, the same within a région, shape (Z, 7).
        stay: mean stay of each age against that of people of 20 by discipline, shape (6, 20).
        admitted: admissions through the emergency department by sex and age, relative, (2, 20).
        population: the residents these rates were fitted on, shape (Z, 2, 20).
    """

    use: Floats
    local: Floats
    stay: Floats
    admitted: Floats
    population: Floats

    @classmethod
    def fit(
        cls,
        baseline: Baseline,
        population: Floats | None = None,
        values: Mapping[str, float] | None = None,
        own: Floats | None = None,
    ) -> Rates:
        """Rates whose national totals by activity are those of the baseline year.

        Args:
            baseline: the year to reproduce.
            population: residents of that year, shape (Z, 2, 20) or (Z, 2, 106); by default those
                of the baseline, projected to its year where they are older.
            values: drawn values of `PARAMETERS`.
            own: a planner's own use per resident, nan for an activity without, shape (7, 2, 20):
                it replaces both the profile and the level, which may then differ from the total
                of the sites; modes part it as they part ours at each age.

        Raises:
            PreuveError: `population` is not one of the baseline's départements, or `own` is
                nothing for an activity that sites have.
        """
        assumed = dict(central(PARAMETERS)) | dict(values or {})
        if population is not None:
            check_counts(population, baseline.departments)
        residents = _grouped(residents_of(baseline) if population is None else population)
        people = residents.sum(axis=0)
        visits, admitted = _emergency(people, baseline.year, assumed)
        profiles = _profiles(people, visits, admitted, baseline.year, assumed)
        totals = _totals(baseline).sum(axis=0)
        share = _unscheduled_shares(assumed)
        weights = totals * np.stack([1 - share, share])
        use = profiles * (weights / _sum(profiles, people))[:, :, None, None]
        national = use.sum(axis=0)
        if own is not None:
            use = _own_use(use, own, share)
            national = _levelled(use.sum(axis=0), people, totals)
        return cls(
            use=use,
            local=_local(baseline, residents, national, assumed["demand.local"]),
            stay=_stay(people, admitted, assumed["demand.stay_ratio"]),
            admitted=admitted,
            population=residents,
        )

    @property
    def unscheduled(self) -> Floats:
        """Unscheduled share of each activity over the residents fitted on, shape (7,)."""
        scheduled, unscheduled = _sum(self.use, self.population.sum(axis=0))
        return np.asarray(unscheduled / (scheduled + unscheduled))

    def by_mode(self, population: Floats) -> Floats:
        """Expected use per year by mode, département and activity, shape (2, Z, 7)."""
        counts = _grouped(population)
        return np.asarray(np.einsum("zsa,mfsa->mzf", counts, self.use) * self.local)

    def expected(self, population: Floats) -> Floats:
        """Stays, passages or visits per year of residents (Z, 2, A), shape (Z, 7)."""
        return np.asarray(self.by_mode(population).sum(axis=0))

    def by_commune(self, baseline: Baseline, expected: Floats) -> Floats:
        """The use of each département shared among its communes by residents, shape (C, 7)."""
        communes = baseline.communes
        people = np.bincount(
            communes.department, weights=communes.population, minlength=len(expected)
        )
        inside = people[communes.department]
        share = np.divide(communes.population, inside, out=np.zeros_like(inside), where=inside > 0)
        return np.asarray(expected[communes.department] * share[:, None])

    def growth(self, before: Floats, after: Floats, births: Floats | None = None) -> Floats:
        """Expected use of `after` over that of `before` (Z, 2, A), shape (Z, 7).

        Args:
            before: residents at the start.
            after: residents later.
            births: births of `after` over those of `before` by département, shape (Z,): obstetrics
                then follows births, not the number of women alone.
        """
        start, end = self.expected(before), self.expected(after)
        ratio = np.divide(end, start, out=np.ones_like(end), where=start > 0)
        if births is not None:
            ratio[:, OBSTETRICS] = births
        return ratio

    def stay_growth(self, before: Floats, after: Floats) -> Floats:
        """Mean stay of `after` over that of `before` by the mix of ages alone, shape (Z, 6)."""
        start, end = self.mean_stay(before), self.mean_stay(after)
        return np.asarray(np.divide(end, start, out=np.ones_like(end), where=start > 0))

    def elderly(self, population: Floats) -> Floats:
        """Share of emergency admissions that are of people of 75 and more, shape (Z,)."""
        admitted = (_grouped(population) * self.admitted).sum(axis=1)
        total = admitted.sum(axis=1)
        old = admitted[:, ELDERLY].sum(axis=1)
        return np.asarray(np.divide(old, total, out=np.zeros_like(total), where=total > 0))

    def mean_stay(self, population: Floats) -> Floats:
        """Mean stay by département and discipline, in stays of people of 20, shape (Z, 6)."""
        use = np.einsum("zsa,mfsa->zfa", _grouped(population), self.use)[:, : len(DISCIPLINES)]
        total = use.sum(axis=2)
        days = (use * self.stay).sum(axis=2)
        return np.asarray(np.divide(days, total, out=np.zeros_like(total), where=total > 0))


def _grouped(population: Floats) -> Floats:
    return five_year_ages(population) if population.shape[-1] == SINGLE_AGES else population


def residents_of(baseline: Baseline) -> Floats:
    """Residents of the year of the baseline, projected to it where they are older.

    Shape (Z, 2, 20), or (Z, 2, 106) where they are projected.
    """
    if baseline.population_year >= baseline.year:
        return baseline.population
    return project(
        baseline.population,
        baseline.population_year,
        baseline.year,
        departments=baseline.departments,
    ).at(baseline.year)


def _totals(baseline: Baseline) -> Floats:
    """Observed use by site and activity, shape (S, 7)."""
    return np.concatenate([baseline.stays, baseline.visits[:, None]], axis=1)


def _sum(profile: Floats, people: Floats) -> Floats:
    """Profiles (..., 2, 20) summed over the residents of France (2, 20)."""
    return np.asarray((profile * people).sum(axis=(-2, -1)))


def _emergency(people: Floats, year: int, values: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Visits and admissions per resident, relative, by sex and age, shape (2, 20) each.

    Three measured shares hold (SAE): visits under 18, visits of 80 and more, and admissions of 80
    and more; children keep the shape of the Occitanie profile.
    """
    row = packaged("emergency_ages").filter(pl.col("year") == year).row(0, named=True)
    child = CHILD * np.sqrt(_occitanie())
    old_adults = row["visits_80"] / (row["visits"] - row["visits_18"])
    adult = ADULT * _tilted(people, ADULT, FLAT_UNTIL, OLD, old_adults)
    odds = row["visits_18"] / (row["visits"] - row["visits_18"])
    visits = adult + child * odds * _sum(adult, people) / _sum(child, people)
    old_admitted = row["admitted_80"] / (row["admitted"] - row["admitted_18"])
    admitted = visits * ADULT * _tilted(people, visits * ADULT, RISE_FROM, OLD, old_admitted)
    admitted = admitted * _steep(values["demand.steepness"])
    odds = row["admitted_18"] / (row["admitted"] - row["admitted_18"])
    admitted = admitted + child * odds * _sum(admitted, people) / _sum(child, people)
    shape = (len(SEXES), len(AGES))
    return np.broadcast_to(visits, shape), np.broadcast_to(admitted, shape)


def _tilted(
    people: Floats, profile: Floats, start: float, inside: npt.NDArray[np.bool_], share: float
) -> Floats:
    """exp(g · years after `start`), g such that ages `inside` make `share` of the profile."""
    years = np.maximum(MIDDLES - start, 0.0) / 10

    def gap(gradient: float) -> float:
        tilted = profile * np.exp(gradient * years) * people
        return float(tilted[..., inside].sum() / tilted.sum()) - share

    return np.exp(_root(gap) * years)


def _root(gap: Callable[[float], float]) -> float:
    from scipy.optimize import brentq

    return float(brentq(gap, -5.0, 5.0))


def _occitanie() -> Floats:
    """People hospitalised outside a listed condition, per 100, by age (CNAM), shape (20,)."""
    return packaged("hospital_use")["share"].to_numpy().astype(np.float64)


def _steep(gradient: float) -> Floats:
    return np.asarray(np.exp(gradient * np.maximum(MIDDLES - STEEP_FROM, 0.0) / 10))


def _male(excess: float) -> Floats:
    """Use by women and men against women: alike to 45, then rising to `excess` at 65, (2, 20)."""
    rise = np.clip((MIDDLES - MALE_FROM) / (MALE_FULL - MALE_FROM), 0.0, 1.0)
    return np.stack([np.ones_like(rise), excess**rise])


def _profiles(
    people: Floats, visits: Floats, admitted: Floats, year: int, values: Mapping[str, float]
) -> Floats:
    """Relative use by mode, activity, sex and age, shape (2, 7, 2, 20)."""
    wards = ADULT + CHILDREN_IN_WARDS * CHILD
    male = _male(values["demand.male_excess"])
    general = _occitanie() * _steep(values["demand.steepness"]) * male
    scheduled = np.zeros((len(ACTIVITIES), len(SEXES), len(AGES)))
    scheduled[MEDICINE] = scheduled[SURGERY] = general * wards
    scheduled[OBSTETRICS, SEXES.index("F")] = _mothers(year)
    scheduled[PAEDIATRICS] = CHILD * _occitanie()
    scheduled[CRITICAL_CARE] = _critical_care(people, general)
    scheduled[REHABILITATION] = _rehabilitation()
    scheduled[EMERGENCY] = visits
    unscheduled = scheduled.copy()
    unscheduled[MEDICINE] = unscheduled[SURGERY] = admitted * wards * male
    return np.stack([scheduled, unscheduled])


def _mothers(year: int) -> Floats:
    """Births per woman by five-year age on 1 January, shape (20,)."""
    by_age = national_fertility(year, "central")[1:]
    return np.asarray(five_year_ages(by_age) / 5)


def _critical_care(people: Floats, general: Floats) -> Floats:
    """The general profile bent until adults of 80 and more are as many as in intensive care."""
    then = _france(INTENSIVE_YEAR)
    adult = general * ADULT
    adult = adult * _tilted(then, adult, STEEP_FROM, OLD, INTENSIVE_OLD)
    child = CHILD * _occitanie() * np.ones((len(SEXES), 1))
    odds = CHILDREN_IN_CRITICAL_CARE / (1 - CHILDREN_IN_CRITICAL_CARE)
    return np.asarray(adult + child * odds * _sum(adult, people) / _sum(child, people))


def _rehabilitation() -> Floats:
    """Adults, exponential in age by sex, with the published mean ages and share of women."""
    then = _france(REHABILITATION_YEAR)
    by_sex = [_mean_age(then[index], REHABILITATION_AGE[sex]) for index, sex in enumerate(SEXES)]
    profile = np.stack(by_sex)
    totals = (profile * then).sum(axis=1)
    wanted = np.array([REHABILITATION_WOMEN, 1 - REHABILITATION_WOMEN])
    return np.asarray(profile * (wanted / totals)[:, None])


def _mean_age(people: Floats, mean: float) -> Floats:
    def profile(gradient: float) -> Floats:
        return np.asarray(ADULT * np.exp(gradient * (MIDDLES - STEEP_FROM) / 10))

    def gap(gradient: float) -> float:
        weights = profile(gradient) * people
        return float((weights * MIDDLES).sum() / weights.sum()) - mean

    return profile(_root(gap))


def _france(year: int) -> Floats:
    """Residents of France by sex and age of a year from 1990 to 2021, shape (2, 20)."""
    codes = tuple(packaged("mortality_departments")["department"])
    return np.asarray(observed(year, codes).sum(axis=0))


def _unscheduled_shares(values: Mapping[str, float]) -> Floats:
    """Unscheduled share of each activity: rehabilitation is arranged, a visit never is."""
    fixed = {"rehabilitation": 0.0, "emergency": 1.0}
    return np.array(
        [
            fixed[name] if name in fixed else values[f"demand.unscheduled_{name}"]
            for name in ACTIVITIES
        ]
    )


def _own_use(use: Floats, own: Floats, share: Floats) -> Floats:
    """The use of a planner in place of ours, parted by mode as ours at each age, (2, 7, 2, 20).

    An age that has no use in ours takes the unscheduled share of the activity.
    """
    usual = np.stack([1 - share, share])[:, :, None, None]
    whole = use.sum(axis=0)
    parts = np.broadcast_to(usual, use.shape).copy()
    np.divide(use, whole, out=parts, where=whole > 0)
    return np.where(np.isnan(own), use, own * parts)


def _levelled(use: Floats, people: Floats, totals: Floats) -> Floats:
    """Use by activity, sex and age brought to the totals of the sites, shape (7, 2, 20)."""
    expected = _sum(use, people)
    empty = (expected <= 0) & (totals > 0)
    if empty.any():
        raise PreuveError(
            _("The rates of {activity} are zero at every age, and its sites have patients.").format(
                activity=ACTIVITIES[int(np.argmax(empty))]
            ),
            where="rates",
            remedy=_("Correct the rates, or leave this activity out of the file."),
        )
    return np.asarray(use * (totals / expected)[:, None, None])


def _local(baseline: Baseline, residents: Floats, use: Floats, weight: float) -> Floats:
    """Observed over expected volumes of the région, drawn towards one, shape (Z, 7).

    What the hospitals of a région do is not what its residents use: `weight` keeps most of the gap
    and leaves the rest to journeys between régions. Totals of France are kept.
    """
    expected = np.einsum("zsa,fsa->zf", residents, use)
    names = sorted(set(baseline.regions))
    region = np.array([names.index(code) for code in baseline.regions])
    seen = np.zeros((len(names), len(ACTIVITIES)))
    np.add.at(seen, region[baseline.department], _totals(baseline))
    wanted = np.zeros_like(seen)
    np.add.at(wanted, region, expected)
    gap = np.divide(seen, wanted, out=np.ones_like(seen), where=wanted > 0)
    factor = np.maximum(1 + weight * (gap - 1), LEAST_LOCAL)[region]
    return np.asarray(factor * expected.sum(axis=0) / (expected * factor).sum(axis=0))


def _stay(people: Floats, admitted: Floats, ratio: float) -> Floats:
    """Mean stay by age against that of people of 20, by discipline, shape (6, 20).

    Log-linear from 45 to 85; the slope gives `ratio` between admissions of 75 and more and younger
    adults. Children, births, critical care and rehabilitation (34.7 days, and 35.9 from 85: DREES
    2019) are held flat.
    """
    rise = np.clip((MIDDLES - STAY_FROM) / (STAY_FULL - STAY_FROM), 0.0, 1.0)
    weights = (admitted * people).sum(axis=0)

    def gap(slope: float) -> float:
        length = np.exp(slope * rise)
        old = np.average(length[ELDERLY], weights=weights[ELDERLY])
        return float(old / np.average(length[~ELDERLY], weights=weights[~ELDERLY])) - ratio

    slope = _root(gap)
    stay = np.ones((len(DISCIPLINES), len(AGES)))
    stay[MEDICINE] = np.exp(slope * rise)
    stay[SURGERY] = np.exp(SURGERY_STAY * slope * rise)
    return stay
