"""Editing: a text sent for an entry is published, proposed, or kept beside another's."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from sqlalchemy import Connection
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical
from preuve.core.store import artefacts
from preuve.registry import register
from preuve.registry.entry import Entry, parse_entry
from preuve.web.errors import Refused
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.register import proposals
from preuve.web.register.exporting import DOCUMENT
from preuve.web.register.shown import held
from preuve.web.register.written import faults, written
from preuve.web.rendering import page, redirect
from preuve.web.roles import may
from preuve.web.site import reading, writing

pages = APIRouter()
Text = Annotated[str, Form(max_length=2_000_000)]
Short = Annotated[str, Form(max_length=2_000)]
Read = Annotated[int, Form(ge=0, le=10**9)]
PROPOSE = [allowed("register.propose")]
RESERVED = frozenset(("new", "import", "proposals"))


@dataclass(frozen=True)
class Sent:
    """A file that somebody sends with a text."""

    content: bytes
    name: str
    media_type: str


_STARTING = """\
preuve_entry: 1
id: my-system
name: My system
title: {fr: "", en: ""}
maker: {name: "", country: FR}
line: other
function: other
intended_use: {}
versions: []
deployments: []
"""


@pages.get("/register/new", dependencies=PROPOSE)
def new(request: Request) -> Response:
    return editor(request, text=_STARTING, read=0)


@pages.post("/register/new", dependencies=PROPOSE)
def add(request: Request, text: Text, why: Short = "") -> Response:
    try:
        return saved(request, parse_entry(text), 0, why)
    except PreuveError as refused:
        return editor(request, text=text, read=0, why=why, refused=refused)


@pages.get("/register/{name}/edit", dependencies=PROPOSE)
def edit(request: Request, name: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
    return editor(
        request, text=written(found.entry.record()), read=found.revision, entry=found.entry
    )


@pages.post("/register/{name}/edit", dependencies=PROPOSE)
def change(request: Request, name: str, text: Text, read: Read, why: Short = "") -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
    try:
        entry = parse_entry(text)
        if entry.id != name:
            raise PreuveError(
                _("The identifier of an entry does not change: {name}.").format(name=name),
                where="id",
                remedy=_("Propose a new system to give another identifier."),
            )
        return saved(request, entry, read, why)
    except PreuveError as refused:
        return editor(request, text=text, read=read, why=why, entry=found.entry, refused=refused)


def editor(
    request: Request,
    *,
    text: str,
    read: int,
    why: str = "",
    entry: Entry | None = None,
    refused: PreuveError | None = None,
) -> Response:
    """The page where a text is written, with what is wrong in it."""
    title = _("Propose a system") if entry is None else _("Change {name}").format(name=entry.name)
    return page(
        request,
        "register/edit.html.j2",
        title=title,
        text=text,
        read=read,
        why=why,
        entry=entry,
        refused=refused,
        faults=faults(refused, text) if refused else [],
        publishes=may(visitor(request).role, "register.edit"),
        status=422 if refused else 200,
        public=False,
    )


def saved(
    request: Request,
    entry: Entry,
    read: int,
    why: str,
    document: Sent | None = None,
) -> Response:
    """Publish a text, or keep it for a curator, according to who sends it.

    Args:
        request: of its author.
        entry: the text.
        read: the revision it was written from; 0 for a new entry.
        why: what its author says of it.
        document: a file that the text names by its digest, kept with it.

    Raises:
        PreuveError: it cannot be kept.
    """
    refuse_unkept(entry)
    why = why.replace("\0", "")
    who = visitor(request)
    if not may(who.role, "register.edit"):
        with writing(request) as connection:
            found = proposals.propose(connection, entry, who.actor, read=read, why=why)
            _keep(connection, document)
        return redirect(
            request,
            f"/register/proposals/{found.id}",
            done=_("Your proposal is kept; a curator decides on it."),
        )
    with writing(request) as connection:
        kept = put(connection, entry, who.actor, read, why)
        _keep(connection, document)
    if kept.aside:
        return conflict(request, entry, kept.number)
    return redirect(request, f"/register/{entry.id}", done=_("The entry is published."))


def _keep(connection: Connection, document: Sent | None) -> None:
    if document is not None:
        artefacts.keep(connection, document.content, DOCUMENT, document.name, document.media_type)


def refuse_unkept(entry: Entry) -> None:
    """Refuse what the register cannot keep, or could not show.

    Raises:
        PreuveError: the identifier is the address of another page, or a text holds a character
            that a database refuses.
    """
    if "\\u0000" in canonical(entry.record()).decode():
        raise PreuveError(
            _("A text holds an invisible character (NUL) that cannot be kept."),
            remedy=_("Write that text again."),
        )
    if entry.id in RESERVED:
        raise PreuveError(
            _("This identifier is kept for a page of the register."),
            where=entry.id,
            remedy=_("Choose another identifier."),
        )


def put(connection: Connection, entry: Entry, actor: str, read: int, why: str) -> register.Kept:
    """Add an entry, or replace the revision that was read."""
    if read == 0:
        return register.add(connection, entry, actor, why)
    return register.replace(connection, entry, actor, read, why)


def conflict(request: Request, mine: Entry, number: int = 0) -> Response:
    """The page of two editors: both texts, and a form to write the third.

    Args:
        request: of the second editor.
        mine: their text.
        number: the revision under which it is kept aside; 0 for a proposal, which is kept too.
    """
    with reading(request) as connection:
        found = held(request, connection, mine.id)
        newest = register.history(connection, mine.id)
    by = next((one for one in newest if one.number == found.revision), None)
    theirs, own = written(found.entry.record()), written(mine.record())
    return page(
        request,
        "register/conflict.html.j2",
        title=_("Two texts for {name}").format(name=found.entry.name),
        entry=found.entry,
        kept=found,
        by=by,
        theirs=theirs,
        mine=own,
        number=number,
        differences=_differences(theirs, own),
        status=409,
        public=False,
    )


def _differences(theirs: str, mine: str) -> list[tuple[str, str]]:
    """Lines of a unified comparison: "theirs", "mine" or "both", and the text."""
    kinds = {"-": "theirs", "+": "mine", " ": "both", "@": "gap"}
    lines = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), n=2, lineterm="")
    return [(kinds[one[0]], one[1:]) for one in list(lines)[2:] if one[0] in kinds]


@pages.get("/register/{name}/withdraw", dependencies=[allowed("register.remove")])
def withdrawing(request: Request, name: str) -> Response:
    return _withdrawal(request, name)


def _withdrawal(request: Request, name: str, refused: PreuveError | None = None) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
    return page(
        request,
        "register/withdraw.html.j2",
        title=_("Withdraw {name}").format(name=found.entry.name),
        entry=found.entry,
        kept=found,
        refused=refused,
        status=422 if refused else 200,
        public=False,
    )


@pages.post("/register/{name}/withdraw", dependencies=[allowed("register.remove")])
def withdraw(request: Request, name: str, read: Read, why: Short = "") -> Response:
    try:
        with writing(request) as connection:
            held(request, connection, name)
            told = why.replace("\0", "")
            register.withdraw(connection, name, visitor(request).actor, read, told)
    except PreuveError as refused:
        return _withdrawal(request, name, refused)
    return redirect(request, "/register", done=_("The entry is withdrawn; its texts are kept."))


@pages.post("/register/{name}/restore", dependencies=[allowed("register.publish")])
def restore(request: Request, name: str, read: Read) -> Response:
    with writing(request) as connection:
        found = held(request, connection, name)
        why = _("Published again")
        kept = register.replace(connection, found.entry, visitor(request).actor, read, why)
    if kept.aside:
        return conflict(request, found.entry, kept.number)
    return redirect(request, f"/register/{name}", done=_("The entry is published."))


@pages.get("/register/proposals/{number}", dependencies=PROPOSE)
def proposed(request: Request, number: int) -> Response:
    return _proposal(request, number)


def _proposal(request: Request, number: int, refused: PreuveError | None = None) -> Response:
    with reading(request) as connection:
        found = _seen(request, connection, number)
        stands = register.get(connection, found.entry.id)
    theirs = written(stands.entry.record()) if stands else ""
    text = written(found.entry.record())
    return page(
        request,
        "register/proposal.html.j2",
        title=_("Proposal: {name}").format(name=found.entry.name),
        found=found,
        entry=found.entry,
        stands=stands,
        stale=stands is not None and found.read not in (0, stands.revision),
        text=text,
        differences=_differences(theirs, text) if stands else [],
        refused=refused,
        status=422 if refused else 200,
        public=False,
    )


def _seen(request: Request, connection: Connection, number: int) -> proposals.Proposal:
    """A proposal that the visitor may see: their own, or any for a curator."""
    who = visitor(request)
    found = proposals.get(connection, min(number, 2**31 - 1))
    if found.actor != who.actor and not may(who.role, "register.publish"):
        raise Refused(_("This proposal is somebody else’s."))
    return found


@pages.post("/register/proposals/{number}/publish", dependencies=[allowed("register.publish")])
def publish(request: Request, number: int) -> Response:
    try:
        with writing(request) as connection:
            found = _seen(request, connection, number)
            kept = proposals.publish(connection, found, visitor(request).actor)
    except PreuveError as refused:
        return _proposal(request, number, refused)
    if kept.aside:
        return conflict(request, found.entry, kept.number)
    return redirect(request, f"/register/{found.entry.id}", done=_("The entry is published."))


@pages.post("/register/proposals/{number}/refuse", dependencies=[allowed("register.publish")])
def refuse(request: Request, number: int, answer: Short = "") -> Response:
    try:
        with writing(request) as connection:
            found = _seen(request, connection, number)
            answered = answer.replace("\0", "")
            proposals.refuse(connection, found, visitor(request).actor, answered)
    except PreuveError as refused:
        return _proposal(request, number, refused)
    return redirect(
        request, "/register", done=_("The proposal is refused; its author can read why.")
    )


def shown_form(request: Request, template: str, entry: Entry, **told: Any) -> Response:
    """A form of one part of an entry; never kept by a cache."""
    return page(
        request,
        f"register/{template}.html.j2",
        entry=entry,
        publishes=may(visitor(request).role, "register.edit"),
        public=False,
        status=422 if told.get("refused") else 200,
        **told,
    )
