"""The check of a record: the verdict of SHACL, from tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from preuve.catalogue.profile.findings import Verdict
from preuve.catalogue.profile.graph import Graph
from preuve.catalogue.profile.plan import plan
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.profile.terms import Statement


def check(statements: Iterable[Statement], profile: Profile) -> Verdict:
    """The verdict on a record.

    Args:
        statements: triples or quads as `pyoxigraph.parse` gives them (the Oxigraph store rewrites
            literals: what comes from it may be judged otherwise than what was written).
        profile: what is asked.
    """
    return judged(Graph(statements), profile)


def check_all(statements: Iterable[Statement], profiles: Sequence[Profile]) -> tuple[Verdict, ...]:
    """The verdicts of several profiles; the record is indexed once."""
    graph = Graph(statements)
    return tuple(judged(graph, one) for one in profiles)


def judged(graph: Graph, profile: Profile) -> Verdict:
    """The verdict on a record that is indexed already."""
    findings, nodes = plan(profile).verdict(graph)
    return Verdict(profile.id, tuple(findings), nodes)
