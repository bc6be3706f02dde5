"""Which sites, communes and départements a territory holds."""

from __future__ import annotations

import numpy as np
import pytest

from preuve.twin.baseline import Baseline
from preuve.twin.scenario.territory import (
    CITIES,
    Territory,
    communes_of,
    departments_of,
    sites_of,
)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


def of(**codes: object) -> Territory:
    return Territory.model_validate(codes)


def test_france_is_everything(baseline: Baseline) -> None:
    assert sites_of(None, baseline).all()
    assert communes_of(None, baseline).all()
    assert departments_of(None, baseline).all()


def test_a_department(baseline: Baseline) -> None:
    lot = of(department="46")
    assert set(baseline.sites.filter(lot.sites(baseline))["department"]) == {"46"}
    assert set(baseline.communes.table.filter(lot.communes(baseline))["department"]) == {"46"}
    assert lot.departments(baseline).sum() == 1


def test_a_region_is_its_departments(baseline: Baseline) -> None:
    codes = [d for d, r in zip(baseline.departments, baseline.regions, strict=True) if r == "76"]
    region, departments = of(region="76"), of(department=codes)
    assert len(codes) == 13
    assert np.array_equal(region.sites(baseline), departments.sites(baseline))
    assert np.array_equal(region.communes(baseline), departments.communes(baseline))


def test_a_site_and_its_commune(baseline: Baseline) -> None:
    cahors = of(site="460000110")
    assert np.flatnonzero(cahors.sites(baseline)).tolist() == [baseline.site("460000110")]
    assert baseline.communes.table.filter(cahors.communes(baseline))["name"].to_list() == ["Cahors"]
    assert of(commune="46042").sites(baseline)[baseline.site("460000110")]
    with pytest.raises(ValueError, match="site"):
        cahors.departments(baseline)


def test_a_city_of_arrondissements(baseline: Baseline) -> None:
    """The sites of Marseille stand in 13055, its residents in 13201 to 13216."""
    marseille = of(commune="13055")
    assert marseille.sites(baseline)[baseline.site("130783293")]
    assert marseille.communes(baseline).sum() == 16
    assert of(site="130783293").communes(baseline).sum() == 16


def test_the_arrondissements_are_those_of_the_baseline(baseline: Baseline) -> None:
    known = set(baseline.communes.table["commune"])
    for city, parts in CITIES.items():
        assert city not in known
        assert set(parts) <= known
