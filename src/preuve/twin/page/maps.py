"""Maps: before, after and what changes, by commune and by site, over the outlines of France."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _, ngettext
from preuve.pages.chart import Figure, specification, values
from preuve.pages.extra import needed
from preuve.pages.numbers import number, percent
from preuve.pages.theme import ALERT, INK, LINE
from preuve.twin.impact import WORLDS
from preuve.twin.page.geography import Frame, around, national
from preuve.twin.page.hexagons import Cells, gather
from preuve.twin.page.names import capitals, site_name
from preuve.twin.page.reading import Reading, visible, words
from preuve.twin.page.scales import Scale, change_scale, level_scale
from preuve.twin.page.words import PLACES_OF_CARE, activity_name, measure_name, say, wish

Floats = npt.NDArray[np.float64]

_RADIUS, _SMALLEST_KM = 4.0, 3.7
_LARGEST_CIRCLE = 260
_CELLS, _OUTLINES = "cells", "outlines"
_NAMED = 4
_OVERSEAS = ("Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte")


@dataclass(frozen=True)
class Shown:
    """What a set of three maps shows: the places in the frame and how they are named."""

    frame: Frame
    name: str
    where: str


def frames(reading: Reading) -> list[Shown]:
    """France, and a closer map of the part of it that changes if it is a part."""
    shown = [Shown(national(), "france", str(_("France")))]
    if not reading.is_local:
        return shown
    communes, sites = (
        rows.select("lon", "lat", "department")
        for rows in (reading.affected, reading.services.filter(visible()))
    )
    for places in (pl.concat([communes, sites]), communes, sites):
        if (close := around(*_places(places))) is not None:
            return [*shown, Shown(close, "near", str(_("The area that changes")))]
    return shown


def _places(rows: pl.DataFrame) -> tuple[Floats, Floats, npt.NDArray[np.str_]]:
    """Longitude, latitude and département of the rows that have them."""
    kept = rows.filter(pl.col("lon").is_not_null())
    return (
        kept["lon"].to_numpy().astype(np.float64),
        kept["lat"].to_numpy().astype(np.float64),
        kept["department"].to_numpy().astype(np.str_),
    )


# --- by commune ------------------------------------------------------------------------------


def commune_maps(reading: Reading, shown: Shown) -> list[Figure]:
    """Three maps of the communes' main figure, gathered in hexagons."""
    if reading.drawn is None:
        return []
    activity, measure = reading.drawn
    rows = reading.residents
    unit = rows["unit"][0]
    cells = _cells(rows, shown.frame)
    people = rows["population"].to_numpy().astype(np.float64)
    before, after = (
        _level(cells, rows[f"{world}_value"].to_numpy(), people, measure) for world in WORLDS[:2]
    )
    moved = np.where(rows.select(visible()).to_series(), rows["difference_value"], 0.0)
    change = _change(cells, moved, rows["reference_value"].to_numpy(), people, measure)
    unit_of_level, unit_of_change = _units(measure, unit)
    levels = level_scale(before, unit_of_level, measure)
    differences = change_scale(change, unit_of_change, wish(measure))
    what = _subject(activity, measure)
    drawn = [
        (WORLDS[0], before, levels, _("Without the scenario")),
        (WORLDS[1], after, levels, _("With the scenario")),
        (WORLDS[2], np.where(change == 0, np.nan, change), differences, _("What changes")),
    ]
    return [
        _commune_map(shown, what, world, cells, figures, scale, str(title), people)
        for world, figures, scale, title in drawn
    ]


def _cells(rows: pl.DataFrame, frame: Frame) -> Cells:
    x, y = frame.pixels(*_places(rows))
    return gather(x, y, max(_RADIUS, _SMALLEST_KM * frame.scale))


def _level(cells: Cells, figures: Floats, people: Floats, measure: str) -> Floats:
    """Mean over residents; a rate per 1,000 residents where the figure is a count."""
    if measure == "stays":
        total = cells.sum(people)
        return 1000 * cells.sum(figures) / np.where(total > 0, total, np.nan)
    return cells.mean(figures, people)


def _change(cells: Cells, moved: Floats, before: Floats, people: Floats, measure: str) -> Floats:
    """Mean change over residents; a share of what was where the figure is a count."""
    if measure == "stays":
        base = cells.sum(before)
        return cells.sum(moved) / np.where(base > 0, base, np.nan)
    return cells.mean(moved, people)


def _units(measure: str, unit: str) -> tuple[str, str]:
    return ("per_1000", "proportion") if measure == "stays" else (unit, unit)


