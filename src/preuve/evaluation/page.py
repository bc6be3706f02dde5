"""The evidence page: what a clinician or an assessor reads, in one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from preuve.core.evidence import Estimand, Evidence
from preuve.core.language import Language, _, ngettext, speaking
from preuve.core.record import write_whole
from preuve.core.usecase import Finding, Subgroup
from preuve.evaluation import charts, conclusion, curve_charts
from preuve.evaluation.figures import PART_MEASURES
from preuve.evaluation.measures import DECISION_MEASURES
from preuve.evaluation.reading import (
    Reading,
    Words,
    by_reason,
    difference,
    difference_unit,
    estimand_name,
    measure_name,
    requirement,
    said,
    short_requirement,
    words,
    written,
)
from preuve.pages.layout import render
from preuve.pages.numbers import NOTHING, chance, number, percent, span

_TEMPLATE = Path(__file__).parent / "templates" / "evidence.html.j2"
_SEEN: tuple[Estimand, ...] = ("pooled", "within_site", "mean_hospital")
_SCORES = (
    "auroc",
    "average_precision",
    "brier",
    "observed_expected",
    "calibration_slope",
    "calibration_intercept",
)


def write(evidence: Evidence, path: Path, language: Language) -> Path:
    """Write the page of an evidence: one HTML file, no network, no script needed to read it.

    Args:
        evidence: the evidence, checked by whoever loaded it.
        path: the file to write.
        language: "fr" or "en".

    Raises:
        PreuveError: the optional part "pages" is not installed.
    """
    with speaking(language):
        text = render(_TEMPLATE, **shown(Reading(evidence)))
    write_whole(path, text.encode())
    return path


def shown(reading: Reading) -> dict[str, Any]:
    """Everything the template shows, in the current language."""
    content = reading.content
    return {
        "title": ngettext(
            "{system}: what {sites} hospital shows",
            "{system}: what {sites} hospitals show",
            len(reading.released),
        ).format(system=reading.system_name(), sites=number(len(reading.released))),
        "usecase": reading.usecase,
        "text": {
            name: str(getattr(reading.usecase, name))
            for name in ("title", "question", "population", "reference_standard")
        },
        "synthetic": reading.evidence.synthetic,
        "headline": conclusion.headline(reading),
        "extremes": conclusion.extremes(reading),
        "verdict": " ".join(conclusion.verdict(reading)),
        "limits": [str(limit) for limit in reading.usecase.limits],
        "run_limits": list(conclusion.limits(reading)),
        "overview": charts.overview(reading),
        "findings": [_overview_row(reading, finding) for finding in reading.measured],
        "withheld": [_withheld(reading, finding) for finding in reading.withheld],
        "requirements": _requirements(reading),
        "details": [_finding(reading, finding) for finding in reading.measured],
        "gaps": [_subgroup(reading, subgroup) for subgroup in reading.usecase.subgroups],
        "comparator": content["comparator"] and reading.system_name("comparator"),
        "comparison": content["comparator"] and charts.comparison_figure(reading),
        "comparison_rows": _comparison_rows(reading),
        "sites": [_site(reading, site) for site in content["sites"]],
        "labels": _labels(reading),
        "suppression": [_suppression(reading, row) for row in content["suppression"]],
        "exclusions": _exclusions(reading),
        "systems": [
            {"name": reading.system_name(role), "rows": _card(content[role])}
            for role in ("system", "comparator")
            if content[role] is not None
        ],
        "run": reading.evidence.record["run"],
        "energy": _energy(reading.evidence.record["run"]),
        "digest": reading.evidence.digest,
        "signature": reading.evidence.record["signature"]["key"],
        "content": content,
        "smallest": sorted({site.smallest_cell for site in reading.released}),
    }


def _overview_row(reading: Reading, finding: Finding) -> dict[str, Any]:
    cells = reading.cells(finding)
    spread = reading.heterogeneity("auroc", finding)
    return {
        "anchor": finding.code,
        "label": str(finding.label),
        "events": number(cells.events),
        "cases": number(cells.events + cells.non_events),
        "sites": number(len(cells.by_site)),
        "mean": _centre(reading, "auroc", finding),
        "alone": len(cells.by_site) == 1,
        "next": words("auroc", reading.estimate("auroc", finding, "next_hospital")),
        "tau": spread
        and Words(number(spread["tau"], 2), span(*_two(spread["tau_low"], spread["tau_high"]))),
        "i2": percent(spread["i2"], 0) if spread else NOTHING,
        "sensitivity": _centre(reading, "sensitivity", finding),
        "specificity": _centre(reading, "specificity", finding),
        "rules": [
            {
                "text": short_requirement(rule),
                "chance": NOTHING if rule["probability"] is None else chance(rule["probability"]),
            }
            for rule in reading.acceptance(finding)
        ],
    }


def _two(low: float, high: float) -> tuple[str, str]:
    return number(low, 2), number(high, 2)


def _centre(reading: Reading, measure: str, finding: Finding) -> Words | None:
    found = reading.centre(measure, finding)
    return None if found is None else words(measure, found[1])


def _withheld(reading: Reading, finding: Finding) -> dict[str, str]:
    for row in reading.content["suppression"]:
        if row["finding"] == finding.code and row["sites"]:
            why = "; ".join(by_reason(reading, row["sites"]))
            return {"label": str(finding.label), "reason": why}
    return {"label": str(finding.label), "reason": _("no hospital released anything about it")}


def _requirements(reading: Reading) -> list[dict[str, str]]:
    rows = sorted(
        reading.content["acceptance"],
        key=lambda row: -1.0 if row["probability"] is None else row["probability"],
        reverse=True,
    )
    return [
        {
            "finding": str(reading.usecase.finding(row["finding"]).label),
            "rule": requirement(row),
            "met": _("{met} of {hospitals}").format(
                met=row["hospitals_met"], hospitals=row["hospitals"]
            ),
            "chance": _("cannot be said")
            if row["probability"] is None
            else chance(row["probability"]),
        }
        for row in rows
    ]


def _finding(reading: Reading, finding: Finding) -> dict[str, Any]:
    figures = [
        curve_charts.roc_figure(reading, finding),
        curve_charts.calibration_figure(reading, finding),
        curve_charts.net_benefit_figure(reading, finding),
    ]
    point = reading.usecase.operating_point_of(finding)
    return {
        "anchor": finding.code,
        "label": str(finding.label),
        "summary": _summary(reading, finding),
        "forest": charts.forest(reading, finding),
        "figures": [figure for figure in figures if figure is not None],
        "point": number(point, curve_charts.decimals(point)),
        "decisions": [_measure_row(reading, finding, m) for m in DECISION_MEASURES],
        "scores": [_measure_row(reading, finding, m) for m in _SCORES],
        "bounds": _bounds(reading, finding),
        "counts": _counts(reading, finding, point),
    }


_CELLS = ("true_positive", "false_positive", "false_negative", "true_negative")


def _counts(reading: Reading, finding: Finding, point: float) -> list[tuple[str, list[str]]]:
    """Each hospital, then all cases together, with its four counts."""
    return [
        (
            reading.labels[row["site"]] if row["site"] else _("All cases together"),
            [number(row[name]) for name in _CELLS],
        )
        for row in reading.content["counts"]
        if row["finding"] == finding.code and row["threshold"] == point
    ]


def _summary(reading: Reading, finding: Finding) -> str:
    estimand, centre = reading.known_centre("auroc", finding)
    figure = words("auroc", centre)
    if estimand == "mean_hospital":
        return _("area under the ROC curve, mean hospital: {figure}").format(figure=figure)
    return _("area under the ROC curve, one hospital: {figure}").format(figure=figure)


def _measure_row(reading: Reading, finding: Finding, measure: str) -> dict[str, Any]:
    return {
        "name": measure_name(measure),
        "seen": [words(measure, reading.estimate(measure, finding, e)) for e in _SEEN],
        "next": words(measure, reading.estimate(measure, finding, "next_hospital")),
    }


def _bounds(reading: Reading, finding: Finding) -> str:
    row = reading.row("auroc", finding, "pooled")
    if row is None or "bounds" not in row:
        return ""
    low, high = (written("auroc", bound) for bound in row["bounds"])
    return _(
        "Whatever the coarsening of the releases hides, the area of all cases together lies "
        "between {low} and {high}, sampling error aside."
    ).format(low=low, high=high)


def _subgroup(reading: Reading, subgroup: Subgroup) -> dict[str, Any]:
    levels = {level.code: str(level.label) for level in subgroup.levels}
    rows = [
        {
            "finding": str(reading.usecase.finding(row["finding"]).label),
            "level": levels[row["level"]],
            "measure": f"{measure_name(row['measure'])} ({difference_unit(row['measure'])})",
            "sites": number(row["sites"]),
            "mean": difference(row["measure"], row["estimate"]),
            "next": difference(row["measure"], _ahead(reading, row)),
            "prevalence": _share(row["prevalence"]),
            "reference": _share(row["reference_prevalence"]),
        }
        for row in reading.content["gaps"]
        if row["variable"] == subgroup.code
        and row["estimand"] == "mean_hospital"
        and row["measure"] in PART_MEASURES
    ]
    return {
        "label": str(subgroup.label),
        "reference": levels[subgroup.levels[0].code],
        "figure": charts.gaps_figure(reading, subgroup),
        "rows": rows,
    }


def _ahead(reading: Reading, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    same = ("measure", "finding", "variable", "level", "reference")
    for other in reading.content["gaps"]:
        if other["estimand"] == "next_hospital" and all(other[k] == row[k] for k in same):
            found: Mapping[str, Any] | None = other["estimate"]
            return found
    return None


def _share(counts: Mapping[str, int]) -> str:
    if not counts["cases"]:
        return NOTHING
    share = percent(counts["events"] / counts["cases"])
    return f"{share} ({number(counts['events'])}/{number(counts['cases'])})"


def _comparison_rows(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "finding": str(reading.usecase.finding(row["finding"]).label),
            "who": reading.labels[row["site"]] if row["site"] else estimand_name(row["estimand"]),
            "events": number(row["events"]),
            "cases": number(row["events"] + row["non_events"]),
            "difference": difference("auroc", row["estimate"]),
        }
        for row in reading.content["comparison"]
    ]


def _site(reading: Reading, site: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = {
        "released": _("answered"),
        "refused": _("refused to release"),
        "failed": _("failed"),
    }
    release = site["release"]
    own = next((s for s in reading.released if s.site == site["site"]), None)
    return {
        "label": said(site["label"]),
        "name": site["site"],
        "outcome": outcomes[site["outcome"]],
        "reason": said(site["reason"]) if site["reason"] else "",
        "cases": number(own.cases) if own else NOTHING,
        "people": number(own.people) if own else NOTHING,
        "synthetic": bool(own and own.synthetic),
        "key": release["signature"]["key"] if release else "",
    }


def _labels(reading: Reading) -> dict[str, Any]:
    by_place = {(row["finding"], row["site"]): row for row in reading.content["labels"]}
    highest = max(
        (row["prevalence"]["value"] for row in by_place.values() if row["prevalence"]), default=1.0
    )
    return {
        "sites": [reading.labels[site.site] for site in reading.released],
        "rows": [
            {
                "label": str(finding.label),
                "cells": [
                    _label_cell(by_place[finding.code, site.site], highest)
                    for site in reading.released
                ],
            }
            for finding in reading.usecase.findings
        ],
    }


def _label_cell(row: Mapping[str, Any], highest: float) -> dict[str, Any]:
    prevalence, called = row["prevalence"], row["positive_rate"]
    if prevalence is None:
        coded = _("not coded") if row["coded"] == 0 else _("not told")
        return {"prevalence": None, "called": None, "why": coded, "shade": 0}
    return {
        "prevalence": words("prevalence", prevalence),
        "called": words("positive_rate", called),
        "why": "",
        "shade": round(4 * (prevalence["value"] / highest) ** 0.5),
    }


def _suppression(reading: Reading, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "finding": str(reading.usecase.finding(row["finding"]).label),
        "sites": by_reason(reading, row["sites"]),
        "left_out": number(row["cases_left_out"]),
        "coded": number(row["cases_coded"]),
        "coarsening": number(row["coarsening"], 3) if row["coarsening"] else NOTHING,
        "sensitivity": _reach(row["sensitivity"]),
        "specificity": _reach(row["specificity"]),
    }


def _reach(bounds: list[float] | None) -> str:
    if bounds is None:
        return _("not known")
    if bounds[0] == bounds[1]:
        return _("nothing is missing")
    return span(percent(bounds[0]), percent(bounds[1]))


def _exclusions(reading: Reading) -> list[dict[str, str]]:
    return [
        {
            "site": reading.labels[site.site],
            "reason": said(reason),
            "cases": _("fewer than {smallest}").format(smallest=site.smallest_cell)
            if count is None
            else number(count),
        }
        for site in reading.released
        for reason, count in site.exclusions
    ]


def _card(system: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    names = {
        "intended_use": _("Intended use"),
        "training_data": _("Training data"),
        "measured": _("Performance its maker measured"),
        "limits": _("Known limits"),
        "licence": _("Licence"),
    }
    card = system.get("card", {})
    rows = [(names[key], _lines(card[key])) for key in names if card.get(key)]
    return [*rows, (_("Way in"), [system.get("door", "")]), (_("Digest"), [system["digest"]])]


def _lines(value: Any) -> list[str]:
    """A value of a card, a line for each part of a list."""
    return [_flat(part) for part in value] if isinstance(value, list | tuple) else [_flat(value)]


def _flat(value: Any) -> str:
    """A value of a card, whatever its form, as one text."""
    if isinstance(value, Mapping):
        if set(value) <= {"fr", "en"}:
            return said(value)
        return " · ".join(f"{key}: {_flat(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return " · ".join(_flat(part) for part in value)
    return str(value)


def _energy(run: Mapping[str, Any]) -> dict[str, str] | None:
    energy = run.get("energy")
    if not energy:
        return None
    return {
        "value": number(1000 * energy["value"], 2),
        "method": said(energy.get("method", "")),
    }
