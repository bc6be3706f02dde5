"""Maps by commune: thousands of communes gathered in hexagons, before, after and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.chart import Figure, described
from preuve.pages.extra import needed
from preuve.pages.numbers import number, percent
from preuve.twin.impact import WORLDS
from preuve.twin.page.geography import Frame
from preuve.twin.page.hexagons import Cells, gather
from preuve.twin.page.maps import CELLS, Shown, colour, finished, frame_words, outlines, places
from preuve.twin.page.reading import Reading, visible
from preuve.twin.page.scales import Scale, change_scale, level_scale
from preuve.twin.page.words import PLACES_OF_CARE, activity_name, measure_name, say, wish

Floats = npt.NDArray[np.float64]

_RADIUS, _SMALLEST_KM = 4.0, 4.2


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
    x, y = frame.pixels(*places(rows))
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
    rows = _by_class(classes, scale, cells.sum(people), world)
    description = described(
        _("{label}: {people} residents ({share})."),
        [{"label": row[0], "people": row[2], "share": row[3]} for row in rows],
    )
    features = _features(cells, classes, scale)
    hexagons = [_hexagons(features, scale)] if features else []
    layers = [*hexagons, outlines(), *frame_words(shown.frame)]
    return Figure(
        name=f"communes-{shown.name}-{world}",
        title=str(_("{title}: {what}").format(title=title, what=what)),
        caption=_caption_of_communes(world, cells, shown),
        description=f"{what}. {description}",
        specification=finished(shown.frame, layers, features),
        columns=[what, _("Hexagons"), _("Residents"), _("Share of the residents")],
        rows=rows,
    )


def _by_class(
    classes: npt.NDArray[np.int64], scale: Scale, living: Floats, world: str
) -> list[list[str]]:
    """Of each class: its words, its cells, its residents and their share."""
    whole = float(living.sum()) or 1.0
    told = [(label, classes == index) for index, label in enumerate(scale.labels)]
    if world == "difference":
        told.append((str(_("no visible change")), classes < 0))
    return [
        [
            label,
            number(int(held.sum())),
            number(float(living[held].sum())),
            percent(float(living[held].sum()) / whole),
        ]
        for label, held in told
        if held.any()
    ]


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
    return (
        text
        + " "
        + str(_("White: no visible change (the 95% interval holds zero), or no commune there."))
    )


def _features(cells: Cells, classes: npt.NDArray[np.int64], scale: Scale) -> list[dict[str, Any]]:
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
        alt.Chart(alt.Data(name=CELLS))
        .mark_geoshape(stroke="#ffffff", strokeWidth=0.4)
        .encode(color=colour("properties.class:N", scale, shown))
        .project(type="identity", scale=1, translate=[0, 0])
    )