def _subject(activity: str, measure: str) -> str:
    if measure == "minutes" and activity in PLACES_OF_CARE:
        return str(_("Travel time to {place}").format(place=say(PLACES_OF_CARE[activity])))
    return f"{measure_name(measure)} · {activity_name(activity)}"


def _commune_map(
    shown: Shown,
    what: str,
    world: str,
    cells: Cells,
    figures: Floats,
    scale: Scale,
    title: str,
    people: Floats,
) -> Figure:
    classes = scale.classes(figures)
    living = cells.sum(people)
    rows = [
        [
            label,
            number(int((classes == index).sum())),
            number(float(living[classes == index].sum())),
        ]
        for index, label in enumerate(scale.labels)
    ]
    inside = people[cells.of >= 0].sum()
    if world == "difference":
        still = living[classes < 0].sum()
        rows.append([str(_("no visible change")), number(int((classes < 0).sum())), number(still)])
    description = " ".join(
        str(
            _("{label}: {people} residents ({share}).").format(
                label=label, people=people, share=share
            )
        )
        for label, _cells_of, living_here in rows
    )
    features = _features(cells, classes, scale)
    hexagons = [_hexagons(features, scale)] if features else []
    layers = [*hexagons, _outlines(), *_frame_words(shown.frame)]
    return Figure(
        name=f"communes-{shown.name}-{world}",
        title=str(_("{title}: {what}").format(title=title, what=what)),
        caption=_caption_of_communes(world, cells, shown),
        description=f"{what}. {description}",
        specification=_finished(shown.frame, layers, features),
        columns=[what, _("Hexagons"), _("Residents")],
        rows=rows,
    )


def _share(written: str, whole: float) -> float:
    digits = "".join(c for c in written if c.isdigit())
    return int(digits or 0) / whole if whole else 0.0


def _caption_of_communes(world: str, cells: Cells, shown: Shown) -> str:
    across = number(np.sqrt(3) * cells.radius / shown.frame.scale)
    text = str(
        _(
            "Communes gathered in hexagons {km} km across; mean over their residents. The darker, "
            "the larger."
        ).format(km=across)
    )
    if world != "difference":
        return text
    return text + " " + str(_("Left white: no visible change (the 95% interval holds zero)."))


def _features(
    cells: Cells, classes: npt.NDArray[np.int64], scale: Scale
) -> list[dict[str, Any]]:
    """A shape for each class that is there, made of all its cells."""
    return [
        {
            "type": "Feature",
            "properties": {"class": label},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [cells.corners(int(cell))] for cell in np.flatnonzero(classes == index)
                ],
            },
        }
        for index, label in enumerate(scale.labels)
        if (classes == index).any()
    ]


def _hexagons(features: Sequence[Mapping[str, Any]], scale: Scale) -> Any:
    alt = needed("altair")
    shown = [feature["properties"]["class"] for feature in features]
    return (
        alt.Chart(alt.Data(name=_CELLS))
        .mark_geoshape(stroke="#ffffff", strokeWidth=0.4)
        .encode(color=_colour("properties.class:N", scale, shown))
        .project(type="identity", scale=1, translate=[0, 0])
    )


def _colour(field: str, scale: Scale, shown: Sequence[str]) -> Any:
    """Colour by class; the legend says the classes that are there."""
    alt = needed("altair")
    return alt.Color(
        field,
        scale=alt.Scale(domain=list(scale.labels), range=list(scale.colours)),
        legend=alt.Legend(
            title=None,
            columns=2,
            symbolType="square",
            symbolStrokeColor=LINE,
            values=[label for label in scale.labels if label in shown],
        ),
    )


def _outlines() -> Any:
    alt = needed("altair")
    return (
        alt.Chart(alt.Data(name=_OUTLINES))
        .mark_geoshape(fill=None, stroke="#5f6b75", strokeWidth=0.6)
        .project(type="identity", scale=1, translate=[0, 0])
    )


def _frame_words(frame: Frame) -> list[Any]:
    """Names of the overseas départements under their boxes."""
    if len(frame.parts) < 2:
        return []
    rows = [
        {"x": (p.box.left + p.box.right) / 2, "y": p.box.bottom + 9, "text": name}
        for p, name in zip(frame.parts[1:], _OVERSEAS, strict=True)
    ]
    return [_at(frame, rows).mark_text(fontSize=11).encode(text="text:N")]


