"""Conclusion and limits of an impact, in sentences computed from its figures.

A change is told with its figure only where the interval that holds 95 % of the runs leaves zero
out; the others are named together as "no visible change".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from preuve.core.language import _, ngettext
from preuve.pages.numbers import number, percent, span
from preuve.twin.page import closure
from preuve.twin.page.elements import period
from preuve.twin.page.names import department_name, region_name, site_name
from preuve.twin.page.reading import Reading, Row, is_visible, shown_unit, visible, words
from preuve.twin.page.words import (
    PLACES_OF_CARE,
    SHARES,
    activity_name,
    figure,
    interval,
    localised,
    measure_name,
    say,
)

NATIONAL = (
    "moved",
    "stays",
    "visits",
    "refused",
    "transferred_out",
    "occupancy",
    "boarded_nights",
    "boarded_nights_elderly",
    "postponed_days",
    "overload",
)
"""What the conclusion speaks of, in this order."""

_FEW_RUNS = 40
_TINY = 1e-3
"""A share of a national figure under which its change is not seen in it."""

_FAR_MINUTES = (30, 45)


def headline(reading: Reading) -> str:
    """What is compared with what, in one sentence."""
    scenario, provenance = reading.impact.scenario, reading.impact.provenance
    return str(
        _(
            "“{title}”, {period}: {runs} runs of the whole country with the scenario, each "
            "compared with the same run without it, from the figures of {year}."
        ).format(
            title=say(scenario.get("title") or scenario.get("name") or ""),
            period=period(scenario) or str(_("the period of the scenario")),
            runs=number(provenance.get("runs") or 0),
            year=provenance.get("baseline_year", ""),
        )
    )


def sentences(reading: Reading) -> Iterator[tuple[str, str]]:
    """A few words and what is found, for each thing that changes visibly."""
    yield from closure.sentences(reading)
    local, country = [*_services(reading), *_journeys(reading)], list(_france(reading))
    yield from [*local, *country] if reading.is_local else [*country, *local]
    yield from _beds(reading)
    yield from _effects(reading)


def _france(reading: Reading) -> Iterator[tuple[str, str]]:
    for row in _national(reading):
        if _is_told(row):
            yield _title(row), _changed(row)


def unchanged(reading: Reading) -> str:
    """The measures without a visible change over France, in one sentence; "" where none."""
    rows = [row for row in _national(reading) if not _is_told(row)]
    if not rows:
        return ""
    return str(
        _("No visible change over France: {measures}.").format(
            measures="; ".join(_title(row).lower() for row in rows)
        )
    )


def _national(reading: Reading) -> list[Row]:
    return [row for measure in NATIONAL if (row := reading.told(measure)) is not None]


def _is_told(row: Row) -> bool:
    """Whether the change is visible and its figure, as written, is not nil."""
    written = words(row, "difference").value
    return is_visible(row) and any(digit in written for digit in "123456789")


def _title(row: Row) -> str:
    name = measure_name(row["measure"])
    if row["activity"] in ("", "carers"):
        return name
    return f"{name} ({activity_name(row['activity']).lower()})"


def _changed(row: Row) -> str:
    moved = words(row, "difference")
    before, after = words(row, "reference").value, words(row, "scenario").value
    parts = {"value": moved.value, "interval": moved.interval, "before": before, "after": after}
    counts = shown_unit(row) not in (*SHARES, "ratio")
    if counts and abs(row["difference_value"]) < _TINY * abs(row["reference_value"]):
        return str(
            _("{value} over France (95% interval {interval}), out of {before}.").format(**parts)
        )
    return str(
        _("{value} over France (95% interval {interval}), from {before} to {after}.").format(
            **parts
        )
    )


def _services(reading: Reading) -> Iterator[tuple[str, str]]:
    if len(reading.closed) == 1 and closure.is_alone(reading):
        return
    moved = reading.services.filter(visible() & ~pl.col("finess").is_in(reading.closed))
    if not moved.height:
        return
    down = moved.filter(pl.col("difference_value") < 0).sort("difference_value")
    up = moved.filter(pl.col("difference_value") > 0).sort("difference_value", descending=True)
    pattern = (
        _("{more} other sites do visibly more, {fewer} visibly less.")
        if reading.closed
        else _("{more} sites do visibly more, {fewer} visibly less.")
    )
    counted = pattern.format(more=number(up.height), fewer=number(down.height))
    extremes = [
        _("{site}: {change}").format(site=site_name(row["finess"]), change=words(row, "difference"))
        for table in (down.head(1), up.head(2))
        for row in table.iter_rows(named=True)
    ]
    title = f"{measure_name(reading.volume)} ({activity_name(reading.activity).lower()})"
    largest = _("Largest changes (95% interval): {sites}.").format(sites="; ".join(extremes))
    yield title, f"{counted} {largest}"


def _journeys(reading: Reading) -> Iterator[tuple[str, str]]:
    if reading.drawn is None or reading.drawn[1] != "minutes" or not reading.affected.height:
        return
    activity = reading.drawn[0]
    farther = reading.affected.filter(pl.col("difference_value") > 0)
    nearer = reading.affected.filter(pl.col("difference_value") < 0)
    place = say(PLACES_OF_CARE.get(activity, activity))
    told = [
        text
        for rows, farther_away in ((farther, True), (nearer, False))
        if (text := _journey(rows, farther=farther_away))
    ]
    yield str(_("Journey to {place}").format(place=place)), " ".join(told)
    yield from _far(reading, place)


def _journey(rows: pl.DataFrame, *, farther: bool) -> str:
    if not rows.height:
        return ""
    people = float(rows["population"].sum())
    mean = float((rows["difference_value"] * rows["population"]).sum()) / people
    worst = rows.sort(pl.col("difference_value").abs(), "commune", descending=[True, False])
    row = worst.row(0, named=True)
    text = (
        _(
            "{people} residents of {communes} communes travel visibly longer, by {mean} on "
            "average; the most in {worst}: {change}."
        )
        if farther
        else _(
            "{people} residents of {communes} communes travel visibly less, by {mean} on "
            "average; the most in {worst}: {change}."
        )
    )
    return str(
        text.format(
            people=number(people),
            communes=number(rows.height),
            mean=figure(mean, row["unit"], difference=True),
            worst=row["name"],
            change=words(row, "difference"),
        )
    )


def _far(reading: Reading, place: str) -> Iterator[tuple[str, str]]:
    """Residents beyond so many minutes, before and after, in the area where journeys change.

    The area is the département of most of those who travel longer or less, then its région. The
    bounds take every commune at the low, then at the high end of its own interval.
    """
    area = (
        reading.affected.group_by("department", "region")
        .agg(pl.col("population").sum())
        .sort("population", "department", descending=[True, False])
        .row(0, named=True)
    )
    names = {
        "department": department_name(area["department"]),
        "region": region_name(area["region"]),
    }
    for level, name in names.items():
        rows = reading.residents.filter(pl.col(level) == area[level])
        told = [
            _("beyond {minutes} minutes: {before} without the scenario, {after} with it").format(
                minutes=minutes,
                before=_beyond(rows, "reference", minutes),
                after=_beyond(rows, "scenario", minutes),
            )
            for minutes in _FAR_MINUTES
        ]
        title = _("Residents far from {place}: {area}").format(place=place, area=name)
        counted = _("of {people} residents (95% bounds, commune by commune), {told}.").format(
            people=number(float(rows["population"].sum())), told="; ".join(told)
        )
        yield str(title), str(counted)


def _beyond(rows: pl.DataFrame, world: str, minutes: int) -> str:
    value, low, high = (
        number(float(rows.filter(pl.col(f"{world}_{bound}") > minutes)["population"].sum()), 0)
        for bound in ("value", "low95", "high95")
    )
    return f"{value} ({span(low, high)})"


def _beds(reading: Reading) -> Iterator[tuple[str, str]]:
    table = reading.impact.beds
    if not table.height:
        return
    risk = min(table["risk"].unique().to_list(), key=lambda r: abs(r - 0.05))
    rows = table.filter(
        (pl.col("risk") == risk)
        & (pl.col("beds_needed_scenario") != pl.col("beds_needed_reference"))
        & (pl.col("beds_needed_scenario") > 0)
    ).with_columns(more=pl.col("beds_needed_scenario") - pl.col("beds_needed_reference"))
    rows = rows.sort(pl.col("more").abs(), "finess", descending=[True, False])
    if not rows.height:
        return
    named = "; ".join(
        str(
            _("{site}, {activity}: {before} to {after} beds ({open} open)").format(
                site=site_name(row["finess"]),
                activity=activity_name(row["activity"]).lower(),
                before=number(row["beds_needed_reference"]),
                after=number(row["beds_needed_scenario"]),
                open=number(row["beds_open"]),
            )
        )
        for row in rows.head(2).iter_rows(named=True)
    )
    title = _("Beds needed to refuse at most {risk} of patients").format(risk=percent(risk, 0))
    counted = ngettext(
        "{count} service changes: {named}.",
        "{count} services change, the most: {named}.",
        rows.height,
    ).format(count=number(rows.height), named=named)
    yield str(title), str(counted)


def _effects(reading: Reading) -> Iterator[tuple[str, str]]:
    for row in effects(reading):
        if is_visible(row):
            yield (
                localised(row, "label"),
                str(
                    _("{value} (95% interval {interval}). Source: {source}").format(
                        value=words(row, "difference").value,
                        interval=words(row, "difference").interval,
                        source=localised(row, "source"),
                    )
                ),
            )


def effects(reading: Reading) -> list[Row]:
    """The effects on health, each apart."""
    return list(reading.impact.health.iter_rows(named=True))


def limits(reading: Reading) -> Iterator[str]:
    """What forbids reading more into the figures."""
    provenance: Any = reading.impact.provenance
    if reading.synthetic:
        yield str(_("These figures are SYNTHETIC: a generator made them, nothing here is true."))
    yield str(
        _(
            "The open figures do not say who goes where, nor the stays of each age: the choice of "
            "site and the use by age rest on fitted or assumed parameters, listed below."
        )
    )
    kinds = reading.impact.hypotheses
    if "kind" in kinds.columns and (assumed := kinds.filter(pl.col("kind") == "assumed").height):
        yield str(
            ngettext(
                "{count} of the {all} parameters is assumed, without a published source; its "
                "interval is part of the intervals shown.",
                "{count} of the {all} parameters are assumed, without a published source; their "
                "intervals are part of the intervals shown.",
                assumed,
            ).format(count=number(assumed), all=number(kinds.height))
        )
    if reading.left_out:
        yield str(
            _(
                "{count} rows that count fewer than {smallest} people, or that would give one of "
                "them back, are left out of this page; France as a whole is always shown."
            ).format(count=number(reading.left_out), smallest=number(reading.smallest))
        )
    runs = int(provenance.get("runs") or 0)
    if runs < _FEW_RUNS:
        yield str(
            ngettext(
                "{count} run only: the ends of the 95% intervals are poorly known.",
                "{count} runs only: the ends of the 95% intervals are poorly known.",
                runs,
            ).format(count=number(runs))
        )
    yield str(
        _(
            "The intervals hold what the runs vary: chance, parameters, variants. What the model "
            "leaves out (behaviour that changes, staff that moves, care that reorganises itself) "
            "is in no interval. The validation page says where the twin was right and where it "
            "lost."
        )
    )
    yield str(
        _(
            "Many sites and communes are looked at at once: where nothing changes, up to one 95% "
            "interval in twenty leaves zero out by chance alone."
        )
    )


def span_of(row: Row, world: str, bound: str = "80") -> str:
    """An interval of a row, in words."""
    return interval(
        row[f"{world}_low{bound}"],
        row[f"{world}_high{bound}"],
        shown_unit(row),
        difference=world == "difference",
    )
