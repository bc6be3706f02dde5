"""Home: what the home page says of the results."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from preuve.web.results.pages import SHELVES
from preuve.web.results.result import counts, page_of

_LATEST = 5


def at_home(connection: Connection) -> dict[str, Any]:
    """How many results of each kind, and the latest."""
    bases = {shelf.kind: shelf.base for shelf in SHELVES}
    known = counts(connection)
    latest, _total = page_of(connection, limit=_LATEST)
    return {
        "counts": [(shelf.base, shelf.title(), known[shelf.kind]) for shelf in SHELVES],
        "latest": [
            (f"{bases[one.kind]}/{one.id}", str(one.title), one.synthetic) for one in latest
        ],
    }
