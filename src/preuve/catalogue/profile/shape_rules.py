"""Rules on other shapes: a node shape, a choice of shapes, a closed list of properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.run import Results, Rule, Run, Step, Values
from preuve.catalogue.profile.tables import Constraint, Shape
from preuve.catalogue.profile.terms import Term


def shape_rule(shape: Shape, constraint: Constraint, inner: Sequence[Step]) -> Rule | None:
    """The rule of a constraint on `inner`, the shapes it refers to; None for another sort."""
    if constraint.component == "node":
        return _node(shape, constraint, inner[0])
    if constraint.component in _ACCEPTED:
        return _combined(shape, constraint, inner)
    return None


def properties_rule(children: Sequence[Step]) -> Rule:
    """Every `sh:property` of a shape at once: the properties of a node are looked up once."""

    def rule(run: Run, _focus: Term, values: Values, results: Results) -> None:
        for value in values:
            properties = run.graph.properties(value)
            for child in children:
                if child.predicate:
                    found: Values = properties.get(child.predicate, ())
                    for one in child.rules if found else child.on_none:
                        one(run, value, found, results)
                else:
                    child.run(run, value, results)

    return rule


def closed_rule(shape: Shape, constraint: Constraint, children: Sequence[Shape]) -> Rule | None:
    """`sh:closed`: no other property than those of `children`; None where it is off."""
    if not constraint.number:
        return None
    known = {child.path for child in children if isinstance(child.path, str)}
    known |= {one.strip("<>") for one in constraint.terms}

    def rule(run: Run, focus: Term, values: Values, results: Results) -> None:
        for node in values:
            for predicate, found in run.graph.properties(node).items():
                if predicate not in known:
                    results.extend(
                        Finding(focus, predicate, constraint, shape, value, len(found))
                        for value in found
                    )

    return rule


def _node(shape: Shape, constraint: Constraint, inner: Step) -> Rule:
    path, asked = shape.path, inner

    def rule(run: Run, focus: Term, values: Values, results: Results) -> None:
        for value in values:
            found = asked.answer(run, value)
            if found:
                details = tuple(found)
                results.append(Finding(focus, path, constraint, shape, value, len(values), details))

    return rule


def _combined(shape: Shape, constraint: Constraint, inner: Sequence[Step]) -> Rule:
    """`sh:and`, `sh:or`, `sh:xone`, `sh:not`: by how many of the shapes accept the value."""
    path = shape.path
    accepted = _ACCEPTED[constraint.component]

    def rule(run: Run, focus: Term, values: Values, results: Results) -> None:
        for value in values:
            answers = [one.answer(run, value) for one in inner]
            if not accepted(sum(1 for found in answers if not found), len(answers)):
                details = tuple(one for found in answers for one in found)
                results.append(Finding(focus, path, constraint, shape, value, len(values), details))

    return rule


_ACCEPTED: dict[str, Callable[[int, int], bool]] = {
    "and": lambda count, of: count == of,
    "or": lambda count, _of: count > 0,
    "xone": lambda count, _of: count == 1,
    "not": lambda count, _of: count == 0,
}
"""By component: whether a value is accepted that conforms to `count` of the shapes."""
