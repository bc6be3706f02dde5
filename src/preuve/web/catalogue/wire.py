"""Wire: a record in the form that a program asks for, by `?format=` or its Accept header."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from fastapi import Request
from pyoxigraph import Triple
from starlette.responses import Response

from preuve.catalogue.describe import describe
from preuve.catalogue.dictionary import write_dictionary
from preuve.catalogue.export import croissant, schema_org
from preuve.catalogue.rdf import Syntax, negotiate, write
from preuve.catalogue.record import Record
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web.errors import means

Format: TypeAlias = Literal[
    "turtle", "rdf-xml", "json-ld", "n-triples", "croissant", "schema-org", "dictionary", "html"
]
SYNTAXES = {
    "turtle": Syntax.TURTLE,
    "rdf-xml": Syntax.RDF_XML,
    "json-ld": Syntax.JSON_LD,
    "n-triples": Syntax.N_TRIPLES,
    "html": Syntax.HTML,
}
OFFERED = (Syntax.HTML, Syntax.TURTLE, Syntax.JSON_LD, Syntax.RDF_XML, Syntax.N_TRIPLES)
MEDIA_TYPES = tuple(one.media_type for one in OFFERED[1:])
BODIES = ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")
"""Media types in which a record may be sent."""
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with a file."""
    return {200: {"description": "The file", "content": dict.fromkeys(media_types, _BYTES)}}


def body(what: str) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads records as its body."""
    content = dict.fromkeys(BODIES, _BYTES)
    return {"requestBody": {"required": True, "description": what, "content": content}}


class NotOffered(PreuveError):  # noqa: N818 - what it says of the form
    """A form that is not offered."""


means(NotOffered, 406)


def wanted(request: Request, named: Format | None, offered: Sequence[Syntax] = OFFERED) -> Syntax:
    """The syntax that is asked for.

    Raises:
        NotOffered: none of those asked for is offered.
    """
    if named in SYNTAXES:
        return SYNTAXES[named]
    found = negotiate(request.headers.get("accept", ""), tuple(offered))
    if found is None:
        raise NotOffered(
            _("None of the forms asked for is offered."),
            where=request.headers.get("accept", "")[:200],
            remedy=_("Ask for {types}.").format(types=", ".join(MEDIA_TYPES)),
        )
    return found


def answer(triples: Sequence[Triple], syntax: Syntax, headers: dict[str, str]) -> Response:
    """Some triples as a response."""
    try:
        content = write(triples, syntax)
    except PreuveError as refused:
        raise NotOffered(refused.problem, where=refused.where, remedy=refused.remedy) from refused
    return Response(content, media_type=f"{syntax.media_type}; charset=utf-8", headers=headers)


def other(record: Record, named: str, page: str) -> tuple[bytes, str]:
    """The record as Croissant, schema.org or a data dictionary, and its media type."""
    if named == "dictionary":
        tables = describe(record).variables
        return write_dictionary(tables, current_language()), "text/csv; charset=utf-8"
    made: Callable[..., dict[str, Any]] = croissant if named == "croissant" else schema_org
    content = json.dumps(made(record, current_language(), page), ensure_ascii=False, indent=2)
    return content.encode(), "application/ld+json; charset=utf-8"
