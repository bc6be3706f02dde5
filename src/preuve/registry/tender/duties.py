"""Duties: what the buyer will owe for a system, and what its supplier owes and does not show."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import load
from preuve.registry.obligations import Obligation, obligations
from preuve.registry.tender.days import day_words


@dataclass(frozen=True)
class Owed:
    """An artefact that the supplier owes and that nothing shows.

    Attributes:
        artefact: its name, in the current language.
        articles: the articles that ask for it, each with its first day.
    """

    artefact: str
    articles: tuple[str, ...]


def reaching(
    entry: Entry, role: Role, on: datetime.date, evidence: Sequence[Evidence]
) -> tuple[Obligation, ...]:
    """The obligations that reach a system, or may: those that do not concern it are left out."""
    found = obligations(entry, role, on, None, evidence)
    return tuple(one for one in found if one.state != "not_concerned")


def owed(entry: Entry, on: datetime.date, evidence: Sequence[Evidence]) -> list[Owed]:
    """What its provider must be able to show by law and nothing shows."""
    articles: dict[str, list[str]] = {}
    for one in reaching(entry, "provider", on, evidence):
        if one.binding and one.state in ("in_force", "coming"):
            labels = {code: str(artefact) for code, artefact in one.expected}
            for code in one.gap:
                articles.setdefault(labels[code], []).append(_article(one))
    return [Owed(name, tuple(dict.fromkeys(asked))) for name, asked in articles.items()]


def _article(one: Obligation) -> str:
    named = article_words(one)
    if one.applies_from is None:
        return named
    return _("{article} (from {day})").format(article=named, day=day_words(one.applies_from))


def article_words(one: Obligation) -> str:
    """The law and its article."""
    return f"{load().word('law', one.law)}, {one.article}"
