"""Rules on one value at a time: kind, class, datatype, list, length, pattern, language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import pyoxigraph as ox

from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.lexical import WELL_FORMED
from preuve.catalogue.profile.run import Results, Rule, Run, Values
from preuve.catalogue.profile.shacl import RDFS, SH
from preuve.catalogue.profile.tables import Constraint, Shape
from preuve.catalogue.profile.terms import Term, term

_LITERAL = RDFS + "Literal"

Faulty: TypeAlias = Callable[[Graph, Term], bool]
"""Whether a value is at fault."""


def value_rule(shape: Shape, constraint: Constraint) -> Rule | None:
    """The rule of a constraint on each value; None for a constraint of another sort."""
    made = _FAULTY.get(constraint.component)
    if made is None:
        return None
    path, faulty = shape.path, made(constraint)

    def rule(run: Run, focus: Term, values: Values, results: Results) -> None:
        graph = run.graph
        for value in values:
            if faulty(graph, value):
                results.append(Finding(focus, path, constraint, shape, value, len(values)))

    return rule


def _node_kind(constraint: Constraint) -> Faulty:
    name = constraint.terms[0].strip("<>").removeprefix(SH)
    asked = {
        "IRI": (ox.NamedNode,),
        "BlankNode": (ox.BlankNode,),
        "Literal": (ox.Literal,),
        "BlankNodeOrIRI": (ox.BlankNode, ox.NamedNode),
        "BlankNodeOrLiteral": (ox.BlankNode, ox.Literal),
        "IRIOrLiteral": (ox.NamedNode, ox.Literal),
    }[name]
    return lambda _graph, value: type(value) not in asked


def _class(constraint: Constraint) -> Faulty:
    asked = term(constraint.terms[0])
    assert isinstance(asked, ox.NamedNode)
    return lambda graph, value: not graph.is_instance(value, asked)


def _datatype(constraint: Constraint) -> Faulty:
    asked = term(constraint.terms[0])
    assert isinstance(asked, ox.NamedNode)
    if asked.value == _LITERAL:
        return lambda _graph, value: not isinstance(value, ox.Literal)
    well_formed = WELL_FORMED.get(asked.value)

    def faulty(_graph: Graph, value: Term) -> bool:
        if type(value) is not ox.Literal or value.datatype != asked:
            return True
        return well_formed is not None and not well_formed(value.value)

    return faulty


def _in(constraint: Constraint) -> Faulty:
    asked = frozenset(term(one) for one in constraint.terms)
    return lambda _graph, value: value not in asked


def _length(constraint: Constraint) -> Faulty:
    bound, least = constraint.number or 0, constraint.component == "minLength"

    def faulty(_graph: Graph, value: Term) -> bool:
        if not isinstance(value, ox.NamedNode | ox.Literal):
            return True
        return len(value.value) < bound if least else len(value.value) > bound

    return faulty


def _pattern(constraint: Constraint) -> Faulty:
    flags = re.NOFLAG
    for letter in constraint.flags:
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[letter]
    asked = re.compile(constraint.text, flags)

    def faulty(_graph: Graph, value: Term) -> bool:
        if not isinstance(value, ox.NamedNode | ox.Literal):
            return True
        return asked.search(value.value) is None

    return faulty


def _language(constraint: Constraint) -> Faulty:
    literals = [term(one) for one in constraint.terms]
    ranges = [one.value.lower() for one in literals if isinstance(one, ox.Literal)]

    def faulty(_graph: Graph, value: Term) -> bool:
        if not isinstance(value, ox.Literal) or not value.language:
            return True
        tag = value.language.lower() + "-"
        return not any(one == "*" or tag.startswith(one + "-") for one in ranges)

    return faulty


_FAULTY: dict[str, Callable[[Constraint], Faulty]] = {
    "nodeKind": _node_kind,
    "class": _class,
    "datatype": _datatype,
    "in": _in,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language,
}
