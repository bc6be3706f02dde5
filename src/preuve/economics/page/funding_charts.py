"""Charts of a funding: who pays, the maker's cash, the clock of PECAN, schemes side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.page.funding_clock import Clock
from preuve.economics.page.funding_reading import Line, Reading
from preuve.economics.page.funding_words import actor_name, chance_words, month_words, share_words
from preuve.economics.page.words import Words
from preuve.economics.pricing.flows import summary
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.intervals import IntervalChart, unique
from preuve.pages.numbers import number, span
from preuve.pages.theme import ACCENT, ALERT, INK, MUTED, PALE

_WIDTH = 620
_HEIGHT = 240
_MILLION = 1e6
_DECADES = 10_000.0
"""How far under the largest amount a logarithmic axis goes."""

_EVERY = 6
"""Months between two rows of a table of data."""

_COLOURS = (ACCENT, ALERT, MUTED, "#4a7d2c", "#6b3f87", INK)
_DASHES = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4])


def spending(line: Line) -> Figure | None:
    """What each payer spends in each month."""
    shown = line.payers
    if not shown:
        return None
    alt = needed("altair")
    names = [actor_name(actor) for actor in shown]
    paid = [line.priced.flows.paid(actor) for actor in shown]
    scale = _Scale.of(*paid)
    data, rows = [], []
    for name, amount in zip(names, paid, strict=True):
        data += [{"payer": name, **one} for one in _by_month(amount, scale)]
        rows += [[name, *row] for row in _told(line, amount)]
    base = alt.Chart(values(alt, data)).encode(x=_months(alt, line.months))
    colour = alt.Color(
        "payer:N",
        scale=alt.Scale(domain=names, range=list(_COLOURS[: len(names)])),
        legend=alt.Legend(title=None, symbolType="stroke", symbolOpacity=1, symbolSize=500),
    )
    dash = alt.StrokeDash(
        "payer:N",
        scale=alt.Scale(domain=names, range=[list(one) for one in _DASHES[: len(names)]]),
        legend=alt.Legend(title=None),
    )
    axis = alt.Axis(title=scale.titled(_("{unit} a month, tax included")), tickCount=5)
    band = base.mark_area(opacity=0.16).encode(
        y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour
    )
    means = base.mark_line(strokeWidth=2).encode(
        y=alt.Y("mean:Q", axis=axis), color=colour, strokeDash=dash
    )
    title = str(_("What each payer spends each month"))
    return Figure(
        name=f"spending-{line.name}",
        title=title,
        caption=str(_("Line: mean of the draws. Band: the interval that holds 95% of them.")),
        description=described(
            str(_("{payer}, {month}: {amount}.")),
            [{"payer": r[0], "month": r[1], "amount": r[2]} for r in rows],
        ),
        specification=_drawn(alt, band, means),
        columns=[_("Payer"), _("Month"), _("EUR in the month (95% interval)")],
        rows=rows,
        wide=True,
    )


def cash(line: Line) -> Figure | None:
    """The maker's cumulative cash."""
    if not line.has_costs:
        return None
    alt = needed("altair")
    cumulative = line.priced.account.cumulative
    scale = _Scale.of(cumulative)
    base = alt.Chart(values(alt, _by_month(cumulative, scale)))
    base = base.encode(x=_months(alt, line.months))
    axis = alt.Axis(title=scale.titled(_("{unit} since the start, without tax")), tickCount=5)
    zero = alt.Chart(values(alt, [{"mean": 0}])).mark_rule(color=MUTED, strokeDash=[5, 4])
    band = base.mark_area(opacity=0.2, color=ACCENT).encode(
        y=alt.Y("low:Q", axis=axis), y2="high:Q"
    )
    mean = base.mark_line(strokeWidth=2, color=ACCENT).encode(y=alt.Y("mean:Q", axis=axis))
    rows = _told(line, cumulative)
    return Figure(
        name=f"cash-{line.name}",
        title=str(_("Cash of the maker since the start")),
        caption=str(
            _(
                "Receipts less costs, added up, not discounted. Line: mean of the draws. Band: the "
                "interval that holds 95% of them. Dashes: zero, where the maker breaks even."
            )
        ),
        description=_sentences(rows),
        specification=_drawn(alt, band, zero.encode(y=alt.Y("mean:Q", axis=axis)), mean),
        columns=[_("Month"), _("Cumulative cash, EUR (95% interval)")],
        rows=rows,
        wide=True,
    )


