"""Laws of the flow of patients, on small random worlds and on one ward."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.flow.random_stream import poisson
from preuve.twin.flow.simulation import simulate
from preuve.twin.world import DAY_MEASURES, SERVICE_MEASURES, Flow, Integers, World


def _worlds() -> ModuleType:
    path = Path(__file__).with_name("worlds.py")
    found = importlib.util.spec_from_file_location("twin_worlds", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


worlds = _worlds()
seeds = st.integers(0, 2**32 - 1)
tensions = st.sampled_from([0.3, 0.9, 1.5, 3.0])
few = settings(max_examples=60, deadline=None)


def unaccounted(flow: Flow) -> Integers:
    """Admissions sought that are neither taken, sent on, refused nor waiting; (S, 5).

    Medicine and surgery are one column, as patients of one may lie in beds of the other.
    """
    c = flow.count
    own = c("stays") - c("transferred_in")
    left = c("asked") - own - c("transferred_out") - c("refused") - c("still_waiting")
    pair = left[:, MEDICINE] + left[:, SURGERY]
    result: Integers = np.column_stack([pair, left[:, OBSTETRICS:]])
    return result


@few
@given(seed=seeds, tension=tensions)
def test_every_patient_is_accounted_for(seed: int, tension: float) -> None:
    flow = simulate(worlds.random_world(seed, tension=tension), seed)
    assert not unaccounted(flow).any()


@few
@given(seed=seeds, tension=tensions)
def test_patients_outlying_explain_what_one_discipline_lacks(seed: int, tension: float) -> None:
    flow = simulate(worlds.random_world(seed, tension=tension), seed)
    c = flow.count
    own = c("stays") - c("transferred_in")
    left = c("asked") - own - c("transferred_out") - c("refused") - c("still_waiting")
    out = c("outlying")
    assert (left[:, MEDICINE] == out[:, MEDICINE] - out[:, SURGERY]).all()


@few
@given(seed=seeds, tension=tensions)
def test_counts_are_never_negative_and_agree(seed: int, tension: float) -> None:
    flow = simulate(worlds.random_world(seed, tension=tension), seed)
    kept = [name for name in SERVICE_MEASURES if name != "still_waiting"]
    assert all((flow.count(name) >= 0).all() for name in kept)
    c = flow.count
    assert (c("days") <= c("open_days") + c("extra_beds_days")).all()
    assert (c("blocked_days") <= c("days")).all()
    assert c("transferred_in").sum() == c("transferred_out").sum()
    assert (c("boarded_nights_elderly") <= c("boarded_nights")).all()
    assert (c("admitted") <= c("visits")).all()
    by_day = flow.daily.sum(axis=(0, 1))
    for name, total in (
        ("occupied", c("days")),
        ("open", c("open_days")),
        ("arrivals", c("asked")),
        ("refused", c("refused")),
        ("transferred", c("transferred_out")),
    ):
        assert (by_day[:, DAY_MEASURES.index(name)] == total.sum(axis=0)).all(), name
    assert by_day[:, DAY_MEASURES.index("boarded")].sum() == c("boarded_nights").sum()


@few
@given(seed=seeds, tension=tensions)
def test_only_births_and_boarders_lie_beyond_the_open_beds(seed: int, tension: float) -> None:
    world = worlds.random_world(seed, tension=tension)
    steady = np.broadcast_to(world.capacity[:1], world.capacity.shape).copy()
    flow = simulate(dataclasses.replace(world, capacity=steady), seed)
    extra = flow.count("extra_beds_days")
    assert not extra[:, CRITICAL_CARE:].any()
    boarded = flow.daily[..., DAY_MEASURES.index("boarded")].sum(axis=(0, 1)) > 0
    for discipline in (MEDICINE, SURGERY, PAEDIATRICS):
        assert boarded[discipline] or not extra[:, discipline].any()


@few
@given(seed=seeds, tension=tensions)
def test_nobody_spends_a_second_night_on_a_stretcher(seed: int, tension: float) -> None:
    flow = simulate(worlds.random_world(seed, tension=tension), seed)
    boarded = flow.daily[..., DAY_MEASURES.index("boarded")].sum(axis=1)
    arrived = flow.daily[..., DAY_MEASURES.index("arrivals")].sum(axis=1)
    assert (boarded <= arrived).all()


@few
@given(seed=seeds, tension=tensions)
def test_nobody_lies_in_a_service_that_does_not_exist(seed: int, tension: float) -> None:
    world = worlds.random_world(seed, tension=tension)
    asked = np.full_like(world.unscheduled, 1.5)
    flow = simulate(dataclasses.replace(world, unscheduled=asked, scheduled=asked), seed)
    none = ~world.capacity.any(axis=0)
    for name in ("stays", "days", "transferred_in", "extra_beds_days"):
        assert not flow.count(name)[none].any(), name


def test_a_service_that_closes_drains_and_takes_nobody() -> None:
    world = worlds.one_service(8.0, 5.0, 50, days=120, warm_up=20)
    open_all = simulate(world, 4)
    closing = world.capacity.copy()
    closing[60:] = 0
    flow = simulate(dataclasses.replace(world, capacity=closing), 4)
    used = flow.daily[:, 0, MEDICINE, DAY_MEASURES.index("occupied")]
    before = open_all.daily[:, 0, MEDICINE, DAY_MEASURES.index("occupied")]
    assert (used[:40] == before[:40]).all()
    assert (np.diff(used[39:]) <= 0).all()
    assert used[40] > 0
    assert used[-1] == 0
    extra = flow.count("extra_beds_days")[0, MEDICINE]
    assert extra == used[40:].sum()


def test_the_waiting_list_of_a_closed_service_is_emptied() -> None:
    world = worlds.one_service(8.0, 5.0, 10, days=60, warm_up=0)
    world = dataclasses.replace(
        world,
        scheduled=world.unscheduled,
        unscheduled=np.zeros_like(world.unscheduled),
        scheduled_factor=np.ones_like(world.scheduled_factor),
        rules=dataclasses.replace(world.rules, leave_waiting_list=0.0),
    )
    assert simulate(world, 1).count("still_waiting")[0, MEDICINE] > 100
    closing = world.capacity.copy()
    closing[50:] = 0
    flow = simulate(dataclasses.replace(world, capacity=closing), 1)
    assert flow.count("still_waiting")[0, MEDICINE] == 0
    assert flow.count("refused")[0, MEDICINE] > 100


def _ample(world: World) -> World:
    beds = np.where(world.capacity.any(axis=0), 2000, 0).astype(np.int32)
    return dataclasses.replace(world, capacity=np.broadcast_to(beds, world.capacity.shape).copy())


@few
@given(seed=seeds, more=st.floats(1.0, 3.0))
def test_a_change_at_one_site_draws_the_same_numbers_elsewhere(seed: int, more: float) -> None:
    world = _ample(worlds.random_world(seed))
    world = dataclasses.replace(world, rehabilitation=np.zeros_like(world.rehabilitation))
    unscheduled, scheduled = world.unscheduled.copy(), world.scheduled.copy()
    unscheduled[:, 0] *= more
    scheduled[:, 0] *= more
    changed = dataclasses.replace(world, unscheduled=unscheduled, scheduled=scheduled)
    one, two = simulate(world, seed), simulate(changed, seed)
    served = world.capacity.any(axis=(0, 1)) & world.capacity.any(axis=0).all(axis=0)
    same = one.services[1:, served]
    assert (two.services[1:, served] == same).all()
    at = [MEDICINE, SURGERY, OBSTETRICS, PAEDIATRICS, CRITICAL_CARE]
    assert (two.count("asked")[0, at] >= one.count("asked")[0, at]).all()


@few
@given(seed=seeds, tension=tensions)
def test_requests_do_not_depend_on_the_beds(seed: int, tension: float) -> None:
    """With no onward moves, what is asked is the same in a world with a few beds more."""
    world = worlds.random_world(seed, tension=tension)
    world = dataclasses.replace(
        world,
        rehabilitation=np.zeros_like(world.rehabilitation),
        step_down=np.zeros_like(world.step_down),
    )
    wider = dataclasses.replace(world, capacity=world.capacity + 3)
    one, two = simulate(world, seed), simulate(wider, seed)
    assert (one.count("asked") == two.count("asked")).all()
    assert (one.count("visits") == two.count("visits")).all()


def _digest(flow: Flow) -> str:
    parts = (flow.services, flow.sites, flow.transfer_km, flow.transfer_minutes, flow.daily)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    here = [_digest(simulate(worlds.random_world(11), seed)) for seed in range(8)]
    assert here == [_digest(simulate(worlds.random_world(11), seed)) for seed in range(8)]
    assert len(set(here)) == len(here)
    code = (
        "import importlib.util as u\n"
        f"found = u.spec_from_file_location('tests_flow', {__file__!r})\n"
        "module = u.module_from_spec(found); found.loader.exec_module(module)\n"
        "print([module._digest(module.simulate(module.worlds.random_world(11), seed))"
        " for seed in range(8)])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(here)


def test_arrays_of_another_type_or_not_to_be_written_give_the_same_bytes() -> None:
    world = worlds.random_world(11)
    frozen = world.capacity.astype(np.int64)
    frozen.flags.writeable = False
    rates = world.scheduled.astype(np.float64)
    other = dataclasses.replace(world, capacity=frozen, scheduled=rates)
    assert _digest(simulate(other, 3)) == _digest(simulate(world, 3))


def test_a_world_without_demand_stays_empty() -> None:
    world = worlds.random_world(3, tension=0.0)
    flow = simulate(world, 0)
    for name in SERVICE_MEASURES:
        assert flow.count(name).any() == (name == "open_days"), name
    assert not flow.sites.any()
    assert not flow.transfer_km.any()


@pytest.mark.parametrize(("mean", "spread"), [(0.4, 0.9), (2.5, 0.5), (6.0, 1.0), (30.0, 0.8)])
def test_mean_stay_is_exact(mean: float, spread: float) -> None:
    world = worlds.one_service(60.0, mean, 9000, days=2000, warm_up=300, spread=spread)
    flow = simulate(world, 17)
    stays, days = (flow.count(name)[0, MEDICINE] for name in ("stays", "days"))
    deviation = mean * np.sqrt(np.exp(spread**2) - 1) + 0.5
    assert abs(days / stays - mean) < 4 * deviation / np.sqrt(stays)


def test_extra_patients_stay_as_long_as_the_shock_says() -> None:
    world = worlds.one_service(0.0, 3.0, 9000, days=1000, warm_up=100)
    extra = np.zeros_like(world.extra)
    extra[:, :, MEDICINE] = 40.0
    flow = simulate(
        dataclasses.replace(
            world,
            extra=extra,
            extra_share=np.ones_like(world.extra_share),
            extra_stay=np.full_like(world.extra_stay, 9.0),
        ),
        2,
    )
    stays, days = (flow.count(name)[0, MEDICINE] for name in ("stays", "days"))
    assert stays == pytest.approx(36_000, abs=4 * np.sqrt(36_000))
    assert days / stays == pytest.approx(9.0, abs=4 * 12 / np.sqrt(stays))


def test_share_on_to_rehabilitation_and_ward_is_exact() -> None:
    world = worlds.one_service(50.0, 4.0, 9000, days=1000, warm_up=100)
    capacity, unscheduled = world.capacity.copy(), world.unscheduled.copy()
    capacity[:, :, [CRITICAL_CARE, REHABILITATION]] = 9000
    unscheduled[:, :, CRITICAL_CARE] = 30.0
    share = np.zeros_like(world.rehabilitation)
    share[0, MEDICINE] = 0.2
    flow = simulate(
        dataclasses.replace(
            world,
            capacity=capacity,
            unscheduled=unscheduled,
            rehabilitation=share,
            rehabilitation_near=np.zeros((1, 1), dtype=np.int32),
            step_down=np.full(1, 0.6, dtype=np.float32),
            step_down_to=np.full(1, MEDICINE, dtype=np.int32),
        ),
        8,
    )
    stays = flow.count("stays")[0]
    assert stays[CRITICAL_CARE] == pytest.approx(27_000, abs=4 * np.sqrt(27_000))
    assert stays[MEDICINE] == pytest.approx(45_000 + 16_200, abs=4 * np.sqrt(61_200))
    assert stays[REHABILITATION] == pytest.approx(0.2 * 61_200, abs=4 * np.sqrt(12_240))


def test_adults_do_not_lie_in_paediatric_beds_nor_children_in_adult_beds() -> None:
    world = worlds.one_service(30.0, 5.0, 10, days=80, warm_up=10)
    capacity = world.capacity.copy()
    capacity[:, :, PAEDIATRICS] = 50
    flow = simulate(dataclasses.replace(world, capacity=capacity), 1)
    assert not flow.count("stays")[0, PAEDIATRICS]
    capacity[:, :, MEDICINE] = 500
    capacity[:, :, PAEDIATRICS] = 1
    children = np.zeros_like(world.unscheduled)
    children[:, :, PAEDIATRICS] = 5.0
    flow = simulate(dataclasses.replace(world, capacity=capacity, unscheduled=children), 1)
    assert not flow.count("stays")[0, MEDICINE]
    assert flow.count("boarded_nights")[0] > 0
    assert not flow.count("boarded_nights_elderly")[0]


def test_a_warm_up_that_leaves_nothing_is_told() -> None:
    world = worlds.random_world(0, days=10, warm_up=10)
    with pytest.raises(PreuveError):
        simulate(world, 0)


@settings(deadline=None)
@given(mean=st.floats(0.0, 3000.0), position=st.floats(1e-9, 1 - 1e-9))
def test_counts_are_poisson_quantiles(mean: float, position: float) -> None:
    from scipy.stats import poisson as oracle

    found = poisson(mean, position)
    assert oracle.cdf(found, mean) >= position - 1e-9
    assert found == 0 or oracle.cdf(found - 1, mean) <= position + 1e-9


@settings(deadline=None)
@given(mean=st.floats(0.0, 500.0), more=st.floats(0.0, 50.0), position=st.floats(1e-6, 1 - 1e-6))
def test_a_larger_mean_never_gives_fewer(mean: float, more: float, position: float) -> None:
    assert poisson(mean + more, position) >= poisson(mean, position)
