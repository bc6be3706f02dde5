"""Offer: everything a tender knows of one system, gathered once for the PDF and the files."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from preuve.core.evidence import Evidence
from preuve.registry.classes import Class, classify
from preuve.registry.classification import Classification, qualify
from preuve.registry.comparison import Checked, Comparison, Measured, checked, compare
from preuve.registry.comparison.compare import foreign, speaks_of
from preuve.registry.energy import Footprint, declared, of_evidence
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.grid import GridState, grid
from preuve.registry.obligations import Obligation
from preuve.registry.published import evidence_of, unseen
from preuve.registry.tender.duties import Owed, owed, reaching
from preuve.registry.tender.guide import Answer, answers
from preuve.registry.tender.questions import Question, questions


@dataclass(frozen=True)
class Offer:
    """One system of a tender, in the current language.

    Attributes:
        measured: what signed evidence says of its versions.
        unseen: digests of evidence that the entry lists and that was not handed over.
        duties: obligations of the buyer's role that reach it, or may.
        owed: what its supplier owes by law and nothing shows.
    """

    entry: Entry
    measured: tuple[Measured, ...]
    unseen: tuple[str, ...]
    claims: tuple[Checked, ...]
    classification: Classification
    classes: tuple[Class, Class]
    duties: tuple[Obligation, ...]
    owed: tuple[Owed, ...]
    grid: GridState
    guide: tuple[Answer, ...]
    energy: Footprint | None
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Tender:
    """A tender: the systems, and the comparisons that their evidence allows."""

    offers: tuple[Offer, ...]
    comparisons: tuple[Comparison, ...]
    evidence: tuple[Evidence, ...]
    on: datetime.date
    role: Role

    @property
    def synthetic(self) -> bool:
        made_up = any(offer.entry.synthetic for offer in self.offers)
        return made_up or any(one.synthetic for one in self.evidence)


def gather(
    entries: Sequence[Entry], evidence: Sequence[Evidence], on: datetime.date, role: Role
) -> Tender:
    """The tender of entries and evidence, in the current language.

    Raises:
        PreuveError: an evidence has been altered, or speaks of none of the systems; two files
            speak of one system on one use case.
    """
    for one in evidence:
        one.check(one.record.get("digest", ""))
        if not any(speaks_of(measured, entry) for entry in entries for measured in _roles(one)):
            raise foreign(one, *entries)
    return Tender(
        offers=tuple(_offer(entry, evidence, on, role) for entry in entries),
        comparisons=tuple(_comparisons(entries, evidence)),
        evidence=tuple(evidence),
        on=on,
        role=role,
    )


def _roles(evidence: Evidence) -> list[Measured]:
    roles = [Measured(evidence)]
    return [*roles, Measured(evidence, "comparator")] if evidence.content["comparator"] else roles


def _comparisons(entries: Sequence[Entry], evidence: Sequence[Evidence]) -> list[Comparison]:
    """One comparison per protocol, in the order of the files."""
    groups: dict[str, list[Evidence]] = {}
    for one in evidence:
        groups.setdefault(str(one.usecase.digest), []).append(one)
    return [compare(group, entries) for group in groups.values()]


def _offer(entry: Entry, evidence: Sequence[Evidence], on: datetime.date, role: Role) -> Offer:
    measured = evidence_of(entry, evidence)
    missing = owed(entry, on, evidence)
    filled = grid(entry, on, evidence)
    energy = next((found for one in measured if (found := of_evidence(one.evidence))), None)
    return Offer(
        entry=entry,
        measured=tuple(measured),
        unseen=tuple(unseen(entry, evidence)),
        claims=checked(entry.claims, measured),
        classification=qualify(entry),
        classes=classify(entry),
        duties=reaching(entry, role, on, evidence),
        owed=tuple(missing),
        grid=filled,
        guide=tuple(answers(entry, measured)),
        energy=energy or declared(entry.energy),
        questions=tuple(questions(entry, measured, filled, missing)),
    )
