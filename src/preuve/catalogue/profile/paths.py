"""Paths: from a node to its values, by SHACL property paths (section 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.tables import Path
from preuve.catalogue.profile.terms import Term

Walk: TypeAlias = Callable[[Graph, Term], Sequence[Term]]
"""The values of a node, each once."""

_NONE: dict[str, list[Term]] = {}


def walk(path: Path, *, backwards: bool = False) -> Walk:
    """How the values of a path are found; `backwards`, the nodes that have the node as value."""
    if isinstance(path, str):
        return _against(path) if backwards else _along(path)
    inner = [
        walk(one, backwards=backwards != (path.step == "inverse"))
        for one in (reversed(path.of) if backwards and path.step == "sequence" else path.of)
    ]
    if path.step == "inverse":
        return inner[0]
    if path.step == "alternative":
        return lambda graph, node: _once(v for one in inner for v in one(graph, node))
    if path.step == "sequence":
        return _in_turn(inner)
    if path.step == "zeroOrOne":
        return lambda graph, node: _once((node, *inner[0](graph, node)))
    return _repeated(inner[0], with_start=path.step == "zeroOrMore")


def _along(predicate: str) -> Walk:
    return lambda graph, node: graph.outgoing.get(node, _NONE).get(predicate, ())


def _against(predicate: str) -> Walk:
    return lambda graph, node: graph.subjects(predicate, node)


def _once(values: Iterable[Term]) -> Sequence[Term]:
    return list(dict.fromkeys(values))


def _in_turn(inner: Sequence[Walk]) -> Walk:
    def values(graph: Graph, node: Term) -> Sequence[Term]:
        nodes: Sequence[Term] = (node,)
        for one in inner:
            nodes = _once(v for n in nodes for v in one(graph, n))
        return nodes

    return values


def _repeated(inner: Walk, *, with_start: bool) -> Walk:
    def values(graph: Graph, node: Term) -> Sequence[Term]:
        found = dict.fromkeys([node] if with_start else inner(graph, node))
        waiting = list(found)
        while waiting:
            for value in inner(graph, waiting.pop()):
                if value not in found:
                    found[value] = None
                    waiting.append(value)
        return list(found)

    return values
