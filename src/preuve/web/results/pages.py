"""Pages of the results: lists by kind, the page of each, the whole page as it was rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from sqlalchemy import Connection
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.store import artefacts
from preuve.registry.entry import Entry
from preuve.web.errors import NotFound
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import document, linked, page, redirect
from preuve.web.results import publishing
from preuve.web.results.evidence import draft_of, opened, received
from preuve.web.results.landing import landing
from preuve.web.results.result import Kind, Result, get, page_of, usecases
from preuve.web.site import reading, writing

pages = APIRouter()
SHOWN = 30
"""Results on one page of a list."""


@dataclass(frozen=True)
class Shelf:
    """A kind of results, and the words of its pages."""

    kind: Kind
    base: str
    title: Callable[[], str]
    lead: Callable[[], str]
    empty: Callable[[], str]
    kicker: Callable[[], str]


EVIDENCE = Shelf(
    "evidence",
    "/evidence",
    lambda: _("Signed evidence"),
    lambda: _(
        "What AI systems showed when hospitals tried them: each file is signed, and every figure "
        "follows from what the hospitals released."
    ),
    lambda: _("No evidence is published yet."),
    lambda: _("Evidence of evaluation"),
)
IMPACTS = Shelf(
    "impact",
    "/impacts",
    lambda: _("Scenarios on the twin"),
    lambda: _("What a change would do to French hospitals, run on their twin."),
    lambda: _("No scenario is published yet."),
    lambda: _("Impact of a scenario"),
)
APPRAISALS = Shelf(
    "appraisal",
    "/appraisals",
    lambda: _("Economic appraisals"),
    lambda: _("What an AI system costs and is worth, and at what price."),
    lambda: _("No appraisal is published yet."),
    lambda: _("Economic appraisal"),
)
SHELVES = (EVIDENCE, IMPACTS, APPRAISALS)


@dataclass(frozen=True)
class Add:
    """The way to a form, for those who may use it."""

    action: str
    path: str
    label: str


@pages.get("/evidence/new", dependencies=[allowed("evidence.add")])
def new(request: Request) -> Response:
    return _form(request)


@pages.post("/evidence/new", dependencies=[allowed("evidence.add")])
def add(request: Request, file: Annotated[UploadFile, File()]) -> Response:
    name = (file.filename or "")[:200] or "evidence.json"
    try:
        draft = draft_of(received(file.file.read(), name), name)
    except PreuveError as refused:
        return _form(request, refused)
    with writing(request) as connection:
        made = publishing.publish(connection, draft, visitor(request).actor)
    return redirect(request, f"/evidence/{made.id}", done=_("The evidence is published."))


def _form(request: Request, problem: PreuveError | None = None) -> Response:
    return page(
        request,
        "results/add.html.j2",
        title=_("Add an evidence file"),
        problem=problem,
        status=422 if problem else 200,
        public=False,
    )


def _listed(request: Request, shelf: Shelf, usecase: str, current: int) -> Response:
    with reading(request) as connection:
        found, total = page_of(
            connection, shelf.kind, usecase=usecase, offset=(current - 1) * SHOWN, limit=SHOWN
        )
        known = usecases(connection, shelf.kind)
    query = f"usecase={usecase}&" if usecase in known else ""
    adding = Add("evidence.add", "/evidence/new", _("Add an evidence file"))
    return page(
        request,
        "results/list.html.j2",
        title=shelf.title(),
        lead=shelf.lead(),
        empty=shelf.empty(),
        base=shelf.base,
        results=found,
        usecases=known,
        usecase=usecase,
        add=adding if shelf is EVIDENCE else None,
        current=current,
        last=max(1, -(-total // SHOWN)),
        address=lambda number: f"{linked(shelf.base)}?{query}page={number}",
    )


def _shown(request: Request, shelf: Shelf, identifier: str) -> Response:
    with reading(request) as connection:
        found = get(connection, shelf.kind, identifier)
        told = landing(opened(connection, found)) if found.kind == "evidence" else None
        entries = _entries(connection, found)
    template = "evidence" if found.kind == "evidence" else "result"
    return page(
        request,
        f"results/{template}.html.j2",
        title=str(found.title),
        kicker=shelf.kicker(),
        base=shelf.base,
        list_title=shelf.title(),
        source_label=_("Download the signed file")
        if found.kind == "evidence"
        else _("Download the file it was made from"),
        found=found,
        told=told,
        entries=entries,
    )


def _entries(connection: Connection, found: Result) -> dict[str, list[Entry]]:
    """Digest of a version -> the entries of the register that list it, or the evidence."""
    from preuve.web.register.shown import entries

    every = entries(connection)
    return {
        named.digest: [
            entry
            for entry in every
            if named.digest in {version.digest for version in entry.versions}
            or (named.role == "system" and found.content in entry.evidence)
        ]
        for named in found.systems
        if named.digest
    }


def _whole(request: Request, kind: Kind, identifier: str) -> Response:
    with reading(request) as connection:
        found = get(connection, kind, identifier)
        return document(artefacts.read(connection, found.page))


def _source(request: Request, kind: Kind, identifier: str) -> Response:
    with reading(request) as connection:
        found = get(connection, kind, identifier)
        if not found.source:
            raise NotFound(_("The file it was made from is not kept here."), where=identifier)
        kept = artefacts.find(connection, found.source)
        content = artefacts.read(connection, found.source)
    return download(content, kept.name if kept else "file", kept.media_type if kept else "")


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to be saved; never shown in the browser."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return Response(
        content,
        media_type=media_type or "application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{plain}"',
            "Cache-Control": "public, no-cache",
        },
    )


def _withdrawn(request: Request, shelf: Shelf, identifier: str) -> Response:
    with writing(request) as connection:
        found = get(connection, shelf.kind, identifier)
        publishing.withdraw(connection, found, actor=visitor(request).actor)
    return redirect(request, shelf.base, done=_("The result is withdrawn; its files are kept."))


def _routed(shelf: Shelf) -> None:
    """The routes of a kind."""
    base, kind = shelf.base, shelf.kind

    def listed(
        request: Request,
        usecase: Annotated[str, Query(max_length=80)] = "",
        number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
    ) -> Response:
        return _listed(request, shelf, usecase, number)

    def shown(request: Request, identifier: str) -> Response:
        return _shown(request, shelf, identifier)

    def whole(request: Request, identifier: str) -> Response:
        return _whole(request, kind, identifier)

    def source(request: Request, identifier: str) -> Response:
        return _source(request, kind, identifier)

    def withdraw(request: Request, identifier: str) -> Response:
        return _withdrawn(request, shelf, identifier)

    pages.add_api_route(base, listed)
    pages.add_api_route(f"{base}/{{identifier}}", shown)
    pages.add_api_route(f"{base}/{{identifier}}/page", whole)
    pages.add_api_route(f"{base}/{{identifier}}/source", source)
    permission = [allowed(f"{kind}.withdraw")]
    path = f"{base}/{{identifier}}/withdraw"
    pages.add_api_route(path, withdraw, methods=["POST"], dependencies=permission)


for _one in SHELVES:
    _routed(_one)
