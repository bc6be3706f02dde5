"""Credentials: a name and a password, tried a few times and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, delete, func, insert, select
from starlette.requests import HTTPConnection

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.web.accounts import passwords
from preuve.web.accounts.holder import COLUMNS, Holder
from preuve.web.accounts.tables import account, attempt
from preuve.web.site import site

WINDOW = timedelta(minutes=15)
PER_PAIR, PER_NAME, PER_ADDRESS = 5, 30, 30


class WrongCredentials(PreuveError):  # noqa: N818
    """The name and the password do not go together."""


class TooManyTries(PreuveError):  # noqa: N818
    """So many tries failed that no more are taken for a while."""

    headers: ClassVar[dict[str, str]] = {"Retry-After": str(int(WINDOW.total_seconds()))}


def proved(request: HTTPConnection, name: str, password: str) -> Holder:
    """Whose credentials these are.

    The try is counted before the password is looked at, so that many at once cannot pass under
    the count. What is answered does not tell whether the name exists.

    Raises:
        WrongCredentials: they do not go together, or the account is shut out.
        TooManyTries: for this name or from this address; says how long to wait.
    """
    database = site(request).database
    name = name.strip().lower()[:64]
    address = request.client.host if request.client else ""
    _count(database, name, address)
    with database.reading() as connection:
        row = _kept(connection, name)
    right = passwords.right(row["password"] if row else None, password)
    if not right or row is None:
        _told(database, name if row else "?", address)
        raise WrongCredentials(
            _("This name and this password do not go together."),
            remedy=_("Try again, or ask an administrator of this site."),
        )
    with database.writing() as connection:
        _forget(connection, name, address)
    return Holder(*(row[column.name] for column in COLUMNS))


def _count(database: Database, name: str, address: str) -> None:
    now = datetime.now(UTC)
    since = (now - WINDOW).isoformat()
    with database.writing() as connection:
        connection.execute(delete(attempt).where(attempt.c.at < since))
        same_name, same_address = attempt.c.name == name, attempt.c.address == address
        for limit, conditions in (
            (PER_PAIR, [same_name, same_address]),
            (PER_NAME, [same_name]),
            (PER_ADDRESS, [same_address]),
        ):
            query = select(func.count()).select_from(attempt).where(*conditions)
            if connection.execute(query).scalar_one() >= limit:
                raise TooManyTries(
                    _("Too many tries failed. Nobody may try again for {minutes} minutes.").format(
                        minutes=int(WINDOW.total_seconds()) // 60
                    )
                )
        connection.execute(insert(attempt).values(name=name, address=address, at=now.isoformat()))


def _kept(connection: Connection, name: str) -> dict[str, Any] | None:
    query = select(*COLUMNS, account.c.password).where(
        account.c.name == name, account.c.disabled == 0
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def _told(database: Database, name: str, address: str) -> None:
    with database.writing() as connection:
        audit.append(connection, "public", "account.sign-in.refused", name, {"from": address})


def _forget(connection: Connection, name: str, address: str) -> None:
    connection.execute(delete(attempt).where(attempt.c.name == name, attempt.c.address == address))
