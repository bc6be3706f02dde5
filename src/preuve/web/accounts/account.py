"""Account: a person or a program that may sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.store import audit
from preuve.web.accounts import keys, passwords, sessions
from preuve.web.accounts.holder import COLUMNS, Holder
from preuve.web.accounts.tables import account
from preuve.web.roles import ADMINISTRATOR, PUBLIC, roles

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


class AccountError(PreuveError):
    """A change of accounts that cannot be made."""


@dataclass(frozen=True)
class Account(Holder):
    """An account as administrators see it.

    Attributes:
        provider: that signs its owner in; empty for a password kept here.
        disabled: whether signing in is refused.
        created_at: ISO 8601 moment, UTC.
    """

    provider: str
    disabled: bool
    created_at: str


def add(
    connection: Connection, actor: str, name: str, role: str, password: str, shown: str = ""
) -> Account:
    """A new account with a password.

    Raises:
        AccountError: the name is taken or not a name, no such role, the password is too weak.
    """
    if not _NAME.fullmatch(name):
        raise AccountError(
            _("This is not the name of an account."),
            where=name,
            remedy=_("2 to 64 small letters, digits, dots, dashes or @."),
        )
    _known(role)
    if find(connection, name) is not None:
        raise AccountError(_("This name is taken."), where=name)
    _insert(
        connection,
        name=name,
        shown=shown or name,
        role=role,
        password=passwords.kept(password, name),
    )
    audit.append(connection, actor, "account.add", name, {"role": role})
    return get(connection, name)


def arrived(connection: Connection, provider: str, subject: str, shown: str) -> Account:
    """The account of somebody whom a provider vouches for; made without a role the first time."""
    name = f"{provider}:{subject}"
    if find(connection, name) is None:
        _insert(connection, name=name, shown=shown, role=PUBLIC, provider=provider, subject=subject)
        audit.append(connection, name, "account.add", name, {"role": PUBLIC, "by": provider})
    return get(connection, name)


def set_role(connection: Connection, actor: str, name: str, role: str) -> None:
    """Give an account another role; its sessions end.

    Raises:
        AccountError: no such account or role, or no administrator would be left.
    """
    _known(role)
    found = get(connection, name)
    if found.role == ADMINISTRATOR != role:
        _another_administrator(connection, found)
    connection.execute(update(account).where(account.c.id == found.id).values(role=role))
    sessions.end_all(connection, found.id)
    audit.append(connection, actor, "account.role", name, {"from": found.role, "to": role})


def set_disabled(connection: Connection, actor: str, name: str, *, disabled: bool) -> None:
    """Shut an account out, or let it in again; its sessions and keys end.

    Raises:
        AccountError: no such account, or no administrator would be left.
    """
    found = get(connection, name)
    if disabled and found.role == ADMINISTRATOR:
        _another_administrator(connection, found)
    connection.execute(
        update(account).where(account.c.id == found.id).values(disabled=int(disabled))
    )
    if disabled:
        sessions.end_all(connection, found.id)
        keys.remove_all(connection, found.id)
    audit.append(connection, actor, "account.disable" if disabled else "account.enable", name)


def set_password(connection: Connection, actor: str, name: str, password: str) -> None:
    """Another password; the sessions of the account end.

    Raises:
        AccountError: no such account, it signs in elsewhere, or the password is too weak.
    """
    found = get(connection, name)
    if found.provider:
        raise AccountError(_("This account signs in elsewhere: it has no password here."))
    kept = passwords.kept(password, name)
    connection.execute(update(account).where(account.c.id == found.id).values(password=kept))
    sessions.end_all(connection, found.id)
    audit.append(connection, actor, "account.password", name)


def find(connection: Connection, name: str) -> Account | None:
    row = connection.execute(_query().where(account.c.name == name)).mappings().first()
    return _account(row) if row else None


def get(connection: Connection, name: str) -> Account:
    """The account of that name.

    Raises:
        AccountError: there is none.
    """
    found = find(connection, name)
    if found is None:
        raise AccountError(_("No account has this name."), where=name)
    return found


def listed(connection: Connection) -> list[Account]:
    rows = connection.execute(_query().order_by(account.c.name)).mappings()
    return [_account(row) for row in rows]


def administrators(connection: Connection) -> int:
    """How many administrators can sign in."""
    query = select(func.count()).where(account.c.role == ADMINISTRATOR, account.c.disabled == 0)
    return int(connection.execute(query).scalar_one())


def _insert(connection: Connection, **values: Any) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(insert(account).values(disabled=0, created_at=now, **values))


def _known(role: str) -> None:
    if role not in roles():
        raise AccountError(_("There is no such role."), where=role, remedy=", ".join(roles()))


def _another_administrator(connection: Connection, leaving: Account) -> None:
    if not leaving.disabled and administrators(connection) == 1:
        raise AccountError(
            _("This is the last administrator."),
            where=leaving.name,
            remedy=_("Make somebody else administrator first."),
        )


def _query() -> Any:
    return select(*COLUMNS, account.c.provider, account.c.disabled, account.c.created_at)


def _account(row: Any) -> Account:
    found = dict(row)
    return Account(
        **found | {"provider": found["provider"] or "", "disabled": bool(found["disabled"])}
    )
