"""Maps: their frames, the outlines of France, and what maps by commune and by site share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.chart import specification, values
from preuve.pages.extra import needed
from preuve.pages.theme import LINE
from preuve.twin.page.geography import Frame, around, flat, national
from preuve.twin.page.reading import Reading, visible
from preuve.twin.page.scales import Scale

Floats = npt.NDArray[np.float64]

_NEAR = 90.0
"""Kilometres from the communes that change within which a site is on their map."""

CELLS, _OUTLINES = "cells", "outlines"
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
    near = sites.filter(_near(sites, communes)) if communes.height else sites
    for changed in (pl.concat([communes, near]), communes, near):
        if (close := around(*places(changed))) is not None:
            return [*shown, Shown(close, "near", str(_("The area that changes")))]
    return shown


def _near(sites: pl.DataFrame, communes: pl.DataFrame) -> pl.Series:
    """Whether each site is within `_NEAR` kilometres of the middle of the communes."""
    lon, lat, _departments = places(communes)
    x, y = flat(sites["lon"].to_numpy(), sites["lat"].to_numpy(), lon.mean(), lat.mean())
    return pl.Series(np.hypot(x, y) < _NEAR)


def places(rows: pl.DataFrame) -> tuple[Floats, Floats, npt.NDArray[np.str_]]:
    """Longitude, latitude and département of the rows that have them."""
    kept = rows.filter(pl.col("lon").is_not_null())
    return (
        kept["lon"].to_numpy().astype(np.float64),
        kept["lat"].to_numpy().astype(np.float64),
        kept["department"].to_numpy().astype(np.str_),
    )


def colour(field: str, scale: Scale, shown: Sequence[str]) -> Any:
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


def outlines() -> Any:
    """The outlines of the départements, as a layer."""
    alt = needed("altair")
    return (
        alt.Chart(alt.Data(name=_OUTLINES))
        .mark_geoshape(fill=None, stroke="#5f6b75", strokeWidth=0.6)
        .project(type="identity", scale=1, translate=[0, 0])
    )


def frame_words(frame: Frame) -> list[Any]:
    """Names of the overseas départements under their boxes."""
    if len(frame.parts) < 2:
        return []
    rows = [
        {"x": (p.box.left + p.box.right) / 2, "y": p.box.bottom + 9, "text": name}
        for p, name in zip(frame.parts[1:], _OVERSEAS, strict=True)
    ]
    return [at(frame, rows).mark_text(fontSize=11).encode(text="text:N")]


def at(frame: Frame, rows: Sequence[Mapping[str, Any]]) -> Any:
    """A chart whose x and y are pixels."""
    alt = needed("altair")
    kept = {"axis": None, "title": None}
    return alt.Chart(values(alt, rows)).encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, frame.width], nice=False), **kept),
        y=alt.Y("y:Q", scale=alt.Scale(domain=[frame.height, 0], nice=False), **kept),
    )


def finished(
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
    shapes = {_OUTLINES: [outlines], **({CELLS: list(cells)} if cells else {})}
    return drawn | {"datasets": drawn.get("datasets", {}) | shapes}
