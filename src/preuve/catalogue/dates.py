"""Dates: what a text says of a day, and whether that day exists."""

from __future__ import annotations

import re
from calendar import monthrange

from pyoxigraph import Literal, NamedNode

from preuve.catalogue.names import XSD

_ISO = re.compile(
    r"(\d{4})-(\d{2})(?:-(\d{2}))?(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?"
)
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def impossible(text: str) -> bool:
    """Whether a text has the form of a date and no such day, hour or month exists."""
    found = _ISO.fullmatch(text.strip())
    if found:
        return not _exists(int(found[1]), int(found[2]), int(found[3] or 1)) or _no_hour(found[4])
    found = _FRENCH.fullmatch(text.strip())
    if not found:
        return False
    first, second, year = (int(part) for part in found.groups())
    return not (_exists(year, second, first) or _exists(year, first, second))


def typed_date(text: str) -> Literal | None:
    """The date a text says, typed: ISO 8601 forms, and day/month/year where only one reading is.

    None for another form, for a day that does not exist, and for 03/04/2024, which has two.
    """
    text = text.strip()
    if impossible(text):
        return None
    if re.fullmatch(r"\d{4}", text):
        return _literal(text, "gYear")
    found = _ISO.fullmatch(text)
    if found:
        if found[4]:
            whole = text if re.search(r"T\d{2}:\d{2}:\d{2}", text) else _with_seconds(text)
            return _literal(whole, "dateTime")
        return _literal(text, "date" if found[3] else "gYearMonth")
    found = _FRENCH.fullmatch(text)
    if not found:
        return None
    first, second, year = (int(part) for part in found.groups())
    if first != second and _exists(year, second, first) and _exists(year, first, second):
        return None
    day, month = (first, second) if _exists(year, second, first) else (second, first)
    return _literal(f"{year:04d}-{month:02d}-{day:02d}", "date")


def _with_seconds(text: str) -> str:
    return re.sub(r"(T\d{2}:\d{2})", r"\1:00", text)


def _exists(year: int, month: int, day: int) -> bool:
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _no_hour(time: str | None) -> bool:
    if not time:
        return False
    hour, minute = int(time[1:3]), int(time[4:6])
    second = int(time[7:9]) if len(time) > 7 else 0
    return hour > 23 or minute > 59 or second > 59


def _literal(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))
