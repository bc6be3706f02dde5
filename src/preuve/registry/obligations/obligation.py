"""Obligation: one duty of one role on one day, with what shows it is met and what is missing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from preuve.core.usecase import Text
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import Confidence, Law
from preuve.registry.facts.lines import Artefact, Line, Scope

State: TypeAlias = Literal["in_force", "coming", "to_settle", "not_concerned"]
STATES: tuple[State, ...] = ("in_force", "coming", "to_settle", "not_concerned")


@dataclass(frozen=True)
class Proof:
    """A document that shows an artefact.

    Attributes:
        code: the artefact. title: of the document, in the current language.
        source: artefact (listed in the entry), evidence (a signed file) or entry (what it says).
        digest: of the document, where there is one.
        date: when it was made. valid_until: its last day.
    """

    code: str
    title: str
    source: Literal["artefact", "evidence", "entry"]
    digest: str | None = None
    url: str | None = None
    date: datetime.date | None = None
    valid_until: datetime.date | None = None

    def record(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in vars(self).items()
            if value is not None
        }


@dataclass(frozen=True)
class Obligation:
    """One duty, computed for one entry, role and day.

    Attributes:
        line: the fact it comes from. law: whose. binding: False for a recommendation.
        on: the day asked. role: who owes it.
        state: in_force, coming (on `applies_from`), to_settle (an answer is missing) or
            not_concerned.
        why: what makes it so, in the current language.
        applies_from: the first day it reaches this system; None where it never does.
        expected: artefacts that show it. found: documents that hold on that day.
        expired: documents that no longer hold, or not yet.
        gap: codes of the artefacts that nothing shows; empty unless the duty reaches the system.
        confidence: the weakest of the line's and of the rules that lead to the state.
    """

    line: Line
    law: Law
    binding: bool
    role: Role
    on: datetime.date
    state: State
    why: str
    applies_from: datetime.date | None
    expected: tuple[tuple[str, Artefact], ...]
    found: tuple[Proof, ...]
    expired: tuple[Proof, ...]
    gap: tuple[str, ...]
    confidence: Confidence

    @property
    def id(self) -> str:
        return self.line.id

    @property
    def article(self) -> str:
        return self.line.article

    @property
    def scope(self) -> Scope:
        return self.line.scope

    @property
    def note(self) -> Text | None:
        return self.line.note

    @property
    def text(self) -> str:
        """What is to be done, in the current language."""
        return str(self.line)

    @property
    def informative(self) -> bool:
        """Whether it asks for nothing that can be shown (a sanction, for instance)."""
        return not self.expected

    @property
    def in_force(self) -> bool:
        return self.state == "in_force"

    def record(self) -> dict[str, Any]:
        """The obligation as JSON values; its text in both languages, reasons in the current one."""
        return {
            "id": self.id,
            "law": self.law,
            "binding": self.binding,
            "article": self.article,
            "role": self.role,
            "scope": self.scope,
            "on": self.on.isoformat(),
            "state": self.state,
            "applies_from": self.applies_from.isoformat() if self.applies_from else None,
            "text": {"fr": self.line.fr, "en": self.line.en},
            "why": str(self.why),
            "expected": [
                {"code": code, "fr": artefact.fr, "en": artefact.en}
                for code, artefact in self.expected
            ],
            "found": [one.record() for one in self.found],
            "expired": [one.record() for one in self.expired],
            "gap": list(self.gap),
            "confidence": self.confidence,
            "note": self.note.model_dump() if self.note else None,
        }
