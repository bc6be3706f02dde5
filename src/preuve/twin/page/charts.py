"""Charts of an impact: who gains and who loses, the days of the period, where doubt comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from preuve.core.language import _
from preuve.pages.chart import Figure, described, specification, values
from preuve.pages.extra import needed
from preuve.pages.intervals import IntervalChart, unique
from preuve.pages.numbers import NOTHING, number, percent
from preuve.pages.theme import ACCENT, INK, MUTED, PALE
from preuve.twin.impact import BOUNDS
from preuve.twin.page.names import region_name, site_name
from preuve.twin.page.reading import Reading, Row, is_visible, visible, words
from preuve.twin.page.words import activity_name, measure_name, unit_name

RANKED = 15
"""How many winners, and how many losers, a ranking shows."""

_LONGEST_BY_WEEK = 100
_WIDTH = 620


def ranked_sites(reading: Reading) -> Figure | None:
    """The sites whose activity grows or shrinks most."""
    title = str(
        _("{measure}, {activity}: the sites that change most").format(
            measure=measure_name(reading.volume), activity=activity_name(reading.activity).lower()
        )
    )
    named = [(site_name(row["finess"]), row) for row in _extremes(reading.services)]
    return _ranking("ranked-sites", title, str(_("Site")), named)


def ranked_communes(reading: Reading) -> Figure | None:
    """The communes whose mapped figure changes most."""
    if reading.drawn is None:
        return None
    activity, measure = reading.drawn
    title = str(
        _("{measure}, {activity}: the communes that change most").format(
            measure=measure_name(measure), activity=activity_name(activity).lower()
        )
    )
    named = [(f"{row['name']} ({row['department']})", row) for row in _extremes(reading.residents)]
    return _ranking("ranked-communes", title, str(_("Commune")), named)


def _extremes(rows: pl.DataFrame) -> list[Row]:
    """The visible changes, largest rise first: at most `RANKED` rises and `RANKED` falls."""
    moved = rows.filter(visible()).sort("difference_value", descending=True, maintain_order=True)
    up = moved.filter(pl.col("difference_value") > 0).head(RANKED)
    down = moved.filter(pl.col("difference_value") < 0).tail(RANKED)
    return [*up.iter_rows(named=True), *down.iter_rows(named=True)]


def _ranking(name: str, title: str, place: str, named: Sequence[tuple[str, Row]]) -> Figure | None:
    if not named:
        return None
    labels = unique([label for label, _row in named])
    factor = 100.0 if named[0][1]["unit"] == "proportion" else 1.0
    lines = [
        {
            "row": label,
            "text": words(row, "difference").value,
            **{
                key: factor * row[f"difference_{bound}"]
                for key, bound in (("value", "value"), ("low", "low95"), ("high", "high95"))
            },
        }
        for label, (_label, row) in zip(labels, named, strict=True)
    ]
    unit = unit_name(named[0][1]["unit"])
    axis = str(_("Change ({unit})").format(unit=unit)) if unit else str(_("Change"))
    chart = IntervalChart(labels, axis, step=24, width=360)
    layers = [
        chart.verticals([0.0], dashed=False),
        chart.rules(lines),
        chart.points(lines, "circle", 60),
        chart.words(lines),
    ]
    rows = [
        [
            label,
            words(row, "reference").value,
            words(row, "scenario").value,
            str(words(row, "difference")),
        ]
        for label, (_label, row) in zip(labels, named, strict=True)
    ]
    return Figure(
        name=name,
        title=title,
        caption=str(
            _(
                "● median of the runs, with the interval that holds 95% of them. Right of 0: more "
                "than without the scenario. Only changes whose interval leaves zero out; the "
                "{count} largest each way at most."
            ).format(count=number(RANKED))
        ),
        description=described(_("{row}: {figure}."), [{"row": r[0], "figure": r[3]} for r in rows]),
        specification=_with_axis(chart.finished(layers), "~s" if _is_large(lines) else "~f"),
        columns=[
            place,
            _("Without the scenario"),
            _("With the scenario"),
            _("What changes (95% interval)"),
        ],
        rows=rows,
        wide=True,
    )


def _is_large(lines: Sequence[Mapping[str, Any]]) -> bool:
    return bool(max(abs(line["value"]) for line in lines) >= 20_000)


def _with_axis(drawn: dict[str, Any], written: str) -> dict[str, Any]:
    """The specification with the numbers of its horizontal axis written otherwise."""
    for layer in drawn["layer"]:
        axis = layer.get("encoding", {}).get("x", {}).get("axis")
        if axis:
            axis["format"] = written
    return drawn


# --- the days ------------------------------------------------------------------------------------


def daily(reading: Reading) -> list[Figure]:
    """Occupied beds, refusals and nights on a stretcher day by day, over France then nearer."""
    drawn = [_daily(reading, region, measure) for region, measure in _daily_wanted(reading)]
    return [figure for figure in drawn if figure is not None]


def _daily_wanted(reading: Reading) -> list[tuple[str, str]]:
    region = changed_region(reading)
    measures = ("occupied", "refused", "boarded")
    return [(place, m) for place in dict.fromkeys(("", region)) for m in measures]


def changed_region(reading: Reading) -> str:
    """The région where the change of a local scenario is largest; "" where there is none."""
    rows = reading.impact.regions.filter(
        (pl.col("activity") == reading.activity) & (pl.col("measure") == reading.volume) & visible()
    )
    if not rows.height or not reading.is_local:
        return ""
    lost = rows.sort(pl.col("difference_value").abs(), "region", descending=[True, False])
    return str(lost["region"][0])


def _daily(reading: Reading, region: str, measure: str) -> Figure | None:
    alt = needed("altair")
    rows, activity = _days_of(reading, region, measure)
    if 2 * rows.height <= reading.impact.days["date"].n_unique():  # most of its days are masked
        return None
    if not rows["scenario_value"].max() and not rows["reference_value"].max():
        return None
    place = str(_("France")) if region == "" else region_name(region)
    title = str(
        _("{measure} each day, {activity}, {place}").format(
            measure=measure_name(measure), activity=activity_name(activity).lower(), place=place
        )
    )
    without, with_it = str(_("without the scenario")), str(_("with the scenario"))
    worlds = {"reference": without, "scenario": with_it}
    if not (rows["difference_value"].abs() > 0).any():
        worlds = {"reference": without}
    data = [
        {
            "day": str(row["date"]),
            "world": label,
            **{
                key: _seen(row[f"{world}_{bound}"])
                for key, bound in zip("abvyz", BOUNDS, strict=True)
            },
        }
        for world, label in worlds.items()
        for row in rows.iter_rows(named=True)
    ]
    base = alt.Chart(values(alt, data)).encode(
        x=alt.X("day:T", axis=alt.Axis(title=None, format="%d/%m", grid=False, tickCount=8))
    )
    axis = alt.Axis(title=unit_name(rows["unit"][0]), tickCount=5)
    kept = alt.Scale(zero=measure != "occupied")
    colour = alt.Scale(domain=[without, with_it], range=[MUTED, ACCENT])
    dash = alt.Scale(domain=[without, with_it], range=[[5, 3], [1, 0]])
    legend = alt.Legend(title=None, symbolType="stroke", symbolOpacity=1, symbolSize=500)
    bands = [
        base.mark_area(opacity=opacity, line=False).encode(
            y=alt.Y(f"{low}:Q", axis=axis, scale=kept),
            y2=f"{high}:Q",
            color=alt.Color("world:N", scale=colour, legend=legend),
        )
        for low, high, opacity in (("a", "z", 0.16), ("b", "y", 0.28))
    ]
    lines = base.mark_line(strokeWidth=1.6).encode(
        y=alt.Y("v:Q", axis=axis, scale=kept),
        color=alt.Color("world:N", scale=colour, legend=legend),
        strokeDash=alt.StrokeDash("world:N", scale=dash, legend=legend),
    )
    chart = alt.layer(*bands, lines).properties(width=_WIDTH, height=220)
    table = _peaks(rows)
    return Figure(
        name=f"days-{region or 'france'}-{measure}",
        title=title,
        caption=str(
            _(
                "Line: median of the runs. Dark band: 80% of the runs; pale band: 95%. Dashes: "
                "without the scenario."
            )
        ),
        description=f"{title}. "
        + " ".join(
            str(
                _("{when}: {before} without, {after} with the scenario.").format(
                    when=row[0], before=row[1], after=row[2]
                )
            )
            for row in table
        ),
        specification=specification(chart),
        columns=[
            _("Period"),
            _("Highest day without the scenario (95% interval)"),
            _("Highest day with the scenario (95% interval)"),
            _("Largest change of a day (95% interval)"),
        ],
        rows=table,
        wide=True,
    )


def _days_of(reading: Reading, region: str, measure: str) -> tuple[pl.DataFrame, str]:
    """The days of a measure: of the main activity if told apart, else of the whole."""
    rows = reading.impact.days.filter(
        (pl.col("region") == region) & (pl.col("measure") == measure)
    ).sort("date")
    known = rows["activity"].unique().to_list()
    for activity in (reading.activity, "", *sorted(known)):
        if activity in known:
            return rows.filter(pl.col("activity") == activity), activity
    return rows, ""


def _seen(value: float | None) -> float | None:
    """The digits that can be seen; None for a bound that is masked."""
    if value is None:
        return None
    return round(float(value), 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 3)


def _peaks(rows: pl.DataFrame) -> list[list[str]]:
    """The highest day of each week, or of each month of a long period."""
    days = list(rows.iter_rows(named=True))
    by_week = len(days) <= _LONGEST_BY_WEEK

    def period(row: Row) -> str:
        day = row["date"]
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}" if by_week else f"{day:%Y-%m}"

    told = []
    for name, group in groupby(days, key=period):
        held = list(group)
        before = max(held, key=lambda row: row["reference_value"])
        after = max(held, key=lambda row: row["scenario_value"])
        moved = max(held, key=lambda row: abs(row["difference_value"]))
        told.append(
            [
                name,
                str(words(before, "reference")),
                str(words(after, "scenario")),
                str(words(moved, "difference")),
            ]
        )
    return told


# --- where doubt comes from ----------------------------------------------------------------------


def doubt(rows: Sequence[Row]) -> Figure | None:
    """Share of the variance of each change that chance, parameters and variants make."""
    alt = needed("altair")
    kept = [row for row in rows if is_visible(row) and _variances(row)]
    if not kept:
        return None
    names = unique([_named(row) for row in kept])
    sources = {
        "chance": str(_("chance")),
        "parameters": str(_("parameters")),
        "variants": str(_("variants of the scenario")),
    }
    data, table = [], []
    for name, row in zip(names, kept, strict=True):
        found = _variances(row)
        total = sum(found.values())
        shares = {source: found.get(source, 0.0) / total for source in sources}
        data += [
            {"row": name, "share": shares[source], "source": label, "order": place}
            for place, (source, label) in enumerate(sources.items())
        ]
        table.append(
            [name, str(words(row, "difference"))]
            + [percent(shares[s], 0) if s in found else NOTHING for s in sources]
        )
    chart = (
        alt.Chart(values(alt, data))
        .mark_bar(stroke=INK, strokeWidth=0.6, height=14)
        .encode(
            x=alt.X(
                "share:Q",
                stack="zero",
                axis=alt.Axis(title=_("Share of the variance"), format=".0%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]),
            ),
            y=alt.Y("row:N", sort=names, axis=alt.Axis(title=None, ticks=False, domain=False)),
            color=alt.Color(
                "source:N",
                scale=alt.Scale(domain=list(sources.values()), range=[PALE, "#6f9fc4", "#123f66"]),
                legend=alt.Legend(title=None),
            ),
            order="order:Q",
        )
        .properties(width=380, height=26 * len(names))
    )
    return Figure(
        name="doubt",
        title=str(_("Where the uncertainty of each change comes from")),
        caption=str(
            _(
                "Chance: what differs between two runs of the same world. Parameters: what is not "
                "known of the hypotheses. Variants: how far apart the variants of the scenario lie."
            )
        ),
        description=described(
            _("{row}: chance {chance}, parameters {parameters}, variants {variants}."),
            [{"row": r[0], "chance": r[2], "parameters": r[3], "variants": r[4]} for r in table],
        ),
        specification=specification(chart),
        columns=[_("Change"), _("What changes (95% interval)"), *sources.values()],
        rows=table,
        wide=True,
    )


def _named(row: Row) -> str:
    name = measure_name(row["measure"])
    return f"{name} ({activity_name(row['activity']).lower()})" if row["activity"] else name


def _variances(row: Row) -> dict[str, float]:
    """Variance due to each source that is known; nothing where they are all nil."""
    found = {
        name: float(row[name]) ** 2
        for name in ("chance", "parameters", "variants")
        if row[name] is not None and row[name] == row[name]
    }
    return found if sum(found.values()) > 0 else {}
