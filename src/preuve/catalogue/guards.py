"""Guards: what content must not do before a parser touches it (size, depth, entities, bytes)."""

from __future__ import annotations

import re
from collections.abc import Callable

from preuve.catalogue.syntax import Syntax
from preuve.catalogue.xml_guard import DEPTH, at, too_deep, walk
from preuve.core.errors import PreuveError
from preuve.core.language import _

LIMIT = 50 * 1024 * 1024
"""Bytes read by default; a larger catalogue comes in pages."""

_JSON_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.S)
_TURTLE_TOKEN = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|.?\Z)'
    rb"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:'''|.?\Z)"
    rb'|"(?:[^"\\\n]++|\\.)*+["\n]?|\'(?:[^\'\\\n]++|\\.)*+[\'\n]?'
    rb"|<[^<>\s]*>|\\.|#[^\n]*|<<",
    re.S,
)
"""Tokens that may hide a bracket; a string left open runs to its end: one pass is enough."""
_DECLARATION = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")


def checked(content: bytes, syntax: Syntax, where: str, limit: int = LIMIT) -> bytes:
    """The content as UTF-8 without a byte-order mark, once nothing in it can harm its reader.

    Raises:
        PreuveError: too large, empty, not text, a web page, nested too deep, or XML with entities
            that refer elsewhere or to one another.
    """
    if len(content) > limit:
        raise too_large(len(content), limit, where)
    if not content.strip():
        raise PreuveError(
            _("The file is empty."), where=where, remedy=_("Export the record again.")
        )
    if syntax is Syntax.HTML:
        raise PreuveError(
            _("This is a web page, not a catalogue record."),
            where=where,
            remedy=_("Ask the server for text/turtle, or download the record itself."),
        )
    content = _as_utf8(content, syntax, where)
    _GUARDS.get(syntax, _no_guard)(content, where)
    return content


def too_large(size: int, limit: int, where: str) -> PreuveError:
    return PreuveError(
        _("The file holds {size} MB; at most {limit} MB are read at once.").format(
            size=-(-size // 1_000_000), limit=limit // 1_000_000
        ),
        where=where,
        remedy=_("Cut the catalogue into pages or files, one for some records each."),
    )


def _as_utf8(content: bytes, syntax: Syntax, where: str) -> bytes:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = _decoded(content, "utf-16", where)
    declared = _DECLARATION.match(content) if syntax is Syntax.RDF_XML else None
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"utf-16"):
        content = _decoded(content, declared.group(1).decode("ascii"), where)
    if declared:
        content = re.sub(rb"^<\?xml[^>]*\?>", b"", content, count=1)
    content = content.removeprefix(b"\xef\xbb\xbf")
    nul = content.find(b"\x00")
    if nul >= 0:
        raise PreuveError(
            _("The file holds a NUL byte: it is not text."),
            where=at(where, content.count(b"\n", 0, nul) + 1),
            remedy=_("Save it as UTF-8 text."),
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        start = content.rfind(b"\n", 0, error.start) + 1
        raise PreuveError(
            _("A byte is not UTF-8."),
            where=at(where, content.count(b"\n", 0, error.start) + 1, error.start - start + 1),
            remedy=_("Save the file as UTF-8: in another encoding its accents are lost."),
        ) from error
    return content


def _decoded(content: bytes, encoding: str, where: str) -> bytes:
    try:
        return content.decode(encoding).encode("utf-8")
    except (LookupError, UnicodeError) as error:
        raise PreuveError(
            _("The file says it is written in {encoding}, and it is not.").format(
                encoding=encoding
            ),
            where=where,
            remedy=_("Save it as UTF-8 text."),
        ) from error


def _no_guard(content: bytes, where: str) -> None:
    """N-Triples, N-Quads: a line holds one statement, nothing nests."""
    _no_triple_terms(content, where)


def _json(content: bytes, where: str) -> None:
    """The parser's stack is the process's own: a deep document would end the process."""
    depth = 0
    for token in _JSON_TOKEN.finditer(content):
        sign = token.group()
        if sign in (b"{", b"["):
            depth += 1
            if depth > DEPTH:
                raise too_deep(at(where, content.count(b"\n", 0, token.start()) + 1))
        elif sign in (b"}", b"]"):
            depth -= 1


def _no_triple_terms(content: bytes, where: str) -> None:
    """Statements about statements (RDF 1.2) are not used by DCAT, and nest without end."""
    if b"<<" not in content:
        return
    for token in _TURTLE_TOKEN.finditer(content):
        if token.group() == b"<<":
            raise PreuveError(
                _("A statement is written inside another (<< … >>): records have none."),
                where=at(where, content.count(b"\n", 0, token.start()) + 1),
                remedy=_("Write it as a statement of its own."),
            )


_GUARDS: dict[Syntax, Callable[[bytes, str], None]] = {
    Syntax.JSON_LD: _json,
    Syntax.RDF_XML: walk,
    Syntax.TURTLE: _no_triple_terms,
    Syntax.TRIG: _no_triple_terms,
}
