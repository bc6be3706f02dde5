"""The triples of a record, indexed once for a check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import pyoxigraph as ox

from preuve.catalogue.profile.shacl import SUBCLASS, TYPE
from preuve.catalogue.profile.terms import Statement, Term

Properties: TypeAlias = dict[str, list[Term]]

_NONE: Properties = {}


class Graph:
    """Triples by subject and predicate, as pyoxigraph read them: literals keep their writing.

    The graphs of quads are put together; a triple given twice counts once.
    """

    __slots__ = ("_incoming", "_instances", "_subclasses", "outgoing")

    def __init__(self, statements: Iterable[Statement]) -> None:
        outgoing: dict[Term, Properties] = {}
        for statement in statements:
            subject = statement.subject
            predicate = statement.predicate.value
            properties = outgoing.get(subject)
            if properties is None:
                outgoing[subject] = {predicate: [statement.object]}
                continue
            values = properties.get(predicate)
            if values is None:
                properties[predicate] = [statement.object]
            else:
                values.append(statement.object)
        for properties in outgoing.values():
            for predicate, values in properties.items():
                if len(values) > 1:
                    properties[predicate] = list(dict.fromkeys(values))
        self.outgoing = outgoing
        self._instances: dict[Term, list[Term]] | None = None
        self._subclasses: dict[Term, list[Term]] | None = None
        self._incoming: dict[str, dict[Term, list[Term]]] = {}

    def properties(self, subject: Term) -> Properties:
        return self.outgoing.get(subject, _NONE)

    def values(self, subject: Term, predicate: str) -> Sequence[Term]:
        return self.outgoing.get(subject, _NONE).get(predicate, ())

    def subjects(self, predicate: str, value: Term) -> Sequence[Term]:
        return self._reversed(predicate).get(value, ())

    def subjects_of(self, predicate: str) -> Iterator[Term]:
        return (s for s, properties in self.outgoing.items() if predicate in properties)

    def objects_of(self, predicate: str) -> Iterator[Term]:
        return iter(self._reversed(predicate))

    def _reversed(self, predicate: str) -> dict[Term, list[Term]]:
        found = self._incoming.get(predicate)
        if found is None:
            found = {}
            for subject, properties in self.outgoing.items():
                for value in properties.get(predicate, ()):
                    found.setdefault(value, []).append(subject)
            self._incoming[predicate] = found
        return found

    def instances(self, kind: Term) -> Sequence[Term]:
        """The nodes of a class or of what the record says is a subclass of it."""
        if self._instances is None:
            self._instances = self._reversed(TYPE)
            self._subclasses = self._reversed(SUBCLASS)
        if not self._subclasses:
            return self._instances.get(kind, ())
        kinds = self._below(kind)
        return list(dict.fromkeys(one for k in kinds for one in self._instances.get(k, ())))

    def _below(self, kind: Term) -> dict[Term, None]:
        below = dict.fromkeys([kind])
        waiting = [kind]
        while waiting:
            for narrower in (self._subclasses or {}).get(waiting.pop(), ()):
                if narrower not in below:
                    below[narrower] = None
                    waiting.append(narrower)
        return below

    def is_instance(self, node: Term, kind: ox.NamedNode) -> bool:
        kinds = self.values(node, TYPE)
        if kind in kinds:
            return True
        if not self._reversed(SUBCLASS):
            return False
        below = self._below_of(kind)
        return any(one in below for one in kinds)

    def _below_of(self, kind: ox.NamedNode) -> dict[Term, None]:
        if self._subclasses is None:
            self._subclasses = self._reversed(SUBCLASS)
        return self._below(kind)
