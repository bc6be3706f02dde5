"""Own figures: what a planner's own tables put in the place of, told with the provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from preuve.core.language import Message, _, both, ngettext
from preuve.twin.assembly import Assembly
from preuve.twin.disciplines import ACTIVITIES
from preuve.twin.scenario.elements import Demography

MISSED = 0.01
"""Share of the patients of an origin whom the choice may send elsewhere than the file, untold."""


def own_figures(assembly: Assembly) -> list[dict[str, str]]:
    """One sentence for each thing that a planner's own tables do, in each language."""
    return [both(note) for note in notes(assembly)]


def notes(assembly: Assembly) -> Iterator[Message]:
    """The sentences of the tables that act in this scenario."""
    local = assembly.local
    if local is None:
        return
    if local.activity is not None:
        count = local.activity.filter(pl.col("year") == assembly.baseline.year).height
        yield ngettext(
            "Stays, bed-days and visits of {count} service are those of the file.",
            "Stays, bed-days and visits of {count} services are those of the file.",
            count,
        ).format(count=count)
    if local.population is not None:
        yield from _population(local.population, assembly)
    if local.rates is not None:
        yield _(
            "Use by age and sex is that of the file for {activities}. It says where demand comes "
            "from and how it grows; stays of the baseline year remain those of the sites."
        ).format(activities=_listed(local.rates["activity"].unique()))
    if local.travel is not None:
        yield ngettext(
            "{count} travel time between a commune and a site is that of the file; others, and "
            "transfers between sites, follow the formula.",
            "{count} travel times between communes and sites are those of the file; others, and "
            "transfers between sites, follow the formula.",
            local.travel.height,
        ).format(count=local.travel.height)
    if local.flows is not None:
        yield from _flows(local.flows, assembly)


def _population(population: pl.DataFrame, assembly: Assembly) -> Iterator[Message]:
    departments = dict(
        population.group_by("year").agg(pl.col("department").n_unique()).sort("year").rows()
    )
    now = assembly.baseline.year
    if now in departments:
        yield ngettext(
            "Residents of {year} are those of the file in {count} département.",
            "Residents of {year} are those of the file in {count} départements.",
            departments[now],
        ).format(year=now, count=departments[now])
    asked = [one.year for one in assembly.elements if isinstance(one, Demography)]
    for year in asked:
        if year in departments:
            yield ngettext(
                "Residents of {year} are those of the file in {count} département: the variant "
                "of the population does not act on their number and age, only on births per woman.",
                "Residents of {year} are those of the file in {count} départements: the variant "
                "of the population does not act on their number and age, only on births per woman.",
                departments[year],
            ).format(year=year, count=departments[year])
        else:
            yield _("The file has no residents of {year}: they are projected.").format(year=year)
    if now not in departments and not any(year in departments for year in asked):
        yield _("No year of the file of residents is used.")


def _flows(flows: pl.DataFrame, assembly: Assembly) -> Iterator[Message]:
    level = flows["level"][0] if flows.height else ""
    count = flows["origin"].n_unique()
    yield ngettext(
        "The patients of {count} origin go where those of the file go, for {names}.",
        "The patients of {count} origins go where those of the file go, for {names}.",
        count,
    ).format(count=count, names=_listed(flows["discipline"].unique()))
    if level == "postal":
        yield _("Postal codes are gathered by département.")
    for activity, choice in assembly.central_choices.items():
        origins = choice.reach.origins
        if origins is None:
            continue
        far = np.flatnonzero(origins.beyond > MISSED)
        if far.size:
            yield ngettext(
                "{activity}: for {count} origin, more than 1 % of the stays of the file are at "
                "sites out of reach or without patients; they are left out.",
                "{activity}: for {count} origins, more than 1 % of the stays of the file are at "
                "sites out of reach or without patients; they are left out.",
                far.size,
            ).format(activity=ACTIVITIES[activity], count=far.size)
        worst = float(choice.missed.max(initial=0.0))
        if worst > MISSED:
            yield _(
                "{activity}: the shares of the file and the stays of the sites contradict each "
                "other; up to {share} % of the patients of an origin go elsewhere than observed."
            ).format(activity=ACTIVITIES[activity], share=round(100 * worst))


def _listed(names: Sequence[str] | pl.Series) -> str:
    return ", ".join(name for name in ACTIVITIES if name in set(names))
