"""Keys: what a program shows in place of a password; only digests are kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.store import audit
from preuve.web.accounts.holder import COLUMNS, Holder
from preuve.web.accounts.tables import account, key

_PREFIX = "prv_"
LONGEST_DAYS = 365


@dataclass(frozen=True)
class Key:
    """Attributes:
    mark: the first characters of its digest, to name it by.
    label: what it is for.
    created_at, expires_at: ISO 8601 moments, UTC.
    """

    mark: str
    label: str
    created_at: str
    expires_at: str


def make(connection: Connection, holder: Holder, label: str, days: int) -> str:
    """A new key, shown this once.

    Raises:
        PreuveError: no label, or it would last too long.
    """
    label = label.strip()[:80]
    if not label or not 1 <= days <= LONGEST_DAYS:
        raise PreuveError(
            _("A key has a label, and lasts 1 to {days} days.").format(days=LONGEST_DAYS)
        )
    shown = _PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    connection.execute(
        insert(key).values(
            digest=_digest(shown),
            account_id=holder.id,
            label=label,
            created_at=now.isoformat(timespec="seconds"),
            expires_at=(now + timedelta(days=days)).isoformat(timespec="seconds"),
        )
    )
    audit.append(
        connection, holder.name, "account.key.add", holder.name, {"label": label, "days": days}
    )
    return shown


def owner(connection: Connection, shown: str) -> Holder | None:
    """Whose key this is; None when it is unknown or expired, or its owner shut out."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    query = (
        select(*COLUMNS)
        .join(key, key.c.account_id == account.c.id)
        .where(key.c.digest == _digest(shown), key.c.expires_at > now, account.c.disabled == 0)
    )
    row = connection.execute(query).mappings().first()
    return Holder(**row) if row else None


def listed(connection: Connection, account_id: int) -> list[Key]:
    query = select(key).where(key.c.account_id == account_id).order_by(key.c.created_at)
    return [
        Key(row["digest"][:12], row["label"], row["created_at"], row["expires_at"])
        for row in connection.execute(query).mappings()
    ]


def remove(connection: Connection, holder: Holder, mark: str) -> None:
    """Take a key of one's own out of use."""
    own = key.c.account_id == holder.id
    found = connection.execute(select(key).where(own)).mappings()
    named = [row for row in found if row["digest"][:12] == mark]
    if not named:
        raise PreuveError(_("You have no such key."), where=mark)
    connection.execute(delete(key).where(own, key.c.digest == named[0]["digest"]))
    audit.append(
        connection, holder.name, "account.key.remove", holder.name, {"label": named[0]["label"]}
    )


def remove_all(connection: Connection, account_id: int) -> None:
    connection.execute(delete(key).where(key.c.account_id == account_id))


def _digest(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()
