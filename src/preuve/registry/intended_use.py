"""Intended use: its six parts, which of them are really written, beside what others write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.registry.entry import Entry
from preuve.registry.facts import load
from preuve.registry.facts.lines import Part

_VAGUE = re.compile(
    r"""(?ix)
    n\s*/?\s*[ad]\.? | s\.?o\.? | tb[adc] | todo | x+ | none | nil | néant | aucune? | rien
    | unknown | inconnue?s? | idem | various | divers(es)? | lorem\ ipsum.*
    | (not|non)\s+(yet\s+|encore\s+)?(\w+\s)?(applicable|specified|available|known|defined|stated
        |provided|disclosed|renseignée?s?|précisée?s?|communiquée?s?|disponibles?|définie?s?
        |concernée?s?|connue?s?)
    | (to\ be|à)\s+(completed|defined|determined|confirmed|announced|compléter|définir|préciser
        |confirmer|venir|renseigner)
    | (see|refer\ to|voir|cf\.?)\b.{0,40}(ifu|instructions?|manual|documentation|notice|site
        |annexe?).{0,20}
    """
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def says_nothing(text: str) -> bool:
    """Whether a text is empty, holds no word, or only words that put off the answer."""
    bare = text.strip().strip(".…-–—?!:;()[]<>\"'«» \u00a0")
    return not _WORD.search(bare) or _VAGUE.fullmatch(bare) is not None


@dataclass(frozen=True)
class PartState:
    """One part of an intended use.

    Attributes:
        part: its name, and the share of marketed products that stated it.
        text: what is written, in the current language; empty where nothing is.
        filled: whether it says something.
        why: what is wrong with it; empty where it is filled.
    """

    part: Part
    text: str
    filled: bool
    why: str

    def record(self) -> dict[str, Any]:
        return {
            "id": self.part.id,
            "field": self.part.field,
            "fr": self.part.fr,
            "en": self.part.en,
            "text": self.text,
            "filled": self.filled,
            "why": str(self.why),
            "share_of_products": self.part.share,
        }


@dataclass(frozen=True)
class Completeness:
    """How complete an intended use is.

    Attributes:
        parts: the six, in order.
        products: how many marketed products the shares were counted on.
        source, note: of those shares.
    """

    parts: tuple[PartState, ...]
    products: int
    source: str
    note: Text | None

    @property
    def filled(self) -> int:
        return sum(one.filled for one in self.parts)

    @property
    def complete(self) -> bool:
        return self.filled == len(self.parts)

    @property
    def missing(self) -> tuple[Part, ...]:
        return tuple(one.part for one in self.parts if not one.filled)

    def record(self) -> dict[str, Any]:
        return {
            "filled": self.filled,
            "of": len(self.parts),
            "parts": [one.record() for one in self.parts],
            "products": self.products,
            "source": self.source,
        }


def completeness(entry: Entry) -> Completeness:
    """The six parts of the intended use of an entry; a vague word does not count as filled."""
    parts = load().parts
    return Completeness(
        parts=tuple(_state(one, getattr(entry.intended_use, one.field)) for one in parts.parts),
        products=parts.products,
        source=parts.meta.sources[0],
        note=parts.meta.note,
    )


def _state(part: Part, written: Text | str | None) -> PartState:
    if written is None:
        return PartState(part, "", False, _("Not written."))
    said = (written.fr, written.en) if isinstance(written, Text) else (written,)
    if all(says_nothing(one) for one in said):
        return PartState(part, str(written), False, _("These words say nothing."))
    return PartState(part, str(written), True, "")
