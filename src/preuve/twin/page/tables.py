"""Tables of the page: hypotheses, every national figure, territories, beds, carers, health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from preuve.core.language import _
from preuve.pages.numbers import NOTHING, number, percent, span
from preuve.twin.page.charts import RANKED
from preuve.twin.page.conclusion import effects, span_of
from preuve.twin.page.names import department_name, region_name, site_name
from preuve.twin.page.reading import Reading, Row, is_visible, visible, words
from preuve.twin.page.words import activity_name, localised, measure_name, say, unit_name

_KINDS: Mapping[str, str] = {
    "measured": _("measured"),
    "published": _("published"),
    "assumed": _("ASSUMED"),
    "given": _("given by the scenario"),
}
_CARERS = ("hours_required", "hours_available", "overload", "overtime", "absence", "beds_closed")
_SERVICES = 15
_TERRITORIES = 12


def hypotheses(reading: Reading) -> list[dict[str, str]]:
    """Every parameter in words: label, value with its interval, kind, source; assumed first."""
    order = ["assumed", "measured", "published"]
    rows = sorted(
        reading.impact.hypotheses.iter_rows(named=True),
        key=lambda row: (order.index(row["kind"]) if row["kind"] in order else 3, row["name"]),
    )
    return [
        {
            "label": localised(row, "label"),
            "name": row["name"],
            "value": _plain(row["value"], row["unit"]),
            "interval": span(_bare(row["low"], row["unit"]), _bare(row["high"], row["unit"])),
            "kind": say(_KINDS.get(row["kind"], row["kind"])),
            "code": row["kind"],
            "source": localised(row, "source"),
        }
        for row in rows
    ]


def counted(reading: Reading) -> str:
    """How many parameters are of each kind, in one sentence."""
    kinds = reading.impact.hypotheses["kind"].to_list()
    return str(
        _(
            "{all} parameters act in this impact: {measured} measured, {published} published, "
            "{assumed} assumed."
        ).format(
            all=number(len(kinds)),
            **{kind: number(kinds.count(kind)) for kind in _KINDS},
        )
    )


def _bare(value: float, unit: str) -> str:
    """A value of a parameter to three significant figures."""
    if unit == "proportion":
        return percent(value, 1)
    size = abs(value)
    digits = next((d for bound, d in ((100, 0), (10, 1), (1, 2), (0.1, 3)) if size >= bound), 4)
    return number(value, 0 if float(value).is_integer() else digits)


def _plain(value: float, unit: str) -> str:
    name = "" if unit == "proportion" else unit_name(unit)
    return f"{_bare(value, unit)} {name}".strip()


def national(reading: Reading) -> list[dict[str, Any]]:
    """Every figure over France, the visible changes first."""
    rows = sorted(
        reading.impact.national.iter_rows(named=True),
        key=lambda row: not is_visible(row),
    )
    return [
        {
            "label": measure_name(row["measure"]),
            "activity": activity_name(row["activity"]),
            **_worlds(row),
        }
        for row in rows
    ]


def _worlds(row: Row) -> dict[str, Any]:
    return {
        "before": words(row, "reference"),
        "after": words(row, "scenario"),
        "moved": words(row, "difference"),
        "narrow": span_of(row, "difference"),
        "visible": is_visible(row),
    }


def territories(reading: Reading) -> list[dict[str, Any]]:
    """The départements whose activity changes most, for the main activity."""
    rows = reading.impact.departments.filter(
        (pl.col("activity") == reading.activity)
        & pl.col("measure").is_in([reading.volume, "occupancy", "refused", "transferred_out"])
        & visible()
    ).sort("department", "measure")
    moved = rows.filter(pl.col("measure") == reading.volume).sort(
        pl.col("difference_value").abs(), "department", descending=[True, False]
    )
    wanted = moved["department"].head(_TERRITORIES // 2).to_list()
    kept = [row for row in rows.iter_rows(named=True) if row["department"] in wanted]
    kept.sort(key=lambda row: wanted.index(row["department"]))
    return [
        {
            "place": department_name(row["department"]),
            "label": measure_name(row["measure"]),
            **_worlds(row),
        }
        for row in kept
    ]


def beds(reading: Reading) -> tuple[list[str], list[list[str]]]:
    """Beds needed at each risk of refusal, for the services where they change most.

    Returns:
        The headers, and a row for each service.
    """
    table = reading.impact.beds
    if not table.height:
        return [], []
    risks = sorted(table["risk"].unique().to_list(), reverse=True)
    moved = (
        table.with_columns(
            more=(pl.col("beds_needed_scenario") - pl.col("beds_needed_reference")).abs()
        )
        .group_by("finess", "activity")
        .agg(pl.col("more").max(), pl.col("beds_open").first())
        .filter(pl.col("more") > 0)
        .sort("more", "finess", "activity", descending=[True, False, False])
        .head(_SERVICES)
    )
    needed = {
        (row["finess"], row["activity"], row["risk"]): row for row in table.iter_rows(named=True)
    }
    rows = []
    for service in moved.iter_rows(named=True):
        cells = [needed.get((service["finess"], service["activity"], risk)) for risk in risks]
        rows.append(
            [
                f"{site_name(service['finess'])}, {activity_name(service['activity'])}",
                number(service["beds_open"]),
                *(_from_to(cell) for cell in cells),
            ]
        )
    headers = [
        str(_("Service")),
        str(_("Beds open today")),
        *(str(_("To refuse at most {risk}").format(risk=percent(risk, 0))) for risk in risks),
    ]
    return headers, rows


def _from_to(row: Row | None) -> str:
    if row is None:
        return NOTHING
    return f"{number(row['beds_needed_reference'])} → {number(row['beds_needed_scenario'])}"


def carers(reading: Reading) -> list[dict[str, Any]]:
    """Hours and overload of carers: France, then the sites whose overload grows most."""
    impact = reading.impact
    rows = [
        {"place": str(_("France")), "label": _with_activity(row), **_worlds(row)}
        for row in impact.national.filter(pl.col("measure").is_in(_CARERS)).iter_rows(named=True)
    ]
    regions = impact.regions.filter((pl.col("measure") == "overload") & visible()).sort(
        "difference_value", "region", descending=[True, False]
    )
    rows += [
        {"place": region_name(row["region"]), "label": _with_activity(row), **_worlds(row)}
        for row in regions.head(5).iter_rows(named=True)
    ]
    sites = impact.sites.filter((pl.col("measure") == "overload") & visible()).sort(
        "difference_value", "finess", descending=[True, False]
    )
    rows += [
        {
            "place": site_name(row["finess"]),
            "label": _with_activity(row),
            **_worlds(row),
        }
        for row in sites.head(10).iter_rows(named=True)
    ]
    return rows


def _with_activity(row: Row) -> str:
    name = measure_name(row["measure"])
    if row["activity"] in ("", "carers"):
        return name
    return f"{name} ({activity_name(row['activity']).lower()})"


def health(reading: Reading) -> list[dict[str, Any]]:
    """Each effect on health apart, with its interval and its source."""
    return [
        {
            "label": localised(row, "label"),
            "source": localised(row, "source"),
            "usual": row.get("shown", True),
            **_worlds(row),
        }
        for row in effects(reading)
    ]


def provenance(reading: Reading) -> list[tuple[str, str]]:
    """What made the figures: year, runs, seed, version, command; other facts by their name."""
    names = {
        "baseline_year": _("Year of the figures"),
        "runs": _("Runs"),
        "draws": _("Draws of the parameters"),
        "seed": _("Seed"),
        "version": _("Version of Preuve"),
        "scenario": _("Digest of the scenario"),
        "code": _("Digest of the code"),
        "started": _("Started"),
        "seconds": _("Duration in seconds"),
    }
    known = reading.impact.provenance
    said = [(str(names[key]), _fact(known[key])) for key in names if key in known]
    other = set(known) - set(names) - {"digests", "command", "synthetic", "own_figures"}
    return said + [(key, _fact(known[key])) for key in sorted(other)]


def digests(reading: Reading) -> list[tuple[str, str]]:
    """The digest of every input."""
    found = reading.impact.provenance.get("digests") or {}
    return sorted((str(name), str(digest)) for name, digest in dict(found).items())


def _fact(value: Any) -> str:
    if isinstance(value, Mapping):
        return " · ".join(f"{key}: {_fact(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_fact(part) for part in value)
    return str(value)


def communes(reading: Reading) -> list[dict[str, str]]:
    """The most populous communes among those whose mapped figure changes."""
    if reading.drawn is None:
        return []
    rows = reading.affected.sort("population", "commune", descending=[True, False]).head(RANKED)
    return [
        {
            "place": f"{row['name']} ({row['department']})",
            "people": number(row["population"]),
            **_worlds(row),
        }
        for row in rows.iter_rows(named=True)
    ]
