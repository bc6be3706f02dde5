"""Worlds for tests and benchmarks: the whole country at constant rates, or a few random sites.

What is SYNTHETIC: shares, seasons and roads; only counts by site and places are those of 2024.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    DISCIPLINES,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.world import Floats, Rules, Shorts, World

D = len(DISCIPLINES)
MINUTES_PER_KM = 1.0
SPREAD = np.array([0.9, 0.8, 0.5, 0.8, 1.0, 0.8], dtype=np.float32)
BY_EMERGENCY = np.array([0.6, 0.3, 0.0, 0.5, 0.2, 0.0])
PLANNED = np.array([0.2, 0.5, 0.2, 0.2, 0.1, 0.3])
ON_TO_REHABILITATION = np.array([0.05, 0.08, 0.0, 0.0, 0.0, 0.0])


def kilometres(lon: Floats, lat: Floats, others_lon: Floats, others_lat: Floats) -> Floats:
    """Great-circle distances, shape (N, M), by the haversine formula."""
    a, b = np.radians(lat)[:, None], np.radians(others_lat)[None, :]
    across = np.radians(lon)[:, None] - np.radians(others_lon)[None, :]
    chord = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(across / 2) ** 2
    result: Floats = 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return result


def nearest(lon: Floats, lat: Floats, held: np.ndarray, count: int) -> tuple[Shorts, Floats]:
    """For every site the nearest others that hold a service, and the kilometres; -1 for none."""
    found = np.full((len(lon), count), -1, dtype=np.int32)
    far = np.zeros((len(lon), count))
    hosts = np.flatnonzero(held)
    if not len(hosts):
        return found, far
    distance = kilometres(lon, lat, lon[hosts], lat[hosts])
    distance[hosts, np.arange(len(hosts))] = np.inf
    order = np.argsort(distance, axis=1, kind="stable")[:, :count]
    kept = np.take_along_axis(distance, order, axis=1)
    width = kept.shape[1]
    found[:, :width] = np.where(np.isfinite(kept), hosts[order], -1)
    far[:, :width] = np.where(np.isfinite(kept), kept, 0)
    return found, far


def france(
    days: int = 426, warm_up: int = 60, neighbours: int = 12, sites: int | None = None
) -> World:
    """The services of 2024 at constant yearly rates with a weekday cycle (SYNTHETIC shares).

    Args:
        days: days of the world, warm-up included.
        warm_up: days not counted.
        neighbours: nearest services listed.
        sites: keep the first ones only.
    """
    base = Baseline.load(2024)
    kept = slice(0, sites)
    lon, lat = base.lon[kept], base.lat[kept]
    S = len(lon)
    year = 366.0
    beds = base.beds[kept]
    total = base.days[kept].sum(axis=0) / np.maximum(base.stays[kept].sum(axis=0), 1)
    stays = np.where(beds > 0, base.stays[kept], 0) / year
    mean_stay = np.where(stays > 0, base.days[kept] / np.maximum(base.stays[kept], 1), total)
    visits = base.visits[kept] / year
    wanted = stays * BY_EMERGENCY
    admission = np.where(visits[:, None] > 0, wanted / np.maximum(visits[:, None], 1e-9), 0)
    admission *= np.minimum(1, 0.9 / np.maximum(admission.sum(axis=1), 1e-9))[:, None]
    by_visit = admission * visits[:, None]
    scheduled = stays * PLANNED
    step_down = np.where(stays[:, CRITICAL_CARE] > 0, 0.6, 0.0)
    step_down_to = np.where(stays[:, MEDICINE] > 0, MEDICINE, SURGERY).astype(np.int32)
    after = stays[:, CRITICAL_CARE] * step_down
    rest = np.maximum(stays - by_visit - scheduled, 0)
    at = np.arange(S)
    rest[at, step_down_to] = np.maximum(rest[at, step_down_to] - after, 0)
    near = np.empty((S, neighbours), dtype=np.int32)
    lists = np.empty((1, S, D, neighbours), dtype=np.int32)
    km = np.zeros((1, S, D, neighbours))
    for d in range(D):
        lists[0, :, d], km[0, :, d] = nearest(lon, lat, beds[:, d] > 0, neighbours)
    near[:] = lists[0, :, REHABILITATION]
    own = beds[:, REHABILITATION] > 0
    near[own, 1:], near[own, 0] = near[own, :-1], at[own]
    rehabilitation = np.tile(ON_TO_REHABILITATION, (S, 1))
    given = ((rest + by_visit + scheduled) * rehabilitation).sum(axis=1)
    given += after * rehabilitation[at, step_down_to]
    direct = stays[:, REHABILITATION] * max(1 - given.sum() / stays[:, REHABILITATION].sum(), 0)
    scheduled[:, REHABILITATION], rest[:, REHABILITATION] = direct, 0
    Z, first = len(base.departments), np.datetime64("2024-01-01") - warm_up
    dates = first + np.arange(days)
    weekday = (dates.astype("datetime64[D]").astype(int) + 3) % 7
    planned = np.array([1.25, 1.25, 1.2, 1.15, 1.05, 0.4, 0.7])[weekday]
    flat = np.ones((days, Z, D), dtype=np.float32)
    regions = {code: index for index, code in enumerate(dict.fromkeys(base.regions))}
    region = np.array([regions[base.regions[z]] for z in base.department[kept]], dtype=np.int32)
    return World(
        dates=dates,
        warm_up=warm_up,
        capacity=np.broadcast_to(np.ceil(beds).astype(np.int32), (days, S, D)).copy(),
        epoch=np.zeros(days, dtype=np.int32),
        scheduled=scheduled[None].astype(np.float32),
        unscheduled=rest[None].astype(np.float32),
        visits=visits[None].astype(np.float32),
        admission=admission.astype(np.float32)[None],
        scheduled_factor=np.repeat(planned[:, None], D, axis=1).astype(np.float32),
        unscheduled_factor=flat,
        visit_factor=np.ones((days, Z), dtype=np.float32),
        admission_factor=np.ones((days, D), dtype=np.float32),
        extra=np.zeros((days, Z, D), dtype=np.float32),
        extra_share=np.zeros((S, D), dtype=np.float32),
        extra_stay=np.full(D, 8, dtype=np.float32),
        department=base.department[kept].astype(np.int32),
        region=region,
        mean_stay=mean_stay.astype(np.float32)[None],
        spread=SPREAD,
        step_down=step_down.astype(np.float32),
        step_down_to=step_down_to,
        rehabilitation=rehabilitation.astype(np.float32),
        rehabilitation_near=near,
        neighbours=lists,
        neighbour_minutes=(km * MINUTES_PER_KM).astype(np.float32),
        neighbour_km=(km * 1.3).astype(np.float32),
        elderly=np.full(S, 0.25, dtype=np.float32),
        rules=Rules(),
    )


def random_world(
    seed: int, sites: int = 5, days: int = 40, warm_up: int = 8, tension: float = 1.0
) -> World:
    """A few sites with random services, rates, closures and shocks, two epochs (SYNTHETIC).

    Args:
        seed: draws everything.
        sites: hospitals.
        days: days, warm-up included.
        warm_up: days not counted.
        tension: multiplies every rate.
    """
    r = np.random.default_rng(seed)
    S, Z, K = sites, 2, sites
    beds = r.integers(1, 30, (S, D)) * (r.random((S, D)) < 0.8)
    capacity = np.repeat(beds[None], days, axis=0).astype(np.int32)
    for _change in range(3):
        site, closed, day = r.integers(S), r.integers(D), r.integers(days)
        capacity[day:, site, closed] = r.choice([0, capacity[day, site, closed] // 2])
    mean_stay = r.uniform(0.4, 8, (S, D))
    rate = tension * beds / mean_stay
    lon, lat = r.uniform(2, 3, S), r.uniform(46, 47, S)
    lists = np.empty((1, S, D, K), dtype=np.int32)
    km = np.zeros((1, S, D, K))
    for d in range(D):
        lists[0, :, d], km[0, :, d] = nearest(lon, lat, beds[:, d] > 0, K)
    visits = r.uniform(0, 40, S) * (r.random(S) < 0.7) * tension

    def single(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.asarray(values).astype(np.float32)

    return World(
        dates=np.datetime64("2024-01-01") + np.arange(days),
        warm_up=warm_up,
        capacity=capacity,
        epoch=(np.arange(days) >= days // 2).astype(np.int32),
        scheduled=single(rate * r.uniform(0, 0.5, (2, S, D))),
        unscheduled=single(rate * r.uniform(0, 0.5, (2, S, D))),
        visits=single(visits * np.array([[1.0], [0.7]])),
        admission=single(r.dirichlet([1, 1, 0.1, 0.5, 0.3, 0.1, 20], (2, S))[..., :D]),
        scheduled_factor=single(r.uniform(0.5, 1.5, (days, D))),
        unscheduled_factor=single(r.uniform(0.5, 1.5, (days, Z, D))),
        visit_factor=single(r.uniform(0.5, 1.5, (days, Z))),
        admission_factor=single(r.uniform(0.5, 1.5, (days, D))),
        extra=single(tension * r.uniform(0, 2, (days, Z, D)) * (r.random((days, Z, D)) < 0.3)),
        extra_share=single(r.dirichlet(np.ones(S), D).T),
        extra_stay=single(r.uniform(1, 10, D)),
        department=r.integers(0, Z, S).astype(np.int32),
        region=r.integers(0, 2, S).astype(np.int32),
        mean_stay=single(mean_stay * np.array([1.0, 1.3])[:, None, None]),
        spread=SPREAD,
        step_down=single(r.uniform(0, 0.9, S)),
        step_down_to=r.choice([MEDICINE, SURGERY, PAEDIATRICS], S).astype(np.int32),
        rehabilitation=single(r.uniform(0, 0.3, (S, D)) * (np.arange(D) < OBSTETRICS)),
        rehabilitation_near=lists[0, :, REHABILITATION],
        neighbours=lists.repeat(2, 0),
        neighbour_minutes=single(km.repeat(2, 0)),
        neighbour_km=single(km.repeat(2, 0) * 1.3),
        elderly=single(r.uniform(0, 1, S)),
        rules=Rules(
            outlying=bool(r.random() < 0.7),
            board_first=float(r.choice([0.0, 0.5, 1.0])),
            transfer_minutes=float(r.choice([20.0, 60.0])),
            leave_waiting_list=float(r.choice([0.0, 0.1, 1.0])),
            longest_block=int(r.choice([0, 1, 7])),
        ),
    )


def one_service(
    rate: float,
    mean_stay: float,
    beds: int,
    *,
    days: int = 400,
    warm_up: int = 100,
    spread: float = 0.9,
) -> World:
    """One hospital with one medical ward and direct admissions only (SYNTHETIC)."""
    world = random_world(0, sites=1, days=days, warm_up=warm_up, tension=0.0)
    capacity = np.zeros((days, 1, D), dtype=np.int32)
    capacity[:, :, MEDICINE] = beds
    unscheduled = np.zeros((2, 1, D), dtype=np.float32)
    unscheduled[:, :, MEDICINE] = rate
    mean = np.full((1, D), mean_stay, dtype=np.float32)
    return dataclasses.replace(
        world,
        capacity=capacity,
        unscheduled=unscheduled,
        unscheduled_factor=np.ones_like(world.unscheduled_factor),
        mean_stay=mean[None].repeat(2, 0),
        spread=np.full(D, spread, dtype=np.float32),
        step_down=np.zeros(1, dtype=np.float32),
        rehabilitation=np.zeros((1, D), dtype=np.float32),
        region=np.zeros(1, dtype=np.int32),
    )
