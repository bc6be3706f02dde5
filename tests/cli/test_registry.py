"""preuve registry, as a hospital types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import preuve.economics
from preuve.cli.registry import app
from preuve.core.errors import PreuveError
from preuve.core.language import speaking
from preuve.registry.entry import load_entry

EVIDENCE = Path(preuve.economics.__file__).parent / "models" / "ecg-example.evidence.json"
READER = ["obligations", "lecteur-thorax", "--role", "deployer", "--on", "2027-12-02"]


def _said(*words: str) -> str:
    result = CliRunner().invoke(app, [*words], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def _json(*words: str) -> Any:
    return json.loads(_said(*words, "--json"))


def test_the_conclusion_comes_first() -> None:
    said = _said(*READER, "--deployment", "valmere-radiologie").splitlines()
    assert said[0] == "SYNTHETIC: this entry is made up."
    assert said[1] == "Thorax Fictif · Deployer · CH de Valmère (fictif) · 2027-12-02"
    assert said[2] == "17 obligations in force, 14 with something missing."
    assert said[3] == "Next date: 2028-08-02, 1 obligation more."


def test_the_table_names_articles_and_what_is_missing() -> None:
    said = _said(*READER, "--deployment", "valmere-radiologie")
    assert "AI Act 26(1)" in said
    assert "2030-08-02" in said
    assert "AIA-027" not in said
    assert "AIA-004 (medium)" in said
    assert "COM(2025) 1023" in said
    assert "no legal advice" in said


def test_all_shows_what_does_not_concern_and_why() -> None:
    said = _said(*READER, "--deployment", "valmere-radiologie", "--all")
    assert "AIA-027" in said
    assert "None of its uses is in Annex III." in said
    assert "ETH-34" in said


def test_the_json_holds_the_same() -> None:
    found = _json(*READER, "--deployment", "valmere-radiologie")
    assert found["synthetic"] is True
    force = [
        one
        for one in found["obligations"]
        if one["state"] == "in_force" and one["binding"] and one["expected"]
    ]
    assert len(force) == 17
    assert sum(bool(one["gap"]) for one in force) == 14


def test_a_single_deployment_is_taken() -> None:
    assert _json("obligations", "tri-urgences")["deployment"] == "valmere-urgences"
    assert _json("obligations", "tri-urgences", "--role", "provider")["deployment"] is None
    assert _json(*READER)["deployment"] is None
    assert "to settle" in _said(*READER)


def test_signed_evidence_is_counted_or_set_aside(tmp_path: Path) -> None:
    said = _said("obligations", "tri-urgences", "--role", "provider", "--evidence", str(EVIDENCE))
    assert "Set aside: sha256:" in said
    record = load_entry("tri-urgences").record()
    record["versions"][0]["digest"] = json.loads(EVIDENCE.read_text(encoding="utf-8"))["content"][
        "system"
    ]["digest"]
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(record), encoding="utf-8")
    command = ["obligations", str(path), "--role", "provider", "--on", "2027-12-02"]
    before = _json(*command)
    after = _json(*command, "--evidence", str(EVIDENCE))
    assert after["set_aside"] == []
    gaps = [sum(len(one["gap"]) for one in found["obligations"]) for found in (before, after)]
    assert gaps[1] < gaps[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["obligations", "lecteur-thorax", "--on", "2027-02-30"], "not a date that exists"),
        (["obligations", "lecteur-thorax", "--role", "doctor"], "Choose among provider"),
        (["obligations", "lecteur-thorax", "--deployment", "la"], "no deployment la"),
        (["obligations", "absent.yaml"], "does not exist"),
        (["classify", "lecteur-thora"], "lecteur-thorax"),
        (["list", "absent"], "folder does not exist"),
    ],
)
def test_a_mistake_is_told(words: list[str], told: str) -> None:
    with pytest.raises(PreuveError, match=told):
        CliRunner().invoke(app, words, catch_exceptions=False)


def test_classify_shows_the_way() -> None:
    said = _said("classify", "tri-urgences")
    assert "Medical device (MDR): class IIb." in said
    assert "R11-b" in said
    assert "The matrix gives class IIb too." in said
    assert "Annex III use: Triage of emergency patients." in said
    assert "the manufacturer is responsible" in said
    assert _json("classify", "lecteur-ecg")["device_class"] == "IIa"


def test_classify_says_when_the_maker_differs(tmp_path: Path) -> None:
    record = load_entry("tri-urgences").record()
    record["device"]["declared_class"] = "IIa"
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(record), encoding="utf-8")
    said = _said("classify", str(path))
    assert "class IIb by the answers, but the maker declares IIa" in said


def test_classify_lists_what_is_not_answered(tmp_path: Path) -> None:
    record = load_entry("tri-urgences").record()
    del record["device"]["worst_outcome"], record["device"]["declared_class"]
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(record), encoding="utf-8")
    said = _said("classify", str(path))
    assert "class not known yet, IIa, IIb, III are possible" in said
    assert "Worst effect of a wrong answer (device.worst_outcome)" in said


def test_check_says_what_a_person_has_to_fill() -> None:
    said = _said("check", "lecteur-thorax")
    assert "lecteur-thorax is in order." in said
    assert "Intended use: 4 of 6 parts." in said
    assert "17% of 139" in said
    assert "3 of 42" in said
    assert "A claim without evidence: auroc 0.94." in said
    assert _json("check", "lecteur-ecg")["intended_use"]["filled"] == 6


def test_list_and_schema() -> None:
    assert next(one["id"] for one in _json("list")) == "application-repos"
    assert "SYNTHETIC" in _said("list")
    assert json.loads(_said("schema"))["title"] == "Entry"


def test_a_folder_of_entries_is_listed(tmp_path: Path) -> None:
    record = {**load_entry("tri-urgences").record(), "id": "le-mien", "synthetic": False}
    (tmp_path / "a.yaml").write_text(json.dumps(record), encoding="utf-8")
    assert [one["id"] for one in _json("list", str(tmp_path))] == ["le-mien"]


def test_french_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREUVE_LANG", "fr")
    with speaking("fr"):
        said = _said("classify", "tri-urgences")
    assert "Usage de l'annexe III" in said or "Tri de patients aux urgences" in said
