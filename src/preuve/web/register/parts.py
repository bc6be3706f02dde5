"""Parts of an entry changed by forms: intended use, questions, documents, deployments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.usecase import Text
from preuve.registry.entry import Entry, parse_entry
from preuve.registry.entry.vocabulary import Modification
from preuve.registry.facts import load
from preuve.web.permissions import allowed
from preuve.web.register.asked import role_choices, today
from preuve.web.register.editing import PROPOSE, Sent, saved, shown_form
from preuve.web.register.questions import answered, questions
from preuve.web.register.shown import held
from preuve.web.site import reading

pages = APIRouter()
PARTS = ("indication", "body_part", "environment", "users", "population", "principle")
ANSWERS = ("public_body", "public_service", "health_establishment")
DOCUMENTS: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}
"""Files that may stand beside an entry; nothing that a browser would run."""
_BEGINS: Mapping[str, bytes] = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".xlsx": b"PK",
    ".docx": b"PK",
    ".odt": b"PK",
}


Change = Callable[[dict[str, Any], Mapping[str, list[str]]], None]


def _fields(form: FormData) -> dict[str, list[str]]:
    """Every text of a form, by name."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0].strip()


def _read(fields: Mapping[str, list[str]]) -> int:
    """The revision that a form was begun from.

    Raises:
        PreuveError: the form does not say it.
    """
    written = _one(fields, "read")
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        raise PreuveError(
            _("The form does not say which revision it was begun from."),
            remedy=_("Open the page again and send it from there."),
        )
    return int(written)


async def _changed(request: Request, name: str, template: str, change: Change) -> Response:
    """Apply the change of a form to the revision it was begun from."""
    fields = _fields(await request.form())
    return await run_in_threadpool(_applied, request, name, template, change, fields)


def _applied(
    request: Request,
    name: str,
    template: str,
    change: Change,
    fields: dict[str, list[str]],
    document: Callable[[], Sent | None] = lambda: None,
) -> Response:
    from preuve.registry import register

    read = _read(fields)
    with reading(request) as connection:
        standing = held(request, connection, name)
        entry = register.text_of(connection, name, read)
    record = entry.record()
    try:
        change(record, fields)
        why = _one(fields, "why")[:2000]
        return saved(request, parse_entry(record), read, why, document())
    except PreuveError as refused:
        told = _told(template, standing.entry)
        return shown_form(
            request,
            template,
            standing.entry,
            read=read,
            sent=fields,
            refused=refused,
            **told,
        )


def _form(request: Request, name: str, template: str) -> Response:
    with reading(request) as connection:
        found = held(request, connection, name)
    told = _told(template, found.entry)
    return shown_form(
        request, template, found.entry, read=found.revision, sent={}, refused=None, **told
    )


def _told(template: str, entry: Entry) -> dict[str, Any]:
    """What each form shows besides."""
    if template == "intended_use":
        return {
            "title": _("Intended use: {name}").format(name=entry.name),
            "parts": [_part(entry, part.field, str(part)) for part in load().parts.parts],
        }
    if template == "questions":
        device, act = questions(entry)
        title = _("Questions of the classification: {name}").format(name=entry.name)
        return {"title": title, "groups": [(_("Medical device"), device), (_("AI Act"), act)]}
    if template == "artefact":
        kinds = sorted(
            ((code, str(one)) for code, one in load().artefacts.items()), key=lambda one: one[1]
        )
        return {
            "title": _("Add a document: {name}").format(name=entry.name),
            "kinds": kinds,
            "roles": role_choices(),
            "today": today().isoformat(),
            "accepted": ",".join(DOCUMENTS),
        }
    modifications = [(one, str(load().word("modification", one))) for one in get_args(Modification)]
    return {
        "title": _("Declare a deployment: {name}").format(name=entry.name),
        "roles": role_choices(),
        "modifications": modifications,
        "today": today().isoformat(),
    }


def _part(entry: Entry, field: str, words: str) -> dict[str, str]:
    written = getattr(entry.intended_use, field)
    french, english = (written.fr, written.en) if isinstance(written, Text) else (written or "", "")
    return {"field": field, "words": words, "fr": french, "en": english}


@pages.get("/register/{name}/edit/intended-use", dependencies=PROPOSE)
def intended_use(request: Request, name: str) -> Response:
    return _form(request, name, "intended_use")


@pages.post("/register/{name}/edit/intended-use", dependencies=PROPOSE)
async def change_intended_use(request: Request, name: str) -> Response:
    return await _changed(request, name, "intended_use", _use)


def _use(record: dict[str, Any], fields: Mapping[str, list[str]]) -> None:
    uses = record.setdefault("intended_use", {})
    for part in PARTS:
        words = words_of(_one(fields, f"{part}.fr"), _one(fields, f"{part}.en"))
        if words is None:
            uses.pop(part, None)
        else:
            uses[part] = words


