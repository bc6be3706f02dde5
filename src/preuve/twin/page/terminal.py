"""The impact on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preuve.core.language import _
from preuve.pages.terminal import plain
from preuve.twin.impact import Impact
from preuve.twin.page import conclusion
from preuve.twin.page.reading import Reading

if TYPE_CHECKING:
    from rich.console import Group

_SHOWN_LIMITS = 3


def summary(impact: Impact) -> Group:
    """Conclusion and limits, for `rich` to print; the page holds the rest."""
    from rich.console import Group

    reading = Reading.of(impact)
    parts = [plain(conclusion.headline(reading), "bold")]
    if reading.synthetic:
        parts.insert(0, plain(_("SYNTHETIC DATA: true of no hospital."), "bold reverse"))
    parts += [
        plain(_("{title}: {text}").format(title=title, text=text), "")
        for title, text in conclusion.sentences(reading)
    ]
    parts.append(plain(conclusion.unchanged(reading), ""))
    limits = list(conclusion.limits(reading))[:_SHOWN_LIMITS]
    parts += [plain(f"· {limit}", "dim") for limit in limits]
    return Group(*(part for part in parts if part.plain))
