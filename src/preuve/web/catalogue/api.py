"""The catalogue for programs: lists, search, records in every syntax, verdicts, changes."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from sqlalchemy import Connection

from preuve.catalogue import holdings
from preuve.catalogue.cleaning import clean
from preuve.catalogue.holdings import Kept
from preuve.catalogue.profile.report import turtle
from preuve.catalogue.profile.shelf import load, names
from preuve.catalogue.rdf import Syntax
from preuve.catalogue.record import Record
from preuve.catalogue.search.find import search
from preuve.core.language import _
from preuve.web.caching import public
from preuve.web.catalogue.api_shown import (
    FoundPage,
    ProfileShown,
    RecordShown,
    RecordsPage,
    RevisionShown,
    VerdictShown,
)
from preuve.web.catalogue.judging import judged_by, verdict_shown
from preuve.web.catalogue.kept import kept_of, visible
from preuve.web.catalogue.wire import MEDIA_TYPES, OFFERED, Format, answer, file, other, wanted
from preuve.web.errors import NotFound
from preuve.web.problem import described
from preuve.web.rendering import linked
from preuve.web.site import reading, site

api = APIRouter(prefix="/catalogue", tags=["catalogue"])
Number = Annotated[int, Path(ge=1, le=2**53, description="Number of a record.")]
Size = Annotated[int, Query(ge=1, le=100, description="Records on a page.")]
PageNumber = Annotated[int, Query(ge=1, le=100_000, description="Page, from 1.")]
Words = Annotated[list[str], Query(max_length=50)]
Named = Annotated[Format | None, Query(alias="format", description="In place of Accept.")]
_RDF = tuple(one for one in OFFERED if one is not Syntax.HTML)


_REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The verdict; as a SHACL report graph for text/turtle",
        "content": {"text/turtle": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@api.get("/search")
def found(
    request: Request,
    response: Response,
    q: Annotated[str, Query(max_length=1000, description="Words; accents, typos forgiven.")] = "",
    category: Words = [],  # noqa: B006
    access: Words = [],  # noqa: B006
    territory: Words = [],  # noqa: B006
    coding: Words = [],  # noqa: B006
    theme: Words = [],  # noqa: B006
    publisher: Words = [],  # noqa: B006
    variable: Words = [],  # noqa: B006
    language: Words = [],  # noqa: B006
    verdict: Words = [],  # noqa: B006
    page: PageNumber = 1,
    size: Size = 20,
) -> FoundPage:
    """Published records by words and facets; values of one facet are alternatives."""
    facets = {
        "category": category,
        "access": access,
        "territory": territory,
        "coding": coding,
        "theme": theme,
        "publisher": publisher,
        "variable": variable,
        "language": language,
        "verdict": verdict,
    }
    with reading(request) as connection:
        results = search(connection, q, facets, page=page, size=size)
    public(response)
    return FoundPage.of(results)


@api.get("/datasets")
def listed(
    request: Request,
    response: Response,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last record.")] = 0,
    size: Size = 50,
) -> RecordsPage:
    """Published records, in the order in which they were first kept."""
    with reading(request) as connection:
        some = holdings.listed(connection, after=after, limit=size + 1)
        total = holdings.number_of(connection)
    more = len(some) > size
    items = [RecordShown.of(one) for one in some[:size]]
    following = f"/api/catalogue/datasets?after={items[-1].number}&size={size}" if more else None
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    public(response)
    return RecordsPage(total=total, items=items, next=following)


@api.get("/profiles")
def profiles(response: Response) -> list[ProfileShown]:
    """The profiles that records are checked against."""
    public(response)
    return [
        ProfileShown(
            id=one.id,
            version=one.version,
            date=one.date,
            title=one.title.model_dump(),
            access=one.access,
        )
        for one in map(load, names())
    ]


@api.get(
    "/datasets/{number}",
    responses=file(*MEDIA_TYPES, "application/ld+json", "text/csv") | described(406, 410),
    response_class=Response,
)
def one(
    request: Request,
    number: Number,
    named: Named = None,
    if_none_match: Annotated[str, Header(max_length=400)] = "",
) -> Response:
    """One record, every triple as it came; the ETag is its revision, for If-Match."""
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        record = holdings.read(connection, kept.iri)
    if named in ("croissant", "schema-org", "dictionary"):
        view = Record(record.iri, record.kind, clean(record.triples).triples)
        page = site(request).settings.address + linked(f"/catalogue/{number}")
        content, media_type = other(view, named, page)
        return Response(content, media_type=media_type, headers=_kept_headers(kept))
    syntax = wanted(request, named)
    if syntax is Syntax.HTML:
        return Response(status_code=303, headers={"Location": linked(f"/catalogue/{number}")})
    headers = _kept_headers(kept)
    if headers["ETag"] in [tag.strip() for tag in if_none_match.split(",")]:
        return Response(status_code=304, headers=headers)
    return answer(record.triples, syntax, headers)


def etag(kept: Kept) -> str:
    """The mark of the revision that stands."""
    return f'"{kept.revision}"'


def _kept_headers(kept: Kept) -> dict[str, str]:
    return {
        "ETag": etag(kept),
        "Vary": "Accept, Authorization, Cookie",
        "Cache-Control": "no-cache",
        "Link": f'<{kept.iri}>; rel="describes"' if re.fullmatch(r"[!-~]+", kept.iri) else "",
    }


@api.get(
    "/datasets/{number}/verdict",
    responses=described(410) | _REPORT,
    response_model=list[VerdictShown],
)
def verdict(
    request: Request,
    number: Number,
    profile: Annotated[
        str, Query(max_length=80, description="A profile; empty: release 8 at its level.")
    ] = "",
) -> list[VerdictShown] | Response:
    """What a profile finds in a record, with why and how to mend it."""
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        record = holdings.read(connection, kept.iri)
    found = judged_by(record.triples, profile)
    if "text/turtle" in request.headers.get("accept", ""):
        graph = turtle([(one, load(one.profile)) for one, _reason in found])
        return Response(graph, media_type="text/turtle; charset=utf-8")
    return [verdict_shown(one, reason) for one, reason in found]


@api.get("/datasets/{number}/revisions", responses=described(410))
def revisions(request: Request, number: Number) -> list[RevisionShown]:
    """Every text of a record, newest first, those kept aside among them."""
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        return [RevisionShown.of(one) for one in holdings.history(connection, kept.iri)]


@api.get(
    "/datasets/{number}/revisions/{revision}",
    responses=file(*MEDIA_TYPES) | described(406, 410),
    response_class=Response,
)
def revision(
    request: Request,
    number: Number,
    revision: Annotated[int, Path(ge=1, le=2**31 - 1)],
    named: Named = None,
) -> Response:
    """One text of a record."""
    syntax = wanted(request, named, _RDF)
    if syntax is Syntax.HTML:
        path = linked(f"/catalogue/{number}/history/{revision}")
        return Response(status_code=303, headers={"Location": path})
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        if all(one.number != revision for one in holdings.history(connection, kept.iri)):
            raise NotFound(_("The record has no such revision."), where=f"{kept.iri} {revision}")
        record = holdings.read(connection, kept.iri, revision)
    return answer(record.triples, syntax, {"Vary": "Accept"})


@api.get("/lookup", responses=described(410))
def lookup(
    request: Request,
    iri: Annotated[str, Query(min_length=1, max_length=2000, description="Any identifier.")],
) -> RecordShown:
    """The record that holds an identifier."""
    with reading(request) as connection:
        return RecordShown.of(by_identifier(connection, request, iri))


def by_identifier(connection: Connection, request: Request, iri: str) -> Kept:
    """The record that holds an identifier, for a reader who may see it."""
    if "\x00" in iri:
        raise NotFound(_("No record holds this identifier here."))
    return visible(request, holdings.holder(connection, iri), iri)
