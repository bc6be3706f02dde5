"""Charts over time: the budget year by year and payer by payer, and where people are."""

from __future__ import annotations

from typing import Any

import numpy as np

from preuve.core.language import _
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.budget import BudgetImpact
from preuve.economics.page.axes import COLOURS, FILLS, HEIGHT, SHAPES, WIDTH, short, ticks
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import symbol
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import listed, number, percent
from preuve.pages.theme import INK, MUTED

_MOST_POINTS = 61
_TOLD = 6


def budget(reading: Reading) -> Figure | None:
    """What is added to the spending of each payer, year by year."""
    found = reading.appraisal.budget
    if found is None:
        return None
    alt = needed("altair")
    parts = [(reading.payer(payer), spent) for payer, spent in
             zip(found.payers, found.by_payer, strict=True)]  # fmt: skip
    whole = str(_("All these payers"))
    if len(parts) > 1:
        parts = [(whole, found.net), *parts]
    labels = [label for label, _spent in parts]
    data: list[dict[str, Any]] = []
    for label, spent in parts:
        for year in range(found.years):
            value, low, high = (short(one) for one in mean_and_bounds(spent[year]))
            data.append(
                {"year": number(year + 1), "series": label, "y": value, "low": low, "high": high}
            )
    largest = max(max(abs(one["low"]), abs(one["high"])) for one in data)
    axis = alt.Axis(
        title=str(_("Added spending ({unit})").format(unit=symbol(reading.currency))),
        format=ticks(largest),
        tickCount=6,
    )
    years = [number(year + 1) for year in range(found.years)]
    x = alt.X(
        "year:N",
        sort=years,
        title=str(_("Year")),
        axis=alt.Axis(labelAngle=0, ticks=False, grid=False),
        scale=alt.Scale(paddingInner=0.35),
    )
    beside = alt.XOffset("series:N", sort=labels, scale=alt.Scale(domain=labels))
    legend = alt.Legend(title=None, columns=2, symbolOpacity=1, symbolSize=110)
    kept = len(labels)
    colour = alt.Color(
        "series:N", scale=alt.Scale(domain=labels, range=[INK, *COLOURS][:kept]), legend=legend
    )
    shape = alt.Shape(
        "series:N", scale=alt.Scale(domain=labels, range=["diamond", *SHAPES][:kept]), legend=legend
    )
    base = alt.Chart(values(alt, data)).encode(x=x, xOffset=beside)
    chart = alt.layer(
        alt.Chart(values(alt, [{"y": 0}])).mark_rule(color=MUTED).encode(y="y:Q"),
        base.mark_rule(strokeWidth=1.8).encode(
            y=alt.Y("low:Q", axis=axis), y2="high:Q", color=colour
        ),
        base.mark_point(size=70).encode(y=alt.Y("y:Q", axis=axis), color=colour, shape=shape),
    ).properties(width=560, height=HEIGHT)
    table = [
        [
            year,
            number(float(found.people[place].mean())),
            *(str(reading.amounts(spent[place], difference=True)) for _label, spent in parts),
        ]
        for place, year in enumerate(years)
    ]
    table.append(
        [
            str(_("All years")),
            number(float(found.people.mean(axis=1).sum())),
            *(str(reading.amounts(spent.sum(axis=0), difference=True)) for _label, spent in parts),
        ]
    )
    return Figure(
        name="budget",
        title=str(_("What is added to the spending of each payer")),
        caption=str(
            _(
                "With the technology at its expected uptake, minus without it; not discounted. "
                "Above 0: more is spent. Lines: 95% intervals. People who enter each year stay in "
                "the budget after it."
            )
        ),
        description=described(
            _("Year {year}: {spent}."),
            [{"year": row[0], "spent": listed(row[2:])} for row in table],
        ),
        specification=specification(chart),
        columns=[
            _("Year"),
            _("People who could enter, mean"),
            *(_("{payer} (95% interval)").format(payer=label) for label in labels),
        ],
        rows=table,
        wide=True,
    )


