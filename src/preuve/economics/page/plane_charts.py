"""Charts of cost against health: the plane, the frontier, and who gains."""

from __future__ import annotations

from typing import Any

import numpy as np

from preuve.core.language import _
from preuve.economics.page.axes import HEIGHT, WIDTH, marks, short, ticks
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import Unit, symbol
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import NOTHING, chance, number
from preuve.pages.theme import ALERT, INK, LINE, MUTED

_POINTS, _MOST = 600, 1200


def plane(reading: Reading) -> Figure | None:
    """Draws of incremental cost against incremental effect, with the willingness to pay."""
    if not reading.others:
        return None
    alt = needed("altair")
    factor = reading.effect_unit.factor
    kept = min(_POINTS, _MOST // len(reading.others), reading.appraisal.drawn.draws)
    labels = [reading.label(name) for name in reading.others]
    points: list[dict[str, Any]] = []
    means = []
    for name in reading.others:
        cost = reading.difference(name, reading.appraisal.drawn.costs)
        effect = factor * reading.difference(name, reading.appraisal.drawn.traded)
        points += [
            {"x": short(e), "y": short(c), "series": reading.label(name)}
            for e, c in zip(effect[:kept], cost[:kept], strict=True)
        ]
        means.append(
            {"x": float(effect.mean()), "y": float(cost.mean()), "series": reading.label(name)}
        )
    across, up = (_reach([point[axis] for point in points]) for axis in "xy")
    axes = {
        "x": alt.X(
            "x:Q",
            title=str(_("Difference of health ({unit})").format(unit=reading.effect_axis)),
            scale=alt.Scale(domain=across, nice=False),
            axis=alt.Axis(format=ticks(max(map(abs, across))), tickCount=5),
        ),
        "y": alt.Y(
            "y:Q",
            title=str(
                _("Difference of cost ({unit} per person)").format(unit=symbol(reading.currency))
            ),
            scale=alt.Scale(domain=up, nice=False),
            axis=alt.Axis(format=ticks(max(map(abs, up))), tickCount=5),
        ),
    }
    told = marks(alt, labels, 1)
    slope = reading.appraisal.willingness / factor
    ends = [{"x": x, "y": slope * x} for x in _crossings(across, up, slope)]
    cloud = alt.Chart(values(alt, points)).mark_point(size=13, opacity=0.4, strokeWidth=0)
    middle = alt.Chart(values(alt, means)).mark_point(size=130, stroke="white", strokeWidth=1.5)
    chart = alt.layer(
        alt.Chart(values(alt, [{"x": 0}])).mark_rule(color=MUTED).encode(x="x:Q"),
        alt.Chart(values(alt, [{"y": 0}])).mark_rule(color=MUTED).encode(y="y:Q"),
        cloud.encode(**axes, **told),
        alt.Chart(values(alt, ends))
        .mark_line(color=ALERT, strokeDash=[6, 4], strokeWidth=1.5)
        .encode(x="x:Q", y="y:Q"),
        middle.encode(**axes, **told),
    ).properties(width=WIDTH, height=HEIGHT)
    table = [_plane_row(reading, name) for name in reading.others]
    return Figure(
        name="plane",
        title=str(_("Cost and health against {reference}").format(reference=reading.reference)),
        caption=str(
            _(
                "Each point is one draw of the uncertain figures; the large marks are the means. "
                "Right of 0: more health. Under 0: less cost. Below the dashed line "
                "({willingness}) the strategy is worth its cost in that draw. {count} of the {all} "
                "draws of each strategy are shown."
            ).format(
                willingness=reading.willing(),
                count=number(kept),
                all=number(reading.appraisal.drawn.draws),
            )
        ),
        description=described(
            _(
                "{name}: {a} of the draws cost more and bring more, {b} cost less and bring more, "
                "{c} cost less and bring less, {d} cost more and bring less."
            ),
            [dict(zip(("name", "a", "b", "c", "d"), row, strict=True)) for row in table],
        ),
        specification=specification(chart),
        columns=[
            _("Strategy"),
            _("More health, more cost"),
            _("More health, less cost"),
            _("Less health, less cost"),
            _("Less health, more cost"),
        ],
        rows=table,
        wide=True,
    )


def _plane_row(reading: Reading, name: str) -> list[str]:
    found = reading.appraisal.planes[name].quadrants
    parts = (
        found.more_effective_more_costly,
        found.more_effective_less_costly,
        found.less_effective_less_costly,
        found.less_effective_more_costly,
    )
    return [reading.label(name), *(chance(part) for part in parts)]


def _reach(found: list[float]) -> list[float]:
    """An axis that holds 0 and the points, with room around."""
    low, high = min(0.0, *found), max(0.0, *found)
    room = 0.05 * (high - low) or 1.0
    return [short(low - room), short(high + room)]


def _crossings(across: list[float], up: list[float], slope: float) -> list[float]:
    """Where a line through 0 leaves the frame."""
    if slope == 0:
        return across
    return [max(across[0], up[0] / slope), min(across[1], up[1] / slope)]


def frontier(reading: Reading) -> Figure | None:
    """Mean cost and effect of each strategy, and the frontier; for three strategies or more."""
    if len(reading.strategies) < 3:
        return None
    alt = needed("altair")
    found = reading.appraisal.frontier
    rows = [
        {
            "x": float(effect),
            "y": float(cost),
            "name": reading.label(name),
            "kind": str(_("on the frontier") if k in found.order else _("off the frontier")),
        }
        for k, (name, cost, effect) in enumerate(
            zip(reading.strategies, found.cost, found.effect, strict=True)
        )
    ]
    axes = {
        "x": alt.X(
            "x:Q",
            title=str(_("{effect} per person, mean").format(effect=reading.one_effect)),
            scale=alt.Scale(zero=False, nice=True, padding=20),
            axis=alt.Axis(format=",~f", tickCount=5),
        ),
        "y": alt.Y(
            "y:Q",
            title=str(_("Cost per person, mean ({unit})").format(unit=symbol(reading.currency))),
            scale=alt.Scale(zero=False, nice=True, padding=20),
            axis=alt.Axis(format=ticks(float(np.max(np.abs(found.cost)))), tickCount=5),
        ),
    }
    kinds = [str(_("on the frontier")), str(_("off the frontier"))]
    base = alt.Chart(values(alt, rows)).encode(**axes)
    chart = alt.layer(
        alt.Chart(values(alt, [rows[k] for k in found.order]))
        .mark_line(color=INK, strokeWidth=1.5)
        .encode(**axes, order="x:Q"),
        base.mark_point(size=90, stroke=INK, strokeWidth=1.5).encode(
            fill=alt.Fill(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[INK, "white"]),
                legend=alt.Legend(title=None),
            )
        ),
        base.mark_text(align="left", dx=9, dy=-8).encode(text="name:N"),
    ).properties(width=WIDTH, height=HEIGHT)
    table = frontier_rows(reading)
    return Figure(
        name="frontier",
        title=str(_("Efficiency frontier")),
        caption=str(
            _(
                "Means of the draws. On the line: the strategies that are best at some value of a "
                "{effect}. Above it: those for which another, or a mix of two, does better."
            ).format(effect=reading.one_effect)
        ),
        description=described(
            _("{name}: {status}."), [{"name": row[0], "status": row[3]} for row in table]
        ),
        specification=specification(chart),
        columns=frontier_columns(reading),
        rows=table,
        wide=True,
    )


