"""Epidemic: infections by département, the admissions they bring, the activity put off for them.

A binomial chain of susceptible, exposed, infectious and removed people (SEIR) in each département,
by steps of one day; people meet at home and, for a share of their contacts, elsewhere by gravity:

    new E ~ Binomial(S, 1 - exp(-R/D · Σ_j contacts[z, j] · I_j / N_j))
    new I ~ Binomial(E, 1/L)        new removed ~ Binomial(I, 1/D)

R is the reproduction number where nobody is immune, L the mean latent time and D the mean
infectious time. The chain's generation time is exactly L + D days and its deterministic limit
follows the final-size equation s = s0 · exp(-R (s0 - s + i0)). Age plays on severity only: every
age is infected alike. A curve of admissions may be given in place of the chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import gammainc

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import Communes
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    DISCIPLINES,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
)
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

ASSUMED = _("assumed")

PARAMETERS = (
    Parameter(
        "epidemic.generation_time",
        _("Mean time from one infection to the next"),
        6.0,
        4.5,
        7.5,
        "day",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "epidemic.latent_share",
        _("Share of the generation time before being infectious"),
        0.5,
        0.35,
        0.65,
        "proportion",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "epidemic.elsewhere",
        _("Share of contacts outside one's own département"),
        0.05,
        0.01,
        0.15,
        "proportion",
        "assumed",
        ASSUMED,
        "log",
    ),
    Parameter(
        "epidemic.hospitalised",
        _("Infected people who are hospitalised, all ages"),
        0.029,
        0.017,
        0.052,
        "proportion",
        "published",
        _(
            "Salje et al., Science 2020, 10.1126/science.abc3517; interval taken from that of the "
            "deaths"
        ),
        "log",
    ),
    Parameter(
        "epidemic.hospitalised_doubling",
        _("Years of age over which the chance to be hospitalised doubles"),
        12.7,
        10.5,
        15.5,
        "year",
        "measured",
        _(
            "Santé publique France, COVID-19 admissions 2020-2022"
            ", weeks 10 to 26 of 2020, every age infected alike"
        ),
    ),
    Parameter(
        "epidemic.critical",
        _("Hospitalised people who enter critical care, all ages"),
        0.16,
        0.1,
        0.22,
        "proportion",
        "measured",
        _(
            "Santé publique France, COVID-19 admissions 2020-2022"
            ": 0.161, 0.155, 0.219, 0.102 in four waves"
        ),
    ),
    Parameter(
        "epidemic.delay",
        _("Mean time from infection to admission"),
        11.0,
        8.0,
        14.0,
        "day",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "epidemic.stay_medicine",
        _("Mean stay of the epidemic's patients in medicine"),
        11.0,
        7.0,
        15.0,
        "day",
        "assumed",
        _("assumed: all hospital stock on admissions is 17.7 days, rehabilitation included"),
    ),
    Parameter(
        "epidemic.stay_critical_care",
        _("Mean stay of the epidemic's patients in critical care"),
        15.0,
        13.0,
        18.0,
        "day",
        "measured",
        _("Santé publique France, COVID-19 admissions 2020-2022, fitted by validation/covid.py"),
    ),
    Parameter(
        "epidemic.stay_paediatrics",
        _("Mean stay of the epidemic's patients in paediatrics"),
        4.0,
        2.0,
        7.0,
        "day",
        "assumed",
        ASSUMED,
    ),
    Parameter(
        "epidemic.deprogrammed",
        _("Scheduled admissions put off while critical care is under strain"),
        0.6,
        0.3,
        0.9,
        "proportion",
        "assumed",
        _("assumed: surgical stays of 2020 are 15.7 % under 2019 (SAE), or 57 days without any"),
    ),
    Parameter(
        "epidemic.strain",
        _("Share of critical-care beds held by the epidemic above which care is put off"),
        0.2,
        0.1,
        0.4,
        "proportion",
        "assumed",
        ASSUMED,
    ),
)

AGE_GROUPS = 20
CHILDREN = 3
"""Five-year groups admitted to paediatrics: under 15."""

CRITICAL_BY_AGE = np.repeat(
    [0.216, 0.236, 0.120, 0.168, 0.226, 0.273, 0.296, 0.227, 0.062, 0.019], 2
)
"""Admissions to critical care on all admissions by ten years of age, first wave, France
(Santé publique France, sums of seven-day rates 2020-03-19 to 2020-06-30); scaled to the share of
all ages that is asked."""

PUT_OFF = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
PUT_OFF[[OBSTETRICS, REHABILITATION]] = 0.0
"""Disciplines whose scheduled admissions are put off: births and rehabilitation are not."""

DELAY_SPREAD = 0.5
"""Standard deviation of the delay to admission on its mean (gamma), assumed."""


@dataclass(frozen=True)
class Outbreak:
    """What starts an epidemic.

    Attributes:
        reproduction: people one case infects where nobody is immune and nothing is done.
        start: day when the first people are infected.
        seeds: people infected that day, shared by population.
        territory: codes of the départements where they live; empty for all.
        immune: share of the population that cannot be infected.
        measures: from a day on, the reproduction number becomes another; in order of days.
    """

    reproduction: float
    start: np.datetime64
    seeds: int = 1000
    territory: tuple[str, ...] = ()
    immune: float = 0.0
    measures: tuple[tuple[np.datetime64, float], ...] = ()

    def __post_init__(self) -> None:
        numbers = [self.reproduction, *(number for _day, number in self.measures)]
        if not all(np.isfinite(number) and number >= 0 for number in numbers):
            raise PreuveError(
                _("A reproduction number is zero or more."), where="epidemic.reproduction"
            )
        if not 0 <= self.immune < 1:
            raise PreuveError(
                _("The share of immune people lies between 0 and 1."), where="epidemic.immune"
            )
        if self.seeds < 0:
            raise PreuveError(_("First infections are zero or more."), where="epidemic.seeds")
        days = [self.start, *(day for day, _number in self.measures)]
        if any(later < earlier for earlier, later in pairwise(days)):
            raise PreuveError(_("The dates are out of order."), where="epidemic.measures")


@dataclass(frozen=True)
class Spread:
    """People in each state at the end of each day, shape (T, Z), and new infections of the day."""

    susceptible: Integers
    exposed: Integers
    infectious: Integers
    removed: Integers
    infections: Integers


@dataclass(frozen=True)
class Shock:
    """What an epidemic brings to hospitals; T days, Z départements, 6 disciplines.

    Attributes:
        extra: mean admissions added each day, shape (T, Z, 6); medicine counts those who never
            need critical care.
        stay: mean stay of those admissions in days, shape (6,); 0 where there are none.
        scheduled: factor of scheduled admissions, 1 where nothing is put off, shape (T, 6).
    """

    extra: Floats
    stay: Floats
    scheduled: Floats


def centres(communes: Communes) -> tuple[Floats, Floats]:
    """Longitude and latitude of where people live in each département, each of shape (Z,)."""
    people = np.bincount(communes.department, communes.population)
    lon, lat = (
        np.bincount(communes.department, axis * communes.population) / people
        for axis in (communes.lon, communes.lat)
    )
    return lon, lat


def contacts(population: Floats, lon: Floats, lat: Floats, values: Mapping[str, float]) -> Floats:
    """Where the contacts of each département's residents live, rows sum to 1, shape (Z, Z).

    A share `epidemic.elsewhere` of contacts is spread over the others by population over squared
    distance (kilometres, 20 km added); the rest stays.
    """
    away = population[None, :] / (_kilometres(lon, lat) + 20.0) ** 2
    np.fill_diagonal(away, 0.0)
    total = away.sum(axis=1, keepdims=True)
    elsewhere = values["epidemic.elsewhere"] * away / np.where(total > 0, total, 1.0)
    return np.asarray(elsewhere + np.diag(1 - elsewhere.sum(axis=1)))


def _kilometres(lon: Floats, lat: Floats) -> Floats:
    """Great-circle distances (haversine, sphere of 6,371 km), shape (Z, Z)."""
    east, north = np.radians(lon), np.radians(lat)
    half = np.sin((north[:, None] - north[None, :]) / 2) ** 2
    half += (
        np.cos(north)[:, None]
        * np.cos(north)[None, :]
        * np.sin((east[:, None] - east[None, :]) / 2) ** 2
    )
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def spread(
    outbreak: Outbreak,
    dates: Dates,
    departments: Sequence[str],
    population: Floats,
    met: Floats,
    values: Mapping[str, float],
    seed: int,
) -> Spread:
    """One run of the chain; the same seed gives the same people.

    Args:
        outbreak: what starts it.
        dates: days in a row, shape (T,).
        departments: code of each département, length Z.
        population: residents, shape (Z,).
        met: `contacts`, shape (Z, Z).
        values: figure of each of `PARAMETERS`, by name.
        seed: of the counter-based generator (Philox).

    Raises:
        PreuveError: the epidemic starts outside the dates, or a département is unknown.
    """
    days = dates.astype("datetime64[D]")
    first = int((outbreak.start.astype("datetime64[D]") - days[0]).astype(np.int64))
    if not 0 <= first < len(days):
        raise PreuveError(
            _("The epidemic starts outside the dates of the run."), where="epidemic.start"
        )
    random = np.random.Generator(np.random.Philox(seed))
    people = np.rint(population).astype(np.int64)
    removed = np.rint(outbreak.immune * people).astype(np.int64)
    shares = inside(departments, population, outbreak.territory)
    seeds = np.minimum(random.multinomial(outbreak.seeds, shares), people - removed)
    states = np.zeros((5, len(days), len(people)), dtype=np.int64)
    states[0, :first], states[3, :first] = people - removed, removed
    latent, infectious_time = durations(values)
    force = _reproduction(outbreak, days) / infectious_time
    s, e, i, r = people - removed - seeds, seeds.copy(), np.zeros_like(people), removed
    states[:, first] = s, e, i, r, seeds
    inhabited = np.maximum(people, 1)
    for day in range(first + 1, len(days)):
        infected = random.binomial(s, -np.expm1(-force[day] * (met @ (i / inhabited))))
        onset = random.binomial(e, 1 / latent)
        ended = random.binomial(i, 1 / infectious_time)
        s, e, i, r = s - infected, e + infected - onset, i + onset - ended, r + ended
        states[:, day] = s, e, i, r, infected
    return Spread(*states)


def durations(values: Mapping[str, float]) -> tuple[float, float]:
    """Mean latent and infectious times in days, each at least one; they sum to the generation time.

    Raises:
        PreuveError: the generation time is under two days.
    """
    generation = values["epidemic.generation_time"]
    if not generation >= 2:
        raise PreuveError(
            _("A generation time is two days or more: the chain steps by one day."),
            where="epidemic.generation_time",
        )
    latent = min(max(1.0, values["epidemic.latent_share"] * generation), generation - 1)
    return latent, generation - latent


def _reproduction(outbreak: Outbreak, days: Dates) -> Floats:
    number = np.full(len(days), float(outbreak.reproduction))
    for start, value in outbreak.measures:
        number[days >= start] = value
    return number


def inside(departments: Sequence[str], population: Floats, territory: Sequence[str]) -> Floats:
    """Share of each département in the people of a territory (all, if empty), shape (Z,).

    Raises:
        PreuveError: a code is unknown.
    """
    unknown = sorted(set(territory) - set(departments))
    if unknown:
        raise PreuveError(
            _("No département has the code {code}.").format(code=unknown[0]),
            where="epidemic.territory",
        )
    people = population * (np.isin(departments, territory) if territory else 1.0)
    return np.asarray(people / people.sum())


def severity(population: Floats, values: Mapping[str, float]) -> Floats:
    """Chance of an infected resident to be admitted to each discipline, shape (Z, 6).

    The chance to be hospitalised doubles every `epidemic.hospitalised_doubling` years of age and
    is `epidemic.hospitalised` over all ages of the country, never above one at any age; so for
    critical care, by `CRITICAL_BY_AGE`.

    Args:
        population: residents by département, sex and five-year age, shape (Z, 2, 20).
        values: figure of each of `PARAMETERS`, by name.
    """
    people = population.sum(axis=1)
    country = people.sum(axis=0)
    age = 5 * np.arange(AGE_GROUPS) + 2.5
    relative = 2 ** (age / values["epidemic.hospitalised_doubling"])
    chance = values["epidemic.hospitalised"] * relative / np.average(relative, weights=country)
    hospitalised = np.minimum(chance, 1.0)
    asked = values["epidemic.critical"] / np.average(CRITICAL_BY_AGE, weights=country * relative)
    critical = hospitalised * np.minimum(asked * CRITICAL_BY_AGE, 1.0)
    ward = hospitalised - critical
    child = np.arange(AGE_GROUPS) < CHILDREN
    by_age = np.zeros((AGE_GROUPS, len(DISCIPLINES)))
    by_age[:, CRITICAL_CARE] = critical
    by_age[~child, MEDICINE] = ward[~child]
    by_age[child, PAEDIATRICS] = ward[child]
    return np.asarray(people @ by_age / np.maximum(people.sum(axis=1, keepdims=True), 1.0))


def admissions(
    infections: Integers | Floats, chance: Floats, values: Mapping[str, float]
) -> Floats:
    """Mean admissions per day after a gamma delay from infection, shape (T, Z, 6)."""
    length = len(infections)
    edges = np.arange(length + 1.0)
    shape = 1 / DELAY_SPREAD**2
    delay = np.diff(gammainc(shape, edges * shape / values["epidemic.delay"]))
    arriving = np.apply_along_axis(
        lambda daily: np.convolve(daily, delay)[:length], 0, infections.astype(np.float64)
    )
    return np.asarray(arriving[:, :, None] * chance[None, :, :])


def shock(extra: Floats, critical_beds: float, values: Mapping[str, float]) -> Shock:
    """What these admissions bring, and what is put off for them.

    Scheduled care is put off on the days when the mean stock of the epidemic's patients passes
    `epidemic.strain` of the country's critical-care beds.

    Args:
        extra: admissions per day, shape (T, Z, 6).
        critical_beds: critical-care beds of the country.
        values: figure of each of `PARAMETERS`, by name.
    """
    stay = np.zeros(len(DISCIPLINES))
    for discipline in (MEDICINE, PAEDIATRICS, CRITICAL_CARE):
        stay[discipline] = values[f"epidemic.stay_{DISCIPLINES[discipline]}"]
    present = np.exp(-np.arange(len(extra)) / stay[CRITICAL_CARE])
    stock = np.convolve(extra[:, :, CRITICAL_CARE].sum(axis=1), present)[: len(extra)]
    strained = stock > values["epidemic.strain"] * critical_beds
    put_off = values["epidemic.deprogrammed"] * PUT_OFF
    return Shock(extra=extra, stay=stay, scheduled=1 - strained[:, None] * put_off[None, :])


def read_curve(
    table: pl.DataFrame, dates: Dates, departments: Sequence[str], population: Floats
) -> Floats:
    """Hospital admissions per day and département from a planner's table, shape (T, Z).

    Args:
        table: columns date, admissions and, if not national, department. National admissions are
            shared by population. Days that are not in the table have none.
        dates: days of the run, shape (T,).
        departments: code of each département, length Z.
        population: residents, shape (Z,).

    Raises:
        PreuveError: a column is missing, a row is repeated, a figure is negative or not a number,
            a date or a département is out of range.
    """
    _check_curve(table, departments)
    days = table["date"].cast(pl.Date).to_numpy().astype("datetime64[D]")
    row = (days - dates[0].astype("datetime64[D]")).astype(np.int64)
    if row.min(initial=0) < 0 or row.max(initial=0) >= len(dates):
        raise PreuveError(
            _("The curve of admissions passes the dates of the run."), where="epidemic.curve.date"
        )
    counts = table["admissions"].cast(pl.Float64).to_numpy()
    result = np.zeros((len(dates), len(departments)))
    if "department" not in table.columns:
        result[row] = counts[:, None] * population / population.sum()
        return result
    place = {code: index for index, code in enumerate(departments)}
    result[row, [place[code] for code in table["department"]]] = counts
    return result


def _check_curve(table: pl.DataFrame, departments: Sequence[str]) -> None:
    missing = [name for name in ("date", "admissions") if name not in table.columns]
    if missing:
        raise PreuveError(
            _("Missing columns: {columns}.").format(columns=", ".join(missing)),
            where="epidemic.curve",
        )
    keys = [name for name in ("date", "department") if name in table.columns]
    if table.select(keys).is_duplicated().any():
        raise PreuveError(_("A row is given twice."), where="epidemic.curve")
    counts = table["admissions"].cast(pl.Float64)
    if counts.null_count() or not (counts.is_finite() & (counts >= 0)).all():
        raise PreuveError(
            _("Admissions must be numbers, zero or more."), where="epidemic.curve.admissions"
        )
    known = set(departments)
    for code in table["department"] if "department" in keys else ():
        if code not in known:
            raise PreuveError(
                _("No département has the code {code}.").format(code=code),
                where="epidemic.curve.department",
            )


def curve_admissions(curve: Floats, population: Floats, values: Mapping[str, float]) -> Floats:
    """A curve of admissions shared among the disciplines as `severity` has it, shape (T, Z, 6)."""
    chance = severity(population, values)
    return np.asarray(curve[:, :, None] * (chance / chance.sum(axis=1, keepdims=True))[None])
