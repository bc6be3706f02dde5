"""Words: a text as the words it is found by, without accents, case, elisions or plurals."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_ELISION = re.compile(
    r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)['’ʼ]", re.IGNORECASE
)
_APOSTROPHE = re.compile("['’ʼ]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_LONGEST = 64

_EMPTY_WORDS = """
a ai au aux avec ce ces cet cette dans de des du elle en est et eux il ils je la le les leur
leurs lui ma mais me mes meme moi mon ne nos notre nous on ont ou par pas pour qu que qui quoi
sa se ses son sont sur ta te tes toi ton tu un une vos votre vous y
an and are as at be but by for from has have in into is it its of or that the their these this
those to was were which with
"""
EMPTY = frozenset(_EMPTY_WORDS.split())
"""Words that every text has, in French and English: not indexed, not searched."""


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a text in their order: each as it is indexed, and as it was written.

    Words that every text has are left out. « L’hôpital » and « hopitaux » are both `hopital`.
    """
    found: list[tuple[str, str]] = []
    for written in _WORD.findall(unicodedata.normalize("NFC", text)):
        found.extend(_parts(written))
    return tuple(found)


@lru_cache(maxsize=100_000)
def _parts(written: str) -> tuple[tuple[str, str], ...]:
    """A word without its elision, or the words that apostrophes join."""
    apart = _APOSTROPHE.split(_ELISION.sub("", written))
    return tuple((indexed, part.lower()) for part in apart if (indexed := _indexed(part)))


def _indexed(word: str) -> str:
    """A word without accents, case and plural; empty for a word that every text has."""
    plain = folded(word)
    return "" if plain in EMPTY else _singular(plain)[:_LONGEST]


def folded(text: str) -> str:
    """A text without accents or case."""
    small = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", small).casefold()
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _singular(word: str) -> str:
    """A French or English plural without its ending; a rule, not a dictionary.

    It is applied alike to what is stored and to what is asked, so that a word it cuts wrongly
    (« virus ») is still found.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-3] + "al"
    if word[-1] in "sx" and not word.endswith("ss"):
        return word[:-1]
    return word