def _at(frame: Frame, rows: Sequence[Mapping[str, Any]]) -> Any:
    """A chart whose x and y are pixels."""
    alt = needed("altair")
    kept = {"axis": None, "title": None}
    return alt.Chart(values(alt, rows)).encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, frame.width], nice=False), **kept),
        y=alt.Y("y:Q", scale=alt.Scale(domain=[frame.height, 0], nice=False), **kept),
    )


def _finished(
    frame: Frame, layers: Sequence[Any], cells: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The specification; shapes join it last, since checking their every point takes seconds."""
    alt = needed("altair")
    chart = alt.layer(*layers).properties(width=frame.width, height=frame.height)
    drawn = specification(chart.resolve_scale(color="independent", shape="independent"))
    outlines = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "MultiLineString", "coordinates": frame.outlines()},
    }
    shapes = {_OUTLINES: [outlines], **({_CELLS: list(cells)} if cells else {})}
    return drawn | {"datasets": drawn.get("datasets", {}) | shapes}


# --- by site ---------------------------------------------------------------------------------


def site_maps(reading: Reading, shown: Shown) -> list[Figure]:
    """Three maps of the sites of the main activity: circles as large as their stays."""
    sites = _located(reading, shown.frame)
    if not sites.height:
        return []
    return [
        *(_level_map(reading, shown, sites, world) for world in WORLDS[:2]),
        _change_map(reading, shown, sites),
    ]


def _located(reading: Reading, frame: Frame) -> pl.DataFrame:
    """The services in the frame with their pixels and their occupancy."""
    rows = reading.services.filter(pl.col("lon").is_not_null())
    x, y = frame.pixels(*_places(rows))
    occupied = reading.of_services("occupancy").select(
        "finess",
        *(pl.col(f"{world}_value").alias(f"occupancy_{world}") for world in WORLDS[:2]),
    )
    located = rows.with_columns(x=pl.Series(x), y=pl.Series(y)).filter(pl.col("x").is_finite())
    return located.join(occupied, on="finess", how="left").sort(
        "reference_value", "finess", descending=[True, False]
    )


def _level_map(reading: Reading, shown: Shown, sites: pl.DataFrame, world: str) -> Figure:
    alt = needed("altair")
    open_sites = sites.filter(pl.col(f"{world}_value") > 0)
    figures = open_sites[f"occupancy_{world}"].cast(pl.Float64).to_numpy()
    scale = level_scale(figures, "proportion", "occupancy")
    classes = scale.classes(figures)
    known = bool((classes >= 0).any())
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]),
            "size": _rounded(row[f"{world}_value"]),
            **({"class": scale.labels[c]} if known and c >= 0 else {}),
        }
        for row, c in zip(open_sites.iter_rows(named=True), classes.tolist(), strict=True)
    ]
    largest = max(float(sites["reference_value"].max() or 1), 1.0)  # type: ignore[arg-type]
    marks = _at(shown.frame, rows).mark_point(
        shape="circle", filled=True, stroke=INK, strokeWidth=0.5, opacity=0.85
    )
    marks = marks.encode(
        size=alt.Size(
            "size:Q",
            scale=alt.Scale(domain=[0, largest], range=[3, _LARGEST_CIRCLE]),
            legend=None,
        ),
        color=_colour("class:N", scale, scale.labels) if known else alt.value(LINE),
    )
    closed = sites.filter((pl.col(f"{world}_value") == 0) & (pl.col("reference_value") > 0))
    layers = [_outlines(), marks, *_crosses(shown.frame, closed)]
    title = _("Without the scenario") if world == WORLDS[0] else _("With the scenario")
    what = str(
        _("{measure} and occupancy, {activity}").format(
            measure=measure_name(reading.volume), activity=activity_name(reading.activity)
        )
    )
    table = [
        [
            label,
            number(int((classes == index).sum())),
            number(float(open_sites[f"{world}_value"].to_numpy()[classes == index].sum())),
        ]
        for index, label in enumerate(scale.labels)
    ]
    if (classes < 0).any():
        rest = classes < 0
        whole = float(open_sites[f"{world}_value"].to_numpy()[rest].sum())
        table.append([str(_("occupancy not known")), number(int(rest.sum())), number(whole)])
    return Figure(
        name=f"sites-{shown.name}-{world}",
        title=str(_("{title}: {what}").format(title=title, what=what)),
        caption=str(
            _(
                "A circle for each site, its area as large as its activity; the darker, the fuller "
                "its beds. A cross: closed."
            )
        ),
        description=what
        + ". "
        + " ".join(
            str(
                _("Occupancy {label}: {sites} sites, {total} in all.").format(
                    label=label, sites=count, total=total
                )
            )
            for label, count, total in table
        ),
        specification=_finished(shown.frame, [*layers, *_frame_words(shown.frame)]),
        columns=[_("Occupancy"), _("Sites"), measure_name(reading.volume)],
        rows=table,
    )


def _change_map(reading: Reading, shown: Shown, sites: pl.DataFrame) -> Figure:
    alt = needed("altair")
    moved = sites.filter(visible())
    up, down = str(_("more")), str(_("fewer"))
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]),
            "size": _rounded(abs(row["difference_value"])),
            "way": up if row["difference_value"] > 0 else down,
        }
        for row in moved.iter_rows(named=True)
    ]
    layers = [_outlines()]
    sizes = [_rounded(abs(change)) for change in moved["difference_value"].to_list()]
    if rows:
        ways = [up, down]
        marks = _at(shown.frame, rows).mark_point(
            filled=True, stroke=INK, strokeWidth=0.5, opacity=0.9
        )
        kept = {"legend": alt.Legend(title=None, columns=2)}
        layers.append(
            marks.encode(
                size=alt.Size(
                    "size:Q",
                    scale=alt.Scale(domain=[0, max(sizes)], range=[16, _LARGEST_CIRCLE]),
                    legend=None,
                ),
                shape=alt.Shape(
                    "way:N",
                    scale=alt.Scale(domain=ways, range=["triangle-up", "triangle-down"]),
                    **kept,
                ),
                color=alt.Color(
                    "way:N", scale=alt.Scale(domain=ways, range=["#1d6b45", "#7a4aa6"]), **kept
                ),
            )
        )
    closed = sites.filter((pl.col("scenario_value") == 0) & (pl.col("reference_value") > 0))
    layers += _crosses(shown.frame, closed)
    if shown.name != "france":
        layers += _names(shown.frame, moved)
    told = _told(moved)
    what = str(
        _("{measure}, {activity}").format(
            measure=measure_name(reading.volume), activity=activity_name(reading.activity)
        )
    )
    counted = ngettext(
        "{count} site changes visibly.", "{count} sites change visibly.", moved.height
    ).format(count=number(moved.height))
    return Figure(
        name=f"sites-{shown.name}-difference",
        title=str(_("{title}: {what}").format(title=_("What changes"), what=what)),
        caption=str(
            _(
                "A triangle for each site whose 95% interval leaves zero out: up, more; down, "
                "fewer; its area as large as the change. A cross: closed."
            )
        ),
        description=f"{what}. {counted} "
        + " ".join(f"{name}: {change}." for name, _before, change in told),
        specification=_finished(shown.frame, [*layers, *_frame_words(shown.frame)]),
        columns=[_("Site"), _("Without the scenario"), _("What changes (95% interval)")],
        rows=told or [[str(_("no visible change")), "", ""]],
    )


def _told(moved: pl.DataFrame) -> list[list[str]]:
    largest = moved.sort(pl.col("difference_value").abs(), "finess", descending=[True, False])
    return [
        [
            site_name(row["finess"]),
            words(row, "reference").value,
            str(words(row, "difference")),
        ]
        for row in largest.head(12).iter_rows(named=True)
    ]


def _crosses(frame: Frame, closed: pl.DataFrame) -> list[Any]:
    if not closed.height:
        return []
    rows = [{"x": _pixel(x), "y": _pixel(y)} for x, y in closed.select("x", "y").iter_rows()]
    return [
        _at(frame, rows).mark_point(
            shape="M-1,-1L1,1M-1,1L1,-1", size=110, stroke=ALERT, strokeWidth=2.2, filled=False
        )
    ]


def _names(frame: Frame, moved: pl.DataFrame) -> list[Any]:
    """The communes of the sites that change most, written beside them."""
    largest = moved.sort(pl.col("difference_value").abs(), "finess", descending=[True, False])
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]) - 11,
            "text": capitals(str(row["commune_name"])),
        }
        for row in largest.unique("commune_name", maintain_order=True)
        .head(_NAMED)
        .iter_rows(named=True)
    ]
    if not rows:
        return []
    halo = _at(frame, rows).mark_text(fontSize=12, stroke="#ffffff", strokeWidth=3)
    return [
        halo.encode(text="text:N"),
        _at(frame, rows).mark_text(fontSize=12).encode(text="text:N"),
    ]


def _pixel(value: float) -> float:
    return round(float(value), 1)


def _rounded(value: float) -> float:
    return round(float(value), 1 if abs(value) < 100 else 0)
