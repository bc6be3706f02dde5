"""Sending: an RDF file is checked and shown before anything is kept; then kept as drafts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from preuve.catalogue import holdings
from preuve.catalogue.cleaning import harvested
from preuve.catalogue.migration import migrate
from preuve.catalogue.rdf import Graph, Syntax, read, write
from preuve.catalogue.record import Kind
from preuve.core.errors import PreuveError
from preuve.core.language import _, ngettext
from preuve.pages.numbers import number
from preuve.web.catalogue.received import LARGEST, SHOWN, graph_of, opened
from preuve.web.catalogue.told import tongue
from preuve.web.errors import status_of
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, redirect
from preuve.web.site import writing

router = APIRouter()


@router.get("/catalogue/check")
def ask(request: Request) -> Response:
    return _form(request)


@router.post("/catalogue/check", dependencies=[allowed("catalogue.check")])
def check(
    request: Request,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> Response:
    """The dirt and the verdicts of a file; nothing is kept."""
    name = ((file.filename or "") if file else "")[:200]
    content = file.file.read(LARGEST + 1) if file and name else text.encode()
    try:
        if not content.strip():
            raise PreuveError(_("Choose a file, or paste a record."))
        found = opened(graph_of(content, name))
    except PreuveError as refused:
        return _form(request, refused, text="" if name else text)
    title = _("What was found in {name}").format(name=name or _("the pasted record"))
    return page(
        request,
        "catalogue/received.html.j2",
        title=title,
        public=False,
        file=found,
        name=name,
        kept_text=write(found.graph.triples, Syntax.N_TRIPLES).decode(),
        most=SHOWN,
        tongue=tongue,
    )


def _form(request: Request, problem: PreuveError | None = None, text: str = "") -> Response:
    return page(
        request,
        "catalogue/check.html.j2",
        title=_("Have a record checked"),
        problem=problem,
        text=text,
        limit=LARGEST // 2**20,
        status=status_of(problem) if problem else 200,
        public=problem is None,
    )


@router.post("/catalogue/keep", dependencies=[allowed("catalogue.propose")])
def keep(
    request: Request,
    content: Annotated[str, Form()],
    how: Annotated[str, Form(max_length=20)] = "as-is",
) -> Response:
    """Keep the records of a file as drafts; one that cannot be kept does not stop the others."""
    graph = read(content.encode(), Syntax.N_TRIPLES, limit=LARGEST * 4)
    numbers, refused = _kept(request, graph, migrated=how == "release-8")
    if refused:
        raise PreuveError(
            _("{kept} of {total} records were kept; the first refusal: {problem}").format(
                kept=number(len(numbers)),
                total=number(len(numbers) + len(refused)),
                problem=refused[0].problem,
            ),
            where=refused[0].where,
            remedy=refused[0].remedy,
        )
    done = ngettext(
        "{count} record is kept as a draft.", "{count} records are kept as drafts.", len(numbers)
    ).format(count=number(len(numbers)))
    path = f"/catalogue/{numbers[0]}" if len(numbers) == 1 else "/catalogue?drafts=1"
    return redirect(request, path, done=done)


def _kept(request: Request, graph: Graph, *, migrated: bool) -> tuple[list[int], list[PreuveError]]:
    numbers, refused = [], []
    for one in harvested(graph):
        record = one.record
        if migrated and record.kind is Kind.DATASET:
            record = migrate(record).record
        try:
            with writing(request) as connection:
                numbers.append(holdings.add(connection, record, visitor(request).actor).id)
        except PreuveError as error:
            refused.append(error)
    return numbers, refused
