"""Opening: a site made ready on its first start: its database, its example, its administrator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import func, select

from preuve.core.progress import Progress, silent
from preuve.core.store.database import Database
from preuve.core.store.tables import audit
from preuve.web.accounts import account
from preuve.web.accounts.tables import account as account_table
from preuve.web.roles import ADMINISTRATOR

FIRST = "admin"
_EXAMPLE = "preuve.web.example"


@dataclass(frozen=True)
class Opened:
    """Attributes:
    filled: whether the example was put in just now.
    password: of the administrator that was made just now; empty when there was one.
    """

    filled: bool
    password: str


def opened(database: Database, *, empty: bool, progress: Progress = silent) -> Opened:
    """Fill a new database with the example unless it must stay empty; see to an administrator."""
    with database.reading() as connection:
        new = not connection.execute(select(func.count()).select_from(audit)).scalar_one()
    filled = new and not empty and find_spec(_EXAMPLE) is not None
    if filled:
        import_module(_EXAMPLE).fill(database, progress)
    return Opened(filled, _administrator(database))


def _administrator(database: Database) -> str:
    with database.writing() as connection:
        if connection.execute(select(account_table.c.id).limit(1)).first():
            return ""
        password = secrets.token_urlsafe(15)
        account.add(connection, "system", FIRST, ADMINISTRATOR, password)
    return password
