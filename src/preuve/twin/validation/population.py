"""Is the population right? Projections started in 1990, 2000, 2011 and 2013, judged on 2021."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.numbers import number, percent
from preuve.twin.baseline import AGES, SEXES, Baseline
from preuve.twin.demography import population as twin
from preuve.twin.demography.population import project
from preuve.twin.validation.check import Check, Row

Floats = npt.NDArray[np.float64]

STARTS = (1990, 2000, 2011)
FORECAST = 2013
JUDGED = 2021
ELDERLY = 15
"""First five-year group of 75 and more."""

PUBLISHED = {2024: 68.373e6, 2025: 68.606e6}
"""INSEE, residents of France on 1 January as first published; births, deaths and net migrants of
2022 to 2024 are known to the twin, the census that raised the level of 2021 is not."""

LARGEST_ERROR = 0.03
"""Target for France as a whole, after ten to thirty years."""

RECENT_ERROR = 0.01


@dataclass(frozen=True)
class Errors:
    """Projected against observed, 1 January 2021; shares of the observed.

    Attributes:
        total, elderly: signed error for France, all ages and 75 and more.
        departments, elderly_departments: mean absolute error of départements, weighted by people.
        trend: the same error when each département keeps its growth of the ten years before.
        same: the same error when each département keeps its population.
    """

    total: float
    elderly: float
    departments: float
    elderly_departments: float
    trend: float
    same: float


def check(data: Path) -> Check:
    """Projects from 1990, 2000, 2011 and 2013 and compares with 2021.

    Args:
        data: the folder of open French data.
    """
    baseline = Baseline.load()
    departments = baseline.departments
    populations = read_populations(data, departments)
    found = {str(start): backcast(populations, departments, start) for start in STARTS}
    found[f"{FORECAST}_forecast"] = forecast(data, populations, departments)
    figures = {
        f"{name}_{start}": value
        for start, errors in found.items()
        for name, value in vars(errors).items()
    }
    now = project(
        baseline.population,
        baseline.population_year,
        max(PUBLISHED),
        departments=departments,
    )
    recent = {year: float(now.at(year).sum()) / people - 1 for year, people in PUBLISHED.items()}
    figures |= {f"total_{year}": error for year, error in recent.items()}
    return Check(
        name="population",
        title=_("Is the population of 2021 found again from 1990, 2000, 2011 and 2013?"),
        method=_(
            "Local migration and births are measured on the ten years before the start only. "
            "From 1990, 2000 and 2011, the births and deaths of France are those observed, so the "
            "test bears on ages and places; differences of mortality between départements are "
            "those of 2010–2023, because none are open before. From 2013, nothing later is known: "
            "births, deaths and migrants are INSEE's hypotheses of 2013. The share of local "
            "migration that is kept (0.75) was chosen on these same starts."
        ),
        rows=[
            *(row for start, errors in found.items() for row in _rows(start, errors)),
            *(_recent(year, error) for year, error in recent.items()),
        ],
        conclusion=_conclusion(found),
        source=_("INSEE, population by département, sex and age; WPP 2024; CépiDc."),
        figures=figures,
    )


def _rows(start: str, errors: Errors) -> list[Row]:
    year = start[:4]
    known = _("forecast") if start.endswith("forecast") else _("births and deaths known")
    within = "± " + percent(LARGEST_ERROR)
    return [
        Row(
            _("From {year} ({known}): France").format(year=year, known=known),
            within,
            percent(errors.total),
            "met" if abs(errors.total) <= LARGEST_ERROR else "missed",
        ),
        Row(
            _("From {year} ({known}): people of 75 and more").format(year=year, known=known),
            within,
            percent(errors.elderly),
            "met" if abs(errors.elderly) <= LARGEST_ERROR else "missed",
        ),
        Row(
            _("From {year} ({known}): mean error of a département").format(year=year, known=known),
            _("trend: {trend}; same as in {year}: {same}").format(
                trend=percent(errors.trend), year=year, same=percent(errors.same)
            ),
            percent(errors.departments),
            "met" if errors.departments <= min(errors.trend, errors.same) else "missed",
        ),
        Row(
            _("From {year} ({known}): mean error of a département, 75 and more").format(
                year=year, known=known
            ),
            "",
            percent(errors.elderly_departments),
        ),
    ]


def _recent(year: int, error: float) -> Row:
    return Row(
        _("Residents of France on 1 January {year}, from {start}").format(year=year, start=JUDGED),
        _("{x} M (INSEE)").format(x=number(PUBLISHED[year] / 1e6, 2)),
        _("{x} M ({error})").format(
            x=number(PUBLISHED[year] * (1 + error) / 1e6, 2), error=percent(error)
        ),
        "met" if abs(error) <= RECENT_ERROR else "missed",
    )


def _conclusion(found: Mapping[str, Errors]) -> str:
    lost = [start[:4] for start, errors in found.items() if errors.departments > errors.trend]
    text = _(
        "Ten years ahead a département is wrong by {near} on average, thirty years ahead by {far}."
    ).format(
        near=percent(found[str(STARTS[-1])].departments),
        far=percent(found[str(STARTS[0])].departments),
    )
    if not lost:
        return text
    lose = _("Started in {years}, carrying on each département's own growth did better.")
    return f"{text} {lose.format(years=', '.join(lost))}"


def read_populations(data: Path, departments: tuple[str, ...]) -> dict[int, Floats]:
    """Residents on each 1 January from 1975 to 2021, shape (Z, 2, 20)."""
    table = pl.read_parquet(data / "population_dep_sex_age5_1975_2021.parquet").with_columns(
        pl.col("dep", "sex", "age").cast(pl.String)
    )
    place = {code: index for index, code in enumerate(departments)}
    result: dict[int, Floats] = {}
    for year, dep, sex, age, count in table.select("year", "dep", "sex", "age", "pop").iter_rows():
        counts = result.setdefault(year, np.zeros((len(departments), len(SEXES), len(AGES))))
        counts[place[dep], SEXES.index(sex), AGES.index(age)] = count
    return result


def backcast(populations: Mapping[int, Floats], departments: tuple[str, ...], start: int) -> Errors:
    """Births and deaths of metropolitan France known; migration from the years before."""
    supposed = _supposed(populations, departments, start)
    return _errors(populations, start, supposed)


def forecast(data: Path, populations: Mapping[int, Floats], departments: tuple[str, ...]) -> Errors:
    """From 2013, with the births and migrants that INSEE then expected, and its quotients."""
    supposed = _supposed(populations, departments, FORECAST)
    targets = pl.read_csv(
        data / "insee_demographic_targets_1975_2070.csv.gz",
        null_values=["NA"],
        infer_schema_length=None,
    ).filter(
        (pl.col("fertility") == "central")
        & pl.col("annee").is_between(supposed.years[0], supposed.years[-1])
    )
    everywhere = np.ones((len(supposed.years), len(departments)), dtype=np.bool_)
    expected = replace(
        supposed,
        births=targets.sort("annee")["Naissances"].to_numpy().astype(np.float64),
        births_counted=everywhere,
        migrants=targets.sort("annee")["Soldemig"].to_numpy().astype(np.float64),
        deaths=np.full(len(supposed.years), np.nan),
    )
    return _errors(populations, FORECAST, expected)


def _supposed(
    populations: Mapping[int, Floats], departments: tuple[str, ...], start: int
) -> twin.Hypotheses:
    kept = next(p.value for p in twin.PARAMETERS if p.name == "population.migration")
    window = range(start - twin.WINDOW, start + 1)
    local = twin.measure({year: populations[year] for year in window}, departments)
    years = tuple(range(start, JUDGED + 1))
    inside = np.stack([twin.metropolitan(departments)] * len(years))
    hazards = np.stack([twin.national_hazards(year, "central") for year in years])
    fertility = np.stack([twin.national_fertility(year, "central") for year in years])
    return twin.Hypotheses(
        years=years,
        hazards=local.oldest * hazards,
        mortality=local.mortality,
        fertility=fertility,
        fecundity=local.fecundity,
        migration=local.migration * kept,
        migrants=np.full(len(years), np.nan),
        births=np.array([twin.known_vital(year, "births") for year in years]),
        deaths=np.array([twin.known_vital(year, "deaths") for year in years]),
        births_counted=inside,
        deaths_counted=inside,
        levels=np.ones((len(years), 2)),
    )


def _errors(populations: Mapping[int, Floats], start: int, supposed: twin.Hypotheses) -> Errors:
    """Départements that existed ten years before the start and in 2021."""
    run = twin.advance(twin.single_ages(populations[start]), supposed)
    counted = populations[start - twin.WINDOW].sum(axis=(1, 2)) > 0
    found = twin.five_year_ages(run.at(JUDGED))[counted]
    target = populations[JUDGED][counted]
    people, elderly = target.sum(axis=(1, 2)), target[..., ELDERLY:].sum(axis=(1, 2))
    now = populations[start][counted].sum(axis=(1, 2))
    before = populations[start - twin.WINDOW][counted].sum(axis=(1, 2))
    trend = now * (now / before) ** ((JUDGED - start) / twin.WINDOW)
    found_people = found.sum(axis=(1, 2))
    found_elderly = found[..., ELDERLY:].sum(axis=(1, 2))
    return Errors(
        total=float(found_people.sum() / people.sum() - 1),
        elderly=float(found_elderly.sum() / elderly.sum() - 1),
        departments=_mean_error(found_people, people),
        elderly_departments=_mean_error(found_elderly, elderly),
        trend=_mean_error(trend, people),
        same=_mean_error(now, people),
    )


def _mean_error(found: Floats, target: Floats) -> float:
    return float(np.abs(found - target).sum() / target.sum())
