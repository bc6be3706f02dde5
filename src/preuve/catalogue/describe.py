"""Describe: a record read into typed values; what is missing or unreadable stays empty."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import BlankNode, Literal

from preuve.catalogue.conditions import conditions
from preuve.catalogue.description import Agent, Coded, Description, Distribution, Period
from preuve.catalogue.names import (
    ADMS,
    CV,
    DCAT,
    DCATAP,
    DCT,
    DPV,
    DQV,
    FOAF,
    GEODCATAP,
    HEALTH,
    ODRL,
    OWL,
    PROV,
    RDFS,
    SCHEMA,
    SKOS,
    SPDX,
    TIME,
    VCARD,
)
from preuve.catalogue.nodes import Nodes, Term, label_of
from preuve.catalogue.record import Record, claims
from preuve.catalogue.texts import Texts
from preuve.catalogue.variables import tables
from preuve.catalogue.vocabulary import concept, normal


def describe(record: Record) -> Description:
    """What a record says; a missing or unreadable value is empty, never invented."""
    read = _Reader(record.nodes, record.node)
    return Description(
        iri=record.iri,
        kind=record.kind,
        identifiers=tuple(sorted(claims(record))),
        titles=read.texts(DCT + "title"),
        descriptions=read.texts(DCT + "description"),
        keywords=read.texts(DCAT + "keyword"),
        alternatives=read.texts(DCT + "alternative"),
        access=read.one(DCT + "accessRights"),
        themes=read.coded(DCAT + "theme"),
        types=read.coded(DCT + "type"),
        categories=read.coded(HEALTH + "healthCategory"),
        health_themes=read.coded(HEALTH + "healthTheme"),
        coding_systems=read.coded(HEALTH + "hasCodingSystem"),
        code_values=read.deep_texts(HEALTH + "hasCodeValues"),
        territory=read.coded(DCT + "spatial"),
        languages=read.coded(DCT + "language"),
        frequency=read.one(DCT + "accrualPeriodicity"),
        conforms_to=read.coded(DCT + "conformsTo"),
        legislation=read.addresses(DCATAP + "applicableLegislation"),
        purposes=read.coded(DPV + "hasPurpose"),
        personal_data=read.coded(DPV + "hasPersonalData"),
        provenance=read.deep_texts(DCT + "provenance"),
        generated_by=read.activities(),
        quality=read.deep_texts(DQV + "hasQualityAnnotation"),
        population=read.texts(HEALTH + "populationCoverage"),
        publisher=read.agent(DCT + "publisher"),
        creators=read.agents(DCT + "creator"),
        hdab=read.agent(HEALTH + "hdab"),
        custodian=read.agent(GEODCATAP + "custodian"),
        contacts=read.agents(DCAT + "contactPoint"),
        temporal=read.periods(DCT + "temporal"),
        retention=next(iter(read.periods(HEALTH + "retentionPeriod")), None),
        records=read.text(HEALTH + "numberOfRecords"),
        people=read.text(HEALTH + "numberOfUniqueIndividuals"),
        age=Period(read.text(HEALTH + "minTypicalAge"), read.text(HEALTH + "maxTypicalAge")),
        structured=_boolean(read.text(HEALTH + "hasStructuredData")),
        distributions=read.distributions(DCAT + "distribution"),
        samples=read.distributions(ADMS + "sample"),
        analytics=read.distributions(HEALTH + "analytics"),
        variables=tables(record),
        conditions=conditions(record),
        landing_pages=read.addresses(DCAT + "landingPage"),
        series=read.addresses(DCAT + "inSeries"),
        version=read.text(DCAT + "version", OWL + "versionInfo"),
        issued=read.text(DCT + "issued"),
        modified=read.text(DCT + "modified"),
    )


def _last(iri: str, after: str = "") -> str:
    """The last part of an address, or what follows `after` in it."""
    if after and after in iri:
        return iri.partition(after)[2]
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text)


class _Reader:
    """Values of one node, typed."""

    def __init__(self, nodes: Nodes, node: Term) -> None:
        self.nodes, self.node = nodes, node

    def at(self, node: Term) -> _Reader:
        return _Reader(self.nodes, node)

    def text(self, *properties: str) -> str:
        return self.nodes.text(self.node, *properties)

    def texts(self, *properties: str) -> Texts:
        return Texts.of(self.nodes.values(self.node, *properties))

    def deep_texts(self, name: str) -> Texts:
        """Texts of the property itself and those of the nodes it points at."""
        values = list(self.nodes.values(self.node, name))
        inner = [
            text
            for value in values
            for text in self.nodes.values(
                value, RDFS + "label", DCT + "title", DCT + "description", SKOS + "prefLabel",
                DQV + "hasBody", SKOS + "notation",
            )
        ]  # fmt: skip
        return Texts.of([*values, *inner])

    def addresses(self, *properties: str) -> tuple[str, ...]:
        found = (label_of(value) for value in self.nodes.values(self.node, *properties))
        return tuple(dict.fromkeys(found))

    def coded(self, name: str) -> tuple[Coded, ...]:
        found = [self.code_of(value) for value in self.nodes.values(self.node, name)]
        return tuple({(one.iri, one.code): one for one in found}.values())

    def one(self, name: str) -> Coded | None:
        return next(iter(self.coded(name)), None)

    def code_of(self, value: Term) -> Coded:
        known = None if isinstance(value, BlankNode) else concept(value.value.strip())
        if known:
            texts = Texts({"en": (known.en,), "fr": (known.fr,)})
            return Coded(known.iri, known.code, known.list, texts)
        texts = Texts.of(
            self.nodes.values(
                value, SKOS + "prefLabel", RDFS + "label", DCT + "title", FOAF + "name"
            )
        )
        if isinstance(value, Literal):
            return Coded("", value.value.strip(), texts=Texts.of([value]))
        if isinstance(value, BlankNode):
            said = texts.said()
            named = self.nodes.text(value, DCT + "identifier", SKOS + "notation")
            return Coded("", said.text if said else named, texts=texts)
        return Coded(normal(value.value), _last(value.value), texts=texts)

    def agent(self, name: str) -> Agent | None:
        return next(iter(self.agents(name)), None)

    def agents(self, name: str) -> tuple[Agent, ...]:
        return tuple(self._agent(value) for value in self.nodes.values(self.node, name))

    def _agent(self, value: Term) -> Agent:
        if isinstance(value, Literal):
            return Agent("", Texts.of([value]))
        points = [value, *self.nodes.values(value, CV + "contactPoint")]
        here = self.at(value)
        return Agent(
            label_of(value),
            here.texts(FOAF + "name", VCARD + "fn", SKOS + "prefLabel", RDFS + "label"),
            self._of(points, "mailto:", CV + "email", VCARD + "hasEmail", FOAF + "mbox"),
            self._of(points, "", CV + "contactPage", VCARD + "hasURL", FOAF + "homepage"),
            self._of(points, "tel:", CV + "telephone", VCARD + "hasTelephone", FOAF + "phone"),
            here.one(HEALTH + "publisherType") or here.one(DCT + "type"),
            _boolean(here.text(HEALTH + "trustedDataHolder")),
        )

    def _of(self, nodes: Sequence[Term], scheme: str, *properties: str) -> tuple[str, ...]:
        found = (
            value.value.removeprefix(scheme)
            for node in nodes
            for value in self.nodes.values(node, *properties)
            if not isinstance(value, BlankNode)
        )
        return tuple(dict.fromkeys(found))

    def activities(self) -> tuple[Coded, ...]:
        """What produced the data: the type of the activity where it has one, else its label."""
        found: list[Coded] = []
        for value in self.nodes.values(self.node, PROV + "wasGeneratedBy"):
            kinds = self.nodes.values(value, DCT + "type")
            found.extend(self.code_of(kind) for kind in kinds or [value])
        return tuple(found)

    def periods(self, name: str) -> tuple[Period, ...]:
        found = []
        for value in self.nodes.values(self.node, name):
            here = self.at(value)
            start = here.text(DCAT + "startDate", SCHEMA + "startDate")
            end = here.text(DCAT + "endDate", SCHEMA + "endDate")
            start = start or self._instant(value, TIME + "hasBeginning")
            end = end or self._instant(value, TIME + "hasEnd")
            if start or end:
                found.append(Period(start, end))
        return tuple(found)

    def _instant(self, value: Term, name: str) -> str:
        node = self.nodes.value(value, name)
        if node is None:
            return ""
        names = ("inXSDDate", "inXSDDateTimeStamp", "inXSDDateTime", "inXSDgYear")
        return self.nodes.text(node, *(TIME + name for name in names))

    def distributions(self, name: str) -> tuple[Distribution, ...]:
        return tuple(self.at(v).distribution() for v in self.nodes.values(self.node, name))

    def distribution(self) -> Distribution:
        return Distribution(
            iri=label_of(self.node),
            titles=self.texts(DCT + "title"),
            descriptions=self.texts(DCT + "description"),
            access=self.addresses(DCAT + "accessURL"),
            download=self.addresses(DCAT + "downloadURL"),
            format=self.one(DCT + "format"),
            media_type=_last(self.text(DCAT + "mediaType"), after="media-types/"),
            byte_size=self.text(DCAT + "byteSize"),
            licence=self.text(DCT + "license") or self.text(ODRL + "hasPolicy"),
            rights=self.deep_texts(DCT + "rights"),
            conforms_to=self.coded(DCT + "conformsTo"),
            sha256=self._sha256(),
        )

    def _sha256(self) -> str:
        for checksum in self.nodes.values(self.node, SPDX + "checksum"):
            if self.nodes.text(checksum, SPDX + "algorithm").endswith("sha256"):
                return self.nodes.text(checksum, SPDX + "checksumValue").lower()
        return ""
