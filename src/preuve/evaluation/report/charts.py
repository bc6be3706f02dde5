"""Charts of an evidence on rows: shape and words carry the meaning; colour only helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preuve.core.evidence import Estimand
from preuve.core.language import _
from preuve.core.usecase import Finding, Subgroup
from preuve.evaluation.report.reading import (
    Reading,
    difference,
    estimand_name,
    measure_name,
    words,
)
from preuve.pages.chart import Figure, described
from preuve.pages.intervals import IntervalChart, unique
from preuve.pages.numbers import NOTHING, number, percent

_SYNTHESES: tuple[Estimand, ...] = ("pooled", "within_site", "mean_hospital", "next_hospital")


def overview(reading: Reading) -> Figure | None:
    """Every finding on one line: mean hospital, next hospital, each hospital, requirement."""
    findings = reading.measured
    if not findings:
        return None
    names = dict(zip(findings, unique([str(f.label) for f in findings]), strict=True))
    centres: list[dict[str, Any]] = []
    alone: list[dict[str, Any]] = []
    ahead, sites, required, rows = [], [], [], []
    for finding, name in names.items():
        estimand, centre = reading.known_centre("auroc", finding)
        coming = reading.estimate("auroc", finding, "next_hospital")
        (centres if estimand == "mean_hospital" else alone).append(_interval(name, centre))
        if coming is not None:
            ahead.append(_interval(name, coming))
        sites += [
            {"row": name, "value": row["estimate"]["value"]}
            for row in reading.evidence.rows(
                measure="auroc", finding=finding.code, estimand="site", role="system", variable=""
            )
            if row["estimate"] is not None
        ]
        required += [
            {"row": name, "value": rule["at_least"]}
            for rule in reading.acceptance(finding)
            if rule["measure"] == "auroc" and rule["at_least"] is not None
        ]
        texts = _text("auroc", centre), _text("auroc", coming)
        rows.append([str(finding.label), estimand_name(estimand), *texts])
    chart = IntervalChart(list(names.values()), measure_name("auroc"), step=32, width=640)
    layers = [
        chart.bars(ahead),
        chart.ticks(sites),
        chart.rules(centres + alone),
        chart.points(centres, "diamond", 110),
        chart.points(alone, "triangle-up", 90, hollow=True),
        chart.marks(required),
    ]
    return Figure(
        name="overview",
        title=_("Every finding at a glance"),
        caption=_(
            "◆ mean hospital, with its 95% confidence interval (line). △ the only hospital that "
            "measured it. ▭ 95% prediction interval: where the next hospital may lie. | each "
            "hospital. ▷ what the protocol requires."
        ),
        description=described(
            _("{finding}: mean hospital {mean}; next hospital {next}."),
            [{"finding": r[0], "mean": r[2], "next": r[3]} for r in rows],
        ),
        specification=chart.finished(layers),
        columns=[
            _("Finding"),
            _("Speaks of"),
            _("Area under the ROC curve (95% confidence interval)"),
            _("Next hospital (95% prediction interval)"),
        ],
        rows=rows,
        wide=True,
    )


def forest(reading: Reading, finding: Finding, measure: str = "auroc") -> Figure:
    """The hospitals one by one, then what is said of them together and of the next one."""
    sites, syntheses = _forest_lines(reading, finding, measure)
    lines = sites + syntheses
    labels = unique([line["label"] for line in lines])
    for line, label in zip(lines, labels, strict=True):
        line["row"] = label
    chart = IntervalChart(labels, measure_name(measure), step=28, width=500)
    by_kind = {kind: [x for x in syntheses if x["kind"] == kind] for kind in _SYNTHESES}
    layers = [
        chart.separator(len(sites)),
        chart.bars(by_kind["next_hospital"]),
        chart.rules([line for line in lines if line["kind"] != "next_hospital"]),
        chart.points(sites, "square", None),
        chart.points(by_kind["pooled"], "circle", 90, hollow=True),
        chart.points(by_kind["within_site"], "triangle-up", 90, hollow=True),
        chart.points(by_kind["mean_hospital"], "diamond", 170),
        chart.words(lines),
    ]
    rules = [r for r in reading.acceptance(finding) if r["measure"] == measure]
    bounds = [b for r in rules for b in (r["at_least"], r["at_most"]) if b is not None]
    layers.append(chart.verticals(bounds))
    rows = [[line["label"], line["events"], line["text"]] for line in lines]
    return Figure(
        name=f"forest-{finding.code}",
        title=_("{measure}, hospital by hospital").format(measure=measure_name(measure)),
        caption=_(
            "■ a hospital and its 95% confidence interval; the larger the square, the more events. "
            "○ all cases together. △ average within hospitals. ◆ mean hospital. "
            "▭ 95% prediction interval for the next hospital."
        )
        + (" " + _("Dashed line: what the protocol requires.") if bounds else ""),
        description=described(_("{row}: {figure}."), [{"row": r[0], "figure": r[2]} for r in rows]),
        specification=chart.finished(layers),
        columns=[_("Hospital or synthesis"), _("Events / cases"), _("Value (95% interval)")],
        rows=rows,
        wide=True,
    )


def _forest_lines(
    reading: Reading, finding: Finding, measure: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    sites, syntheses = [], []
    for site in reading.released:
        row = reading.row(measure, finding, "site", site=site.site)
        if row is not None and row["estimate"] is not None:
            sites.append(_line(measure, row, reading.labels[site.site]))
    for estimand in _SYNTHESES:
        row = reading.row(measure, finding, estimand)
        if row is not None and row["estimate"] is not None:
            syntheses.append(_line(measure, row, estimand_name(estimand)))
    return sites, syntheses


def _line(measure: str, row: Mapping[str, Any], label: str) -> dict[str, Any]:
    estimate = row["estimate"]
    cases = row["events"] + row["non_events"]
    return {
        "label": label,
        "kind": row["estimand"],
        "size": row["events"],
        "events": f"{number(row['events'])} / {number(cases)}",
        "text": words(measure, estimate).interval
        if row["estimand"] == "next_hospital"
        else str(words(measure, estimate)),
        **{name: estimate[name] for name in ("value", "low", "high")},
    }


def gaps_figure(reading: Reading, subgroup: Subgroup, measure: str = "auroc") -> Figure | None:
    """Levels of a subgroup against the reference level, finding by finding."""
    levels = {level.code: str(level.label) for level in subgroup.levels}
    findings = {f.code: str(f.label) for f in reading.measured}
    several = len(levels) > 2
    lines, ahead = [], []
    order = list(findings)
    rows = [
        row
        for row in reading.content["gaps"]
        if (row["variable"], row["measure"]) == (subgroup.code, measure)
        and row["estimate"] is not None
        and row["finding"] in findings
    ]
    for row in sorted(
        rows, key=lambda r: (order.index(r["finding"]), list(levels).index(r["level"]))
    ):
        label = findings[row["finding"]]
        label = f"{label} · {levels[row['level']]}" if several else label
        line = {"label": label, "row": label, "finding": row["finding"]} | {
            name: row["estimate"][name] for name in ("value", "low", "high")
        }
        if row["estimand"] == "next_hospital":
            ahead.append(line)
            continue
        here, there = (_prevalence(row[k]) for k in ("prevalence", "reference_prevalence"))
        figure = difference(measure, row["estimate"])
        line |= {"text": f"{here} / {there}", "figure": str(figure)}
        lines.append(line)
    if not lines:
        return None
    reference = str(subgroup.levels[0].label)
    title = _("{variable}: difference from “{reference}”").format(
        variable=str(subgroup.label), reference=reference
    )
    chart = IntervalChart(
        list(dict.fromkeys(line["row"] for line in lines)),
        _("Difference of area under the ROC curve"),
        step=24,
        width=460,
    )
    layers = [
        chart.verticals([0.0], dashed=False),
        chart.bars([line for line in ahead if line["row"] in {x["row"] for x in lines}]),
        chart.rules(lines),
        chart.points(lines, "circle", 70),
        chart.words(lines),
    ]
    return Figure(
        name=f"gaps-{subgroup.code}",
        title=title,
        caption=_(
            "● mean hospital with its 95% confidence interval; ▭ 95% prediction interval for the "
            "next hospital. Left of 0: the system does worse than in “{reference}”. On the right, "
            "the prevalence in the group / in “{reference}”: where they differ, the gap is not "
            "only the system’s."
        ).format(reference=reference),
        description=described(
            _("{row}: {figure}."), [{"row": x["label"], "figure": x["figure"]} for x in lines]
        ),
        specification=chart.finished(layers),
        columns=[
            _("Finding"),
            _("Difference (95% confidence interval)"),
            _("Prevalence: group / reference"),
        ],
        rows=[[x["label"], x["figure"], x["text"]] for x in lines],
        wide=True,
    )


def _prevalence(counts: Mapping[str, int]) -> str:
    return percent(counts["events"] / counts["cases"]) if counts["cases"] else NOTHING


def comparison_figure(reading: Reading) -> Figure | None:
    """System minus comparator, finding by finding: each hospital, mean and next hospital."""
    findings = {f.code: str(f.label) for f in reading.measured}
    kinds: dict[str, list[dict[str, Any]]] = {"site": [], "mean_hospital": [], "next_hospital": []}
    alone: list[dict[str, Any]] = []
    for row in reading.content["comparison"]:
        if row["estimate"] is None or row["finding"] not in findings:
            continue
        line = _interval(findings[row["finding"]], row["estimate"]) | {"finding": row["finding"]}
        line["text"] = str(difference("auroc", row["estimate"]))
        (alone if row["estimand"] == "within_site" else kinds[row["estimand"]]).append(line)
    brought = {line["finding"] for line in kinds["mean_hospital"]}
    alone = [line for line in alone if line["finding"] not in brought]
    order = list(findings.values())
    known = kinds["mean_hospital"] + alone
    known.sort(key=lambda line: order.index(line["row"]))
    if not known:
        return None
    chart = IntervalChart(
        [line["row"] for line in known],
        _("Difference of area under the ROC curve"),
        step=28,
        width=500,
    )
    layers = [
        chart.verticals([0.0], dashed=False),
        chart.bars(kinds["next_hospital"]),
        chart.ticks(kinds["site"]),
        chart.rules(known),
        chart.points(kinds["mean_hospital"], "diamond", 110),
        chart.points(alone, "triangle-up", 90, hollow=True),
        chart.words(known),
    ]
    return Figure(
        name="comparison",
        title=_("{system} minus {comparator}").format(
            system=reading.system_name(), comparator=reading.system_name("comparator")
        ),
        caption=_(
            "Right of 0, {system} ranks the cases better. ◆ mean hospital with its 95% confidence "
            "interval (line and figures). △ the only hospital that measured it. ▭ 95% prediction "
            "interval for the next hospital. | each hospital."
        ).format(system=reading.system_name()),
        description=described(
            _("{row}: {figure}."), [{"row": x["row"], "figure": x["text"]} for x in known]
        ),
        specification=chart.finished(layers),
        columns=[
            _("Finding"),
            _("Mean hospital, or the only one: difference (95% confidence interval)"),
        ],
        rows=[[x["row"], x["text"]] for x in known],
        wide=True,
    )


def _interval(row: str, estimate: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": row} | {name: estimate[name] for name in ("value", "low", "high")}


def _text(measure: str, estimate: Mapping[str, Any] | None) -> str:
    return NOTHING if estimate is None else str(words(measure, estimate))
