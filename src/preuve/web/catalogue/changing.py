"""Changing a record from a file or by a rule: its variables from a dictionary, its release."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from starlette.responses import Response

from preuve.catalogue import holdings
from preuve.catalogue.describe import describe
from preuve.catalogue.dictionary import COLUMNS, read_dictionary
from preuve.catalogue.holdings import Conflict, Kept
from preuve.catalogue.migration import Migrated, migrate
from preuve.catalogue.names import HEALTH
from preuve.catalogue.record import Record
from preuve.catalogue.variables import as_triples
from preuve.core.errors import PreuveError
from preuve.core.language import Language, _, ngettext
from preuve.pages.numbers import number as in_words
from preuve.web.catalogue.conflict import conflict
from preuve.web.catalogue.form.filled import with_triples
from preuve.web.catalogue.kept import check_may_edit, kept_of
from preuve.web.catalogue.told import text_of
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, redirect
from preuve.web.site import reading, site

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=2**53)]
Revision = Annotated[int, Form(ge=1, le=2**31 - 1)]
LARGEST = 4 * 2**20
"""Bytes of a data dictionary."""


def _editable(request: Request, number: int) -> tuple[Kept, Record]:
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        record = holdings.read(connection, kept.iri)
    check_may_edit(request, kept)
    return kept, record


def _saved(request: Request, kept: Kept, record: Record, revision: int, done: str) -> Response:
    try:
        actor = visitor(request).actor
        holdings.edit(site(request).database, record, actor, expected=revision)
    except Conflict as told:
        return conflict(request, kept.id, told)
    return redirect(request, f"/catalogue/{kept.id}", done=done)


@router.get("/catalogue/{number}/variables", dependencies=[allowed("catalogue.propose")])
def variables(request: Request, number: Number) -> Response:
    return _variables(request, *_editable(request, number))


@router.post("/catalogue/{number}/variables", dependencies=[allowed("catalogue.propose")])
def put_variables(
    request: Request,
    number: Number,
    revision: Revision,
    file: Annotated[UploadFile, File()],
    language: Annotated[str, Form(max_length=2)] = "fr",
) -> Response:
    """Put the variables of a dictionary in place of those of the record."""
    kept, record = _editable(request, number)
    content = file.file.read(LARGEST + 1)
    try:
        if len(content) > LARGEST:
            raise PreuveError(
                _("The file holds more than {limit} MB.").format(limit=LARGEST // 2**20)
            )
        spoken: Language = "en" if language == "en" else "fr"
        tables = read_dictionary(content, (file.filename or "")[:200], spoken)
        if not tables:
            raise PreuveError(_("The file lists no variable."), where=file.filename or "")
    except PreuveError as refused:
        return _variables(request, kept, record, refused)
    changed = with_triples(record, HEALTH + "hasVariables", as_triples(tables, record.iri))
    count = sum(len(table.variables) for table in tables)
    done = ngettext(
        "{count} variable is in the record.", "{count} variables are in the record.", count
    ).format(count=in_words(count))
    return _saved(request, kept, changed, revision, done)


def _variables(
    request: Request, kept: Kept, record: Record, problem: PreuveError | None = None
) -> Response:
    return page(
        request,
        "catalogue/variables.html.j2",
        title=_("Variables from a file"),
        status=422 if problem else 200,
        public=False,
        kept=kept,
        name=text_of(kept.summary["titles"], kept.iri),
        count=sum(len(table.variables) for table in describe(record).variables),
        columns=COLUMNS,
        problem=problem,
    )


@router.get("/catalogue/{number}/migrate", dependencies=[allowed("catalogue.propose")])
def ask_migration(request: Request, number: Number) -> Response:
    """What the migration to release 8 would change, and what it leaves to a person."""
    kept, record = _editable(request, number)
    found: Migrated = migrate(record)
    return page(
        request,
        "catalogue/migrate.html.j2",
        title=_("Bring to release 8"),
        public=False,
        kept=kept,
        name=text_of(kept.summary["titles"], kept.iri),
        migrated=found,
        changes=len(found.changes) + sum(1 for one in found.dirt if one.repair),
        same=found.record.digest == record.digest,
    )


@router.post("/catalogue/{number}/migrate", dependencies=[allowed("catalogue.propose")])
def do_migration(request: Request, number: Number, revision: Revision) -> Response:
    kept, record = _editable(request, number)
    found = migrate(record)
    left = ngettext(
        "The record is brought to release 8; {count} thing is left to a person.",
        "The record is brought to release 8; {count} things are left to a person.",
        len(found.todos),
    ).format(count=in_words(len(found.todos)))
    return _saved(request, kept, found.record, revision, left)
