"""The impact on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preuve.core.language import _
from preuve.pages.numbers import typeset
from preuve.twin.impact import Impact
from preuve.twin.page import conclusion
from preuve.twin.page.reading import Reading

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

_SHOWN_LIMITS = 3


def summary(impact: Impact) -> Group:
    """Conclusion and limits, for `rich` to print; the page holds the rest."""
    from rich.console import Group

    reading = Reading.of(impact)
    parts = [_text(conclusion.headline(reading), "bold")]
    if reading.synthetic:
        parts.insert(0, _text(_("SYNTHETIC DATA: true of no hospital."), "bold reverse"))
    parts += [
        _text(_("{title}: {text}").format(title=title, text=text), "")
        for title, text in conclusion.sentences(reading)
    ]
    parts.append(_text(conclusion.unchanged(reading), ""))
    limits = list(conclusion.limits(reading))[:_SHOWN_LIMITS]
    parts += [_text(f"· {limit}", "dim") for limit in limits]
    return Group(*(part for part in parts if part.plain))


def _text(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(typeset(text), style=style)
