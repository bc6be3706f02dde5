"""Charts of one finding's curves: ROC, calibration and net benefit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from preuve.core.language import _
from preuve.core.usecase import Finding
from preuve.evaluation.curves import Calibration, NetBenefit, Roc, calibration, net_benefit, roc
from preuve.evaluation.report.reading import Reading, Words, words, written
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import number, percent, span
from preuve.pages.theme import ACCENT, ALERT, DASHED, DOTTED, INK, LINE, MUTED, PALE, SOLID

_SIDE = 300
_FEW_POINTS = 15


def roc_figure(reading: Reading, finding: Finding) -> Figure | None:
    """The ROC curve of all cases together over those of the hospitals, and the operating point."""
    cells = reading.cells(finding)
    if not cells.by_site:
        return None
    alt = needed("altair")
    pooled = roc([cell.histogram for cell in cells.pooled])
    curves = [
        {"x": x, "y": y, "curve": site, "kind": _("each hospital")}
        for site, cell in cells.by_site.items()
        for x, y in _points(roc([cell.histogram], 30))
    ]
    curves += [{"x": x, "y": y, "curve": "", "kind": _("together")} for x, y in _points(pooled)]
    axes = _square_axes(alt, _("1 − specificity"), _("Sensitivity"), [0, 1], [0, 1], "%")
    kinds = [_("together"), _("each hospital")]
    lines = (
        alt.Chart(values(alt, curves))
        .mark_line(interpolate="linear")
        .encode(
            **axes,
            detail="curve:N",
            strokeDash=alt.StrokeDash("kind:N", scale=_scale(alt, kinds, [SOLID, DOTTED])).title(
                None
            ),
            color=alt.Color("kind:N", scale=_scale(alt, kinds, [INK, MUTED])).title(None),
            strokeWidth=alt.StrokeWidth("kind:N", scale=_scale(alt, kinds, [2.5, 1.2])).title(None),
        )
    )
    chance_line = (
        alt.Chart(values(alt, [{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        .mark_line(color=LINE, strokeWidth=1)
        .encode(x="x:Q", y="y:Q")
    )
    exact = [{"x": x, "y": y} for x, y in _points(pooled)]
    corners = alt.Chart(values(alt, exact)).mark_point(size=22).encode(x="x:Q", y="y:Q")
    few = [corners] if len(exact) <= _FEW_POINTS else []
    point, said_point = _operating_point(alt, reading, finding)
    chart = alt.layer(chance_line, lines, *few, *point).properties(width=_SIDE, height=_SIDE)
    shown = list(_points(pooled))[:: max(1, len(pooled.sensitivity) // 12)]
    return Figure(
        name=f"roc-{finding.code}",
        title=_("ROC curve"),
        caption=_(
            "All cases of {count} hospitals together (solid) and each hospital (dotted). "
            "A point exists only where every release tells the scores apart, and is exact there; "
            "the straight lines between points are drawn, not measured."
        ).format(count=len(cells.pooled))
        + " "
        + said_point,
        description=said_point
        + " "
        + described(
            _("At {x} false positives, sensitivity is {y}."),
            [{"x": percent(x, 0), "y": percent(y, 0)} for x, y in shown[1:-1]],
        ),
        specification=specification(chart),
        columns=[_("1 − specificity"), _("Sensitivity")],
        rows=[[percent(x), percent(y)] for x, y in shown],
    )


def _operating_point(alt: Any, reading: Reading, finding: Finding) -> tuple[list[Any], str]:
    sensitivity = reading.estimate("sensitivity", finding, "pooled")
    specificity = reading.estimate("specificity", finding, "pooled")
    if sensitivity is None or specificity is None:
        return [], _("The operating point is not shown: a release does not tell it apart.")
    row = {
        "x": 1 - specificity["value"],
        "x1": 1 - specificity["high"],
        "x2": 1 - specificity["low"],
        "y": sensitivity["value"],
        "y1": sensitivity["low"],
        "y2": sensitivity["high"],
    }
    base = alt.Chart(values(alt, [row])).encode(x="x:Q", y="y:Q")
    layers = [
        base.mark_rule(strokeWidth=2, color=ALERT).encode(x="x1:Q", x2="x2:Q"),
        base.mark_rule(strokeWidth=2, color=ALERT).encode(y="y1:Q", y2="y2:Q"),
        base.mark_point(shape="diamond", size=110, color=ALERT),
    ]
    text = _(
        "◆ operating point (score {point}): sensitivity {sensitivity}, specificity {specificity}, "
        "all cases together."
    )
    point = reading.usecase.operating_point_of(finding)
    return layers, text.format(
        point=number(point, decimals(point)),
        sensitivity=words("sensitivity", sensitivity),
        specificity=words("specificity", specificity),
    )


def calibration_figure(reading: Reading, finding: Finding) -> Figure | None:
    """Observed against predicted, over the distribution of the scores."""
    cells = reading.cells(finding)
    found = calibration(cells) if cells.by_site else None
    if found is None:
        return None
    alt = needed("altair")
    reach = float(found.edges[-1])
    axes = _square_axes(
        alt, _("Predicted probability"), _("Observed share"), [0, reach], [0, reach], _ticks(reach)
    )
    groups = [
        {"x": g.predicted, "y": g.observed, "y1": g.low, "y2": min(g.high, reach)}
        for g in found.groups
    ]
    ideal = (
        alt.Chart(values(alt, [{"x": 0, "y": 0}, {"x": reach, "y": reach}]))
        .mark_line(color=MUTED, strokeDash=DASHED, strokeWidth=1)
        .encode(**axes)
    )
    base = alt.Chart(values(alt, groups)).encode(x="x:Q", y="y:Q")
    curve = alt.layer(
        ideal,
        base.mark_line(strokeWidth=1.5),
        base.mark_rule(strokeWidth=1.5).encode(y="y1:Q", y2="y2:Q"),
        base.mark_point(size=55),
    ).properties(width=_SIDE, height=_SIDE)
    chart = alt.vconcat(curve, _distribution(alt, found), spacing=6)
    return Figure(
        name=f"calibration-{finding.code}",
        title=_("Calibration"),
        caption=_(
            "● groups of cases of rising score, all hospitals together, with 95% intervals that "
            "take cases as independent. On the dashed line, what is predicted is what is observed. "
            "Below: where the scores lie, with the finding (up, dark) and without (down, light), "
            "each at its own scale; approximate where a hospital merged its scores."
        ),
        description=described(
            _("Predicted {predicted}, observed {observed}."),
            [
                {"predicted": percent(g.predicted), "observed": percent(g.observed)}
                for g in found.groups
            ],
        ),
        specification=specification(chart),
        columns=[_("Cases"), _("Events"), _("Predicted"), _("Observed (95% interval)")],
        rows=[
            [
                number(g.cases),
                number(g.events),
                percent(g.predicted),
                str(Words(percent(g.observed), span(percent(g.low), percent(g.high)))),
            ]
            for g in found.groups
        ],
    )


def _distribution(alt: Any, found: Calibration) -> Any:
    rows = [
        {
            "x1": float(found.edges[i]),
            "x2": float(found.edges[i + 1]),
            "y1": 0.0,
            "y2": sign * float(found.shares[row, i] / found.shares[row].max()),
            "kind": kind,
        }
        for row, sign, kind in ((1, 1, "with"), (0, -1, "without"))
        for i in range(len(found.edges) - 1)
        if found.shares[row, i] > 0
    ]
    return (
        alt.Chart(values(alt, rows))
        .mark_rect(stroke=INK, strokeWidth=0.6)
        .encode(
            x=alt.X("x1:Q", axis=None, scale=alt.Scale(domain=[0, float(found.edges[-1])])),
            x2="x2:Q",
            y=alt.Y("y1:Q", axis=None),
            y2="y2:Q",
            color=alt.Color(
                "kind:N", scale=_scale(alt, ["with", "without"], [INK, PALE]), legend=None
            ),
        )
        .properties(width=_SIDE, height=56)
    )


def net_benefit_figure(reading: Reading, finding: Finding) -> Figure | None:
    """The decision curve: the system against calling everyone, or no one, positive."""
    cells = reading.cells(finding)
    found = net_benefit(cells)
    if found is None:
        return None
    alt = needed("altair")
    kinds = [_("the system"), _("call everyone"), _("call no one")]
    floor, top = _net_benefit_range(found)
    rows = []
    even = np.linspace(0.0, found.threshold[-1], 40)
    policies = (
        (found.threshold, found.system),
        (even, found.everyone(even)),
        (even[[0, -1]], np.zeros(2)),
    )
    for kind, (thresholds, benefits) in zip(kinds, policies, strict=True):
        rows += [
            {"x": float(x), "y": float(y), "kind": kind}
            for x, y in zip(thresholds, benefits, strict=True)
            if y >= floor
        ]
    reach = [0.0, 1.04 * float(found.threshold[-1])]
    axes = _square_axes(
        alt,
        _("Threshold probability"),
        _("Net benefit per case"),
        reach,
        [floor, top],
        _ticks(reach[1]),
    )
    axes["y"] = axes["y"].axis(format=".3~f", tickCount=5)
    lines = (
        alt.Chart(values(alt, rows))
        .mark_line(clip=True)
        .encode(
            **axes,
            strokeDash=alt.StrokeDash(
                "kind:N", scale=_scale(alt, kinds, [SOLID, DASHED, DOTTED])
            ).title(None),
            color=alt.Color("kind:N", scale=_scale(alt, kinds, [ACCENT, INK, INK])).title(None),
        )
    )
    points, table = _net_benefit_points(reading, finding, found, floor)
    base = alt.Chart(values(alt, points)).encode(x="x:Q")
    chart = alt.layer(
        lines,
        base.mark_rule(strokeWidth=2, color=ACCENT, clip=True).encode(y="y1:Q", y2="y2:Q"),
        base.mark_point(size=50, color=ACCENT, clip=True).encode(y="y:Q"),
    ).properties(width=_SIDE, height=_SIDE)
    return Figure(
        name=f"benefit-{finding.code}",
        title=_("Decision curve"),
        caption=_(
            "● the protocol’s thresholds, with 95% intervals, all cases together. Where the solid "
            "line is above both others, acting on the system helps more than it harms, if a missed "
            "case weighs against a false alarm as the threshold says."
        ),
        description=described(
            _("At {x}, net benefit {y}."), [{"x": r[0], "y": r[1]} for r in table]
        ),
        specification=specification(chart),
        columns=[_("Threshold"), _("The system (95% interval)"), _("Call everyone")],
        rows=table,
    )


def _net_benefit_range(found: NetBenefit) -> tuple[float, float]:
    top = max(float(found.system.max()), found.prevalence, 0.001)
    return -0.25 * top, 1.08 * top


def _net_benefit_points(
    reading: Reading, finding: Finding, found: NetBenefit, floor: float
) -> tuple[list[dict[str, float]], list[list[str]]]:
    points, table = [], []
    for threshold in reading.usecase.thresholds_of(finding):
        row = reading.row("net_benefit", finding, "pooled", threshold=threshold)
        if row is None or row["estimate"] is None:
            continue
        estimate = row["estimate"]
        low = max(estimate["low"], floor)
        points.append({"x": threshold, "y": estimate["value"], "y1": low, "y2": estimate["high"]})
        everyone = float(found.everyone(np.array([threshold]))[0])
        table.append(
            [
                number(threshold, decimals(threshold)),
                str(words("net_benefit", estimate)),
                written("net_benefit", everyone),
            ]
        )
    return points, table


def _points(curve: Roc) -> list[tuple[float, float]]:
    return [
        (round(float(x), 4), round(float(y), 4))
        for x, y in zip(curve.false_positive_rate, curve.sensitivity, strict=True)
    ]


def _scale(alt: Any, domain: Sequence[str], reach: Sequence[Any]) -> Any:
    return alt.Scale(domain=list(domain), range=list(reach))


def _square_axes(
    alt: Any, x: str, y: str, across: Sequence[float], up: Sequence[float], form: str
) -> dict[str, Any]:
    return {
        "x": alt.X(
            "x:Q",
            title=x,
            scale=alt.Scale(domain=list(across)),
            axis=alt.Axis(format=form, tickCount=5),
        ),
        "y": alt.Y(
            "y:Q",
            title=y,
            scale=alt.Scale(domain=list(up)),
            axis=alt.Axis(format=form, tickCount=5),
        ),
    }


def _ticks(reach: float) -> str:
    return "%" if reach > 0.05 else ".1%"


def decimals(threshold: float) -> int:
    """As many decimals as a threshold was written with, two at least."""
    return max(2, len(f"{threshold:.6f}".rstrip("0").partition(".")[2]))
