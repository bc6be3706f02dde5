"""The register for machines: systems, what is owed for them, comparison, calendar, changes."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.core.record import canonical
from preuve.registry import fhir, register
from preuve.registry.chai import export, to_record, to_xml
from preuve.registry.classes import classify
from preuve.registry.classification import qualify
from preuve.registry.entry import Entry, parse_entry, schema
from preuve.registry.entry.vocabulary import Line, Role
from preuve.registry.grid import grid
from preuve.registry.intended_use import completeness
from preuve.registry.obligations import obligations, set_aside
from preuve.registry.public import Status
from preuve.registry.register import Held, Kept
from preuve.web.caching import public
from preuve.web.errors import means
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.problem import described
from preuve.web.register import proposals
from preuve.web.register.asked import asked, day_of
from preuve.web.register.calendar import events, wanted
from preuve.web.register.comparing import MOST, compared
from preuve.web.register.editing import put, refuse_unkept
from preuve.web.register.exporting import own
from preuve.web.register.listing import Filter, listed
from preuve.web.register.shown import all_evidence, entries, evidence_of, held
from preuve.web.register.written import written
from preuve.web.results.bodies import body
from preuve.web.roles import may
from preuve.web.site import reading, writing

api = APIRouter(prefix="/register", tags=["register"])
Responses = dict[int | str, dict[str, Any]]
YAML, JSON = "application/yaml", "application/json"
Name = Annotated[str, Path(max_length=100, description="Identifier of an entry.")]
Day = Annotated[str, Query(max_length=40, description="YYYY-MM-DD; today when absent.")]
Word = Annotated[str, Query(max_length=200)]
Wish = Annotated[str | None, Header(description="application/json or application/yaml.")]


_ENTRY: Responses = {
    200: {
        "description": "The entry; ETag is its revision, to be sent back in If-Match.",
        "content": {
            JSON: {"schema": {"type": "object"}},
            YAML: {"schema": {"type": "string"}},
        },
    }
}


class StaleError(PreuveError):
    """A text written from a revision that stands no more; it is kept aside."""


class NoRevisionError(PreuveError):
    """A change that does not say what it was written from."""


class NotOfferedError(PreuveError):
    """None of the forms that a program asks for."""


means(StaleError, 409)
means(NoRevisionError, 428)
means(NotOfferedError, 406)


class SystemShown(BaseModel):
    """A system of the list; `status` is the best that is known of one of its versions."""

    id: str
    name: str
    title: str
    maker: str
    line: Line
    function: str
    usecase: str
    device_classes: list[str]
    status: Status
    synthetic: bool
    digest: str


class SystemsPage(BaseModel):
    """One page of the list."""

    total: int
    page: int
    size: int
    items: list[SystemShown]


class Changed(BaseModel):
    """What became of a text: published under a revision, or waiting as a proposal."""

    id: str
    digest: str
    revision: int | None = None
    proposal: int | None = None


_WAITING: Responses = {
    202: {"model": Changed, "description": "Kept as a proposal: a curator decides"}
}


class Owed(BaseModel):
    """The obligations of a system for a role and a day."""

    entry: str
    synthetic: bool
    role: Role
    on: str
    deployment: str | None
    obligations: list[dict[str, Any]]
    set_aside: list[dict[str, str]]


class Days(BaseModel):
    """The calendar, the nearest day first."""

    total: int
    page: int
    size: int
    items: list[dict[str, Any]]


@api.get("/systems")
def systems(
    request: Request,
    response: Response,
    text: Word = "",
    line: Annotated[Line | None, Query()] = None,
    usecase: Word = "",
    maker: Word = "",
    device_class: Annotated[str, Query(max_length=4)] = "",
    proof: Annotated[Status | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SystemsPage:
    """The public register, by technology line then by name."""
    filtered = Filter(text, line or "", usecase, maker, device_class, proof or "")
    with reading(request) as connection:
        found = listed(entries(connection), all_evidence(connection), filtered)
    some = found[(page - 1) * size : page * size]
    public(response)
    items = [SystemShown(**one.record()) for one in some]
    return SystemsPage(total=len(found), page=page, size=size, items=items)


@api.get("/schema")
def published_schema(response: Response) -> dict[str, Any]:
    """The JSON schema of an entry."""
    public(response)
    return schema()


@api.get(
    "/systems/{name}",
    response_class=Response,
    responses=_ENTRY | described(406),
)
def system(request: Request, name: Name, accept: Wish = None) -> Response:
    """One entry, as JSON or as YAML."""
    kind = _negotiated(accept or "*/*", (JSON, YAML))
    with reading(request) as connection:
        found = held(request, connection, name)
    record = found.entry.record()
    content = canonical(record) if kind == JSON else written(record).encode()
    return _sent(content, kind, found)


def _sent(content: bytes, kind: str, found: Held | None = None) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
    if found is not None:
        headers["ETag"] = f'"{found.revision}"'
    return Response(content, media_type=kind, headers=headers)


def _negotiated(accept: str, offered: tuple[str, ...]) -> str:
    """The first of those offered that is asked for with the greatest weight.

    Raises:
        NotOfferedError: none is.
    """
    best, weight = "", 0.0
    for part in accept[:1000].split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        worth = _weight(parameters)
        for one in offered:
            major = one.partition("/")[0]
            if kind in (one, f"{major}/*", "*/*") and worth > weight:
                best, weight = one, worth
    if not best:
        raise NotOfferedError(
            _("This is offered in other forms only."),
            where=accept[:200],
            remedy=_("Choose among {words}.").format(words=", ".join(offered)),
        )
    return best


def _weight(parameters: list[str]) -> float:
    for one in parameters:
        name, _equals, value = one.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


@api.get("/systems/{name}/obligations")
def owed_for(
    request: Request,
    response: Response,
    name: Name,
    role: Annotated[Role | None, Query()] = None,
    on: Day = "",
    deployment: Annotated[str, Query(max_length=100)] = "",
) -> Owed:
    """What a role owes for a system on a day: state, expected, found, missing, confidence."""
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    wish = asked(found.entry, role or "", on, deployment)
    place = (found.entry, wish.role, wish.on, wish.deployment, evidence)
    public(response)
    return Owed(
        entry=name,
        synthetic=found.entry.synthetic,
        role=wish.role,
        on=wish.on.isoformat(),
        deployment=wish.deployment,
        obligations=[one.record() for one in obligations(*place)],
        set_aside=[{"digest": one.digest, "why": str(one.why)} for one in set_aside(*place)],
    )


@api.get("/systems/{name}/classification")
def classified(request: Request, response: Response, name: Name) -> dict[str, Any]:
    """Device class and standing under the AI Act, with every step; functional classes."""
    with reading(request) as connection:
        entry = held(request, connection, name).entry
    public(response)
    frames = [one.record() for one in classify(entry)]
    return qualify(entry).record() | {"functional": frames}


@api.get("/systems/{name}/intended-use")
def intended_use(request: Request, response: Response, name: Name) -> dict[str, Any]:
    """The six parts of the intended use, and which are written."""
    with reading(request) as connection:
        entry = held(request, connection, name).entry
    public(response)
    return completeness(entry).record()


@api.get("/systems/{name}/grid")
def descriptive_grid(
    request: Request, response: Response, name: Name, on: Day = ""
) -> dict[str, Any]:
    """The 42 items of the descriptive grid, and what fills each."""
    with reading(request) as connection:
        found = held(request, connection, name)
        evidence = evidence_of(connection, found.entry)[1]
    public(response)
    return grid(found.entry, day_of(on), evidence).record()


_CHAI: Responses = {
    200: {
        "description": "The card",
        "content": {
            "application/xml": {"schema": {"type": "string"}},
            JSON: {"schema": {"type": "object"}},
        },
    }
}
_FHIR: Responses = {
    200: {"description": "A bundle", "content": {fhir.MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@api.get("/systems/{name}/chai", response_class=Response, responses=_CHAI | described(406))
def chai(request: Request, name: Name, accept: Wish = None) -> Response:
    """The entry in the fields of the CHAI applied model card 0.2, as XML or JSON."""
    kind = _negotiated(accept or "*/*", ("application/xml", JSON))
    with reading(request) as connection:
        entry = held(request, connection, name).entry
        evidence = evidence_of(connection, entry)[1]
    card = export(entry, own(entry, evidence))
    if kind == JSON:
        return _sent(json.dumps(to_record(card), ensure_ascii=False).encode(), kind)
    return _sent(to_xml(card), kind)


@api.get("/systems/{name}/fhir", response_class=Response, responses=_FHIR)
def bundle(request: Request, name: Name) -> Response:
    """Device, model card and evidence as FHIR R4 (AI Transparency on FHIR)."""
    with reading(request) as connection:
        entry = held(request, connection, name).entry
        evidence = evidence_of(connection, entry)[1]
    content = fhir.written(entry, own(entry, evidence), language=current_language())
    return _sent(content, fhir.MEDIA_TYPE)


@api.get("/comparison")
def side_by_side(
    request: Request,
    response: Response,
    evidence: Annotated[list[str], Query(min_length=1, max_length=MOST)],
) -> dict[str, Any]:
    """Systems side by side, from published evidence named by identifier or digest."""
    with reading(request) as connection:
        found, _results = compared(connection, evidence)
    public(response)
    return found.record()


@api.get("/calendar")
def dates(
    request: Request,
    response: Response,
    role: Annotated[Role, Query()] = "deployer",
    since: Day = "",
    system: Annotated[str, Query(max_length=100)] = "",
    site: Word = "",
    law: Annotated[str, Query(max_length=40)] = "",
    everything: Annotated[bool, Query(description="Recommendations too.")] = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Days:
    """When obligations begin to reach the systems, and when documents cease to hold."""
    wish = wanted(role, since, system, site, law, "yes" if everything else "")
    with reading(request) as connection:
        found = events(entries(connection), wish)
    public(response)
    items = [one.event.record() for one in found[(page - 1) * size : page * size]]
    return Days(total=len(found), page=page, size=size, items=items)


_SENT = body(JSON, YAML, what="An entry, as JSON or as YAML; see /api/register/schema.")
_PROPOSE = [allowed("register.propose")]


@api.post(
    "/systems",
    status_code=201,
    responses=_WAITING,
    openapi_extra=_SENT,
    dependencies=_PROPOSE,
)
async def add(request: Request, response: Response, why: Word = "") -> Changed:
    """Publish a new entry (curators), or propose one (contributors)."""
    entry = _parsed(await request.body(), request)
    return await run_in_threadpool(_put, request, response, entry, 0, why)


@api.put(
    "/systems/{name}",
    responses=described(409, 428) | _WAITING,
    openapi_extra=_SENT,
    dependencies=_PROPOSE,
)
async def replace(
    request: Request,
    response: Response,
    name: Name,
    why: Word = "",
    if_match: Annotated[
        str | None, Header(max_length=40, description="The revision that was read (ETag).")
    ] = None,
) -> Changed:
    """Replace an entry (curators), or propose a change (contributors)."""
    read = _revision(if_match)
    entry = _parsed(await request.body(), request)
    if entry.id != name:
        raise PreuveError(
            _("The identifier of an entry does not change: {name}.").format(name=name), where="id"
        )
    return await run_in_threadpool(_put, request, response, entry, read, why)


def _revision(written_as: str | None) -> int:
    bare = (written_as or "").strip().removeprefix("W/").strip('"')
    if not bare.isascii() or not bare.isdecimal() or len(bare) > 9 or int(bare) < 1:
        raise NoRevisionError(
            _("Say which revision was read."),
            where="If-Match",
            remedy=_("Send the ETag of the entry as you read it."),
        )
    return int(bare)


def _parsed(content: bytes, request: Request) -> Entry:
    """The entry of a body.

    Raises:
        PreuveError: it is not in UTF-8, not in the form it says, or not an entry.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PreuveError(_("The file is not in UTF-8."), where="body") from error
    if not request.headers.get("content-type", "").startswith(JSON):
        return parse_entry(text, name="body")
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PreuveError(
            _("The body is not valid JSON: {error}").format(error=error), where="body"
        ) from error
    if not isinstance(record, dict):
        raise PreuveError(_("An entry is a list of keys and values."), where="body")
    return parse_entry(record, name="body")


