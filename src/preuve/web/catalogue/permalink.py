"""Permalinks: the address of a record, in the form that its reader asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from preuve.catalogue.holdings import Kept
from preuve.catalogue.rdf import Syntax
from preuve.web.catalogue.api import by_identifier
from preuve.web.catalogue.kept import kept_of
from preuve.web.catalogue.wire import SYNTAXES, wanted
from preuve.web.rendering import linked
from preuve.web.site import reading, site

router = APIRouter()


@router.get("/id")
def by_iri(request: Request, iri: Annotated[str, Query(min_length=1, max_length=2000)]) -> Response:
    """Where the record of any identifier is."""
    with reading(request) as connection:
        return _to(request, by_identifier(connection, request, iri))


@router.get("/id/record/{number}")
def by_number(request: Request, number: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    with reading(request) as connection:
        return _to(request, kept_of(connection, request, number))


@router.get("/id/dataset/{name}")
def of_here(request: Request, name: Annotated[str, Path(max_length=200)]) -> Response:
    """A record whose address this site gave."""
    iri = f"{site(request).settings.address}/id/dataset/{name}"
    with reading(request) as connection:
        return _to(request, by_identifier(connection, request, iri))


def _to(request: Request, kept: Kept) -> Response:
    syntax = wanted(request, None)
    if syntax is Syntax.HTML:
        place = linked(f"/catalogue/{kept.id}")
    else:
        name = next(name for name, one in SYNTAXES.items() if one is syntax)
        place = f"/api/catalogue/datasets/{kept.id}?format={name}"
    headers = {"Location": place, "Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}
    return Response(status_code=303, headers=headers)
