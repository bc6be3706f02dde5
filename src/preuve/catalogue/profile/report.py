"""The report of a check: our JSON, and the standard SHACL report graph in Turtle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from preuve.catalogue.profile.explain import explain
from preuve.catalogue.profile.findings import Finding, Verdict
from preuve.catalogue.profile.naming import root_class
from preuve.catalogue.profile.shacl import COMPONENTS, RDF, SH, TYPE
from preuve.catalogue.profile.tables import Path, Profile
from preuve.catalogue.profile.terms import Term
from preuve.core.language import LANGUAGES, speaking

_XSD = "http://www.w3.org/2001/XMLSchema#"
_PREFIXES = {"sh": SH, "xsd": _XSD}
_STEPS = {
    "alternative": "alternativePath",
    "inverse": "inversePath",
    "oneOrMore": "oneOrMorePath",
    "zeroOrMore": "zeroOrMorePath",
    "zeroOrOne": "zeroOrOnePath",
}


def record(verdict: Verdict, profile: Profile) -> dict[str, Any]:
    """A verdict as JSON; texts in the current language, terms in N-Triples."""
    return {
        "profile": profile.id,
        "version": profile.version,
        "conforms": verdict.conforms,
        "nodes": verdict.nodes,
        "findings": [finding_record(one, profile) for one in verdict.findings],
    }


def finding_record(finding: Finding, profile: Profile) -> dict[str, Any]:
    """A finding as JSON, with its explanation."""
    path = finding.path
    return {
        "focus": str(finding.focus),
        "class": root_class(profile, finding.shape.id),
        "path": path if path is None or isinstance(path, str) else path.model_dump(mode="json"),
        "component": finding.component,
        "severity": finding.severity,
        "value": None if finding.value is None else str(finding.value),
        "count": finding.count,
        "shape": finding.shape.id,
        **explain(finding, profile).record(),
    }


def turtle(verdicts: Sequence[tuple[Verdict, Profile]]) -> bytes:
    """The SHACL report graphs (W3C 2017, section 3.6), one report for each verdict.

    Blank nodes of the record keep their labels. A shape that has no IRI in the source of the
    profile is named by its place (`…/property/3`), as an IRI of `urn:shape:` where it is relative.
    """
    made = ox.serialize(_triples(verdicts), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES)
    assert made is not None
    return bytes(made)


def _triples(verdicts: Sequence[tuple[Verdict, Profile]]) -> Iterator[ox.Triple]:
    for verdict, profile in verdicts:
        report = ox.BlankNode()
        yield _says(report, TYPE, ox.NamedNode(SH + "ValidationReport"))
        conforms = ox.Literal("true" if verdict.conforms else "false", datatype=_boolean())
        yield _says(report, SH + "conforms", conforms)
        for finding in verdict.findings:
            result = ox.BlankNode()
            yield _says(report, SH + "result", result)
            yield from _result(result, finding, profile)


def _boolean() -> ox.NamedNode:
    return ox.NamedNode(_XSD + "boolean")


def _result(result: ox.BlankNode, finding: Finding, profile: Profile) -> Iterator[ox.Triple]:
    severity = finding.severity
    yield _says(result, TYPE, ox.NamedNode(SH + "ValidationResult"))
    yield _says(result, SH + "focusNode", finding.focus)
    component = ox.NamedNode(COMPONENTS[finding.component])
    yield _says(result, SH + "sourceConstraintComponent", component)
    yield _says(result, SH + "sourceShape", _shape(finding.shape.id))
    iri = severity if ":" in severity else SH + severity
    yield _says(result, SH + "resultSeverity", ox.NamedNode(iri))
    if finding.path is not None:
        node, triples = _path(finding.path)
        yield _says(result, SH + "resultPath", node)
        yield from triples
    if finding.value is not None:
        yield _says(result, SH + "value", finding.value)
    yield from _messages(result, finding, profile)
    for inner in finding.details:
        detail = ox.BlankNode()
        yield _says(result, SH + "detail", detail)
        yield from _result(detail, inner, profile)


def _messages(result: ox.BlankNode, finding: Finding, profile: Profile) -> Iterator[ox.Triple]:
    for language in LANGUAGES:
        with speaking(language):
            text = explain(finding, profile).what
        yield _says(result, SH + "resultMessage", ox.Literal(text, language=language))


def _shape(name: str) -> ox.NamedNode:
    return ox.NamedNode(name if ":" in name and not name.startswith("_:") else f"urn:shape:{name}")


def _path(path: Path) -> tuple[ox.NamedNode | ox.BlankNode, list[ox.Triple]]:
    if isinstance(path, str):
        return ox.NamedNode(path), []
    inner = [_path(one) for one in path.of]
    triples = [triple for _node, more in inner for triple in more]
    if path.step in ("sequence", "alternative"):
        head, listed = _list([node for node, _more in inner])
        triples += listed
        if path.step == "sequence":
            return head, triples
        inside: Term = head
    else:
        inside = inner[0][0]
    node = ox.BlankNode()
    return node, [*triples, _says(node, SH + _STEPS[path.step], inside)]


def _list(
    members: Sequence[ox.NamedNode | ox.BlankNode],
) -> tuple[ox.NamedNode | ox.BlankNode, list[ox.Triple]]:
    head: ox.NamedNode | ox.BlankNode = ox.NamedNode(RDF + "nil")
    triples: list[ox.Triple] = []
    for member in reversed(members):
        cell = ox.BlankNode()
        triples += [_says(cell, RDF + "first", member), _says(cell, RDF + "rest", head)]
        head = cell
    return head, triples


def _says(subject: ox.NamedNode | ox.BlankNode, predicate: str, value: Term) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)
