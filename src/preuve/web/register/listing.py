"""Listing: the public register by technology line, filtered as a reader asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from preuve.core.evidence import Evidence
from preuve.registry.classification import qualify
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import DeviceClass, Line
from preuve.registry.facts import load
from preuve.registry.public import Row, Status, claim_words, figure_words, rows, status_name

SHOWN = 40
"""Systems on one page of the list."""
_FIGURES = 4
BEST: tuple[Status, ...] = ("measured", "claimed", "absent")
"""What may be known of a system, the best first."""


@dataclass(frozen=True)
class Filter:
    """What a reader asks for; an empty word asks for everything."""

    text: str = ""
    line: str = ""
    usecase: str = ""
    maker: str = ""
    device_class: str = ""
    proof: str = ""

    @property
    def narrow(self) -> bool:
        return any(vars(self).values())


@dataclass(frozen=True)
class Listed:
    """A system of the list, all its versions together.

    Attributes:
        status: the best that is known of one of its versions.
        classes: of the device: the declared one and those that the answers leave open.
    """

    entry: Entry
    rows: tuple[Row, ...]
    status: Status
    classes: tuple[DeviceClass, ...]

    @property
    def synthetic(self) -> bool:
        return any(row.synthetic for row in self.rows)

    @property
    def status_words(self) -> str:
        return status_name(self.status)

    @property
    def function(self) -> str:
        return str(load().word("function", self.entry.function))

    @property
    def classed(self) -> str:
        return ", ".join(self.classes)

    @property
    def measured(self) -> list[str]:
        """The first figures that were measured, in words."""
        found = [(row, one) for row in self.rows for one in row.figures()]
        return [figure_words(one, row) for row, one in found[:_FIGURES]]

    @property
    def claims(self) -> list[str]:
        """The claims of its maker, in words that say so."""
        found = {claim_words(one): None for row in self.rows for one in row.claims}
        return list(found)[:_FIGURES]

    def record(self) -> dict[str, Any]:
        return {
            "id": self.entry.id,
            "name": self.entry.name,
            "title": str(self.entry.title),
            "maker": self.entry.maker.name,
            "line": self.entry.line,
            "function": self.entry.function,
            "usecase": self.entry.usecase or "",
            "device_classes": list(self.classes),
            "status": self.status,
            "synthetic": self.synthetic,
            "digest": self.entry.digest,
        }


def listed(entries: Sequence[Entry], evidence: Sequence[Evidence], asked: Filter) -> list[Listed]:
    """The systems that a reader asks for, by line then by name."""
    kept = [entry for entry in entries if _fits(entry, asked)]
    by_entry: dict[str, list[Row]] = {}
    for row in rows(kept, evidence):
        by_entry.setdefault(row.entry.id, []).append(row)
    order = get_args(Line)
    found = [_listed(own[0].entry, own) for own in by_entry.values()]
    fitting = [
        one
        for one in found
        if asked.device_class in ("", *one.classes) and asked.proof in ("", one.status)
    ]
    return sorted(
        fitting, key=lambda one: (order.index(one.entry.line), plain(one.entry.name), one.entry.id)
    )


def _listed(entry: Entry, own: list[Row]) -> Listed:
    status = next(one for one in BEST if any(row.status == one for row in own))
    return Listed(entry, tuple(own), status, tuple(dict.fromkeys(qualify(entry).classes)))


def _fits(entry: Entry, asked: Filter) -> bool:
    exact = (
        (asked.line, entry.line),
        (asked.usecase, entry.usecase or ""),
        (asked.maker, entry.maker.name),
    )
    if any(wanted and wanted != own for wanted, own in exact):
        return False
    words = plain(asked.text).split()
    return not words or all(word in _text(entry) for word in words)


def _text(entry: Entry) -> str:
    told = (entry.id, entry.name, entry.title, entry.summary or "", entry.maker.name)
    uses = (one for one in vars(entry.intended_use).values() if one is not None)
    return plain(" ".join(str(one) for one in (*told, *uses)))


def plain(text: str) -> str:
    """A text without accents and capitals."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in split if not unicodedata.combining(one))


def choices(entries: Iterable[Entry]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, from what the register holds."""
    every = list(entries)
    facts = load()
    lines = {entry.line for entry in every}
    usecases = sorted({entry.usecase for entry in every if entry.usecase})
    makers = sorted({entry.maker.name for entry in every}, key=plain)
    return {
        "line": [(one, str(facts.word("line", one))) for one in get_args(Line) if one in lines],
        "usecase": [(one, one) for one in usecases],
        "maker": [(one, one) for one in makers],
        "device_class": [(one, one) for one in get_args(DeviceClass)],
        "proof": [(one, str(status_name(one))) for one in BEST],
    }
