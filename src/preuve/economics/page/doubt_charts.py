"""Charts of doubt: what each figure moves, what knowing it is worth, which study would pay."""

from __future__ import annotations

from typing import Any

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.analysis.partial_information import PartialInformation
from preuve.economics.analysis.sample_information import Sampling
from preuve.economics.analysis.tornado import Bar
from preuve.economics.page.axes import (
    HEIGHT,
    WIDTH,
    interval_chart,
    rows,
    short,
    steps,
    ticks,
    with_axes,
)
from preuve.economics.page.conclusion import best_size
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import Unit, last_place, of_figure, symbol
from preuve.economics.specification.analyses import Study
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import NOTHING, number, percent
from preuve.pages.theme import ACCENT, ALERT, INK, MUTED, PALE

SHOWN = 15
_WIDTH = 1.96
_FEW = 8
_TINY = 0.005


def tornados(reading: Reading) -> list[Figure]:
    """One for each strategy: net benefit when one figure goes from its low to its high bound."""
    return [
        _tornado(reading, name, place)
        for place, name in enumerate(reading.others)
        if name in reading.appraisal.tornados and reading.appraisal.tornados[name].bars
    ]


def _tornado(reading: Reading, name: str, place: int) -> Figure:
    alt = needed("altair")
    found = reading.appraisal.tornados[name]
    bars = [bar for bar in found.bars if bar.swing > 0][:SHOWN]
    labels = rows([reading.parameter(bar.name) for bar in bars])
    low, high = str(_("figure at its low bound")), str(_("figure at its high bound"))
    data: list[dict[str, Any]] = [
        {"row": label, "from": short(found.base), "to": short(end), "end": kind}
        for label, bar in zip(labels, bars, strict=True)
        for kind, end in ((low, bar.low), (high, bar.high))
    ]
    ranges = [
        {"row": label, "text": _range(reading, bar.name)}
        for label, bar in zip(labels, bars, strict=True)
    ]
    largest = max((abs(one["to"]) for one in data), default=0.0)
    y = alt.Y(
        "row:N",
        sort=labels,
        axis=alt.Axis(
            title=None, ticks=False, domain=False, grid=True, labelPadding=8
        ),
        scale=alt.Scale(domain=labels),
    )  # fmt: skip
    axis = alt.Axis(
        title=str(
            _("Net benefit per person at {willingness} ({unit})").format(
                willingness=reading.willing(), unit=symbol(reading.currency)
            )
        ),
        format=ticks(largest),
        tickCount=6,
    )
    fill = alt.Fill(
        "end:N",
        scale=alt.Scale(domain=[low, high], range=["white", ACCENT]),
        legend=alt.Legend(title=None, columns=1),
    )
    width = 300
    chart = alt.layer(
        _rule(alt, 0.0, MUTED, dashed=False),
        alt.Chart(values(alt, data))
        .mark_bar(height=13, stroke=INK, strokeWidth=0.8)
        .encode(x=alt.X("from:Q", axis=axis), x2="to:Q", y=y, fill=fill),
        _rule(alt, found.base, ALERT, dashed=True),
        alt.Chart(values(alt, ranges))
        .mark_text(align="left")
        .encode(x=alt.value(width + 12), y=y, text="text:N"),
    ).properties(width=width, height=steps(labels) * len(labels))
    table = [_bar_row(reading, bar) for bar in bars]
    return Figure(
        name=f"tornado-{place}",
        title=str(
            _("What each figure moves, alone: {strategy} against {reference}").format(
                strategy=reading.quoted(name), reference=reading.reference
            )
        ),
        caption=str(
            _(
                "Each figure in turn goes to the bounds that hold 95% of what is believed of it "
                "(on the right), the others staying at their central value. Dashed: net benefit of "
                "the base case. Across 0 the choice turns. The {count} largest."
            ).format(count=number(len(bars)))
        ),
        description=described(
            _("{name}: from {low} to {high}."),
            [{"name": row[0], "low": row[2], "high": row[3]} for row in table],
        ),
        specification=with_axes(specification(chart), largest),
        columns=[
            _("Figure"),
            _("From … to"),
            _("Net benefit at its low bound"),
            _("Net benefit at its high bound"),
            _("Does the choice turn?"),
        ],
        rows=table,
        wide=True,
    )


