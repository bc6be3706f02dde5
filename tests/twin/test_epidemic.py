"""Epidemic: nobody is lost, theory is met, admissions are those of the infected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.parameters import central
from preuve.twin.seasons.epidemic import (
    CRITICAL_BY_AGE,
    PARAMETERS,
    Outbreak,
    Spread,
    admissions,
    centres,
    contacts,
    curve_admissions,
    durations,
    inside,
    read_curve,
    severity,
    shock,
    spread,
)

VALUES = dict(central(PARAMETERS))
DATES = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]")
FIRST = date(2025, 1, 1)
ONE = np.ones((1, 1))


def alone(
    reproduction: float,
    people: float = 2e6,
    seed: int = 1,
    seeds: int = 1000,
    immune: float = 0.0,
    days: int = 1200,
    values: Mapping[str, float] = VALUES,
) -> Spread:
    dates = DATES[0] + np.arange(days)
    outbreak = Outbreak(reproduction, dates[0], seeds=seeds, immune=immune)
    return spread(outbreak, dates, ["01"], np.array([people]), ONE, values, seed)


@given(
    st.floats(0, 8),
    st.floats(0, 0.9),
    st.integers(0, 3000),
    st.integers(0, 2**31),
    st.lists(st.integers(0, 200_000), min_size=1, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_everyone_is_somewhere(
    reproduction: float, immune: float, seeds: int, seed: int, people: list[int]
) -> None:
    population = np.array([*people, 1000], dtype=float)
    codes = [str(index) for index in range(len(population))]
    place = np.arange(len(population), dtype=float)
    met = contacts(population, place, 45 + place / 10, VALUES)
    outbreak = Outbreak(reproduction, DATES[5], seeds=seeds, immune=immune)
    run = spread(outbreak, DATES[:60], codes, population, met, VALUES, seed)
    states = np.stack([run.susceptible, run.exposed, run.infectious, run.removed])
    assert states.min() >= 0
    assert (states.sum(axis=0) == population).all()
    infected = run.infections.sum(axis=0)
    assert (run.susceptible[0] - run.susceptible[-1] == infected).all()
    assert (np.diff(run.susceptible, axis=0) <= 0).all()


@pytest.mark.parametrize(("reproduction", "immune"), [(1.3, 0.0), (2.0, 0.0), (3.0, 0.4)])
def test_the_final_size_is_the_one_of_theory(reproduction: float, immune: float) -> None:
    people, seeds = 2e6, 2000
    run = alone(reproduction, people, seeds=seeds, immune=immune)
    start = 1 - immune - seeds / people
    mass = start + seeds / people
    left = -lambertw(-reproduction * start * np.exp(-reproduction * mass)).real / reproduction
    assert run.susceptible[-1, 0] / people == pytest.approx(left, abs=0.006)
    assert run.exposed[-1, 0] + run.infectious[-1, 0] == 0


@pytest.mark.parametrize(("reproduction", "immune"), [(0.0, 0.0), (0.7, 0.0), (2.0, 0.65)])
def test_under_one_it_dies_out(reproduction: float, immune: float) -> None:
    run = alone(reproduction, immune=immune)
    effective = reproduction * (1 - immune)
    assert run.exposed[-1, 0] + run.infectious[-1, 0] == 0
    assert run.infections.sum() == pytest.approx(1000 / (1 - effective), rel=0.15)


def test_infections_grow_as_generation_time_says() -> None:
    """Euler-Lotka for a latent and an infectious time that are geometric, by steps of one day."""
    latent, infectious = durations(VALUES)
    run = alone(2.0, people=5e8, seeds=50_000, days=60)
    growth = np.log(run.infections[40, 0] / run.infections[20, 0]) / 20
    z = np.exp(-growth)
    p, q = 1 / latent, 1 / infectious
    delay = (p * z / (1 - (1 - p) * z)) * (q * z / (1 - (1 - q) * z))
    assert 2.0 * delay == pytest.approx(1, abs=0.03)
    assert latent + infectious == pytest.approx(VALUES["epidemic.generation_time"])


def test_the_same_seed_gives_the_same_people() -> None:
    first, again, other = alone(2, seed=3), alone(2, seed=3), alone(2, seed=4)
    assert (first.infections == again.infections).all()
    assert (first.infections != other.infections).any()


def test_a_measure_bends_the_curve() -> None:
    def total(measures: tuple[tuple[np.datetime64, float], ...]) -> int:
        outbreak = Outbreak(2.5, DATES[0], measures=measures)
        run = spread(outbreak, DATES, ["01"], np.array([2e6]), ONE, VALUES, 1)
        return int(run.infections.sum())

    assert total(((DATES[30], 0.6),)) < 0.2 * total(())


def test_it_starts_in_its_territory_and_reaches_its_neighbours_first() -> None:
    baseline = Baseline.load(2024)
    people = baseline.population.sum(axis=(1, 2))
    met = contacts(people, *centres(baseline.communes), VALUES)
    np.testing.assert_allclose(met.sum(axis=1), 1)
    outbreak = Outbreak(2.5, DATES[0], seeds=500, territory=("67",))
    run = spread(outbreak, DATES[:50], baseline.departments, people, met, VALUES, 1)
    at = baseline.departments.index
    assert run.infections[0].sum() == run.infections[0, at("67")] == 500
    attacked = run.infections.sum(axis=0) / people
    assert attacked[at("68")] > attacked[at("29")]


def test_admissions_are_the_infected_times_severity() -> None:
    population = Baseline.load(2024).population
    chance = severity(population, VALUES)
    people = population.sum(axis=(1, 2))
    country = (chance * people[:, None]).sum(axis=0) / people.sum()
    assert country.sum() == pytest.approx(VALUES["epidemic.hospitalised"], rel=0.01)
    assert country[CRITICAL_CARE] / country.sum() == pytest.approx(
        VALUES["epidemic.critical"], rel=0.01
    )
    assert (country[[SURGERY, OBSTETRICS, REHABILITATION]] == 0).all()
    assert country[MEDICINE] > country[CRITICAL_CARE] > country[PAEDIATRICS] > 0
    infections = np.zeros((200, len(people)))
    infections[3] = 1000.0
    extra = admissions(infections, chance, VALUES)
    np.testing.assert_allclose(extra.sum(axis=0), 1000 * chance, rtol=1e-6)
    day = (extra.sum(axis=(1, 2)) * np.arange(200)).sum() / extra.sum()
    assert day - 3 == pytest.approx(VALUES["epidemic.delay"], abs=0.6)


def test_scheduled_care_is_put_off_only_under_strain() -> None:
    extra = np.zeros((100, 1, 6))
    extra[40:60, 0, CRITICAL_CARE] = 100.0
    result = shock(extra, critical_beds=2000.0, values=VALUES)
    strained = result.scheduled[:, SURGERY] < 1
    assert not strained[:40].any()
    assert strained[50]
    assert not strained[-1]
    assert result.scheduled[50, SURGERY] == pytest.approx(1 - VALUES["epidemic.deprogrammed"])
    assert (result.scheduled[:, [OBSTETRICS, REHABILITATION]] == 1).all()
    assert (shock(extra, 1e6, VALUES).scheduled == 1).all()


def test_a_curve_of_admissions_is_kept_whole() -> None:
    population = Baseline.load(2024).population[:2]
    people = population.sum(axis=(1, 2))
    table = pl.DataFrame({"date": DATES[2:5], "admissions": [10.0, 20.0, 5.0]})
    curve = read_curve(table, DATES[:10], ["01", "02"], people)
    assert curve.sum(axis=1).tolist() == pytest.approx([0, 0, 10, 20, 5, 0, 0, 0, 0, 0])
    extra = curve_admissions(curve, population, VALUES)
    np.testing.assert_allclose(extra.sum(axis=2), curve)
    placed = read_curve(
        table.with_columns(department=pl.lit("02")), DATES[:10], ["01", "02"], people
    )
    assert placed[:, 0].sum() == 0
    assert placed[:, 1].sum() == 35


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"admissions": [1.0, -1.0]}, "zero or more"),
        ({"admissions": [1.0, float("nan")]}, "zero or more"),
        ({"admissions": [1.0, None]}, "zero or more"),
        ({"date": [FIRST, FIRST]}, "given twice"),
        ({"date": [FIRST, date(2025, 2, 20)]}, "passes the dates"),
        ({"department": ["01", "99"]}, "No département has the code 99"),
    ],
)
def test_a_bad_curve_is_told(change: dict[str, list[object]], message: str) -> None:
    good: dict[str, object] = {"date": [FIRST, date(2025, 1, 2)], "admissions": [1.0, 2.0]}
    with pytest.raises(PreuveError, match=message):
        read_curve(pl.DataFrame(good | change), DATES[:10], ["01", "02"], np.array([1.0, 1.0]))


def test_a_curve_without_its_column_is_told() -> None:
    with pytest.raises(PreuveError, match="Missing columns: admissions"):
        read_curve(pl.DataFrame({"date": [FIRST]}), DATES, ["01"], np.array([1.0]))


def test_bad_outbreaks_are_told() -> None:
    with pytest.raises(PreuveError, match="reproduction number"):
        Outbreak(float("nan"), DATES[0])
    with pytest.raises(PreuveError, match="reproduction number"):
        Outbreak(2.0, DATES[0], measures=((DATES[1], -1.0),))
    with pytest.raises(PreuveError, match="between 0 and 1"):
        Outbreak(2.0, DATES[0], immune=1.2)
    with pytest.raises(PreuveError, match="out of order"):
        Outbreak(2.0, DATES[9], measures=((DATES[1], 1.0),))
    with pytest.raises(PreuveError, match="zero or more"):
        Outbreak(2.0, DATES[9], seeds=-1)
    with pytest.raises(PreuveError, match="outside the dates"):
        spread(Outbreak(2.0, DATES[50]), DATES[:9], ["01"], np.array([9.0]), ONE, VALUES, 1)
    with pytest.raises(PreuveError, match="No département has the code 99"):
        inside(["01"], np.array([9.0]), ["99"])
    with pytest.raises(PreuveError, match="two days or more"):
        durations(VALUES | {"epidemic.generation_time": 1.5})


def _between(first: str, last: str) -> pl.Expr:
    return pl.col("jour").is_between(pl.lit(first), pl.lit(last))


def test_the_share_in_critical_care_is_the_measured_one(data_root: Path) -> None:
    table = pl.read_parquet(
        data_root / "france" / "covid_new_admissions_dep_daily_2020_2023.parquet"
    )
    waves = (
        ("2020-03-19", "2020-06-30"),
        ("2020-09-01", "2021-01-31"),
        ("2021-02-01", "2021-06-30"),
        ("2022-01-01", "2022-12-31"),
    )
    share = [
        table.filter(_between(*wave)).select(pl.col("incid_rea").sum() / pl.col("incid_hosp").sum())
        for wave in waves
    ]
    found = [float(one.item()) for one in share]
    assert found == pytest.approx([0.161, 0.155, 0.219, 0.102], abs=0.001)
    asked = next(p for p in PARAMETERS if p.name == "epidemic.critical")
    assert asked.value == pytest.approx(np.mean(found), abs=0.005)
    assert asked.low <= min(found)
    assert max(found) <= asked.high + 0.001


def test_critical_care_by_age_is_the_measured_one(data_root: Path) -> None:
    table = pl.read_parquet(data_root / "france" / "covid_age_rates_france_daily.parquet")
    wave = table.filter(_between("2020-03-19", "2020-06-30"), pl.col("PourAvec").cast(int) == 0)
    found = (
        wave.filter(pl.col("clage_90") > 0)
        .group_by("clage_90")
        .agg(pl.col("tx_indic_7J_SC").sum() / pl.col("tx_indic_7J_hosp").sum())
        .sort("clage_90")["tx_indic_7J_SC"]
    )
    np.testing.assert_allclose(CRITICAL_BY_AGE[::2], found.to_numpy(), atol=0.001)


def test_the_slope_of_admissions_with_age_is_the_measured_one(data_root: Path) -> None:
    france = data_root / "france"
    admitted = (
        pl.read_parquet(france / "covid_new_admissions_region_age_weekly.parquet")
        .filter(
            pl.col("Semaine").is_between(pl.lit("2020-S10"), pl.lit("2020-S26")),
            pl.col("cl_age90") > 0,
        )
        .group_by("cl_age90")
        .agg(pl.col("NewAdmHospit").sum())
        .sort("cl_age90")["NewAdmHospit"]
        .to_numpy()
    )
    by_five = Baseline.load(2020).population.sum(axis=(0, 1))
    rate = admitted / by_five.reshape(10, 2).sum(axis=1)
    slope = np.polyfit(5 + 10 * np.arange(10), np.log(rate), 1, w=np.sqrt(admitted))[0]
    doubling = next(p for p in PARAMETERS if p.name == "epidemic.hospitalised_doubling")
    assert np.log(2) / slope == pytest.approx(doubling.value, abs=0.15)


def test_surgery_fell_in_2020_as_told() -> None:
    before, during = (Baseline.load(number).stays[:, SURGERY].sum() for number in (2019, 2020))
    assert 1 - during / before == pytest.approx(0.157, abs=0.0005)
    assert 366 * (1 - during / before) == pytest.approx(57, abs=0.6)
