"""Network: what the kernels of the flow read and change, and how a patient takes a bed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from preuve.core.kernel import inlined
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES
from preuve.twin.flow.length_of_stay import multipliers
from preuve.twin.flow.random_stream import draw, root
from preuve.twin.world import (
    DAY_MEASURES,
    SERVICE_MEASURES,
    SITE_MEASURES,
    Floats,
    Integers,
    Shorts,
    Singles,
    World,
)

HOME, TO_REHABILITATION, TO_WARD = range(3)
"""Where a patient goes after the stay; drawn at admission."""

ORDINARY, EXTRA = range(2)
"""Of the usual demand, or added by a shock (with its own mean stay)."""

PURPOSES = range(16)
(
    VISITS_LEFT,
    FROM_EMERGENCY,
    DIRECT,
    SHOCK,
    SCHEDULED,
    STAY_UNSCHEDULED,
    STAY_BOARDED,
    STAY_SHOCK,
    STAY_SCHEDULED,
    STAY_WAITED,
    STAY_TRANSFERRED,
    STAY_AFTER,
    BOARD,
    ELDERLY,
    LEAVE,
    START,
) = PURPOSES
"""What a random number is for; part of its address."""

(
    ASKED,
    STAYS,
    DAYS,
    OPEN_DAYS,
    TRANSFERRED_OUT,
    TRANSFERRED_IN,
    REFUSED,
    OUTLYING,
    POSTPONED_DAYS,
    BLOCKED_DAYS,
    FULL_DAYS,
    EXTRA_BEDS_DAYS,
    STILL_WAITING,
) = range(len(SERVICE_MEASURES))
SEEN, ADMITTED, BOARDED_NIGHTS, BOARDED_NIGHTS_ELDERLY = range(len(SITE_MEASURES))
(
    DAY_OCCUPIED,
    DAY_OPEN,
    DAY_ARRIVALS,
    DAY_REFUSED,
    DAY_TRANSFERRED,
    DAY_BOARDED,
) = range(len(DAY_MEASURES))


class Country(NamedTuple):
    """A `World` as the kernels read it, with its rules, the seed and the table of stays.

    Attributes:
        seed: root of every random stream.
        first, offered: the disciplines of site s, those that ever have beds or patients, are
            offered[first[s]:first[s + 1]].
    """

    seed: np.uint64
    first: Shorts
    offered: Shorts
    capacity: Shorts
    epoch: Shorts
    scheduled: Singles
    unscheduled: Singles
    visits: Singles
    admission: Singles
    scheduled_factor: Singles
    unscheduled_factor: Singles
    visit_factor: Singles
    admission_factor: Singles
    extra: Singles
    extra_share: Singles
    extra_stay: Singles
    department: Shorts
    region: Shorts
    mean_stay: Singles
    step_down: Singles
    step_down_to: Shorts
    rehabilitation: Singles
    rehabilitation_near: Shorts
    neighbours: Shorts
    neighbour_minutes: Singles
    neighbour_km: Singles
    elderly: Singles
    multipliers: Singles
    outlying: bool
    board_first: float
    transfer_minutes: float
    critical_transfer_minutes: float
    leave_waiting_list: float
    longest_block: int

    @classmethod
    def of(cls, world: World, seed: int) -> Country:
        rules = world.rules
        through = (world.visits[:, :, None] * world.admission).max(axis=0) > 0
        held = (world.capacity.any(axis=0) | world.scheduled.any(axis=0)) | (
            world.unscheduled.any(axis=0) | through | (world.extra_share > 0)
        )
        given: dict[str, Any] = {
            "seed": np.uint64(root(seed)),
            "first": np.concatenate([[0], held.sum(axis=1).cumsum()]).astype(np.int32),
            "offered": held.nonzero()[1].astype(np.int32),
            "multipliers": multipliers(world.spread),
            "outlying": bool(rules.outlying),
            "board_first": float(rules.board_first),
            "transfer_minutes": float(rules.transfer_minutes),
            "critical_transfer_minutes": float(rules.critical_transfer_minutes),
            "leave_waiting_list": float(rules.leave_waiting_list),
            "longest_block": int(rules.longest_block),
        }
        for name in cls._fields:
            if name not in given:
                given[name] = _as_compiled(getattr(world, name))
        return cls(**given)


def _as_compiled(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Of the one type, order and right to write that the kernels were compiled for."""
    kind = np.int32 if np.issubdtype(values.dtype, np.integer) else np.float32
    return np.require(values, dtype=kind, requirements=["C", "W"])


