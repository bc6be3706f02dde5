"""Dirt: found, explained in both languages, repaired where one right reading exists, else left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.cleaning import Cleaned, clean, harvested
from preuve.catalogue.dates import impossible, typed_date
from preuve.catalogue.dirt import Kind
from preuve.catalogue.rdf import read, read_file

HEAD = (
    "@prefix cv: <http://data.europa.eu/m8g/> . @prefix dcat: <http://www.w3.org/ns/dcat#> . "
    "@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . "
    "@prefix h: <http://healthdataportal.eu/ns/health#> . "
    "@prefix v: <http://www.w3.org/2006/vcard/ns#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
)
RAW_IP = "http://13.81.34.152:1101/resource/authority/healthcategories/EHRS"
USUAL = "https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/EHRS"


def cleaned(body: str, base: str | None = None) -> Cleaned:
    return clean(read((HEAD + body).encode(), tolerant=True), base)


def objects(found: Cleaned) -> list[str]:
    return [str(triple.object) for triple in found.triples]


@pytest.mark.parametrize(
    ("statement", "kind", "expected"),
    [
        ("v:hasEmail 'a@valmere.example'", Kind.LITERAL_FOR_IRI, "<mailto:a@valmere.example>"),
        ("dcat:accessURL 'https://valmere.example/a'", Kind.LITERAL_FOR_IRI, "<https://valmere.example/a>"),
        ("dcat:theme 'HEAL'", Kind.LITERAL_FOR_IRI, "<http://publications.europa.eu/resource/authority/data-theme/HEAL>"),
        ("dcat:theme 'Santé'@fr", Kind.LITERAL_FOR_IRI, "<http://publications.europa.eu/resource/authority/data-theme/HEAL>"),
        ("dct:accessRights 'non_public'", Kind.LITERAL_FOR_IRI, "<http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC>"),
        ("dcat:mediaType 'text/csv'", Kind.LITERAL_FOR_IRI, "<https://www.iana.org/assignments/media-types/text/csv>"),
        (f"h:healthCategory <{RAW_IP}>", Kind.EQUIVALENT_HOST, f"<{USUAL}>"),
        ("h:numberOfRecords '9 600 000'", Kind.NUMBER_AS_TEXT, '"9600000"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>'),
        ("dct:issued '2024-02-29'", Kind.DATE_AS_TEXT, '"2024-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("dct:issued '31/12/2024'", Kind.DATE_AS_TEXT, '"2024-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("dct:title 'Urgences @fr'", Kind.LANGUAGE_IN_TEXT, '"Urgences"@fr'),
        ("a foaf:agent", Kind.MISSPELT_CLASS, "<http://xmlns.com/foaf/0.1/Agent>"),
        ("a <https://www.w3.org/ns/dcat#Dataset>", Kind.WRONG_NAMESPACE, "<http://www.w3.org/ns/dcat#Dataset>"),
    ],
)  # fmt: skip
def test_what_has_one_right_reading_is_repaired(statement: str, kind: Kind, expected: str) -> None:
    found = cleaned(f"<urn:a> {statement} .")
    assert objects(found) == [expected]
    (dirt,) = found.dirt
    assert dirt.kind is kind
    assert dirt.repair


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("dct:issued '2026-02-30'", Kind.IMPOSSIBLE_DATE),
        ("dct:issued '2026-02-30'^^xsd:date", Kind.IMPOSSIBLE_DATE),
        ("dct:issued '2026-01-01T25:00:00'^^xsd:dateTime", Kind.IMPOSSIBLE_DATE),
        ("dct:issued '03/04/2024'", Kind.DATE_AS_TEXT),
        ("dct:issued 'last spring'", Kind.DATE_AS_TEXT),
        ("dcat:theme 'Médecine des étoiles'", Kind.LITERAL_FOR_IRI),
        ("h:numberOfRecords 'environ mille'", Kind.NUMBER_AS_TEXT),
        ("dcat:downloadURL <file.csv>", Kind.RELATIVE_IRI),
    ],
)
def test_what_a_person_must_decide_is_told_and_left(statement: str, kind: Kind) -> None:
    triples = read((HEAD + f"<urn:a> {statement} .").encode(), tolerant=True).triples
    found = clean(triples)
    assert found.triples == triples
    (dirt,) = found.dirt
    assert (dirt.kind, dirt.repair) == (kind, None)


@pytest.mark.parametrize("text", ["n/a", "N/A", " ", "-", "À compléter", "PLATZHALTER", "TBD"])
def test_placeholders_are_left_out(text: str) -> None:
    found = cleaned(f"<urn:a> dct:title '{text}' , 'Urgences' .")
    assert objects(found) == ['"Urgences"']
    assert [dirt.kind for dirt in found.dirt] == [Kind.PLACEHOLDER]


def test_missing_classes_come_from_the_property_that_points() -> None:
    found = cleaned(
        "<urn:a> dct:publisher <urn:ch> ; dcat:distribution [ dct:title 'x' ] ; "
        "dcat:contactPoint [ v:fn 'y' ] ; dct:temporal [ a dct:PeriodOfTime ] ; "
        "h:hdab <urn:elsewhere> . <urn:ch> foaf:name 'CH' ; cv:contactPoint [ cv:email 'a' ] ."
    )
    assert Counter(dirt.repair for dirt in found.dirt) == {
        "read as foaf:Agent": 1,
        "read as dcat:Distribution": 1,
        "read as vcard:Kind": 1,
        "read as cv:ContactPoint": 1,
    }


def test_relative_addresses_are_made_whole_where_a_base_is_known() -> None:
    found = cleaned("<urn:a> dcat:downloadURL <file.csv> .", "https://valmere.example/cat/")
    assert objects(found) == ["<https://valmere.example/cat/file.csv>"]


def test_addresses_with_spaces_are_written_as_they_should() -> None:
    found = cleaned("<urn:a> dcat:accessURL <https://valmere.example/a b> .")
    assert objects(found) == ["<https://valmere.example/a%20b>"]
    assert found.dirt[0].kind is Kind.INVALID_IRI


def test_prefixes_taken_for_addresses_are_bound() -> None:
    found = clean(read(b'{"@id": "urn:a", "dct:title": "x", "@type": "dcat:Dataset"}'))
    assert {str(triple.predicate) for triple in found.triples} == {
        "<http://purl.org/dc/terms/title>",
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    }
    assert {dirt.kind for dirt in found.dirt} == {Kind.UNBOUND_PREFIX}


def test_clean_records_come_back_as_they_are(data_root: Path) -> None:
    file = data_root / "healthdcat" / "fixtures" / "valid-non_public.ttl"
    graph = read_file(file)
    assert clean(graph) == Cleaned(graph.triples, ())


def test_a_second_cleaning_finds_nothing_more_to_repair(data_root: Path) -> None:
    for file in sorted((data_root / "healthdcat" / "de").glob("*.ttl")):
        once = clean(read_file(file, tolerant=True))
        twice = clean(once.triples)
        assert not [dirt for dirt in twice.dirt if dirt.repair]
        assert twice.triples == once.triples


def test_the_german_records_are_explained(data_root: Path) -> None:
    kinds: Counter[Kind] = Counter()
    for name in ("FDZ-Gesundheit", "zfkd_healthdcat-ap"):
        graph = read_file(data_root / "healthdcat" / "de" / f"{name}.ttl", tolerant=True)
        (found,) = harvested(graph)
        assert set(found.record.triples) == set(graph.triples)
        assert found.repaired.triples != graph.triples
        kinds.update(dirt.kind for dirt in found.dirt)
    assert set(kinds) == {
        Kind.DATE_AS_TEXT,
        Kind.EQUIVALENT_HOST,
        Kind.LANGUAGE_IN_TEXT,
        Kind.LITERAL_FOR_IRI,
        Kind.MISSPELT_CLASS,
        Kind.MISSPELT_PROPERTY,
        Kind.NUMBER_AS_TEXT,
        Kind.PLACEHOLDER,
        Kind.RELATIVE_IRI,
        Kind.WRONG_NAMESPACE,
    }


def test_records_whose_class_is_dirty_are_still_found() -> None:
    graph = read(b"<urn:a> a <https://www.w3.org/ns/dcat#Dataset> .")
    (found,) = harvested(graph)
    assert found.record.iri == "urn:a"
    assert found.record.triples == graph.triples


def test_dirt_is_said_in_both_languages() -> None:
    found = cleaned("<urn:a> dct:issued '2026-02-30' .")
    assert set(found.dirt[0].record()["explanation"]) == {"fr", "en"}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("text", "exists"),
    [("2024-02-29", True), ("2023-02-29", False), ("2024-13", False), ("0000-01-01", False),
     ("31/04/2024", False), ("2024-01-01T23:59:59Z", True), ("2024-01-01T24:00", False)],
)  # fmt: skip
def test_days_that_do_not_exist(text: str, exists: bool) -> None:
    assert impossible(text) is not exists
    assert (typed_date(text) is not None) is exists


def test_literals_are_never_touched_without_being_told() -> None:
    triple = Triple(NamedNode("urn:a"), NamedNode("urn:b"), Literal("  two  spaces "))
    assert clean([triple]) == Cleaned((triple,), ())
