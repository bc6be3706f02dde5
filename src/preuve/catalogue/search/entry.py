"""Entry: what a record is found by, its words in three places and its values of each facet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from preuve.catalogue.search.words import words
from preuve.core.record import canonical

PLACES = {"title": 4, "keyword": 2, "text": 1}
"""Where a word may stand, and how much it weighs there."""

FACETS = (
    "category",
    "access",
    "territory",
    "coding",
    "theme",
    "publisher",
    "variable",
    "language",
    "verdict",
)
"""What results may be narrowed by, in the order in which it is shown."""

STATUS = "status"
"""The facet that says whether a record is public; always chosen, never shown."""


@dataclass(frozen=True)
class Value:
    """A value of a facet, with its label in each language (`fr`, `en`)."""

    facet: str
    value: str
    label: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Entry:
    """A record as the index sees it: texts by place, and values of facets."""

    title: tuple[str, ...]
    keyword: tuple[str, ...]
    text: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Term:
    """A word in a place, or a value of a facet: what the index keeps records under."""

    field: str
    label: str | Mapping[str, str]

    def written(self) -> str:
        """The label as it is stored: a word as it was written, or labels as JSON."""
        return self.label if isinstance(self.label, str) else canonical(dict(self.label)).decode()


def terms(entry: Entry) -> dict[str, Term]:
    """The terms of an entry by key; a word counts once, in the weightiest place it stands."""
    found: dict[str, Term] = {}
    met: set[str] = set()
    for place in PLACES:
        here = {word: written for text in getattr(entry, place) for word, written in words(text)}
        for word in here.keys() - met:
            found[f"{place}:{word}"] = Term(place, here[word])
        met |= here.keys()
    for value in entry.values:
        found[f"{value.facet}:{value.value}"] = Term(value.facet, value.label)
    return found
