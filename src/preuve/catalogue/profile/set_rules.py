"""Rules on all values of a node: how many, which one among them, against another property."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.run import Results, Rule, Run, Values
from preuve.catalogue.profile.tables import Constraint, Shape
from preuve.catalogue.profile.terms import Term, term

ON_NONE = ("minCount", "hasValue", "equals")
"""Constraints that can fail where there is no value."""


def set_rule(shape: Shape, constraint: Constraint) -> Rule | None:
    """The rule of a constraint on the values together; None where it asks for nothing."""
    made = _RULES.get(constraint.component)
    return None if made is None else made(shape, constraint)


def _min_count(shape: Shape, constraint: Constraint) -> Rule | None:
    path, least = shape.path, constraint.number or 0
    if least == 0:
        return None

    def rule(_run: Run, focus: Term, values: Values, results: Results) -> None:
        if len(values) < least:
            results.append(Finding(focus, path, constraint, shape, None, len(values)))

    return rule


def _max_count(shape: Shape, constraint: Constraint) -> Rule:
    path, most = shape.path, constraint.number or 0

    def rule(_run: Run, focus: Term, values: Values, results: Results) -> None:
        if len(values) > most:
            results.append(Finding(focus, path, constraint, shape, None, len(values)))

    return rule


def _has_value(shape: Shape, constraint: Constraint) -> Rule:
    path, asked = shape.path, term(constraint.terms[0])

    def rule(_run: Run, focus: Term, values: Values, results: Results) -> None:
        if asked not in values:
            results.append(Finding(focus, path, constraint, shape, None, len(values)))

    return rule


def _unique_language(shape: Shape, constraint: Constraint) -> Rule | None:
    if not constraint.number:
        return None
    path = shape.path

    def rule(_run: Run, focus: Term, values: Values, results: Results) -> None:
        tags = [v.language for v in values if isinstance(v, ox.Literal) and v.language]
        for _tag in dict.fromkeys(tag for tag in tags if tags.count(tag) > 1):
            results.append(Finding(focus, path, constraint, shape, None, len(values)))

    return rule


def _compared(shape: Shape, constraint: Constraint) -> Rule:
    """`sh:equals` and `sh:disjoint`: the values against those of another property."""
    path, other, equal = (
        shape.path,
        constraint.terms[0].strip("<>"),
        constraint.component == "equals",
    )

    def rule(run: Run, focus: Term, values: Values, results: Results) -> None:
        there = run.graph.values(focus, other)
        if equal:
            faulty = [v for v in values if v not in there] + [v for v in there if v not in values]
        else:
            faulty = [v for v in values if v in there]
        results.extend(
            Finding(focus, path, constraint, shape, value, len(values)) for value in faulty
        )

    return rule


_RULES: dict[str, Callable[[Shape, Constraint], Rule | None]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "hasValue": _has_value,
    "uniqueLang": _unique_language,
    "equals": _compared,
    "disjoint": _compared,
}
