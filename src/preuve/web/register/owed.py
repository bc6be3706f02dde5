"""Owed: the obligations of a system for a role and a day, grouped as a page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preuve.core.evidence import Evidence
from preuve.registry.entry import Entry
from preuve.registry.facts import Law, load
from preuve.registry.obligations import Obligation, SetAside, State, obligations, set_aside
from preuve.web.register.asked import Asked

_SHOWN: tuple[State, ...] = ("in_force", "to_settle", "coming")


@dataclass(frozen=True)
class OfLaw:
    """The obligations of one law.

    Attributes:
        pending: a change of that law under way; empty for none.
    """

    law: Law
    title: str
    binding: bool
    pending: str
    obligations: tuple[Obligation, ...]

    def of(self, state: State) -> list[Obligation]:
        """Those of a state: in force, those without their documents first; coming, by date.

        What only informs (a sanction) asks for nothing: see `informative`.
        """
        found = [one for one in self.obligations if one.state == state and not one.informative]
        if state == "coming":
            return sorted(found, key=lambda one: (one.applies_from is None, one.applies_from))
        return sorted(found, key=lambda one: not one.gap) if state == "in_force" else found

    @property
    def shown(self) -> list[tuple[State, list[Obligation]]]:
        """The states that concern the system, each with what is in it."""
        return [(state, found) for state in _SHOWN if (found := self.of(state))]

    @property
    def informative(self) -> list[Obligation]:
        """What holds on that day and asks for nothing, such as sanctions."""
        return [one for one in self.obligations if one.informative and one.state == "in_force"]

    @property
    def aside(self) -> list[Obligation]:
        """What does not apply, with its reason."""
        return self.of("not_concerned")

    @property
    def missing(self) -> int:
        """How many duties in force lack a document."""
        return sum(bool(one.gap) for one in self.of("in_force"))


@dataclass(frozen=True)
class Owed:
    """Everything that a page of obligations shows."""

    asked: Asked
    laws: tuple[OfLaw, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def binding(self) -> list[Obligation]:
        """Binding duties in force that something must show."""
        return [one for law in self.laws if law.binding for one in law.of("in_force")]

    @property
    def missing(self) -> list[Obligation]:
        """Binding duties in force of which a document is missing."""
        return [one for one in self.binding if one.gap]

    @property
    def to_settle(self) -> list[Obligation]:
        return [one for law in self.laws if law.binding for one in law.of("to_settle")]

    @property
    def coming(self) -> list[Obligation]:
        """Binding duties to come, the nearest first."""
        found = [one for law in self.laws if law.binding for one in law.of("coming")]
        return sorted(found, key=lambda one: (one.applies_from is None, one.applies_from))


def owed(entry: Entry, asked: Asked, evidence: Sequence[Evidence] = (), *, law: str = "") -> Owed:
    """The obligations of an entry, grouped by law; of one law when its code is given."""
    facts = load()
    every = obligations(entry, asked.role, asked.on, asked.deployment, evidence)
    laws = tuple(
        OfLaw(
            law=code,
            title=str(facts.word("law", code)),
            binding=meta.binding,
            pending="" if meta.pending is None else str(meta.pending),
            obligations=tuple(one for one in every if one.law == code),
        )
        for code, meta in facts.laws.items()
        if law in ("", code)
    )
    aside = set_aside(entry, asked.role, asked.on, asked.deployment, evidence)
    return Owed(asked, tuple(one for one in laws if one.obligations), aside)
