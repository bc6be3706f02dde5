"""RDF terms and their N-Triples writing."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import pyoxigraph as ox

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Statement: TypeAlias = ox.Triple | ox.Quad


@lru_cache(maxsize=4096)
def term(text: str) -> Term:
    """The term of its N-Triples writing."""
    line = f"<x:s> <x:p> {text} ."
    found: Term = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
    return found


def iri(node: object) -> str:
    """The IRI of a node, or nothing."""
    return node.value if isinstance(node, ox.NamedNode) else ""
