"""The look of charts: legible in black and white, in the colours of the pages."""

from __future__ import annotations

from typing import Any

INK = "#16242f"
ACCENT = "#14507f"
MUTED = "#55626c"
PALE = "#cfd8df"
LINE = "#b4bfc7"
ALERT = "#8a2b06"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

SOLID = [1, 0]
DASHED = [6, 4]
DOTTED = [2, 3]


def theme() -> dict[str, Any]:
    """The `config` of every Vega-Lite specification."""
    axis = {
        "domainColor": MUTED,
        "tickColor": MUTED,
        "gridColor": "#e6ebef",
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelLimit": 290,
        "labelFlush": False,
    }
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "padding": 6,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"titleAnchor": "end"},
        "legend": {
            "labelFontSize": 13,
            "orient": "bottom",
            "offset": 4,
            "symbolSize": 260,
            "labelColor": INK,
            "symbolStrokeWidth": 2,
            "labelLimit": 260,
        },
        "text": {"font": FONT, "fontSize": 13, "fill": INK},
        "line": {"color": INK, "strokeWidth": 2},
        "rule": {"color": INK},
        "point": {"color": INK, "filled": True, "opacity": 1},
    }
