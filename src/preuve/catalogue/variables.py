"""Variables: the tables and columns of a data set (CSV on the Web), read from a record or a CSV.

Release 8 says `csvw:title`, Release 5 and the Health Data Hub catalogue `csvw:titles`; both are
read. `csvw:column` is a repeated property; a list is read too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.names import CSVW, DCAT, DCT, HEALTH, RDF, TYPE
from preuve.catalogue.nodes import Node, Nodes, Term, label_of
from preuve.catalogue.record import Record
from preuve.catalogue.texts import Texts

Release = OneOf["r5", "r8"]
MEMBERS = 20_000
"""Members of a list that are read."""


@dataclass(frozen=True)
class Variable:
    """One column."""

    name: str
    titles: Texts = field(default_factory=Texts)
    descriptions: Texts = field(default_factory=Texts)
    datatype: str = ""
    property_url: str = ""
    iri: str = ""


@dataclass(frozen=True)
class TableOfVariables:
    """One table and its columns, in the order the record gives them."""

    titles: Texts
    variables: tuple[Variable, ...]
    descriptions: Texts = field(default_factory=Texts)
    url: str = ""
    keywords: Texts = field(default_factory=Texts)
    iri: str = ""

    @property
    def name(self) -> str:
        said = self.titles.said("en")
        return said.text if said else self.iri


def tables(record: Record) -> tuple[TableOfVariables, ...]:
    """The tables under healthdcatap:hasVariables, or that the record's nodes are."""
    nodes = record.nodes
    groups = nodes.values(record.node, HEALTH + "hasVariables")
    found: list[Term] = []
    for group in groups:
        inside = _members(nodes, nodes.values(group, CSVW + "table"))
        found.extend(inside or ([group] if CSVW + "Table" in nodes.classes(group) else []))
    return tuple(_table(nodes, node) for node in dict.fromkeys(found))


def _table(nodes: Nodes, node: Term) -> TableOfVariables:
    columns = _members(nodes, nodes.values(node, CSVW + "column"))
    return TableOfVariables(
        titles=Texts.of(nodes.values(node, DCT + "title", CSVW + "title", CSVW + "titles")),
        descriptions=Texts.of(nodes.values(node, DCT + "description")),
        url=nodes.text(node, CSVW + "url"),
        keywords=Texts.of(nodes.values(node, DCAT + "keyword")),
        variables=tuple(_variable(nodes, column) for column in columns),
        iri=label_of(node),
    )


def _variable(nodes: Nodes, node: Term) -> Variable:
    titles = Texts.of(nodes.values(node, CSVW + "title", CSVW + "titles", DCT + "title"))
    return Variable(
        name=nodes.text(node, CSVW + "name"),
        titles=titles,
        descriptions=Texts.of(nodes.values(node, DCT + "description")),
        datatype=nodes.text(node, CSVW + "datatype"),
        property_url=nodes.text(node, CSVW + "propertyUrl"),
        iri=label_of(node),
    )


def _members(nodes: Nodes, values: list[Term] | tuple[Term, ...] | object) -> list[Term]:
    """The values, those that head an RDF list replaced by its members; a looped list ends."""
    found: list[Term] = []
    for value in values if isinstance(values, list | tuple) else ():
        seen: set[Term] = set()
        cell: Term | None = value
        if nodes.value(value, RDF + "first") is None:
            found.append(value)
            continue
        while cell is not None and cell not in seen and len(found) < MEMBERS:
            seen.add(cell)
            found.extend(nodes.values(cell, RDF + "first"))
            cell = nodes.value(cell, RDF + "rest")
    return found


def group(record_iri: str) -> str:
    """The address given to the group of tables of a record."""
    return f"{record_iri}#variables"


def as_triples(
    found: tuple[TableOfVariables, ...], record_iri: str, release: Release = "r8"
) -> tuple[Triple, ...]:
    """The triples that say the tables, from `healthdcatap:hasVariables` down.

    Args:
        found: the tables; nodes without an address are given one under the record's.
        record_iri: the data set described.
        release: which name the title of a column takes.
    """
    say = _Said()
    top = NamedNode(group(record_iri))
    say(NamedNode(record_iri), HEALTH + "hasVariables", top)
    say(top, TYPE, NamedNode(CSVW + "TableGroup"))
    say(top, DCT + "title", Literal("Variables", language="fr"))
    for table in found:
        node = _node(table.iri, f"{group(record_iri)}/{quote(table.name, safe='')}")
        say(top, CSVW + "table", node)
        say(node, TYPE, NamedNode(CSVW + "Table"))
        say.texts(node, DCT + "title", table.titles)
        say.texts(node, DCT + "description", table.descriptions)
        say.texts(node, DCAT + "keyword", table.keywords)
        if table.url:
            say(node, CSVW + "url", NamedNode(table.url))
        for variable in table.variables:
            _say_variable(say, node, variable, release)
    return tuple(say.triples)


def _say_variable(say: _Said, table: NamedNode, variable: Variable, release: Release) -> None:
    node = _node(variable.iri, f"{table.value}/{quote(variable.name, safe='')}")
    say(table, CSVW + "column", node)
    say(node, TYPE, NamedNode(CSVW + "Column"))
    say(node, CSVW + "name", Literal(variable.name))
    say.texts(node, CSVW + ("title" if release == "r8" else "titles"), variable.titles)
    say.texts(node, DCT + "description", variable.descriptions)
    if variable.datatype:
        say(node, CSVW + "datatype", Literal(variable.datatype))
    if variable.property_url:
        say(node, CSVW + "propertyUrl", NamedNode(variable.property_url))


def _node(iri: str, otherwise: str) -> NamedNode:
    return NamedNode(iri if iri and not iri.startswith("_:") else otherwise)


class _Said:
    """Triples as they are said."""

    def __init__(self) -> None:
        self.triples: list[Triple] = []

    def __call__(self, node: Node, name: str, value: Term) -> None:
        self.triples.append(Triple(node, NamedNode(name), value))

    def texts(self, node: Node, name: str, texts: Texts) -> None:
        for said in texts:
            value = Literal(said.text, language=said.language or None)
            self(node, name, value)
