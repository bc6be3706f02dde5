"""Concepts: the codes of a list, with what they are called in French and in English."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from preuve.catalogue.vocabulary.hosts import normal
from preuve.core.language import current_language

_TABLES = Path(__file__).parent / "tables"
LISTS: tuple[str, ...] = tuple(sorted(path.stem for path in _TABLES.glob("*.json")))
"""The names of the packaged lists; their producer and licence are in `source`."""


@dataclass(frozen=True)
class Concept:
    """One code of a list.

    Args:
        iri: its usual address (production host).
        code: its short name.
        list: the list it belongs to.
        fr: what it is called in French.
        en: what it is called in English.
        article: the article of Regulation (EU) 2025/327 behind it, where there is one.
        applies_from: the day that article applies, ISO 8601.
    """

    iri: str
    code: str
    list: str
    fr: str
    en: str
    article: str = ""
    applies_from: str = ""

    @property
    def label(self) -> str:
        return self.fr if current_language() == "fr" else self.en


@cache
def _table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def concepts(name: str) -> tuple[Concept, ...]:
    """The concepts of a list; none for a name that is not in `LISTS`."""
    if name not in LISTS:
        return ()
    return tuple(Concept(list=name, **one) for one in _table(name)["concepts"])


def source(name: str) -> dict[str, str]:
    """Producer and licence of a list."""
    found: dict[str, str] = _table(name)["source"]
    return found


def is_complete(name: str) -> bool:
    """Whether the packaged list holds every code of its release."""
    return bool(_table(name)["complete"])


@cache
def _by_iri() -> dict[str, Concept]:
    return {one.iri: one for name in LISTS for one in concepts(name)}


def concept(iri: str) -> Concept | None:
    """The concept at an address, whichever of its hosts the address names."""
    return _by_iri().get(iri) or _by_iri().get(normal(iri))
