"""Nodes: the triples of a graph by node and property, in the order they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue.names import TYPE

Term: TypeAlias = NamedNode | BlankNode | Literal
Node: TypeAlias = NamedNode | BlankNode


class Nodes:
    """What each node says; a node that says nothing has no values."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.outgoing: dict[Node, dict[str, list[Term]]] = {}
        self._triples: dict[Node, list[Triple]] = {}
        for triple in triples:
            self.add(triple)

    def add(self, triple: Triple) -> None:
        """One more thing said."""
        subject: Any = triple.subject
        value: Any = triple.object
        name = triple.predicate.value
        says = self.outgoing.get(subject)
        if says is None:
            self.outgoing[subject] = {name: [value]}
            self._triples[subject] = [triple]
            return
        self._triples[subject].append(triple)
        values = says.get(name)
        if values is None:
            says[name] = [value]
        else:
            values.append(value)

    def remove(self, triple: Triple) -> None:
        """Something said no more."""
        subject: Any = triple.subject
        says = self.outgoing[subject]
        values = says[triple.predicate.value]
        values.remove(triple.object)  # type: ignore[arg-type]
        if not values:
            del says[triple.predicate.value]
        self._triples[subject].remove(triple)
        if not says:
            del self.outgoing[subject], self._triples[subject]

    def __contains__(self, node: object) -> bool:
        return node in self.outgoing

    def __iter__(self) -> Iterator[Node]:
        return iter(self.outgoing)

    def values(self, node: Term, *properties: str) -> Sequence[Term]:
        """The values of the properties, those of the first property first."""
        if isinstance(node, Literal):
            return ()
        says = self.outgoing.get(node, {})
        return [value for name in properties for value in says.get(name, ())]

    def value(self, node: Term, *properties: str) -> Term | None:
        """The first value of the properties, if there is one."""
        return next(iter(self.values(node, *properties)), None)

    def text(self, node: Term, *properties: str) -> str:
        """The first value as text: a literal's words, an address; empty where there is none."""
        found = self.value(node, *properties)
        return found.value if isinstance(found, Literal | NamedNode) else ""

    def classes(self, node: Term) -> frozenset[str]:
        return frozenset(v.value for v in self.values(node, TYPE) if isinstance(v, NamedNode))

    def triples_of(self, node: Node) -> Sequence[Triple]:
        """What a node says, as it was written."""
        return self._triples.get(node, ())


def label_of(node: Term) -> str:
    """How a node is told: its address, `_:label`, or the literal's words."""
    return f"_:{node.value}" if isinstance(node, BlankNode) else node.value
