"""Editing: drafts begun, records changed through their form, published, withdrawn."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import Response

from preuve.catalogue import holdings
from preuve.catalogue.holdings import Conflict, Kept
from preuve.catalogue.record import Record
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web.catalogue.conflict import conflict
from preuve.web.catalogue.form import filled
from preuve.web.catalogue.form.answer import address, check_text
from preuve.web.catalogue.form.posted import Posted
from preuve.web.catalogue.kept import check_may_edit, kept_of
from preuve.web.catalogue.told import text_of
from preuve.web.catalogue.verdict import verdicts
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, partial, redirect
from preuve.web.site import reading, site, writing

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=2**53)]
Revision = Annotated[int, Form(ge=1, le=2**31 - 1)]
LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")
"""Languages that a text of the form may be said to be in."""


async def _posted(request: Request) -> Posted:
    form = await request.form()
    return Posted((name, value) for name, value in form.multi_items() if isinstance(value, str))


@router.get("/catalogue/new", dependencies=[allowed("catalogue.propose")])
def new(request: Request) -> Response:
    return _new(request)


@router.post("/catalogue/new", dependencies=[allowed("catalogue.propose")])
def begin(
    request: Request,
    title: Annotated[str, Form(max_length=1000)] = "",
    access: Annotated[str, Form(max_length=20)] = "",
    iri: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    given = {"given_title": title, "access": access, "iri": iri}
    try:
        record = filled.begun(*_beginning(request, title, access, iri))
        with writing(request) as connection:
            kept = holdings.add(connection, record, visitor(request).actor)
    except PreuveError as refused:
        return _new(request, refused, **given)
    done = _("The draft is begun: nobody but contributors and curators sees it.")
    return redirect(request, f"/catalogue/{kept.id}/edit", done=done)


def _beginning(request: Request, title: str, access: str, iri: str) -> tuple[str, str, str, str]:
    if not title.strip():
        raise PreuveError(_("The data set needs a title."))
    check_text(title, _("Title"))
    if access not in ("PUBLIC", "RESTRICTED", "NON_PUBLIC"):
        raise PreuveError(_("Choose an access class."))
    own = f"{site(request).settings.address}/id/dataset/{uuid.uuid4()}"
    named = address(iri.strip(), _("Address")).value if iri.strip() else own
    return named, title.strip(), current_language(), access


def _new(request: Request, problem: PreuveError | None = None, **given: str) -> Response:
    shown: dict[str, Any] = {"given_title": "", "access": "", "iri": "", **given}
    return page(
        request,
        "catalogue/new.html.j2",
        title=_("Describe a data set"),
        problem=problem,
        status=422 if problem else 200,
        public=False,
        **shown,
    )


@router.get("/catalogue/{number}/edit", dependencies=[allowed("catalogue.propose")])
def edit(
    request: Request, number: Number, base: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> Response:
    """The form; `base` starts it from another revision than the one that stands."""
    kept = _editable(request, number)
    start = base or kept.revision
    return _form(request, kept, filled.form_of(_read(request, kept, start)), start, kept.revision)


@router.post("/catalogue/{number}/edit", dependencies=[allowed("catalogue.propose")])
def save(
    request: Request,
    number: Number,
    revision: Revision,
    base: Revision,
    posted: Annotated[Posted, Depends(_posted)],
) -> Response:
    kept = _editable(request, number)
    form = filled.form_of(_read(request, kept, base), posted)
    if form.problems:
        return _form(request, kept, form, base, revision, status=422)
    return _saved(request, kept, form.made(), revision)


@router.post("/catalogue/{number}/edit/check", dependencies=[allowed("catalogue.propose")])
def check(
    request: Request,
    number: Number,
    revision: Revision,
    base: Revision,
    posted: Annotated[Posted, Depends(_posted)],
) -> Response:
    """What the profile finds in the form as it is filled; nothing is kept."""
    kept = _editable(request, number)
    form = filled.form_of(_read(request, kept, base), posted)
    if "hx-request" not in request.headers:
        return _form(request, kept, form, base, revision, judge="more" not in posted)
    return partial(
        request, "catalogue/checked.html.j2", form=form, verdicts=_judged(form), told_now=True
    )


def _editable(request: Request, number: int) -> Kept:
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
    check_may_edit(request, kept)
    return kept


def _read(request: Request, kept: Kept, revision: int) -> Record:
    with reading(request) as connection:
        return holdings.read(connection, kept.iri, revision)


def _judged(form: filled.Form) -> Any:
    return () if form.problems else verdicts(form.made())[:1]


def _form(
    request: Request,
    kept: Kept,
    form: filled.Form,
    base: int,
    revision: int,
    *,
    status: int = 200,
    judge: bool = False,
) -> Response:
    return page(
        request,
        "catalogue/edit.html.j2",
        title=_("Edit: {title}").format(title=text_of(kept.summary["titles"], kept.iri)),
        status=status,
        public=False,
        kept=kept,
        form=form,
        base=base,
        revision=revision,
        languages_offered=LANGUAGES,
        verdicts=_judged(form) if judge else None,
        told_now=judge,
    )


def _saved(request: Request, kept: Kept, record: Record, revision: int) -> Response:
    if record.digest == kept.digest and revision == kept.revision:
        return redirect(request, f"/catalogue/{kept.id}", done=_("Nothing was changed."))
    try:
        after = holdings.edit(
            site(request).database, record, visitor(request).actor, expected=revision
        )
    except Conflict as told:
        return conflict(request, kept.id, told)
    done = _("The record is saved as revision {number}.").format(number=after.revision)
    return redirect(request, f"/catalogue/{kept.id}", done=done)


@router.post("/catalogue/{number}/take", dependencies=[allowed("catalogue.propose")])
def take(request: Request, number: Number, revision: Revision, aside: Revision) -> Response:
    """Put a text that was kept aside in place of the one that stands."""
    kept = _editable(request, number)
    return _saved(request, kept, _read(request, kept, aside), revision)


@router.post("/catalogue/{number}/publish", dependencies=[allowed("catalogue.publish")])
def publish(request: Request, number: Number, revision: Revision) -> Response:
    return _set(request, number, revision, "published", _("The record is published."))


@router.post("/catalogue/{number}/withdraw", dependencies=[allowed("catalogue.remove")])
def withdraw(request: Request, number: Number, revision: Revision) -> Response:
    done = _("The record is withdrawn; its texts are kept.")
    return _set(request, number, revision, "withdrawn", done)


def _set(request: Request, number: int, revision: int, status: Any, done: str) -> Response:
    with writing(request) as connection:
        kept = kept_of(connection, request, number)
        actor = visitor(request).actor
        holdings.set_status(connection, kept.iri, status, actor, expected=revision)
    return redirect(request, f"/catalogue/{number}", done=done)
