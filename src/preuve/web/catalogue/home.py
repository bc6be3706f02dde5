"""On the home page: how many data sets are described, and a box to search them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from preuve.catalogue.holdings import number_of
from preuve.catalogue.search.find import search
from preuve.core.errors import PreuveError
from preuve.web.catalogue.search import conforming


def at_home(connection: Connection) -> Mapping[str, Any]:
    """What the home page shows of the catalogue; the number alone while its index is behind."""
    try:
        found = search(connection, size=1, shown=4)
    except PreuveError:
        return {"total": number_of(connection), "conforming": None, "access": ()}
    access = next(one for one in found.facets if one.facet == "access")
    return {"total": found.total, "conforming": conforming(found), "access": access.values}
