"""Conditions: fees, rights of the holder and legal basis in France, read from and said in a record.

No profile names a property for these. The choice made here, so that any reader of RDF understands:

- fees (Regulation (EU) 2025/327, article 62): `cv:hasCost` with a `cv:Cost` of the Core Public
  Service Vocabulary, its value, currency, and what is paid for as `dct:description`;
- rights of the holder (article 52(2)): `dct:rights` with a `dct:RightsStatement` whose `dct:type`
  says which right, and whose `dct:description` says on what and which measures are asked;
- authorisation or reference method (CNIL): `dpv:hasLegalBasis` with a `dpv:LegalBasis`, its number
  as `dct:identifier`, its day as `dct:issued`, its text as `dct:source`.

`adms:status` says how sure the statement is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from pydantic import Field
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from preuve.catalogue.names import ADMS, CV, DCT, DPV, RDFS, TYPE, XSD
from preuve.catalogue.nodes import Nodes, Term
from preuve.catalogue.record import Record
from preuve.catalogue.texts import Texts
from preuve.core.written import Written

_OWN = "urn:preuve:"
_CURRENCY = "http://publications.europa.eu/resource/authority/currency/"


class Confidence(StrEnum):
    """How sure a statement is; UNSTATED where the record does not say."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNSTATED = "unstated"


class RightKind(StrEnum):
    """What article 52(2) asks a holder to flag."""

    INTELLECTUAL_PROPERTY = "intellectual-property"
    TRADE_SECRET = "trade-secret"  # noqa: S105  (a kind of right, not a password)
    REGULATORY_PROTECTION = "regulatory-protection"


class BasisKind(StrEnum):
    """How the CNIL allows the processing."""

    AUTHORISATION = "authorisation"
    REFERENCE_METHOD = "reference-method"
    WAREHOUSE_REFERENCE = "warehouse-reference"


class Spoken(Written):
    """A text in French and, where it exists, in English."""

    fr: str = ""
    en: str = ""

    @classmethod
    def of(cls, texts: Texts) -> Spoken:
        """The French and the English text; an untagged one counts as French."""
        found = {tag.partition("-")[0] or "fr": said for tag, said in texts.by_language.items()}
        return cls(fr="\n".join(found.get("fr", ())), en="\n".join(found.get("en", ())))


class Fee(Written):
    """An amount and what it pays for."""

    amount: Decimal | None = Field(default=None, ge=0, description="None: asked, not yet fixed.")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    description: Spoken = Spoken()
    page: str = ""
    confidence: Confidence = Confidence.UNSTATED


class Right(Written):
    """A right the holder flags, on what, with which measures."""

    kind: RightKind
    description: Spoken = Spoken()
    confidence: Confidence = Confidence.UNSTATED


class Basis(Written):
    """An authorisation or a reference method."""

    kind: BasisKind
    number: str = Field(default="", description="MR-004, or the number of the decision.")
    issued: date | None = None
    page: str = ""
    confidence: Confidence = Confidence.UNSTATED


class Conditions(Written):
    """What the holder asks before the data may be used."""

    fees: tuple[Fee, ...] = ()
    rights: tuple[Right, ...] = ()
    bases: tuple[Basis, ...] = ()


def conditions(record: Record) -> Conditions:
    """The conditions a record says; statements of another form are left to the record."""
    nodes = record.nodes
    return Conditions(
        fees=tuple(_fee(nodes, one) for one in nodes.values(record.node, CV + "hasCost")),
        rights=tuple(_some(nodes, record.node, DCT + "rights", _right)),
        bases=tuple(_some(nodes, record.node, DPV + "hasLegalBasis", _basis)),
    )


def _some(nodes: Nodes, node: Term, name: str, read: Callable[[Nodes, Term], Any]) -> Iterator[Any]:
    for value in nodes.values(node, name):
        found = read(nodes, value)
        if found is not None:
            yield found


def _code(nodes: Nodes, node: Term, name: str) -> str:
    text = nodes.text(node, name)
    return text.rpartition(":")[2] if text.startswith(_OWN) else ""


