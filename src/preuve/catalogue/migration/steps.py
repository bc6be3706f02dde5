"""Steps: what can be done without a person to bring a record to Release 8.

Each step adds what follows from the record and replaces only what Release 8 refuses; it invents
nothing: a description nobody wrote, a day nobody gave stay missing.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from preuve.catalogue.expected import COUNTS
from preuve.catalogue.migration.draft import Draft, node_values, typed
from preuve.catalogue.names import (
    CSVW,
    DCAT,
    DCATAP,
    DCT,
    EHDS,
    HEALTH,
    SKOS,
    TYPE,
    XSD,
)
from preuve.catalogue.vocabulary import normal
from preuve.core.language import _

_HEAL = NamedNode("http://publications.europa.eu/resource/authority/data-theme/HEAL")
_CODING = Path(__file__).parent.parent / "vocabulary" / "coding_systems.json"


@cache
def known_coding_systems() -> dict[str, str]:
    """The Release 8 code of coding systems named elsewhere, by their address elsewhere."""
    rows: list[dict[str, Any]] = json.loads(_CODING.read_text(encoding="utf-8"))["rows"]
    return {address: row["iri"] for row in rows for address in row["also"]}


def identifier(draft: Draft) -> None:
    """The record's address is an identifier: Release 8 asks for one as a literal."""
    for value in draft.values(draft.root, DCT + "identifier"):
        if isinstance(value, NamedNode):
            what = _("identifier said as a text")
            literal = typed(value.value, XSD + "anyURI")
            draft.swap(draft.root, DCT + "identifier", value, literal, what)
    if draft.record.anonymous or draft.values(draft.root, DCT + "identifier"):
        return
    draft.add(
        draft.root,
        DCT + "identifier",
        typed(draft.record.iri, XSD + "anyURI"),
        _("identifier taken from the address"),
    )


def theme(draft: Draft) -> None:
    """What has a health data category is about health."""
    if draft.values(draft.root, HEALTH + "healthCategory"):
        draft.add(draft.root, DCAT + "theme", _HEAL, _("theme Health added"))


def legislation(draft: Draft) -> None:
    """A distribution falls under the health data space when its data set does."""
    space = NamedNode(EHDS)
    if space not in draft.values(draft.root, DCATAP + "applicableLegislation"):
        return
    for node in draft.of_class(DCAT + "Distribution"):
        if not draft.values(node, DCATAP + "applicableLegislation"):
            what = _("legislation of the data set said of its distribution")
            draft.add(node, DCATAP + "applicableLegislation", space, what)


def titles(draft: Draft) -> None:
    """Columns say `csvw:title`, tables `dct:title`, where Release 5 said `csvw:titles`."""
    for kind, name in ((CSVW + "Column", CSVW + "title"), (CSVW + "Table", DCT + "title")):
        for node in draft.of_class(kind):
            if draft.values(node, name):
                continue
            for value in draft.values(node, CSVW + "titles", CSVW + "title"):
                if isinstance(value, Literal):
                    draft.add(node, name, value, _("title said as Release 8 does"))


def table_groups(draft: Draft) -> None:
    """Tables hang under a group, and the group has a title."""
    for node in node_values(draft.values(draft.root, HEALTH + "hasVariables")):
        if CSVW + "Table" in draft.nodes.classes(node) and not draft.record.anonymous:
            group = NamedNode(f"{draft.record.iri}#variables")
            what = _("table put under a group of tables")
            draft.swap(draft.root, HEALTH + "hasVariables", node, group, what)
            draft.add(group, TYPE, NamedNode(CSVW + "TableGroup"), "")
            draft.add(group, CSVW + "table", node, "")
    for node in draft.of_class(CSVW + "TableGroup"):
        if not draft.values(node, DCT + "title"):
            what = _("title given to the group of tables")
            draft.add(node, DCT + "title", Literal("Variables", language="fr"), what)
            draft.add(node, DCT + "title", Literal("Variables", language="en"), "")


def structured(draft: Draft) -> None:
    """Data with variables are structured; without, a person must say."""
    if draft.values(draft.root, HEALTH + "hasStructuredData"):
        return
    groups = draft.values(draft.root, HEALTH + "hasVariables")
    if any(draft.values(group, CSVW + "table") for group in groups):
        draft.add(
            draft.root,
            HEALTH + "hasStructuredData",
            typed("true", XSD + "boolean"),
            _("said to be structured, because it has variables"),
        )


def counts(draft: Draft) -> None:
    """Whole numbers take the datatype Release 8 asks for; the digits stay."""
    for node in list(draft.nodes):
        for name in COUNTS:
            for value in draft.values(node, name):
                if not isinstance(value, Literal) or not re.fullmatch(r"\+?\d+", value.value):
                    continue
                right = typed(value.value, XSD + "nonNegativeInteger")
                if right != value:
                    what = _("number given the datatype xsd:nonNegativeInteger")
                    draft.swap(node, name, value, right, what)


def code_values(draft: Draft) -> None:
    """Code values are literals in Release 8: the notation of the concept, else its identifier."""
    for value in draft.values(draft.root, HEALTH + "hasCodeValues"):
        if isinstance(value, Literal):
            continue
        text = draft.nodes.text(value, SKOS + "notation", DCT + "identifier")
        text = text or ("" if isinstance(value, BlankNode) else value.value)
        if text:
            what = _("code value said as a text")
            draft.swap(draft.root, HEALTH + "hasCodeValues", value, Literal(text), what)
            draft.forget(value)


def coding_systems(draft: Draft) -> None:
    """Coding systems named by Wikidata also take their Release 8 code."""
    for value in draft.values(draft.root, HEALTH + "hasCodingSystem"):
        texts = [] if isinstance(value, BlankNode) else [value.value]
        texts += [draft.nodes.text(value, DCT + "identifier")]
        for text in texts:
            code = known_coding_systems().get(normal(text))
            if code:
                what = _("coding system named by its Release 8 code")
                draft.add(draft.root, HEALTH + "hasCodingSystem", NamedNode(code), what)


STEPS = (
    identifier,
    theme,
    legislation,
    titles,
    table_groups,
    structured,
    counts,
    code_values,
    coding_systems,
)
