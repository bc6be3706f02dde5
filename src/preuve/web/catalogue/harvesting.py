"""Harvest pages: sources, their last runs, what went wrong and why, a run started anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from preuve.catalogue.harvest import Problem, Run, Source, problems, runs, sources
from preuve.catalogue.harvest.addresses import shown, web_address
from preuve.catalogue.harvest.state import UNFINISHED, count
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web.catalogue.going import Busy, Going, going, start
from preuve.web.errors import NotFound, means, status_of
from preuve.web.identity import visitor
from preuve.web.permissions import allowed
from preuve.web.rendering import page, partial, redirect
from preuve.web.site import reading, site

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=2**53)]
SHOWN = 50
"""Problems on a page."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
means(Busy, 409)


@dataclass(frozen=True)
class Seen:
    """A source, its last run, and the run that goes on in this process."""

    source: Source
    address: str
    last: Run | None
    going: Going | None

    @property
    def running(self) -> bool:
        return self.going is not None and not self.going.over

    @property
    def stopped(self) -> bool:
        """Whether a run was left unfinished, by a fault or by a stop of the site."""
        return self.last is not None and self.last.state in UNFINISHED and not self.running


@router.get("/harvest", dependencies=[allowed("catalogue.harvest")])
def listed(request: Request) -> Response:
    return _list(request)


@router.post("/harvest", dependencies=[allowed("catalogue.harvest")])
def add(
    request: Request,
    name: Annotated[str, Form(max_length=80)] = "",
    address: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Begin to harvest a new source."""
    try:
        if not _NAME.fullmatch(name):
            raise PreuveError(
                _("A name is 1 to 80 small letters, digits, dots or dashes."), where=name
            )
        wanted = web_address(address.strip())
        with reading(request) as connection:
            if any(one.name == name for one in sources(connection)):
                raise PreuveError(_("There is a source of this name already."), where=name)
        start(site(request).database, name, wanted, visitor(request).actor, fresh=False)
    except PreuveError as refused:
        return _list(request, refused, name, address)
    return redirect(request, "/harvest", done=_("The harvest has begun."))


def _list(
    request: Request, problem: PreuveError | None = None, name: str = "", address: str = ""
) -> Response:
    with reading(request) as connection:
        found = [_seen(request, connection, one) for one in sources(connection)]
    return page(
        request,
        "catalogue/harvest.html.j2",
        title=_("Harvest"),
        status=status_of(problem) if problem else 200,
        public=False,
        found=found,
        problem=problem,
        name=name,
        address=address,
        state_shown=state_shown,
    )


@router.get("/harvest/{number}", dependencies=[allowed("catalogue.harvest")])
def one(
    request: Request,
    number: Number,
    run: Annotated[int, Query(ge=0, le=2**53)] = 0,
    kind: Annotated[str, Query(pattern="^[a-z-]{0,40}$")] = "",
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> Response:
    with reading(request) as connection:
        seen = _source(request, connection, number)
        last = runs(connection, seen.source)
        chosen = next((one for one in last if one.id == run), last[0] if last else None)
        if run and (chosen is None or chosen.id != run):
            raise NotFound(_("The source has no such run."), where=str(run))
        met = (
            problems(connection, chosen, kind=kind, after=after, limit=SHOWN + 1) if chosen else []
        )
        counts = count(connection, chosen) if chosen else {}
    return page(
        request,
        "catalogue/source.html.j2",
        title=seen.source.name,
        public=False,
        seen=seen,
        runs=last,
        chosen=chosen,
        counts=counts,
        kind=kind,
        problems=[told(problem) for _number, problem in met[:SHOWN]],
        following=met[SHOWN - 1][0] if len(met) > SHOWN else None,
        kinds=sorted(name.removeprefix("problem:") for name in counts if ":" in name),
        state_shown=state_shown,
        kind_shown=kind_shown,
        outcome_shown=outcome_shown,
    )


@router.get("/harvest/{number}/progress", dependencies=[allowed("catalogue.harvest")])
def progress(request: Request, number: Number) -> Response:
    """Where the harvest of a source is: a piece of its page."""
    with reading(request) as connection:
        seen = _source(request, connection, number)
    return partial(request, "catalogue/progress.html.j2", seen=seen, state_shown=state_shown)


@router.post("/harvest/{number}/run", dependencies=[allowed("catalogue.harvest")])
def run(
    request: Request, number: Number, fresh: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    with reading(request) as connection:
        seen = _source(request, connection, number)
    start(site(request).database, seen.source.name, None, visitor(request).actor, fresh=bool(fresh))
    return redirect(request, f"/harvest/{number}", done=_("The harvest has begun."))


def _source(request: Request, connection: Any, number: int) -> Seen:
    found = next((one for one in sources(connection) if one.id == number), None)
    if found is None:
        raise NotFound(_("There is no such source."), where=str(number))
    return _seen(request, connection, found)


def _seen(request: Request, connection: Any, source: Source) -> Seen:
    last = runs(connection, source, limit=1)
    now = going(site(request).database, source.name)
    return Seen(source, shown(source.address), last[0] if last else None, now)


@dataclass(frozen=True)
class Told:
    """A problem in the reader's language."""

    kind: str
    page: str
    subject: str
    what: str
    value: str
    repair: str


def told(problem: Problem) -> Told:
    """A problem in the reader's language."""
    detail, language = problem.detail, current_language()
    repair = detail.get("repair") or detail.get("remedy") or {}
    return Told(
        kind=kind_shown(problem.kind),
        page=problem.page,
        subject=problem.subject,
        what=str((detail.get("explanation") or {}).get(language, "")),
        value=str(detail.get("value") or detail.get("where") or ""),
        repair=str(repair.get(language, "")),
    )


def state_shown(state: str) -> str:
    """The state of a run, in words."""
    return {
        "reading": _("reading"),
        "withdrawing": _("withdrawing what vanished"),
        "complete": _("complete"),
        "partial": _("partial: nothing was withdrawn"),
        "abandoned": _("abandoned for a fresh start"),
    }.get(state, state)


def outcome_shown(outcome: str) -> str:
    """What was done with records, in words."""
    return {
        "added": _("added"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "aside": _("left aside"),
        "withdrawn": _("withdrawn"),
        "pages": _("pages read"),
    }.get(outcome, outcome)


def kind_shown(kind: str) -> str:
    """A kind of problem, in words."""
    return {
        "dirt": _("not clean"),
        "claimed": _("claims another's identifier"),
        "unreadable": _("cannot be read"),
        "duplicate": _("met twice"),
        "edited-here": _("edited here"),
        "no-address": _("without address"),
        "paging": _("paging"),
        "unreachable": _("page out of reach"),
        "held-elsewhere": _("held by another source"),
        "incomplete": _("incomplete"),
    }.get(kind, kind)
