"""Local: a planner's own figures, checked, and the baseline with them in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest_file
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import ACTIVITIES, EMERGENCY
from preuve.twin.scenario.loaders.activity import read_activity
from preuve.twin.scenario.loaders.flows import read_flows
from preuve.twin.scenario.loaders.population import read_population
from preuve.twin.scenario.loaders.rates import read_rates
from preuve.twin.scenario.loaders.travel import read_travel


@dataclass(frozen=True)
class Local:
    """A planner's own figures; a table is None where no file was given.

    Attributes:
        activity: finess, discipline (emergency included: its stays are visits), year, stays,
            days, beds (null where the file has none).
        flows: level (commune, postal, department), origin, department, finess, discipline,
            stays, share (of the stays of that origin and discipline).
        rates: age (`baseline.AGES`), sex (F, M), activity, stays_per_1000.
        population: year, department, sex (F, M), age (`baseline.AGES`), residents; without the
            totals, which were checked.
        travel: commune, finess, minutes.
        digests: digest of each file, by its name.
    """

    activity: pl.DataFrame | None = None
    flows: pl.DataFrame | None = None
    rates: pl.DataFrame | None = None
    population: pl.DataFrame | None = None
    travel: pl.DataFrame | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        baseline: Baseline,
        *,
        activity: Path | None = None,
        flows: Path | None = None,
        rates: Path | None = None,
        population: Path | None = None,
        travel: Path | None = None,
    ) -> Local:
        """The figures of the files given, all of them or none.

        Raises:
            PreuveError: a file has a fault; the faults of every file are told at once.
        """
        given: dict[str, tuple[Path | None, Callable[[Path, Baseline], pl.DataFrame]]] = {
            "activity": (activity, read_activity),
            "flows": (flows, read_flows),
            "rates": (rates, read_rates),
            "population": (population, read_population),
            "travel": (travel, read_travel),
        }
        tables: dict[str, pl.DataFrame] = {}
        errors: list[PreuveError] = []
        for name, (path, read) in given.items():
            if path is None:
                continue
            try:
                tables[name] = read(path, baseline)
            except PreuveError as error:
                errors.append(error)
        if errors:
            raise _joined(errors)
        paths = [path for path, _read in given.values() if path is not None]
        return cls(**tables, digests={path.name: digest_file(path) for path in paths})


def _joined(errors: Sequence[PreuveError]) -> PreuveError:
    if len(errors) == 1:
        return errors[0]
    return PreuveError(
        "\n".join(f"{error.where}: {error.problem}" for error in errors),
        where=errors[0].where,
        remedy=errors[0].remedy,
    )


def apply(baseline: Baseline, local: Local) -> Baseline:
    """The baseline with the activity of `local` in place of its own.

    Only the services of the file change, for the year of the baseline. Visits of an emergency
    department keep their shares by age and admitted; births do not change.

    Raises:
        PreuveError: the file has no line of that year, or gives stays to a service without beds.
    """
    if local.activity is None:
        return replace(baseline, digests={**baseline.digests, **local.digests})
    rows = local.activity.filter(pl.col("year") == baseline.year)
    if rows.is_empty():
        raise PreuveError(
            _("The activity has no line of {year}.").format(year=baseline.year),
            remedy=_("Start from the baseline of the year of your figures."),
        )
    beds, stays, days = baseline.beds.copy(), baseline.stays.copy(), baseline.days.copy()
    ratio = np.ones(len(baseline.visits))
    for row in rows.iter_rows(named=True):
        site, activity = baseline.site(row["finess"]), ACTIVITIES.index(row["discipline"])
        if activity == EMERGENCY:
            ratio[site] = _ratio(baseline, site, row["stays"])
            continue
        stays[site, activity], days[site, activity] = row["stays"], row["days"]
        if row["beds"] is not None:
            beds[site, activity] = row["beds"]
        if row["stays"] > 0 and beds[site, activity] == 0:
            raise PreuveError(
                _("{finess} has stays of {discipline} and no bed in {year}.").format(
                    finess=row["finess"], discipline=row["discipline"], year=baseline.year
                ),
                remedy=_("Give its open beds in the column beds."),
            )
    scaled = {
        name: getattr(baseline, name) * ratio
        for name in ("visits", "visits_80", "visits_18", "visits_admitted")
    }
    return replace(
        baseline,
        beds=beds,
        stays=stays,
        days=days,
        **scaled,
        digests={**baseline.digests, **local.digests},
    )


def _ratio(baseline: Baseline, site: int, visits: float) -> float:
    if baseline.visits[site] > 0:
        return visits / float(baseline.visits[site])
    raise PreuveError(
        _("{finess} has no emergency department in {year}.").format(
            finess=baseline.sites["finess"][site], year=baseline.year
        ),
        remedy=_("Open it in the scenario instead."),
    )
