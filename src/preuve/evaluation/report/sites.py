"""What the page says of the hospitals: their outcome, their labels, what they kept back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preuve.core.language import _
from preuve.evaluation.report.reading import (
    Reading,
    by_reason,
    said,
    words,
)
from preuve.pages.numbers import NOTHING, number, percent, span


def site_row(reading: Reading, site: Mapping[str, Any]) -> dict[str, Any]:
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


def labels(reading: Reading) -> dict[str, Any]:
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


def suppression_row(reading: Reading, row: Mapping[str, Any]) -> dict[str, Any]:
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


def exclusions(reading: Reading) -> list[dict[str, str]]:
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
