"""Baseline: what every hospital of France had and did in one year, from the packaged figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest_file
from preuve.twin.disciplines import COUNTED, DISCIPLINES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PACKAGED = Path(__file__).parent / "france"
YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
AGES = (*(f"{age:02d}-{age + 4:02d}" for age in range(0, 95, 5)), "95+")
SEXES = ("F", "M")


@cache
def packaged(name: str) -> pl.DataFrame:
    """A packaged table by its name: panel, sites, communes, population, …"""
    return pl.read_parquet(PACKAGED / f"{name}.parquet")


@dataclass(frozen=True)
class Communes:
    """The places people live in, in the order of the arrays; C communes.

    Attributes:
        table: commune, name, department, region, population, lon, lat.
        department: index of each commune's département in `Baseline.departments`, shape (C,).
        population: residents, shape (C,).
    """

    table: pl.DataFrame
    department: Integers
    population: Floats
    lon: Floats
    lat: Floats


@dataclass(frozen=True)
class Baseline:
    """One year of every establishment; S sites, D = 6 disciplines, Z départements, C communes.

    Attributes:
        year: the year of the figures.
        sites: finess, name, legal_entity, category, status, commune, commune_name, department,
            lon, lat, in the order of the arrays.
        beds: mean open beds over the year (open bed-days / days of the year), shape (S, D).
        stays: full-time stays; passages for critical care, shape (S, D).
        days: bed-days, shape (S, D).
        visits, visits_80, visits_18, visits_admitted: emergency visits, those of patients of 80
            and more, under 18, and those admitted to short stay at the site, shape (S,).
        births: live births, shape (S,).
        nurses, aides: full-time equivalents of all wards of the establishment, nan where the
            form is missing, shape (S,).
        department: index of each site's département, shape (S,).
        departments: the 101 codes, in order. regions: région code of each département.
        population: residents by département, sex (F, M) and five-year age, shape (Z, 2, 20).
        population_year: the 1 January that `population` describes.
        digests: digest of every file the figures were read from.
    """

    year: int
    sites: pl.DataFrame
    beds: Floats
    stays: Floats
    days: Floats
    visits: Floats
    visits_80: Floats
    visits_18: Floats
    visits_admitted: Floats
    births: Floats
    nurses: Floats
    aides: Floats
    lon: Floats
    lat: Floats
    department: Integers
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    communes: Communes
    population: Floats
    population_year: int
    digests: Mapping[str, str] = field(repr=False)

    @classmethod
    def load(cls, year: int = 2024) -> Baseline:
        """The packaged figures of a year from 2019 to 2024.

        Raises:
            PreuveError: no figures of that year are packaged.
        """
        if year not in YEARS:
            raise PreuveError(
                _("There are no figures of {year}.").format(year=year),
                where="year",
                remedy=_("Choose a year from {first} to {last}.").format(
                    first=YEARS[0], last=YEARS[-1]
                ),
            )
        rows = packaged("panel").filter(pl.col("year") == year).sort("finess")
        sites = rows.select("finess").join(packaged("sites"), on="finess", how="left")
        departments, regions = _departments()
        length = 366 if year % 4 == 0 else 365
        lived = min(year, int(packaged("population")["year"].max()))  # type: ignore[arg-type]
        return cls(
            year=year,
            sites=sites,
            beds=_matrix(rows, "open") / length,
            stays=_matrix(rows, "stays"),
            days=_matrix(rows, "days"),
            **{
                name: _vector(rows, name)
                for name in ("visits", "visits_80", "visits_18", "visits_admitted", "births")
            },
            nurses=_vector(rows, "nurse", prefix="fte_"),
            aides=_vector(rows, "aide", prefix="fte_"),
            lon=_vector(sites, "lon"),
            lat=_vector(sites, "lat"),
            department=_index(sites["department"], departments),
            departments=departments,
            regions=regions,
            communes=_communes(departments),
            population=population(lived, departments),
            population_year=lived,
            digests={path.name: digest_file(path) for path in sorted(PACKAGED.glob("*.*"))},
        )

    @property
    def total_stays(self) -> float:
        """Full-time short stays of the year, critical-care passages not counted twice."""
        return float(self.stays[:, COUNTED].sum())

    def site(self, finess: str) -> int:
        """The index of an establishment by its FINESS number.

        Raises:
            KeyError: no establishment of the year has that number.
        """
        return _positions(tuple(self.sites["finess"]))[finess]


@cache
def _positions(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: index for index, code in enumerate(codes)}


def _matrix(rows: pl.DataFrame, measure: str) -> Floats:
    return rows.select(f"{measure}_{name}" for name in DISCIPLINES).to_numpy().astype(np.float64)


def _vector(rows: pl.DataFrame, name: str, prefix: str = "") -> Floats:
    return rows[prefix + name].cast(pl.Float64).to_numpy().astype(np.float64)


@cache
def _departments() -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = packaged("communes").group_by("department").agg(pl.col("region").first())
    table = table.sort("department")
    return tuple(table["department"]), tuple(table["region"])


def _index(codes: pl.Series, departments: tuple[str, ...]) -> Integers:
    place = {code: index for index, code in enumerate(departments)}
    return np.array([place[code] for code in codes], dtype=np.int64)


def _communes(departments: tuple[str, ...]) -> Communes:
    table = packaged("communes")
    return Communes(
        table=table,
        department=_index(table["department"], departments),
        population=_vector(table, "population"),
        lon=_vector(table, "lon"),
        lat=_vector(table, "lat"),
    )


def population(year: int, departments: tuple[str, ...]) -> Floats:
    """Residents on 1 January by département, sex and five-year age, shape (Z, 2, 20)."""
    rows = packaged("population").filter(pl.col("year") == year)
    result = np.zeros((len(departments), len(SEXES), len(AGES)))
    place = {code: index for index, code in enumerate(departments)}
    for row in rows.iter_rows(named=True):
        counts = [row[age] or 0 for age in AGES]
        result[place[row["department"]], SEXES.index(row["sex"])] = counts
    return result
