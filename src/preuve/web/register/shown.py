"""Shown: which entries a visitor may see, and the evidence published here that speaks of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from starlette.requests import Request

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.registry import register
from preuve.registry.entry import Entry
from preuve.registry.register import Held
from preuve.web.errors import NotFound
from preuve.web.identity import visitor
from preuve.web.results.evidence import opened
from preuve.web.results.result import Result, page_of
from preuve.web.roles import may

_AT_ONCE = 200


def held(request: Request, connection: Connection, name: str) -> Held:
    """The entry of that identifier; one that was withdrawn for those who may withdraw.

    Raises:
        NotFound: there is none that the visitor may see.
    """
    found = register.get(connection, name)
    withdrawn = found is not None and found.status == "withdrawn"
    if found is None or (withdrawn and not may(visitor(request).role, "register.remove")):
        raise NotFound(_("The register holds no entry named {name}.").format(name=name[:80]))
    return found


def every(connection: Connection) -> list[Held]:
    """Every entry that is shown to all, by name."""
    found: list[Held] = []
    while True:
        some = register.find(connection, limit=_AT_ONCE, start=len(found))
        found += some
        if len(some) < _AT_ONCE:
            return found


def entries(connection: Connection) -> list[Entry]:
    """What every entry that is shown to all says, by name."""
    return [one.entry for one in every(connection)]


def results(connection: Connection) -> list[Result]:
    """Every evidence published here, oldest first."""
    found: list[Result] = []
    while True:
        some, total = page_of(connection, "evidence", offset=len(found), limit=_AT_ONCE)
        found += some
        if len(found) >= total or not some:
            return found[::-1]


def evidence_of(
    connection: Connection, entry: Entry
) -> tuple[Sequence[Result], Sequence[Evidence]]:
    """The results that speak of an entry, by the digests it lists, and their signed evidence."""
    listed = set(entry.evidence)
    versions = {one.digest for one in entry.versions if one.digest}
    found = [
        one
        for one in results(connection)
        if {one.content, one.source} & listed or any(s.digest in versions for s in one.systems)
    ]
    return found, [opened(connection, one) for one in found]


def all_evidence(connection: Connection) -> list[Evidence]:
    """Every signed evidence published here."""
    return [opened(connection, one) for one in results(connection)]
