"""Sweep: one pass over some triples, each value repaired where one right reading exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue.dates import impossible, typed_date
from preuve.catalogue.dirt import Dirt, Kind
from preuve.catalogue.expected import (
    ADDRESSES,
    CLASSES,
    COUNTS,
    DATES,
    KINDS,
    LISTS,
    MISSPELT,
    PLACEHOLDERS,
    PROPERTIES,
)
from preuve.catalogue.names import DCAT, FOAF, TYPE, VCARD, XSD, short
from preuve.catalogue.nodes import Nodes, Term, label_of
from preuve.catalogue.prefixes import KNOWN
from preuve.catalogue.vocabulary import concepts, normal, right_namespace
from preuve.core.language import _

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_EMAIL = re.compile(r"[^\s@<>:/]+@[^\s@<>:/]+\.[^\s@<>:/]+")
_WEB = re.compile(r'https?://[^\s<>"{}|\\^`]+')
_LANGUAGE = re.compile(r"^(.*\S)\s*@([a-z]{2,3})\s*$", re.S)
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")
_IANA = "https://www.iana.org/assignments/media-types/"
_STRING = XSD + "string"


class Sweep:
    """One pass over some triples."""

    def __init__(self, base_iri: str | None) -> None:
        self.base_iri = base_iri
        self.dirt: list[Dirt] = []

    def triple(self, triple: Triple) -> Iterator[Triple]:
        """The triple repaired; nothing where it only holds a placeholder."""
        subject: Any = triple.subject
        name = triple.predicate.value
        value: Any = triple.object
        found = self._name(subject, name)
        kept = self._value(subject, found, value)
        if kept is None:
            return
        node = self._node(subject, subject)
        if found == name and kept is value and node is subject:
            yield triple
        else:
            yield Triple(node, NamedNode(found), kept)

    def _tell(
        self,
        kind: Kind,
        subject: Term,
        name: str,
        value: str,
        explanation: str,
        repair: str | None = None,
    ) -> None:
        told = Dirt(kind, label_of(subject), name, value, explanation, repair)
        if told not in self.dirt[-64:]:
            self.dirt.append(told)

    def _name(self, subject: Term, name: str) -> str:
        """The name of a property, in the namespace meant and as it is spelt."""
        if name in CLEAN_NAMES:
            return name
        bound = self._bound(subject, name)
        right = right_namespace(bound)
        if right != bound:
            self._tell(
                Kind.WRONG_NAMESPACE,
                subject,
                right,
                name,
                _("The property is written in a namespace that is not its own."),
                _("read as {value}").format(value=short(right)),
            )
        spelt = MISSPELT.get(right) or PROPERTIES.get(right.rstrip(":").lower(), right)
        if spelt != right:
            self._tell(
                Kind.MISSPELT_PROPERTY,
                subject,
                spelt,
                short(right),
                _("The property is misspelt."),
                _("read as {value}").format(value=short(spelt)),
            )
        return spelt

    def _bound(self, subject: Term, iri: str) -> str:
        """`dct:title` taken for an address because no context says what `dct` is."""
        prefix, colon, local = iri.partition(":")
        if not colon or prefix not in KNOWN or local.startswith("//"):
            return iri
        self._tell(
            Kind.UNBOUND_PREFIX,
            subject,
            "",
            iri,
            _("The prefix {prefix}: is used and never declared.").format(prefix=prefix),
            _("read as {namespace}").format(namespace=KNOWN[prefix]),
        )
        return KNOWN[prefix] + local

    def _value(self, subject: Term, name: str, value: Term) -> Term | None:
        if isinstance(value, BlankNode):
            return value
        if isinstance(value, NamedNode):
            return self._class(subject, value) if name == TYPE else self._node(subject, value, name)
        return self._literal(subject, name, value)

    def _class(self, subject: Term, value: NamedNode) -> NamedNode:
        bound = self._bound(subject, value.value)
        right = right_namespace(bound)
        spelt = KINDS.get(right.lower(), right)
        if spelt == bound:
            return value if bound == value.value else NamedNode(bound)
        wrong_space = right != bound
        self._tell(
            Kind.WRONG_NAMESPACE if wrong_space else Kind.MISSPELT_CLASS,
            subject,
            TYPE,
            short(value.value),
            _("The class is written in a namespace that is not its own.")
            if wrong_space
            else _("The class is misspelt: capital and small letters count."),
            _("read as {value}").format(value=short(spelt)),
        )
        return NamedNode(spelt)

    def _node(self, subject: Term, node: Any, name: str = "") -> Any:
        """An address made whole, valid, and at its usual host."""
        if isinstance(node, BlankNode):
            return node
        iri = node.value
        if not _SCHEME.match(iri):
            return self._relative(subject, node, name)
        if _FORBIDDEN.search(iri):
            valid = _FORBIDDEN.sub(lambda sign: quote(sign[0]), iri)
            self._tell(
                Kind.INVALID_IRI,
                subject,
                name,
                iri,
                _("An address holds a sign that addresses may not hold."),
                _("read as {value}").format(value=valid),
            )
            return NamedNode(valid)
        bound = self._bound(subject, iri)
        usual = normal(bound)
        if usual != bound and name:
            self._tell(
                Kind.EQUIVALENT_HOST,
                subject,
                name,
                iri,
                _("The vocabulary is named at a host that is not its usual one."),
                _("read as {value}").format(value=usual),
            )
        return node if usual == iri or not name else NamedNode(usual)

    def _relative(self, subject: Term, node: NamedNode, name: str) -> NamedNode:
        whole = urljoin(self.base_iri, node.value) if self.base_iri else ""
        self._tell(
            Kind.RELATIVE_IRI,
            subject,
            name,
            node.value,
            _("An address is relative, and nothing says to what."),
            _("read as {value}").format(value=whole) if whole else None,
        )
        return NamedNode(whole) if whole else node

    def _literal(self, subject: Term, name: str, value: Literal) -> Term | None:
        text = value.value.strip()
        if len(text) < 32 and text.lower() in PLACEHOLDERS:
            self._tell(
                Kind.PLACEHOLDER,
                subject,
                name,
                value.value,
                _("The text stands where nothing was filled in."),
                _("left out"),
            )
            return None
        for names, repair in _LITERAL_RULES:
            if name in names:
                return repair(self, subject, name, value)
        return self._tagged(subject, name, value)

    def _tagged(self, subject: Term, name: str, value: Literal) -> Literal:
        found = _LANGUAGE.match(value.value) if "@" in value.value[-6:] else None
        if not found or value.language or value.datatype.value != _STRING:
            return value
        self._tell(
            Kind.LANGUAGE_IN_TEXT,
            subject,
            name,
            value.value,
            _("The language is written inside the text."),
            _("read as a text in “{language}”").format(language=found[2]),
        )
        return Literal(found[1], language=found[2])

    def _address(self, subject: Term, name: str, value: Literal) -> Term:
        iri = self._iri_of(name, value.value.strip())
        self._tell(
            Kind.LITERAL_FOR_IRI,
            subject,
            name,
            value.value,
            _("A text stands where an address is expected."),
            _("read as {value}").format(value=iri) if iri else None,
        )
        return NamedNode(iri) if iri else value

    def _iri_of(self, name: str, text: str) -> str:
        if _WEB.fullmatch(text) or re.fullmatch(r"(mailto|tel|urn):\S+", text):
            return normal(text)
        if name in (VCARD + "hasEmail", FOAF + "mbox") and _EMAIL.fullmatch(text):
            return f"mailto:{text}"
        if name == DCAT + "mediaType" and _MEDIA_TYPE.fullmatch(text):
            return _IANA + text
        return _code(LISTS.get(name, ""), text)

    def _date(self, subject: Term, name: str, value: Literal) -> Term:
        if impossible(value.value):
            self._tell(
                Kind.IMPOSSIBLE_DATE,
                subject,
                name,
                value.value,
                _("This day does not exist."),
            )
            return value
        if value.datatype.value != _STRING:
            return value
        right = typed_date(value.value)
        self._tell(
            Kind.DATE_AS_TEXT,
            subject,
            name,
            value.value,
            _("A date is written as plain text."),
            _("read as {value}").format(value=right.value) if right else None,
        )
        return right or value

    def _count(self, subject: Term, name: str, value: Literal) -> Term:
        right = re.sub(r"[\s\u00a0\u202f]", "", value.value)
        if value.datatype.value != _STRING:
            return value
        is_number = right.isascii() and right.isdigit()
        self._tell(
            Kind.NUMBER_AS_TEXT,
            subject,
            name,
            value.value,
            _("A number is written as plain text."),
            _("read as {value}").format(value=right) if is_number else None,
        )
        kind = NamedNode(XSD + "nonNegativeInteger")
        return Literal(right, datatype=kind) if is_number else value

    def missing_types(self, triples: list[Triple]) -> Iterator[Triple]:
        """Classes of described nodes that say none, from the property that points at them."""
        nodes = Nodes(triples)
        told = set()
        for triple in triples:
            value: Any = triple.object
            name = triple.predicate.value
            if name not in CLASSES or isinstance(value, Literal) or value in told:
                continue
            if value not in nodes or nodes.values(value, TYPE):
                continue
            told.add(value)
            self._tell(
                Kind.MISSING_TYPE,
                value,
                TYPE,
                "",
                _("The node does not say what it is."),
                _("read as {value}").format(value=short(CLASSES[name])),
            )
            yield Triple(value, NamedNode(TYPE), NamedNode(CLASSES[name]))


_Repair = Callable[[Sweep, Term, str, Literal], Term]
_LITERAL_RULES: tuple[tuple[frozenset[str], _Repair], ...] = (
    (ADDRESSES | frozenset(LISTS), Sweep._address),
    (DATES, Sweep._date),
    (COUNTS, Sweep._count),
)
CLEAN_NAMES = frozenset(PROPERTIES.values()) - frozenset(MISSPELT) | {TYPE}
"""Names that need no look."""


def _code(name: str, text: str) -> str:
    """The address of the concept whose code or label a text is, case apart."""
    wanted = text.lower()
    for one in concepts(name):
        if wanted in (one.code.lower(), one.fr.lower(), one.en.lower()):
            return one.iri
    return ""
