"""Styles: how cells look; inputs are blue on pale, everything else is black on white."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_INK, _INPUT, _PALE, _HEAD = "#1A1A1A", "#0B3D91", "#EAF2FF", "#E9ECEF"
_NUMBERS = {
    "general": "General",
    "rounded": "0.0000",
    "integer": "0",
    "money": "#,##0.00",
    "effect": "0.000000",
    "probability": "0.000000",
    "ratio": "#,##0",
    "tiny": "0.0E+00",
}
_TEXTS: Mapping[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True},
    "strong": {"bold": True},
    "centre": {"align": "center"},
    "code": {"font_name": "Consolas", "font_size": 9, "font_color": "#495057"},
    "note": {"italic": True, "font_color": "#495057"},
    "title": {"bold": True, "font_size": 16},
    "group": {"bold": True, "font_color": _INPUT, "font_size": 12},
    "head": {"bold": True, "bg_color": _HEAD, "bottom": 1, "text_wrap": True, "align": "center"},
    "warning": {"bold": True, "font_color": "#9C1C1C", "bg_color": "#FDECEA", "font_size": 12},
    "paragraph": {"text_wrap": True},
    "holds": {"num_format": '[Green]"✓";;[Red]"✗"', "align": "center"},
}


def styles() -> dict[str, dict[str, Any]]:
    """Every style by name: `money`, `money_input`, `money_total`, `money_start`, ..."""
    found: dict[str, dict[str, Any]] = {name: dict(one) for name, one in _TEXTS.items()}
    found["text_total"] = {"bold": True, "top": 1, "align": "right", "text_wrap": True}
    for name, shown in _NUMBERS.items():
        plain = {"num_format": shown, "align": "right", "text_wrap": name == "ratio"}
        found[name] = plain
        found[f"{name}_total"] = plain | {"bold": True, "top": 1}
        found[f"{name}_start"] = plain | {"italic": True, "font_color": "#495057"}
        found[f"{name}_input"] = plain | {
            "font_color": _INPUT, "bg_color": _PALE, "border": 1, "border_color": "#B6C8E8",
        }  # fmt: skip
    base = {"font_name": "Calibri", "font_size": 10, "font_color": _INK, "valign": "top"}
    return {name: base | one for name, one in found.items()}
