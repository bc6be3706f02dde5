"""Record: what a catalogue says of one data set, service, series or of itself, nothing else.

A catalogue's graph is cut into concise bounded descriptions: from the node described, every triple
reachable through nodes that belong to it (publisher, contact, distributions, variables), without
going into another record. A node that two records share is copied into both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue import canonical
from preuve.catalogue.names import ADMS, DCAT, DCT, FOAF, OWL, SKOS, TYPE
from preuve.catalogue.nodes import Node, Nodes, Term, label_of
from preuve.catalogue.rdf import Graph
from preuve.core.errors import PreuveError
from preuve.core.language import _

COPIES = 50
"""How many times a graph may be copied into its records, shared nodes counted each time."""


class Kind(StrEnum):
    """What a record describes."""

    DATASET = "dataset"
    SERIES = "series"
    SERVICE = "service"
    CATALOGUE = "catalogue"


_CLASSES = {
    DCAT + "Catalog": Kind.CATALOGUE,
    DCAT + "DatasetSeries": Kind.SERIES,
    DCAT + "DataService": Kind.SERVICE,
    DCAT + "Dataset": Kind.DATASET,
}
_ELSEWHERE = {
    DCAT + "record",
    DCAT + "dataset",
    DCAT + "catalog",
    FOAF + "primaryTopic",
    SKOS + "broader",
    SKOS + "narrower",
    SKOS + "member",
    SKOS + "hasTopConcept",
    SKOS + "topConceptOf",
}
"""Properties that lead out of a record, into others or through a whole vocabulary."""


@dataclass(frozen=True)
class Record:
    """One description, as the original triples.

    Args:
        iri: the node described; `_:label` when it has no address.
        kind: what it is.
        triples: all that is said of it and of the nodes that belong to it.
        prefixes: those of the file it came from.
    """

    iri: str
    kind: Kind
    triples: tuple[Triple, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        """Whether the node described has no address, so that nothing can refer to it."""
        return self.iri.startswith("_:")

    @property
    def node(self) -> Node:
        return BlankNode(self.iri[2:]) if self.anonymous else NamedNode(self.iri)

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.triples)

    @cached_property
    def digest(self) -> str:
        """`sha256:` of the canonical N-Triples: blank node names and order do not count."""
        return canonical.digest(self.triples)


def split(graph: Graph, also: Mapping[Node, Kind] | None = None) -> Iterator[Record]:
    """The records of a graph, catalogues first, then by address.

    Args:
        graph: what a catalogue says.
        also: nodes known to be described though they do not say their class.

    Raises:
        PreuveError: nodes shared by many records would multiply the graph beyond measure.
    """
    nodes = Nodes(graph)
    roots = _roots(nodes) | {node: kind for node, kind in (also or {}).items() if node in nodes}
    about = _catalogue_records(nodes)
    left = COPIES * len(graph) + 100_000
    order = sorted(roots, key=lambda node: (roots[node] is not Kind.CATALOGUE, label_of(node)))
    for root in order:
        triples = _description(root, nodes, roots, about.get(root, []))
        left -= len(triples)
        if left < 0:
            raise PreuveError(
                _("Nodes shared by many records make this catalogue too heavy to split."),
                where=graph.where,
                remedy=_("Describe the shared node once, and only refer to it by its address."),
            )
        yield Record(label_of(root), roots[root], tuple(triples), graph.prefixes)


def record_of(graph: Graph) -> Record:
    """The one record of a file: its data set, or else what it describes.

    Raises:
        PreuveError: the file describes none, or several of a kind.
    """
    found = list(split(graph))
    for kind in (Kind.DATASET, Kind.SERIES, Kind.SERVICE, Kind.CATALOGUE):
        of_kind = [record for record in found if record.kind is kind]
        if len(of_kind) == 1:
            return of_kind[0]
        if of_kind:
            raise PreuveError(
                _("The file describes {count} records where one is expected.").format(
                    count=len(of_kind)
                ),
                where=graph.where,
                remedy=_("Give one file for each record."),
            )
    raise PreuveError(
        _("The file describes no data set, series, service or catalogue."),
        where=graph.where,
        remedy=_("Say what the record is: “a dcat:Dataset”."),
    )


def claims(record: Record) -> frozenset[str]:
    """Every identifier a record takes for its own: its address, identifiers, addresses it equals.

    A store refuses a record that claims what another already holds.
    """
    nodes, found = record.nodes, set()
    if not record.anonymous:
        found.add(record.iri)
    for value in nodes.values(record.node, DCT + "identifier", OWL + "sameAs"):
        found.add(value.value if not isinstance(value, BlankNode) else "")
    for value in nodes.values(record.node, ADMS + "identifier"):
        notation = nodes.text(value, SKOS + "notation")
        found.add(notation or ("" if isinstance(value, BlankNode) else value.value))
    return frozenset(text.strip() for text in found if text.strip())


def _roots(nodes: Nodes) -> dict[Node, Kind]:
    """The nodes described: by class, or because a catalogue lists them.

    A node that only says its class, and that another refers to, is described elsewhere.
    """
    found: dict[Node, Kind] = {}
    listed: set[Term] = set()
    referred: set[Term] = set()
    for node, says in nodes.outgoing.items():
        listed.update(says.get(DCAT + "dataset", ()))
        referred.update(v for name, values in says.items() if name != TYPE for v in values)
        classes = nodes.classes(node)
        kind = next((kind for name, kind in _CLASSES.items() if name in classes), None)
        if kind is not None:
            found[node] = kind
    for one in listed:
        if not isinstance(one, Literal) and one in nodes:
            found.setdefault(one, Kind.DATASET)
    return {
        node: kind
        for node, kind in found.items()
        if node not in referred or set(nodes.outgoing[node]) != {TYPE}
    }


def _catalogue_records(nodes: Nodes) -> dict[Term, list[Node]]:
    """The catalogue records (dcat:CatalogRecord) about each node."""
    about: dict[Term, list[Node]] = {}
    for node, says in nodes.outgoing.items():
        if DCAT + "CatalogRecord" in nodes.classes(node):
            for topic in says.get(FOAF + "primaryTopic", ()):
                about.setdefault(topic, []).append(node)
    return about


def _description(
    root: Node, nodes: Nodes, roots: Mapping[Node, Kind], about: list[Node]
) -> list[Triple]:
    """The triples of a root, breadth first; each node is visited once, so cycles end.

    Of another record nothing is copied: its class alone would make a data set without properties
    of it. Two are asked for by profiles: the class of a catalogue record's topic, and the access
    service of a distribution.
    """
    begun = [root, *about]
    seen: set[Node] = set(begun)
    waiting: deque[Node] = deque(begun)
    triples: list[Triple] = []
    while waiting:
        node = waiting.popleft()
        for triple in nodes.triples_of(node):
            triples.append(triple)
            value = triple.object
            if isinstance(value, Literal | Triple) or value in seen or value not in nodes:
                continue
            name = triple.predicate.value
            if value in roots and name != DCAT + "accessService":
                if name == FOAF + "primaryTopic":
                    seen.add(value)
                    triples.extend(t for t in nodes.triples_of(value) if t.predicate.value == TYPE)
            elif name not in _ELSEWHERE:
                seen.add(value)
                waiting.append(value)
    return triples
