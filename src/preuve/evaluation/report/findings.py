"""What the page says finding by finding: overview, requirements, measures, counts."""

from __future__ import annotations

from typing import Any

from preuve.core.evidence import Estimand
from preuve.core.language import _
from preuve.core.usecase import Finding
from preuve.evaluation.measures import DECISION_MEASURES
from preuve.evaluation.report import charts, curve_charts
from preuve.evaluation.report.reading import (
    Reading,
    Words,
    by_reason,
    measure_name,
    requirement,
    short_requirement,
    words,
    written,
)
from preuve.pages.numbers import NOTHING, chance, number, percent, span

_SEEN: tuple[Estimand, ...] = ("pooled", "within_site", "mean_hospital")
_SCORES = (
    "auroc",
    "average_precision",
    "brier",
    "observed_expected",
    "calibration_slope",
    "calibration_intercept",
)


def overview_row(reading: Reading, finding: Finding) -> dict[str, Any]:
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


def withheld(reading: Reading, finding: Finding) -> dict[str, str]:
    for row in reading.content["suppression"]:
        if row["finding"] == finding.code and row["sites"]:
            why = "; ".join(by_reason(reading, row["sites"]))
            return {"label": str(finding.label), "reason": why}
    return {"label": str(finding.label), "reason": _("no hospital released anything about it")}


def requirements(reading: Reading) -> list[dict[str, str]]:
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


def finding_part(reading: Reading, finding: Finding) -> dict[str, Any]:
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
