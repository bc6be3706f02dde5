"""Verdict: what a rule finds in a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from preuve.core.language import _, ngettext
from preuve.core.lines import Location
from preuve.economics.reference_case.facts import ModelFacts, ParameterFacts
from preuve.pages.numbers import listed

State: TypeAlias = Literal["met", "not_met", "cannot_tell", "not_applicable"]
Grade: TypeAlias = Literal["minor", "important", "major"]

NAMED = 5
"""How many parameters a text names before it counts the others."""


@dataclass(frozen=True)
class Verdict:
    """What a rule finds.

    Attributes:
        state: whether the rule is met; "cannot_tell" when the model does not say.
        found: what was found, for a reader.
        grade: replaces the grade of the rule's reservation.
        location: replaces the place of the rule in the model.
    """

    state: State
    found: str
    grade: Grade | None = None
    location: Location = ()


Judge: TypeAlias = Callable[[ModelFacts], Verdict]


def met(found: str) -> Verdict:
    return Verdict("met", found)


def not_met(found: str, grade: Grade | None = None, location: Location = ()) -> Verdict:
    return Verdict("not_met", found, grade, location)


def not_applicable(found: str) -> Verdict:
    return Verdict("not_applicable", found)


def unsaid() -> Verdict:
    return Verdict("cannot_tell", _("The model does not say."))


def settled(value: bool | None, yes: str, no: str) -> Verdict:
    """Met when true, not met when false, not told when None."""
    if value is None:
        return unsaid()
    return met(yes) if value else not_met(no)


def each(
    faulty: Sequence[ParameterFacts], total: int, yes: str, no: str, grade: Grade | None = None
) -> Verdict:
    """Met when no parameter is at fault; else `no`, the names, and the place of the first.

    Args:
        faulty: the parameters at fault.
        total: how many were looked at; none is not applicable.
        yes: the text when none is at fault.
        no: the text before the names.
        grade: replaces the grade of the rule's reservation.
    """
    if not total:
        return not_applicable(_("The model has no parameter of this kind."))
    if not faulty:
        return met(yes)
    return not_met(f"{no} {_names(faulty)}", grade, faulty[0].location)


def _names(parameters: Sequence[ParameterFacts]) -> str:
    shown = listed(parameter.label or parameter.name for parameter in parameters[:NAMED])
    more = len(parameters) - NAMED
    if more <= 0:
        return shown
    others = ngettext("and {count} other", "and {count} others", more).format(count=more)
    return f"{shown} {others}"
