"""Syntax: how RDF is written, known from a media type, a file's name or its first signs."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import PurePosixPath


class Syntax(Enum):
    """A way to write a catalogue: its name, media types (the usual one first) and extensions."""

    TURTLE = ("turtle", ("text/turtle", "application/x-turtle"), ("ttl", "turtle"))
    N_TRIPLES = ("n-triples", ("application/n-triples",), ("nt",))
    RDF_XML = (
        "rdf-xml",
        ("application/rdf+xml", "application/xml", "text/xml"),
        ("rdf", "xml", "owl"),
    )
    JSON_LD = ("json-ld", ("application/ld+json", "application/json"), ("jsonld", "json"))
    TRIG = ("trig", ("application/trig",), ("trig",))
    N_QUADS = ("n-quads", ("application/n-quads",), ("nq",))
    HTML = ("html", ("text/html", "application/xhtml+xml"), ("html", "htm", "xhtml"))

    def __init__(
        self, word: str, media_types: tuple[str, ...], extensions: tuple[str, ...]
    ) -> None:
        self.word = word
        self.media_types = media_types
        self.extensions = extensions

    @property
    def media_type(self) -> str:
        return self.media_types[0]

    @property
    def extension(self) -> str:
        return self.extensions[0]

    @classmethod
    def named(cls, word: str) -> Syntax | None:
        """The syntax of a name, an extension or a media type; None where it is none of them."""
        wanted = word.strip().lower().lstrip(".")
        return next((s for s in cls if wanted in (s.word, *s.media_types, *s.extensions)), None)


WRITTEN = (Syntax.TURTLE, Syntax.JSON_LD, Syntax.RDF_XML, Syntax.N_TRIPLES)
"""What a catalogue is written in, the preferred one first."""


def guess(content: bytes, media_type: str = "", name: str = "") -> Syntax:
    """The syntax told by the media type, else by the name's extension, else by the first signs.

    A page of HTML is known by its first signs whatever it claims to be.
    """
    signs = _by_signs(content)
    if signs is Syntax.HTML:
        return signs
    told = Syntax.named(media_type.partition(";")[0]) if media_type else None
    by_name = Syntax.named(PurePosixPath(name).suffix) if PurePosixPath(name).suffix else None
    return told or by_name or signs


def _by_signs(content: bytes) -> Syntax:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = start.lower()
    if re.match(rb"(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*(<!doctype\s+html|<html)", lower, re.S):
        return Syntax.HTML
    if lower.startswith((b"<?xml", b"<rdf:rdf", b"<!doctype rdf", b"<!--")):
        return Syntax.RDF_XML
    if re.match(rb'\{\s*["}]|\[\s*([{\["]|\]\s*$)', start):
        return Syntax.JSON_LD
    return Syntax.TURTLE


def negotiate(accept: str, offered: tuple[Syntax, ...] = (Syntax.HTML, *WRITTEN)) -> Syntax | None:
    """The syntax of `offered` that an Accept header prefers (RFC 9110, 12.5.1); None for a 406.

    An equal wish goes to the first offered; a bare `*/*` or no header is a program's: Turtle.
    """
    wishes = _wishes(accept)
    if not wishes or set(wishes) == {"*/*"}:
        return Syntax.TURTLE if Syntax.TURTLE in offered else offered[0]
    best = max(offered, key=lambda syntax: _wish(syntax, wishes))
    return best if _wish(best, wishes) > 0 else None


def _wishes(accept: str) -> dict[str, float]:
    """Media ranges and their weight; a weight that is not a number counts as nothing."""
    wishes: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media:
            wishes[media] = _weight(parameters)
    return wishes


def _weight(parameters: list[str]) -> float:
    weight = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
    return min(float(weight), 1.0) if re.fullmatch(r"\d(\.\d{0,3})?", weight) else 0.0


def _wish(syntax: Syntax, wishes: dict[str, float]) -> float:
    exact = [wishes[media] for media in syntax.media_types if media in wishes]
    if exact:
        return max(exact)
    family = syntax.media_type.partition("/")[0] + "/*"
    return wishes.get(family, wishes.get("*/*", 0.0))
