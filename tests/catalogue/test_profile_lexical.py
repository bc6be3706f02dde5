"""Lexical forms: the calendar, bounds, and where Python's own readers (so pySHACL) allow more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.catalogue.profile.lexical import WELL_FORMED, XSD


def well_formed(text: str, kind: str) -> bool:
    return WELL_FORMED[XSD + kind](text)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2024-02-29", "date", True),
        ("2023-02-29", "date", False),
        ("2100-02-29", "date", False),
        ("2000-02-29", "date", True),
        ("2024-04-31", "date", False),
        ("2024-13-01", "date", False),
        ("2024-1-1", "date", False),
        ("2024-01-01Z", "date", True),
        ("2024-01-01+14:00", "date", True),
        ("2024-01-01+15:00", "date", False),
        ("2024-01-01T00:00:00", "dateTime", True),
        ("2024-01-01T24:00:00", "dateTime", True),
        ("2024-01-01T25:00:00", "dateTime", False),
        ("2024-02-30T10:00:00Z", "dateTime", False),
        ("12:00:00.5", "time", True),
        ("12:00", "time", False),
        ("P1Y2M3DT4H5M6.7S", "duration", True),
        ("P", "duration", False),
        ("P1DT", "duration", False),
        ("-P1D", "duration", True),
        ("P1M", "dayTimeDuration", False),
        ("P1Y", "yearMonthDuration", True),
        ("TRUE", "boolean", False),
        ("1", "boolean", True),
        ("1.", "decimal", True),
        (".5", "decimal", True),
        (".", "decimal", False),
        ("INF", "double", True),
        ("1e-3", "double", True),
        ("256", "unsignedByte", False),
        ("-1", "nonNegativeInteger", False),
        ("+0", "nonNegativeInteger", True),
        ("0", "positiveInteger", False),
        ("9" * 5000, "nonNegativeInteger", True),
        ("9" * 5000, "long", False),
        ("-" + "9" * 5000, "nonNegativeInteger", False),
        ("0fF0", "hexBinary", True),
        ("0f0", "hexBinary", False),
        ("YQ==", "base64Binary", True),
        ("Y", "base64Binary", False),
    ],
)
def test_lexical_forms(text: str, kind: str, *, expected: bool) -> None:
    assert well_formed(text, kind) is expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1_000", "integer"),
        (" 7 ", "integer"),
        ("٣", "integer"),
        ("1E3", "decimal"),
        ("NaN", "decimal"),
        ("2024-01-01", "dateTime"),
        ("2024-01-01T10:00:00", "date"),
        ("P2W", "duration"),
    ],
)
def test_what_python_reads_and_xml_schema_refuses(text: str, kind: str) -> None:
    """pySHACL takes these; XML Schema does not, nor do validators that follow it."""
    import rdflib

    assert not rdflib.Literal(text, datatype=XSD + kind, normalize=False).ill_typed
    assert not well_formed(text, kind)


@pytest.mark.parametrize(
    ("text", "kind"), [("-0044-03-15", "date"), ("12024-01-01", "date"), ("0000-01-01", "date")]
)
def test_what_xml_schema_allows_and_python_does_not_read(text: str, kind: str) -> None:
    import rdflib

    assert rdflib.Literal(text, datatype=XSD + kind, normalize=False).ill_typed
    assert well_formed(text, kind)


@given(st.dates())
def test_every_day_of_the_calendar(day: object) -> None:
    assert well_formed(str(day), "date")


@given(st.integers(-(10**20), 10**20))
def test_integers_and_their_bounds(value: int) -> None:
    assert well_formed(str(value), "integer")
    assert well_formed(str(value), "nonNegativeInteger") is (value >= 0)
    assert well_formed(str(value), "int") is (-(2**31) <= value < 2**31)
