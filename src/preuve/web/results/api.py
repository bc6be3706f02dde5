"""Results for machines: lists, one result, the file it was made from, a signed evidence sent in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from preuve.core.language import _
from preuve.core.store import artefacts
from preuve.web.caching import public
from preuve.web.errors import NotFound
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.results import publishing
from preuve.web.results.bodies import body, file
from preuve.web.results.evidence import MEDIA_TYPE, draft_of, received
from preuve.web.results.pages import download
from preuve.web.results.result import Kind, Result, find, page_of
from preuve.web.site import reading, writing

api = APIRouter(prefix="/results", tags=["results"])
Identifier = Annotated[str, Path(max_length=200, description="Identifier of a result.")]


class NamedShown(BaseModel):
    """A system that a result speaks of."""

    name: str
    version: str
    digest: str
    role: str


class ResultShown(BaseModel):
    """A result, its conclusion and limits in the language of the request."""

    id: str
    kind: Kind
    title: str
    usecase: str
    systems: list[NamedShown]
    content: str
    source: str
    page: str
    conclusion: list[str]
    limits: list[str]
    synthetic: bool
    added_at: str

    @classmethod
    def of(cls, found: Result) -> ResultShown:
        return cls(
            id=found.id,
            kind=found.kind,
            title=str(found.title),
            usecase=found.usecase,
            systems=[NamedShown(**vars(one)) for one in found.systems],
            content=found.content,
            source=found.source,
            page=found.page,
            conclusion=list(found.said.conclusion),
            limits=list(found.said.limits),
            synthetic=found.synthetic,
            added_at=found.added_at,
        )


class ResultsPage(BaseModel):
    """One page of a list."""

    total: int
    page: int
    size: int
    items: list[ResultShown]


@api.get("")
def listed(
    request: Request,
    response: Response,
    kind: Annotated[Kind | None, Query()] = None,
    usecase: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 30,
) -> ResultsPage:
    """Published results, newest first."""
    with reading(request) as connection:
        found, total = page_of(
            connection, kind, usecase=usecase, offset=(page - 1) * size, limit=size
        )
    public(response)
    items = [ResultShown.of(one) for one in found]
    return ResultsPage(total=total, page=page, size=size, items=items)


@api.get("/{identifier}")
def shown(request: Request, response: Response, identifier: Identifier) -> ResultShown:
    """One result."""
    with reading(request) as connection:
        found = _published(connection, identifier)
    public(response)
    return ResultShown.of(found)


@api.get("/{identifier}/source", responses=file(MEDIA_TYPE), response_class=Response)
def source(request: Request, identifier: Identifier) -> Response:
    """The file it was made from: for evidence, the signed file, byte for byte."""
    with reading(request) as connection:
        found = _published(connection, identifier)
        if not found.source:
            raise NotFound(_("The file it was made from is not kept here."), where=identifier)
        kept = artefacts.find(connection, found.source)
        content = artefacts.read(connection, found.source)
    return download(content, kept.name if kept else "", kept.media_type if kept else MEDIA_TYPE)


@api.post(
    "",
    status_code=201,
    openapi_extra=body(MEDIA_TYPE, what="A signed evidence file."),
    dependencies=[allowed("evidence.add")],
)
async def add(request: Request, response: Response) -> ResultShown:
    """Publish a signed evidence: checked, rendered in both languages (seconds), then kept."""
    content = await request.body()
    made = await run_in_threadpool(_added, request, content)
    response.headers["Location"] = f"/api/results/{made.id}"
    return ResultShown.of(made)


def _added(request: Request, content: bytes) -> Result:
    draft = draft_of(received(content, "body"), "body")
    with writing(request) as connection:
        return publishing.publish(connection, draft, visitor(request).actor)


def _published(connection: Connection, identifier: str) -> Result:
    found = find(connection, identifier)
    if found is None or found.status != "published":
        raise NotFound(_("There is no result of this name here."), where=identifier)
    return found
