"""Verdicts of a record: each profile, what it finds, why and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Triple

from preuve.catalogue.profile.check import judged
from preuve.catalogue.profile.elements import said
from preuve.catalogue.profile.findings import Verdict
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.levels import check_levels
from preuve.catalogue.profile.notes import notes
from preuve.catalogue.profile.shelf import load
from preuve.catalogue.profile.show import Told, told
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.record import Kind, Record

BESIDE = ("hdh-2026-08", "dcat-ap-3.0.1", "healthdcat-ap-r5-non-public")
"""Profiles that every data set is checked against beside the latest HealthDCAT-AP."""


@dataclass(frozen=True)
class Shown:
    """A verdict as a page shows it.

    Attributes:
        profile: the profile.
        title: its name.
        conforms: whether nothing is missing.
        looked: on how many nodes the profile looked; with none, to conform means nothing.
        groups: what is missing, one line for each thing.
        reason: why this level was taken, where the record does not say it.
        notes: what the reader of a verdict should know of the profile.
        main: whether it is the profile that the record is held to.
    """

    profile: Profile
    title: str
    conforms: bool
    looked: int
    groups: tuple[Told, ...]
    reason: str = ""
    notes: tuple[str, ...] = ()
    main: bool = False


def verdicts(record: Record) -> list[Shown]:
    """The verdicts of the latest release at the record's level, then of the other profiles."""
    return of_triples(record.triples) if record.kind is Kind.DATASET else []


def of_triples(triples: Iterable[Triple]) -> list[Shown]:
    """The verdicts on some triples."""
    graph = Graph(triples)
    found = [
        _shown(load(one.verdict.profile), one.verdict, one.reason, main=True)
        for one in check_levels(graph)
    ]
    beside = [load(name) for name in BESIDE]
    return found + [_shown(profile, judged(graph, profile)) for profile in beside]


def _shown(profile: Profile, verdict: Verdict, reason: str = "", *, main: bool = False) -> Shown:
    return Shown(
        profile=profile,
        title=said(profile.title),
        conforms=verdict.conforms,
        looked=verdict.nodes,
        groups=tuple(told(verdict.findings, profile)),
        reason=reason,
        notes=notes(profile),
        main=main,
    )
