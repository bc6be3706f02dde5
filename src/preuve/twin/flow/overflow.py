"""Overflow: patients without a bed are sent to the nearest service that has one."""

from __future__ import annotations

from preuve.core.kernel import kernel
from preuve.twin.flow.network import (
    DAY_TRANSFERRED,
    STAY_TRANSFERRED,
    TRANSFERRED_IN,
    TRANSFERRED_OUT,
    Country,
    State,
    free_beds,
    take_beds,
)
from preuve.twin.flow.random_stream import stream


@kernel
def hand_over(
    country: Country,
    state: State,
    day: int,
    row: int,
    site: int,
    discipline: int,
    rank: int,
    count: int,
    kind: int,
    first: int,
) -> None:
    """Lay patients of a service in beds of its neighbour number `rank`, and count the way."""
    epoch = country.epoch[day]
    host = country.neighbours[epoch, site, discipline, rank]
    start = stream(country.seed, STAY_TRANSFERRED, site, discipline, day)
    take_beds(country, state, day, host, discipline, discipline, count, kind, start, first)
    state.services[site, discipline, TRANSFERRED_OUT] += count
    state.services[host, discipline, TRANSFERRED_IN] += count
    state.daily[row, country.region[site], discipline, DAY_TRANSFERRED] += count
    state.km[site, discipline] += count * country.neighbour_km[epoch, site, discipline, rank]
    state.minutes[site, discipline] += (
        count * country.neighbour_minutes[epoch, site, discipline, rank]
    )


@kernel
def transfer(
    country: Country,
    state: State,
    day: int,
    row: int,
    site: int,
    discipline: int,
    count: int,
    kind: int,
    farthest: float,
    first: int,
) -> int:
    """Send `count` patients to the nearest free beds within `farthest` minutes.

    `first` is the number of draws of the day's stream of this service already used.

    Returns:
        How many found a bed.
    """
    epoch = country.epoch[day]
    left = count
    for rank in range(country.neighbours.shape[3]):
        if left == 0:
            break
        host = country.neighbours[epoch, site, discipline, rank]
        if host < 0 or country.neighbour_minutes[epoch, site, discipline, rank] > farthest:
            break
        found = min(left, free_beds(country, state, day, host, discipline))
        if found == 0 or host == site:
            continue
        at = first + count - left
        hand_over(country, state, day, row, site, discipline, rank, found, kind, at)
        left -= found
    return count - left
