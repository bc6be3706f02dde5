"""XML guard: the document walked once by expat, which knows lines, before any entity is opened."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from preuve.core.errors import PreuveError
from preuve.core.language import _

DEPTH = 128
"""Levels of nesting; a catalogue record has fewer than thirty."""
ENTITIES, ENTITY_LENGTH = 100, 500
EXPANDED = 4 * 1024 * 1024
"""Bytes that opened entities may add, besides ten times the document."""


def at(where: str, line: int | None, column: int | None = None) -> str:
    """`file:line:column`, as editors know it."""
    return ":".join(str(part) for part in (where, line, column) if part)


def too_deep(where: str) -> PreuveError:
    return PreuveError(
        _("The file is nested more than {depth} levels deep.").format(depth=DEPTH),
        where=where,
        remedy=_("Write nodes one after another, each with its own identifier."),
    )


def walk(content: bytes, where: str) -> None:
    """Go through the document once; nothing outside it is read.

    Raises:
        PreuveError: not well formed, too deep, or with entities other than short plain texts.
    """
    parser = expat.ParserCreate()
    walked = _Walk(parser, where)
    parser.StartElementHandler, parser.EndElementHandler = walked.opened, walked.closed
    parser.EntityDeclHandler, parser.StartDoctypeDeclHandler = walked.entity, walked.doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        if "amplification" in expat.ErrorString(error.code):
            raise _entities(at(where, error.lineno)) from error
        raise PreuveError(
            _("This is not valid {syntax}: {error}").format(
                syntax="XML", error=expat.ErrorString(error.code)
            ),
            where=at(where, error.lineno, error.offset + 1),
            remedy=_("Close every tag, and write & as &amp;."),
        ) from error
    grown = sum(content.count(b"&%s;" % n.encode()) * size for n, size in walked.sizes.items())
    if grown > EXPANDED + 10 * len(content):
        raise _entities(where)


class _Walk:
    """Where the walk is, and the entities met."""

    def __init__(self, parser: Any, where: str) -> None:
        self.parser, self.where = parser, where
        self.depth = 0
        self.sizes: dict[str, int] = {}

    def _here(self) -> str:
        return at(self.where, self.parser.CurrentLineNumber)

    def opened(self, *_element: object) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise too_deep(self._here())

    def closed(self, *_element: object) -> None:
        self.depth -= 1

    def entity(self, name: str, parameter: bool, value: str | None, *elsewhere: object) -> None:
        """Short plain text, as the namespaces of RDF/XML; no other entity is let through."""
        plain = value is not None and not parameter and not any(elsewhere)
        if not plain or len(self.sizes) >= ENTITIES:
            raise _entities(self._here())
        if len(str(value)) > ENTITY_LENGTH or "&" in str(value) or "%" in str(value):
            raise _entities(self._here())
        self.sizes[name] = len(str(value))

    def doctype(self, _name: str, system: str | None, public: str | None, *_rest: object) -> None:
        if system or public:
            raise _entities(self._here())


def _entities(where: str) -> PreuveError:
    return PreuveError(
        _("The XML defines entities that refer elsewhere or grow: they are never opened."),
        where=where,
        remedy=_("Remove the DOCTYPE, and write addresses in full."),
    )
