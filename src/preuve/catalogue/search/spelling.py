"""Spelling: the word of the catalogue that is nearest to one it does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_TWO_FAULTS = 7


def nearest(
    word: str,
    by_length: Mapping[int, Sequence[str]],
    counts: Mapping[str, int],
    limit: int = 8,
) -> list[str]:
    """The known words within one fault of a word (two from seven letters on), best first.

    A fault is a letter missing, added, wrong, or two neighbours swapped (optimal string
    alignment). Among words as near, one with the same first letter comes first, then the one of
    more records. Words of fewer than four letters and numbers are left as they are.
    """
    if len(word) < _SHORTEST or not word.isalpha():
        return []
    allowed = 2 if len(word) >= _TWO_FAULTS else 1
    lengths = range(len(word) - allowed, len(word) + allowed + 1)
    known = [one for length in lengths for one in by_length.get(length, ())]
    found = process.extract(
        word, known, scorer=OSA.distance, score_cutoff=allowed, limit=None, processor=None
    )
    found.sort(key=lambda one: (one[1], one[0][0] != word[0], -counts[one[0]], one[0]))
    return [one for one, _distance, _place in found[:limit]]
