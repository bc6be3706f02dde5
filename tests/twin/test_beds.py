"""Beds at a chosen risk, against Erlang and against the simulated flow."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.disciplines import MEDICINE, REHABILITATION
from preuve.twin.flow.length_of_stay import multipliers, present
from preuve.twin.flow.simulation import simulate
from preuve.twin.queueing import erlang
from preuve.twin.queueing.beds import beds_at_risk, beds_needed, load_of, offered_load


def _worlds() -> ModuleType:
    path = Path(__file__).with_name("worlds.py")
    found = importlib.util.spec_from_file_location("twin_worlds", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


worlds = _worlds()


@settings(deadline=None)
@given(load=st.floats(0.01, 300.0), risk=st.floats(0.005, 0.3))
def test_one_load_gives_the_poisson_quantile(load: float, risk: float) -> None:
    from scipy.stats import poisson

    needed = int(beds_needed(np.full(7, load), [risk])[0])
    assert poisson.sf(needed - 1, load) <= risk + 1e-9
    assert poisson.sf(needed - 2, load) > risk - 1e-9


@settings(deadline=None)
@given(load=st.floats(0.5, 200.0), risk=st.floats(0.005, 0.2))
def test_never_fewer_than_erlang_b_and_seldom_many_more(load: float, risk: float) -> None:
    """Nobody is lost in the unlimited ward: it holds more people than one that turns some away."""
    needed = int(beds_needed(np.full(1, load), [risk])[0])
    lost = erlang.servers_needed(load, risk)
    assert lost <= needed
    if risk <= 0.02:
        assert needed <= lost + 2 + 1.5 * np.sqrt(load)


@settings(deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_mixture_of_days_is_what_counts(seed: int) -> None:
    from scipy.stats import poisson

    r = np.random.default_rng(seed)
    load, weights = r.uniform(0, 40, (30, 2, 3)), r.uniform(0, 2, (30, 2, 3))
    risks = (0.1, 0.05, 0.01)
    found = beds_needed(load, risks, weights)
    assert found.shape == (2, 3, 3)
    share = weights / weights.sum(axis=0)
    for at in np.ndindex(2, 3):
        for rank, risk in enumerate(risks):
            full = [(share[:, *at] * poisson.sf(b - 1, load[:, *at])).sum() for b in range(100)]
            assert found[*at, rank] == np.flatnonzero(np.array(full) <= risk)[0]


def test_a_load_of_nothing_needs_nothing() -> None:
    assert not beds_needed(np.zeros((5, 2)), [0.05]).any()


def test_mistakes_are_told() -> None:
    for load, risk in ((1.0, 0.0), (1.0, 1.0), (-1.0, 0.1), (np.nan, 0.1)):
        with pytest.raises(PreuveError):
            beds_needed(np.array([load]), [risk])


@settings(deadline=None)
@given(mean=st.floats(0.1, 40.0), spread=st.floats(0.2, 1.2))
def test_chances_of_presence_sum_to_the_mean_stay(mean: float, spread: float) -> None:
    chances = present([mean], [spread], 20_000)[0]
    assert chances.sum() == pytest.approx(mean, rel=1e-3)
    assert (np.diff(chances) <= 1e-9).all()
    assert (chances <= 1 + 1e-12).all()


def test_the_table_of_stays_has_mean_one_and_the_chances_of_presence() -> None:
    spread = [0.5, 0.9]
    table = multipliers(spread).astype(float)
    assert table.mean(axis=1) == pytest.approx(1.0, abs=1e-6)
    whole = np.arange(30)[:, None]
    drawn = np.clip(5.0 * table[1] - whole, 0, 1).mean(axis=1)
    assert drawn == pytest.approx(present([5.0], [0.9], 30)[0], abs=2e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_load_is_what_a_world_with_ample_beds_holds(seed: int) -> None:
    """Day by day, wards after critical care, rehabilitation and shocks included."""
    world = worlds.random_world(seed, days=60, warm_up=0)
    ample = np.full_like(world.capacity, 20_000)
    near = np.repeat(np.arange(world.capacity.shape[1], dtype=np.int32)[:, None], 2, axis=1)
    world = dataclasses.replace(world, capacity=ample, rehabilitation_near=near)
    load = load_of(world)
    runs = 200
    flows = [simulate(world, seed) for seed in range(runs)]
    late = slice(30, None)
    mean = sum(flow.daily[late].sum(axis=1) for flow in flows) / runs
    census, arrivals = (part[late].sum(axis=1) for part in (load.census, load.arrivals))
    assert abs(mean[:, :, 0] - census).max() < 5 * np.sqrt(census.max() / runs) + 0.05
    days = len(mean)
    error = np.sqrt(arrivals.sum(axis=0) / runs) / days
    assert (abs(mean[:, :, 2].mean(axis=0) - arrivals.mean(axis=0)) < 4 * error + 1e-3).all()
    held, expected = mean[:, :, 0].mean(axis=0), census.mean(axis=0)
    assert held == pytest.approx(expected, rel=0.03)
    assert expected[REHABILITATION] > 0


def test_the_census_of_ample_beds_is_poisson() -> None:
    """Its variance is its mean, over independent runs."""
    world = worlds.one_service(6.0, 5.0, 9000, days=81, warm_up=80)
    used = [simulate(world, seed).count("days")[0, MEDICINE] for seed in range(600)]
    assert np.mean(used) == pytest.approx(30.0, abs=4 * np.sqrt(30 / 600))
    assert np.var(used) / np.mean(used) == pytest.approx(1.0, abs=4 * np.sqrt(2 / 600))


@pytest.mark.parametrize("risk", [0.10, 0.02])
def test_beds_at_risk_hold_when_simulated(risk: float) -> None:
    """Midnights with as many patients are no more than the risk; with one bed less, they are."""
    world = worlds.one_service(8.0, 5.0, 9000, days=60_000, warm_up=200)
    needed = int(beds_at_risk(world, [risk])[0, MEDICINE, 0])
    used = simulate(world, 5).daily[:, 0, MEDICINE, 0]
    assert (used >= needed).mean() <= 1.1 * risk
    assert (used >= needed - 1).mean() >= 0.9 * risk


def test_weekdays_and_shapes() -> None:
    world = worlds.random_world(4)
    load = offered_load(world)
    assert load.shape == world.capacity.shape
    beds = beds_at_risk(world)
    assert beds.shape == (*world.capacity.shape[1:], 3)
    assert (np.diff(beds, axis=2) >= 0).all()
