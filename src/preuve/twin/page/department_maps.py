"""Maps by département, for a scenario that moves no service: before, after and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.chart import Figure, described
from preuve.pages.extra import needed
from preuve.twin.impact import WORLDS
from preuve.twin.page.geography import Frame
from preuve.twin.page.maps import CELLS, Shown, colour, finished, frame_words, outlines
from preuve.twin.page.names import department_name
from preuve.twin.page.reading import Reading, is_visible, words
from preuve.twin.page.scales import POINT, Scale, change_scale, level_scale
from preuve.twin.page.words import activity_name, measure_name, wish

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_MEASURES = ("occupancy", "use_rate")
_TOLD = 15


def department_maps(reading: Reading, shown: Shown) -> list[Figure]:
    """Three maps of one measure of the main activity; none where it is told of no département."""
    rows = _rows(reading)
    if not rows.height or len(shown.frame.parts) < 2:
        return []
    measure, unit = str(rows["measure"][0]), str(rows["unit"][0])
    levels = level_scale(rows["reference_value"].to_numpy(), unit, measure)
    moved = POINT if unit == "proportion" else unit
    seen = np.array([is_visible(row) for row in rows.iter_rows(named=True)])
    change = np.where(seen, rows["difference_value"].to_numpy(), np.nan)
    scales = (levels, levels, change_scale(change, moved, wish(measure)))
    figures = (rows["reference_value"].to_numpy(), rows["scenario_value"].to_numpy(), change)
    return [
        _map(shown, rows, world, scale.classes(values), scale)
        for world, values, scale in zip(WORLDS, figures, scales, strict=True)
    ]


def _rows(reading: Reading) -> pl.DataFrame:
    """One row for each département, of the first measure that is told."""
    own = reading.impact.departments.filter(pl.col("activity") == reading.activity)
    for measure in _MEASURES:
        rows = own.filter(pl.col("measure") == measure).sort("department")
        if rows.height:
            return rows
    return own.clear()


def _map(shown: Shown, rows: pl.DataFrame, world: str, classes: Integers, scale: Scale) -> Figure:
    titles = {
        WORLDS[0]: _("Without the scenario"),
        WORLDS[1]: _("With the scenario"),
        WORLDS[2]: _("What changes"),
    }
    what = f"{measure_name(rows['measure'][0])}, {activity_name(rows['activity'][0]).lower()}"
    features = _features(shown.frame, rows["department"].to_list(), classes, scale)
    told = _told(rows, world)
    caption = str(_("One colour for each département; the darker, the larger."))
    if world == WORLDS[2]:
        caption += " " + str(_("White: no visible change (the 95% interval holds zero)."))
    return Figure(
        name=f"departments-{shown.name}-{world}",
        title=str(_("{title}: {what}").format(title=titles[world], what=what)),
        caption=caption,
        description=f"{what}. "
        + described(_("{row}: {figure}."), [{"row": row[0], "figure": row[1]} for row in told]),
        specification=finished(
            shown.frame,
            [*_filled(features, scale), outlines(), *frame_words(shown.frame)],
            features,
        ),
        columns=[_("Département"), _("Figure (95% interval)")],
        rows=told,
    )


def _told(rows: pl.DataFrame, world: str) -> list[list[str]]:
    """The départements with the largest figures, or the largest changes."""
    ordered = rows.sort(pl.col(f"{world}_value").abs(), "department", descending=[True, False])
    return [
        [department_name(row["department"]), str(words(row, world))]
        for row in ordered.head(_TOLD).iter_rows(named=True)
    ]


def _features(
    frame: Frame, codes: Sequence[str], classes: Integers, scale: Scale
) -> list[dict[str, Any]]:
    """A shape for each class that is there, made of its départements."""
    drawn = frame.departments()
    return [
        {
            "type": "Feature",
            "properties": {"class": label},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [ring]
                    for code, one in zip(codes, classes.tolist(), strict=True)
                    if one == index
                    for ring in drawn.get(code, ())
                ],
            },
        }
        for index, label in enumerate(scale.labels)
        if (classes == index).any()
    ]


def _filled(features: Sequence[Mapping[str, Any]], scale: Scale) -> list[Any]:
    if not features:
        return []
    alt = needed("altair")
    shown = [feature["properties"]["class"] for feature in features]
    return [
        alt.Chart(alt.Data(name=CELLS))
        .mark_geoshape(strokeWidth=0)
        .encode(color=colour("properties.class:N", scale, shown))
        .project(type="identity", scale=1, translate=[0, 0])
    ]