def _put(request: Request, response: Response, entry: Entry, read: int, why: str) -> Changed:
    refuse_unkept(entry)
    who, why = visitor(request), why.replace("\0", "")
    with writing(request) as connection:
        if read:
            held(request, connection, entry.id)
        if not may(who.role, "register.edit"):
            return _proposed(connection, response, entry, who.actor, read, why)
        kept = put(connection, entry, who.actor, read, why)
    return _told(response, entry, kept)


def _proposed(
    connection: Connection, response: Response, entry: Entry, actor: str, read: int, why: str
) -> Changed:
    found = proposals.propose(connection, entry, actor, read=read, why=why)
    response.status_code = 202
    return Changed(id=entry.id, digest=entry.digest, proposal=found.id)


def _told(response: Response, entry: Entry, kept: Kept) -> Changed:
    refusal = kept.refusal
    if refusal is not None:
        raise StaleError(refusal.problem, where=entry.id, remedy=refusal.remedy)
    response.headers["ETag"] = f'"{kept.number}"'
    response.headers["Location"] = f"/api/register/systems/{entry.id}"
    return Changed(id=entry.id, digest=entry.digest, revision=kept.number)


@api.get("/systems/{name}/revisions")
def revisions(request: Request, name: Name) -> list[dict[str, Any]]:
    """Every text that was given for an entry, newest first."""
    with reading(request) as connection:
        held(request, connection, name)
        found = register.history(connection, name)
    shown = ("number", "parent", "aside", "status", "digest", "at", "why")
    return [{field: getattr(one, field) for field in shown} for one in found]