def _rule(alt: Any, at: float, colour: str, *, dashed: bool) -> Any:
    dash = [5, 4] if dashed else [1, 0]
    mark = {"color": colour, "strokeDash": dash, "strokeWidth": 1.2}
    return alt.Chart(values(alt, [{"x": short(at)}])).mark_rule(**mark).encode(x="x:Q")


def _range(reading: Reading, name: str) -> str:
    figure = reading.figures[name]
    return of_figure(figure.unit).words(figure.value, *figure.interval).interval


def _bar_row(reading: Reading, bar: Bar) -> list[str]:
    ends = reading.amount(bar.low, min(bar.low, bar.high), max(bar.low, bar.high), difference=True)
    other = reading.amount(
        bar.high, min(bar.low, bar.high), max(bar.low, bar.high), difference=True
    )
    turns = str(_("yes")) if bar.reverses else str(_("no"))
    return [
        reading.parameter(bar.name),
        _range(reading, bar.name),
        ends.value,
        other.value,
        turns,
    ]


def partial_information(reading: Reading) -> Figure | None:
    """What knowing each figure, or each group of figures, would be worth."""
    known = reading.appraisal.known
    whole = float(known.perfect.value[reading.place])
    alone = [one for one in known.single if one.value[0] > _TINY * whole][:SHOWN]
    groups = known.together
    if not alone and not any(one.value[0] > 0 for one in groups.values()):
        return None
    named = [(reading.parameter(one.parameters[0]), one) for one in alone]
    named += [(reading.group(name), one) for name, one in groups.items()]
    labels = rows([label for label, _one in named])
    lines = [_worth(reading, label, one) for label, (_l, one) in zip(labels, named, strict=True)]
    title = _("Worth of knowing it, per person ({unit})").format(unit=symbol(reading.currency))
    chart = interval_chart(labels, str(title), width=300)
    drawn = chart.finished(
        [
            chart.separator(len(alone)) if groups and alone else None,
            chart.bars([{"row": one["row"], "low": 0.0, "high": one["value"]} for one in lines]),
            chart.rules(lines),
            chart.words(lines),
        ]
    )
    table = [
        [
            label,
            ", ".join(reading.parameter(p) for p in one.parameters) if len(one.parameters) > 1
            else NOTHING,
            line["text"],
            percent(float(one.value[0]) / whole, 0) if whole else "0",
            str(_("yes")) if one.adequate[0] else str(_("no")),
        ]
        for (label, one), line in zip(named, lines, strict=True)
    ]  # fmt: skip
    return Figure(
        name="partial",
        title=str(_("What it would be worth to know each figure before deciding")),
        caption=str(
            _(
                "Bars: expected value of knowing the figure exactly, at {willingness}; line: 95% "
                "interval of the calculation. Under the line: figures taken together. A figure "
                "that is not here is worth next to nothing to know: the choice would stay the same."
            ).format(willingness=reading.willing())
        ),
        description=described(
            _("{name}: {worth}."), [{"name": row[0], "worth": row[2]} for row in table]
        ),
        specification=with_axes(drawn, max(one["high"] for one in lines)),
        columns=[
            _("Figure or group"),
            _("Figures in it"),
            _("Worth per person (95% interval of the calculation)"),
            _("Share of knowing everything"),
            _("Well fitted?"),
        ],
        rows=table,
        wide=True,
    )


def _worth(reading: Reading, row: str, one: PartialInformation) -> dict[str, Any]:
    value, error = float(one.value[0]), float(one.standard_error[0])
    low, high = max(0.0, value - _WIDTH * error), value + _WIDTH * error
    text = str(reading.amount(value, low, high))
    return {"row": row, "value": value, "low": low, "high": high, "text": text}


