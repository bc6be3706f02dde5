"""Published projections made again: INSEE 2021–2070, DREES 2008 and 2017, Cour des comptes.

INSEE Première 1881 (2021): from the population of 1 January 2021 with 1.8 children per woman and
70,000 net migrants a year, 69.3 million residents in 2044, 5.7 million more people of 75 and over
in 2070, 51 people of 65 and over per 100 of 20 to 64 in 2040 against 37 in 2021.
DREES (Mouquet and Oberlin, 2008): 58.4 M days in 2004, 79.3 M in 2030 at constant practice.
DREES, Dossier 18 (2017): 28 % more full-time beds from 2012 to 2030 by ageing alone.
Cour des comptes (through La Banque Postale, 2025): 13 M more nights from 2020 to 2040.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from preuve.twin.baseline import Baseline
from preuve.twin.demography.population import Projection, national_fertility, project
from preuve.twin.validation import ageing


@pytest.fixture(scope="module")
def insee() -> Projection:
    baseline = Baseline.load(2024)

    def run(**values: float) -> Projection:
        return project(
            baseline.population, 2021, 2070, departments=baseline.departments, values=values
        )

    children = national_fertility(2040, "central").sum() * run().levels[-1, 0]
    return run(**{"population.fertility": 1.8 / children, "population.migrants": 70_000.0})


def test_residents_of_2044(insee: Projection) -> None:
    assert insee.at(2044).sum() == pytest.approx(69.3e6, rel=0.015)


def test_people_of_75_and_more_in_2070(insee: Projection) -> None:
    more = insee.at(2070)[..., 75:].sum() - insee.at(2021)[..., 75:].sum()
    assert more == pytest.approx(5.7e6, rel=0.1)


@pytest.mark.parametrize(("year", "published"), [(2021, 0.37), (2040, 0.51)])
def test_dependency(insee: Projection, year: int, published: float) -> None:
    people = insee.at(year)
    found = people[..., 65:].sum() / people[..., 20:65].sum()
    assert found == pytest.approx(published, abs=0.02)


def test_days_of_2030_seen_from_2008(tmp_path: Path) -> None:
    figures = ageing.hindcast(tmp_path).figures
    assert figures["constant_2030"] == pytest.approx(79.3, rel=0.03)


def test_beds_and_nights_by_ageing_alone(data_root: Path) -> None:
    figures = ageing.ageing(data_root / "france").figures
    assert figures["days_2012_2030"] == pytest.approx(0.28, abs=0.05)
    assert figures["nights_2020_2040"] == pytest.approx(13, abs=2)
