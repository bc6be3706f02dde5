"""Holder: what a session or a key says of the account it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from preuve.web.accounts.tables import account


@dataclass(frozen=True)
class Holder:
    """Attributes:
    id: number of the account.
    name: unique; the audit log gets it.
    shown: the name that pages show.
    role: what they may do.
    """

    id: int
    name: str
    shown: str
    role: str


COLUMNS = (account.c.id, account.c.name, account.c.shown, account.c.role)
