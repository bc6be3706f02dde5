"""Findings in words: every property is explained in both languages, and every example is Turtle."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from preuve.catalogue.prefixes import WRITTEN
from preuve.catalogue.profile.check import check
from preuve.catalogue.profile.elements import (
    code_lists,
    element,
    elements,
    label,
    short,
    whole,
)
from preuve.catalogue.profile.explain import Explanation, explain
from preuve.catalogue.profile.naming import first_property
from preuve.catalogue.profile.shelf import load, names
from preuve.catalogue.profile.show import told
from preuve.catalogue.profile.tables import Path as ShapePath
from preuve.core.language import speaking

R8 = "healthdcat-ap-r8-non-public"


def explained(file: Path, name: str = R8) -> list[Explanation]:
    profile = load(name)
    return [explain(one, profile) for one in check(ox.parse(path=file), profile).findings]


@pytest.fixture
def fixtures(data_root: Path) -> Path:
    return data_root / "healthdcat" / "fixtures"


def properties(path: ShapePath | None) -> list[str]:
    if path is None or isinstance(path, str):
        return [path] if path else []
    return [one for step in path.of for one in properties(step)]


@pytest.mark.parametrize("name", names())
def test_every_property_of_every_profile_is_explained(name: str) -> None:
    for shape in load(name).shapes:
        for path in properties(shape.path):
            known = element(path)
            assert known is not None, path
            assert known.example, path


def test_every_class_has_a_name() -> None:
    for name in names():
        for shape in load(name).shapes:
            for target in shape.targets:
                iri = target.term.strip("<>")
                assert label(iri) != short(iri)


@pytest.mark.parametrize("name", elements().properties)
def test_every_example_is_turtle(name: str) -> None:
    one = elements().properties[name]
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in WRITTEN.items())
    text = f"{prefixes}<https://exemple.fr/x> {one.example.rstrip(' ;')} ."
    triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="https://exemple.fr/"))
    assert triples
    assert one.label.fr
    assert one.label.en
    assert one.what.fr.endswith((".", "…"))
    assert one.what.en.endswith((".", "…"))
    if "deprecated" not in one.what.en and "Replaced" not in one.what.en and name[:4] != "dqv:":
        assert ox.NamedNode(whole(name)) in {triple.predicate for triple in triples}


def test_element_numbers_are_those_of_the_table(data_root: Path) -> None:
    with (data_root / "healthdcat" / "elements_2026_2098.csv").open(encoding="utf-8") as stream:
        table = {row["property"]: int(row["n"]) for row in csv.DictReader(stream)}
    ours = {name: one.element for name, one in elements().properties.items() if one.element}
    assert ours == table


def test_every_code_list_named_is_there_with_its_licence() -> None:
    lists = code_lists()
    assert {one.list for one in elements().properties.values() if one.list} <= set(lists)
    for one in lists.values():
        assert one.producer
        assert one.licence
        assert all(code.iri.startswith("http") and code.fr and code.en for code in one.codes)
        assert not any("13.81" in code.iri for code in one.codes)


def test_a_missing_hdab_is_told_in_french(fixtures: Path) -> None:
    with speaking("fr"):
        (one,) = explained(fixtures / "invalid-missing-hdab.ttl")
    assert "organisme responsable de l’accès aux données de santé (healthdcatap:hdab)" in one.what
    assert "2026/2098" in one.why
    assert "source secondaire" in one.why
    assert one.example.startswith("healthdcatap:hdab [")
    assert one.confidence == "medium"


def test_the_same_in_english(fixtures: Path) -> None:
    (one,) = explained(fixtures / "invalid-missing-hdab.ttl")
    assert one.what == "Missing: health data access body (healthdcatap:hdab)."
    assert one.why == (
        "Element 12 of Implementing Regulation (EU) 2026/2098 (list from one secondary source, not "
        "checked on the Official Journal); Article 77(1) of Regulation (EU) 2025/327; asked by "
        "HealthDCAT-AP R8, non-public data."
    )
    assert one.mend == "Add the line below."


def test_hdab_for_public_data_is_told_as_more_than_the_law(fixtures: Path) -> None:
    file = fixtures / "invalid-missing-hdab.ttl"
    public = explained(file, "healthdcat-ap-r8-public")
    told_public = " ".join(one.why for one in public)
    assert "while the regulation asks for it for restricted and non-public data only" in told_public
    assert "while the regulation" not in " ".join(one.why for one in explained(file))


def test_what_is_missing_inside_is_told(fixtures: Path) -> None:
    (one,) = explained(fixtures / "invalid-hdab-without-contact.ttl")
    assert "does not have all that is asked of it" in one.what
    (inner,) = one.inner
    assert inner.what == "Missing: contact point of the organisation (cv:contactPoint)."
    assert inner.confidence == "high"
    assert "2026/2098" not in inner.why  # elements number what is said of data sets


def test_the_ways_of_a_choice_are_told(fixtures: Path) -> None:
    (one,) = explained(fixtures / "invalid-structured-without-variables.ttl")
    assert "(1) is structured (healthdcatap:hasStructuredData) equal to true and" in one.what
    assert "variables (healthdcatap:hasVariables) present" in one.what
    assert any("hasVariables" in inner.example for inner in one.inner)


@pytest.mark.parametrize(
    ("file", "said", "mend"),
    [
        ("invalid-email-as-literal", "is not an address (IRI)", "Write an address (IRI)."),
        ("invalid-two-hdabs", "2 values, where at most 1", "Keep 1 and remove the others."),
        ("invalid-records-not-integer", "is not of type xsd:nonNeg", "^^xsd:nonNegativeInteger"),
    ],
)
def test_what_and_how(file: str, said: str, mend: str, fixtures: Path) -> None:
    (one,) = explained(fixtures / f"{file}.ttl")
    assert said in one.what
    assert mend in one.mend


def test_following_the_example_mends_the_record(fixtures: Path) -> None:
    """What is said to be added is enough, for each fixture where one property is missing."""
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in WRITTEN.items())
    profile = load(R8)
    files = sorted(fixtures.glob("invalid-missing-*.ttl"))
    assert len(files) == 12
    for file in files:
        triples = [quad.triple for quad in ox.parse(path=file)]
        findings = check(triples, profile).findings
        added = "".join(
            f"{one.focus} {explain(one, profile).example.rstrip(' ;')} .\n" for one in findings
        )
        more = ox.parse(prefixes + added, format=ox.RdfFormat.TURTLE)
        triples += [quad.triple for quad in more]
        left = check(triples, profile).findings
        assert not left, (file.name, [explain(one, profile).what for one in left])


def test_findings_of_one_sort_are_told_once(fixtures: Path) -> None:
    profile = load("hdh-2026-08")
    findings = check(ox.parse(path=fixtures / "valid-non_public.ttl"), profile).findings
    groups = list(told(findings, profile))
    assert len(findings) == 31
    columns = [one for one in groups if "csvw:column" in one.explanation.what]
    assert [len(one.nodes) for one in columns] == [12]
    assert len(groups) < 10


def test_both_languages_differ_for_every_finding_of_the_fixtures(fixtures: Path) -> None:
    for file in fixtures.glob("invalid-*.ttl"):
        english = explained(file)
        with speaking("fr"):
            french = explained(file)
        for one, other in zip(english, french, strict=True):
            assert one.why != other.why
            assert one.confidence == other.confidence


def test_first_property_of_a_path() -> None:
    assert first_property(None) == ""
    shapes = load(R8).shapes
    alternative = next(s.path for s in shapes if s.path and not isinstance(s.path, str))
    assert first_property(alternative).endswith("hasURL")
