"""Results: what a search found, and how it may be narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from preuve.core.language import Language, _


@dataclass(frozen=True)
class Hit:
    """A record found.

    Attributes:
        record: its number in the store.
        iri: its name.
        status: "published" or "draft".
        access: its access class as a code ("PUBLIC", "RESTRICTED", "NON_PUBLIC"), or empty.
        summary: titles, descriptions and the rest of what a list shows (see `holdings.summary`).
        verdicts: per profile, what its check found.
        modified_at: ISO 8601 moment, UTC.
    """

    record: int
    iri: str
    status: str
    access: str
    summary: Mapping[str, Any]
    verdicts: Mapping[str, Any]
    modified_at: str


@dataclass(frozen=True)
class Choice:
    """A value that results may be narrowed to, and how many records would be left."""

    value: str
    labels: Mapping[str, str]
    count: int
    chosen: bool

    def label(self, language: Language) -> str:
        return self.labels.get(language) or next(iter(self.labels.values()), "") or self.value


@dataclass(frozen=True)
class Choices:
    """A facet: its values of most records first, and whether it has more."""

    facet: str
    values: tuple[Choice, ...]
    more: bool

    @property
    def title(self) -> str:
        return facet_title(self.facet)


@dataclass(frozen=True)
class Correction:
    """A word that no record has, and the word that was searched in its place."""

    written: str
    used: str


@dataclass(frozen=True)
class Results:
    """A page of results.

    Attributes:
        text: what was asked.
        total: how many records were found.
        page: the number of this page, from 1.
        size: how many records a page has.
        hits: the records of this page, best first.
        facets: how to narrow; the counts of a facet leave its own choice out.
        corrections: « results for … »: words that were replaced by near ones.
        unknown: words that no record has, nor one near.
        relaxed: no record has all the words; these have the most of them.
    """

    text: str
    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    facets: tuple[Choices, ...]
    corrections: tuple[Correction, ...]
    unknown: tuple[str, ...]
    relaxed: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def facet_title(facet: str) -> str:
    """The name of a facet, in the reader's language."""
    titles = {
        "category": _("Category of health data"),
        "access": _("Access"),
        "territory": _("Territory"),
        "coding": _("Coding system"),
        "theme": _("Theme"),
        "publisher": _("Publisher"),
        "variable": _("Variable"),
        "language": _("Language"),
        "verdict": _("Conformity"),
    }
    return titles[facet]
