"""Texts: what a record says in several languages, and the one to show, never taken at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal

from preuve.catalogue.nodes import Term
from preuve.core.language import LANGUAGES, Language

UNTAGGED = ""
"""The language of a text that names none."""


@dataclass(frozen=True)
class Said:
    """A text and the language it is in, as the record writes it (`fr`, `fr-be`, or untagged)."""

    text: str
    language: str

    @property
    def is_tagged(self) -> bool:
        return self.language != UNTAGGED


@dataclass(frozen=True)
class Texts:
    """Texts by language tag; a language may have several."""

    by_language: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[Term]) -> Texts:
        """The texts of some values; nodes say nothing here."""
        found: dict[str, list[str]] = {}
        for value in values:
            if isinstance(value, Literal):
                found.setdefault(value.language or UNTAGGED, []).append(value.value)
        return cls({language: tuple(texts) for language, texts in sorted(found.items())})

    def __bool__(self) -> bool:
        return bool(self.by_language)

    def __iter__(self) -> Iterator[Said]:
        """Every text, the shown language first."""
        for language in self._order("fr"):
            for text in self.by_language[language]:
                yield Said(text, language)

    def said(self, preferred: Language = "fr") -> Said | None:
        """The text to show: the preferred language, else the house's other, else the first tag.

        An untagged text comes after French and English and before any other language.
        """
        for language in self._order(preferred):
            return Said(self.by_language[language][0], language)
        return None

    def all(self, preferred: Language = "fr") -> tuple[Said, ...]:
        """The texts of the language to show: the keywords a page lists."""
        for language in self._order(preferred):
            return tuple(Said(text, language) for text in self.by_language[language])
        return ()

    def record(self) -> dict[str, list[str]]:
        """The texts as JSON values, by language tag."""
        return {language: list(texts) for language, texts in self.by_language.items()}

    def _order(self, preferred: Language) -> list[str]:
        wanted = [preferred, *(one for one in LANGUAGES if one != preferred), UNTAGGED]

        def rank(tag: str) -> tuple[int, bool, str]:
            base = tag.partition("-")[0]
            place = wanted.index(base) if base in wanted else len(wanted)
            return place, tag != base, tag

        return sorted(self.by_language, key=rank)