def uptakes(reading: Reading) -> list[list[str]]:
    """The budget under each uptake, all years together."""
    budget = reading.written.analyses.budget
    found = reading.appraisal.budget
    if budget is None or found is None or not reading.appraisal.budgets:
        return []
    labels = {one.name: str(one.label) for one in budget.scenarios}
    named = [(str(_("Expected uptake")), found)]
    named += [(labels[name], one) for name, one in reading.appraisal.budgets.items()]
    return [
        [
            label,
            _shares(reading, one),
            str(reading.amounts(one.net.sum(axis=0), difference=True)),
        ]
        for label, one in named
    ]


def _shares(reading: Reading, found: BudgetImpact) -> str:
    """Share of people under each technology, from the first year to the last."""
    told = []
    for k, name in enumerate(reading.others, start=1):
        first, last = float(found.uptake[k, 0]), float(found.uptake[k, -1])
        if first or last:
            told.append(
                _("{strategy}: {first} → {last}").format(
                    strategy=reading.label(name), first=percent(first, 0), last=percent(last, 0)
                )
            )
    return listed(told)


def traces(reading: Reading) -> list[Figure]:
    """Where people are over time, one for each strategy; base case."""
    trace = reading.appraisal.base.trace
    if trace is None:
        return []
    return [
        _trace(reading, name, np.asarray(trace[k]), k) for k, name in enumerate(reading.strategies)
    ]


def _fills(reading: Reading) -> list[str]:
    """The fill of each state; white for the dead."""
    states = getattr(reading.written.structure, "states", {})
    alive = iter(FILLS * len(states))
    return ["white" if one.dead else next(alive) for one in states.values()]


def _trace(reading: Reading, name: str, trace: Any, k: int) -> Figure:
    alt = needed("altair")
    length = reading.appraisal.model.compiled.cycle.years
    points = len(trace)
    kept = np.unique(np.linspace(0, points - 1, min(points, _MOST_POINTS)).round().astype(int))
    states = [reading.state(state) for state in reading.appraisal.base.states]
    data = [
        {"x": short(float(at * length)), "y": short(float(trace[at, s])), "series": state, "s": s}
        for s, state in enumerate(states)
        for at in kept
    ]
    chart = (
        alt.Chart(values(alt, data))
        .mark_area(stroke=INK, strokeWidth=0.4)
        .encode(
            x=alt.X(
                "x:Q",
                title=str(_("Years")),
                axis=alt.Axis(format=",~f", tickCount=6, grid=False),
                scale=alt.Scale(nice=False),
            ),
            y=alt.Y(
                "y:Q",
                stack="zero",
                title=str(_("Share of people")),
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=states, range=_fills(reading)),
                legend=alt.Legend(title=None, columns=2, symbolType="square", labelLimit=200),
            ),
            order="s:Q",
        )
        .properties(width=WIDTH, height=HEIGHT)
    )
    told = np.unique(np.linspace(0, points - 1, _TOLD).round().astype(int))
    table = [
        [number(float(at * length), 0 if (at * length).is_integer() else 1),
         *(percent(float(share)) for share in trace[at])]
        for at in told
    ]  # fmt: skip
    return Figure(
        name=f"trace-{k}",
        title=str(
            _("Where people are over time: {strategy}").format(strategy=reading.quoted(name))
        ),
        caption=str(
            _(
                "Base case, each figure at its central value. The bands stand in the order of the "
                "legend."
            )
        ),
        description=described(
            _("Year {year}: {shares}."),
            [
                {
                    "year": row[0],
                    "shares": listed(
                        f"{state} {share}" for state, share in zip(states, row[1:], strict=True)
                    ),
                }
                for row in table
            ],
        ),
        specification=specification(chart),
        columns=[_("Years"), *states],
        rows=table,
        wide=True,
    )
