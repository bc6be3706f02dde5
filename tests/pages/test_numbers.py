from __future__ import annotations

import math

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.language import LANGUAGES, Language, speaking
from preuve.pages import numbers

SPACES = {ord("\u00a0"): "\u202f"}
BABEL = {"fr": "fr_FR", "en": "en_US"}


def written_by_babel(text: str) -> str:
    return text.translate(SPACES).replace("-", numbers.MINUS)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e9, 1e9), digits=st.integers(0, 4))
def test_number_is_written_as_unicode_does(language: Language, value: float, digits: int) -> None:
    rounded = round(value, digits)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    expected = written_by_babel(format_decimal(rounded, pattern, locale=BABEL[language]))
    if math.isclose(rounded, 0.0, abs_tol=1e-12):
        expected = expected.removeprefix(numbers.MINUS)
    with speaking(language):
        assert numbers.number(value, digits) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@given(share=st.integers(0, 1000))
def test_percent_is_written_as_unicode_does(language: Language, share: int) -> None:
    pattern = {"fr": "#,##0.0\u202f%", "en": "#,##0.0%"}[language]
    expected = format_percent(share / 1000, pattern, locale=BABEL[language])
    with speaking(language):
        assert numbers.percent(share / 1000) == written_by_babel(expected)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [(1234.5, "+1,234.5", "+1\u202f234,5"), (-0.25, "−0.2", "−0,2"), (0.001, "0.0", "0,0")],
)
def test_signed(value: float, english: str, french: str) -> None:
    with speaking("en"):
        assert numbers.signed(value, 1) == english
    with speaking("fr"):
        assert numbers.signed(value, 1) == french


@given(st.floats(0, 1))
def test_a_probability_never_reads_as_certain(probability: float) -> None:
    with speaking("en"):
        told = numbers.chance(probability)
    assert told not in ("0%", "100%")
    assert (told == "<\u00a01%") == (probability < 0.01)
    assert (told == ">\u00a099%") == (probability > 0.99)


def test_french_punctuation_keeps_its_spaces_unbroken() -> None:
    with speaking("fr"):
        assert numbers.typeset("« Quoi ? » : 95 % ; oui !") == (
            "«\u00a0Quoi\u202f?\u00a0»\u00a0: 95\u202f%\u202f; oui\u202f!"
        )
    with speaking("en"):
        assert numbers.typeset("what ? 5 %") == "what ? 5 %"


@given(st.text())
def test_typesetting_changes_spaces_only(text: str) -> None:
    with speaking("fr"):
        told = numbers.typeset(text)
    plain = str.maketrans({"\u00a0": " ", "\u202f": " "})
    assert told.translate(plain) == text.translate(plain)
    with speaking("fr"):
        assert numbers.typeset(told) == told


def test_moments() -> None:
    with speaking("fr"):
        assert numbers.moment("2026-03-01T09:05:00+00:00") == "1er mars 2026, 09:05 UTC"
    with speaking("en"):
        assert numbers.moment("2026-11-21T21:22:00+00:00") == "21 November 2026, 21:22 UTC"
        assert numbers.moment("yesterday") == "yesterday"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(4.21, "4.2 s"), (59.94, "59.9 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_durations(seconds: float, told: str) -> None:
    with speaking("en"):
        assert numbers.duration(seconds).replace("\u00a0", " ") == told
