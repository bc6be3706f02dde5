"""Calendar: when obligations begin and documents cease to hold, over the whole register."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language, ngettext
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import Law, load
from preuve.registry.obligations import Event, Obligation, calendar, icalendar
from preuve.web.register.asked import day_of, role_choices, role_of, today
from preuve.web.register.shown import entries
from preuve.web.rendering import page
from preuve.web.results.pages import download
from preuve.web.site import reading

pages = APIRouter()
Word = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Wanted:
    """What a reader asks of the calendar.

    Attributes:
        site: an establishment; all when empty.
        law: all when empty.
        binding: whether recommendations are left out.
    """

    role: Role
    since: datetime.date
    entry: str = ""
    site: str = ""
    law: str = ""
    binding: bool = True


@dataclass(frozen=True)
class OfDay:
    """What one day brings to one system: its duties by law, or a document that ends."""

    event: Event
    site: str
    laws: tuple[tuple[str, tuple[Obligation, ...]], ...]


def wanted(role: str, since: str, entry: str, site: str, law: str, everything: str) -> Wanted:
    """What the words of a form ask.

    Raises:
        PreuveError: a role, a day or a law that does not exist.
    """
    laws = load().laws
    if law and law not in laws:
        raise PreuveError(
            _("“{word}” is not known.").format(word=law[:40]),
            where="law",
            remedy=_("Choose among {words}.").format(words=", ".join(laws)),
        )
    return Wanted(role_of(role), day_of(since), entry, site, law, everything != "yes")


def events(every: Sequence[Entry], asked: Wanted) -> list[OfDay]:
    """The days from `since`, the nearest first."""
    kept = [one for one in every if asked.entry in ("", one.id)]
    found = calendar(kept, asked.role, since=asked.since)
    named = {one.id: one for one in kept}
    return [
        shown for event in found if (shown := _of_day(event, named[event.entry], asked)) is not None
    ]


def _of_day(event: Event, entry: Entry, asked: Wanted) -> OfDay | None:
    """An event as it is asked; None where nothing of it is."""
    place = entry.deployment(event.deployment) if event.deployment else None
    site = place.site if place else ""
    if asked.site and asked.site != site:
        return None
    if event.kind == "expires":
        return OfDay(event, site, ()) if not asked.law else None
    laws = tuple(_laws(event, asked))
    if not laws:
        return None
    kept = tuple(one for _law, found in laws for one in found)
    title = ngettext(
        "{name}: {count} obligation applies", "{name}: {count} obligations apply", len(kept)
    ).format(name=event.name, count=len(kept))
    return OfDay(replace(event, obligations=kept, title=title), site, laws)


def _laws(event: Event, asked: Wanted) -> Iterator[tuple[str, tuple[Obligation, ...]]]:
    by_law: dict[Law, list[Obligation]] = {}
    for one in event.obligations:
        if asked.law in ("", one.law) and (one.binding or not asked.binding):
            by_law.setdefault(one.law, []).append(one)
    for law, found in by_law.items():
        yield str(load().word("law", law)), tuple(found)


def _every(connection: Connection) -> tuple[list[Entry], list[str]]:
    every = entries(connection)
    sites = sorted({place.site for one in every for place in one.deployments})
    return every, sites


@pages.get("/calendar")
def shown(
    request: Request,
    role: Word = "",
    since: Word = "",
    entry: Word = "",
    site: Word = "",
    law: Word = "",
    everything: Word = "",
) -> Response:
    problem, asked = None, None
    found: list[OfDay] = []
    with reading(request) as connection:
        every, sites = _every(connection)
    try:
        asked = wanted(role, since, entry, site, law, everything)
        found = events(every, asked)
    except PreuveError as refused:
        problem = refused
    query = request.scope["query_string"].decode("latin-1")
    return page(
        request,
        "register/calendar.html.j2",
        status=400 if problem else 200,
        public=problem is None,
        title=_("Calendar of obligations"),
        problem=problem,
        days=_by_day(found),
        form={
            "role": asked.role if asked else "deployer",
            "since": (asked.since if asked else today()).isoformat(),
            "entry": entry,
            "site": site,
            "law": law,
            "everything": everything,
        },
        roles=role_choices(),
        systems=[(one.id, one.name) for one in every],
        sites=[(one, one) for one in sites],
        laws=[(code, str(load().word("law", code))) for code in load().laws],
        download=f"/calendar.ics{'?' + query if query else ''}",
        total=len(found),
    )


def _by_day(found: Sequence[OfDay]) -> list[tuple[datetime.date, list[OfDay]]]:
    days: dict[datetime.date, list[OfDay]] = {}
    for one in found:
        days.setdefault(one.event.day, []).append(one)
    return list(days.items())


@pages.get("/calendar.ics")
def file(
    request: Request,
    role: Word = "",
    since: Word = "",
    entry: Word = "",
    site: Word = "",
    law: Word = "",
    everything: Word = "",
) -> Response:
    asked = wanted(role, since, entry, site, law, everything)
    with reading(request) as connection:
        found = events(entries(connection), asked)
    text = icalendar([one.event for one in found])
    name = f"obligations-{asked.role}.{current_language()}.ics"
    return download(text.encode(), name, "text/calendar; charset=utf-8")