def words_of(french: str, english: str) -> Any:
    """A text in the languages it was written in; None where it was in none."""
    if french and english:
        return {"fr": french, "en": english}
    return french or english or None


@pages.get("/register/{name}/edit/questions", dependencies=PROPOSE)
def ask(request: Request, name: str) -> Response:
    return _form(request, name, "questions")


@pages.post("/register/{name}/edit/questions", dependencies=PROPOSE)
async def answer(request: Request, name: str) -> Response:
    return await _changed(request, name, "questions", _answers)


def _answers(record: dict[str, Any], fields: Mapping[str, list[str]]) -> None:
    for part, given in answered(fields).items():
        target = record.setdefault(part, {})
        for field, value in given.items():
            if value is None:
                target.pop(field, None)
            else:
                target[field] = value


@pages.get("/register/{name}/edit/deployments", dependencies=[allowed("register.deploy")])
def deploy(request: Request, name: str) -> Response:
    return _form(request, name, "deployment")


@pages.post("/register/{name}/edit/deployments", dependencies=[allowed("register.deploy")])
async def declare(request: Request, name: str) -> Response:
    return await _changed(request, name, "deployment", _deployment)


def _deployment(record: dict[str, Any], fields: Mapping[str, list[str]]) -> None:
    made: dict[str, Any] = {
        field: written
        for field in ("id", "site", "finess", "version", "modification", "since", "until", "note")
        if (written := _one(fields, field))
    }
    unit = words_of(_one(fields, "unit.fr"), _one(fields, "unit.en"))
    use = words_of(_one(fields, "use.fr"), _one(fields, "use.en"))
    made |= {"unit": unit} if unit else {}
    made |= {"uses": [{"what": use}]} if use else {}
    made |= {"roles": fields["roles"]} if fields.get("roles") else {}
    threshold = _one(fields, "threshold").replace(",", ".")
    if threshold:
        made["threshold"] = _number(threshold)
    for field in ANSWERS:
        if _one(fields, field) in ("yes", "no"):
            made[field] = _one(fields, field) == "yes"
    record.setdefault("deployments", []).append(made)


def _number(written: str) -> float | str:
    """The number, or the text as it is, which the entry refuses with its reason."""
    try:
        return float(written)
    except ValueError:
        return written


@pages.get("/register/{name}/edit/artefacts", dependencies=PROPOSE)
def document(request: Request, name: str) -> Response:
    return _form(request, name, "artefact")


@pages.post("/register/{name}/edit/artefacts", dependencies=PROPOSE)
async def add_document(request: Request, name: str) -> Response:
    form = await request.form()
    fields = _fields(form)
    sent = form.get("file")
    content, named = b"", ""
    if isinstance(sent, UploadFile) and sent.filename:
        content, named = await sent.read(), sent.filename
    return await run_in_threadpool(_added, request, name, fields, content, named)


def _added(
    request: Request, name: str, fields: dict[str, list[str]], content: bytes, named: str
) -> Response:
    def change(record: dict[str, Any], given: Mapping[str, list[str]]) -> None:
        made: dict[str, Any] = {
            field: written
            for field in ("kind", "date", "valid_until", "provided_by", "deployment", "version")
            if (written := _one(given, field))
        }
        title = words_of(_one(given, "title.fr"), _one(given, "title.en"))
        made |= {"title": title} if title else {}
        made |= {"url": url} if (url := _address(_one(given, "url"))) else {}
        if named:
            made["digest"] = digest(document_sent(content, named).content)
        elif not made.get("url"):
            raise PreuveError(_("Give a file or an address: a title alone shows nothing."))
        record.setdefault("artefacts", []).append(made)

    def document() -> Sent | None:
        return document_sent(content, named) if named else None

    return _applied(request, name, "artefact", change, fields, document)


def _address(written: str) -> str:
    if written and not written.lower().startswith(("https://", "http://")):
        raise PreuveError(
            _("An address begins with https://."), where=written[:200], remedy=_("Write it whole.")
        )
    return written


def document_sent(content: bytes, named: str) -> Sent:
    """A file that may be kept beside an entry.

    Raises:
        PreuveError: it is empty, of a kind that is not accepted, or not what its name says.
    """
    name = PurePath(named.replace("\\", "/")).name[-150:]
    suffix = PurePath(name).suffix.lower()
    if suffix not in DOCUMENTS or not content.startswith(_BEGINS.get(suffix, b"")):
        raise PreuveError(
            _("This kind of file is not accepted, or it is not what its name says."),
            where=name,
            remedy=_("Send one of these: {kinds}.").format(kinds=", ".join(DOCUMENTS)),
        )
    if not content:
        raise PreuveError(_("The file is empty."), where=name)
    return Sent(content, name, DOCUMENTS[suffix])
