"""Region: SYNTHETIC records of an invented region, the same for the same number and seed.

Every record says that it is SYNTHETIC in its title, its description, a keyword and its type
(SYNTHETIC_DATA). About one in eight has a defect that a check finds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from preuve.catalogue.example.places import BASE, Establishment, establishments

_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_PREFIXES = {
    "cv": "http://data.europa.eu/m8g/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://data.europa.eu/930/",
    "health": "http://healthdataportal.eu/ns/health#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
_EU = "http://publications.europa.eu/resource/authority/"
_HEALTH = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LAW = "<http://data.europa.eu/eli/reg/2025/327/oj>"
_ACCESS = ("PUBLIC", "RESTRICTED", "RESTRICTED", *("NON_PUBLIC",) * 7)
_PERSONAL = ("Age", "Gender", "HealthRecord")
_DEFECTIVE = 8
_DEFECTS: tuple[Callable[[str], bool], ...] = (
    lambda line: "/ns/health#hdab>" in line,
    lambda line: "/ns/health#healthCategory>" in line,
    lambda line: "/terms/identifier>" in line,
    lambda line: "/ns/dcat#contactPoint>" in line,
    lambda line: "/ns/dcat#keyword>" in line,
    lambda line: "/terms/provenance>" in line,
    lambda line: "/ns/dcat#theme>" in line,
    lambda line: "/columns/4> <http://www.w3.org/ns/csvw#name>" in line,
)
"""What a defective record lacks."""


@dataclass(frozen=True)
class Drawn:
    """What chance decided of one record."""

    iri: str
    kind: dict[str, Any]
    subject: dict[str, str]
    holder: Establishment
    access: str
    years: tuple[int, int]
    people: int
    english: bool
    defect: int | None


def documents(count: int, seed: int = 1, *, first: int = 1) -> Iterator[str]:
    """The records as N-Triples, from the number `first` on."""
    for number in range(first, first + count):
        yield document(drawn(number, seed))


def drawn(number: int, seed: int = 1) -> Drawn:
    """The record of a number; small numbers are of the first establishments."""
    chance = random.Random(f"{seed}/{number}")
    kind = kinds()[(number - 1) % len(kinds())]
    holders = establishments()
    near = min(len(holders), 6 + number // 40)
    begun = chance.randrange(2005, 2022)
    return Drawn(
        iri=f"{BASE}dataset/{seed}-{number:06d}",
        kind=kind,
        subject=chance.choice(kind["subjects"]),
        holder=holders[chance.randrange(near)],
        access=chance.choice(_ACCESS),
        years=(begun, chance.randrange(begun + 1, 2027)),
        people=round(10 ** chance.uniform(2.3, 6.0)),
        english=chance.random() < 0.4,
        defect=chance.randrange(len(_DEFECTS)) if number % _DEFECTIVE == 3 else None,
    )


def document(one: Drawn) -> str:
    """A record of HealthDCAT-AP Release 8 as N-Triples."""
    lines = [*_dataset(one), *_agents(one), *_access(one), *_variables(one)]
    if one.defect is not None:
        lines = [line for line in lines if not _DEFECTS[one.defect](line)]
    return "\n".join(lines) + "\n"


def _dataset(one: Drawn) -> Iterator[str]:
    node, kind = f"<{one.iri}>", one.kind
    yield _type(node, "dcat:Dataset")
    for language in ("fr", "en") if one.english else ("fr",):
        yield _says(node, "dct:title", _text(_title(one, language), language))
        yield _says(node, "dct:description", _text(_description(one, language), language))
        for keyword in (*kind["keywords"], one.subject):
            yield _says(node, "dcat:keyword", _text(keyword[language], language))
    yield _says(node, "dcat:keyword", '"SYNTHÉTIQUE"@fr')
    yield _says(node, "dcat:keyword", '"SYNTHETIC"@en')
    yield _says(node, "dct:identifier", f'"{one.iri}"')
    yield _says(node, "dct:accessRights", f"<{_EU}access-right/{one.access}>")
    yield _says(node, "dcatap:applicableLegislation", _LAW)
    yield _says(node, "dcat:theme", f"<{_EU}data-theme/HEAL>")
    yield _says(node, "dct:type", f"<{_EU}dataset-type/SYNTHETIC_DATA>")
    yield _says(node, "dct:type", f"<{_EU}dataset-type/PERSONAL_DATA>")
    yield _says(node, "dct:language", f"<{_EU}language/FRA>")
    if one.english:
        yield _says(node, "dct:language", f"<{_EU}language/ENG>")
    yield _says(node, "dct:conformsTo", f"<{_HEALTH}standard/{kind['standard']}>")
    yield _says(node, "health:healthCategory", f"<{_HEALTH}healthcategories/{kind['category']}>")
    yield _says(node, "health:healthTheme", f"<{_HEALTH}health-theme/{kind['theme']}>")
    for system in kind["coding"]:
        yield _says(node, "health:hasCodingSystem", f"<{_HEALTH}coding-system/{system}>")
    yield from _coverage(one, node)
    yield from _making(one, node)


def _coverage(one: Drawn, node: str) -> Iterator[str]:
    yield _says(node, "dct:spatial", f"<{_EU}country/FRA>")
    for place in (one.holder.region, one.holder.department):
        location = f"<{BASE}territoire/{slug(place)}>"
        yield _says(node, "dct:spatial", location)
        yield _type(location, "dct:Location")
        yield _says(location, "skos:prefLabel", _text(place, "fr"))
    period = f"<{one.iri}/period>"
    yield _says(node, "dct:temporal", period)
    yield _type(period, "dct:PeriodOfTime")
    yield _says(period, "dcat:startDate", _typed(f"{one.years[0]}-01-01", "date"))
    yield _says(period, "dcat:endDate", _typed(f"{one.years[1]}-12-31", "date"))
    yield _says(node, "health:numberOfRecords", _typed(one.people * 3, "nonNegativeInteger"))
    yield _says(node, "health:numberOfUniqueIndividuals", _typed(one.people, "nonNegativeInteger"))
    yield _says(
        node,
        "health:populationCoverage",
        _text(f"Patients fictifs pris en charge : {one.holder.name}", "fr"),
    )


def _making(one: Drawn, node: str) -> Iterator[str]:
    origin, activity = f"<{one.iri}/provenance>", f"<{one.iri}/activity>"
    yield _says(node, "dct:provenance", origin)
    yield _type(origin, "dct:ProvenanceStatement")
    yield _says(origin, "rdfs:label", _text("Produit par un générateur (SYNTHÉTIQUE)", "fr"))
    yield _says(node, "prov:wasGeneratedBy", activity)
    yield _type(activity, "prov:Activity")
    yield _says(activity, "dct:type", f"<{_HEALTH}health-activity/{one.kind['activity']}>")
    for personal in _PERSONAL:
        yield _says(node, "dpv:hasPersonalData", f"<https://w3id.org/dpv/dpv-pd#{personal}>")


def _agents(one: Drawn) -> Iterator[str]:
    node = f"<{one.iri}>"
    holder = f"{BASE}etablissement/{one.holder.code}"
    for role in ("dct:publisher", "geo:custodian"):
        yield _says(node, role, f"<{holder}>")
    yield from _agent(holder, one.holder.name)
    body = f"{BASE}hdab"
    yield _says(node, "health:hdab", f"<{body}>")
    yield from _agent(body, "Organisme d’accès aux données de Valmère (fictif)")
    contact = f"<{holder}/contact>"
    yield _says(node, "dcat:contactPoint", contact)
    yield _type(contact, "vcard:Kind")
    yield _says(contact, "vcard:fn", _text(f"Guichet des données, {one.holder.name}", "fr"))
    yield _says(contact, "vcard:hasEmail", "<mailto:donnees@valmere.example>")


def _agent(iri: str, name: str) -> Iterator[str]:
    node, point = f"<{iri}>", f"<{iri}/point>"
    yield _type(node, "foaf:Agent")
    yield _says(node, "foaf:name", _text(name, "fr"))
    yield _says(node, "cv:contactPoint", point)
    yield _type(point, "cv:ContactPoint")
    yield _says(point, "cv:email", '"donnees@valmere.example"')


def _access(one: Drawn) -> Iterator[str]:
    way = f"<{one.iri}/access>"
    yield _says(f"<{one.iri}>", "dcat:distribution", way)
    yield _type(way, "dcat:Distribution")
    yield _says(way, "dct:title", _text("Demande d’accès (fictive)", "fr"))
    yield _says(way, "dcat:accessURL", f"<{BASE}acces>")
    yield _says(way, "dcatap:applicableLegislation", _LAW)
    yield _says(way, "dct:format", f"<{_EU}file-type/CSV>")


def _variables(one: Drawn) -> Iterator[str]:
    node, group, table = f"<{one.iri}>", f"<{one.iri}/variables>", f"<{one.iri}/table>"
    yield _says(node, "health:hasStructuredData", _typed("true", "boolean"))
    yield _says(node, "health:hasVariables", group)
    yield _type(group, "csvw:TableGroup")
    yield _says(group, "dct:title", '"Variables"@fr')
    yield _says(group, "csvw:table", table)
    yield _type(table, "csvw:Table")
    yield _says(table, "dct:title", _text(one.subject["fr"], "fr"))
    for rank, (name, french, english, datatype) in enumerate(
        [*_written()["common"], *one.kind["variables"]]
    ):
        column = f"<{one.iri}/columns/{rank}>"
        yield _says(table, "csvw:column", column)
        yield _type(column, "csvw:Column")
        yield _says(column, "csvw:name", f'"{name}"')
        yield _says(column, "csvw:title", _text(french, "fr"))
        yield _says(column, "dct:description", _text(english if one.english else french, "en"))
        yield _says(column, "csvw:datatype", f'"{datatype}"')


def _title(one: Drawn, language: str) -> str:
    label = {"fr": "SYNTHÉTIQUE", "en": "SYNTHETIC"}[language]
    kind, subject = one.kind["title"][language], one.subject[language]
    return f"{kind} – {subject} – {one.holder.name} [{label}]"


def _description(one: Drawn, language: str) -> str:
    text, name = one.kind["text"][language], one.holder.name
    first, last = one.years
    if language == "en":
        return f"SYNTHETIC, invented data set. {text}. {name}, {first} to {last}."
    return f"Jeu de données SYNTHÉTIQUE, inventé. {text}. {name}, de {first} à {last}."


def _says(subject: str, name: str, value: str) -> str:
    return f"{subject} {_property(name)} {value} ."


def _type(subject: str, name: str) -> str:
    return f"{subject} {_RDF_TYPE} {_property(name)} ."


@cache
def _property(name: str) -> str:
    prefix, _colon, local = name.partition(":")
    return f"<{_PREFIXES[prefix]}{local}>"


def _text(text: str, language: str) -> str:
    return f'"{text}"@{language}'


def _typed(value: object, datatype: str) -> str:
    return f'"{value}"^^<{_XSD}{datatype}>'


def slug(place: str) -> str:
    """A place as the end of an address."""
    return place.lower().replace(" ", "-").replace("è", "e").replace("ô", "o")


def kinds() -> list[dict[str, Any]]:
    """The kinds of data sets, as they are written in `kinds.yaml`."""
    found: list[dict[str, Any]] = _written()["kinds"]
    return found


@cache
def _written() -> Any:
    return yaml.safe_load((files(__package__) / "kinds.yaml").read_text(encoding="utf-8"))
