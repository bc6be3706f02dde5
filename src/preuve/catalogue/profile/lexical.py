"""Lexical forms: is a literal well written for its datatype?

XML Schema Definition Language 1.1 part 2 (W3C, 2012), section 3. Types that are not listed here
(`xsd:gYear`, `xsd:anyURI`, `xsd:string`…) take any text, as in pySHACL.
"""

from __future__ import annotations

import re
from base64 import b64decode
from calendar import monthrange
from collections.abc import Callable

XSD = "http://www.w3.org/2001/XMLSchema#"

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?INF|NaN")
_ZONE = r"(Z|[-+]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATE = r"-?([1-9][0-9]{3,}|0[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_XSD_DATE = re.compile(_DATE + _ZONE)
_XSD_TIME = re.compile(_TIME + _ZONE)
_XSD_DATETIME = re.compile(_DATE + "T" + _TIME + _ZONE)
_DAYS = r"([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_DURATION = re.compile(rf"-?P(?=[0-9T])([0-9]+Y)?([0-9]+M)?{_DAYS}")
_DAY_TIME = re.compile(rf"-?P(?=[0-9T]){_DAYS}")
_YEAR_MONTH = re.compile(r"-?P(?=[0-9])([0-9]+Y)?([0-9]+M)?")
_HEX = re.compile(r"([0-9a-fA-F]{2})*")

_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
_LONGEST = 4000
"""Digits beyond which an integer is compared by its sign alone."""


def _within(low: int | None, high: int | None) -> Callable[[str], bool]:
    def well_formed(text: str) -> bool:
        if _INTEGER.fullmatch(text) is None:
            return False
        if len(text) > _LONGEST:
            return (low is None and text[0] == "-") or (high is None and text[0] != "-")
        value = int(text)
        return (low is None or value >= low) and (high is None or value <= high)

    return well_formed


def _like(form: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: form.fullmatch(text) is not None


def _dated(form: re.Pattern[str]) -> Callable[[str], bool]:
    def well_formed(text: str) -> bool:
        found = form.fullmatch(text)
        if found is None:
            return False
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        leap_like = 2000 + year % 400
        return day <= monthrange(leap_like, month)[1]

    return well_formed


def _base64(text: str) -> bool:
    try:
        b64decode(text.replace(" ", ""), validate=True)
    except ValueError:
        return False
    return True


WELL_FORMED: dict[str, Callable[[str], bool]] = {
    XSD + "boolean": lambda text: text in ("true", "false", "1", "0"),
    XSD + "decimal": _like(_DECIMAL),
    XSD + "float": _like(_FLOAT),
    XSD + "double": _like(_FLOAT),
    XSD + "date": _dated(_XSD_DATE),
    XSD + "dateTime": _dated(_XSD_DATETIME),
    XSD + "time": _like(_XSD_TIME),
    XSD + "duration": _like(_DURATION),
    XSD + "dayTimeDuration": _like(_DAY_TIME),
    XSD + "yearMonthDuration": _like(_YEAR_MONTH),
    XSD + "hexBinary": _like(_HEX),
    XSD + "base64Binary": _base64,
    **{XSD + name: _within(low, high) for name, (low, high) in _BOUNDS.items()},
}
"""By the IRI of the datatype: whether a text is one of its lexical forms."""
