"""Days as each language writes them."""

from __future__ import annotations

from datetime import date

from preuve.pages.numbers import moment


def day(written: str | date) -> str:
    """An ISO 8601 date in words: 2 décembre 2027, 2 December 2027; other text as it is."""
    try:
        found = date.fromisoformat(str(written)[:10])
    except ValueError:
        return str(written)
    return moment(found.isoformat()).partition(",")[0]
