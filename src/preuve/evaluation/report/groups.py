"""What the page says of groups of patients, and of two systems compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preuve.core.usecase import Subgroup
from preuve.evaluation.figures import PART_MEASURES
from preuve.evaluation.report import charts
from preuve.evaluation.report.reading import (
    Reading,
    difference,
    difference_unit,
    estimand_name,
    measure_name,
)
from preuve.pages.numbers import NOTHING, number, percent


def subgroup_part(reading: Reading, subgroup: Subgroup) -> dict[str, Any]:
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


def comparison_rows(reading: Reading) -> list[dict[str, Any]]:
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
