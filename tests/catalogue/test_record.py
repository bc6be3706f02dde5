"""Records: a catalogue cut without losing or swallowing anything, and what each record says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal

from preuve.catalogue.describe import describe
from preuve.catalogue.rdf import Graph, Syntax, read, read_file, write
from preuve.catalogue.record import Kind, Record, claims, record_of, split
from preuve.catalogue.texts import Texts
from preuve.core.errors import PreuveError

HEAD = (
    "@prefix adms: <http://www.w3.org/ns/adms#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . "
    "@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . "
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
)
CATALOGUE = """
<urn:cat> a dcat:Catalog ; dct:title "C" ; dct:publisher <urn:ch> ;
  dcat:dataset <urn:a> , <urn:b> , <urn:c> ; dcat:record <urn:rec> .
<urn:rec> a dcat:CatalogRecord ; foaf:primaryTopic <urn:a> ; dct:modified "2026-01-01" .
<urn:a> a dcat:Dataset ; dct:title "A" ; dct:publisher <urn:ch> ; dcat:inSeries <urn:s> ;
  dct:relation <urn:b> ; dcat:distribution [ dcat:accessService <urn:w> ; dct:title "d" ] .
<urn:b> a dcat:Dataset ; dct:title "B" ; dct:publisher <urn:ch> ; dct:source <urn:a> .
<urn:c> dct:title "C" .
<urn:s> a dcat:DatasetSeries ; dct:title "S" .
<urn:w> a dcat:DataService ; dct:title "W" ; dcat:servesDataset <urn:a> , <urn:b> .
<urn:ch> a foaf:Agent ; foaf:name "CH de Valmère" .
"""


def graph(body: str) -> Graph:
    return read((HEAD + body).encode())


def by_iri(found: Graph) -> dict[str, Record]:
    return {record.iri: record for record in split(found)}


def test_a_catalogue_is_cut_into_its_records() -> None:
    records = by_iri(graph(CATALOGUE))
    assert {iri: record.kind for iri, record in records.items()} == {
        "urn:cat": Kind.CATALOGUE,
        "urn:a": Kind.DATASET,
        "urn:b": Kind.DATASET,
        "urn:c": Kind.DATASET,
        "urn:s": Kind.SERIES,
        "urn:w": Kind.SERVICE,
    }
    assert next(iter(records)) == "urn:cat"


def test_nothing_is_lost_and_nothing_is_swallowed() -> None:
    whole = graph(CATALOGUE)
    records = by_iri(whole)
    assert {t for record in records.values() for t in record.triples} == set(whole)
    titles = {iri: {s.text for s in describe(r).titles} for iri, r in records.items()}
    assert titles["urn:a"] == {"A"}
    said_by_b = {str(t.subject) for t in records["urn:b"].triples}
    assert said_by_b == {"<urn:b>", "<urn:ch>"}


def test_shared_nodes_are_copied_and_the_service_of_a_distribution_too() -> None:
    records = by_iri(graph(CATALOGUE))
    for iri in ("urn:cat", "urn:a", "urn:b"):
        assert describe(records[iri]).publisher is not None
        assert "CH de Valmère" in str(describe(records[iri]).publisher)
    assert any("servesDataset" in str(t.predicate) for t in records["urn:a"].triples)


def test_the_catalogue_record_goes_with_its_data_set() -> None:
    records = by_iri(graph(CATALOGUE))
    assert any(str(t.subject) == "<urn:rec>" for t in records["urn:a"].triples)
    assert not any(str(t.subject) == "<urn:rec>" for t in records["urn:cat"].triples)


def test_what_only_says_its_class_and_is_referred_to_is_described_elsewhere() -> None:
    found = by_iri(
        graph("<urn:a> a dcat:Dataset ; dct:relation <urn:b> . <urn:b> a dcat:Dataset .")
    )
    assert list(found) == ["urn:a"]
    assert list(by_iri(graph("<urn:b> a dcat:Dataset ."))) == ["urn:b"]


@given(order=st.permutations(range(25)))
@settings(max_examples=30, deadline=None)
def test_digests_do_not_depend_on_order_or_syntax(order: list[int]) -> None:
    whole = graph(CATALOGUE)
    triples = list(whole)
    shuffled = [triples[place] for place in order if place < len(triples)]
    shuffled += triples[len(order) :]
    expected = {iri: record.digest for iri, record in by_iri(whole).items()}
    again = read(write(shuffled, Syntax.JSON_LD), Syntax.JSON_LD)
    assert {iri: record.digest for iri, record in by_iri(again).items()} == expected


def test_a_changed_literal_changes_the_digest() -> None:
    first = record_of(graph("<urn:a> a dcat:Dataset ; dct:title 'x' ."))
    second = record_of(graph("<urn:a> a dcat:Dataset ; dct:title 'x'@fr ."))
    assert first.digest != second.digest


def test_a_record_claims_its_address_and_its_identifiers() -> None:
    found = record_of(
        graph(
            "<urn:a> a dcat:Dataset ; dct:identifier 'urn:other' , ' 12 ' ; owl:sameAs <urn:b> ; "
            "adms:identifier [ skos:notation 'doi:1' ] , <urn:c> ."
        )
    )
    assert claims(found) == {"urn:a", "urn:other", "12", "urn:b", "doi:1", "urn:c"}


def test_a_record_without_address_is_told_anonymous() -> None:
    found = record_of(graph("[] a dcat:Dataset ; dct:title 'x' ."))
    assert found.anonymous
    assert claims(found) == frozenset()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<urn:a> dct:title 'x' .", "describes no data set"),
        ("<urn:a> a dcat:Dataset . <urn:b> a dcat:Dataset .", "describes 2 records"),
    ],
)
def test_one_record_is_asked_for(body: str, problem: str) -> None:
    with pytest.raises(PreuveError, match=problem):
        record_of(graph(body))


def test_the_language_shown_is_never_random() -> None:
    found = graph("<urn:a> dct:title 'n' , 'de'@de , 'en'@en , 'be'@fr-be , 'fr'@fr .")
    texts = Texts.of(t.object for t in found if isinstance(t.object, Literal))
    assert [said.language for said in texts] == ["fr", "fr-be", "en", "", "de"]
    said = texts.said()
    assert said is not None
    assert (said.text, said.language) == ("fr", "fr")
    english = texts.said("en")
    assert english is not None
    assert english.text == "en"
    assert Texts().said() is None


def test_a_real_record_is_described(data_root: Path) -> None:
    file = data_root / "healthdcat" / "fixtures" / "valid-non_public.ttl"
    said = describe(record_of(read_file(file)))
    assert said.records == "7551208"
    assert said.structured is True
    assert said.access is not None
    assert said.access.code == "NON_PUBLIC"
    assert [one.label("fr") for one in said.categories] == [
        "Données des dossiers médicaux électroniques"
    ]
    assert len(said.variables[0].variables) == 12
    assert said.hdab is not None
    assert said.hdab.emails == ("hdab@exemple.fr",)
    assert said.temporal[0].end == "2025-12-31"
    assert [one.code for one in said.generated_by] == ["ROUTINE_RECORDS"]


def test_texts_in_place_of_nodes_are_described_as_they_are() -> None:
    found = describe(
        record_of(
            graph(
                "<urn:a> a dcat:Dataset ; dct:publisher 'CH' ; dcat:theme 'Santé' ; "
                "dct:temporal '2024' ; dcat:distribution 'x' ; "
                "dct:spatial [ skos:prefLabel 'Valmère' ] ."
            )
        )
    )
    assert found.publisher is not None
    assert found.publisher.label() == "CH"
    assert [one.label() for one in (*found.themes, *found.territory)] == ["Santé", "Valmère"]
    assert found.temporal == ()
