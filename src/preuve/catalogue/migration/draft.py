"""Draft: a record's triples while they are being changed, and each change told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue.names import TYPE
from preuve.catalogue.nodes import Node, Nodes, Term, label_of
from preuve.catalogue.record import Record


@dataclass(frozen=True)
class Change:
    """One thing done.

    Args:
        focus: the node it was done on.
        path: the address of the property.
        what: what was done, in the reader's language.
    """

    focus: str
    path: str
    what: str


class Draft:
    """Triples in order, each once; reading sees the changes at once."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.root = record.node
        self.changes: list[Change] = []
        self._triples: dict[Triple, None] = dict.fromkeys(record.triples)
        self.nodes = Nodes(self._triples)

    @property
    def triples(self) -> tuple[Triple, ...]:
        return tuple(self._triples)

    def values(self, node: Term, *names: str) -> Sequence[Term]:
        return self.nodes.values(node, *names)

    def add(self, node: Node, name: str, value: Term, what: str) -> bool:
        """Say something new of a node; false where it was said already."""
        triple = Triple(node, NamedNode(name), value)
        if triple in self._triples:
            return False
        self._triples[triple] = None
        self.nodes.add(triple)
        if what:
            self.changes.append(Change(label_of(node), name, what))
        return True

    def swap(self, node: Node, name: str, old: Term, new: Term, what: str) -> None:
        """Put a value in the place of another."""
        before = Triple(node, NamedNode(name), old)
        if old == new or before not in self._triples:
            return
        self._drop(before)
        self.add(node, name, new, "")
        self.changes.append(Change(label_of(node), name, what))

    def forget(self, node: Node) -> None:
        """Leave out what a node says, and the nodes under it, where nothing refers to it now."""
        waiting = [node]
        while waiting:
            gone = waiting.pop()
            if not isinstance(gone, BlankNode) or any(t.object == gone for t in self._triples):
                continue
            for triple in list(self.nodes.triples_of(gone)):
                self._drop(triple)
                if isinstance(triple.object, BlankNode):
                    waiting.append(triple.object)

    def _drop(self, triple: Triple) -> None:
        del self._triples[triple]
        self.nodes.remove(triple)

    def of_class(self, kind: str) -> list[Node]:
        return [node for node in self.nodes if kind in self.nodes.classes(node)]

    def child(self, node: Node, part: str) -> Node:
        """An address under a node, or a blank node for a blank node: the same each time."""
        if isinstance(node, NamedNode):
            mark = "/" if "#" in node.value else "#"
            return NamedNode(f"{node.value}{mark}{part}")
        return BlankNode(f"{node.value}x{part.replace('-', '')}")

    def describe(self, node: Node, kind: str, name: str, child: Node, what: str) -> None:
        """Point from a node at a new one of a class."""
        self.add(child, TYPE, NamedNode(kind), "")
        self.add(node, name, child, what)


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(kind))


def node_values(values: Sequence[Any]) -> list[Node]:
    """The values that are nodes."""
    return [value for value in values if not isinstance(value, Literal)]
