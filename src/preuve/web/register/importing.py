"""Importing a CHAI card: a draft of an entry, and everything that a person must look at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.registry.chai import Draft, draft, parse
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.register.written import written
from preuve.web.rendering import page
from preuve.web.roles import may

pages = APIRouter()
IMPORT = [allowed("register.import")]


@pages.get("/register/import", dependencies=IMPORT)
def choose(request: Request) -> Response:
    return _form(request)


@pages.post("/register/import", dependencies=IMPORT)
def imported(request: Request, file: Annotated[UploadFile, File()]) -> Response:
    name = (file.filename or "")[:200] or "card.xml"
    try:
        made = draft(parse(file.file.read(), name))
    except PreuveError as refused:
        return _form(request, refused)
    return _drafted(request, made)


def _form(request: Request, refused: PreuveError | None = None) -> Response:
    return page(
        request,
        "register/import.html.j2",
        title=_("Import a CHAI card"),
        refused=refused,
        status=422 if refused else 200,
        public=False,
    )


def _drafted(request: Request, made: Draft) -> Response:
    """The draft in the editor, nothing kept yet, beside what could not be mapped."""
    return page(
        request,
        "register/imported.html.j2",
        title=_("Draft from a card: {name}").format(name=made.entry.name),
        draft=made,
        text=written(made.entry.record()),
        claims=len(made.entry.claims),
        publishes=may(visitor(request).role, "register.edit"),
        public=False,
    )
