"""Calendar: what begins to apply, and what ceases to hold, day by day; iCalendar too."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from preuve.core.language import _, ngettext
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.obligations.compute import obligations
from preuve.registry.obligations.obligation import Obligation


@dataclass(frozen=True)
class Event:
    """One day of the calendar, for one system.

    Attributes:
        kind: applies (obligations begin) or expires (a document ceases to hold that day).
        obligations: those that begin that day. title: what to show, in the current language.
        binding: whether a binding duty is among them.
    """

    day: datetime.date
    kind: Literal["applies", "expires"]
    entry: str
    name: str
    role: Role
    deployment: str | None
    title: str
    obligations: tuple[Obligation, ...] = ()

    @property
    def binding(self) -> bool:
        return self.kind == "expires" or any(one.binding for one in self.obligations)

    def record(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "kind": self.kind,
            "entry": self.entry,
            "role": self.role,
            "deployment": self.deployment,
            "title": str(self.title),
            "obligations": [one.id for one in self.obligations],
        }


def calendar(
    entries: Entry | Iterable[Entry],
    role: Role,
    *,
    since: datetime.date | None = None,
    deployment: str | None = None,
) -> tuple[Event, ...]:
    """The days when obligations begin to reach systems, and when documents cease to hold.

    Args:
        entries: one system or several.
        role: who owes.
        since: the first day shown, and the day on which proofs are looked at; all days, and
            today, when absent.
        deployment: of a single system; when absent, each deployment of a deployer is told apart.

    Returns:
        By day, then by system.
    """
    several = (entries,) if isinstance(entries, Entry) else entries
    day = since or datetime.date.today()
    found = [
        event
        for entry in several
        for place in _places(entry, role, deployment)
        for event in (*_begins(entry, role, place, day), *_expires(entry, role, place))
        if since is None or event.day >= since
    ]
    return tuple(
        sorted(
            found, key=lambda one: (one.day, one.entry, one.deployment or "", one.kind, one.title)
        )
    )


def _places(entry: Entry, role: Role, deployment: str | None) -> tuple[str | None, ...]:
    if deployment is not None:
        return (deployment,)
    if role != "deployer" or not entry.deployments:
        return (None,)
    return tuple(one.id for one in entry.deployments)


def _begins(entry: Entry, role: Role, place: str | None, on: datetime.date) -> Iterator[Event]:
    """A day for each date of application; what is to settle is shown on its possible day."""
    by_day: dict[datetime.date, list[Obligation]] = {}
    for one in obligations(entry, role, on, place):
        if one.applies_from is not None and one.state != "not_concerned":
            by_day.setdefault(one.applies_from, []).append(one)
    for day, begun in by_day.items():
        yield Event(
            day,
            "applies",
            entry.id,
            entry.name,
            role,
            place,
            ngettext(
                "{name}: {count} obligation applies",
                "{name}: {count} obligations apply",
                len(begun),
            ).format(name=entry.name, count=len(begun)),
            tuple(begun),
        )


def _expires(entry: Entry, role: Role, place: str | None) -> Iterator[Event]:
    for one in entry.artefacts:
        if one.valid_until is None or one.provided_by != role:
            continue
        if one.deployment in (None, place):
            yield Event(
                one.valid_until,
                "expires",
                entry.id,
                entry.name,
                role,
                place,
                _("{name}: last day of “{title}”").format(name=entry.name, title=one.title),
            )


def icalendar(events: Sequence[Event]) -> str:
    """The events as an iCalendar file (RFC 5545): all-day events, lines of 75 octets at most."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Preuve//Obligations//FR"]
    for event in events:
        place = f"-{event.deployment}" if event.deployment else ""
        details = "\n".join(f"{one.article}: {one.text}" for one in event.obligations)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.day:%Y%m%d}-{event.kind}-{event.entry}{place}-{event.role}@preuve",
            f"DTSTAMP:{event.day:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"SUMMARY:{_escaped(event.title)}",
            *([f"DESCRIPTION:{_escaped(details)}"] if details else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _escaped(text: str) -> str:
    for found, put in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(found, put)
    return text


def _folded(line: str) -> Iterator[str]:
    """The line in parts of 75 octets at most, none of which cuts a character."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
