"""Discharge: stays that end free their bed, or wait in it for the next one."""

from __future__ import annotations

import numpy as np

from preuve.core.kernel import inlined, kernel
from preuve.twin.disciplines import (
    CRITICAL_CARE,
    MEDICINE,
    OBSTETRICS,
    PAEDIATRICS,
    REHABILITATION,
    SURGERY,
)
from preuve.twin.flow.network import (
    HOME,
    ORDINARY,
    STAY_AFTER,
    TO_REHABILITATION,
    TO_WARD,
    Country,
    State,
    ask,
    free_beds,
    refuse,
    take_beds,
)
from preuve.twin.flow.overflow import transfer
from preuve.twin.flow.random_stream import stream

_EVENING = (CRITICAL_CARE, MEDICINE, SURGERY, OBSTETRICS, PAEDIATRICS, REHABILITATION)


@kernel
def discharge(country: Country, state: State, day: int, row: int, evening: bool) -> None:
    """The stays that end today, all services.

    In the morning rehabilitation is emptied first, then wards, then critical care, so that each
    finds the beds just freed; those who were blocked try before the others. In the evening only
    the stays begun and ended today leave, critical care first, so that a ward stay of no night
    that follows is not forgotten.
    """
    for turn in range(len(_EVENING)):
        discipline = _EVENING[turn if evening else len(_EVENING) - 1 - turn]
        for site in range(state.occupied.shape[0]):
            if state.occupied[site, discipline] > 0:
                _leave(country, state, day, row, site, discipline, evening)


@inlined
def _leave(
    country: Country, state: State, day: int, row: int, site: int, discipline: int, evening: bool
) -> None:
    ending = state.leaving[site, discipline, day & (state.leaving.shape[2] - 1)]
    state.occupied[site, discipline] -= ending[HOME]
    ending[HOME] = 0
    waits = not evening and state.held[site, discipline] > 0
    for destination in (TO_REHABILITATION, TO_WARD):
        leaving = ending[destination]
        ending[destination] = 0
        if leaving > 0 or waits:
            _move_on(country, state, day, row, site, discipline, destination, leaving, evening)


@kernel
def _move_on(
    country: Country,
    state: State,
    day: int,
    row: int,
    site: int,
    discipline: int,
    destination: int,
    leaving: int,
    evening: bool,
) -> None:
    """Move patients on: those blocked longest first, then the `leaving` of today."""
    ages = state.blocked[site, discipline, destination]
    longest = ages.shape[0] - 1
    moved = 0
    if not evening:
        for age in range(longest, 0, -1):
            slot = (day - age) % (longest + 1)
            there = ages[slot]
            if there == 0:
                continue
            found = _find(country, state, day, row, site, destination, there, moved, evening)
            moved += found
            gone = there if age == longest else found
            if gone > found:
                _give_up(country, state, row, site, destination, gone - found)
            ages[slot] -= gone
            state.held[site, discipline] -= gone
            state.occupied[site, discipline] -= gone
    if leaving == 0:
        return
    if destination == TO_WARD:
        ask(state, row, country.region[site], site, country.step_down_to[site], leaving)
    found = _find(country, state, day, row, site, destination, leaving, moved, evening)
    nowhere = destination == TO_REHABILITATION and country.rehabilitation_near[site, 0] < 0
    if nowhere or longest == 0:
        if not nowhere:
            _give_up(country, state, row, site, destination, leaving - found)
        found = leaving
    state.occupied[site, discipline] -= found
    ages[day % (longest + 1)] += leaving - found
    state.held[site, discipline] += leaving - found


@kernel
def _find(
    country: Country,
    state: State,
    day: int,
    row: int,
    site: int,
    destination: int,
    count: int,
    first: int,
    evening: bool,
) -> int:
    """Take beds for `count` patients of a site who go on; how many found one."""
    left = count
    if destination == TO_WARD:
        ward = country.step_down_to[site]
        start = stream(country.seed, STAY_AFTER, site, ward + 16 * evening, day)
        if country.capacity[day, site, ward] <= 0:
            # the stream of transfers of the service is used from 2**20 on, apart from phase (c)
            at = 2**20 + 2**19 * evening + first
            return transfer(country, state, day, row, site, ward, count, ORDINARY, np.inf, at)
        found = min(left, free_beds(country, state, day, site, ward))
        take_beds(country, state, day, site, ward, ward, found, ORDINARY, start, first)
        return found
    start = stream(country.seed, STAY_AFTER, site, REHABILITATION + 16 * evening, day)
    near = country.rehabilitation_near
    for rank in range(near.shape[1]):
        host = near[site, rank]
        if host < 0 or left == 0:
            break
        found = min(left, free_beds(country, state, day, host, REHABILITATION))
        if found == 0:
            continue
        at = first + count - left
        ask(state, row, country.region[host], host, REHABILITATION, found)
        take_beds(
            country, state, day, host, REHABILITATION, REHABILITATION, found, ORDINARY, start, at
        )
        left -= found
    return count - left


@kernel
def _give_up(
    country: Country, state: State, row: int, site: int, destination: int, count: int
) -> None:
    """Patients blocked too long leave for home: refused where they hoped to go."""
    if destination == TO_WARD:
        refuse(state, row, country.region[site], site, country.step_down_to[site], count)
        return
    host = country.rehabilitation_near[site, 0]
    ask(state, row, country.region[host], host, REHABILITATION, count)
    refuse(state, row, country.region[host], host, REHABILITATION, count)