def studies(reading: Reading) -> list[Figure]:
    """One for each study: what it would bring by its size, once paid for."""
    return [
        _study(reading, study, found, place)
        for place, (study, found) in enumerate(reading.appraisal.known.studies)
    ]


def _study(reading: Reading, study: Study, found: Sampling, place: int) -> Figure:
    alt = needed("altair")
    sizes = found.sizes / study.cluster
    data = [
        {
            "x": short(float(size)),
            "y": short(float(net)),
            "low": short(float(net - _WIDTH * error)),
            "high": short(float(net + _WIDTH * error)),
            "best": k == found.best,
        }
        for k, (size, net, error) in enumerate(
            zip(sizes, found.net, found.standard_error, strict=True)
        )
    ]
    wide = sizes.max() > 20 * sizes.min() > 0
    x = alt.X(
        "x:Q",
        title=str(study.unit),
        scale=alt.Scale(type="log" if wide else "linear", nice=False, padding=14),
        axis=alt.Axis(
            format=",~f", values=[float(one) for one in sizes] if len(sizes) <= _FEW else None,
            grid=False,
        ),
    )  # fmt: skip
    largest = max(abs(one[end]) for one in data for end in ("low", "high"))
    axis = alt.Axis(
        title=str(_("Net benefit of the study ({unit})").format(unit=symbol(reading.currency))),
        format=ticks(largest),
        tickCount=5,
    )
    base = alt.Chart(values(alt, data)).encode(x=x)
    fill = alt.condition("datum.best", alt.value(INK), alt.value("white"))
    chart = alt.layer(
        alt.Chart(values(alt, [{"y": 0}])).mark_rule(color=MUTED).encode(y="y:Q"),
        base.mark_area(opacity=0.7, color=PALE).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_line(strokeWidth=1.6, color=ACCENT).encode(y=alt.Y("y:Q", axis=axis)),
        base.mark_point(size=70, stroke=INK).encode(y=alt.Y("y:Q", axis=axis), fill=fill),
    ).properties(width=WIDTH, height=HEIGHT)
    table = _study_rows(reading, found, sizes)
    return Figure(
        name=f"study-{place}",
        title=str(_("What the study would bring, by its size: {study}").format(study=study.label)),
        caption=str(
            _(
                "Worth of what it would teach to everyone concerned ({people} people, discounted), "
                "minus its cost. Band: 95% interval of the calculation. Dark: {size} {unit}, the "
                "best of these sizes. Above 0 the study pays for itself."
            ).format(
                people=Unit().text(reading.appraisal.known.people, _thousands(reading)),
                size=number(best_size(study, found)),
                unit=study.unit,
            )
        ),
        description=described(
            _("{size} {unit}: {net}."),
            [{"size": row[0], "unit": str(study.unit), "net": row[-1]} for row in table],
        ),
        specification=specification(chart),
        columns=[
            str(study.unit),
            _("People, tracings or exams"),
            _("Cost of the study"),
            _("Worth of what it teaches"),
            _("Net benefit (95% interval of the calculation)"),
        ],
        rows=table,
        wide=True,
    )


def _thousands(reading: Reading) -> int:
    """The place of the third figure of the people concerned."""
    return last_place(0.0, reading.appraisal.known.people) - 1


def _study_rows(reading: Reading, found: Sampling, sizes: Floats) -> list[list[str]]:
    told = []
    for k, size in enumerate(sizes):
        error = _WIDTH * float(found.standard_error[k])
        value, net = float(found.value[k]), float(found.net[k])
        told.append(
            [
                number(float(size)),
                number(float(found.sizes[k])),
                reading.certain(float(found.cost[k])),
                str(reading.amount(value, max(0.0, value - error), value + error)),
                str(reading.amount(net, net - error, net + error, difference=True)),
            ]
        )
    return told
