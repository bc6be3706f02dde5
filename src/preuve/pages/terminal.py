"""Terminal: texts of a page as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preuve.pages.numbers import typeset

if TYPE_CHECKING:
    from rich.text import Text


def plain(content: str, style: str = "") -> Text:
    """A text as it is: a name that looks like markup stays a name."""
    from rich.text import Text

    return Text(typeset(content), style=style)
