"""Gravity: the laws of the choice of site, a brute-force oracle, and the whole of France."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.twin.baseline import Baseline, Communes
from preuve.twin.choice import choice_fit, gravity
from preuve.twin.choice.gravity import (
    PARAMETERS,
    Choice,
    Places,
    Reach,
    capacity,
    observed,
    reaches,
)
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel
from preuve.twin.disciplines import ACTIVITIES, OBSTETRICS, SURGERY
from preuve.twin.parameters import central

VALUES = central([*PARAMETERS, *TRAVEL])
ROAD = Travel.of(VALUES)
DEPARTMENTS = ("01", "02", "2A", "974")


@cache
def _france() -> Baseline:
    return Baseline.load(2019)


@dataclass(frozen=True)
class Small:
    baseline: Baseline
    demand: np.ndarray
    observed: np.ndarray
    beds: np.ndarray


def _small(seed: int, communes: int = 14, sites: int = 6) -> Small:
    """SYNTHETIC: communes and sites in a square of the mainland, drawn at random."""
    rng = np.random.default_rng(seed)
    department = rng.integers(0, 2, communes)
    people = Communes(
        table=pl.DataFrame({"commune": [f"{i:05d}" for i in range(communes)]}),
        department=department,
        population=rng.uniform(100, 50_000, communes),
        lon=rng.uniform(2, 3, communes),
        lat=rng.uniform(46, 47, communes),
    )
    baseline = replace(
        _france(),
        communes=people,
        departments=DEPARTMENTS,
        regions=("84", "32", "94", "04"),
        lon=rng.uniform(2, 3, sites),
        lat=rng.uniform(46, 47, sites),
        department=rng.integers(0, 2, sites),
    )
    volumes = rng.uniform(50, 5000, sites)
    demand = people.population * volumes.sum() / people.population.sum()
    return Small(baseline, demand, volumes, rng.uniform(5, 200, sites))


def _choice(small: Small, volumes: np.ndarray | None = None) -> Choice:
    seen = small.observed if volumes is None else volumes
    places = Places.of(small.baseline.communes, DEPARTMENTS, alone=0)
    reach = Reach.of(places, small.baseline, np.ones(len(seen), bool), seen)
    return Choice.fit(reach, small.demand, seen, small.beds, ROAD, VALUES, "obstetrics")


def _by_hand(choice: Choice, demand: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Huff's shares, one place and one point at a time."""
    result = np.zeros(len(weight))
    index, minutes = choice.reach.index, ROAD.minutes(choice.reach.km)
    for place, asked in enumerate(demand):
        known = [k for k in range(index.shape[1]) if index[place, k] >= 0]
        pull = {
            int(index[place, k]): weight[index[place, k]]
            * (minutes[place, k] / 10) ** -VALUES["gravity.decay_obstetrics"]
            for k in known
        }
        for point, value in pull.items():
            result[point] += asked * value / sum(pull.values())
    return result


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_volumes_are_those_of_brute_force(seed: int) -> None:
    small = _small(seed)
    choice = replace(_choice(small), kept=np.zeros(len(small.observed)))
    places = choice.reach.places.total(small.demand)
    expected = _by_hand(choice, places, choice.reach.gather(choice.weight))
    found = choice.reach.gather(choice.volumes(small.demand))
    assert found == pytest.approx(expected, rel=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_balancing_gives_back_what_was_observed(seed: int) -> None:
    small = _small(seed)
    choice = _choice(small)
    assert choice.volumes(small.demand) == pytest.approx(small.observed, rel=1e-4)
    assert choice.usual.sum(axis=1) == pytest.approx(1.0, rel=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_a_closed_site_gives_to_the_others_and_nobody_is_lost(seed: int, closed: int) -> None:
    small = _small(seed)
    choice = _choice(small)
    ratio = np.ones(len(small.observed))
    ratio[closed] = 0
    before, after = choice.volumes(small.demand), choice.volumes(small.demand, ratio)
    others = np.arange(len(ratio)) != closed
    assert after[closed] == 0
    assert (after[others] >= before[others] * (1 - 1e-5)).all()
    assert after.sum() == pytest.approx(before.sum(), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 5), st.floats(1.01, 5))
def test_more_capacity_draws_more_and_takes_it_from_the_others(
    seed: int, site: int, bigger: float
) -> None:
    small = _small(seed)
    choice = _choice(small)
    ratio = np.ones(len(small.observed))
    ratio[site] = bigger
    gain = choice.volumes(small.demand, ratio) - choice.volumes(small.demand)
    assert gain[site] > 0
    assert (np.delete(gain, site) <= 1e-3).all()
    assert abs(gain.sum()) < 1e-4 * small.demand.sum()


@given(st.floats(0.1, 3.0))
def test_volumes_follow_demand(growth: float) -> None:
    small = _small(3)
    choice = _choice(small)
    grown = choice.volumes(small.demand * growth)
    assert grown == pytest.approx(choice.volumes(small.demand) * growth, rel=1e-4)


def test_nearness_falls_with_time() -> None:
    choice = _choice(_small(1))
    order = np.argsort(choice.reach.km[:, :6], axis=1)
    nearness = np.take_along_axis(choice.nearness[:, :6], order, axis=1)
    assert (np.diff(nearness, axis=1) <= 0).all()


def test_a_new_service_takes_its_part() -> None:
    small = _small(5)
    seen = small.observed.copy()
    seen[2] = 0
    choice = _choice(small, seen)
    assert choice.volumes(small.demand)[2] == 0
    opened = np.zeros(len(seen))
    sizes = []
    for beds in (10.0, 40.0):
        opened[2] = beds
        volumes = choice.volumes(small.demand, opened=opened)
        assert volumes.sum() == pytest.approx(seen.sum(), rel=1e-4)
        sizes.append(volumes[2])
    assert 0 < sizes[0] < sizes[1]


def test_a_new_service_weighs_per_bed_what_its_neighbours_weigh() -> None:
    small = _small(6)
    seen = small.observed.copy()
    seen[1] = 0
    choice = _choice(small, seen)
    opened = np.where(np.arange(len(seen)) == 1, 30.0, 0.0)
    around = np.arange(len(seen)) != 1
    per_bed = choice.weight[around] / small.beds[around]
    expected = 30 * np.exp(np.log(per_bed).mean())
    assert choice.weights(opened=opened)[1] == pytest.approx(expected)


def test_an_island_sends_nobody_over_the_sea() -> None:
    small = _small(7)
    department = small.baseline.communes.department.copy()
    department[:4] = 2
    zone = small.baseline.department.copy()
    zone[0] = 2
    communes = replace(small.baseline.communes, department=department)
    island = replace(small, baseline=replace(small.baseline, communes=communes, department=zone))
    choice = _choice(island)
    ratio = np.ones(len(small.observed))
    ratio[0] = 0
    closed = choice.volumes(small.demand, ratio)
    assert closed[1:] == pytest.approx(choice.volumes(small.demand)[1:], rel=1e-4)


def test_the_first_service_of_an_island_takes_all_its_residents() -> None:
    small = _small(8)
    department = small.baseline.communes.department.copy()
    department[:4] = 3
    zone = small.baseline.department.copy()
    zone[0] = 3
    communes = replace(small.baseline.communes, department=department)
    island = replace(small, baseline=replace(small.baseline, communes=communes, department=zone))
    choice = _choice(island, np.where(np.arange(len(small.observed)) == 0, 0, small.observed))
    opened = np.where(np.arange(len(small.observed)) == 0, 12.0, 0.0)
    volumes = choice.volumes(small.demand, opened=opened)
    assert volumes[0] == pytest.approx(small.demand[:4].sum(), rel=1e-5)


def test_every_site_of_france_receives_what_it_received() -> None:
    baseline = _france()
    seen, beds = observed(baseline), capacity(baseline)
    demand = choice_fit.asked_by_communes(baseline)
    for a, reach in enumerate(reaches(baseline)):
        choice = Choice.fit(
            reach, demand[:, a], seen[:, a], beds[:, a], ROAD, VALUES, ACTIVITIES[a]
        )
        assert choice.volumes(demand[:, a]) == pytest.approx(seen[:, a], rel=1e-4, abs=0.5)
        assert np.abs(choice.kept).max() < 0.02


def test_joined_communes_give_the_volumes_of_communes_apart() -> None:
    baseline = _france()
    seen, beds = baseline.births, capacity(baseline)[:, OBSTETRICS]
    demand = choice_fit.asked_by_communes(baseline)[:, OBSTETRICS]
    closed = np.where(np.arange(len(seen)) % 9 == 0, 0.0, 1.0)
    volumes = []
    for alone in (gravity.ALONE, 0):
        places = Places.of(baseline.communes, baseline.departments, alone=alone)
        reach = Reach.of(places, baseline, seen > 0, seen)
        choice = Choice.fit(reach, demand, seen, beds, ROAD, VALUES, "obstetrics")
        volumes.append(choice.volumes(demand, closed))
    apart = np.abs(volumes[0] - volumes[1]).sum() / seen.sum()
    assert apart < 0.003


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_the_stored_decays_are_those_of_the_fit(activity: str) -> None:
    number = ACTIVITIES.index(activity)
    fits = [choice_fit.decay(Baseline.load(year), number, ROAD)[0] for year in (2019, 2020)]
    assert VALUES[f"gravity.decay_{activity}"] == pytest.approx(np.mean(fits), abs=0.02)


def test_the_stored_elasticity_holds_those_of_the_fit() -> None:
    stored = next(p for p in PARAMETERS if p.name == "gravity.elasticity")
    years = Baseline.load(2019), Baseline.load(2020)
    for activity in (SURGERY, OBSTETRICS):
        found, _error = choice_fit.elasticity(*years, activity, ROAD, VALUES)
        assert stored.low < found < stored.high
