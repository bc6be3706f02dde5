"""A check under way: what every rule is given, and what it adds to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.paths import Walk
from preuve.catalogue.profile.tables import Shape
from preuve.catalogue.profile.terms import Term

Results: TypeAlias = list[Finding]
Values: TypeAlias = Sequence[Term]


@dataclass(slots=True)
class Run:
    """The record, and what shapes referred to have already answered."""

    graph: Graph
    answers: dict[tuple[int, Term], Results] = field(default_factory=dict)


Rule: TypeAlias = Callable[[Run, Term, Values, Results], None]
"""Adds the findings on the values of a focus node."""


@dataclass(slots=True)
class Step:
    """A shape ready to run: how its values are found, and the rules on them."""

    number: int
    shape: Shape
    walk: Walk | None = None
    predicate: str = ""
    """The property that the path is, where it is one property."""
    rules: list[Rule] = field(default_factory=list)
    on_none: list[Rule] = field(default_factory=list)
    """The rules that can fail where there is no value."""

    def run(self, run: Run, focus: Term, results: Results) -> None:
        values = (focus,) if self.walk is None else self.walk(run.graph, focus)
        for rule in self.rules if values else self.on_none:
            rule(run, focus, values, results)

    def answer(self, run: Run, focus: Term) -> Results:
        """The findings on a node that another shape asks about; found once."""
        key = (self.number, focus)
        found = run.answers.get(key)
        if found is None:
            found = run.answers[key] = []
            self.run(run, focus, found)
        return found
