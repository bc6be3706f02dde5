"""Compare: the tables of an impact, from the runs of a world without and with the scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import DISCIPLINES
from preuve.twin.ensemble import measures
from preuve.twin.ensemble.bands import bands
from preuve.twin.ensemble.measures import Counts, Measure
from preuve.twin.ensemble.outcome import REGIONAL, stacked
from preuve.twin.impact import COLUMNS
from preuve.twin.world import DAY_MEASURES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

REFERENCE = "reference"
UNITS = {"open": "bed", "occupied": "bed", "boarded": "person"}
"""Units of daily measures; the others count people."""


@dataclass(frozen=True)
class Runs:
    """The finished runs of an ensemble.

    Attributes:
        paths: one archive for each run.
        draws: the draw each run used, shape (R,).
        variants: names of the worlds with the scenario; the first is the one reported.
    """

    paths: Sequence[Path]
    draws: Integers
    variants: Sequence[str]

    def each(self, name: str) -> tuple[npt.NDArray[np.float64], list[npt.NDArray[np.float64]]]:
        """One array of the reference, and of every variant, stacked over runs."""
        return (
            stacked(self.paths, REFERENCE, name),
            [stacked(self.paths, variant, name) for variant in self.variants],
        )


Place = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
"""Sums an array by site, shape (S, …), into one by place, shape (P, …)."""

SITES_AT_ONCE = 50_000
"""Runs x sites that are held in memory together."""


def table(
    runs: Runs, keys: Mapping[str, Sequence[object]], figures: Sequence[Floats], unit: str
) -> pl.DataFrame:
    """Rows of a table: the keys, the unit, `COLUMNS`; rows that are zero in every world are left.

    Args:
        runs: the ensemble.
        keys: columns that name each row, each of length N.
        figures: the reference, then each variant, shapes (R, N).
        unit: what the figures count.
    """
    alive = np.any([np.any(values != 0, axis=0) for values in figures], axis=0)
    return _every_row(runs, keys, figures, unit).filter(pl.Series(alive))


def _every_row(
    runs: Runs, keys: Mapping[str, Sequence[object]], figures: Sequence[Floats], unit: str
) -> pl.DataFrame:
    told = bands(figures[0], list(figures[1:]), runs.draws)
    return pl.DataFrame({**keys, "unit": [unit] * figures[0].shape[1], **told})


def by_place(runs: Runs, key: str, names: Sequence[str], place: Place) -> pl.DataFrame:
    """Every measure of every activity, place by place; a ratio is a ratio of sums."""
    rows = [
        table(
            runs,
            {
                key: list(names),
                "activity": [activity] * len(names),
                "measure": [measure.name] * len(names),
            },
            [measure.of(counts) for counts in worlds],
            measure.unit,
        )
        for activity, told, worlds in _groups(runs, place)
        for measure in told
    ]
    return pl.concat(rows).sort(key, "activity", "measure")


def _groups(runs: Runs, place: Place) -> Iterator[tuple[str, Sequence[Measure], Sequence[Counts]]]:
    """Activity, what is told of it, and its counts by place, shape (R, P), in every world."""
    worlds = (REFERENCE, *runs.variants)
    whole = [
        measures.service_counts(
            stacked(runs.paths, world, "services", place),
            stacked(runs.paths, world, "transfer_km", place),
        )
        for world in worlds
    ]
    for index, discipline in enumerate(DISCIPLINES):
        yield discipline, measures.SERVICE, [measures.one(counts, index) for counts in whole]
    yield "", measures.SERVICE, [measures.short_stay(counts) for counts in whole]
    visits = [stacked(runs.paths, world, "sites", place) for world in worlds]
    yield "emergency", measures.EMERGENCY, [measures.site_counts(values) for values in visits]
    names = ("hours_required", "hours_available", "overtime", "absence")
    hours = [
        {name: stacked(runs.paths, world, f"expected.{name}", place) for name in names}
        for world in worlds
    ]
    yield "carers", measures.CARERS, hours


def sites(baseline: Baseline, runs: Runs) -> pl.DataFrame:
    """Table `sites` of an impact."""
    names = baseline.sites["finess"].to_list()
    step = max(1, SITES_AT_ONCE // len(runs.paths))
    parts = [slice(start, start + step) for start in range(0, len(names), step)]
    return pl.concat(by_place(runs, "finess", names[part], _slicer(part)) for part in parts)


def departments(baseline: Baseline, runs: Runs) -> pl.DataFrame:
    """Table `departments` of an impact."""
    place = _sum(baseline.department, len(baseline.departments))
    return by_place(runs, "department", baseline.departments, place)


def regions(baseline: Baseline, runs: Runs) -> pl.DataFrame:
    """Table `regions` of an impact."""
    names, index = region_index(baseline)
    return by_place(runs, "region", names, _sum(index, len(names)))


def national(runs: Runs) -> pl.DataFrame:
    """Table `national` of an impact."""
    return by_place(runs, "place", [""], lambda values: values.sum(axis=0)[None]).drop("place")


def region_index(baseline: Baseline) -> tuple[list[str], Integers]:
    """The régions in order, and the index of each site's région, shape (S,)."""
    names = sorted(set(baseline.regions))
    place = np.array([names.index(region) for region in baseline.regions], dtype=np.int64)
    return names, place[baseline.department]


def _slicer(part: slice) -> Place:
    return lambda values: values[part]


def _sum(index: Integers, count: int) -> Place:
    member = np.zeros((count, len(index)))
    member[index, np.arange(len(index))] = 1
    return lambda values: np.tensordot(member, values, axes=1)


def days(baseline: Baseline, runs: Runs, dates: npt.NDArray[np.datetime64]) -> pl.DataFrame:
    """Table `days` of an impact: France by discipline, régions over short stay."""
    written = [str(date) for date in dates]
    reference, variants = runs.each("national")
    worlds = [reference, *variants]
    rows = [
        _daily(runs, written, "", discipline, measure, [w[:, :, index, kind] for w in worlds])
        for index, discipline in enumerate(DISCIPLINES)
        for kind, measure in enumerate(DAY_MEASURES)
    ]
    reference, variants = runs.each("regional")
    worlds = [reference, *variants]
    rows += [
        _daily(runs, written, region, "", measure, [w[:, :, index, kind] for w in worlds])
        for index, region in enumerate(region_index(baseline)[0])
        for kind, measure in enumerate(REGIONAL)
    ]
    return pl.concat(rows).with_columns(pl.col("date").str.to_date())


def _daily(
    runs: Runs,
    dates: Sequence[str],
    region: str,
    activity: str,
    measure: str,
    worlds: Sequence[npt.NDArray[np.float64]],
) -> pl.DataFrame:
    length = len(dates)
    return _every_row(
        runs,
        {
            "date": dates,
            "region": [region] * length,
            "activity": [activity] * length,
            "measure": [measure] * length,
        },
        [values.astype(np.float64) for values in worlds],
        UNITS.get(measure, "person"),
    )


def empty(*keys: str) -> pl.DataFrame:
    """A table of an impact with no row."""
    texts = dict.fromkeys((*keys, "unit"), pl.String)
    return pl.DataFrame(schema=texts | dict.fromkeys(COLUMNS, pl.Float64))
