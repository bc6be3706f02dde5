"""Grid: the 42 items of the descriptive grid, by whom each is filled, and what is left."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from preuve.core.evidence import Evidence
from preuve.core.usecase import Text
from preuve.registry.entry import Entry
from preuve.registry.facts import load
from preuve.registry.facts.lines import Domain, Item
from preuve.registry.intended_use import says_nothing
from preuve.registry.obligations.obligation import Proof
from preuve.registry.obligations.proofs import shelf
from preuve.registry.obligations.situation import Situation

Filled: TypeAlias = Literal["answer", "proof", "empty"]


@dataclass(frozen=True)
class ItemState:
    """One item of the grid.

    Attributes:
        state: answer (written in the entry), proof (shown by a document or signed evidence) or
            empty.
        text: the answer, in the current language.
        proofs: documents that fill it, beside the answer.
    """

    item: Item
    state: Filled
    text: str
    proofs: tuple[Proof, ...]

    @property
    def filled(self) -> bool:
        return self.state != "empty"

    def record(self) -> dict[str, Any]:
        return {
            "id": self.item.id,
            "domain": self.item.domain,
            "fr": self.item.fr,
            "en": self.item.en,
            "state": self.state,
            "text": self.text,
            "proofs": [one.record() for one in self.proofs],
            "confidence": self.item.confidence,
        }


@dataclass(frozen=True)
class GridState:
    """The grid of an entry.

    Attributes:
        numbering: the reservation on numbers and wording, to be shown.
    """

    domains: tuple[Domain, ...]
    items: tuple[ItemState, ...]
    numbering: Text | None

    @property
    def filled(self) -> int:
        return sum(one.filled for one in self.items)

    def of(self, domain: str) -> tuple[ItemState, ...]:
        """The items of a domain."""
        return tuple(one for one in self.items if one.item.domain == domain)

    def record(self) -> dict[str, Any]:
        return {
            "filled": self.filled,
            "of": len(self.items),
            "numbering": None if self.numbering is None else self.numbering.model_dump(),
            "domains": [
                {
                    "id": one.id,
                    "fr": one.fr,
                    "en": one.en,
                    "filled": sum(item.filled for item in self.of(one.id)),
                    "of": len(self.of(one.id)),
                }
                for one in self.domains
            ],
            "items": [one.record() for one in self.items],
        }


def grid(
    entry: Entry, on: datetime.date | None = None, evidence: Sequence[Evidence] = ()
) -> GridState:
    """The state of the grid of an entry.

    Args:
        entry: the system.
        on: the day that documents must hold; today unless said.
        evidence: signed evidence files; those about another artefact do not count.
    """
    facts = load()
    day = on or datetime.date.today()
    proofs = shelf(Situation.of(entry, "provider", None), day, evidence).holding
    return GridState(
        domains=facts.grid.domains,
        items=tuple(_state(one, entry, proofs) for one in facts.grid.lines),
        numbering=facts.grid.meta.note,
    )


def _state(item: Item, entry: Entry, proofs: Mapping[str, tuple[Proof, ...]]) -> ItemState:
    found = tuple(proof for code in item.filled_by for proof in proofs.get(code, ()))
    written = entry.grid.get(item.id)
    text = "" if written is None else str(written)
    if not says_nothing(text):
        return ItemState(item, "answer", text, found)
    return ItemState(item, "proof" if found else "empty", text, found)
