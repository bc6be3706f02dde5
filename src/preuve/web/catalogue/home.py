"""On the home page: how many data sets are described, and a box to search them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from preuve.catalogue.search.find import search
from preuve.web.catalogue.search import conforming


def at_home(connection: Connection) -> Mapping[str, Any]:
    """What the home page shows of the catalogue."""
    found = search(connection, size=1, shown=4)
    access = next(one for one in found.facets if one.facet == "access")
    return {"total": found.total, "conforming": conforming(found), "access": access.values}
