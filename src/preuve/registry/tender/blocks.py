"""Blocks: what a dossier is made of; plain texts, never markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from preuve.pages.numbers import typeset

_LONG = re.compile(r"\S{25,}")
_FONT = re.compile(r'font-family="[^"]*"')
_BREAK = "\u200b"


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1

    def record(self) -> dict[str, Any]:
        return {"kind": "heading", "level": self.level, "text": plain(self.text)}


@dataclass(frozen=True)
class Paragraph:
    text: str

    def record(self) -> dict[str, Any]:
        return {"kind": "paragraph", "text": plain(self.text)}


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        return {"kind": "bullets", "items": [plain(one) for one in self.items]}


@dataclass(frozen=True)
class Box:
    """Sentences that must be seen: the conclusion, the limits."""

    title: str
    items: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        return {
            "kind": "box",
            "title": plain(self.title),
            "items": [plain(one) for one in self.items],
        }


@dataclass(frozen=True)
class Table:
    """Rows under a header; widths are shares of the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]

    def record(self) -> dict[str, Any]:
        return {
            "kind": "table",
            "columns": [plain(one) for one in self.columns],
            "rows": [[breakable(plain(cell)) for cell in row] for row in self.rows],
            "widths": list(self.widths),
        }


@dataclass(frozen=True)
class Digests:
    """Files with their digest, in fixed width."""

    rows: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        return {"kind": "digests", "rows": [[plain(cell) for cell in row] for row in self.rows]}


@dataclass(frozen=True)
class Chart:
    """A drawing with the words that say it to who cannot see it."""

    svg: str
    alternative: str
    caption: str

    def record(self) -> dict[str, Any]:
        return {
            "kind": "chart",
            "svg": _FONT.sub('font-family="Libertinus Serif"', self.svg),
            "alternative": plain(self.alternative),
            "caption": plain(self.caption),
        }


Block = Chart | Heading | Paragraph | Bullets | Box | Table | Digests


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> Table:
    return Table(tuple(columns), tuple(tuple(row) for row in rows), tuple(widths))


def plain(text: str) -> str:
    """The text as the current language sets it, without characters that are not seen.

    Control and format characters go (line breaks stay); so do lone surrogates and codes without
    a character.
    """
    kept = str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    seen = "".join(
        sign
        for sign in kept
        if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Cn", "Co")
    )
    return typeset(seen)


def breakable(text: str) -> str:
    """The text with places to break inside words too long for a narrow column."""
    return _LONG.sub(
        lambda word: _BREAK.join(
            word[0][place : place + 12] for place in range(0, len(word[0]), 12)
        ),
        text,
    )
