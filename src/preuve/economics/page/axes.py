"""Axes: what the charts of an appraisal share: series told apart without colour, rows, ticks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from preuve.pages.intervals import IntervalChart, unique
from preuve.pages.theme import ACCENT, ALERT, INK, MUTED

COLOURS = (MUTED, ACCENT, ALERT, "#5b8db8", "#9a6b00", INK, "#6a4c93", "#2f6f4f")
DASHES = ([4, 3], [1, 0], [8, 3], [2, 3], [10, 3, 2, 3], [6, 2], [1, 2], [12, 4])
SHAPES = ("square", "circle", "triangle-up", "diamond", "cross", "triangle-down", "wedge", "arrow")
FILLS = (
    "#eef3f7", "#123f66", "#9fc3de", "#55626c", "#d9b98a", "#8a2b06", "#4d86b3", "#16242f",
    "#cfd8df",
)  # fmt: skip
"""Areas that lie on each other: light and dark in turn."""

WIDTH, HEIGHT = 480, 300
_LINE = 38
_TICKS_IN_LETTERS = 20_000


def series(alt: Any, labels: Sequence[str], first: int = 0) -> dict[str, Any]:
    """Colour and dash of each series, by its label; the reference has the place 0 of both."""
    legend = alt.Legend(title=None, columns=1, symbolType="stroke", symbolSize=500, labelLimit=380)
    kept = slice(first, first + len(labels))
    return {
        "color": alt.Color(
            "series:N", scale=alt.Scale(domain=list(labels), range=list(COLOURS[kept])),
            legend=legend,
        ),
        "strokeDash": alt.StrokeDash(
            "series:N", scale=alt.Scale(domain=list(labels), range=list(DASHES[kept])),
            legend=legend,
        ),
    }  # fmt: skip


def marks(alt: Any, labels: Sequence[str], first: int = 0) -> dict[str, Any]:
    """Colour and shape of each series of points; the reference has the place 0 of both."""
    legend = alt.Legend(title=None, columns=1, symbolOpacity=1, labelLimit=380, symbolSize=110)
    kept = slice(first, first + len(labels))
    return {
        "color": alt.Color(
            "series:N", scale=alt.Scale(domain=list(labels), range=list(COLOURS[kept])),
            legend=legend,
        ),
        "shape": alt.Shape(
            "series:N", scale=alt.Scale(domain=list(labels), range=list(SHAPES[kept])),
            legend=legend,
        ),
    }  # fmt: skip


def ticks(largest: float) -> str:
    """How the numbers of an axis are written: whole, or in thousands and millions."""
    return "~s" if largest >= _TICKS_IN_LETTERS else ",~f"


def short(value: float) -> float:
    """A number with the digits that a chart can show."""
    return float(f"{value:.5g}")


def rows(labels: Sequence[str]) -> list[str]:
    """Labels of rows: told apart, on several lines where they are long."""
    return unique(["\n".join(textwrap.wrap(label, _LINE)) or label for label in labels])


def steps(labels: Sequence[str]) -> int:
    """The height that the rows need."""
    return 24 + 8 * max((label.count("\n") for label in labels), default=0)


def interval_chart(labels: Sequence[str], title: str, *, width: int) -> IntervalChart:
    """A chart of rows as `rows` makes them."""
    return IntervalChart(labels, title, step=steps(labels), width=width)


def several_lines() -> dict[str, Any]:
    """What an axis needs for labels on several lines to stand in the middle of their row."""
    lines = "length(split(datum.label, '\\n'))"
    middle = [{"test": f"{lines} == {count}", "value": -7.5 * (count - 1)} for count in (2, 3, 4)]
    return {
        "labelExpr": "split(datum.label, '\\n')",
        "labelLineHeight": 15,
        "labelOffset": {"condition": middle, "value": 0},
    }


def with_axes(drawn: dict[str, Any], largest: float) -> dict[str, Any]:
    """A chart of rows whose labels may stand on several lines, with ticks for its amounts."""
    for layer in drawn["layer"]:
        encoding: Mapping[str, Any] = layer.get("encoding", {})
        across, up = (encoding.get(name, {}).get("axis") for name in ("x", "y"))
        if across:
            across["format"] = ticks(largest)
        if up:
            up |= several_lines()
    return drawn