def _confidence(nodes: Nodes, node: Term) -> Confidence:
    code = _code(nodes, node, ADMS + "status")
    return next((one for one in Confidence if one == code), Confidence.UNSTATED)


def _said(nodes: Nodes, node: Term) -> Spoken:
    return Spoken.of(Texts.of(nodes.values(node, DCT + "description", RDFS + "label")))


def _fee(nodes: Nodes, node: Term) -> Fee:
    currency = nodes.text(node, CV + "currency").rpartition("/")[2]
    return Fee(
        amount=_amount(nodes.text(node, CV + "value")),
        currency=currency if len(currency) == 3 and currency.isupper() else "EUR",
        description=_said(nodes, node),
        page=nodes.text(node, DCT + "source"),
        confidence=_confidence(nodes, node),
    )


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _right(nodes: Nodes, node: Term) -> Right | None:
    code = _code(nodes, node, DCT + "type")
    kind = next((one for one in RightKind if one == code), None)
    if kind is None:
        return None
    return Right(
        kind=kind,
        description=_said(nodes, node),
        confidence=_confidence(nodes, node),
    )


def _basis(nodes: Nodes, node: Term) -> Basis | None:
    code = _code(nodes, node, DCT + "type")
    kind = next((one for one in BasisKind if one == code), None)
    if kind is None:
        return None
    return Basis(
        kind=kind,
        number=nodes.text(node, DCT + "identifier"),
        issued=_day(nodes.text(node, DCT + "issued")),
        page=nodes.text(node, DCT + "source"),
        confidence=_confidence(nodes, node),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def as_triples(found: Conditions, record_iri: str) -> tuple[Triple, ...]:
    """The triples that say the conditions, each on a blank node of the record."""
    say = _Saying(NamedNode(record_iri))
    for fee in found.fees:
        node = say.new(CV + "hasCost", CV + "Cost", fee.confidence)
        if fee.amount is not None:
            say(node, CV + "value", Literal(str(fee.amount), datatype=NamedNode(XSD + "decimal")))
        say(node, CV + "currency", NamedNode(_CURRENCY + fee.currency))
        say.spoken(node, fee.description)
        say.page(node, fee.page)
    for right in found.rights:
        node = say.new(DCT + "rights", DCT + "RightsStatement", right.confidence)
        say(node, DCT + "type", NamedNode(f"{_OWN}right:{right.kind}"))
        say.spoken(node, right.description)
    for basis in found.bases:
        node = say.new(DPV + "hasLegalBasis", DPV + "LegalBasis", basis.confidence)
        say(node, DCT + "type", NamedNode(f"{_OWN}basis:{basis.kind}"))
        if basis.number:
            say(node, DCT + "identifier", Literal(basis.number))
        if basis.issued:
            day = Literal(basis.issued.isoformat(), datatype=NamedNode(XSD + "date"))
            say(node, DCT + "issued", day)
        say.page(node, basis.page)
    return tuple(say.triples)


class _Saying:
    """Triples about one record, each statement on a node of its own."""

    def __init__(self, subject: NamedNode) -> None:
        self.subject = subject
        self.triples: list[Triple] = []

    def __call__(self, node: NamedNode | BlankNode, name: str, value: Term) -> None:
        self.triples.append(Triple(node, NamedNode(name), value))

    def new(self, name: str, kind: str, confidence: Confidence) -> BlankNode:
        node = BlankNode()
        self(self.subject, name, node)
        self(node, TYPE, NamedNode(kind))
        if confidence is not Confidence.UNSTATED:
            self(node, ADMS + "status", NamedNode(f"{_OWN}confidence:{confidence}"))
        return node

    def spoken(self, node: BlankNode, text: Spoken) -> None:
        for language, words in (("fr", text.fr), ("en", text.en)):
            if words:
                self(node, DCT + "description", Literal(words, language=language))

    def page(self, node: BlankNode, address: str) -> None:
        if address:
            self(node, DCT + "source", NamedNode(address))
