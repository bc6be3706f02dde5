"""preuve catalogue check, profiles, profile compile: what a user types and what comes back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import rdflib
from typer.testing import CliRunner

from preuve.cli.catalogue import app
from preuve.core.errors import PreuveError

RUN = CliRunner()


@pytest.fixture
def fixtures(data_root: Path) -> Path:
    return data_root / "healthdcat" / "fixtures"


def said(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_a_record_that_conforms(fixtures: Path) -> None:
    code, out = said("check", fixtures / "valid-public.ttl", "--profile", "healthdcat-ap-r8")
    assert code == 0
    assert "public: conforms" in out


def test_a_record_that_does_not(fixtures: Path) -> None:
    code, out = said("check", fixtures / "invalid-missing-hdab.ttl")
    assert code == 1
    for text in (
        "non-public: 1 finding",
        "31 findings",
        "Missing: health data access body (healthdcatap:hdab).",
        "Element 12 of Implementing Regulation (EU) 2026/2098",
        "Add the line below.",
        "healthdcatap:hdab [ a foaf:Agent",
    ):
        assert text in out


def test_a_folder_with_a_file_that_cannot_be_read(fixtures: Path, tmp_path: Path) -> None:
    shutil.copy(fixtures / "valid-public.ttl", tmp_path / "a.ttl")
    (tmp_path / "b.ttl").write_text("<x:a> a <x:b>\n <x:c> .", encoding="utf-8")
    code, out = said("check", tmp_path, "--profile", "healthdcat-ap-r8")
    assert code == 2
    assert "public: conforms" in out
    assert "cannot be read" in out
    assert "b.ttl:2" in out


def test_json_tells_all(fixtures: Path) -> None:
    code, out = said("check", fixtures, "--json", "--profile", "healthdcat-ap-r8")
    assert code == 1
    made = json.loads(out)
    by_name = {Path(one["file"]).name: one for one in made["files"]}
    assert by_name["valid-restricted.ttl"]["conforms"]
    rights = by_name["invalid-missing-access-rights.ttl"]["verdicts"][0]
    assert rights["level_reason"] == "It has no access rights: taken as non-public."
    assert {one["component"] for one in rights["findings"]} == {"minCount", "hasValue"}


def test_french(fixtures: Path) -> None:
    _code, out = said("check", fixtures / "invalid-missing-hdab.ttl", "--lang", "fr")
    assert "organisme responsable de l’accès aux données de santé" in out


def test_the_standard_report(fixtures: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.ttl"
    code, _out = said("check", fixtures / "invalid-two-hdabs.ttl", "--report", report)
    assert code == 1
    graph = rdflib.Graph().parse(report)
    assert len(list(graph.subjects(None, rdflib.SH.ValidationReport))) == 3


def test_a_file_that_holds_no_data_set_does_not_pass(tmp_path: Path) -> None:
    file = tmp_path / "nothing.ttl"
    file.write_text("<x:a> <x:b> <x:c> .", encoding="utf-8")
    code, out = said("check", file)
    assert code == 1
    assert "nothing to check" in out
    assert "nothing was checked" in out


def test_a_dirty_record_is_read_when_asked(data_root: Path) -> None:
    record = data_root / "healthdcat" / "de" / "zfkd_healthdcat-ap.ttl"
    code, out = said("check", record, "--profile", "healthdcat-ap-r8")
    assert code == 2
    code, out = said("check", record, "--profile", "healthdcat-ap-r8", "--tolerant")
    assert code == 1
    assert "finding" in out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["check", "nowhere.ttl"], "does not exist"),
        (["check", "{fixtures}", "--profile", "healthdcat-ap-r9"], "is not known"),
        (["check", "{empty}"], "holds no RDF"),
        (["check", "{fixtures}", "--lang", "de"], "is not spoken"),
    ],
)
def test_mistakes(words: list[str], problem: str, fixtures: Path, tmp_path: Path) -> None:
    places = {"fixtures": fixtures, "empty": tmp_path}
    with pytest.raises(PreuveError, match=problem):
        said(*(word.format(**places) for word in words))


def test_profiles_are_listed() -> None:
    code, out = said("profiles")
    assert code == 0
    for text in ("healthdcat-ap-r8-public", "2026-09-22", "CC BY 4.0", "is no word of SHACL"):
        assert text in out
    rows = json.loads(said("profiles", "--json")[1])
    assert {row["id"] for row in rows} >= {"dcat-ap-3.0.1", "hdh-2026-08"}
    assert all("shapes" not in row for row in rows)


def test_a_deployer_adds_a_profile(
    data_root: Path, fixtures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = data_root / "healthdcat" / "gdi-fdp-shapes" / "Kind.ttl"
    made = tmp_path / "gdi-kind.json"
    words = ["--id", "gdi-kind", "-o", made, "--licence", "CC BY 4.0", "--title", "GDI contact"]
    code, out = said("profile", "compile", shapes, *words)
    assert code == 0, out
    monkeypatch.setenv("PREUVE_PROFILES", str(tmp_path))
    code, out = said("check", fixtures / "valid-public.ttl", "--profile", "gdi-kind")
    assert code in (0, 1)
    assert "gdi-kind" in said("profiles")[1]


def test_a_name_that_differs_from_the_file_is_refused(data_root: Path, tmp_path: Path) -> None:
    shapes = data_root / "healthdcat" / "gdi-fdp-shapes" / "Kind.ttl"
    with pytest.raises(PreuveError, match="identifier"):
        said("profile", "compile", shapes, "--id", "a", "-o", tmp_path / "b.json")
    broken = shapes.with_name("Identifier.ttl")
    with pytest.raises(PreuveError, match="foaf"):
        said("profile", "compile", broken, "--id", "a", "-o", tmp_path / "a.json")
    assert not list(tmp_path.iterdir())
