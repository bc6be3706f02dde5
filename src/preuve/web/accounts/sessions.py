"""Sessions: a random token in the cookie, its digest in the database, gone when it expires."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from preuve.web.accounts.holder import COLUMNS, Holder
from preuve.web.accounts.tables import account, session

LASTS = timedelta(hours=12)


def begin(connection: Connection, account_id: int) -> str:
    """The token of a new session; those that have expired are removed."""
    now = datetime.now(UTC)
    connection.execute(delete(session).where(session.c.expires_at <= _written(now)))
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session).values(
            digest=_digest(token),
            account_id=account_id,
            created_at=_written(now),
            expires_at=_written(now + LASTS),
        )
    )
    return token


def owner(connection: Connection, token: str) -> Holder | None:
    """Who is signed in by this token; None when it is unknown, ended or expired."""
    query = (
        select(*COLUMNS)
        .join(session, session.c.account_id == account.c.id)
        .where(session.c.digest == _digest(token), account.c.disabled == 0)
        .where(session.c.expires_at > _written(datetime.now(UTC)))
    )
    row = connection.execute(query).mappings().first()
    return Holder(**row) if row else None


def end(connection: Connection, token: str) -> None:
    connection.execute(delete(session).where(session.c.digest == _digest(token)))


def end_all(connection: Connection, account_id: int) -> None:
    """Sign an account out everywhere."""
    connection.execute(delete(session).where(session.c.account_id == account_id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
