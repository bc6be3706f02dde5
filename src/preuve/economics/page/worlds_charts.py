"""Charts of the same comparison in other worlds: hospitals, thresholds, groups, scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from preuve.core.language import _
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.compared import Compared
from preuve.economics.page.axes import interval_chart, rows, with_axes
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import symbol
from preuve.pages.chart import Figure, described
from preuve.pages.numbers import chance, percent


def centres(reading: Reading) -> Figure | None:
    """Hospital by hospital, in euros."""
    return _compared(
        reading,
        "centres",
        str(_("The comparison hospital by hospital, in money")),
        str(_("Hospital")),
        [(str(one.label), one) for one in reading.appraisal.centres],
        str(
            _(
                "Net benefit per person if the device read everywhere as it read at that hospital, "
                "with everything else unchanged."
            )
        ),
    )


def thresholds(reading: Reading) -> Figure | None:
    """Threshold by threshold of the device, in euros; from two on."""
    found = reading.appraisal.thresholds
    if len(found) < 2:
        return None
    return _compared(
        reading,
        "thresholds",
        str(_("The comparison by threshold of the device, in money")),
        str(_("Threshold of the score")),
        [(percent(float(one.name)), one) for one in found],
        str(
            _(
                "Net benefit per person if the device raised its alert at that score: a low "
                "threshold finds more and alarms more. Each threshold is a point of the ROC "
                "curve, told in money."
            )
        ),
    )


def subgroups(reading: Reading) -> Figure | None:
    named = [
        (
            str(
                _("{group} ({share} of the people)").format(
                    group=one.label, share=percent(one.share, 0)
                )
            )
            if one.share is not None
            else str(one.label),
            one,
        )
        for one in reading.appraisal.subgroups
    ]
    return _compared(
        reading,
        "subgroups",
        str(_("The comparison group by group")),
        str(_("Group")),
        named,
        str(_("Net benefit per person of each group.")),
    )


def scenarios(reading: Reading) -> Figure | None:
    named = [
        (
            str(_("{name} (structure)").format(name=one.label))
            if one.structural
            else str(one.label),
            one,
        )
        for one in reading.appraisal.scenarios
    ]
    return _compared(
        reading,
        "scenarios",
        str(_("The comparison in other worlds")),
        str(_("Scenario")),
        named,
        str(
            _(
                "Net benefit per person when one assumption changes; “structure” marks another "
                "form of the model."
            )
        ),
    )


def _compared(
    reading: Reading,
    name: str,
    title: str,
    first: str,
    named: Sequence[tuple[str, Compared]],
    caption: str,
) -> Figure | None:
    if not named or not reading.others:
        return None
    worlds = [(str(_("Main analysis")), _main(reading)), *named]
    several = len(reading.others) > 1
    lines = [
        _line(reading, f"{label} · {reading.label(strategy)}" if several else label, one, strategy)
        for label, one in worlds
        for strategy in reading.others
    ]
    labels = rows([line["label"] for line in lines])
    for line, label in zip(lines, labels, strict=True):
        line["row"] = label
    axis = _("Net benefit per person at {willingness} ({unit})").format(
        willingness=reading.willing(), unit=symbol(reading.currency)
    )
    chart = interval_chart(labels, str(axis), width=300)
    kept = len(reading.others)
    drawn = chart.finished(
        [
            chart.separator(kept),
            chart.verticals([0.0], dashed=False),
            chart.rules(lines),
            chart.points(lines[:kept], "diamond", 110),
            chart.points(lines[kept:], "circle", 60),
            chart.words(lines),
        ]
    )
    largest = max(abs(line[end]) for line in lines for end in ("low", "high"))
    return Figure(
        name=name,
        title=title,
        caption=caption
        + " "
        + str(
            _(
                "◆ main analysis; ● this row; lines: 95% intervals. Right of 0: worth its cost "
                "against {reference}."
            ).format(reference=reading.reference)
        ),
        description=described(
            _("{row}: {figure}."), [{"row": x["label"], "figure": x["text"]} for x in lines]
        ),
        specification=with_axes(drawn, largest),
        columns=[
            first,
            _("Difference of cost per person (95% interval)"),
            _("Difference of health, {unit} (95% interval)").format(unit=reading.effect_axis),
            _("Net benefit per person (95% interval)"),
            _("Probability that it is worth it"),
        ],
        rows=[[x["label"], x["cost"], x["effect"], x["text"], x["chance"]] for x in lines],
        wide=True,
    )


def _main(reading: Reading) -> Compared:
    from preuve.core.usecase import Text

    drawn = reading.appraisal.drawn
    return Compared.of("", Text(fr="-", en="-"), drawn)


def _line(reading: Reading, label: str, one: Compared, strategy: str) -> dict[str, Any]:
    at = one.strategies.index(strategy)
    cost, effect = one.cost[at] - one.cost[0], one.effect[at] - one.effect[0]
    benefit = reading.appraisal.willingness * effect - cost
    value, low, high = mean_and_bounds(benefit)
    positive = float((benefit > 0).mean() + (benefit == 0).mean() / 2)
    return {
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "text": str(reading.amount(value, low, high, difference=True)),
        "cost": str(reading.amounts(cost, difference=True)),
        "effect": str(reading.effects(effect, difference=True)),
        "chance": chance(positive),
    }
