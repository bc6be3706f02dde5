"""What the page says of where the evidence comes from: cards of the systems, energy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preuve.core.language import _
from preuve.evaluation.report.reading import said
from preuve.pages.numbers import number, span


def card_rows(system: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    names = {
        "intended_use": _("Intended use"),
        "training_data": _("Training data"),
        "measured": _("Performance its maker measured"),
        "limits": _("Known limits"),
        "licence": _("Licence"),
    }
    card = system.get("card", {})
    rows = [(names[key], _lines(card[key])) for key in names if card.get(key)]
    return [*rows, (_("Way in"), [system.get("door", "")]), (_("Digest"), [system["digest"]])]


def _lines(value: Any) -> list[str]:
    """A value of a card, a line for each part of a list."""
    return [_flat(part) for part in value] if isinstance(value, list | tuple) else [_flat(value)]


def _flat(value: Any) -> str:
    """A value of a card, whatever its form, as one text."""
    if isinstance(value, Mapping):
        if set(value) <= {"fr", "en"}:
            return said(value)
        if {"what", "value", "n"} <= set(value) <= {"what", "value", "interval", "n"}:
            return _measured(value)
        return " · ".join(f"{key}: {_flat(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return " · ".join(_flat(part) for part in value)
    return str(value)


def _measured(figure: Mapping[str, Any]) -> str:
    """A figure that a maker declares: what, its value, its interval if it has one, the cases."""
    interval = figure.get("interval")
    around = f" ({span(*(number(end, 3) for end in interval))})" if interval else ""
    return _("{what}: {value}, {n} cases").format(
        what=_flat(figure["what"]), value=number(figure["value"], 3) + around, n=number(figure["n"])
    )


def energy_row(run: Mapping[str, Any]) -> dict[str, str] | None:
    energy = run.get("energy")
    if not energy:
        return None
    return {
        "value": number(1000 * energy["value"], 2),
        "method": said(energy.get("method", "")),
    }
