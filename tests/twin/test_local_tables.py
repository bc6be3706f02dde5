"""A planner's own residents, rates, travel times and flows: each changes what it says, no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin import uncertain
from preuve.twin.baseline import AGES, SEXES, Baseline
from preuve.twin.choice import affinity, gravity, huff
from preuve.twin.choice.gravity import Choice, Reach, reaches
from preuve.twin.choice.roads import LEAST_MINUTES, Nearest
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel
from preuve.twin.demography import demand, population
from preuve.twin.demography.demand import Rates
from preuve.twin.demography.people import People
from preuve.twin.demography.population import Variant
from preuve.twin.disciplines import ACTIVITIES, EMERGENCY, MEDICINE, OBSTETRICS, SURGERY
from preuve.twin.ensemble import indicators
from preuve.twin.ensemble.runs import drawn
from preuve.twin.model import France, assembled
from preuve.twin.parameters import central
from preuve.twin.scenario.loaders import Local
from preuve.twin.scenario.own_figures import notes, own_figures
from preuve.twin.scenario.written import Scenario

VALUES = central(
    (*gravity.PARAMETERS, *TRAVEL, *demand.PARAMETERS, *population.PARAMETERS),
)
ROAD = Travel.of(VALUES)
LOT, CAHORS, CAHORS_HOSPITAL = "46", "46042", "460000110"
YEAR = 2024
Load = Callable[..., Local]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(YEAR)


@pytest.fixture(scope="module")
def usual(baseline: Baseline) -> People:
    return People.of(baseline, VALUES)


@pytest.fixture(scope="module")
def asked(baseline: Baseline, usual: People) -> np.ndarray:
    return usual.rates.by_commune(baseline, usual.rates.expected(usual.residents))


@pytest.fixture
def load(tmp_path: Path, baseline: Baseline) -> Load:
    """The tables of a planner, written to files (SYNTHETIC) and loaded."""

    def written(**tables: pl.DataFrame) -> Local:
        for name, table in tables.items():
            table.write_csv(tmp_path / f"{name}.csv")
        return Local.load(baseline, **{name: tmp_path / f"{name}.csv" for name in tables})

    return written


def fit(reach: Reach, asked: np.ndarray, baseline: Baseline, activity: int) -> Choice:
    seen, size = gravity.observed(baseline), gravity.capacity(baseline)
    return Choice.fit(
        reach,
        asked[:, activity],
        seen[:, activity],
        size[:, activity],
        ROAD,
        VALUES,
        ACTIVITIES[activity],
    )


# Population


def residents_table(counts: Mapping[tuple[str, int], np.ndarray]) -> pl.DataFrame:
    rows = [
        (department, sex, age, year, float(table[s, a]))
        for (department, year), table in counts.items()
        for s, sex in enumerate(SEXES)
        for a, age in enumerate(AGES)
    ]
    columns = ["department", "sex", "age", "year", "residents"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def older(table: np.ndarray) -> np.ndarray:
    result = table.copy()
    result[:, 15:] *= 1.5
    return result


def test_residents_of_the_baseline_year_are_those_rates_are_fitted_on(
    baseline: Baseline, usual: People, load: Load
) -> None:
    lot = baseline.departments.index(LOT)
    own = older(usual.residents[lot])
    people = People.of(baseline, VALUES, load(population=residents_table({(LOT, YEAR): own})))
    assert people.residents[lot] == pytest.approx(own)
    others = np.arange(len(baseline.departments)) != lot
    assert people.residents[others] == pytest.approx(usual.residents[others])
    assert people.rates.population is people.residents
    assert (people.growth == 1).all()
    assert people.elderly[lot] > usual.elderly[lot] + 0.05
    assert people.elderly[others] == pytest.approx(usual.elderly[others], rel=0.01)
    total = people.rates.expected(people.residents).sum(axis=0)
    assert total == pytest.approx(gravity.observed(baseline).sum(axis=0))


def test_a_projection_starts_from_the_residents_of_the_file(
    baseline: Baseline, usual: People, load: Load
) -> None:
    same = {(code, YEAR): usual.residents[z] for z, code in enumerate(baseline.departments)}
    own = load(population=residents_table(same))
    later = usual.in_year(baseline, 2040, "central", VALUES)
    again = People.of(baseline, VALUES, own).in_year(baseline, 2040, "central", VALUES, own)
    assert again.residents == pytest.approx(later.residents, rel=1e-4)
    assert again.growth == pytest.approx(later.growth, rel=1e-4)
    lot = baseline.departments.index(LOT)
    own = load(population=residents_table({(LOT, YEAR): 2 * usual.residents[lot]}))
    twice = People.of(baseline, VALUES, own).in_year(baseline, 2040, "central", VALUES, own)
    assert twice.residents[lot].sum() == pytest.approx(2 * later.residents[lot].sum(), rel=0.01)
    assert twice.growth[lot] == pytest.approx(later.growth[lot], rel=0.01)


@pytest.mark.parametrize("variant", ["low", "central", "high"])
def test_residents_of_a_later_year_replace_the_projection(
    variant: Variant, baseline: Baseline, usual: People, load: Load
) -> None:
    lot = baseline.departments.index(LOT)
    later = usual.in_year(baseline, 2040, variant, VALUES)
    own = older(usual.residents[lot])
    local = load(population=residents_table({(LOT, 2040): own}))
    people = People.of(baseline, VALUES, local)
    assert (people.residents == usual.residents).all()
    aged = people.in_year(baseline, 2040, variant, VALUES, local)
    assert aged.residents[lot] == pytest.approx(own)
    others = np.arange(len(baseline.departments)) != lot
    for name in ("residents", "growth", "stay_growth", "elderly"):
        assert (getattr(aged, name)[others] == getattr(later, name)[others]).all()
    expected = usual.rates.expected(np.stack([own] * len(baseline.departments)))
    now = usual.rates.expected(usual.residents)
    assert aged.growth[lot, MEDICINE] == pytest.approx(expected[lot, MEDICINE] / now[lot, MEDICINE])


def test_births_follow_the_women_of_the_file(baseline: Baseline, usual: People, load: Load) -> None:
    lot = baseline.departments.index(LOT)
    later = usual.in_year(baseline, 2040, "central", VALUES)
    women = later.residents[lot].copy()
    women[0, 2:11] *= 2
    local = load(population=residents_table({(LOT, 2040): women}))
    more = usual.in_year(baseline, 2040, "central", VALUES, local)
    assert more.growth[lot, OBSTETRICS] == pytest.approx(2 * later.growth[lot, OBSTETRICS])
    women[1] *= 3
    local = load(population=residents_table({(LOT, 2040): women}))
    men = usual.in_year(baseline, 2040, "central", VALUES, local)
    assert men.growth[lot, OBSTETRICS] == pytest.approx(more.growth[lot, OBSTETRICS])


def test_residents_of_another_year_change_nothing(
    baseline: Baseline, usual: People, load: Load
) -> None:
    local = load(population=residents_table({(LOT, 2033): np.full((2, 20), 9.0)}))
    same = People.of(baseline, VALUES, local)
    assert (same.rates.use == usual.rates.use).all()
    one, two = (people.in_year(baseline, 2040, "high", VALUES, local) for people in (same, usual))
    assert (one.residents == two.residents).all()
    assert (one.growth == usual.in_year(baseline, 2040, "high", VALUES).growth).all()


# Rates


def rates_table(rates: Mapping[str, np.ndarray]) -> pl.DataFrame:
    rows = [
        (age, sex, activity, float(1000 * table[s, a]))
        for activity, table in rates.items()
        for s, sex in enumerate(SEXES)
        for a, age in enumerate(AGES)
    ]
    return pl.DataFrame(rows, schema=["age", "sex", "activity", "stays_per_1000"], orient="row")


def test_rates_of_a_planner_at_every_age_and_sex(
    baseline: Baseline, usual: People, load: Load
) -> None:
    rng = np.random.default_rng(4)
    own = {"medicine": rng.uniform(0.01, 0.3, (2, 20)), "obstetrics": rng.uniform(0, 0.1, (2, 20))}
    rates = People.of(baseline, VALUES, load(rates=rates_table(own))).rates
    for name, table in own.items():
        assert rates.use[:, ACTIVITIES.index(name)].sum(axis=0) == pytest.approx(table)
    ours = usual.rates.use
    split = rates.use[1, MEDICINE] / rates.use[:, MEDICINE].sum(axis=0)
    assert split == pytest.approx(ours[1, MEDICINE] / ours[:, MEDICINE].sum(axis=0))
    men = rates.use[1, OBSTETRICS, 1] / rates.use[:, OBSTETRICS, 1].sum(axis=0)
    assert men == pytest.approx(np.full(20, VALUES["demand.unscheduled_obstetrics"]))
    others = [a for a in range(len(ACTIVITIES)) if a not in (MEDICINE, OBSTETRICS)]
    assert (rates.use[:, others] == ours[:, others]).all()
    assert rates.local[:, others] == pytest.approx(usual.rates.local[:, others])
    assert (rates.population == usual.rates.population).all()


def test_the_level_is_the_planners_and_the_sites_keep_theirs(
    baseline: Baseline, usual: People, load: Load
) -> None:
    table = np.full((2, 20), 0.2)
    one, three = (
        People.of(baseline, VALUES, load(rates=rates_table({"medicine": k * table})))
        for k in (1, 3)
    )
    expected = one.rates.expected(one.residents)[:, MEDICINE].sum()
    assert expected == pytest.approx(0.2 * usual.residents.sum())
    assert three.rates.expected(one.residents)[:, MEDICINE].sum() == pytest.approx(3 * expected)
    assert three.rates.local == pytest.approx(one.rates.local)
    later = [people.in_year(baseline, 2040, "central", VALUES) for people in (one, three)]
    assert later[0].growth == pytest.approx(later[1].growth)
    reach = reaches(baseline)[MEDICINE]
    for people in (one, three):
        rates = people.rates
        asked = rates.by_commune(baseline, rates.expected(people.residents))
        choice = fit(reach, asked, baseline, MEDICINE)
        assert choice.volumes(asked[:, MEDICINE]) == pytest.approx(
            baseline.stays[:, MEDICINE], abs=0.01, rel=1e-5
        )


def test_rates_of_the_old_make_ageing_heavier(
    baseline: Baseline, usual: People, load: Load
) -> None:
    steep = np.tile(np.where(np.arange(20) >= 15, 0.5, 0.02), (2, 1))
    people = People.of(baseline, VALUES, load(rates=rates_table({"surgery": steep})))
    one, two = (p.in_year(baseline, 2040, "central", VALUES).growth for p in (people, usual))
    assert (one[:, SURGERY] > two[:, SURGERY]).mean() > 0.9
    assert one[:, MEDICINE] == pytest.approx(two[:, MEDICINE])
    assert one[:, EMERGENCY] == pytest.approx(two[:, EMERGENCY])


def test_rates_of_nothing_are_refused(baseline: Baseline, load: Load) -> None:
    local = load(rates=rates_table({"surgery": np.zeros((2, 20))}))
    with pytest.raises(PreuveError, match="rates of surgery are zero at every age"):
        People.of(baseline, VALUES, local)


def test_own_rates_equal_to_ours_change_nothing(baseline: Baseline, usual: People) -> None:
    same = Rates.fit(baseline, values=VALUES, own=usual.rates.use.sum(axis=0))
    assert same.use == pytest.approx(usual.rates.use)
    assert same.local == pytest.approx(usual.rates.local)


# Travel


def travel_table(rows: list[tuple[str, str, float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["commune", "finess", "minutes"], orient="row")


def _at(reach: Reach, baseline: Baseline, commune: str, finess: str) -> tuple[int, int]:
    """Row and column of a commune and a site in the lists of a reach."""
    codes = baseline.communes.table["commune"].to_list()
    place = int(reach.places.of_commune[codes.index(commune)])
    (column,) = np.flatnonzero(reach.index[place] == reach.point[baseline.site(finess)])
    return place, int(column)


def test_minutes_of_a_planner_replace_the_formula_for_their_pairs(
    baseline: Baseline, load: Load
) -> None:
    before = reaches(baseline)[OBSTETRICS]
    local = load(travel=travel_table([(CAHORS, CAHORS_HOSPITAL, 77.0)]))
    reach = reaches(baseline, None, local)[OBSTETRICS]
    assert reach.measured is not None
    here = _at(reach, baseline, CAHORS, CAHORS_HOSPITAL)
    changed = np.zeros(reach.index.shape, bool)
    changed[here] = True
    assert reach.minutes(ROAD)[here] == pytest.approx(77.0)
    assert (reach.minutes(ROAD)[~changed] == before.minutes(ROAD)[~changed]).all()
    assert np.isnan(reach.measured.minutes[~changed]).all()
    closeness = gravity.near(reach, ROAD, 2.0)
    assert closeness[here] == pytest.approx(7.7**-2)
    assert (closeness[~changed] == gravity.near(before, ROAD, 2.0)[~changed]).all()


def test_communes_of_a_place_are_weighed_by_their_residents(baseline: Baseline, load: Load) -> None:
    before = reaches(baseline)[OBSTETRICS]
    codes = baseline.communes.table["commune"].to_numpy()
    lot = baseline.departments.index(LOT)
    inside = baseline.communes.department == lot
    place = np.bincount(before.places.of_commune[inside]).argmax()
    members = np.flatnonzero(before.places.of_commune == place)
    assert len(members) > 2
    people = baseline.communes.population[members]
    k = int(np.flatnonzero(before.index[place] >= 0)[0])
    site = int(np.flatnonzero(before.point == before.index[place, k])[0])
    finess = baseline.sites["finess"][site]
    minutes = 10.0 + np.arange(len(members))

    def read(count: int) -> float:
        rows = [(str(codes[c]), finess, float(m)) for c, m in zip(members, minutes, strict=True)]
        local = load(travel=travel_table(rows[:count]))
        return float(reaches(baseline, None, local)[OBSTETRICS].minutes(ROAD)[place, k])

    assert read(len(members)) == pytest.approx(np.average(minutes, weights=people), rel=1e-5)
    formula = before.minutes(ROAD)[place, k]
    mixed = np.append(minutes[:2], np.full(len(members) - 2, formula))
    assert read(2) == pytest.approx(np.average(mixed, weights=people), rel=1e-5)


def test_a_slower_road_sends_patients_elsewhere_once_something_changes(
    baseline: Baseline, asked: np.ndarray, load: Load
) -> None:
    local = load(travel=travel_table([(CAHORS, CAHORS_HOSPITAL, 120.0)]))
    before, after = (
        fit(reaches(baseline, None, one)[OBSTETRICS], asked, baseline, OBSTETRICS)
        for one in (None, local)
    )
    here = _at(before.reach, baseline, CAHORS, CAHORS_HOSPITAL)
    one, two = (choice.flows(asked[:, OBSTETRICS])[here] for choice in (before, after))
    assert two < 0.7 * one
    assert after.volumes(asked[:, OBSTETRICS]) == pytest.approx(
        baseline.stays[:, OBSTETRICS], abs=0.01, rel=1e-5
    )
    assert after.affinity.size == after.missed.size == 0


def test_minutes_to_the_nearest_follow_the_file(baseline: Baseline, load: Load) -> None:
    open_ = baseline.births > 0
    codes = baseline.communes.table["commune"].to_list()
    cahors = codes.index(CAHORS)
    usual = Nearest.of(baseline, open_, None).minutes(ROAD)
    others = np.arange(len(usual)) != cahors

    def told(minutes: float, finess: str = CAHORS_HOSPITAL) -> np.ndarray:
        local = load(travel=travel_table([(CAHORS, finess, minutes)]))
        found = Nearest.of(baseline, open_, local.travel).minutes(ROAD)
        assert (found[others] == usual[others]).all()
        return found

    assert told(0.0)[cahors] == LEAST_MINUTES
    assert told(17.0)[cahors] == 17.0
    without = open_.copy()
    without[baseline.site(CAHORS_HOSPITAL)] = False
    second = Nearest.of(baseline, without, None).minutes(ROAD)[cahors]
    assert told(600.0)[cahors] == pytest.approx(second)
    shut = baseline.sites["finess"].to_numpy()[~open_][0]
    assert told(5.0, shut)[cahors] == usual[cahors]


# Flows


@cache
def _small(seed: int) -> tuple[Reach, np.ndarray, np.ndarray, Baseline]:
    """SYNTHETIC: 16 communes of two départements and 6 sites, drawn in a square."""
    rng = np.random.default_rng(seed)
    country = Baseline.load(YEAR)
    chosen = np.flatnonzero(country.communes.population > 500)[:16]
    communes = replace(
        country.communes,
        table=country.communes.table[chosen],
        department=np.repeat([0, 1], 8),
        population=rng.uniform(100, 50_000, 16),
        lon=rng.uniform(2, 3, 16),
        lat=rng.uniform(46, 47, 16),
    )
    small = replace(
        country,
        communes=communes,
        sites=country.sites[:6],
        departments=("01", "02"),
        lon=rng.uniform(2, 3, 6),
        lat=rng.uniform(46, 47, 6),
        department=np.zeros(6, np.int64),
    )
    places = gravity.Places.of(communes, small.departments, alone=0)
    reach = Reach.of(places, small, np.ones(6, bool), rng.uniform(50, 500, 6))
    return reach, communes.population / 10, rng.uniform(0.5, 20, 6), small


def _with_flows(
    reach: Reach, small: Baseline, stays: np.ndarray, volumes: np.ndarray, names: list[str]
) -> Reach:
    rows = [
        ("department", name, name, small.sites["finess"][s], float(stays[o, s]))
        for o, name in enumerate(names)
        for s in range(stays.shape[1])
        if stays[o, s] > 0
    ]
    columns = ["level", "origin", "department", "finess", "stays"]
    origins = affinity.Origins.of(
        pl.DataFrame(rows, schema=columns, orient="row"),
        small,
        reach.places.of_commune,
        reach.places.department,
        reach.point,
        reach.index,
        reach.gather(volumes),
    )
    return replace(reach, origins=origins)


def _true(seed: int, spread: float) -> tuple[Any, ...]:
    """Volumes and shares made by a Huff model with hidden factors of each origin and point."""
    reach, asked, weight, small = _small(seed)
    rng = np.random.default_rng(seed + 1)
    factors = np.exp(spread * rng.normal(size=(2, 6)))
    closeness = gravity.near(reach, ROAD, VALUES["gravity.decay_obstetrics"])
    closeness = closeness * factors[reach.places.department[:, None], reach.index]
    flow = np.zeros((2, 6))
    plain = huff.flows(
        reach.index,
        closeness.astype(np.float32),
        weight,
        asked,
        np.zeros_like(closeness, np.float32),
        np.zeros(6),
    )
    there = reach.index >= 0
    origin = np.broadcast_to(reach.places.department[:, None], reach.index.shape)
    np.add.at(flow, (origin[there], reach.index[there]), plain[there])
    return reach, asked, small, flow


def _fitted(reach: Reach, asked: np.ndarray, volumes: np.ndarray, **more: Any) -> Choice:
    beds = np.ones_like(volumes)
    return Choice.fit(reach, asked, volumes, beds, ROAD, VALUES, "obstetrics", **more)


@given(seed=st.integers(0, 40), spread=st.floats(0.0, 1.0), both=st.booleans())
@settings(max_examples=25, deadline=None)
def test_shares_and_volumes_are_both_met(seed: int, spread: float, both: bool) -> None:
    reach, asked, small, flow = _true(seed, spread)
    volumes = flow.sum(axis=0)[reach.point]
    names = ["01", "02"] if both else ["01"]
    reach = _with_flows(reach, small, flow[:, reach.point], volumes, names)
    choice = _fitted(reach, asked, volumes)
    assert choice.volumes(asked) == pytest.approx(volumes, rel=1e-5)
    assert choice.missed.shape == (len(names),)
    assert choice.missed.max() <= 0.01
    found = np.zeros((2, 6))
    there = reach.index >= 0
    origin = np.broadcast_to(reach.places.department[:, None], reach.index.shape)
    np.add.at(found, (origin[there], reach.index[there]), choice.flows(asked)[there])
    gap = np.abs(found - flow).sum(axis=1) / flow.sum(axis=1) / 2
    assert (gap[: len(names)] <= 0.01).all()


@given(seed=st.integers(0, 40), wild=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_volumes_hold_even_where_shares_contradict_them(seed: int, wild: int) -> None:
    reach, asked, small, flow = _true(seed, 0.3)
    volumes = flow.sum(axis=0)[reach.point]
    stays = np.random.default_rng(wild).pareto(0.4, (2, 6)) + 0.01
    reach = _with_flows(reach, small, stays, volumes, ["01", "02"])
    choice = _fitted(reach, asked, volumes)
    assert choice.volumes(asked) == pytest.approx(volumes, rel=1e-5)
    assert np.isfinite(choice.nearness).all()
    assert (choice.affinity >= affinity.LEAST).all()
    assert (choice.affinity <= affinity.MOST).all()
    assert ((choice.missed >= 0) & (choice.missed <= 1)).all()
    ratio = np.ones(6)
    ratio[int(np.argmax(volumes))] = 0
    assert choice.volumes(asked, ratio).sum() == pytest.approx(volumes.sum(), rel=1e-4)


def test_factors_are_usual_on_average_so_that_a_new_service_is_too() -> None:
    reach, _asked, small, flow = _true(5, 0.5)
    volumes = flow.sum(axis=0)[reach.point]
    origins = _with_flows(reach, small, flow[:, reach.point], volumes, ["01", "02"]).origins
    assert origins is not None
    found = np.random.default_rng(2).dirichlet(np.ones(6), 2).ravel()
    factors = origins.corrected(np.full(12, 3.0), found, origins.share)
    level = np.bincount(origins.origin, origins.share * np.log(factors))
    assert level == pytest.approx(0.0, abs=1e-9)
    ratio = factors / (origins.share / found)
    assert np.ptp(ratio[origins.origin == 0]) == pytest.approx(0.0, abs=1e-9)


@given(seed=st.integers(0, 40), wild=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_shares_are_bent_only_where_a_point_has_no_room(seed: int, wild: int) -> None:
    reach, asked, small, flow = _true(seed, 0.3)
    volumes = flow.sum(axis=0)[reach.point]
    stays = np.random.default_rng(wild).uniform(0.1, 10, (2, 6))
    origins = _with_flows(reach, small, stays, volumes, ["01", "02"]).origins
    assert origins is not None
    patients = np.bincount(origins.whose, asked[origins.rows]).astype(np.float64)
    large = np.full(6, patients.sum())
    assert origins.feasible(patients, large) == pytest.approx(origins.share)
    room = 1.02 * reach.gather(volumes)
    bent = origins.feasible(patients, room)
    assert np.bincount(origins.origin, bent) == pytest.approx(1.0)
    asked_there = np.bincount(origins.point, bent * patients[origins.origin])
    assert (asked_there <= room * 1.01).all()


def test_shares_already_met_leave_gravity_as_it_is() -> None:
    reach, asked, small, flow = _true(3, 0.0)
    volumes = flow.sum(axis=0)[reach.point]
    plain = _fitted(reach, asked, volumes)
    reach = _with_flows(reach, small, flow[:, reach.point], volumes, ["01"])
    choice = _fitted(reach, asked, volumes)
    assert (choice.affinity == 1).all()
    assert choice.flows(asked) == pytest.approx(plain.flows(asked), rel=0.01, abs=1)
    warm = _fitted(reach, asked, volumes, start=choice)
    assert warm.rounds <= 1
    assert warm.flows(asked) == pytest.approx(choice.flows(asked), rel=1e-3, abs=0.1)


def flows_of(
    choice: Choice, asked: np.ndarray, baseline: Baseline, activity: int, factor: np.ndarray
) -> pl.DataFrame:
    """Flows of the Lot under gravity, times a factor of each site."""
    reach, flow = choice.reach, choice.flows(asked[:, activity])
    there = reach.places.department == baseline.departments.index(LOT)
    index, some = reach.index[there], reach.index[there] >= 0
    total = np.bincount(index[some], flow[there][some], len(reach.lon))
    sites = np.unique(reach.point, return_index=True)[1]
    sites = sites[reach.point[sites] >= 0]
    stays = total[reach.point[sites]] * factor[sites]
    return pl.DataFrame(
        {
            "department": LOT,
            "finess": baseline.sites["finess"].to_numpy()[sites],
            "discipline": ACTIVITIES[activity],
            "stays": stays,
        }
    ).filter(pl.col("stays") >= 5)


def test_flows_of_a_department_move_its_patients_alone(
    baseline: Baseline, asked: np.ndarray, load: Load
) -> None:
    plain = fit(reaches(baseline)[OBSTETRICS], asked, baseline, OBSTETRICS)
    factor = np.ones(len(baseline.lon))
    factor[baseline.site(CAHORS_HOSPITAL)] = 0.6
    table = flows_of(plain, asked, baseline, OBSTETRICS, factor)
    local = load(flows=table)
    all_reaches = reaches(baseline, None, local)
    assert [reach.origins is not None for reach in all_reaches] == [
        a == OBSTETRICS for a in range(len(ACTIVITIES))
    ]
    choice = fit(all_reaches[OBSTETRICS], asked, baseline, OBSTETRICS)
    assert choice.missed.max() <= 0.01
    assert choice.volumes(asked[:, OBSTETRICS]) == pytest.approx(
        baseline.stays[:, OBSTETRICS], abs=0.01, rel=1e-5
    )
    lot = choice.reach.places.department == baseline.departments.index(LOT)
    formula = gravity.near(choice.reach, ROAD, VALUES["gravity.decay_obstetrics"])
    assert (choice.nearness[~lot] == formula[~lot]).all()
    point = choice.reach.point[baseline.site(CAHORS_HOSPITAL)]
    to_cahors = (choice.reach.index == point) & lot[:, None]
    flow = choice.flows(asked[:, OBSTETRICS])
    share = float(flow[to_cahors].sum() / flow[lot].sum())
    wanted = table.with_columns(share=pl.col("stays") / pl.col("stays").sum())
    (observed,) = wanted.filter(pl.col("finess") == CAHORS_HOSPITAL)["share"]
    assert share == pytest.approx(observed, abs=0.01)
    usual = plain.flows(asked[:, OBSTETRICS])
    assert share < 0.8 * float(usual[to_cahors].sum() / usual[lot].sum())


def test_communes_of_a_file_of_flows_are_places_and_cities_are_one_origin(
    baseline: Baseline, load: Load
) -> None:
    codes = baseline.communes.table["commune"].to_list()
    small = baseline.communes.table.filter(
        (pl.col("department") == LOT) & (pl.col("population") < 500)
    )["commune"][0]
    table = pl.DataFrame(
        {
            "commune": [small, small, "75056"],
            "finess": [CAHORS_HOSPITAL, baseline.sites["finess"][0], "750100208"],
            "discipline": "surgery",
            "stays": [30.0, 10.0, 100.0],
        }
    )
    found = reaches(baseline, None, load(flows=table))
    plain = reaches(baseline)
    origins = found[SURGERY].origins
    assert origins is not None
    assert origins.names == (small, "75056")[:: 1 if small < "75056" else -1]
    place = found[SURGERY].places.of_commune[codes.index(small)]
    assert (found[SURGERY].places.of_commune == place).sum() == 1
    assert (origins.whose == origins.names.index("75056")).sum() == 20
    far = origins.beyond[origins.names.index(small)]
    assert far == pytest.approx(0.25)
    assert (found[MEDICINE].index == plain[MEDICINE].index).all()


def test_postal_codes_are_gathered_by_department(baseline: Baseline, load: Load) -> None:
    table = pl.DataFrame(
        {
            "postal": ["46000", "46100"],
            "finess": [CAHORS_HOSPITAL, CAHORS_HOSPITAL],
            "discipline": "obstetrics",
            "stays": [30.0, 10.0],
        }
    )
    origins = reaches(baseline, None, load(flows=table))[OBSTETRICS].origins
    assert origins is not None
    assert origins.names == (LOT,)
    assert origins.share.sum() == pytest.approx(1.0)


def test_an_origin_without_a_site_in_reach_keeps_gravity(
    baseline: Baseline, asked: np.ndarray, load: Load
) -> None:
    table = pl.DataFrame(
        {
            "department": ["976", "2A"],
            "finess": [CAHORS_HOSPITAL, CAHORS_HOSPITAL],
            "discipline": "surgery",
            "stays": [30.0, 10.0],
        }
    )
    plain = fit(reaches(baseline)[SURGERY], asked, baseline, SURGERY)
    choice = fit(reaches(baseline, None, load(flows=table))[SURGERY], asked, baseline, SURGERY)
    assert choice.reach.origins is not None
    assert choice.reach.origins.beyond == pytest.approx(1.0)
    assert (choice.missed == 0).all()
    assert (choice.nearness == plain.nearness).all()


@pytest.mark.parametrize(
    ("finess", "message"),
    [
        (CAHORS_HOSPITAL, "the shares of the file and the stays of the sites contradict"),
        ("750100208", "sites out of reach or without patients; they are left out"),
    ],
)
def test_what_a_file_of_flows_cannot_have_is_told(
    finess: str, message: str, baseline: Baseline, load: Load
) -> None:
    table = pl.DataFrame(
        {"department": ["31"], "finess": [finess], "discipline": ["obstetrics"], "stays": [50.0]}
    )
    assembly = assembled(baseline, Scenario.parse(SCENARIO), load(flows=table))
    assert any(message in str(note) for note in notes(assembly))


# All together


SCENARIO = """
name: own-tables
title: {en: Own tables, fr: Tables propres}
question: {en: "What changes?", fr: "Que change-t-il ?"}
baseline: 2024
period: {from: 2025-01-01, to: 2025-02-28}
elements:
  - close: {site: 460000110, discipline: obstetrics, from: 2025-02-01}
  - demography: {variant: central, year: 2040}
