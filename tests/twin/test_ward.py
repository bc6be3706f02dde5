"""One ward, hour by hour, against Erlang and against the laws of queues."""

from __future__ import annotations

import dataclasses
import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.flow.exponential import exponential
from preuve.twin.flow.random_stream import root, stream
from preuve.twin.queueing import erlang
from preuve.twin.queueing.ward import WEEK, Queue, Ward, queue


def _standard_error(waits: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Of the mean of correlated waits, from the means of 50 batches."""
    means = [batch.mean() for batch in np.array_split(waits, 50)]
    return float(np.std(means, ddof=1) / np.sqrt(len(means)))


@pytest.mark.parametrize(
    ("servers", "load"), [(1, 0.5), (5, 3.5), (30, 24.0), (30, 27.0), (80, 74.0)]
)
def test_mean_wait_is_erlang_c(servers: int, load: float) -> None:
    stay = 120.0
    rate = load / stay
    found = queue(Ward.steady(rate, servers, stay), int(400_000 / rate / WEEK), 7, warm_up=50)
    error = _standard_error(found.waits)
    assert abs(found.mean_wait - erlang.mean_wait(load, servers, stay)) < 4 * error
    waited = (found.waits > 0).astype(float)
    assert abs(waited.mean() - erlang.must_wait(load, servers)) < 4 * _standard_error(waited)
    long = (found.waits > 4).astype(float)
    expected = erlang.wait_beyond(load, servers, stay, 4.0)
    assert abs(found.long_waits - expected) < 4 * _standard_error(long)


def test_the_wait_of_one_server_follows_pollaczek_and_khinchine() -> None:
    """One server, any service: (1 + variation squared) / 2 times the exponential wait, exactly."""
    spread = 0.7
    found = queue(Ward.steady(0.7, 1, 1.0, spread), 6000, 3)
    variation = np.sqrt(np.exp(spread**2) - 1)
    expected = erlang.mean_wait(0.7, 1, 1.0, variation)
    assert abs(found.mean_wait - expected) < 4 * _standard_error(found.waits)


def _random_ward(seed: int, *, load: float = 0.8) -> Ward:
    r = np.random.default_rng(seed)
    servers = r.integers(0, 6, WEEK)
    servers[0] = 3
    rates = r.uniform(0, 2, WEEK) * (r.random(WEEK) < 0.8)
    boards = float(r.uniform(0, 0.5))
    boarding = float(r.uniform(0, 3))
    work = float(load * servers.sum() / max(rates.sum(), 1e-9))
    service = max(work - boards * boarding, 0.1)
    return Ward(rates, servers, service, float(r.uniform(0, 1)), boards, boarding)


def _mass(found: Queue) -> int:
    return found.present[0] + found.arrived - found.served - found.present[1]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), load=st.sampled_from([0.2, 0.8, 1.5]))
def test_mass_is_kept_and_nobody_waits_less_than_nothing(seed: int, load: float) -> None:
    found = queue(_random_ward(seed, load=load), 6, seed, warm_up=2)
    assert _mass(found) == 0
    assert (found.waits >= 0).all()
    assert (found.busy > -1e-9).all()
    assert (found.queueing > -1e-9).all()
    assert len(found.waits) == found.arrived


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_those_served_never_exceed_the_servers(seed: int) -> None:
    """Places that close with a patient and open again are the same places."""
    ward = _random_ward(seed, load=1.2)
    most = int(ward.servers.max())
    found = queue(ward, 6, seed, warm_up=2)
    assert (found.busy <= most + 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_littles_law(seed: int) -> None:
    """Mean patients waiting = rate x mean wait; with a server = rate x time with it."""
    ward = dataclasses.replace(_random_ward(seed, load=0.7), spread=0.5)
    weeks = 4000
    found = queue(ward, weeks, seed)
    rate = found.arrived / (weeks * WEEK)
    assert found.queueing.mean() == pytest.approx(rate * found.mean_wait, rel=0.03)
    held = ward.mean_service + ward.boarding_share * ward.mean_boarding
    assert found.busy.mean() == pytest.approx(rate * held, rel=0.03)


def test_arrivals_follow_the_hours() -> None:
    """With servers for all and instant service, nobody waits and each hour has its rate."""
    rates = np.zeros(WEEK)
    rates[10], rates[100] = 5.0, 10.0
    ward = Ward(rates, np.full(WEEK, 500, dtype=np.int64), 1.0, 0.0)
    found = queue(ward, 3000, 1)
    assert not found.waits.any()
    assert found.busy[[10, 11]] == pytest.approx([2.5, 2.5], rel=0.05)
    assert found.busy[[100, 101]] == pytest.approx([5.0, 5.0], rel=0.05)
    assert found.busy[[9, 12, 13, 99, 102, 103]].sum() == pytest.approx(0, abs=1e-9)


def test_a_ward_closed_at_night_makes_people_wait_for_the_morning() -> None:
    servers = np.tile(np.where((np.arange(24) >= 8) & (np.arange(24) < 20), 50, 0), 7)
    ward = Ward(np.full(WEEK, 1.0), servers.astype(np.int64), 0.1, 0.0)
    found = queue(ward, 500, 2)
    assert found.queueing[7] > 10
    assert found.queueing[9] == pytest.approx(0, abs=0.02)
    expected = 0.5 * 12 / 2
    assert found.mean_wait == pytest.approx(expected, rel=0.03)


def _slow(ward: Ward, arrivals: list[float], lengths: list[float]) -> list[float]:
    """Waits at constant servers, one event at a time with a plain heap."""
    free = [0.0] * int(ward.servers[0])
    heapq.heapify(free)
    waits = []
    for at, length in zip(arrivals, lengths, strict=True):
        began = max(at, heapq.heappop(free))
        waits.append(began - at)
        heapq.heappush(free, began + length)
    return waits


def test_equal_to_a_plain_heap_on_the_same_numbers() -> None:
    from preuve.twin.queueing import ward as module

    steady = Ward.steady(2.0, 4, 1.8)
    found = queue(steady, 2, 9, warm_up=0)
    begin = np.uint64(root(9))
    arriving = stream(begin, module._ARRIVAL, 0, 0, 0)
    serving = stream(begin, module._SERVICE, 0, 0, 0)
    people = range(found.arrived)
    between = [exponential(arriving, n) / 2.0 for n in people]
    lengths = [1.8 * exponential(serving, n) for n in people]
    waits = _slow(steady, list(np.cumsum(between)), lengths)
    assert found.arrived > 500
    assert found.waits == pytest.approx(np.array(waits), abs=1e-9)


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two, other = (queue(_random_ward(1), 10, seed) for seed in (4, 4, 5))
    assert one.waits.tobytes() == two.waits.tobytes()
    assert one.waits.tobytes() != other.waits.tobytes()


def test_exponential_draws_are_exponential() -> None:
    from scipy.stats import kstest

    start = np.uint64(root(12))
    drawn = np.array([exponential(start, n) for n in range(200_000)])
    assert kstest(drawn, "expon").pvalue > 1e-4
    assert drawn.mean() == pytest.approx(1.0, abs=4 / np.sqrt(len(drawn)))
    assert drawn.var() == pytest.approx(1.0, abs=4 * np.sqrt(8 / len(drawn)))
    assert (drawn > 8).mean() == pytest.approx(np.exp(-8), abs=4 * np.sqrt(np.exp(-8) / len(drawn)))


def test_a_ward_nobody_comes_to() -> None:
    found = queue(Ward.steady(0.0, 3, 1.0), 2, 0)
    assert found.arrived == 0
    assert found.mean_wait == 0.0
    assert np.isnan(found.quantiles()).all()
    assert not found.busy.any()


@pytest.mark.parametrize(
    "ward",
    [
        Ward.steady(-1.0, 3, 1.0),
        Ward.steady(np.nan, 3, 1.0),
        Ward.steady(1.0, 0, 1.0),
        Ward.steady(1.0, 3, -1.0),
        Ward(np.ones(24), np.ones(24, dtype=np.int64), 1.0),
        dataclasses.replace(Ward.steady(1.0, 3, 1.0), boarding_share=1.5),
    ],
)
def test_a_ward_that_cannot_be_is_told(ward: Ward) -> None:
    with pytest.raises(PreuveError):
        queue(ward, 1, 0)


def test_hours_left_out_change_nothing_else() -> None:
    ward = Ward.steady(0.5, 20, 36.0)
    counted, plain = queue(ward, 20, 3), queue(ward, 20, 3, by_hour=False)
    assert np.array_equal(counted.waits, plain.waits)
    assert counted.served == plain.served
    assert np.isnan(plain.busy).all()
    assert np.isnan(plain.queueing).all()
