"""Export: what search engines and machine-learning tools read, closed data as stubs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import mlcroissant  # type: ignore[import-untyped]
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.export import croissant, page, schema_org
from preuve.catalogue.export.pages import at_hosts
from preuve.catalogue.names import DCAT, DCT, HYDRA
from preuve.catalogue.rdf import Syntax, read, read_file, write
from preuve.catalogue.record import Record, record_of, split

FIXTURES = "healthdcat/fixtures"
CSV = "https://valmere.example/passage.csv"
OPEN = """# SYNTHETIC
@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix h: <http://healthdataportal.eu/ns/health#> . @prefix spdx: <http://spdx.org/rdf/terms#> .
<urn:open> a dcat:Dataset ; dct:title "Passages"@fr ; dct:description "Fictif."@fr ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
  dct:publisher [ a foaf:Agent ; foaf:name "CH de Valmère" ] ; dct:issued "2026-01-01" ;
  dcat:version "2.1" ; h:hasVariables [ csvw:table [ dct:title "passage" ;
    csvw:url <https://valmere.example/passage.csv> ;
    csvw:column [ csvw:name "age" ; csvw:title "Âge"@fr ; csvw:datatype "integer" ] ,
      [ csvw:name "mode" ; csvw:datatype "string" ] ] ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:downloadURL <https://valmere.example/passage.csv> ;
    dcat:accessURL <https://valmere.example/> ; dct:license <https://valmere.example/licence> ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ;
    spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue "AB12" ] ] .
"""


def opened() -> Record:
    return record_of(read(OPEN.encode()))


def validated(found: dict[str, object], tmp_path: Path) -> mlcroissant.Dataset:
    file = tmp_path / "croissant.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    return mlcroissant.Dataset(str(file))


def test_open_data_are_croissant_with_their_columns(tmp_path: Path) -> None:
    found = croissant(opened())
    metadata = validated(found, tmp_path).metadata
    assert [one.name for one in metadata.record_sets] == ["passage"]
    fields = {one.name: [str(t) for t in one.data_types] for one in metadata.record_sets[0].fields}
    assert fields == {
        "passage/age": ["https://schema.org/Integer"],
        "passage/mode": ["https://schema.org/Text"],
    }
    (file,) = found["distribution"]
    assert file["contentUrl"] == CSV
    assert file["sha256"] == "ab12"
    assert "isLiveDataset" not in found
    assert found["version"] == "2.1.0"


@pytest.mark.parametrize("name", ["valid-public", "valid-restricted", "valid-non_public"])
def test_fixtures_are_valid_croissant(data_root: Path, tmp_path: Path, name: str) -> None:
    record = record_of(read_file(data_root / FIXTURES / f"{name}.ttl"))
    assert validated(croissant(record), tmp_path).metadata.name == "Entrepôt Valmère - urgences"


def test_closed_data_are_a_stub_that_says_so(data_root: Path) -> None:
    record = record_of(read_file(data_root / FIXTURES / "valid-non_public.ttl"))
    for found in (croissant(record), schema_org(record)):
        assert "distribution" not in found
        assert "isAccessibleForFree" not in found
        assert found["conditionsOfAccess"] == "Non public"
        assert len(found["variableMeasured"]) == 12
    assert "holds none" in croissant(record)["description"]
    assert "https://acces.exemple.fr/demande" in croissant(record)["description"]


def test_schema_org_is_json_ld_that_reads_back(data_root: Path) -> None:
    record = record_of(read_file(data_root / FIXTURES / "valid-non_public.ttl"))
    found = schema_org(record, "en")
    assert found["name"] == "Valmère warehouse - emergency"
    assert found["temporalCoverage"] == "2015-01-01/2025-12-31"
    assert found["spatialCoverage"] == "France"
    assert "Electronic Health Data from EHRs" in found["keywords"]
    inline = found | {"@context": {"@vocab": "https://schema.org/"}}
    assert len(read(json.dumps(inline).encode(), Syntax.JSON_LD)) > 20


def test_a_record_without_anything_is_exported_without_inventing() -> None:
    record = record_of(read(b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ."))
    assert schema_org(record) == {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": "urn:a",
        "name": "urn:a",
        "identifier": "urn:a",
    }
    assert croissant(record)["version"] == "0.0.0"


def _records(count: int) -> list[Record]:
    body = "\n".join(f'<urn:r{n}> a <{DCAT}Dataset> ; <{DCT}title> "{n}" .' for n in range(count))
    return list(split(read(body.encode())))


@pytest.mark.parametrize(
    ("number", "links"),
    [(1, {"first", "last", "next"}), (2, {"first", "last", "next", "previous"}),
     (3, {"first", "last", "previous"})],
)  # fmt: skip
def test_pages_say_where_the_others_are(number: int, links: set[str]) -> None:
    records = _records(5)
    shown = records[(number - 1) * 2 : number * 2]
    found = page(shown, "https://valmere.example/catalogue?q=a", number=number, size=2, total=5)
    said = {
        t.predicate.value.removeprefix(HYDRA): str(t.object).strip("<>")
        for t in found.triples
        if str(t.subject) == f"<https://valmere.example/catalogue?q=a&page={number}>"
        and t.predicate.value.startswith(HYDRA)
    }
    assert said.keys() == links
    assert said["last"] == "https://valmere.example/catalogue?q=a&page=3"
    assert f'<{said["first"]}>; rel="first"' in found.link
    again = read(write(found.triples, Syntax.RDF_XML), Syntax.RDF_XML)
    assert {r.iri for r in split(again)} >= {r.iri for r in shown}


def test_pages_put_together_give_the_catalogue() -> None:
    records = _records(7)
    pages = [
        page(records[n * 3 : n * 3 + 3], "https://valmere.example/", number=n + 1, size=3, total=7)
        for n in range(3)
    ]
    listed = {
        str(t.object) for one in pages for t in one.triples
        if t.predicate.value == DCAT + "dataset"
    }  # fmt: skip
    assert listed == {f"<{record.iri}>" for record in records}


def test_an_empty_catalogue_has_one_page() -> None:
    found = page([], "https://valmere.example/", number=1, size=10, total=0)
    assert "next" not in found.link
    assert 'rel="last"' in found.link


def test_hosts_of_a_target_do_not_touch_texts_and_identifiers() -> None:
    usual = "https://hdeu-dcat.data.health.europa.eu/resource/authority/health-theme/X"
    triples = [
        Triple(NamedNode("urn:a"), NamedNode(DCT + "subject"), NamedNode(usual)),
        Triple(NamedNode("urn:a"), NamedNode(DCT + "title"), Literal(usual)),
        Triple(NamedNode("urn:a"), NamedNode(DCT + "identifier"), NamedNode(usual)),
    ]
    first, *others = at_hosts(triples, "hdh")
    assert str(first.object).startswith("<http://13.81.34.152:1101/")
    assert others == triples[1:]
    assert list(at_hosts(triples, "")) == triples


def test_the_title_is_not_markup_and_stays_as_it_is() -> None:
    text = "<script>alert(1)</script>"
    title = Triple(NamedNode("urn:open"), NamedNode(DCT + "title"), Literal(text, language="fr"))
    kept = [t for t in opened().triples if t.predicate.value != DCT + "title"]
    record = replace(opened(), triples=(*kept, title))
    assert schema_org(record)["name"] == text