class State(NamedTuple):
    """Where the patients are, and what was counted so far.

    Attributes:
        occupied: patients in beds, shape (S, D).
        leaving: whose stay ends on each coming day (a ring of H days), by destination, shape
            (S, D, H, 3).
        blocked: whose stay has ended but who wait in their bed, by destination and by day it
            ended (a ring), shape (S, D, 3, longest_block + 1).
        held: the sum of `blocked` over its last two axes, shape (S, D).
        waiting: scheduled patients on the waiting list, shape (S, D).
        boarding: emergency patients on a stretcher, ordinary and extra, shape (S, D, 2).
        without: those found no bed today, of boarding then of the day, shape (S, D, 4).
        services, sites, km, minutes, daily: as in `Flow`.
    """

    occupied: Shorts
    leaving: np.ndarray[tuple[int, ...], np.dtype[np.int16]]
    blocked: Shorts
    held: Shorts
    waiting: Shorts
    boarding: Shorts
    without: Shorts
    services: Integers
    sites: Integers
    km: Floats
    minutes: Floats
    daily: Shorts

    @classmethod
    def empty(cls, world: World, longest: float) -> State:
        """Nobody anywhere; `longest` is the longest stay that can be drawn, in days."""
        days, sites, disciplines = world.capacity.shape
        places = (sites, disciplines)
        regions = int(world.region.max(initial=0)) + 1
        ring = 1 << int(min(np.ceil(longest) + 2, days + 1)).bit_length()
        return cls(
            occupied=np.zeros(places, dtype=np.int32),
            leaving=np.zeros((*places, ring, 3), dtype=np.int16),
            blocked=np.zeros((*places, 3, world.rules.longest_block + 1), dtype=np.int32),
            held=np.zeros(places, dtype=np.int32),
            waiting=np.zeros(places, dtype=np.int32),
            boarding=np.zeros((*places, 2), dtype=np.int32),
            without=np.zeros((*places, 4), dtype=np.int32),
            services=np.zeros((*places, len(SERVICE_MEASURES)), dtype=np.int64),
            sites=np.zeros((sites, len(SITE_MEASURES)), dtype=np.int64),
            km=np.zeros(places),
            minutes=np.zeros(places),
            daily=np.zeros(
                (days - world.warm_up, regions, len(DISCIPLINES), len(DAY_MEASURES)),
                dtype=np.int32,
            ),
        )


@inlined
def free_beds(country: Country, state: State, day: int, site: int, discipline: int) -> int:
    """Beds open and empty; 0 where more patients than open beds remain."""
    return int(max(country.capacity[day, site, discipline] - state.occupied[site, discipline], 0))


@inlined
def take_beds(
    country: Country,
    state: State,
    day: int,
    site: int,
    discipline: int,
    bed: int,
    count: int,
    kind: int,
    start: np.uint64,
    first: int,
) -> None:
    """Lay `count` patients of a discipline in beds of the discipline `bed` of a site.

    Each draws length of stay and destination from one number of the stream `start`: 12 bits for
    the step of the table, 24 for whole midnights, 28 for the destination.
    """
    if count <= 0:
        return
    mean = np.float64(country.mean_stay[country.epoch[day], site, discipline])
    if kind == EXTRA:
        mean = np.float64(country.extra_stay[discipline])
    table = country.multipliers[discipline]
    ring = state.leaving[site, bed]
    mask = ring.shape[0] - 1
    to_ward = 0.0
    if discipline == CRITICAL_CARE:
        to_ward = np.float64(country.step_down[site])
    moving = to_ward + np.float64(country.rehabilitation[site, discipline])
    for index in range(first, first + count):
        bits = draw(start, index)
        rounding = np.int64((bits >> np.uint64(28)) & np.uint64(0xFFFFFF)) * 2.0**-24
        nights = int(mean * table[np.int64(bits >> np.uint64(52))] + rounding)
        if nights > mask:
            continue
        destination = HOME
        chance = np.int64(bits & np.uint64(0xFFFFFFF)) * 2.0**-28
        if chance < to_ward:
            destination = TO_WARD
        elif chance < moving:
            destination = TO_REHABILITATION
        ring[(day + nights) & mask, destination] += 1
    state.occupied[site, bed] += count
    state.services[site, bed, STAYS] += count


@inlined
def ask(state: State, row: int, region: int, site: int, discipline: int, count: int) -> None:
    """Count admissions first sought at a service; `row` is the day of the daily table."""
    state.services[site, discipline, ASKED] += count
    state.daily[row, region, discipline, DAY_ARRIVALS] += count


@inlined
def refuse(state: State, row: int, region: int, site: int, discipline: int, count: int) -> None:
    """Count admissions that no service within reach could take."""
    state.services[site, discipline, REFUSED] += count
    state.daily[row, region, discipline, DAY_REFUSED] += count
