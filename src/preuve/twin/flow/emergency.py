"""Emergency: people who need a bed today, where they find one, and what is done when none is free.

A visit is admitted to discipline d with its own probability. The Poisson visits thus split into
independent Poisson counts, one per discipline and one of those who go home; each is drawn apart.
"""

from __future__ import annotations

import numpy as np

from preuve.core.kernel import inlined, kernel
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    MEDICINE,
    OBSTETRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.flow.network import (
    ADMITTED,
    BOARD,
    DIRECT,
    EXTRA,
    FROM_EMERGENCY,
    ORDINARY,
    OUTLYING,
    SCHEDULED,
    SEEN,
    SHOCK,
    STAY_BOARDED,
    STAY_SHOCK,
    STAY_UNSCHEDULED,
    VISITS_LEFT,
    Country,
    State,
    ask,
    free_beds,
    refuse,
    take_beds,
)
from preuve.twin.flow.overflow import hand_over, transfer
from preuve.twin.flow.random_stream import chances, poisson, stream, uniform

_BOARDED, _BOARDED_EXTRA, _NEW, _NEW_EXTRA = range(4)
_OUTLYING_DRAWS = 2**20
_EXTRA_BED_DRAWS = 2**19


@kernel
def admit_unscheduled(country: Country, state: State, day: int, row: int) -> None:
    """Draw the unscheduled admissions of the day; own beds, then outlying beds of the site."""
    for site in range(state.occupied.shape[0]):
        _arrive(country, state, day, row, site)
        if country.outlying:
            _lie_out(country, state, day, site, MEDICINE, SURGERY)
            _lie_out(country, state, day, site, SURGERY, MEDICINE)


@kernel
def _count(root: np.uint64, purpose: int, site: int, discipline: int, day: int, mean: float) -> int:
    if not mean > 0.0:
        return 0
    return poisson(mean, uniform(stream(root, purpose, site, discipline, day), 0))


@inlined
def _arrive(country: Country, state: State, day: int, row: int, site: int) -> None:
    zone = country.department[site]
    region = country.region[site]
    epoch = country.epoch[day]
    visits = np.float64(country.visits[epoch, site]) * country.visit_factor[day, zone]
    home = visits
    seen = 0
    for place in range(country.first[site], country.first[site + 1]):
        discipline = country.offered[place]
        through = (
            visits
            * country.admission[epoch, site, discipline]
            * country.admission_factor[day, discipline]
        )
        through = min(through, home)
        home -= through
        admitted = _count(country.seed, FROM_EMERGENCY, site, discipline, day, through)
        seen += admitted
        mean = np.float64(country.unscheduled[epoch, site, discipline])
        mean *= country.unscheduled_factor[day, zone, discipline]
        new = admitted + _count(country.seed, DIRECT, site, discipline, day, mean)
        if discipline == OBSTETRICS:
            mean = np.float64(country.scheduled[epoch, site, discipline])
            mean *= country.scheduled_factor[day, discipline]
            new += _count(country.seed, SCHEDULED, site, discipline, day, mean)
        mean = np.float64(country.extra[day, zone, discipline])
        mean *= country.extra_share[site, discipline]
        extra = _count(country.seed, SHOCK, site, discipline, day, mean)
        if new + extra > 0:
            ask(state, row, region, site, discipline, new + extra)
        if discipline == REHABILITATION:
            state.waiting[site, discipline] += new + extra
        else:
            _lie_in(country, state, day, site, discipline, new, extra)
    state.sites[site, ADMITTED] += seen
    state.sites[site, SEEN] += seen + _count(country.seed, VISITS_LEFT, site, 0, day, home)


@inlined
def _lie_in(
    country: Country, state: State, day: int, site: int, discipline: int, new: int, extra: int
) -> None:
    """Own beds: boarders of last night first; note who is left without."""
    without = state.without[site, discipline]
    without[_BOARDED] = state.boarding[site, discipline, ORDINARY]
    without[_BOARDED_EXTRA] = state.boarding[site, discipline, EXTRA]
    without[_NEW] = new
    without[_NEW_EXTRA] = extra
    state.boarding[site, discipline, :] = 0
    for queue in range(4):
        if without[queue] == 0:
            continue
        found = min(without[queue], free_beds(country, state, day, site, discipline))
        start = _stays(country.seed, queue, site, discipline, day)
        take_beds(country, state, day, site, discipline, discipline, found, queue & 1, start, 0)
        without[queue] -= found


