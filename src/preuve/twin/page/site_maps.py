"""Maps by site: circles for what is done, triangles for what changes, crosses for what closes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _, ngettext
from preuve.pages.chart import Figure, described
from preuve.pages.extra import needed
from preuve.pages.numbers import number
from preuve.pages.theme import ALERT, INK, LINE
from preuve.twin.impact import WORLDS
from preuve.twin.page.geography import Frame
from preuve.twin.page.maps import Shown, at, colour, finished, frame_words, outlines, places
from preuve.twin.page.names import capitals, site_name
from preuve.twin.page.reading import Reading, visible, words
from preuve.twin.page.scales import Scale, level_scale
from preuve.twin.page.words import activity_name, measure_name

Integers = npt.NDArray[np.int64]

_SMALLEST_CIRCLE, _LARGEST_CIRCLE = 3, 260
_NAMED, _TOLD = 4, 12
_UP, _DOWN = "#1d6b45", "#7a4aa6"


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
    x, y = frame.pixels(*places(rows))
    occupied = reading.of_services("occupancy").select(
        "finess",
        *(pl.col(f"{world}_value").alias(f"occupancy_{world}") for world in WORLDS[:2]),
    )
    located = rows.with_columns(x=pl.Series(x), y=pl.Series(y)).filter(pl.col("x").is_finite())
    return located.join(occupied, on="finess", how="left").sort(
        "reference_value", "finess", descending=[True, False]
    )


# --- before and after ----------------------------------------------------------------------------


def _level_map(reading: Reading, shown: Shown, sites: pl.DataFrame, world: str) -> Figure:
    served = sites.filter(pl.col(f"{world}_value") > 0)
    figures = served[f"occupancy_{world}"].cast(pl.Float64).to_numpy()
    scale = level_scale(figures, "proportion", "occupancy")
    classes = scale.classes(figures)
    layers = [
        outlines(),
        _circles(shown.frame, served, world, scale, classes, _largest(sites)),
        *_crosses(shown.frame, _closed(reading, sites, world)),
        *frame_words(shown.frame),
    ]
    title = _("Without the scenario") if world == WORLDS[0] else _("With the scenario")
    known = bool((classes >= 0).any())
    subject = _("{measure} and occupancy, {activity}") if known else _("{measure}, {activity}")
    what = str(
        subject.format(
            measure=measure_name(reading.volume), activity=activity_name(reading.activity).lower()
        )
    )
    read = (
        _(
            "A circle for each site, its area as large as its activity; the darker, the fuller "
            "its beds. A cross: closed."
        )
        if known
        else _("A circle for each site, its area as large as its activity. A cross: closed.")
    )
    rows = _by_class(served, world, scale, classes)
    return Figure(
        name=f"sites-{shown.name}-{world}",
        title=str(_("{title}: {what}").format(title=title, what=what)),
        caption=str(read),
        description=f"{what}. "
        + described(
            _("Occupancy {label}: {sites} sites, {total} in all."),
            [{"label": row[0], "sites": row[1], "total": row[2]} for row in rows],
        ),
        specification=finished(shown.frame, layers),
        columns=[_("Occupancy"), _("Sites"), measure_name(reading.volume)],
        rows=rows,
    )


def _largest(sites: pl.DataFrame) -> float:
    """The largest activity of both worlds: circles are compared between maps."""
    return max(1.0, *(float(sites[f"{world}_value"].max() or 0) for world in WORLDS[:2]))  # type: ignore[arg-type]


def _closed(reading: Reading, sites: pl.DataFrame, world: str) -> pl.DataFrame:
    """The sites that the scenario closes, and those that do nothing more in it."""
    if world == WORLDS[0]:
        return sites.clear()
    named = pl.col("finess").is_in(reading.closed)
    return sites.filter(named | ((pl.col(f"{world}_value") == 0) & (pl.col("reference_value") > 0)))


def _circles(
    frame: Frame,
    served: pl.DataFrame,
    world: str,
    scale: Scale,
    classes: Integers,
    largest: float,
) -> Any:
    alt = needed("altair")
    known = bool((classes >= 0).any())
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]),
            "size": _rounded(row[f"{world}_value"]),
            **({"class": scale.labels[index]} if index >= 0 else {}),
        }
        for row, index in zip(served.iter_rows(named=True), classes.tolist(), strict=True)
    ]
    marks = at(frame, rows).mark_point(
        shape="circle", filled=True, stroke=INK, strokeWidth=0.5, opacity=0.85
    )
    return marks.encode(
        size=_area(largest),
        color=colour("class:N", scale, scale.labels) if known else alt.value(LINE),
    )


def _area(largest: float) -> Any:
    alt = needed("altair")
    ends = [_SMALLEST_CIRCLE, _LARGEST_CIRCLE]
    return alt.Size("size:Q", scale=alt.Scale(domain=[0, largest], range=ends), legend=None)


def _by_class(served: pl.DataFrame, world: str, scale: Scale, classes: Integers) -> list[list[str]]:
    """Of each class of occupancy: its words, its sites, what they do together."""
    done = served[f"{world}_value"].to_numpy()
    told = [(label, classes == index) for index, label in enumerate(scale.labels)]
    told.append((str(_("not known")), classes < 0))
    return [
        [label, number(int(held.sum())), number(float(done[held].sum()))]
        for label, held in told
        if held.any()
    ]


# --- what changes --------------------------------------------------------------------------------


def _change_map(reading: Reading, shown: Shown, sites: pl.DataFrame) -> Figure:
    moved = sites.filter(visible()).sort(
        pl.col("difference_value").abs(), "finess", descending=[True, False]
    )
    layers = [
        outlines(),
        *_triangles(shown.frame, moved),
        *_crosses(shown.frame, _closed(reading, sites, WORLDS[1])),
        *(_names(shown.frame, moved) if len(shown.frame.parts) == 1 else []),
        *frame_words(shown.frame),
    ]
    what = str(
        _("{measure}, {activity}").format(
            measure=measure_name(reading.volume), activity=activity_name(reading.activity).lower()
        )
    )
    counted = ngettext(
        "{count} site changes visibly.", "{count} sites change visibly.", moved.height
    ).format(count=number(moved.height))
    rows = [
        [
            site_name(row["finess"]),
            words(row, "reference").value,
            str(words(row, "difference")),
        ]
        for row in moved.head(_TOLD).iter_rows(named=True)
    ]
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
        + described(_("{row}: {figure}."), [{"row": row[0], "figure": row[2]} for row in rows]),
        specification=finished(shown.frame, layers),
        columns=[_("Site"), _("Without the scenario"), _("What changes (95% interval)")],
        rows=rows or [[str(_("no visible change")), "", ""]],
    )


def _triangles(frame: Frame, moved: pl.DataFrame) -> list[Any]:
    if not moved.height:
        return []
    alt = needed("altair")
    ways = [str(_("more")), str(_("fewer"))]
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]),
            "size": _rounded(abs(row["difference_value"])),
            "way": ways[row["difference_value"] < 0],
        }
        for row in moved.iter_rows(named=True)
    ]
    marks = at(frame, rows).mark_point(filled=True, stroke=INK, strokeWidth=0.5, opacity=0.9)
    legend = alt.Legend(title=None, columns=2)
    shapes = alt.Scale(domain=ways, range=["triangle-up", "triangle-down"])
    colours = alt.Scale(domain=ways, range=[_UP, _DOWN])
    largest = float(moved["difference_value"].abs().max() or 1)  # type: ignore[arg-type]
    return [
        marks.encode(
            size=_area(largest),
            shape=alt.Shape("way:N", scale=shapes, legend=legend),
            color=alt.Color("way:N", scale=colours, legend=legend),
        )
    ]


def _crosses(frame: Frame, closed: pl.DataFrame) -> list[Any]:
    if not closed.height:
        return []
    rows = [{"x": _pixel(x), "y": _pixel(y)} for x, y in closed.select("x", "y").iter_rows()]
    cross = {"size": 110, "stroke": ALERT, "strokeWidth": 2.2, "filled": False}
    return [at(frame, rows).mark_point(shape="M-1,-1L1,1M-1,1L1,-1", **cross)]


def _names(frame: Frame, moved: pl.DataFrame) -> list[Any]:
    """The communes of the sites that change most, written beside them."""
    named = moved.unique("commune_name", keep="first", maintain_order=True).head(_NAMED)
    rows = [
        {
            "x": _pixel(row["x"]),
            "y": _pixel(row["y"]) - 11,
            "text": capitals(str(row["commune_name"])),
        }
        for row in named.iter_rows(named=True)
    ]
    if not rows:
        return []
    halo = {"stroke": "#ffffff", "strokeWidth": 3}
    return [at(frame, rows).mark_text(**style).encode(text="text:N") for style in (halo, {})]


def _pixel(value: float) -> float:
    return round(float(value), 1)


def _rounded(value: float) -> float:
    return round(float(value), 1 if abs(value) < 100 else 0)