def break_even(line: Line) -> Figure | None:
    """The probability that the maker has broken even by each month."""
    if not line.has_costs:
        return None
    alt = needed("altair")
    chances = line.priced.account.probability
    data = [{"month": place + 1, "chance": float(one)} for place, one in enumerate(chances)]
    chart = (
        alt.Chart(values(alt, data))
        .mark_line(strokeWidth=2, color=ACCENT, interpolate="step-after")
        .encode(x=_months(alt, line.months), y=_share_axis(alt, "chance", _("Probability")))
    )
    rows = [
        [_month(place), str(chance_words(float(chances[place]), line.draws))]
        for place in _places(line.months)
    ]
    return Figure(
        name=f"break-even-{line.name}",
        title=str(_("Probability that the maker has broken even for good")),
        caption=str(
            _(
                "Share of the draws where cash stays at zero or more from that month to the end of "
                "the horizon. The intervals of the table tell what the number of draws leaves open."
            )
        ),
        description=_sentences(rows),
        specification=_drawn(alt, chart),
        columns=[_("Month"), _("Probability (95% interval)")],
        rows=rows,
        wide=True,
    )


# --- PECAN ---------------------------------------------------------------------------------------


def timeline(line: Line, clock: Clock) -> Figure:
    """The dates of PECAN: set by law, or assumed."""
    fixed = [
        (str(_("Cover starts")), 0.0),
        (str(_("Last month to file (law)")), float(clock.filing)),
        (str(_("PECAN expires (law)")), float(clock.expiry)),
    ]
    law: list[dict[str, Any]] = [{"row": row, "value": at, "text": number(at)} for row, at in fixed]
    assumed: list[dict[str, Any]] = []
    if clock.is_filed:
        for row, found in (
            (str(_("File sent (assumed)")), clock.filed),
            (str(_("Decision (assumed)")), clock.decided),
        ):
            value, low, high = (float(q) for q in np.quantile(found, [0.5, 0.025, 0.975]))
            told = str(Words(number(value, 1), span(number(low, 1), number(high, 1))))
            assumed.append({"row": row, "value": value, "low": low, "high": high, "text": told})
    order = [str(one["row"]) for one in (law[0], *assumed[:1], law[1], law[2], *assumed[1:])]
    chart = IntervalChart(order, str(_("Months since the start")), step=34, width=400)
    drawn = chart.finished(
        [
            chart.verticals([float(clock.filing), float(clock.expiry)]),
            chart.rules(assumed),
            chart.points(assumed, "circle", 80, hollow=True),
            chart.points(law, "square", 80),
            chart.words([*law, *assumed]),
        ]
    )
    texts = {str(one["row"]): str(one["text"]) for one in (*law, *assumed)}
    rows = [[row, texts[row]] for row in order]
    return Figure(
        name=f"clock-{line.name}",
        title=str(_("Dates of PECAN: set by law, or assumed")),
        caption=str(
            _(
                "■ set by law. ○ assumed: median, with the interval that holds 95% of the draws. "
                "Without a file by the last month to send it, cover stops."
            )
        ),
        description=_sentences(rows),
        specification=_with_axis(drawn, {"format": ".0f", "tickMinStep": 1}),
        columns=[_("Date"), _("Months since the start (95% interval)")],
        rows=rows,
        wide=True,
    )