@kernel
def _stays(root: np.uint64, queue: int, site: int, discipline: int, day: int) -> np.uint64:
    purpose = STAY_BOARDED
    if queue == _NEW:
        purpose = STAY_UNSCHEDULED
    if queue == _NEW_EXTRA:
        purpose = STAY_SHOCK
    return stream(root, purpose, site, discipline + 16 * (queue == _BOARDED_EXTRA), day)


@kernel
def _lie_out(
    country: Country, state: State, day: int, site: int, discipline: int, bed: int
) -> None:
    """Beds of another discipline of the same site."""
    without = state.without[site, discipline]
    for queue in range(4):
        if without[queue] == 0:
            continue
        found = min(without[queue], free_beds(country, state, day, site, bed))
        start = _stays(country.seed, queue, site, discipline, day)
        at = _OUTLYING_DRAWS
        take_beds(country, state, day, site, discipline, bed, found, queue & 1, start, at)
        state.services[site, discipline, OUTLYING] += found
        without[queue] -= found


@kernel
def place_without_bed(country: Country, state: State, day: int, row: int) -> None:
    """Those found no bed at their site: a stretcher, a neighbour, an extra bed, or refusal.

    The first site served changes every day, so that none is always before the others.
    """
    sites = state.occupied.shape[0]
    for turn in range(sites):
        site = (turn + day * 7919) % sites
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            without = state.without[site, discipline]
            if without[0] + without[1] + without[2] + without[3] > 0:
                _place(country, state, day, row, site, discipline)


@kernel
def _place(country: Country, state: State, day: int, row: int, site: int, discipline: int) -> None:
    """Births take an extra bed where they are; nobody spends a second night on a stretcher."""
    farthest = country.transfer_minutes
    if discipline == CRITICAL_CARE:
        farthest = country.critical_transfer_minutes
    births = discipline == OBSTETRICS
    keep = discipline in (MEDICINE, SURGERY)
    draws = stream(country.seed, BOARD, site, discipline, day)
    moved = 0
    for queue in range(4):
        left = state.without[site, discipline, queue]
        if left == 0:
            continue
        state.without[site, discipline, queue] = 0
        kind = queue & 1
        stretchers = 0
        if keep and queue >= _NEW:
            stretchers = chances(draws, 2**20 * kind, left, country.board_first)
        left -= stretchers
        if not births:
            found = transfer(
                country, state, day, row, site, discipline, left, kind, farthest, moved
            )
            moved += found
            left -= found
        if discipline == CRITICAL_CARE:
            refuse(state, row, country.region[site], site, discipline, left)
        elif births or queue < _NEW:
            _lie_extra(country, state, day, row, site, discipline, left, queue)
        else:
            state.boarding[site, discipline, kind] += left + stretchers


@kernel
def _lie_extra(
    country: Country,
    state: State,
    day: int,
    row: int,
    site: int,
    discipline: int,
    count: int,
    queue: int,
) -> None:
    """An extra bed at the site, or at the nearest one where the discipline is open."""
    if count == 0:
        return
    epoch, kind = country.epoch[day], queue & 1
    at = _EXTRA_BED_DRAWS + _OUTLYING_DRAWS * kind
    if country.capacity[day, site, discipline] > 0:
        start = _stays(country.seed, queue, site, discipline, day)
        take_beds(country, state, day, site, discipline, discipline, count, kind, start, at)
        return
    for rank in range(country.neighbours.shape[3]):
        host = country.neighbours[epoch, site, discipline, rank]
        if host < 0:
            break
        if country.capacity[day, host, discipline] > 0:
            hand_over(country, state, day, row, site, discipline, rank, count, kind, at)
            return
    refuse(state, row, country.region[site], site, discipline, count)
