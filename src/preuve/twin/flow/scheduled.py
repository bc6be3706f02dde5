"""Scheduled: admissions planned for a day; own bed, else the waiting list."""

from __future__ import annotations

import numpy as np

from preuve.core.kernel import inlined, kernel
from preuve.twin.disciplines import OBSTETRICS
from preuve.twin.flow.network import (
    LEAVE,
    ORDINARY,
    SCHEDULED,
    STAY_SCHEDULED,
    STAY_WAITED,
    Country,
    State,
    ask,
    free_beds,
    refuse,
    take_beds,
)
from preuve.twin.flow.overflow import transfer
from preuve.twin.flow.random_stream import chances, poisson, stream, uniform

_LEFT_LIST_DRAWS = 2**21


@kernel
def admit_scheduled(country: Country, state: State, day: int, row: int) -> None:
    """Own beds: those on the waiting list first, then those planned for today.

    Obstetrics is not here: a planned birth is treated with the others.
    """
    for site in range(state.occupied.shape[0]):
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            if discipline != OBSTETRICS:
                _admit(country, state, day, row, site, discipline)


@inlined
def _admit(country: Country, state: State, day: int, row: int, site: int, discipline: int) -> None:
    mean = np.float64(country.scheduled[country.epoch[day], site, discipline])
    mean *= country.scheduled_factor[day, discipline]
    listed = state.waiting[site, discipline]
    if listed == 0 and not mean > 0.0:
        return
    planned = poisson(mean, uniform(stream(country.seed, SCHEDULED, site, discipline, day), 0))
    ask(state, row, country.region[site], site, discipline, planned)
    free = free_beds(country, state, day, site, discipline)
    first = min(listed, free)
    start = stream(country.seed, STAY_WAITED, site, discipline, day)
    take_beds(country, state, day, site, discipline, discipline, first, ORDINARY, start, 0)
    then = min(planned, free - first)
    start = stream(country.seed, STAY_SCHEDULED, site, discipline, day)
    take_beds(country, state, day, site, discipline, discipline, then, ORDINARY, start, 0)
    state.waiting[site, discipline] = listed + planned - first - then


@kernel
def leave_waiting_lists(country: Country, state: State, day: int, row: int) -> None:
    """Some of those who wait give up the site: a neighbour takes them, or they are refused.

    All of them where the service is closed.
    """
    sites = state.occupied.shape[0]
    for turn in range(sites):
        site = (turn + day * 7919) % sites
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            waiting = state.waiting[site, discipline]
            if waiting == 0:
                continue
            leaving = waiting
            if country.capacity[day, site, discipline] > 0:
                draws = stream(country.seed, LEAVE, site, discipline, day)
                leaving = chances(draws, 0, waiting, country.leave_waiting_list)
            if leaving == 0:
                continue
            at = _LEFT_LIST_DRAWS
            found = transfer(
                country, state, day, row, site, discipline, leaving, ORDINARY, np.inf, at
            )
            refuse(state, row, country.region[site], site, discipline, leaving - found)
            state.waiting[site, discipline] = waiting - leaving
