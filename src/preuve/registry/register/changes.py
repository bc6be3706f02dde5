"""Changes: an entry is added, replaced or withdrawn; each change is a revision, none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical
from preuve.core.store import audit
from preuve.core.usecase import Text
from preuve.registry import tables
from preuve.registry.entry import Entry
from preuve.registry.register.held import Kept, Status, row_of, text_of
from preuve.registry.register.search import folded


def add(connection: Connection, entry: Entry, actor: str, why: str = "") -> Kept:
    """Put a new entry in the register, as revision 1.

    Raises:
        PreuveError: an entry of that identifier is there already.
    """
    if connection.execute(row_of(entry.id)).first() is not None:
        raise PreuveError(
            _("The register already holds an entry named {name}.").format(name=entry.id),
            where="id",
            remedy=_("Choose another identifier, or replace that entry."),
        )
    now = _now()
    connection.execute(
        insert(tables.entry).values(id=entry.id, created_at=now, **_columns(entry, 1, now))
    )
    _keep(connection, entry, 1, None, False, "current", actor, now, why)
    _index(connection, entry)
    audit.append(connection, actor, "entry.add", entry.id, {"digest": entry.digest, "revision": 1})
    return Kept(1, False, 1)


def replace(connection: Connection, entry: Entry, actor: str, read: int, why: str = "") -> Kept:
    """Replace an entry by a text written from revision `read`.

    Where another revision has been written since, the text is kept aside and the one that stands
    stays: tell the author `Kept.refusal`, after the transaction has ended.

    Raises:
        PreuveError: there is no such entry, or no such revision of it.
    """
    row = _known(connection, entry.id, read)
    number, now = _last(connection, entry.id) + 1, _now()
    aside = read != row["revision"]
    _keep(connection, entry, number, read, aside, "current", actor, now, why)
    if not aside:
        connection.execute(
            update(tables.entry)
            .where(tables.entry.c.id == entry.id)
            .values(**_columns(entry, number, now))
        )
        _index(connection, entry)
    action = "entry.aside" if aside else "entry.replace"
    detail = {"digest": entry.digest, "revision": number, "read": read}
    audit.append(connection, actor, action, entry.id, detail)
    return Kept(number, aside, row["revision"] if aside else number)


def withdraw(connection: Connection, name: str, actor: str, read: int, why: str) -> Kept:
    """Take an entry out of what is shown; its texts stay, and `replace` brings it back.

    Raises:
        PreuveError: no reason is given, there is no such entry, or it has changed since `read`.
    """
    if not why.strip():
        raise PreuveError(_("Say why the entry is withdrawn."), where="why")
    row = _known(connection, name, read)
    if read != row["revision"]:
        raise PreuveError(
            _("Someone changed this entry since you read it (revision {current}).").format(
                current=row["revision"]
            ),
            remedy=_("Read it again before withdrawing it."),
        )
    held = text_of(connection, name, read)
    number, now = _last(connection, name) + 1, _now()
    _keep(connection, held, number, read, False, "withdrawn", actor, now, why)
    connection.execute(
        update(tables.entry)
        .where(tables.entry.c.id == name)
        .values(status="withdrawn", revision=number, modified_at=now)
    )
    audit.append(connection, actor, "entry.withdraw", name, {"revision": number, "why": why})
    return Kept(number, False, number)


def _columns(entry: Entry, number: int, now: str) -> dict[str, Any]:
    return {
        "status": "current",
        "revision": number,
        "digest": entry.digest,
        "name": entry.name,
        "maker": entry.maker.name,
        "line": entry.line,
        "synthetic": entry.synthetic,
        "words": folded(" ".join(_searched(entry))),
        "modified_at": now,
    }


def _searched(entry: Entry) -> Iterator[str]:
    yield from (entry.id, entry.name, entry.maker.name)
    title = entry.title
    yield from (title.fr, title.en) if isinstance(title, Text) else (title,)


def _keep(
    connection: Connection,
    entry: Entry,
    number: int,
    parent: int | None,
    aside: bool,
    status: Status,
    actor: str,
    now: str,
    why: str,
) -> None:
    connection.execute(
        insert(tables.revision).values(
            entry=entry.id,
            number=number,
            parent=parent,
            aside=aside,
            status=status,
            digest=entry.digest,
            content=canonical(entry.record()).decode(),
            actor=actor,
            at=now,
            why=why,
        )
    )


def _index(connection: Connection, entry: Entry) -> None:
    connection.execute(delete(tables.usecase).where(tables.usecase.c.entry == entry.id))
    for code in dict.fromkeys(_usecases(entry)):
        connection.execute(insert(tables.usecase).values(entry=entry.id, usecase=code))


def _usecases(entry: Entry) -> Iterator[str]:
    """The use cases of a system, of its deployments and of what they are used for."""
    held = [entry.usecase]
    for one in entry.deployments:
        held += [one.usecase, *(use.usecase for use in one.uses)]
    yield from (code for code in held if code is not None)


def _known(connection: Connection, name: str, read: int) -> RowMapping:
    row = connection.execute(row_of(name).with_for_update()).mappings().first()
    if row is None:
        raise PreuveError(_("The register holds no entry named {name}.").format(name=name))
    if not 1 <= read <= _last(connection, name):
        raise PreuveError(
            _("The entry {name} has no revision {number}.").format(name=name, number=read)
        )
    return row


def _last(connection: Connection, name: str) -> int:
    table = tables.revision
    query = select(func.max(table.c.number)).where(table.c.entry == name)
    return int(connection.execute(query).scalar_one() or 0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
