"""Census: what is counted at midnight."""

from __future__ import annotations

from preuve.core.kernel import kernel
from preuve.twin.disciplines import MEDICINE, SURGERY
from preuve.twin.flow.network import (
    BLOCKED_DAYS,
    BOARDED_NIGHTS,
    BOARDED_NIGHTS_ELDERLY,
    DAY_BOARDED,
    DAY_OCCUPIED,
    DAY_OPEN,
    DAYS,
    ELDERLY,
    EXTRA,
    EXTRA_BEDS_DAYS,
    FULL_DAYS,
    OPEN_DAYS,
    ORDINARY,
    POSTPONED_DAYS,
    STILL_WAITING,
    TO_WARD,
    Country,
    State,
)
from preuve.twin.flow.random_stream import chances, stream


@kernel
def count_midnight(country: Country, state: State, day: int, row: int) -> None:
    """Beds open, used and missing; people on the waiting lists and on stretchers."""
    for site in range(state.occupied.shape[0]):
        region = country.region[site]
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            used = state.occupied[site, discipline]
            beds = country.capacity[day, site, discipline]
            counts = state.services[site, discipline]
            today = state.daily[row, region, discipline]
            counts[POSTPONED_DAYS] += state.waiting[site, discipline]
            boarded = (
                state.boarding[site, discipline, ORDINARY] + state.boarding[site, discipline, EXTRA]
            )
            if boarded > 0:
                _count_boarded(country, state, day, site, discipline, boarded)
                today[DAY_BOARDED] += boarded
            if used == 0 and beds == 0:
                continue
            counts[DAYS] += used
            counts[OPEN_DAYS] += beds
            counts[BLOCKED_DAYS] += state.held[site, discipline]
            counts[FULL_DAYS] += beds > 0 and used >= beds
            counts[EXTRA_BEDS_DAYS] += max(used - beds, 0)
            today[DAY_OCCUPIED] += used
            today[DAY_OPEN] += beds


@kernel
def _count_boarded(
    country: Country, state: State, day: int, site: int, discipline: int, boarded: int
) -> None:
    state.sites[site, BOARDED_NIGHTS] += boarded
    if discipline in (MEDICINE, SURGERY):
        draws = stream(country.seed, ELDERLY, site, discipline, day)
        elderly = chances(draws, 0, boarded, country.elderly[site])
        state.sites[site, BOARDED_NIGHTS_ELDERLY] += elderly


@kernel
def count_still_waiting(country: Country, state: State, sign: int) -> None:
    """Add (1) or take away (-1) those without the bed they asked for at this moment."""
    for site in range(state.occupied.shape[0]):
        for place in range(country.first[site], country.first[site + 1]):
            discipline = country.offered[place]
            people = (
                state.waiting[site, discipline]
                + state.boarding[site, discipline, ORDINARY]
                + state.boarding[site, discipline, EXTRA]
            )
            state.services[site, discipline, STILL_WAITING] += sign * people
            if state.held[site, discipline] > 0:
                ward = country.step_down_to[site]
                blocked = state.blocked[site, discipline, TO_WARD].sum()
                state.services[site, ward, STILL_WAITING] += sign * blocked
