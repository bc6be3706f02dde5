"""Findings: what a profile asks for and a record does not give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from preuve.catalogue.profile.tables import Constraint, Path, Shape

if TYPE_CHECKING:
    from preuve.catalogue.profile.terms import Term


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check, as SHACL defines it (section 3.6.2).

    Attributes:
        focus: the node that was looked at.
        path: the path from it; None for a constraint on the node itself.
        constraint: what is asked.
        shape: the shape that asks.
        value: the value at fault; None where the fault is a number of values.
        count: how many values the path has.
        details: what is wrong inside, for a constraint on other shapes.
    """

    focus: Term
    path: Path | None
    constraint: Constraint
    shape: Shape
    value: Term | None
    count: int
    details: tuple[Finding, ...] = ()

    @property
    def component(self) -> str:
        return self.constraint.component

    @property
    def severity(self) -> str:
        return self.shape.severity


@dataclass(frozen=True)
class Verdict:
    """Whether a record conforms to a profile, and every finding.

    As in SHACL, a record conforms when there is no finding at all, whatever its severity.

    Attributes:
        profile: the identifier of the profile.
        findings: what is asked for and not given.
        nodes: on how many nodes the profile looked; with none, to conform means nothing.
    """

    profile: str
    findings: tuple[Finding, ...]
    nodes: int

    @property
    def conforms(self) -> bool:
        return not self.findings

    @property
    def violations(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "Violation")
