"""Measures: what is told of every service, site and day, from the counts of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from preuve.twin.disciplines import ACUTE, COUNTED
from preuve.twin.world import SERVICE_MEASURES, SITE_MEASURES

Floats = npt.NDArray[np.float64]
Counts = Mapping[str, Floats]
"""Sums of counts by name, over the services of a place."""


@dataclass(frozen=True)
class Measure:
    """One figure told of a place.

    Attributes:
        name: its identifier.
        unit: what it counts.
        of: the figure from the sums of counts; arrays of one shape.
    """

    name: str
    unit: str
    of: Callable[[Counts], Floats]


def _count(name: str) -> Callable[[Counts], Floats]:
    return lambda counts: counts[name]


def _ratio(top: str, bottom: str) -> Callable[[Counts], Floats]:
    """A ratio of sums; zero where nothing is there to divide by."""

    def of(counts: Counts) -> Floats:
        below = counts[bottom]
        result: Floats = np.divide(counts[top], below, out=np.zeros_like(below), where=below > 0)
        return result

    return of


SERVICE = (
    Measure("asked", "stay", _count("asked")),
    Measure("stays", "stay", _count("stays")),
    Measure("days", "day", _count("days")),
    Measure("occupancy", "proportion", _ratio("days", "open_days")),
    Measure("mean_stay", "day", _ratio("days", "stays")),
    Measure("transferred_out", "stay", _count("transferred_out")),
    Measure("transferred_in", "stay", _count("transferred_in")),
    Measure("transfer_km", "km", _count("transfer_km")),
    Measure("refused", "stay", _count("refused")),
    Measure("outlying", "stay", _count("outlying")),
    Measure("postponed_days", "day", _count("postponed_days")),
    Measure("blocked_days", "day", _count("blocked_days")),
    Measure("full_days", "day", _count("full_days")),
    Measure("extra_beds_days", "day", _count("extra_beds_days")),
)
"""Told of each discipline of a place; over all short-stay disciplines under the activity ""."""

EMERGENCY = tuple(
    Measure(name, unit, _count(name))
    for name, unit in zip(SITE_MEASURES, ("visit", "visit", "night", "night"), strict=True)
)
"""Told of the emergency department of a place."""

CARERS = (
    Measure("hours_required", "hour", _count("hours_required")),
    Measure("hours_available", "hour", _count("hours_available")),
    Measure("overtime", "hour", _count("overtime")),
    Measure("absence", "hour", _count("absence")),
    Measure("overload", "ratio", _ratio("hours_required", "hours_available")),
)
"""Told of the nurses and aides of a place."""


def service_counts(services: npt.NDArray[Any], km: npt.NDArray[Any]) -> Counts:
    """Counts of services by name, all shapes (R, P, D)."""
    counts = {name: services[..., index] for index, name in enumerate(SERVICE_MEASURES)}
    return {**counts, "transfer_km": km}


def one(counts: Counts, discipline: int) -> Counts:
    """The counts of one discipline, shapes (R, P)."""
    return {name: values[..., discipline].astype(np.float64) for name, values in counts.items()}


def short_stay(counts: Counts) -> Counts:
    """The counts over all short-stay disciplines, shapes (R, P).

    Days and beds hold critical care; stays, and what happens to them, do not count a
    critical-care passage as one more stay.
    """
    beds = ("days", "open_days", "full_days", "extra_beds_days", "blocked_days")
    acute, counted = list(range(len(ACUTE))), list(COUNTED)
    return {
        name: values[..., acute if name in beds else counted].sum(axis=-1, dtype=np.float64)
        for name, values in counts.items()
    }


def site_counts(sites: npt.NDArray[Any]) -> Counts:
    """Counts of emergency departments by name, shapes (R, P)."""
    return {
        measure.name: sites[..., index].astype(np.float64)
        for index, measure in enumerate(EMERGENCY)
    }
