"""Artefacts: files kept under the digest of their bytes, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.store.tables import artefact


@dataclass(frozen=True)
class Artefact:
    """A kept file.

    Attributes:
        digest: `sha256:` and the digest of its bytes.
        kind: what it is for, e.g. "evidence", "page", "training.plan".
        name: the name it came with.
        media_type: e.g. "application/json".
        size: bytes.
        added_at: ISO 8601 moment, UTC.
    """

    digest: str
    kind: str
    name: str
    media_type: str
    size: int
    added_at: str


_LISTED = [column for column in artefact.c if column.name != "content"]


def keep(connection: Connection, content: bytes, kind: str, name: str, media_type: str) -> Artefact:
    """Keep a file; one that is there already is left as it is."""
    own = digest(content)
    found = find(connection, own)
    if found is not None:
        return found
    kept = Artefact(own, kind, name, media_type, len(content), datetime.now(UTC).isoformat())
    connection.execute(insert(artefact).values(content=content, **vars(kept)))
    return kept


def find(connection: Connection, wanted: str) -> Artefact | None:
    """What is known of the file of that digest."""
    row = connection.execute(select(*_LISTED).where(artefact.c.digest == wanted)).mappings().first()
    return Artefact(**row) if row else None


def read(connection: Connection, wanted: str) -> bytes:
    """The bytes of the file of that digest.

    Raises:
        PreuveError: there is none, or its bytes have changed in the database.
    """
    content = connection.execute(
        select(artefact.c.content).where(artefact.c.digest == wanted)
    ).scalar_one_or_none()
    if content is None:
        raise PreuveError(_("No file of this digest is kept here."), where=wanted)
    if digest(bytes(content)) != wanted:
        raise PreuveError(
            _("The file kept under this digest has been altered."),
            where=wanted,
            remedy=_("Restore a backup."),
        )
    return bytes(content)


def listed(connection: Connection, kind: str) -> list[Artefact]:
    """The files of a kind, newest first."""
    query = select(*_LISTED).where(artefact.c.kind == kind)
    rows = connection.execute(query.order_by(artefact.c.added_at.desc(), artefact.c.digest))
    return [Artefact(**row) for row in rows.mappings()]
