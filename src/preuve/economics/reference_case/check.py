"""Check: a model against the reference case, item by item, with the reservations to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.rules import Rule, rules
from preuve.economics.reference_case.verdict import Grade, Judge, State
from preuve.economics.reference_case.verdicts import (
    budget,
    cost,
    modelling,
    results,
    structuring,
    uncertainty,
    utility,
)

Opinion: TypeAlias = Literal["acceptable", "with_reservations", "not_usable"]

PARTS = (structuring, modelling, utility, cost, uncertainty, results, budget)

JUDGES: dict[str, Judge] = {judge.__name__: judge for part in PARTS for judge in part.JUDGES}
"""The function of each rule, by the id of the rule."""


@dataclass(frozen=True)
class Finding:
    """One rule and what it finds.

    Attributes:
        rule: the rule.
        state: whether it is met; "cannot_tell" when the model does not say.
        reservation: the grade of the reservation to expect; None when none is expected.
        found: what was found.
        mend: what to do; empty when there is nothing to mend.
        location: where it stands in the model, keys from the root.
    """

    rule: Rule
    state: State
    reservation: Grade | None
    found: str
    mend: str
    location: Location


@dataclass(frozen=True)
class Overall:
    """The opinion to expect, predicted from the findings.

    Attributes:
        minor: expected minor reservations.
        important: expected important reservations.
        major: expected major reservations.
        unsettled: rules on which the model does not say enough.
        opinion: what the reservations come to.
        worst: what they would come to if every unsettled rule were not met.
    """

    minor: int
    important: int
    major: int
    unsettled: int
    opinion: Opinion
    worst: Opinion

    @property
    def text(self) -> str:
        """The opinion in words, and what it is worth."""
        said = {
            "acceptable": _("The analysis should be found acceptable."),
            "with_reservations": _(
                "The analysis should be found usable with caution: its uncertainty grows."
            ),
            "not_usable": _("The analysis should not be found usable as evidence of efficiency."),
        }[self.opinion]
        prediction = _(
            "This is a prediction of this program by rules, not the opinion of the CEESP."
        )
        return f"{said} {prediction}"


def check(facts: ModelFacts) -> tuple[Finding, ...]:
    """A finding for each rule, in the order of the rules.

    Args:
        facts: the model and its run.

    Returns:
        One finding per rule: met, not met (with its reservation), not told or not applicable.
    """
    return tuple(_finding(rule, facts) for rule in rules())


def _finding(rule: Rule, facts: ModelFacts) -> Finding:
    verdict = JUDGES[rule.id](facts)
    faulty = verdict.state == "not_met"
    silent = verdict.state == "cannot_tell"
    return Finding(
        rule=rule,
        state=verdict.state,
        reservation=(verdict.grade or rule.grade) if faulty else None,
        found=verdict.found,
        mend=str(rule.mend) if faulty or silent else "",
        location=verdict.location or rule.location,
    )


def overall(findings: Sequence[Finding]) -> Overall:
    """The global opinion to expect: a major reservation leaves the analysis unusable.

    Args:
        findings: those of `check`.
    """
    grades = [one.reservation for one in findings if one.reservation]
    silent = [one.rule.grade for one in findings if one.state == "cannot_tell"]
    return Overall(
        minor=grades.count("minor"),
        important=grades.count("important"),
        major=grades.count("major"),
        unsettled=len(silent),
        opinion=_opinion(grades),
        worst=_opinion([*grades, *silent]),
    )


def _opinion(grades: Sequence[Grade]) -> Opinion:
    if "major" in grades:
        return "not_usable"
    return "with_reservations" if "important" in grades else "acceptable"
