"""Held: an entry as the register holds it, its revisions, and what became of a text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, Select, select

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.registry import tables
from preuve.registry.entry import Entry, parse_entry

Status: TypeAlias = Literal["current", "withdrawn"]


@dataclass(frozen=True)
class Held:
    """An entry as the register holds it.

    Attributes:
        revision: the number to give back when replacing it.
    """

    entry: Entry
    revision: int
    status: Status
    created_at: str
    modified_at: str


@dataclass(frozen=True)
class Revision:
    """One text given for an entry.

    Attributes:
        parent: the revision that its author had read.
        aside: whether it was written over another's text, and so kept beside, not shown.
        why: what its author said of the change.
    """

    number: int
    parent: int | None
    aside: bool
    status: Status
    digest: str
    actor: str
    at: str
    why: str


@dataclass(frozen=True)
class Kept:
    """What became of a text.

    Attributes:
        number: its revision.
        aside: it was written over a revision that its author had not read: kept, not shown.
        current: the revision that is shown.
    """

    number: int
    aside: bool
    current: int

    @property
    def refusal(self) -> PreuveError | None:
        """What to tell the author of a text kept aside; None where it is shown."""
        if not self.aside:
            return None
        return PreuveError(
            _("Someone changed this entry since you read it (revision {current}).").format(
                current=self.current
            ),
            remedy=_(
                "Your text is kept as revision {number}: compare the two, then write again from "
                "revision {current}."
            ).format(number=self.number, current=self.current),
        )


def get(connection: Connection, name: str) -> Held | None:
    """The entry of that identifier as it stands, withdrawn or not."""
    row = connection.execute(row_of(name)).mappings().first()
    if row is None:
        return None
    return made(row, text_of(connection, name, row["revision"]))


def text_of(connection: Connection, name: str, number: int) -> Entry:
    """The entry as a revision wrote it, one kept aside included.

    Raises:
        PreuveError: there is no such revision.
    """
    table = tables.revision
    query = select(table.c.content).where(table.c.entry == name, table.c.number == number)
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        raise PreuveError(
            _("The entry {name} has no revision {number}.").format(name=name, number=number)
        )
    return parse_entry(json.loads(content), name=name)


def history(connection: Connection, name: str) -> tuple[Revision, ...]:
    """The revisions of an entry, newest first."""
    table = tables.revision
    query = select(table).where(table.c.entry == name).order_by(table.c.number.desc())
    return tuple(
        Revision(**{field: row[field] for field in Revision.__dataclass_fields__})
        for row in connection.execute(query).mappings()
    )


def row_of(name: str) -> Select[Any]:
    """The query of the line of an entry."""
    return select(tables.entry).where(tables.entry.c.id == name)


def made(row: RowMapping, entry: Entry) -> Held:
    """The entry of a line and its text."""
    return Held(entry, row["revision"], row["status"], row["created_at"], row["modified_at"])
