"""Prepared: a record made ready to be kept, everything computed of it before a transaction opens.

What is kept is the record as it came. What is computed (summary, verdict, words and values it is
found by) comes from its repaired view.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, RdfFormat, Triple, parse, serialize

from preuve.catalogue.cleaning import clean
from preuve.catalogue.describe import describe
from preuve.catalogue.description import Coded, Description
from preuve.catalogue.profile.levels import LATEST, check_record
from preuve.catalogue.record import Kind, Record, claims
from preuve.catalogue.search.entry import STATUS, Entry, Value
from preuve.catalogue.search.words import folded
from preuve.catalogue.texts import Texts
from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, _, both

VARIABLES = 1_000
"""Variables of a record that a search may be narrowed by; all are found by their words."""

_DESCRIPTION = 600
_LABEL = 300


@dataclass(frozen=True)
class Prepared:
    """A record and what is kept beside it.

    Attributes:
        iri, kind: what it describes.
        content: its triples as N-Triples, deflated, in the order in which they came.
        digest: `sha256:` of its canonical N-Triples: order and blank node names do not count.
        claims: every identifier it takes for its own.
        access: code of its access class, or empty.
        summary: what a list shows of it.
        verdicts: per release, what its check found.
        entry: what it is found by.
    """

    iri: str
    kind: Kind
    content: bytes
    digest: str
    claims: frozenset[str]
    access: str
    summary: Mapping[str, Any]
    verdicts: Mapping[str, Any]
    entry: Entry


def prepare(record: Record, repaired: Record | None = None) -> Prepared:
    """A record made ready; `repaired` is its repaired view, where it is known already.

    Raises:
        PreuveError: the record has no address, so that nothing could refer to it.
    """
    if record.anonymous:
        raise PreuveError(
            _("The record has no address of its own."),
            where=record.iri,
            remedy=_("Give the data set an address (an IRI) in place of a blank node."),
        )
    triples = repaired.triples if repaired else clean(record.triples).triples
    view = record if triples == record.triples else replace(record, triples=triples)
    description = describe(view)
    verdicts = _verdicts(record)
    return Prepared(
        iri=record.iri,
        kind=record.kind,
        content=content_of(record.triples),
        digest=record.digest,
        claims=claims(record) | {record.iri},
        access=description.access.code if description.access else "",
        summary=summary(description),
        verdicts=verdicts,
        entry=_entry(description, verdicts),
    )


def content_of(triples: Sequence[Triple]) -> bytes:
    """Triples as they are kept: blank nodes, whose names say nothing, are named as they come."""
    written = bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    if b"_:" in written:
        written = bytes(serialize(_renamed(triples), format=RdfFormat.N_TRIPLES) or b"")
    return zlib.compress(written, 3)


def _renamed(triples: Sequence[Triple]) -> Iterator[Triple]:
    names: dict[object, BlankNode] = {}

    def kept(node: Any) -> Any:
        if not isinstance(node, BlankNode):
            return node
        return names.setdefault(node, BlankNode(f"b{len(names)}"))

    for one in triples:
        yield Triple(kept(one.subject), one.predicate, kept(one.object))


def triples_of(content: bytes) -> tuple[Triple, ...]:
    """The triples kept in a revision."""
    quads = parse(zlib.decompress(content), format=RdfFormat.N_TRIPLES)
    return tuple(quad.triple for quad in quads)


def summary(description: Description) -> dict[str, Any]:
    """What a list shows of a record: JSON values, texts by language."""
    publisher = description.publisher
    return {
        "titles": _first(description.titles, _LABEL),
        "descriptions": _first(description.descriptions, _DESCRIPTION),
        "publisher": _first(publisher.names, _LABEL) if publisher else {},
        "categories": [_label(one) for one in description.categories],
        "territory": [_label(one) for one in description.territory],
        "people": description.people,
        "variables": sum(len(table.variables) for table in description.variables),
        "synthetic": any(one.code == "SYNTHETIC_DATA" for one in description.types),
    }


def _verdicts(record: Record) -> dict[str, Any]:
    """What the latest release finds in a record, by the level of its access rights."""
    if record.kind is not Kind.DATASET:
        return {}
    found = [finding for one in check_record(record.triples) for finding in one.verdict.findings]
    violations = sum(finding.severity == "Violation" for finding in found)
    return {
        LATEST: {
            "conforms": not found,
            "violations": violations,
            "others": len(found) - violations,
        }
    }


def _entry(description: Description, verdicts: Mapping[str, Any]) -> Entry:
    coded = (
        ("category", description.categories),
        ("territory", description.territory),
        ("coding", description.coding_systems),
        ("theme", (*description.health_themes, *description.themes)),
        ("language", description.languages),
        ("access", (description.access,) if description.access else ()),
    )
    variables = [one for table in description.variables for one in table.variables]
    labels = [text for _facet, codes in coded for one in codes for text in _every(one.texts)]
    return Entry(
        title=(*_every(description.titles), *_every(description.alternatives)),
        keyword=(*_every(description.keywords), *labels, *_names(description)),
        text=(
            *_every(description.descriptions),
            *_every(description.population),
            *(
                text
                for one in variables
                for text in (one.name, *_every(one.titles), *_every(one.descriptions))
            ),
        ),
        values=(
            *(_value(facet, one) for facet, codes in coded for one in codes),
            *_publishers(description),
            *_variables(description),
            *(_verdict(name, found["conforms"]) for name, found in verdicts.items()),
        ),
    )


def with_status(entry: Entry, status: str) -> Entry:
    """The entry of a record that has a status."""
    return replace(entry, values=(*entry.values, Value(STATUS, status, {})))


def _names(description: Description) -> list[str]:
    """The names of those who publish and hold, and the codes that the record is known by."""
    agents = [agent for agent in (description.publisher, description.custodian) if agent]
    codes = (*description.coding_systems, *description.conforms_to, *description.categories)
    return [
        *(name for agent in agents for name in _every(agent.names)),
        *(one.code for one in codes),
        *(one.rstrip("/").rpartition("/")[2] for one in description.identifiers),
    ]


def _value(facet: str, one: Coded) -> Value:
    return Value(facet, one.iri or folded(one.code)[:_LABEL], _label(one))


def _publishers(description: Description) -> list[Value]:
    """The publisher, one value for one name whatever its address."""
    names = _first(description.publisher.names, _LABEL) if description.publisher else {}
    return [Value("publisher", folded(next(iter(names.values()))), names)] if names else []


def _variables(description: Description) -> list[Value]:
    found: dict[str, Value] = {}
    for table in description.variables:
        for one in table.variables:
            name = folded(one.name)[:_LABEL]
            if name and len(found) < VARIABLES:
                found.setdefault(name, Value("variable", name, _variable(one.name, one.titles)))
    return list(found.values())


def _variable(name: str, titles: Texts) -> dict[str, str]:
    return _first(titles, _LABEL) or dict.fromkeys(LANGUAGES, name[:_LABEL])


def _label(one: Coded) -> dict[str, str]:
    return {language: one.label(language)[:_LABEL] for language in LANGUAGES}


def _every(texts: Texts) -> list[str]:
    """The texts of every language."""
    return [text for said in texts.by_language.values() for text in said]


def _first(texts: Texts, longest: int) -> dict[str, str]:
    """The first text of each language, cut; a text without a language is under the empty tag."""
    return {
        language: said[0] if len(said[0]) <= longest else said[0][: longest - 1] + "…"
        for language, said in texts.by_language.items()
    }


def _verdict(release: str, conforms: bool) -> Value:
    return Value("verdict", f"{release}/{'conforms' if conforms else 'gaps'}", _said(conforms))


@cache
def _said(conforms: bool) -> dict[str, str]:
    return both(
        _("Conforms to HealthDCAT-AP release 8")
        if conforms
        else _("Has gaps to HealthDCAT-AP release 8")
    )
