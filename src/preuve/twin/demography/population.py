"""Population: cohort components by département, sex and single age, year after year.

For one calendar year, P(x) people of completed age x on 1 January reach age x + 1 in the year:

    deaths(x) = P(x) · (1 - exp(-h(x + 1)))        h: hazard by age reached, from INSEE quotients
    births    = Σ women(x) · f(x + 1)              f: births per woman by age reached
    P'(x + 1) = (P(x) - deaths(x)) · (1 + m(x+1))  m: net migrants per survivor

It is the cohort-component method of the field. Years with known totals are scaled to them (births,
deaths and net migrants of France); later years keep the last level of births and deaths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import AGES, SEXES, packaged
from preuve.twin.baseline import population as observed
from preuve.twin.parameters import Parameter, central

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Variant = Literal["low", "central", "high"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

SINGLE_AGES = 106
"""Completed ages 0 to 104, then 105 and more."""

WOMEN = SEXES.index("F")
GROUP = 5
OPEN = 95
"""First age of the last, open group of the published figures."""

LAST_DEATHS, LAST_BIRTHS = 2023, 2024
"""Last years of which the total deaths and births are known."""

LAST_YEAR = 2070
FIRST_FERTILITY, LAST_FERTILITY = 2014, 2025
HYPOTHESES_OF = 2013
"""Last observed year of the INSEE quotients: where their variants part."""

CALM_YEARS = tuple(str(year) for year in (*range(2010, 2020), 2023))
"""Years of the death rates of départements: the epidemic of 2020 to 2022 is left out."""

WINDOW = 10
"""Years of observed population that local migration is measured on."""

WEIGHT_OF_FRANCE = 500.0
"""Residents of a cell worth as much as the national profile when local migration is smoothed."""

BOYS_PER_GIRL = 1.05
"""Sex ratio at birth."""

MIGRANT_SHIFT = 50_000.0
"""Net migrants of France per year more (high) or fewer (low) than central."""

MIGRANT_AGES = slice(15, 40)
"""Ages at which net migrants of France are added or taken away."""

NET_MIGRANTS = {2022: 161_000.0, 2023: 183_000.0, 2024: 152_000.0}
"""INSEE, demographic balance of 2022, 2023 and 2024, as first published."""

OLD = 75
"""From this age what is left of a national cohort is laid to mortality, not to migration."""

FERTILE_EDGES = (15, 25, 30, 35, 40, 51)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "population.mortality",
        _("Yearly drift of death rates against INSEE's hypotheses of 2013"),
        0.007,
        0.0,
        0.014,
        "log per year",
        "measured",
        _("Slope of observed against hypothesised deaths, 2013–2019 and 2023 (WPP 2024, INSEE)."),
    ),
    Parameter(
        "population.fertility",
        _("Births per woman after the last observed year, against the variant"),
        1.0,
        0.9,
        1.1,
        "ratio",
        "assumed",
        _("Assumed: births per woman lost 16 % from 2019 to 2025 (INSEE, rates by age)."),
        "log",
    ),
    Parameter(
        "population.migration",
        _("Local net migration kept from the last ten years"),
        0.75,
        0.4,
        1.1,
        "ratio",
        "measured",
        _("Best shares in backcasts from 1990, 2000 and 2011 to 2021: 0.5 to 1."),
    ),
    Parameter(
        "population.migrants",
        _("Net migrants of France after the last observed year"),
        100_000.0,
        20_000.0,
        180_000.0,
        "people per year",
        "assumed",
        _("Between INSEE's central 70,000 (2021–2070) and the 152,000 to 183,000 of 2022–2024."),
    ),
)


@dataclass(frozen=True)
class Hypotheses:
    """What drives the components over Y years, Z départements.

    Attributes:
        years: the calendar years.
        hazards: hazard of death of France by sex and age reached (0 to 106), shape (Y, 2, 107).
        mortality: hazard of each département against France, shape (Z,).
        fertility: births per woman of France by age reached, shape (Y, 107).
        fecundity: births per woman of each département against France, shape (Z,).
        migration: net migrants per survivor by sex and age at the end of the year, (Z, 2, 106).
        migrants: net migrants of all départements together, nan where only local rates are
            known, shape (Y,).
        births, deaths: known totals of the year over `counted`, nan where unknown, shape (Y,).
        births_counted, deaths_counted: which départements those totals speak of, (Y, Z).
        levels: scale of births and deaths where totals are unknown, shape (Y, 2).
    """

    years: tuple[int, ...]
    hazards: Floats
    mortality: Floats
    fertility: Floats
    fecundity: Floats
    migration: Floats
    migrants: Floats
    births: Floats
    deaths: Floats
    births_counted: Booleans
    deaths_counted: Booleans
    levels: Floats


@dataclass(frozen=True)
class Projection:
    """Residents on each 1 January, and the flows of the calendar year that follows it.

    counts[y + 1] = counts[y] + births[y] - deaths[y] + migration[y], summed over sex and age.

    Attributes:
        years: the Y years.
        counts: residents by département, sex (F, M) and single age 0 to 105+, (Y, Z, 2, 106).
        births, deaths, migration: flows of each year by département, shape (Y, Z).
        levels: by what hypothesised births and deaths were multiplied, shape (Y, 2).
    """

    years: tuple[int, ...]
    counts: Floats
    births: Floats
    deaths: Floats
    migration: Floats
    levels: Floats

    def at(self, year: int) -> Floats:
        """Residents on 1 January of a year, shape (Z, 2, 106).

        Raises:
            PreuveError: the year was not projected.
        """
        return np.asarray(self.counts[self._position(year)])

    def births_in(self, year: int) -> Floats:
        """Births of a year by département, shape (Z,)."""
        return np.asarray(self.births[self._position(year)])

    def _position(self, year: int) -> int:
        if year in self.years:
            return self.years.index(year)
        raise PreuveError(
            _("The population of {year} was not projected.").format(year=year),
            where="year",
            remedy=_("Choose a year from {first} to {last}.").format(
                first=self.years[0], last=self.years[-1]
            ),
        )


def single_ages(counts: Floats) -> Floats:
    """Five-year groups split into single ages: (..., 20) to (..., 106); sums are kept exactly.

    Within a group the cumulated count follows a monotone cubic (Fritsch and Carlson 1980), so no
    age is negative; 95 and more is split as a population that INSEE's hazards thin out.
    """
    from scipy.interpolate import PchipInterpolator

    groups = np.asarray(counts, dtype=np.float64)
    cumulated = np.concatenate(
        [np.zeros((*groups.shape[:-1], 1)), np.cumsum(groups, axis=-1)], axis=-1
    )
    edges = np.arange(0, OPEN + GROUP + 1, GROUP)
    ages = np.diff(PchipInterpolator(edges, cumulated, axis=-1)(np.arange(OPEN + 1)), axis=-1)
    ages = np.maximum(ages, 0.0).reshape(*groups.shape[:-1], -1, GROUP)
    sums = ages.sum(axis=-1, keepdims=True)
    closed = np.divide(ages, sums, out=np.full_like(ages, 1 / GROUP), where=sums > 0)
    closed = (closed * groups[..., :-1, None]).reshape(*groups.shape[:-1], OPEN)
    return np.concatenate([closed, groups[..., -1:] * _oldest_shares()], axis=-1)


@cache
def _oldest_shares() -> Floats:
    hazard = _national_hazards(2010, "central").mean(axis=0)
    alive = np.exp(-np.concatenate([[0.0], np.cumsum(hazard[OPEN + 1 : SINGLE_AGES])]))
    return np.asarray(alive / alive.sum())


def five_year_ages(counts: Floats) -> Floats:
    """Single ages summed into the published groups: (..., 106) to (..., 20)."""
    closed = counts[..., :OPEN].reshape(*counts.shape[:-1], -1, GROUP).sum(axis=-1)
    return np.concatenate([closed, counts[..., OPEN:].sum(axis=-1, keepdims=True)], axis=-1)


def project(
    population: Floats,
    from_year: int,
    to_year: int,
    variant: Variant = "central",
    *,
    departments: tuple[str, ...],
    values: Mapping[str, float] | None = None,
) -> Projection:
    """Residents of every département from one 1 January to another.

    Args:
        population: residents on 1 January of `from_year` by département, sex (F, M) and five-year
            age (or single age), shape (Z, 2, 20) or (Z, 2, 106).
        from_year: year of `population`.
        to_year: last year, 2070 at most.
        variant: fertility (WPP 2024), life expectancy (INSEE) and migration, all low, central or
            high; they part after the last observed year.
        departments: the Z codes, all those of France: known totals are national.
        values: drawn values of `PARAMETERS`.

    Raises:
        PreuveError: unknown variant, years out of order or of range, counts that are not a
            population of these départements.
    """
    _check(population, from_year, to_year, variant, departments)
    years = tuple(range(from_year, to_year + 1))
    start = population if population.shape[-1] == SINGLE_AGES else single_ages(population)
    assumed = dict(central(PARAMETERS)) | dict(values or {})
    return advance(start, hypotheses(years, variant, departments, assumed))


def _check(
    population: Floats, from_year: int, to_year: int, variant: str, departments: Sequence[str]
) -> None:
    if variant not in VARIANTS:
        raise PreuveError(
            _("Unknown variant of the population: {variant}.").format(variant=variant),
            where="variant",
            remedy=_("Choose among {variants}.").format(variants=", ".join(VARIANTS)),
        )
    if not HYPOTHESES_OF <= from_year <= to_year <= LAST_YEAR:
        raise PreuveError(
            _("The population cannot be projected from {first} to {last}.").format(
                first=from_year, last=to_year
            ),
            where="year",
            remedy=_("Choose years in order, from {first} to {last}.").format(
                first=HYPOTHESES_OF, last=LAST_YEAR
            ),
        )
    if set(departments) != set(packaged("mortality_departments")["department"]):
        raise PreuveError(
            _("The population is projected for all départements of France together."),
            where="departments",
            remedy=_("Give the 101 départements of the baseline, then keep those you want."),
        )
    check_counts(population, departments)


def check_counts(population: Floats, departments: Sequence[str]) -> None:
    """Residents by département, sex and five-year or single age: right shape, nobody missing.

    Raises:
        PreuveError: another shape, a negative number, or something that is not a number.
    """
    shapes = [(len(departments), len(SEXES), ages) for ages in (len(AGES), SINGLE_AGES)]
    if population.shape not in shapes:
        raise PreuveError(
            _("A population has one row per département, sex and age group."), where="population"
        )
    if not np.isfinite(population).all() or (population < 0).any():
        raise PreuveError(
            _("A population holds numbers of people, none negative or missing."),
            where="population",
        )


def advance(start: Floats, hypotheses: Hypotheses) -> Projection:
    """The components applied year after year to residents by single age, shape (Z, 2, 106)."""
    years, zones = hypotheses.years, len(start)
    counts = np.zeros((len(years), *start.shape))
    births, deaths, migration = np.zeros((3, len(years), zones))
    levels = hypotheses.levels.copy()
    current = start
    for index in range(len(years)):
        counts[index] = current
        born = current[:, WOMEN] @ hypotheses.fertility[index, 1:] * hypotheses.fecundity
        levels[index, 0] = _birth_level(born, hypotheses, index)
        births[index] = born * levels[index, 0]
        exposed = _exposed(current, births[index])
        hazard = hypotheses.hazards[index] * hypotheses.mortality[:, None, None]
        levels[index, 1] = _death_level(exposed, hazard, hypotheses, index)
        dead = exposed * -np.expm1(-hazard * levels[index, 1])
        survivors = _grouped(exposed - dead)
        net = _net(survivors, hypotheses, index)
        current = survivors + net
        deaths[index], migration[index] = dead.sum(axis=(1, 2)), net.sum(axis=(1, 2))
    return Projection(years, counts, births, deaths, migration, levels)


def _exposed(current: Floats, births: Floats) -> Floats:
    """The newborn, then everyone, by age reached in the year, shape (Z, 2, 107)."""
    shares = np.array([1.0, BOYS_PER_GIRL]) / (1 + BOYS_PER_GIRL)
    return np.concatenate([(births[:, None] * shares)[..., None], current], axis=-1)


def _grouped(survivors: Floats) -> Floats:
    """Ages reached 105 and 106 are one group on 31 December."""
    last = survivors[..., SINGLE_AGES - 1 :].sum(axis=-1, keepdims=True)
    return np.concatenate([survivors[..., : SINGLE_AGES - 1], last], axis=-1)


def _net(survivors: Floats, hypotheses: Hypotheses, index: int) -> Floats:
    """Net migrants of every cell; what local rates do not explain is spread over young adults."""
    net = survivors * hypotheses.migration
    total = hypotheses.migrants[index]
    if np.isnan(total):
        return np.asarray(net)
    young = survivors[..., MIGRANT_AGES]
    net[..., MIGRANT_AGES] += young * ((total - net.sum()) / young.sum())
    return np.asarray(net)


def _birth_level(born: Floats, hypotheses: Hypotheses, index: int) -> float:
    total = hypotheses.births[index]
    if np.isnan(total):
        return float(hypotheses.levels[index, 0])
    return float(total / born[hypotheses.births_counted[index]].sum())


def _death_level(exposed: Floats, hazard: Floats, hypotheses: Hypotheses, index: int) -> float:
    total = hypotheses.deaths[index]
    if np.isnan(total):
        return float(hypotheses.levels[index, 1])
    counted = hypotheses.deaths_counted[index]
    return hazard_level(exposed[counted], hazard[counted], float(total))


def hazard_level(exposed: Floats, hazard: Floats, deaths: float) -> float:
    """The factor of the hazards that gives this many deaths, by fixed point."""
    level = 1.0
    for _step in range(8):
        level *= deaths / float((exposed * -np.expm1(-hazard * level)).sum())
    return level


def hypotheses(
    years: tuple[int, ...],
    variant: Variant,
    departments: tuple[str, ...],
    values: Mapping[str, float],
) -> Hypotheses:
    """What is known to the last observed year, and supposed by the variant after it."""
    known = _known(years, variant, departments)
    births, deaths = _levels(departments)
    when = np.array(years)
    factors = [
        births * np.where(when > LAST_FERTILITY, values["population.fertility"], 1.0),
        deaths * np.exp(values["population.mortality"] * np.maximum(when - LAST_DEATHS, 0)),
    ]
    later = {"low": -MIGRANT_SHIFT, "central": 0.0, "high": MIGRANT_SHIFT}[variant]
    return replace(
        known,
        migration=known.migration * values["population.migration"],
        migrants=np.where(
            when > max(NET_MIGRANTS), values["population.migrants"] + later, known.migrants
        ),
        levels=np.stack(factors, axis=-1),
    )


def _known(years: tuple[int, ...], variant: Variant, departments: tuple[str, ...]) -> Hypotheses:
    local = local_rates(min(years[0], _last_population()), departments)
    return Hypotheses(
        years=years,
        hazards=local.oldest * np.stack([national_hazards(year, variant) for year in years]),
        mortality=local.mortality,
        fertility=np.stack([national_fertility(year, variant) for year in years]),
        fecundity=local.fecundity,
        migration=local.migration,
        migrants=np.array([NET_MIGRANTS.get(year, np.nan) for year in years]),
        births=np.array([known_births(year) for year in years]),
        deaths=np.array([known_deaths(year) for year in years]),
        births_counted=np.stack([births_counted(year, departments) for year in years]),
        deaths_counted=np.stack([metropolitan(departments)] * len(years)),
        levels=np.ones((len(years), 2)),
    )


@cache
def _levels(departments: tuple[str, ...]) -> tuple[float, float]:
    """Births of the last known year, and deaths of the last known one, against hypotheses."""
    first = _last_population()
    years = tuple(range(first, LAST_BIRTHS + 1))
    known = _known(years, "central", departments)
    run = advance(single_ages(observed(first, departments)), known)
    births, deaths = run.levels[years.index(LAST_BIRTHS), 0], run.levels[LAST_DEATHS - first, 1]
    return float(births), float(deaths)


@cache
def _last_population() -> int:
    return int(packaged("population")["year"].max())  # type: ignore[arg-type]


def metropolitan(departments: Sequence[str]) -> Booleans:
    """Which départements are in Europe, shape (Z,)."""
    return np.array([not code.startswith("97") for code in departments])


def known_births(year: int) -> float:
    """Births of France in hospital from 2019 (SAE), of metropolitan France before (WPP 2024)."""
    panel = packaged("panel").filter(pl.col("year") == year)
    if len(panel):
        return float(panel["births"].sum())
    return known_vital(year, "births")


def births_counted(year: int, departments: tuple[str, ...]) -> Booleans:
    """Which départements `known_births` speaks of, shape (Z,)."""
    if len(packaged("panel").filter(pl.col("year") == year)):
        return np.ones(len(departments), dtype=np.bool_)
    return metropolitan(departments)


def known_deaths(year: int) -> float:
    """Deaths of metropolitan France, WPP 2024."""
    return known_vital(year, "deaths")


def known_vital(year: int, name: str) -> float:
    """Births or deaths of metropolitan France (WPP 2024), nan where not yet observed."""
    value = packaged("vital").filter(pl.col("year") == year)[name].item()
    return float("nan") if value is None else 1000 * float(value)


def national_hazards(year: int, variant: Variant) -> Floats:
    """Hazard of death of France by sex and age reached (0 to 106), shape (2, 107).

    The gap of a variant to the central hypothesis opens after the last observed year as INSEE's
    opened after 2013.
    """
    hazard = _national_hazards(year, "central")
    beyond = year - LAST_DEATHS
    if variant == "central" or beyond <= 0:
        return hazard
    like = HYPOTHESES_OF + beyond
    return np.asarray(
        hazard * _national_hazards(like, variant) / _national_hazards(like, "central")
    )


@cache
def _national_hazards(year: int, variant: str) -> Floats:
    rows = packaged("mortality").filter((pl.col("year") == year) & (pl.col("variant") == variant))
    by_sex = [rows.filter(pl.col("sex") == sex) for sex in SEXES]
    quotients = np.stack(
        [sex.drop("year", "variant", "sex").to_numpy().ravel() for sex in by_sex]
    ).astype(np.float64)
    return np.asarray(-np.log1p(-quotients / 1e6))


def national_fertility(year: int, variant: Variant) -> Floats:
    """Births per woman of France by age reached in the year, shape (107,).

    INSEE's rates by age group to 2025 (those of 2014 before), then the profile of 2025 in
    proportion to WPP's children per woman of the variant.
    """
    profile = _fertility_profile(min(max(year, FIRST_FERTILITY), LAST_FERTILITY))
    if year <= LAST_FERTILITY:
        return profile
    table = packaged("vital")
    rate = {
        key: float(table.filter(pl.col("year") == when)[f"fertility_{name}"].item())
        for key, when, name in (
            ("then", year, variant),
            ("now", LAST_FERTILITY, "central"),
        )
    }
    return np.asarray(profile * rate["then"] / rate["now"])


@cache
def _fertility_profile(year: int) -> Floats:
    from scipy.interpolate import PchipInterpolator

    table = packaged("fertility").filter(pl.col("year") == year).drop("year")
    rates = table.to_numpy().ravel().astype(np.float64) / 100
    widths = np.diff(FERTILE_EDGES)
    cumulated = np.concatenate([[0.0], np.cumsum(rates * widths)])
    ages = np.arange(FERTILE_EDGES[0], FERTILE_EDGES[-1] + 1)
    profile = np.zeros(SINGLE_AGES + 1)
    profile[FERTILE_EDGES[0] : FERTILE_EDGES[-1]] = np.diff(
        PchipInterpolator(FERTILE_EDGES, cumulated)(ages)
    )
    return profile


@dataclass(frozen=True)
class LocalRates:
    """How each département differs from France.

    Attributes:
        mortality: hazard of death against France, shape (Z,).
        fecundity: births per woman against France, shape (Z,).
        migration: net migrants per survivor and year by sex and age, shape (Z, 2, 106).
        oldest: correction of the national hazards from 75, by sex and age reached, (2, 107).
    """

    mortality: Floats
    fecundity: Floats
    migration: Floats
    oldest: Floats


@cache
def local_rates(year: int, departments: tuple[str, ...]) -> LocalRates:
    """Local rates measured on the population observed over the ten years before `year`."""
    years = range(year - WINDOW, year + 1)
    first = int(packaged("population")["year"].min())  # type: ignore[arg-type]
    populations = {when: observed(when, departments) for when in years if when >= first}
    return measure(populations, departments)


def measure(populations: Mapping[int, Floats], departments: tuple[str, ...]) -> LocalRates:
    """Local rates from populations (Z, 2, 20) on successive 1 Januaries.

    Mortality: standardised death rates of the département against the mean of France (CépiDc).
    Migration: what is left of a cohort after five years once deaths are taken out. Births: children
    under five against women of childbearing age, migration of the children taken out.
    """
    last = max(populations)
    mortality = _local_mortality(departments, populations[last].sum(axis=(1, 2)))
    migration, oldest = _local_migration(populations, mortality, departments)
    children = populations[last][:, :, 0].sum(axis=1)
    stayed = (1 + migration[:, :, :GROUP].mean(axis=(1, 2))) ** (GROUP / 2)
    women = single_ages(populations[last])[:, WOMEN] @ national_fertility(last, "central")[1:]
    ratio = np.divide(children / stayed, women, out=np.ones_like(women), where=women > 0)
    fecundity = ratio / np.average(ratio, weights=women)
    return LocalRates(mortality, np.asarray(fecundity), migration, oldest)


def _local_mortality(departments: tuple[str, ...], weights: Floats) -> Floats:
    table = packaged("mortality_departments").select("department", pl.mean_horizontal(CALM_YEARS))
    rate = dict(table.iter_rows())
    rates = np.array([rate[code] for code in departments])
    return np.asarray(rates / np.average(rates, weights=weights))


def _local_migration(
    populations: Mapping[int, Floats], mortality: Floats, departments: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """Net migrants per survivor and year (Z, 2, 106), and the hazards' correction (2, 107).

    R = observed / surviving - 1 over five years, summed over every pair of 1 Januaries five years
    apart, drawn towards the mean of France where people are few; the yearly rate is put at the age
    in the middle of the five years and interpolated. From 75 the mean of France corrects the
    hazards, and only differences between départements are migration.
    """
    found, expected = np.zeros((2, *populations[max(populations)].shape))
    pairs = [year for year in populations if year + GROUP in populations]
    for year in pairs:
        before, after = populations[year], populations[year + GROUP]
        present = ((before.sum(axis=(1, 2)) > 0) & (after.sum(axis=(1, 2)) > 0))[:, None, None]
        survivors = _survivors(before, year, mortality, departments)
        found += np.where(present, after, 0)
        expected += np.where(present, survivors, 0)
    found, expected = found[..., 1:], expected[..., 1:]
    national = found.sum(axis=0) / expected.sum(axis=0)
    weight = WEIGHT_OF_FRANCE * len(pairs)
    ratio = (found + weight * national) / (expected + weight)
    old = _NODES >= OLD
    ratio[..., old] /= national[:, old]
    yearly = np.where(old, np.log(national) / GROUP, 0.0)
    middle = pairs[len(pairs) // 2] + GROUP // 2
    oldest = 1 - _interpolated(yearly, SINGLE_AGES + 1) / national_hazards(middle, "central")
    return _interpolated(ratio ** (1 / GROUP) - 1, SINGLE_AGES), np.clip(oldest, 0.5, 2.0)


_NODES = np.arange(GROUP, OPEN + 1, GROUP)


def _interpolated(yearly: Floats, ages: int) -> Floats:
    """Rates at ages 5, 10, … 95 (the last axis) to rates at every age from 0."""
    inside = np.clip(np.arange(ages), _NODES[0], _NODES[-1])
    left = np.minimum((inside - _NODES[0]) // GROUP, len(_NODES) - 2)
    share = (inside - _NODES[left]) / GROUP
    return np.asarray(yearly[..., left] * (1 - share) + yearly[..., left + 1] * share)


def _survivors(
    population: Floats, year: int, mortality: Floats, departments: tuple[str, ...]
) -> Floats:
    """Who is alive five years later if nobody moves, by age group, nobody under five."""
    current = single_ages(population)
    inside = metropolitan(departments)
    for when in range(year, year + GROUP):
        exposed = _exposed(current, np.zeros(len(current)))
        hazard = national_hazards(when, "central") * mortality[:, None, None]
        hazard = hazard * hazard_level(exposed[inside], hazard[inside], known_deaths(when))
        current = _grouped(exposed * np.exp(-hazard))
    return five_year_ages(current)
