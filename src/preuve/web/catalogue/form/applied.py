"""Applied: the record that answers make, everything else left as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue.names import TYPE
from preuve.catalogue.nodes import Node, Term
from preuve.catalogue.profile.form import Field
from preuve.web.catalogue.form.answer import address, term_of
from preuve.web.catalogue.form.question import Entry, Question, told


def applied(triples: Iterable[Triple], node: Node, asked: Iterable[Question]) -> tuple[Triple, ...]:
    """The triples of a record once the answers of its form are put in.

    A value whose control was not changed keeps its exact term. What the form does not show is
    kept.

    Raises:
        PreuveError: an answer that cannot be a value of its field.
    """
    change = _Change()
    change.ask(node, asked)
    kept = [triple for triple in triples if triple not in change.gone]
    return tuple(dict.fromkeys([*kept, *change.made]))


class _Change:
    """Triples taken out, and triples put in."""

    def __init__(self) -> None:
        self.gone: set[Triple] = set()
        self.made: list[Triple] = []

    def ask(self, node: Node, asked: Iterable[Question]) -> None:
        for question in asked:
            predicate = NamedNode(question.field.path)
            if question.ticked:
                self._tick(node, predicate, question)
                continue
            for entry in question.entries:
                if question.field.nested and not entry.is_text:
                    self._node(node, predicate, question.field, entry)
                else:
                    self._value(node, predicate, question.field, entry)

    def _value(self, node: Node, predicate: NamedNode, field: Field, entry: Entry) -> None:
        before = entry.term
        if before is not None and unchanged(entry):
            return
        if before is not None:
            self.gone.add(Triple(node, predicate, before))
        made = (
            Literal(entry.value)
            if field.nested and entry.value
            else term_of(field, entry.value, entry.language)
        )
        if made is not None:
            self.made.append(Triple(node, predicate, made))

    def _tick(self, node: Node, predicate: NamedNode, question: Question) -> None:
        for entry in question.entries:
            if entry.term is None and entry.value:
                self.made.append(Triple(node, predicate, address(entry.value)))
        for term in _unticked(question):
            self.gone.add(Triple(node, predicate, term))

    def _node(self, node: Node, predicate: NamedNode, field: Field, entry: Entry) -> None:
        term: Any = entry.term
        if term is not None:
            if entry.removed:
                self.gone.add(Triple(node, predicate, term))
            else:
                self.ask(term, entry.inner)
            return
        if entry.is_empty:
            return
        made: Node = address(entry.value) if entry.value else BlankNode()
        self.made.append(Triple(node, predicate, made))
        if any(not one.is_empty for q in entry.inner for one in q.entries):
            self.made.append(Triple(made, NamedNode(TYPE), NamedNode(field.nested)))
            self.ask(made, entry.inner)


def unchanged(entry: Entry) -> bool:
    """Whether the control of a value shows what the record says."""
    term = entry.term
    if isinstance(term, Literal):
        return told(entry.value) == told(term.value) and entry.language == (term.language or "")
    return isinstance(term, NamedNode) and entry.value == term.value.removeprefix("mailto:")


def _unticked(question: Question) -> Iterator[Term]:
    yield from question.before - {one.term for one in question.entries if one.term is not None}
