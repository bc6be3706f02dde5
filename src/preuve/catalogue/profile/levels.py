"""Access levels: a record is checked against the profile of its own access rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from preuve.catalogue.profile.check import judged
from preuve.catalogue.profile.findings import Verdict
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.naming import term_name
from preuve.catalogue.profile.shacl import TYPE
from preuve.catalogue.profile.shelf import load
from preuve.catalogue.profile.tables import AccessLevel
from preuve.catalogue.profile.terms import Statement, Term
from preuve.core.language import _

LATEST = "healthdcat-ap-r8"
"""The release whose three levels `check_record` chooses from."""

_DATASET = ox.NamedNode("http://www.w3.org/ns/dcat#Dataset")
_RIGHTS = "http://purl.org/dc/terms/accessRights"
_AUTHORITY = "http://publications.europa.eu/resource/authority/access-right/"
LEVELS: dict[str, AccessLevel] = {
    _AUTHORITY + "PUBLIC": "public",
    _AUTHORITY + "RESTRICTED": "restricted",
    _AUTHORITY + "NON_PUBLIC": "non-public",
}


@dataclass(frozen=True)
class Leveled:
    """The verdict at an access level, and why this level was taken.

    Attributes:
        level: public, restricted or non-public.
        verdict: against the profile of that level; findings on data sets of other levels are not
            in it.
        datasets: the data sets of the level.
        reason: why the level was taken where the record does not say it; else empty.
    """

    level: AccessLevel
    verdict: Verdict
    datasets: tuple[Term, ...]
    reason: str = ""


def level_name(level: AccessLevel) -> str:
    """An access level in the current language."""
    names = {
        "public": _("public"),
        "restricted": _("restricted"),
        "non-public": _("non-public"),
    }
    return names[level]


def check_record(statements: Iterable[Statement], release: str = LATEST) -> tuple[Leveled, ...]:
    """The verdict of a release on each access level that the record has; one where it has none.

    A data set without access rights, with two, or with a value that is not of the EU list counts
    as non-public, the level that asks for most; `reason` says so.
    """
    return check_levels(Graph(statements), release)


def check_levels(graph: Graph, release: str = LATEST) -> tuple[Leveled, ...]:
    """As `check_record`, for a record that is indexed already."""
    instances = graph.instances(_DATASET)
    datasets = [one for one in instances if not _only_mentioned(graph, one)] or list(instances)
    by_level: dict[AccessLevel, list[Term]] = {}
    reasons: dict[AccessLevel, str] = {}
    for dataset in datasets:
        level, reason = _level(graph, dataset)
        by_level.setdefault(level, []).append(dataset)
        if reason:
            reasons.setdefault(level, reason)
    if not by_level:
        by_level, reasons = {"non-public": []}, {"non-public": _("There is no data set.")}
    made = []
    for number, (level, own) in enumerate(by_level.items()):
        verdict = judged(graph, load(f"{release}-{level}"))
        others = set(instances) - set(own)
        if others:
            verdict = _without(verdict, others, shared=number == 0, own=set(own))
        made.append(Leveled(level, verdict, tuple(own), reasons.get(level, "")))
    return tuple(made)


def _only_mentioned(graph: Graph, dataset: Term) -> bool:
    """Whether a record says nothing of a data set but its class: it refers to another record."""
    return set(graph.properties(dataset)) == {TYPE}


def _level(graph: Graph, dataset: Term) -> tuple[AccessLevel, str]:
    rights = graph.values(dataset, _RIGHTS)
    if len(rights) != 1:
        reason = _("It has no access rights: taken as non-public.")
        if rights:
            reason = _("It has several access rights: taken as non-public.")
        return "non-public", reason
    (right,) = rights
    level = LEVELS.get(right.value) if isinstance(right, ox.NamedNode) else None
    if level is None:
        reason = _("The access rights {value} are not of the EU list: taken as non-public.")
        return "non-public", reason.format(value=term_name(right))
    return level, ""


def _without(verdict: Verdict, others: set[Term], *, shared: bool, own: set[Term]) -> Verdict:
    """The verdict less what belongs to data sets of other levels.

    What is neither a data set of this level nor of another (a distribution, a contact) is judged
    alike at all levels, and told at the first one.
    """
    kept = tuple(
        one for one in verdict.findings if one.focus in own or (shared and one.focus not in others)
    )
    return replace(verdict, findings=kept)