def cover(line: Line, clock: Clock) -> Figure:
    """The probability of being covered in each month."""
    alt = needed("altair")
    mean, low, high = clock.obtained
    kinds = (str(_("PECAN")), str(_("ordinary cover")))
    data = [
        {"month": at, "kind": kind, "from": float(base[place]), "to": float(top[place])}
        for kind, base, top in (
            (kinds[0], np.zeros(line.months), clock.covered),
            (kinds[1], clock.covered, clock.cover(mean)),
        )
        for at, place in _steps(line.months)
    ]
    axis = _share_axis(alt, "from", _("Probability of cover"))
    areas = (
        alt.Chart(values(alt, data))
        .mark_area(interpolate="step-after", stroke=INK, strokeWidth=0.6)
        .encode(
            x=_months(alt, line.months),
            y=axis,
            y2="to:Q",
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(kinds), range=[PALE, "#6f9fc4"]),
                legend=alt.Legend(title=None),
            ),
        )
    )
    ends = [
        {"month": at, "from": float(clock.cover(bound)[place]), "end": end}
        for end, bound in (("low", low), ("high", high))
        for at, place in _steps(line.months)
    ]
    bounds = (
        alt.Chart(values(alt, ends))
        .mark_line(strokeWidth=1.4, strokeDash=[5, 3], color=ALERT, interpolate="step-after")
        .encode(x=_months(alt, line.months), y=axis, detail="end:N")
    )
    rows = [
        [
            _month(place),
            str(share_words(*(float(clock.cover(one)[place]) for one in clock.obtained))),
        ]
        for place in _places(line.months)
    ]
    return Figure(
        name=f"cover-{line.name}",
        title=str(_("Probability of cover in each month")),
        caption=str(
            _(
                "Areas: mean of the draws. Dashes: the same if the chance of obtaining ordinary "
                "cover stood at the bounds of its interval. This chance is assumed."
            )
        ),
        description=_sentences(rows),
        specification=_drawn(alt, areas, bounds),
        columns=[_("Month"), _("Probability of cover (95% interval)")],
        rows=rows,
        wide=True,
    )


# --- schemes side by side ------------------------------------------------------------------------


def compared(reading: Reading) -> list[Figure]:
    """Spending of the payers under each scheme, then what each leaves to the maker."""
    lines = [line for line in reading.lines if not line.is_idle]
    if not lines:
        return []
    spent = [(line, line.spending) for line in lines]
    figures = [
        _side_by_side(
            "schemes-spending",
            str(_("What payers spend over {time}, scheme by scheme").format(time=lines[0].span)),
            _("{unit}, tax included, logarithmic scale"),
            spent,
            logarithmic=True,
        )
    ]
    if lines[0].has_costs:
        left = [(line, line.priced.account.cumulative[line.told - 1]) for line in lines]
        title = _("What is left to the maker after {time}, scheme by scheme")
        figures.append(
            _side_by_side(
                "schemes-maker",
                str(title.format(time=lines[0].span)),
                _("{unit} without tax, scale compressed away from zero"),
                left,
            )
        )
    return figures


def _side_by_side(
    name: str,
    title: str,
    axis: str,
    found: Sequence[tuple[Line, Floats]],
    *,
    logarithmic: bool = False,
) -> Figure:
    labels = unique([line.label for line, _draws in found])
    unit = _Scale.of(*(draws[np.newaxis] for _line, draws in found))
    layers: list[dict[str, Any]] = []
    rows = []
    for label, (line, draws) in zip(labels, found, strict=True):
        told = summary(draws[np.newaxis] / unit.euros)
        words = line.words(draws)
        bounds = zip(("value", "low", "high"), ("mean", "low95", "high95"), strict=True)
        figures = {key: float(told[name][0]) for key, name in bounds}
        layers.append({"row": label, "own": line.is_own, "text": words.value, **figures})
        rows.append([label, str(words)])
    chart = IntervalChart(labels, unit.titled(axis), step=26, width=360)
    largest = max(abs(one[key]) for one in layers for key in ("low", "high"))
    smallest = largest / _DECADES
    if logarithmic:
        layers = [{**one, "low": max(one["low"], smallest)} for one in layers]
    scale = {"type": "log"} if logarithmic else {"type": "symlog", "constant": smallest}
    drawn = chart.finished(
        [
            None if logarithmic else chart.verticals([0.0], dashed=False),
            chart.rules(layers),
            chart.points([one for one in layers if one["own"]], "square", 90),
            chart.points([one for one in layers if not one["own"]], "circle", 60, hollow=True),
            chart.words(layers),
        ]
    )
    return Figure(
        name=name,
        title=title,
        caption=str(
            _(
                "■ a scheme that the model writes. ○ an example of the house, at the amounts of "
                "its tariffs or as an illustration. Point: mean of the draws; bar: the interval "
                "that holds 95% of them."
            )
        ),
        description=_sentences(rows),
        specification=_with_axis(
            drawn,
            {"format": ",.6~g", "values": _powers(smallest, largest, both_signs=not logarithmic)},
            {**scale, "nice": False},
        ),
        columns=[_("Scheme"), _("EUR (95% interval)")],
        rows=rows,
        wide=True,
    )


