"""A date as a card writes it: the text is kept, its month is read where no doubt is possible."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_DAY_NAMED = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FULL = "january february march april may june july august september october november december"


@dataclass(frozen=True)
class WrittenDate:
    """A date in words.

    Attributes:
        text: as it is written.
        month: "2022-09" where the text says it, else None.
        day: the day where the text says it without doubt, else None.
    """

    text: str
    month: str | None = None
    day: datetime.date | None = None


def written_date(text: str) -> WrittenDate:
    """What a text says of a date; `08/07/2024` says no month, since it may be read two ways."""
    bare = text.strip()
    try:
        return _of_day(text, datetime.date.fromisoformat(bare))
    except ValueError:
        pass
    if found := _SLASHED.fullmatch(bare):
        return _slashed(text, *(int(part) for part in found.groups()))
    if found := _DAY_NAMED.fullmatch(bare):
        return _made(text, int(found[3]), _month(found[1]), int(found[2]))
    if found := _NAMED.fullmatch(bare):
        month = _month(found[1])
        return WrittenDate(text, f"{int(found[2]):04d}-{month:02d}" if month else None)
    if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", bare):
        return WrittenDate(text, bare)
    return WrittenDate(text)


def _slashed(text: str, first: int, second: int, year: int) -> WrittenDate:
    if first == second or second > 12:
        return _made(text, year, first, second)
    return _made(text, year, second, first) if first > 12 else WrittenDate(text)


def _made(text: str, year: int, month: int | None, day: int) -> WrittenDate:
    try:
        return _of_day(text, datetime.date(year, month or 0, day))
    except ValueError:
        return WrittenDate(text)


def _of_day(text: str, day: datetime.date) -> WrittenDate:
    return WrittenDate(text, f"{day:%Y-%m}", day)


def _month(name: str) -> int | None:
    lower = name.lower()
    known = any(full.startswith(lower) for full in _FULL.split()) or lower == "sept"
    return _MONTHS.index(lower[:3]) + 1 if known and lower[:3] in _MONTHS else None