"""


def _folder(
    folder: Path, baseline: Baseline, usual: People, asked: np.ndarray
) -> dict[str, pl.DataFrame]:
    lot = baseline.departments.index(LOT)
    own = older(usual.residents[lot])
    plain = fit(reaches(baseline)[OBSTETRICS], asked, baseline, OBSTETRICS)
    factor = np.ones(len(baseline.lon))
    factor[baseline.site(CAHORS_HOSPITAL)] = 0.7
    tables = {
        "population": residents_table({(LOT, YEAR): own, (LOT, 2040): own * 1.1}),
        "rates": rates_table({"medicine": usual.rates.use[:, MEDICINE].sum(axis=0) * 1.2}),
        "travel": travel_table([(CAHORS, CAHORS_HOSPITAL, 9.0)]),
        "flows": flows_of(plain, asked, baseline, OBSTETRICS, factor),
    }
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
    return tables


def test_a_folder_of_tables_from_end_to_end(
    tmp_path: Path, baseline: Baseline, usual: People, asked: np.ndarray
) -> None:
    tables = _folder(tmp_path, baseline, usual, asked)
    france = France.baseline(YEAR, data=tmp_path)
    assert (france.figures.stays == baseline.stays).all()
    assert {f"{name}.csv" for name in tables} <= set(france.figures.digests)
    scenario = Scenario.parse(SCENARIO)
    france.check(scenario)
    assembly = assembled(france.figures, scenario, france.local)
    packaged = assembled(baseline, scenario)
    values = drawn(uncertain.estimates(scenario), 0, 0)
    one = packaged.make(values, 7, None, changed=False).world
    two = assembly.make(values, 7, None, changed=False).world
    arrivals = [
        (world.scheduled + world.unscheduled + world.admission * world.visits[..., None]).sum()
        for world in (one, two)
    ]
    assert arrivals[1] == pytest.approx(arrivals[0], rel=1e-6)
    assert (one.visits == two.visits).all()
    assert (one.mean_stay == two.mean_stay).all()
    lot = baseline.department == baseline.departments.index(LOT)
    assert (two.elderly[lot] > one.elderly[lot]).all()
    after, before = (made.make(values, 7, "central").world for made in (assembly, packaged))
    for world in (after, before):
        assert np.isfinite(world.scheduled).all()
        assert world.scheduled[-1, baseline.site(CAHORS_HOSPITAL), OBSTETRICS] == 0
    assert not np.array_equal(after.scheduled[-1], before.scheduled[-1])
    people = assembly.patients(values, scenario.elements, "central").people
    own = tables["population"].filter(pl.col("year") == 2040)["residents"].to_numpy()
    z = baseline.departments.index(LOT)
    assert people.residents[z].ravel() == pytest.approx(own)
    minutes = indicators.Access.of(assembly).communes([values])
    row = minutes.filter(
        (pl.col("commune") == CAHORS) & (pl.col("activity") == ACTIVITIES[OBSTETRICS])
    )
    assert row["reference_value"][0] == pytest.approx(9.0)
    told = [str(note) for note in notes(assembly)]
    assert any("Residents of 2040" in text and "variant" in text for text in told)
    assert any("medicine" in text and "remain those of the sites" in text for text in told)
    assert any("1 travel time between" in text for text in told)
    assert any("obstetrics" in text and "1 origin go" in text for text in told)
    assert {"fr", "en"} <= set(own_figures(assembly)[0])
    assert own_figures(packaged) == []
