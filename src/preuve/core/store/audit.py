"""Audit log: who did what to which thing, each entry chained to the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, text

from preuve.core.record import canonical, digest
from preuve.core.store.tables import audit

_FIRST = "sha256:" + "0" * 64
_LOCK = 0x70726575


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes:
        id: 1, 2, 3 … without a gap.
        at: ISO 8601 moment, UTC.
        actor: who did it; "system" for the program itself.
        action: what was done, a verb and its noun: "record.edit", "account.sign-in".
        subject: the identifier of what it was done to.
        detail: what is worth knowing of it; never a password, a key or a patient.
        previous: digest of the entry before; zeros for the first.
        digest: digest of all the above.
    """

    id: int
    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    digest: str


def append(
    connection: Connection,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Add a line inside the transaction of the change that it tells of.

    The change and its line are kept together, or neither is.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = connection.execute(
        select(audit.c.id, audit.c.digest).order_by(audit.c.id.desc()).limit(1)
    ).first()
    content: dict[str, Any] = {
        "id": last.id + 1 if last else 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail or {}),
        "previous": last.digest if last else _FIRST,
    }
    entry = Entry(**content, digest=digest(content))
    connection.execute(
        insert(audit).values(
            content | {"detail": canonical(content["detail"]).decode(), "digest": entry.digest}
        )
    )
    return entry


def entries(
    connection: Connection, *, subject: str = "", before: int = 0, limit: int = 100
) -> list[Entry]:
    """The newest lines, newest first; of one subject, or older than a line, when given."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if subject:
        query = query.where(audit.c.subject == subject)
    if before:
        query = query.where(audit.c.id < before)
    return [_entry(row) for row in connection.execute(query).mappings()]


def count(connection: Connection) -> int:
    """How many lines the log has."""
    return int(connection.execute(select(func.count()).select_from(audit)).scalar_one())


def broken(connection: Connection) -> int | None:
    """The number of the first line that was altered, removed or put in later; None when whole.

    Lines cut off at the end leave no trace in the chain: keep the last digest elsewhere (a backup
    holds it) to see that.
    """
    expected, previous = 1, _FIRST
    for entry in _all(connection):
        content = {name: value for name, value in vars(entry).items() if name != "digest"}
        sound = entry.id == expected and entry.previous == previous
        if not sound or digest(content) != entry.digest:
            return expected
        expected, previous = entry.id + 1, entry.digest
    return None


def _all(connection: Connection) -> Iterator[Entry]:
    query = select(audit).order_by(audit.c.id).execution_options(yield_per=1000)
    for row in connection.execute(query).mappings():
        yield _entry(row)


def _entry(row: RowMapping) -> Entry:
    return Entry(**dict(row) | {"detail": json.loads(row["detail"])})
