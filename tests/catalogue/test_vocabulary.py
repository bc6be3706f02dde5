"""Vocabulary: codes found at any of their hosts; the packaged tables are those of the sources."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from preuve.catalogue.vocabulary import LISTS, concept, concepts, for_target, normal, source
from preuve.catalogue.vocabulary.hosts import right_namespace
from preuve.core.language import speaking

HEALTH = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"
RAW_IP = "http://13.81.34.152:1101/resource/authority/"


def test_a_concept_is_found_at_each_of_its_hosts() -> None:
    expected = concept(HEALTH + "healthcategories/EHRS")
    assert expected is not None
    for host in (RAW_IP, "https://13.81.34.152:1101/resource/authority/",
                 "http://healthdataportal.eu/resource/authority/"):  # fmt: skip
        assert concept(host + "healthcategories/EHRS") == expected
    assert concept("https://valmere.example/EHRS") is None


def test_labels_follow_the_language() -> None:
    found = concept("http://publications.europa.eu/resource/authority/data-theme/HEAL")
    assert found is not None
    with speaking("fr"):
        assert found.label == "Santé"
    with speaking("en"):
        assert found.label == "Health"


def test_targets_are_named_their_own_way_and_back() -> None:
    usual = HEALTH + "healthcategories/EHRS"
    assert for_target(usual, "hdh") == RAW_IP + "healthcategories/EHRS"
    assert normal(for_target(usual, "hdh")) == usual
    assert for_target(RAW_IP + "healthcategories/EHRS", "r8") == usual
    assert for_target("https://valmere.example/x", "hdh") == "https://valmere.example/x"


def test_publisher_types_of_the_pilot_keep_their_host_because_their_codes_differ() -> None:
    pilot = "http://healthdataportal.eu/resource/authority/publisher-type/healthcareSystem"
    assert normal(pilot) == pilot
    assert concept(pilot) is not None


def test_wrong_namespaces_are_known() -> None:
    for wrong in (
        "http://data.europa.eu/r5r/healthdcatap#hdab",
        "https://healthdcat-ap.github.io/hdab",
    ):
        assert right_namespace(wrong) == "http://healthdataportal.eu/ns/health#hdab"
    right = "http://purl.org/dc/terms/title"
    assert right_namespace(right) == right


@pytest.mark.parametrize("name", LISTS)
def test_each_list_names_producer_and_licence(name: str) -> None:
    assert source(name)["producer"]
    assert source(name)["licence"]
    codes = [one.code for one in concepts(name)]
    assert codes
    assert len(codes) == len(set(codes))
    assert all(one.fr and one.en and normal(one.iri) == one.iri for one in concepts(name))


def test_the_packaged_tables_are_those_of_the_sources(data_root: Path) -> None:
    scripts = Path(__file__).parents[2] / "scripts" / "catalogue"
    sys.path.insert(0, str(scripts))
    try:
        import vocabularies  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(scripts))
    for name, table in vocabularies.lists(data_root).items():
        packaged = (vocabularies.INTO / f"{name}.json").read_text(encoding="utf-8")
        assert packaged == vocabularies.written(name, table)
        assert json.loads(packaged)["list"] == name


def test_the_categories_are_those_of_the_regulation(data_root: Path) -> None:
    with (data_root / "healthdcat/vocab/health_categories_r8.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(one.code, one.article) for one in concepts("healthcategories")] == [
        (row["code"], row["ehds_article"]) for row in rows
    ]
