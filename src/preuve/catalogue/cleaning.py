"""Cleaning: a repaired view of a record, and every repair told; the record itself is untouched.

Only what is safe is repaired: one right reading exists and nothing is lost. What a person must
decide (a date that does not exist, a text where a code is expected) is told and left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import Triple

from preuve.catalogue.dirt import Dirt
from preuve.catalogue.rdf import Graph
from preuve.catalogue.record import Record, split
from preuve.catalogue.sweep import Sweep


@dataclass(frozen=True)
class Cleaned:
    """The repaired view and the dirt found."""

    triples: tuple[Triple, ...]
    dirt: tuple[Dirt, ...]


@dataclass(frozen=True)
class Harvested:
    """A record as it came, its repaired view, and the dirt found in it."""

    record: Record
    repaired: Record
    dirt: tuple[Dirt, ...]


def harvested(graph: Graph) -> Iterator[Harvested]:
    """Each record of a graph with its repaired view.

    Where classes are too dirty for records to be seen, they are sought in the repaired graph.
    """
    roots = {}
    if not any(True for _record in split(graph)):
        whole = replace(graph, triples=clean(graph, graph.base_iri).triples)
        roots = {record.node: record.kind for record in split(whole)}
    for record in split(graph, roots):
        cleaned = clean(record.triples, graph.base_iri)
        yield Harvested(record, replace(record, triples=cleaned.triples), cleaned.dirt)


def clean(triples: Iterable[Triple], base_iri: str | None = None) -> Cleaned:
    """The repaired view of some triples; what is clean already comes back as it is."""
    sweep = Sweep(base_iri)
    swept = [after for triple in triples for after in sweep.triple(triple)]
    swept.extend(sweep.missing_types(swept))
    return Cleaned(tuple(dict.fromkeys(swept)), tuple(sweep.dirt))
