"""Migrate: what can be done is done and told; what only a person knows is listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from preuve.catalogue.cleaning import clean
from preuve.catalogue.dirt import Dirt
from preuve.catalogue.migration.agents import contact_points
from preuve.catalogue.migration.draft import Change, Draft
from preuve.catalogue.migration.steps import STEPS, known_coding_systems
from preuve.catalogue.names import HEALTH
from preuve.catalogue.nodes import label_of
from preuve.catalogue.record import Kind, Record
from preuve.catalogue.vocabulary import concept, normal
from preuve.core.language import _

RELEASE = "healthdcat-ap-r8"


@dataclass(frozen=True)
class Todo:
    """One thing a person must fill.

    Args:
        focus: the node concerned.
        path: the property in words, with its short name; empty where it is the node itself.
        what: what is missing or wrong.
        why: the element of the regulation or the article behind it.
        mend: what to do.
        example: a line of Turtle; empty where none helps.
        property: the address of the property.
    """

    focus: str
    path: str
    what: str
    why: str
    mend: str
    example: str = ""
    property: str = ""


@dataclass(frozen=True)
class Migrated:
    """The record as Release 8 writes it, what was done, what is left to a person."""

    record: Record
    changes: tuple[Change, ...]
    todos: tuple[Todo, ...]
    dirt: tuple[Dirt, ...] = ()


def migrate(record: Record) -> Migrated:
    """A record brought to Release 8; the record given is untouched, and what it says is kept.

    Only what Release 8 refuses is replaced (code values that are nodes, datatypes of counts, hosts
    of vocabularies). A second migration changes nothing.
    """
    cleaned = clean(record.triples)
    draft = Draft(replace(record, triples=cleaned.triples))
    if record.kind is Kind.DATASET:
        for step in STEPS:
            step(draft)
        contact_points(draft)
    migrated = replace(record, triples=draft.triples)
    return Migrated(migrated, tuple(draft.changes), todos(migrated), cleaned.dirt)


def todos(record: Record, release: str = RELEASE) -> tuple[Todo, ...]:
    """What a person must fill: every finding of the release at the record's level, and codes that
    no list knows.
    """
    from preuve.catalogue.profile import check_record, load
    from preuve.catalogue.profile.explain import explain
    from preuve.catalogue.profile.naming import first_property, path_name

    found = []
    for leveled in check_record(record.triples, release):
        profile = load(leveled.verdict.profile)
        for finding in leveled.verdict.findings:
            told = explain(finding, profile)
            focus: Any = finding.focus
            found.append(
                Todo(
                    label_of(focus),
                    path_name(finding.path) if finding.path else "",
                    told.what,
                    told.why,
                    told.mend,
                    told.example,
                    first_property(finding.path),
                )
            )
    return (*dict.fromkeys(found), *_unknown_codes(record))


def _unknown_codes(record: Record) -> list[Todo]:
    """Coding systems that no Release 8 code stands for."""
    name = HEALTH + "hasCodingSystem"
    values = record.nodes.values(record.node, name)
    if not values:
        return []
    unknown = [
        label_of(value)
        for value in values
        if not concept(label_of(value)) and normal(label_of(value)) not in known_coding_systems()
    ]
    return [
        Todo(
            record.iri,
            "healthdcatap:hasCodingSystem",
            _("The coding system {value} is not in the Release 8 list.").format(value=value),
            _("Element 4 of Implementing Regulation (EU) 2026/2098, recommended."),
            _("Choose the nearest code of the list."),
            property=name,
        )
        for value in unknown
        if not value.startswith("_:")
    ]
