"""Primary care: the floating catchment against brute force, and its laws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline, Communes, packaged
from preuve.twin.choice.primary_care import (
    NATIONAL_MEAN,
    PARAMETERS,
    WEIGHTS,
    PrimaryCare,
    by_department,
    floating_catchment,
    visit_factor,
)
from preuve.twin.choice.travel import EARTH_KM, Travel
from preuve.twin.parameters import central

VALUES = central(PARAMETERS)
ROAD = Travel(fixed=2.0, per_km=1.2, detour=1.3)


@pytest.fixture(scope="module")
def care() -> PrimaryCare:
    return PrimaryCare.of(Baseline.load(2019))


def _communes(seed: int, count: int = 15) -> Communes:
    """SYNTHETIC: communes a few kilometres apart, drawn at random."""
    rng = np.random.default_rng(seed)
    return Communes(
        table=pl.DataFrame({"commune": [f"{i:05d}" for i in range(count)]}),
        department=np.zeros(count, dtype=np.int64),
        population=rng.uniform(50, 5000, count),
        lon=rng.uniform(2.0, 2.2, count),
        lat=rng.uniform(46.0, 46.2, count),
    )


def _weight(minutes: float) -> float:
    return next((weight for limit, weight in WEIGHTS if minutes <= limit), 0.0)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_catchment_is_that_of_brute_force(seed: int) -> None:
    communes = _communes(seed)
    count = len(communes.population)
    offered = np.random.default_rng(seed + 1).uniform(0, 100, count)
    lon, lat = np.radians(communes.lon), np.radians(communes.lat)
    near = np.eye(count)
    for i in range(count):
        for j in range(count):
            half = np.sin((lat[i] - lat[j]) / 2) ** 2
            half += np.cos(lat[i]) * np.cos(lat[j]) * np.sin((lon[i] - lon[j]) / 2) ** 2
            km = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
            near[i, j] = 1.0 if i == j else _weight(float(ROAD.minutes(km)))
    ratio = offered / (near.T @ communes.population)
    found, _asked = floating_catchment(communes, offered, ROAD)
    assert found == pytest.approx(near @ ratio)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_every_visit_offered_is_reached_by_someone(seed: int) -> None:
    communes = _communes(seed)
    offered = np.random.default_rng(seed).uniform(0, 100, len(communes.population))
    found, _asked = floating_catchment(communes, offered, ROAD)
    assert found @ communes.population == pytest.approx(offered.sum())


def test_the_mean_is_the_published_one(care: PrimaryCare) -> None:
    people = care.communes.population
    assert np.average(care.before, weights=people) == pytest.approx(NATIONAL_MEAN)


def test_a_practice_adds_its_visits_around_it_and_nowhere_else(care: PrimaryCare) -> None:
    after = care.accessibility({"46042": 3.0}, VALUES)
    gain = after - care.before
    assert (gain >= 0).all()
    assert gain @ care.communes.population == pytest.approx(
        3 * VALUES["primary_care.visits_per_fte"]
    )
    assert set(care.communes.table["department"].filter(gain > 0)) == {"46"}
    back = care.accessibility({"46042": 0.0}, VALUES)
    assert back == pytest.approx(care.before)


def test_adding_equals_computing_the_whole_again(care: PrimaryCare) -> None:
    here = care.communes.table["commune"].index_of("23096")
    assert here is not None
    offered = care.offered.copy()
    offered[here] += 2 * VALUES["primary_care.visits_per_fte"]
    whole, _asked = floating_catchment(care.communes, offered, care.travel)
    assert care.accessibility({"23096": 2.0}, VALUES) == pytest.approx(whole)


def test_more_accessible_means_fewer_visits_when_the_elasticity_is_negative() -> None:
    before, after = np.array([2.0, 2.0, 0.0]), np.array([4.0, 1.0, 1.0])
    factor = visit_factor(before, after, VALUES)
    assert factor[0] < 1 < factor[1]
    assert factor[2] == 1
    none = visit_factor(before, after, {**VALUES, "primary_care.elasticity": 0.0})
    assert none == pytest.approx(1.0)


def test_the_elasticity_may_be_null() -> None:
    found = {parameter.name: parameter for parameter in PARAMETERS}["primary_care.elasticity"]
    assert found.low < 0 < found.high
    assert found.kind == "assumed"


def test_mean_by_department() -> None:
    factor, weight = np.array([0.8, 1.0, 0.5]), np.array([1.0, 3.0, 2.0])
    assert by_department(factor, weight, np.array([0, 0, 2]), 3).tolist() == pytest.approx(
        [0.95, 1.0, 0.5]
    )


def test_bad_practices_are_told(care: PrimaryCare) -> None:
    with pytest.raises(PreuveError, match="99999"):
        care.accessibility({"99999": 1.0}, VALUES)
    with pytest.raises(PreuveError, match="More practitioners leave"):
        care.accessibility({"23096": -1000.0}, VALUES)


def test_the_packaged_table_is_that_of_the_open_file(data_root: Path) -> None:
    rows = pl.read_csv(
        data_root / "france" / "gp_by_dep_2018.csv", schema_overrides={"dep": pl.String}
    )
    table = packaged("practitioners")
    assert table["general_practitioners"].sum() == rows["n_gp"].sum() == 99_569
    assert table["department"].to_list() == sorted(rows["dep"].to_list())
