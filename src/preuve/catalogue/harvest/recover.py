"""Recover: what can be read of a page that is not valid, statement by statement.

A page is cut where statements seem to end; each piece is read alone with the prefixes of the page.
What cannot be read is told with its place, and the nodes it spoke of are named, so that no record
is taken for whole without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from preuve.catalogue import rdf
from preuve.catalogue.rdf import Graph, Syntax
from preuve.core.errors import PreuveError
from preuve.core.language import _

_HEADER = re.compile(r"^[ \t]*(?:@prefix|@base|prefix|base)\b[^\n]*$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"\.[ \t]*(?:#[^\n]*)?\n(?=[^\s#])")
_SUBJECT = re.compile(r"\s*(?:#[^\n]*\n\s*)*(<[^<>\s]*>|_:[\w.\-]+|[\w.\-]*:[^\s;,\[\]()\"']+)")
_PIECES = 200_000
_JOINED = 3


@dataclass(frozen=True)
class Lost:
    """A piece that cannot be read: why, where, and the node it spoke of (empty: not known)."""

    error: PreuveError
    node: str


@dataclass(frozen=True)
class Recovered:
    """What could be read of a page, and what could not."""

    graph: Graph
    lost: tuple[Lost, ...]


def recover(content: bytes, syntax: Syntax, where: str, base_iri: str) -> Recovered | None:
    """The readable part of a page; None where its syntax cannot be cut, or nothing is readable."""
    found: Recovered | None = None
    try:
        text = content.decode("utf-8", errors="replace")
        if syntax in (Syntax.TURTLE, Syntax.N_TRIPLES):
            found = _turtle(text, where, base_iri)
        elif syntax is Syntax.JSON_LD:
            found = _json(text, where, base_iri)
    except (PreuveError, ValueError, RecursionError):
        return None
    return found if found and found.graph.triples else None


def _turtle(text: str, where: str, base_iri: str) -> Recovered:
    header = "\n".join(_HEADER.findall(text)) + "\n"
    body = _HEADER.sub("", text)
    reading = _Reading(where, base_iri)
    waiting: list[str] = []
    first = line = 1
    for piece in _pieces(body):
        waiting.append(piece)
        joined = "".join(waiting)
        failed = reading.take((header + joined).encode(), Syntax.TURTLE)
        line += piece.count("\n")
        if failed is not None and len(waiting) <= _JOINED and _is_open(joined):
            continue
        if failed is not None:
            reading.lose(failed, first, _node_of(header, joined, base_iri))
        waiting, first = [], line
    if waiting:
        reading.lose(None, first, _node_of(header, "".join(waiting), base_iri))
    return reading.recovered(Syntax.TURTLE)


def _pieces(text: str) -> Iterator[str]:
    """The statements of a text, with what stands before each."""
    start = 0
    for count, end in enumerate(_END.finditer(text)):
        if count > _PIECES:
            raise ValueError("too many statements")
        yield text[start : end.end()]
        start = end.end()
    if text[start:].strip():
        yield text[start:]


def _is_open(text: str) -> bool:
    """Whether a long text may have been cut: it holds an odd number of triple quotes."""
    return text.count('"""') % 2 == 1 or text.count("'''") % 2 == 1


def _node_of(header: str, piece: str, base_iri: str) -> str:
    """The node a piece speaks of, as its record would name it."""
    found = _SUBJECT.match(piece)
    if found is None:
        return ""
    if found[1].startswith("_:"):
        return found[1]
    statement = f"{header}{found[1]} <https://x.invalid/> <https://x.invalid/> ."
    try:
        graph = rdf.read(statement.encode(), Syntax.TURTLE, base_iri=base_iri, tolerant=True)
    except PreuveError:
        return ""
    return getattr(graph.triples[0].subject, "value", "")


def _json(text: str, where: str, base_iri: str) -> Recovered | None:
    """The nodes of a `@graph` or of an array, each read alone under the page's context."""
    page: Any = json.loads(text)
    context = page.get("@context") if isinstance(page, dict) else None
    nodes = page.get("@graph") if isinstance(page, dict) else page
    if not isinstance(nodes, list) or len(nodes) > _PIECES:
        return None
    reading = _Reading(where, base_iri)
    for place, node in enumerate(nodes):
        alone = {"@context": context, "@graph": [node]} if context else node
        failed = reading.take(json.dumps(alone).encode(), Syntax.JSON_LD)
        if failed is not None:
            name = node.get("@id", node.get("id", "")) if isinstance(node, dict) else ""
            reading.lose(failed, place + 1, name if isinstance(name, str) else "")
    return reading.recovered(Syntax.JSON_LD)


class _Reading:
    """Pieces of a page, read one by one."""

    def __init__(self, where: str, base_iri: str) -> None:
        self._where, self._base = where, base_iri
        self._graphs: list[Graph] = []
        self._lost: list[Lost] = []

    def take(self, piece: bytes, syntax: Syntax) -> PreuveError | None:
        """Read a piece; gives back why it cannot be read."""
        if not piece.strip():
            return None
        try:
            self._graphs.append(
                rdf.read(piece, syntax, where=self._where, base_iri=self._base, tolerant=True)
            )
        except PreuveError as error:
            return error
        return None

    def lose(self, error: PreuveError | None, place: int, node: str) -> None:
        told = PreuveError(
            error.problem if error else _("A statement does not end."),
            where=_("{page}, statement from line {line}").format(page=self._where, line=place),
            remedy=error.remedy if error else "",
        )
        self._lost.append(Lost(told, node))

    def recovered(self, syntax: Syntax) -> Recovered:
        triples = tuple(triple for graph in self._graphs for triple in graph.triples)
        prefixes = {
            name: namespace for graph in self._graphs for name, namespace in graph.prefixes.items()
        }
        dirt = tuple(dict.fromkeys(one for graph in self._graphs for one in graph.dirt))
        whole = Graph(triples, prefixes, syntax, dirt, self._where, self._base)
        return Recovered(replace(whole, triples=tuple(dict.fromkeys(triples))), tuple(self._lost))
