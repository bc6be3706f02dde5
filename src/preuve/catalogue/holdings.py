"""Holdings: the records that are kept, every revision of each, and who holds which identifier.

A revision is never altered or removed. Two editors who start from one revision both keep their
text: the second one's is kept aside, and told to them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, func, select

from preuve.catalogue.changes import Changes, Claimed, Row
from preuve.catalogue.prepared import Prepared, prepare, triples_of
from preuve.catalogue.record import Kind, Record
from preuve.catalogue.tables import identifier as identifier_table
from preuve.catalogue.tables import record as record_table
from preuve.catalogue.tables import revision as revision_table
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.store.database import Database

__all__ = [
    "STATUSES",
    "Claimed",
    "Conflict",
    "Kept",
    "Revision",
    "add",
    "edit",
    "find",
    "history",
    "holder",
    "listed",
    "number_of",
    "read",
    "set_status",
    "withdraw",
]

Status: TypeAlias = Literal["draft", "published", "withdrawn"]
STATUSES: tuple[Status, ...] = ("draft", "published", "withdrawn")


class Conflict(PreuveError):  # noqa: N818 - what it says of the texts
    """Somebody else changed the record meanwhile; both texts are kept.

    Args:
        iri: the record.
        current: the number of the revision that stands.
        aside: the number under which the refused text is kept.
    """

    def __init__(self, iri: str, current: int, aside: int) -> None:
        self.iri, self.current, self.aside = iri, current, aside
        super().__init__(
            _("The record was changed by somebody else while you were editing it."),
            where=iri,
            remedy=_(
                "Your text is kept as revision {aside}; revision {current} stands. "
                "Compare them and save again."
            ).format(aside=aside, current=current),
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Conflict, (self.iri, self.current, self.aside)


@dataclass(frozen=True)
class Kept:
    """A record as a list shows it.

    Attributes:
        id: its number in the store.
        iri, kind: what it describes.
        source: number of the harvest source it comes from; None for a record written here.
        status: draft, published or withdrawn.
        revision: the number of the revision that stands.
        digest: of its canonical N-Triples.
        access: code of its access class, or empty.
        summary, verdicts: see `prepared.Prepared`.
        created_at, modified_at: ISO 8601 moments, UTC.
    """

    id: int
    iri: str
    kind: Kind
    source: int | None
    status: Status
    revision: int
    digest: str
    access: str
    summary: Mapping[str, Any]
    verdicts: Mapping[str, Any]
    created_at: str
    modified_at: str


@dataclass(frozen=True)
class Revision:
    """One text of a record: who wrote it, from which revision, and whether it was kept aside."""

    number: int
    parent: int | None
    aside: bool
    status: Status
    digest: str
    actor: str
    at: str


def add(connection: Connection, record: Record, actor: str, *, status: Status = "draft") -> Kept:
    """Keep a new record.

    Raises:
        PreuveError: the record has no address, or is kept already.
        Claimed: it claims an identifier that another record holds.
    """
    prepared = prepare(record)
    if find(connection, record.iri) is not None:
        raise PreuveError(
            _("This record is kept already."),
            where=record.iri,
            remedy=_("Edit it, or give the new record an address of its own."),
        )
    changes = Changes(connection, actor)
    changes.look_up([prepared])
    changes.add(prepared, status)
    changes.write()
    return _known(connection, record.iri)


def edit(
    database: Database,
    record: Record,
    actor: str,
    *,
    expected: int,
    status: Status | None = None,
) -> Kept:
    """Keep a new text of a record, started from the revision `expected`.

    It opens its own transaction, because a text that comes too late is kept aside before the
    conflict is told.

    Raises:
        PreuveError: there is no such record, or no such revision.
        Claimed: it claims an identifier that another record holds; nothing is kept.
        Conflict: the record has another revision by now; this text is kept aside.
    """
    prepared = prepare(record)
    with database.writing() as connection:
        changes = Changes(connection, actor)
        row = _row(changes, prepared)
        _check_expected(row, expected)
        if row.revision != expected:
            aside = changes.keep_aside(row, prepared, expected)
        else:
            aside = None
            changes.revise(row, prepared, status or row.status)
        changes.write()
        kept = _known(connection, record.iri)
    if aside is not None:
        raise Conflict(record.iri, kept.revision, aside)
    return kept


def set_status(
    connection: Connection, iri: str, status: Status, actor: str, *, expected: int | None = None
) -> Kept:
    """Publish a record, take it back to draft, or withdraw it; a withdrawn one stays readable.

    Raises:
        PreuveError: there is no such record, or it has another revision than the one expected.
    """
    prepared = prepare(read(connection, iri))
    changes = Changes(connection, actor)
    row = _row(changes, prepared)
    if expected is not None and row.revision != expected:
        raise PreuveError(
            _("The record was changed by somebody else meanwhile."),
            where=iri,
            remedy=_("Read revision {current}, then decide again.").format(current=row.revision),
        )
    if row.status != status:
        changes.revise(row, prepared, status)
        changes.write()
    return _known(connection, iri)


def withdraw(connection: Connection, iri: str, actor: str, *, expected: int | None = None) -> Kept:
    """Take a record out of the catalogue; its revisions stay, and so do its identifiers."""
    return set_status(connection, iri, "withdrawn", actor, expected=expected)


def find(connection: Connection, iri: str) -> Kept | None:
    """The record of an address."""
    row = connection.execute(select(record_table).where(record_table.c.iri == iri)).mappings()
    found = row.first()
    return _kept(found) if found else None


def holder(connection: Connection, identifier: str) -> Kept | None:
    """The record that holds an identifier: its address, or another that it claims."""
    query = select(record_table).join(
        identifier_table, identifier_table.c.record == record_table.c.id
    )
    row = connection.execute(query.where(identifier_table.c.identifier == identifier)).mappings()
    found = row.first()
    return _kept(found) if found else None


def read(connection: Connection, iri: str, number: int | None = None) -> Record:
    """The triples of a record as they came: the revision that stands, or another by number.

    Raises:
        PreuveError: there is no such record or revision.
    """
    kept = _known(connection, iri)
    content = connection.execute(
        select(revision_table.c.content).where(
            revision_table.c.record == kept.id,
            revision_table.c.number == (kept.revision if number is None else number),
        )
    ).scalar_one_or_none()
    if content is None:
        raise _no_revision(iri, number)
    return Record(iri, kept.kind, triples_of(content))


def history(connection: Connection, iri: str) -> list[Revision]:
    """Every revision of a record, newest first, those kept aside among them."""
    columns = [column for column in revision_table.c if column.name not in ("record", "content")]
    query = select(*columns).where(revision_table.c.record == _known(connection, iri).id)
    rows = connection.execute(query.order_by(revision_table.c.number.desc())).mappings()
    return [Revision(**row) for row in rows]


def listed(
    connection: Connection,
    *,
    after: int = 0,
    limit: int = 100,
    statuses: Sequence[Status] = ("published",),
    source: int | None = None,
) -> list[Kept]:
    """Records in the order they were first kept; the next page starts after the last `id`."""
    query = select(record_table).where(
        record_table.c.id > after, record_table.c.status.in_(statuses)
    )
    if source is not None:
        query = query.where(record_table.c.source == source)
    rows = connection.execute(query.order_by(record_table.c.id).limit(limit)).mappings()
    return [_kept(row) for row in rows]


def number_of(connection: Connection, statuses: Sequence[Status] = ("published",)) -> int:
    """How many records there are."""
    query = select(func.count()).select_from(record_table)
    return int(connection.execute(query.where(record_table.c.status.in_(statuses))).scalar_one())


def _known(connection: Connection, iri: str) -> Kept:
    found = find(connection, iri)
    if found is None:
        raise _no_record(iri)
    return found


def _row(changes: Changes, prepared: Prepared) -> Row:
    changes.look_up([prepared])
    row = changes.row(prepared.iri)
    if row is None:
        raise _no_record(prepared.iri)
    return row


def _check_expected(row: Row, expected: int) -> None:
    if not 1 <= expected <= row.last:
        raise _no_revision(row.iri, expected)


def _no_record(iri: str) -> PreuveError:
    return PreuveError(_("No record of this address is kept here."), where=iri)


def _no_revision(iri: str, number: int | None) -> PreuveError:
    return PreuveError(_("The record has no revision {number}.").format(number=number), where=iri)


def _kept(row: RowMapping) -> Kept:
    return Kept(
        **dict(row)
        | {
            "kind": Kind(row["kind"]),
            "summary": json.loads(row["summary"]),
            "verdicts": json.loads(row["verdicts"]),
        }
    )
