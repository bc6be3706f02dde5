"""Changes: additions, revisions and withdrawals of records, written together with their index.

Used for one record by an editor and for hundreds by a harvest; what is computed of a record is
computed before (see `prepared`), so that the transaction is short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from preuve.catalogue.prepared import Prepared, with_status
from preuve.catalogue.search import index
from preuve.catalogue.search.entry import Entry
from preuve.catalogue.tables import identifier as identifier_table
from preuve.catalogue.tables import record as record_table
from preuve.catalogue.tables import revision as revision_table
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical
from preuve.core.store import audit

_AT_ONCE = 1_000
_LOCK = 0x63617461


class Claimed(PreuveError):  # noqa: N818 - what it says of the identifier
    """A record claims an identifier that another one holds.

    Args:
        iri: the record that claims.
        identifier: what it claims.
        holder: the record that holds it.
    """

    def __init__(self, iri: str, identifier: str, holder: str) -> None:
        self.iri, self.identifier, self.holder = iri, identifier, holder
        super().__init__(
            _("The identifier {identifier} is held by another record: {holder}").format(
                identifier=identifier, holder=holder
            ),
            where=iri,
            remedy=_("Give this record an identifier of its own, or edit the other one."),
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Claimed, (self.iri, self.identifier, self.holder)


@dataclass
class Row:
    """A kept record as its next change needs it.

    `actor` wrote the revision that stands; `last` is the highest revision, aside or not.
    """

    id: int
    iri: str
    source: int | None
    status: str
    revision: int
    digest: str
    actor: str
    last: int


class Changes:
    """Changes of one transaction, collected and then written by `write`.

    Args:
        connection: of a writing transaction.
        actor: who makes them.
        source: number of the harvest source whose records these are; None for records of here.
    """

    def __init__(self, connection: Connection, actor: str, source: int | None = None) -> None:
        self._connection, self._actor, self._source = connection, actor, source
        self._at = datetime.now(UTC).isoformat(timespec="seconds")
        self._rows: dict[str, Row] = {}
        self._holders: dict[str, str] = {}
        self._added: list[tuple[Prepared, str]] = []
        self._records: dict[int, dict[str, Any]] = {}
        self._revisions: list[dict[str, Any]] = []
        self._claims: dict[int, frozenset[str]] = {}
        self._entries: dict[int, Entry | None] = {}
        self._told: list[tuple[str, str, dict[str, Any]]] = []
        if (
            connection.dialect.name == "postgresql"
        ):  # writers come one after the other, as on SQLite
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def look_up(self, prepared: Sequence[Prepared]) -> None:
        """Read what is kept of some records, and who holds what they claim."""
        every = revision_table.alias()
        last = (
            select(func.max(every.c.number))
            .where(every.c.record == record_table.c.id)
            .scalar_subquery()
        )
        names = ("id", "iri", "source", "status", "revision", "digest")
        columns = [record_table.c[name] for name in names]
        standing = (revision_table.c.record == record_table.c.id) & (
            revision_table.c.number == record_table.c.revision
        )
        kept = select(*columns, revision_table.c.actor, last.label("last")).join(
            revision_table, standing
        )
        for iris in _chunks([one.iri for one in prepared]):
            query = kept.where(record_table.c.iri.in_(iris))
            for row in self._connection.execute(query).mappings():
                self._rows[row["iri"]] = Row(**row)
        held = select(identifier_table.c.identifier, record_table.c.iri).join(
            record_table, record_table.c.id == identifier_table.c.record
        )
        for claimed in _chunks(sorted({claim for one in prepared for claim in one.claims})):
            query = held.where(identifier_table.c.identifier.in_(claimed))
            for claimed_by in self._connection.execute(query):
                self._holders[claimed_by.identifier] = claimed_by.iri

    def row(self, iri: str) -> Row | None:
        return self._rows.get(iri)

    def add(self, prepared: Prepared, status: str) -> None:
        """A new record, looked up before.

        Raises:
            Claimed: another record holds one of its identifiers.
        """
        self._take_claims(prepared, frozenset())
        self._rows[prepared.iri] = Row(
            0, prepared.iri, self._source, status, 1, prepared.digest, self._actor, 1
        )
        self._added.append((prepared, status))
        self._tell("record.add", prepared.iri, revision=1, status=status, digest=prepared.digest)

    def revise(self, row: Row, prepared: Prepared, status: str) -> None:
        """A new text or status of a record that was looked up.

        Raises:
            Claimed: another record holds one of its identifiers.
        """
        self._take_claims(prepared, self._held_by(row))
        self._claims[row.id] = prepared.claims
        leaves = status == "withdrawn" != row.status
        self._add_revision(row, prepared, status, parent=row.revision, aside=False)
        row.revision, row.status, row.digest = row.last, status, prepared.digest
        self._records[row.id] = {
            "row": row.id,
            "source": self._source if self._source is not None else row.source,
            "status": status,
            "revision": row.revision,
            "modified_at": self._at,
            **_columns(prepared),
        }
        self._entries[row.id] = (
            None if status == "withdrawn" else with_status(prepared.entry, status)
        )
        self._tell(
            "record.withdraw" if leaves else "record.edit",
            row.iri,
            revision=row.revision,
            status=status,
            digest=prepared.digest,
        )

    def keep_aside(self, row: Row, prepared: Prepared, parent: int) -> int:
        """Keep a text beside the one that stands; gives back its number."""
        self._add_revision(row, prepared, row.status, parent=parent, aside=True)
        self._tell("record.keep-aside", row.iri, revision=row.last, digest=prepared.digest)
        return row.last

    def write(self) -> None:
        """Write everything that was collected."""
        self._write_added()
        if self._records:
            changed = update(record_table).where(record_table.c.id == bindparam("row"))
            names = [name for name in next(iter(self._records.values())) if name != "row"]
            self._connection.execute(
                changed.values({name: bindparam(name) for name in names}),
                list(self._records.values()),
            )
        if self._revisions:
            self._connection.execute(insert(revision_table), self._revisions)
        self._write_claims()
        if self._entries:
            index.change(self._connection, self._entries)
        self._write_told()

    def _tell(self, action: str, iri: str, **detail: Any) -> None:
        self._told.append((action, iri, detail))

    def _write_told(self) -> None:
        """A line for each change of an editor; one for all those of a batch of a harvest."""
        if self._source is None:
            for action, iri, detail in self._told:
                audit.append(self._connection, self._actor, action, iri, detail)
        elif self._told:
            lines = [{"action": action, "iri": iri, **detail} for action, iri, detail in self._told]
            audit.append(
                self._connection, self._actor, "harvest.keep", self._actor, {"records": lines}
            )

    def _held_by(self, row: Row) -> frozenset[str]:
        query = select(identifier_table.c.identifier).where(identifier_table.c.record == row.id)
        return frozenset(self._connection.execute(query).scalars())

    def _take_claims(self, prepared: Prepared, held: frozenset[str]) -> None:
        for claim in sorted(prepared.claims):
            holder = self._holders.get(claim)
            if holder is not None and holder != prepared.iri:
                raise Claimed(prepared.iri, claim, holder)
        for released in held - prepared.claims:
            self._holders.pop(released, None)
        self._holders.update(dict.fromkeys(prepared.claims, prepared.iri))

    def _add_revision(
        self, row: Row, prepared: Prepared, status: str, *, parent: int, aside: bool
    ) -> None:
        row.last += 1
        self._revisions.append(
            self._revision(prepared, status)
            | {"record": row.id, "number": row.last, "parent": parent, "aside": aside}
        )

    def _revision(self, prepared: Prepared, status: str) -> dict[str, Any]:
        return {
            "status": status,
            "digest": prepared.digest,
            "content": prepared.content,
            "actor": self._actor,
            "at": self._at,
        }

    def _write_added(self) -> None:
        if not self._added:
            return
        rows = [
            {
                "iri": prepared.iri,
                "kind": str(prepared.kind),
                "source": self._source,
                "status": status,
                "revision": 1,
                "created_at": self._at,
                "modified_at": self._at,
                **_columns(prepared),
            }
            for prepared, status in self._added
        ]
        added = insert(record_table).returning(record_table.c.id, sort_by_parameter_order=True)
        numbers = self._connection.execute(added, rows).scalars().all()
        for number, (prepared, status) in zip(numbers, self._added, strict=True):
            self._rows[prepared.iri].id = number
            self._claims[number] = prepared.claims
            if status != "withdrawn":
                self._entries[number] = with_status(prepared.entry, status)
            self._revisions.append(
                self._revision(prepared, status)
                | {"record": number, "number": 1, "parent": None, "aside": False}
            )

    def _write_claims(self) -> None:
        for numbers in _chunks(sorted(self._claims)):
            self._connection.execute(
                delete(identifier_table).where(identifier_table.c.record.in_(numbers))
            )
        rows = [
            {"identifier": claim, "record": number}
            for number, claims in sorted(self._claims.items())
            for claim in sorted(claims)
        ]
        if rows:
            self._connection.execute(insert(identifier_table), rows)


def _columns(prepared: Prepared) -> dict[str, Any]:
    return {
        "digest": prepared.digest,
        "access": prepared.access,
        "summary": canonical(prepared.summary).decode(),
        "verdicts": canonical(prepared.verdicts).decode(),
    }


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
