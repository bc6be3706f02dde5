"""The plan of a check: the tables of a profile turned once into functions that look values up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.paths import walk
from preuve.catalogue.profile.run import Results, Rule, Run, Step
from preuve.catalogue.profile.set_rules import ON_NONE, set_rule
from preuve.catalogue.profile.shape_rules import closed_rule, properties_rule, shape_rule
from preuve.catalogue.profile.tables import Constraint, Profile, Target
from preuve.catalogue.profile.terms import Term, iri, term
from preuve.catalogue.profile.value_rules import value_rule

Nodes: TypeAlias = Callable[[Graph], Iterable[Term]]
"""The nodes of a record that a target stands for."""


@dataclass(frozen=True)
class Plan:
    """The shapes with a target, in the order of the profile."""

    starts: tuple[tuple[Step, tuple[Nodes, ...]], ...]

    def verdict(self, graph: Graph) -> tuple[Results, int]:
        """The findings on a record, and on how many nodes a shape looked."""
        run, results, looked = Run(graph), list[Finding](), set[Term]()
        for step, targets in self.starts:
            nodes = dict.fromkeys(node for target in targets for node in target(graph))
            looked.update(nodes)
            for node in nodes:
                results.extend(step.answer(run, node))
        return results, len(looked)


@lru_cache(maxsize=64)
def plan(profile: Profile) -> Plan:
    """The plan of a profile."""
    steps = {shape.id: Step(number, shape) for number, shape in enumerate(profile.shapes)}
    for step in steps.values():
        if not step.shape.deactivated:
            _prepare(step, steps)
    return Plan(
        tuple(
            (step, tuple(_target(one) for one in step.shape.targets))
            for step in steps.values()
            if step.shape.targets
        )
    )


def _prepare(step: Step, steps: dict[str, Step]) -> None:
    path = step.shape.path
    if path is not None:
        step.walk = walk(path)
        step.predicate = path if isinstance(path, str) else ""
    children = [one for one in step.shape.constraints if one.component == "property"]
    if children:
        step.rules.append(properties_rule([steps[one.shapes[0]] for one in children]))
    for constraint in step.shape.constraints:
        rule = _rule(step, constraint, steps)
        if rule is None:
            continue
        step.rules.append(rule)
        if constraint.component in ON_NONE:
            step.on_none.append(rule)


def _rule(step: Step, constraint: Constraint, steps: dict[str, Step]) -> Rule | None:
    """The rule of a constraint; None where it asks for nothing."""
    shape = step.shape
    if constraint.component == "closed":
        of = [one.shapes[0] for one in shape.constraints if one.component == "property"]
        return closed_rule(shape, constraint, [steps[name].shape for name in of])
    if constraint.component == "property":
        return None
    if constraint.shapes:
        return shape_rule(shape, constraint, [steps[name] for name in constraint.shapes])
    return value_rule(shape, constraint) or set_rule(shape, constraint)


def _target(target: Target) -> Nodes:
    node = term(target.term)
    predicate = iri(node)
    if target.kind == "class":
        return lambda graph: graph.instances(node)
    if target.kind == "node":
        return lambda _graph: (node,)
    if target.kind == "subjectsOf":
        return lambda graph: graph.subjects_of(predicate)
    return lambda graph: graph.objects_of(predicate)
