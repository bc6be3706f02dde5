"""The open site: its settings and its database, at hand of every request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from preuve.core.store.database import Database
from preuve.web.part import Part
from preuve.web.settings import Settings


@dataclass(frozen=True)
class Site:
    """What is opened once and used by all requests.

    Attributes:
        settings: as it was started.
        database: open.
        parts: the parts of the site that are there.
        providers: OpenID Connect providers by name.
    """

    settings: Settings
    database: Database
    parts: tuple[Part, ...]
    providers: dict[str, Any]


def site(request: HTTPConnection) -> Site:
    found: Site = request.app.state.site
    return found


def reading(request: HTTPConnection) -> AbstractContextManager[Connection]:
    """One unchanging view of the database."""
    return site(request).database.reading()


def writing(request: HTTPConnection) -> AbstractContextManager[Connection]:
    """Changes that are kept together, or not at all; each has its line in the audit log."""
    return site(request).database.writing()
