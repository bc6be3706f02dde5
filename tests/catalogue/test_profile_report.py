"""Reports: the SHACL graph read back by rdflib, and our JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, SH

from preuve.catalogue.profile.check import check, check_all
from preuve.catalogue.profile.report import record, turtle
from preuve.catalogue.profile.shelf import load
from preuve.core.language import speaking

R8 = "healthdcat-ap-r8-non-public"


@pytest.fixture
def fixtures(data_root: Path) -> Path:
    return data_root / "healthdcat" / "fixtures"


def test_the_report_graph_is_read_back(fixtures: Path) -> None:
    for file in sorted(fixtures.glob("*.ttl")):
        profile = load(R8)
        verdict = check(ox.parse(path=file), profile)
        graph = rdflib.Graph().parse(data=turtle([(verdict, profile)]), format="turtle")
        (report,) = graph.subjects(RDF.type, SH.ValidationReport)
        said = graph.value(report, SH.conforms)
        assert said == rdflib.Literal(verdict.conforms)
        results = list(graph.objects(report, SH.result))
        assert len(results) == len(verdict.findings)
        foci = sorted(str(graph.value(one, SH.focusNode)) for one in results)
        assert foci == sorted(str(one.focus).strip("<>") for one in verdict.findings)
        for one in results:
            languages = {
                text.language
                for text in graph.objects(one, SH.resultMessage)
                if isinstance(text, rdflib.Literal)
            }
            assert languages == {"fr", "en"}


def test_details_and_paths_are_in_the_graph(fixtures: Path) -> None:
    profile = load(R8)
    verdict = check(ox.parse(path=fixtures / "invalid-hdab-without-contact.ttl"), profile)
    graph = rdflib.Graph().parse(data=turtle([(verdict, profile)]), format="turtle")
    (detail,) = graph.objects(None, SH.detail)
    assert str(graph.value(detail, SH.resultPath)).endswith("m8g/contactPoint")
    assert graph.value(detail, SH.sourceConstraintComponent) == SH.MinCountConstraintComponent


def test_a_path_of_steps_is_written_as_shacl() -> None:
    data = b"<x:c> a <http://www.w3.org/2006/vcard/ns#Kind> ."
    profile = load(R8)
    verdict = check(ox.parse(data, format=ox.RdfFormat.TURTLE), profile)
    graph = rdflib.Graph().parse(data=turtle([(verdict, profile)]), format="turtle")
    (path,) = graph.objects(None, SH.resultPath)
    (head,) = graph.objects(path, SH.alternativePath)
    names = [str(one).rpartition("#")[2] for one in graph.items(head)]
    assert names == ["hasURL", "hasEmail"]


def test_several_reports_stand_in_one_file(fixtures: Path) -> None:
    profiles = [load(R8), load("hdh-2026-08"), load("dcat-ap-3.0.1")]
    verdicts = check_all(ox.parse(path=fixtures / "valid-non_public.ttl"), profiles)
    content = turtle(list(zip(verdicts, profiles, strict=True)))
    graph = rdflib.Graph().parse(data=content, format="turtle")
    assert len(list(graph.subjects(RDF.type, SH.ValidationReport))) == 3


def test_the_json_holds_what_a_program_needs(fixtures: Path) -> None:
    profile = load(R8)
    verdict = check(ox.parse(path=fixtures / "invalid-column-without-name.ttl"), profile)
    made = json.loads(json.dumps(record(verdict, profile)))
    assert made["conforms"] is False
    assert made["profile"] == R8
    node = next(one for one in made["findings"] if one["component"] == "node")
    assert node["value"].startswith("<https://")
    assert node["inner"][0]["what"] == "Missing: name of the variable (csvw:name)."
    assert {one["class"] for one in made["findings"]} == {
        "http://www.w3.org/ns/csvw#Table",
        "http://www.w3.org/ns/csvw#Column",
    }
    with speaking("fr"):
        assert record(verdict, profile) != made


def test_a_hostile_literal_stays_a_literal() -> None:
    data = (
        "<x:d> a <http://www.w3.org/ns/dcat#Dataset> ; "
        "<http://www.w3.org/ns/dcat#theme> \"<script>alert(1)</script>\\n'''\" ."
    )
    profile = load(R8)
    verdict = check(ox.parse(data, format=ox.RdfFormat.TURTLE), profile)
    graph = rdflib.Graph().parse(data=turtle([(verdict, profile)]), format="turtle")
    values = {str(one) for one in graph.objects(None, SH.value)}
    assert "<script>alert(1)</script>\n'''" in values
