"""Changes of the catalogue by programs: records sent, replaced, withdrawn, checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from preuve.catalogue import holdings
from preuve.catalogue.cleaning import harvested
from preuve.catalogue.holdings import Kept
from preuve.catalogue.rdf import Syntax, read
from preuve.catalogue.record import Record, record_of
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.web.catalogue.api import etag
from preuve.web.catalogue.api_shown import Checked, CheckedRecord, RecordShown
from preuve.web.catalogue.judging import judged_by, verdict_shown
from preuve.web.catalogue.kept import check_may_edit, kept_of
from preuve.web.catalogue.received import SHOWN, graph_of
from preuve.web.catalogue.wire import body
from preuve.web.errors import means
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.problem import described
from preuve.web.site import reading, site, writing

changes = APIRouter(prefix="/catalogue", tags=["catalogue"])
Number = Annotated[int, Path(ge=1, le=2**53, description="Number of a record.")]
IfMatch = Annotated[str, Header(max_length=400, description='ETag that was read, as "3".')]
_BODY = body("One record, in one of these syntaxes.")


class Stale(PreuveError):  # noqa: N818 - what it says of the revision
    """The revision that was read is not the one that stands."""


class Unsaid(PreuveError):  # noqa: N818 - what it says of the request
    """The revision that was read is not said."""


class Unfit(PreuveError):  # noqa: N818 - what it says of the record
    """The body is readable RDF that this address cannot take."""


means(Stale, 412)
means(Unsaid, 428)
means(Unfit, 422)


@changes.post(
    "/datasets",
    status_code=201,
    responses=described(409),
    openapi_extra=_BODY,
    dependencies=[allowed("catalogue.propose")],
)
async def add(request: Request, response: Response) -> RecordShown:
    """Keep a new record as a draft."""
    content = await request.body()
    kept = await run_in_threadpool(_added, request, content)
    response.headers["Location"] = f"/api/catalogue/datasets/{kept.id}"
    response.headers["ETag"] = etag(kept)
    return RecordShown.of(kept)


def _added(request: Request, content: bytes) -> Kept:
    record = _record(request, content)
    with writing(request) as connection:
        return holdings.add(connection, record, visitor(request).actor)


@changes.put(
    "/datasets/{number}",
    responses=described(409, 410, 412, 428),
    openapi_extra=_BODY,
    dependencies=[allowed("catalogue.propose")],
)
async def put(
    request: Request, response: Response, number: Number, if_match: IfMatch = ""
) -> RecordShown:
    """Put a record in place of the one that stands, started from the revision of If-Match.

    Should somebody else save between the two, the text is kept aside and 409 says its number.
    """
    content = await request.body()
    kept = await run_in_threadpool(_put, request, number, content, if_match)
    response.headers["ETag"] = etag(kept)
    return RecordShown.of(kept)


def _put(request: Request, number: int, content: bytes, if_match: str) -> Kept:
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
    check_may_edit(request, kept)
    _check_match(kept, if_match)
    record = _record(request, content)
    if record.iri != kept.iri:
        raise Unfit(
            _("The body describes another record than this address."),
            where=record.iri,
            remedy=_("Send the record {iri}, or add a new one.").format(iri=kept.iri),
        )
    if record.digest == kept.digest:
        return kept
    actor = visitor(request).actor
    return holdings.edit(site(request).database, record, actor, expected=kept.revision)


@changes.delete(
    "/datasets/{number}",
    status_code=204,
    responses=described(410, 412),
    dependencies=[allowed("catalogue.remove")],
)
def withdraw(request: Request, number: Number, if_match: IfMatch = "") -> None:
    """Withdraw a record; its texts and identifiers stay."""
    with writing(request) as connection:
        kept = kept_of(connection, request, number)
        if if_match:
            _check_match(kept, if_match)
        holdings.withdraw(connection, kept.iri, visitor(request).actor)


@changes.post(
    "/datasets/{number}/publication",
    responses=described(410, 412),
    dependencies=[allowed("catalogue.publish")],
)
def publish(
    request: Request, response: Response, number: Number, if_match: IfMatch = ""
) -> RecordShown:
    """Publish a record."""
    with writing(request) as connection:
        kept = kept_of(connection, request, number)
        if if_match:
            _check_match(kept, if_match)
        after = holdings.set_status(connection, kept.iri, "published", visitor(request).actor)
    response.headers["ETag"] = etag(after)
    return RecordShown.of(after)


@changes.post(
    "/check",
    openapi_extra=body("Some records, in one of these syntaxes."),
    dependencies=[allowed("catalogue.check")],
)
async def check(
    request: Request,
    profile: Annotated[
        str, Query(max_length=80, description="A profile; empty: release 8 at its level.")
    ] = "",
) -> Checked:
    """The verdicts on the records of a body, at most 20; nothing is kept."""
    content = await request.body()
    return await run_in_threadpool(_checked, request, content, profile)


def _checked(request: Request, content: bytes, profile: str) -> Checked:
    graph = graph_of(content, "", request.headers.get("content-type", ""))
    records = [
        CheckedRecord(
            iri=one.record.iri,
            verdicts=[verdict_shown(*found) for found in judged_by(one.record.triples, profile)],
            dirt=[dirt.record() for dirt in one.dirt],
        )
        for one, _place in zip(harvested(graph), range(SHOWN), strict=False)
    ]
    if not records:
        raise Unfit(_("The body describes no data set, series, service or catalogue."))
    conforms = all(found.conforms for one in records for found in one.verdicts)
    return Checked(conforms=conforms, dirt=[one.record() for one in graph.dirt], records=records)


def _record(request: Request, content: bytes) -> Record:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    syntax = Syntax.named(kind)
    return record_of(read(content, syntax, where=_("body")))


def _check_match(kept: Kept, if_match: str) -> None:
    if not if_match:
        raise Unsaid(
            _("Say which revision you read."),
            remedy=_("Send the header If-Match: {etag} as the record was read.").format(
                etag=etag(kept)
            ),
        )
    tags = [tag.strip().removeprefix("W/") for tag in if_match.split(",")]
    if "*" not in tags and etag(kept) not in tags:
        raise Stale(
            _("The revision that you read is not the one that stands."),
            where=f"{if_match} ≠ {etag(kept)}",
            remedy=_("Read the record again, put your changes in, and send it once more."),
        )
