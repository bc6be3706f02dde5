"""Indicators of access: travel time, accessibility, leak, attraction, use rates; no chance in them.

They depend on the drawn parameters alone, so that they are computed once a draw and a world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.assembly import Assembly
from preuve.twin.choice import access
from preuve.twin.choice.roads import Nearest
from preuve.twin.choice.travel import Travel, landmasses, nearest
from preuve.twin.disciplines import ACTIVITIES, EMERGENCY, OBSTETRICS
from preuve.twin.ensemble.bands import bands
from preuve.twin.scenario.elements import PrimaryCare, Variant

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Values = Mapping[str, float]

MOST_DRAWS = 20
"""Draws of the parameters that the indicators are computed for; the first ones."""

BIRTH_BANDS = (15.0, 30.0, 45.0)
"""Road kilometres that part the births by distance, as `health` counts them."""


@dataclass(frozen=True)
class Access:
    """Where services are open without and with the scenario, on its last day.

    Attributes:
        assembly: the country and the scenario.
        activities: those whose services change.
        km: straight kilometres from each commune to the nearest service by activity, without and
            with the scenario, shape (C,) each; infinity where the land has none.
        nearest: the way to that service, with the minutes that a planner gives.
    """

    assembly: Assembly
    activities: tuple[int, ...]
    km: Mapping[int, tuple[Floats, Floats]]
    nearest: Mapping[int, tuple[Nearest, Nearest]]

    @classmethod
    def of(cls, assembly: Assembly) -> Access:
        """The access that a scenario changes."""
        touched = tuple(int(a) for a in np.flatnonzero(assembly.timeline.touched()))
        return cls(
            assembly,
            touched,
            {
                a: (
                    _km(assembly, _open(assembly, a, changed=False)),
                    _km(assembly, _open(assembly, a, changed=True)),
                )
                for a in touched
            },
            {
                a: (
                    _nearest(assembly, _open(assembly, a, changed=False)),
                    _nearest(assembly, _open(assembly, a, changed=True)),
                )
                for a in touched
            },
        )

    def communes(self, draws: Sequence[Values]) -> pl.DataFrame:
        """Table `communes` of an impact."""
        names = self.assembly.baseline.communes.table["commune"].to_list()
        tables = [
            _table({"commune": names}, ACTIVITIES[a], "minutes", "minute", *self._minutes(a, draws))
            for a in self.activities
        ]
        tables += [
            _table({"commune": names}, "primary_care", "accessibility", "visits_per_year", *pair)
            for pair in self._accessibility(draws)
        ]
        return pl.concat(tables) if tables else _nothing("commune")

    def deciles(self, draws: Sequence[Values]) -> pl.DataFrame:
        """Rows for table `national`: minutes that each tenth of the residents does not exceed."""
        residents = self.assembly.baseline.communes.population
        tables = []
        for a in self.activities:
            worlds = [
                np.array([access.quantiles(minutes, residents) for minutes in world])
                for world in self._minutes(a, draws)
            ]
            tables += [
                _table(
                    {"place": ["France"]},
                    ACTIVITIES[a],
                    f"minutes_decile_{tenth}",
                    "minute",
                    *(world[:, [tenth - 1]] for world in worlds),
                )
                for tenth in range(1, 10)
            ]
        found = pl.concat(tables) if tables else _nothing("place")
        return found.drop("place")

    def births_by_distance(self, values: Values) -> tuple[Floats, Floats]:
        """Births of a year by band of road kilometres to a maternity, without and with, (4,)."""
        baseline = self.assembly.baseline
        communes = baseline.communes
        people = np.bincount(communes.department, communes.population)
        born = np.bincount(baseline.department, baseline.births, len(baseline.departments))
        births = (born / people)[communes.department] * communes.population
        travel = Travel.of(values)
        without, with_ = (
            np.bincount(
                np.searchsorted(BIRTH_BANDS, travel.road_km(km)), births, len(BIRTH_BANDS) + 1
            ).astype(np.float64)
            for km in self.km[OBSTETRICS]
        )
        return without, with_

    @property
    def moves_births(self) -> bool:
        """Whether a maternity opens or closes."""
        return OBSTETRICS in self.km

    def _minutes(self, activity: int, draws: Sequence[Values]) -> tuple[Floats, Floats]:
        without, with_ = self.nearest[activity]
        travels = [Travel.of(values) for values in draws]
        return (
            np.array([without.minutes(travel) for travel in travels]),
            np.array([with_.minutes(travel) for travel in travels]),
        )

    def _accessibility(self, draws: Sequence[Values]) -> Iterator[tuple[Floats, Floats]]:
        added: dict[str, float] = {}
        for element in self.assembly.elements:
            if isinstance(element, PrimaryCare):
                more = added.get(element.commune, 0.0) + element.general_practitioners
                added[element.commune] = more
        if not added:
            return
        care = self.assembly.primary_care
        after = np.array([care.accessibility(added, values) for values in draws])
        yield np.broadcast_to(care.before, after.shape), after


def territories(
    assembly: Assembly, draws: Sequence[Values], variant: Variant | None
) -> pl.DataFrame:
    """Use rate, leak and attraction of each département, for the activities that move."""
    found: dict[tuple[int, str], tuple[list[Floats], list[Floats]]] = {}
    for values in draws:
        moved = assembly.between_departments(values, variant)
        for activity, worlds in moved.flows.items():
            for place, (between, residents) in enumerate(zip(worlds, moved.residents, strict=True)):
                for name, values_ in _figures(between, residents):
                    found.setdefault((activity, name), ([], []))[place].append(values_)
    names = list(assembly.baseline.departments)
    units = {"use_rate": "per_1000", "leak": "proportion", "attraction": "proportion"}
    tables = [
        _table(
            {"department": names}, ACTIVITIES[a], name, units[name], np.array(one), np.array(two)
        )
        for (a, name), (one, two) in found.items()
    ]
    return pl.concat(tables) if tables else _nothing("department")


def _figures(between: Floats, residents: Floats) -> Iterator[tuple[str, Floats]]:
    yield "use_rate", access.use_rates(between, residents)
    yield "leak", access.leak(between)
    yield "attraction", access.attraction(between)


def _open(assembly: Assembly, activity: int, *, changed: bool) -> Flags:
    """Sites where the activity is open on the last day, shape (S,)."""
    baseline = assembly.baseline
    emergency = activity == EMERGENCY
    result = baseline.visits > 0 if emergency else assembly.beds[:, activity] > 0
    if not changed:
        return result
    result = result.copy()
    if emergency:
        for site, daily in assembly.timeline.emergency.items():
            result[site] = daily[-1] > 0
        return result
    for (site, discipline), beds in assembly.timeline.beds.items():
        if discipline == activity:
            result[site] = beds[-1] > 0
    return result


def _nearest(assembly: Assembly, open_: Flags) -> Nearest:
    travel = None if assembly.local is None else assembly.local.travel
    return Nearest.of(assembly.baseline, open_, travel)


def _km(assembly: Assembly, open_: Flags) -> Floats:
    baseline, communes = assembly.baseline, assembly.baseline.communes
    land = landmasses(baseline.departments)
    return nearest(
        communes.lon,
        communes.lat,
        baseline.lon[open_],
        baseline.lat[open_],
        1,
        land[communes.department],
        land[baseline.department[open_]],
    )[1][:, 0]


def _table(
    keys: Mapping[str, Sequence[str]],
    activity: str,
    measure: str,
    unit: str,
    reference: Floats,
    scenario: Floats,
) -> pl.DataFrame:
    known = np.isfinite(np.concatenate([reference, scenario])).all(axis=0)
    told = bands(reference[:, known], [scenario[:, known]], np.arange(len(reference)))
    told["parameters"] = (scenario - reference)[:, known].std(axis=0)
    told["chance"] = np.zeros(int(known.sum()))
    (name, codes), *_rest = keys.items()
    kept = [code for code, here in zip(codes, list(known), strict=True) if here]
    count = len(kept)
    return pl.DataFrame(
        {
            name: kept,
            "activity": [activity] * count,
            "measure": [measure] * count,
            "unit": [unit] * count,
            **told,
        }
    )


def _nothing(key: str) -> pl.DataFrame:
    from preuve.twin.ensemble.compare import empty

    return empty(key, "activity", "measure")
