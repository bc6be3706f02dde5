"""Example: SYNTHETIC records of an invented region, to show the catalogue and to measure it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preuve.catalogue.example.region import documents

if TYPE_CHECKING:
    from preuve.catalogue.record import Record

__all__ = ["documents", "records"]


def records(count: int, seed: int = 1) -> Iterator[Record]:
    """The first records of a region; another seed gives another region."""
    from preuve.catalogue.rdf import Syntax, read
    from preuve.catalogue.record import record_of

    for document in documents(count, seed):
        yield record_of(read(document.encode(), Syntax.N_TRIPLES))