# --- parts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    """The unit of an axis of money: its name, and how many euros it holds."""

    unit: str
    euros: float

    @classmethod
    def of(cls, *amounts: Floats) -> _Scale:
        largest = max(float(np.abs(summary(one)["high95"]).max()) for one in amounts)
        if largest >= _MILLION:
            return cls(str(_("EUR million")), _MILLION)
        return cls(str(_("EUR")), 1.0)

    def titled(self, template: str) -> str:
        return template.format(unit=self.unit)


def _by_month(amount: Floats, scale: _Scale) -> list[dict[str, Any]]:
    found = summary(amount / scale.euros)
    return [
        {
            "month": place + 1,
            **{
                key: float(found[name][place])
                for key, name in (("mean", "mean"), ("low", "low95"), ("high", "high95"))
            },
        }
        for place in range(len(amount))
    ]


def _told(line: Line, amount: Floats) -> list[list[str]]:
    """The rows of a table of data: some months of an amount."""
    return [[_month(place), str(line.words(amount[place]))] for place in _places(line.months)]


def _powers(smallest: float, largest: float, *, both_signs: bool) -> list[float]:
    """The powers of ten between two amounts; those under zero and zero too where asked."""
    first, last = math.ceil(math.log10(smallest)), math.floor(math.log10(largest))
    ticks = [10.0**power for power in range(first, last + 1)]
    if not both_signs:
        return ticks
    return [*(-one for one in reversed(ticks[1:])), 0.0, *ticks[1:]]


def _places(months: int) -> list[int]:
    """The first month, then one every half-year, then the last."""
    return sorted({0, *range(_EVERY - 1, months, _EVERY), months - 1})


def _steps(months: int) -> list[tuple[int, int]]:
    """Where each month begins on the axis, then where the last one ends."""
    return [*((place, place) for place in range(months)), (months, months - 1)]


def _month(place: int) -> str:
    return month_words(place + 1.0, place + 1.0, place + 1.0, 0).value


def _sentences(rows: Sequence[Sequence[str]]) -> str:
    return described("{row}: {figure}.", [{"row": r[0], "figure": r[1]} for r in rows])


def _months(alt: Any, months: int) -> Any:
    ticks = list(range(0, months + 1, max(1, months // 10 // 6 * 6 or 1)))
    return alt.X(
        "month:Q",
        axis=alt.Axis(
            title=str(_("Months since the start")), values=ticks, format=".0f", grid=False
        ),
        scale=alt.Scale(domain=[0, months], nice=False),
    )


def _share_axis(alt: Any, field: str, title: str) -> Any:
    return alt.Y(
        f"{field}:Q",
        axis=alt.Axis(title=str(title), format=".0%", tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
    )


def _drawn(alt: Any, *layers: Any) -> dict[str, Any]:
    return specification(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT))


def _with_axis(
    drawn: dict[str, Any], axis: Mapping[str, Any], scale: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The specification with its horizontal axis written otherwise."""
    for layer in drawn["layer"]:
        across = layer.get("encoding", {}).get("x", {})
        if "axis" in across:
            across["axis"] |= axis
            across["scale"] = dict(scale or across["scale"])
    return drawn
