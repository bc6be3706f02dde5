"""Access levels: the profile of the record's own rights, and the strictest where it says none."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from preuve.catalogue.profile.levels import check_record

RIGHTS = "http://purl.org/dc/terms/accessRights"
LEVEL = "http://publications.europa.eu/resource/authority/access-right/"


@pytest.fixture
def fixtures(data_root: Path) -> Path:
    return data_root / "healthdcat" / "fixtures"


@pytest.mark.parametrize(
    ("file", "level"),
    [
        ("valid-public", "public"),
        ("valid-restricted", "restricted"),
        ("valid-non_public", "non-public"),
    ],
)
def test_the_level_of_the_record(file: str, level: str, fixtures: Path) -> None:
    (one,) = check_record(ox.parse(path=fixtures / f"{file}.ttl"))
    assert one.level == level
    assert one.verdict.profile == f"healthdcat-ap-r8-{level}"
    assert one.verdict.conforms
    assert not one.reason


def changed(file: Path, values: list[ox.NamedNode | ox.Literal]) -> list[ox.Triple]:
    kept = [quad.triple for quad in ox.parse(path=file)]
    subject = next(t.subject for t in kept if t.predicate.value == RIGHTS)
    kept = [t for t in kept if t.predicate.value != RIGHTS]
    return kept + [ox.Triple(subject, ox.NamedNode(RIGHTS), value) for value in values]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "no access rights"),
        ([ox.NamedNode(LEVEL + "PUBLIC"), ox.NamedNode(LEVEL + "RESTRICTED")], "several"),
        ([ox.NamedNode(LEVEL + "OPEN")], "OPEN> are not of the EU list"),
        ([ox.Literal("public")], "are not of the EU list"),
    ],
)
def test_without_clear_rights_it_is_non_public_and_says_so(
    values: list[ox.NamedNode | ox.Literal], reason: str, fixtures: Path
) -> None:
    (one,) = check_record(changed(fixtures / "valid-public.ttl", values))
    assert one.level == "non-public"
    assert reason in one.reason
    assert not one.verdict.conforms


def test_a_catalogue_of_mixed_levels_is_judged_data_set_by_data_set(fixtures: Path) -> None:
    public = [q.triple for q in ox.parse(path=fixtures / "valid-public.ttl")]
    other = (fixtures / "invalid-missing-provenance.ttl").read_text(encoding="utf-8")
    other = other.replace("dataset/00002", "dataset/00009")
    both = public + [q.triple for q in ox.parse(other, format=ox.RdfFormat.TURTLE)]
    by_level = {one.level: one for one in check_record(both)}
    assert set(by_level) == {"public", "non-public"}
    assert by_level["public"].verdict.conforms
    (finding,) = by_level["non-public"].verdict.findings
    assert "00009" in str(finding.focus)
    assert len(by_level["public"].datasets) == 1


def test_shared_nodes_are_told_once(fixtures: Path) -> None:
    public = [q.triple for q in ox.parse(path=fixtures / "valid-public.ttl")]
    other = (fixtures / "invalid-email-as-literal.ttl").read_text(encoding="utf-8")
    both = public + [q.triple for q in ox.parse(other, format=ox.RdfFormat.TURTLE)]
    found = [f for one in check_record(both) for f in one.verdict.findings]
    assert len([f for f in found if f.component == "nodeKind"]) == 1


def test_no_data_set_is_said() -> None:
    (one,) = check_record([])
    assert one.reason == "There is no data set."
    assert one.verdict.nodes == 0


def test_a_data_set_that_is_only_mentioned_makes_no_gap(fixtures: Path) -> None:
    kept = [quad.triple for quad in ox.parse(path=fixtures / "valid-public.ttl")]
    subject = next(t.subject for t in kept if t.predicate.value == RIGHTS)
    other = ox.NamedNode("https://example.org/other")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    kept += [
        ox.Triple(subject, ox.NamedNode("http://purl.org/dc/terms/relation"), other),
        ox.Triple(other, kind, ox.NamedNode("http://www.w3.org/ns/dcat#Dataset")),
    ]
    (one,) = check_record(kept)
    assert one.verdict.conforms
    assert one.datasets == (subject,)


def test_a_data_set_of_which_nothing_is_said_has_every_gap() -> None:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    alone = ox.Triple(
        ox.NamedNode("https://example.org/a"),
        kind,
        ox.NamedNode("http://www.w3.org/ns/dcat#Dataset"),
    )
    (one,) = check_record([alone])
    assert len(one.verdict.findings) > 5