def frontier_columns(reading: Reading) -> list[str]:
    return [
        _("Strategy, from the least costly"),
        _("Cost (95% interval)"),
        _("{effect} (95% interval)").format(effect=reading.one_effect),
        _("Standing"),
        _("Cost of one more {effect} than the one before on the frontier").format(
            effect=reading.one_effect
        ),
    ]


def frontier_rows(reading: Reading) -> list[list[str]]:
    """Each strategy with its standing, the least costly first."""
    found = reading.appraisal.frontier
    rows = []
    for k in np.argsort(found.cost, kind="stable"):
        standing = found.standings[k]
        name = reading.strategies[k]
        drawn = reading.appraisal.drawn
        step = standing.ratio
        told = NOTHING
        if step is not None and step.value is not None and standing.previous is not None:
            told = _step(reading, int(k), standing.previous)
        rivals = " · ".join(reading.label(reading.strategies[i]) for i in standing.dominated_by)
        rows.append(
            [
                reading.label(name),
                str(reading.amounts(drawn.costs[k])),
                str(reading.effects(drawn.traded[k])),
                standing.words + (f" ({rivals})" if rivals else ""),
                told,
            ]
        )
    return rows


def _step(reading: Reading, k: int, previous: int) -> str:
    """The ratio of a strategy against the one before it, with its interval where it has one."""
    from preuve.economics.analysis.plane import plane as against

    drawn = reading.appraisal.drawn
    found = against(drawn.costs, drawn.traded, k, previous)
    if found.ratio.value is None or found.ratio_interval is None:
        return found.words
    return str(reading.amount(float(found.ratio.value), *found.ratio_interval))


