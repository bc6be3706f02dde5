"""RDF in and out: exact literals, every syntax of a catalogue, errors that say the line.

Graphs are what the parser gave: the Oxigraph *store* is never used, because it rewrites literals
(`"07"^^xsd:nonNegativeInteger` becomes `7`). Language tags alone are lowered, as RDF 1.1 allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Triple, serialize

from preuve.catalogue.canonical import named
from preuve.catalogue.guards import LIMIT, checked, too_large
from preuve.catalogue.json_ld import compact
from preuve.catalogue.prefixes import WRITTEN as USUAL
from preuve.catalogue.reading import FORMATS, Graph, Reading
from preuve.catalogue.syntax import Syntax, guess, negotiate
from preuve.core.errors import PreuveError
from preuve.core.language import _

__all__ = ["LIMIT", "Graph", "Syntax", "guess", "negotiate", "read", "read_file", "write"]

_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_PLAIN = (
    NamedNode("http://www.w3.org/2001/XMLSchema#string"),
    NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"),
    _TYPE,
)
"""Names that every syntax writes without a prefix."""
_LOCAL = re.compile(r"[A-Za-z_\u00c0-\uffff][\w.\-\u00b7]*$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_file(
    path: Path,
    syntax: Syntax | None = None,
    *,
    base_iri: str | None = None,
    limit: int = LIMIT,
    tolerant: bool = False,
) -> Graph:
    """The graph of a file; see `read`.

    Raises:
        PreuveError: the file is absent, or `read` refuses it.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise too_large(size, limit, str(path))
        content = path.read_bytes()
    except OSError as error:
        raise PreuveError(_("The file cannot be read."), where=path) from error
    known = syntax or guess(content, name=path.name)
    return read(content, known, where=str(path), base_iri=base_iri, limit=limit, tolerant=tolerant)


def read(
    content: bytes,
    syntax: Syntax | None = None,
    *,
    where: str = "",
    media_type: str = "",
    base_iri: str | None = None,
    limit: int = LIMIT,
    tolerant: bool = False,
) -> Graph:
    """The graph of some content, each literal exactly as it was written.

    Args:
        content: the bytes, at most `limit` of them.
        syntax: how it is written; guessed from `media_type`, `where` and the content when None.
        where: the file or address, told in errors.
        media_type: what the server said of it.
        base_iri: what relative addresses are relative to.
        limit: bytes beyond which the content is refused unread.
        tolerant: for a harvest: bind unbound prefixes and keep addresses that are not valid,
            each told as dirt, where a strict reading refuses them.

    Raises:
        PreuveError: the content is refused; names line and column, and how to mend it.
    """
    if len(content) > limit:
        raise too_large(len(content), limit, where)
    signs = guess(content, media_type, where)
    chosen = signs if syntax is None or signs is Syntax.HTML else syntax
    text = checked(content, chosen, where, limit)
    attempt = Reading(text, chosen, where, base_iri, tolerant)
    return attempt.graph()


def write(
    triples: Iterable[Triple], syntax: Syntax, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """The triples in a syntax: same graph back, and the same bytes for the same graph.

    Blank nodes take canonical names; statements are sorted, types first. Only the prefixes that
    serve are declared, the usual ones of a catalogue by default.

    Raises:
        PreuveError: RDF/XML has no way to write a property's name or a character of a text.
    """
    if syntax is Syntax.HTML:
        raise PreuveError(_("A record is not written as HTML here."), where=syntax.word)
    ordered = sorted(named(triples), key=_order)
    if syntax is Syntax.RDF_XML:
        _fit_xml(ordered)
    serving = _serving(ordered, prefixes or USUAL)
    content: Any = serialize(ordered, format=FORMATS[syntax], prefixes=serving)
    written = bytes(content or b"")
    if syntax is Syntax.JSON_LD:
        return compact(written, serving)
    return written.replace(b"\r", b"&#13;") if syntax is Syntax.RDF_XML else written


def _order(triple: Triple) -> tuple[bool, str, bool, str, str]:
    blank = not isinstance(triple.subject, NamedNode)
    return (
        blank,
        str(triple.subject),
        triple.predicate != _TYPE,
        triple.predicate.value,
        str(triple.object),
    )


def _serving(triples: list[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes whose namespace is used, one for each namespace, with names syntaxes take."""
    used = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            kind = getattr(term, "datatype", term)
            if kind not in _PLAIN:
                used.add(re.sub(r"[^#/]*$", "", getattr(kind, "value", "")))
    by_namespace = {
        namespace: prefix
        for prefix, namespace in sorted(prefixes.items(), reverse=True)
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", prefix) and namespace in used
    }
    return {prefix: namespace for namespace, prefix in sorted(by_namespace.items())}


def _fit_xml(triples: list[Triple]) -> None:
    for triple in triples:
        name = triple.predicate.value
        local = re.split(r"[#/:?=&]", name)[-1]
        if not _LOCAL.fullmatch(local):
            raise PreuveError(
                _("RDF/XML cannot write the property {name}.").format(name=name),
                where=str(triple.subject),
                remedy=_("Ask for Turtle or JSON-LD."),
            )
        if _NOT_XML.search(getattr(triple.object, "value", "")):
            raise PreuveError(
                _("RDF/XML cannot write a control character of this text."),
                where=f"{triple.subject} {name}",
                remedy=_("Ask for Turtle or JSON-LD."),
            )
