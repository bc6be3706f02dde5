"""Charts along a willingness to pay or a price: who is best, what a mistake costs, what price."""

from __future__ import annotations

from typing import Any

import numpy as np

from preuve.core.language import _
from preuve.economics.claimed_price import ClaimedPrice
from preuve.economics.page.axes import HEIGHT, WIDTH, series, short, ticks
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import symbol
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import chance, listed
from preuve.pages.theme import ACCENT, ALERT, PALE

_TOLD = 7
_PRICES = 81


def acceptability(reading: Reading) -> Figure | None:
    """Probability that each strategy is the best one, and the frontier of the best on average."""
    if not reading.others:
        return None
    alt = needed("altair")
    found = reading.appraisal.acceptability
    labels = [reading.label(name) for name in reading.strategies]
    lines = [
        {"x": short(float(x)), "y": short(float(p)), "series": label}
        for k, label in enumerate(labels)
        for x, p in zip(found.willingness, found.probability[:, k], strict=True)
    ]
    best = [
        {"x": short(float(x)), "y": short(float(p)), "part": _part(found.best, place)}
        for place, (x, p) in enumerate(zip(found.willingness, found.frontier, strict=True))
    ]
    axes = {
        "x": _willingness_axis(alt, reading),
        "y": alt.Y(
            "y:Q",
            title=str(_("Probability of being the best")),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
    }
    chart = alt.layer(
        alt.Chart(values(alt, best))
        .mark_line(color=PALE, strokeWidth=9, strokeCap="round")
        .encode(**axes, detail="part:N"),
        _vertical(alt, reading.appraisal.willingness),
        alt.Chart(values(alt, lines))
        .mark_line(strokeWidth=2)
        .encode(**axes, **series(alt, labels)),
    ).properties(width=WIDTH, height=HEIGHT)
    table = [
        [
            reading.certain(float(found.willingness[place])),
            reading.label(reading.strategies[int(found.best[place])]),
            *(chance(float(p)) for p in found.probability[place]),
        ]
        for place in told_places(reading)
    ]
    return Figure(
        name="acceptability",
        title=str(_("Which strategy is the best, by what a {effect} is worth")).format(
            effect=reading.one_effect
        ),
        caption=str(
            _(
                "Lines: share of the draws in which each strategy is the best (acceptability "
                "curves). Pale band: the strategy that is best on average (acceptability "
                "frontier). Dashed: the value used in the conclusion."
            )
        ),
        description=described(
            _("At {x}: best on average {best}, probability {all}."),
            [{"x": r[0], "best": r[1], "all": listed(r[2:])} for r in table],
        ),
        specification=specification(chart),
        columns=[
            _("Value of one {effect}").format(effect=reading.one_effect),
            _("Best on average"),
            *(_("Probability: {name}").format(name=label) for label in labels),
        ],
        rows=table,
        wide=True,
    )


def _part(best: Any, place: int) -> str:
    """A stretch of willingness to pay where the same strategy is the best on average."""
    return str(int(np.sum(np.diff(best[: place + 1]) != 0)))


def told_places(reading: Reading) -> list[int]:
    """Places of the grid that tables tell: those of the model, and some between."""
    grid = reading.appraisal.grid
    asked = np.array(reading.written.decision.willingness_to_pay)
    even = np.linspace(grid[0], grid[-1], _TOLD)
    wanted = np.concatenate([asked, even])
    return sorted({int(np.argmin(np.abs(grid - value))) for value in wanted})


def perfect_information(reading: Reading) -> Figure | None:
    """What knowing everything would be worth, along the willingness to pay."""
    known = reading.appraisal.known
    if not reading.others or not np.any(known.perfect.value > 0):
        return None
    alt = needed("altair")
    found = known.perfect
    lines = [
        {"x": short(float(x)), "y": short(float(y))}
        for x, y in zip(found.willingness, found.value, strict=True)
    ]
    axes = {
        "x": _willingness_axis(alt, reading),
        "y": alt.Y(
            "y:Q",
            title=str(_("{unit} per person").format(unit=symbol(reading.currency))),
            axis=alt.Axis(format=ticks(float(found.value.max())), tickCount=5),
        ),
    }
    chart = alt.layer(
        _vertical(alt, reading.appraisal.willingness),
        alt.Chart(values(alt, lines)).mark_line(strokeWidth=2, color=ACCENT).encode(**axes),
    ).properties(width=WIDTH, height=HEIGHT)
    table = []
    for place in told_places(reading):
        value, error = float(found.value[place]), float(found.standard_error[place])
        ends = max(0.0, value - 1.96 * error), value + 1.96 * error
        row = [
            reading.certain(float(found.willingness[place])),
            str(reading.amount(value, *ends)),
        ]
        if known.people:
            whole = (known.people * one for one in (value, *ends))
            row.append(str(reading.amount(*whole)))
        table.append(row)
    more = [_("For everyone concerned (95% interval)")] if known.people else []
    return Figure(
        name="information",
        title=str(_("What it would be worth to know everything before deciding")),
        caption=str(
            _(
                "What is lost on average by deciding now, with what is not known (expected value "
                "of perfect information). It is highest where the choice is closest. Dashed: the "
                "value used in the conclusion."
            )
        ),
        description=described(
            _("At {x}: {y} per person."), [{"x": row[0], "y": row[1]} for row in table]
        ),
        specification=specification(chart),
        columns=[
            _("Value of one {effect}").format(effect=reading.one_effect),
            _("Per person (95% interval of the calculation)"),
            *more,
        ],
        rows=table,
        wide=True,
    )


def prices(reading: Reading) -> list[Figure]:
    """For each strategy with a price: the probability that it is worth it, by its price."""
    return [
        _price(reading, claimed, place) for place, claimed in enumerate(reading.appraisal.prices)
    ]


def _price(reading: Reading, claimed: ClaimedPrice, place: int) -> Figure:
    alt = needed("altair")
    found = claimed.value_based
    grid = np.linspace(0.0, _highest(claimed), _PRICES)
    labels = [reading.willing(float(one)) for one in found.willingness]
    worth = np.array([found.probability_worth(float(price)) for price in grid])
    lines = [
        {"x": short(float(x)), "y": short(float(y)), "series": label}
        for k, label in enumerate(labels)
        for x, y in zip(grid, worth[:, k], strict=True)
    ]
    told = series(alt, labels, 1)
    axes = {
        "x": alt.X(
            "x:Q",
            title=str(
                _("{parameter} ({unit})").format(
                    parameter=reading.parameter(claimed.parameter), unit=symbol(reading.currency)
                )
            ),
            axis=alt.Axis(format=ticks(float(grid[-1])), tickCount=6),
        ),
        "y": alt.Y(
            "y:Q",
            title=str(_("Probability that it is worth it")),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
    }
    half = alt.Chart(values(alt, [{"y": 0.5}])).mark_rule(color=PALE).encode(y="y:Q")
    chart = alt.layer(
        half,
        _vertical(alt, claimed.claimed),
        alt.Chart(values(alt, lines)).mark_line(strokeWidth=2).encode(**axes, **told),
    ).properties(width=WIDTH, height=HEIGHT)
    table = price_rows(reading, claimed)
    return Figure(
        name=f"price-{place}",
        title=str(
            _("What price is {strategy} worth?").format(strategy=reading.quoted(claimed.strategy))
        ),
        caption=str(
            _(
                "Share of the draws in which the price is worth it, against {reference}. Dashed: "
                "the price of the base case ({price})."
            ).format(reference=reading.reference, price=reading.certain(claimed.claimed))
        ),
        description=described(
            _(
                "At a value of {x}: {price}; the price of the base case is worth it with a "
                "probability of {chance}."
            ),
            [{"x": row[0], "price": row[1], "chance": row[2]} for row in table],
        ),
        specification=specification(chart),
        columns=price_columns(reading),
        rows=table,
        wide=True,
    )


def _highest(claimed: ClaimedPrice) -> float:
    asked = max((one.price for one in claimed.by_price), default=0.0)
    borne = float(np.max(claimed.value_based.high))
    middle = max(claimed.claimed, float(np.max(claimed.value_based.price)))
    return max(asked, min(borne, 4 * middle), 2 * claimed.claimed, 1e-6)


def price_columns(reading: Reading) -> list[str]:
    return [
        _("Value of one {effect}").format(effect=reading.one_effect),
        _("Price that the value would bear (95% interval)"),
        _("Probability that the price of the base case is worth it"),
    ]


def price_rows(reading: Reading, claimed: ClaimedPrice) -> list[list[str]]:
    """The price borne at each willingness to pay of the model."""
    found = claimed.value_based
    chances = found.probability_worth(claimed.claimed)
    return [
        [
            reading.certain(float(found.willingness[k])),
            str(reading.amount(*(float(one[k]) for one in (found.price, found.low, found.high)))),
            chance(float(chances[k])),
        ]
        for k in range(len(found.willingness))
    ]


def _two_figures(value: float) -> float:
    return float(f"{value:.2g}")


def ratio_rows(reading: Reading, claimed: ClaimedPrice) -> list[list[str]]:
    """The comparison at each price, as French files must show it, and the chance it is worth."""
    found = claimed.value_based
    place = int(np.argmin(np.abs(found.willingness - reading.appraisal.willingness)))
    return [
        [
            reading.certain(one.price),
            reading.certain(_two_figures(float(one.ratio.value))) if one.ratio.value is not None
            else one.ratio.words,
            chance(float(found.probability_worth(one.price)[place])),
        ]
        for one in claimed.by_price
    ]  # fmt: skip


def _willingness_axis(alt: Any, reading: Reading) -> Any:
    return alt.X(
        "x:Q",
        title=str(
            _("Value of one {effect} ({unit})").format(
                effect=reading.one_effect, unit=symbol(reading.currency)
            )
        ),
        axis=alt.Axis(format=",~f", tickCount=5, grid=False),
    )


def _vertical(alt: Any, at: float) -> Any:
    mark = {"color": ALERT, "strokeDash": [6, 4], "strokeWidth": 1.2}
    return alt.Chart(values(alt, [{"x": at}])).mark_rule(**mark).encode(x="x:Q")