def equity(reading: Reading) -> Figure | None:
    """Net change of health against change of inequality, for each aversion to inequality."""
    made = {a: one for a, one in reading.appraisal.equity.items() if a > 0}
    if not made or not reading.others:
        return None
    alt = needed("altair")
    unit = reading.effect_unit
    labels = [reading.label(name) for name in reading.others]
    points: list[dict[str, Any]] = []
    table: list[list[str]] = []
    for aversion, found in made.items():
        for k, name in enumerate(reading.strategies[1:], start=1):
            gain, fair, whole = (
                tuple(float(one[k]) for one in (part.mean, part.low, part.high))
                for part in (found.gain, found.equity, found.welfare)
            )
            points.append(
                {
                    "series": reading.label(name),
                    "aversion": number(aversion, 0 if aversion.is_integer() else 1),
                    **_scaled(unit, "x", gain),
                    **_scaled(unit, "y", fair),
                }
            )
            table.append(
                [
                    reading.label(name),
                    points[-1]["aversion"],
                    *(str(unit.words(*part, difference=True)) for part in (gain, fair, whole)),
                ]
            )
    told = marks(alt, labels, 1)
    base = alt.Chart(values(alt, points))
    across = alt.X(
        "x:Q",
        title=str(_("Net change of health ({unit})").format(unit=reading.effect_axis)),
        axis=alt.Axis(tickCount=5, format=",~f"),
    )
    up = alt.Y(
        "y:Q",
        title=str(_("What less inequality is worth (same unit)")),
        axis=alt.Axis(tickCount=5, format=",~f"),
    )
    chart = alt.layer(
        alt.Chart(values(alt, [{"x": 0}])).mark_rule(color=LINE).encode(x="x:Q"),
        alt.Chart(values(alt, [{"y": 0}])).mark_rule(color=LINE).encode(y="y:Q"),
        base.mark_rule(strokeWidth=1).encode(
            x=_named("x_low", across), x2="x_high:Q", y=up, color=told["color"]
        ),
        base.mark_rule(strokeWidth=1).encode(
            y=_named("y_low", up), y2="y_high:Q", x=across, color=told["color"]
        ),
        base.mark_point(size=70).encode(x=across, y=up, **told),
        base.mark_text(align="left", dx=7, dy=-8, fontSize=12).encode(
            x=across, y=up, text="aversion:N"
        ),
    ).properties(width=WIDTH, height=HEIGHT)
    return Figure(
        name="equity",
        title=str(_("Health gained and inequality of health")),
        caption=str(
            _(
                "Health gained minus the health that the cost displaces elsewhere, and what the "
                "change of inequality is worth, for several aversions to inequality (the number "
                "beside each mark; Atkinson). Above 0: less inequality. Lines: 95% intervals."
            )
        ),
        description=described(
            _(
                "{name}, aversion {aversion}: net change of health {gain}, worth of less "
                "inequality {fair}."
            ),
            [dict(zip(("name", "aversion", "gain", "fair"), r[:4], strict=True)) for r in table],
        ),
        specification=specification(chart),
        columns=[
            _("Strategy"),
            _("Aversion to inequality"),
            _("Net change of health (95% interval)"),
            _("Worth of less inequality (95% interval)"),
            _("Both together (95% interval)"),
        ],
        rows=table,
        wide=True,
    )


def _scaled(unit: Unit, axis: str, found: tuple[float, ...]) -> dict[str, float]:
    names = (axis, f"{axis}_low", f"{axis}_high")
    return {name: short(unit.factor * one) for name, one in zip(names, found, strict=True)}


def _named(name: str, axis: Any) -> Any:
    copied = axis.copy()
    copied.shorthand = f"{name}:Q"
    return copied
