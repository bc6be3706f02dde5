"""The facts: complete, true to the project's tables, and easy to correct."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from preuve.core.errors import PreuveError
from preuve.registry.entry import load_entry, vocabulary
from preuve.registry.facts import load
from preuve.registry.facts.lines import Confidence, Law, Scope
from preuve.registry.obligations import STATES, obligations
from preuve.registry.obligations.conditions import CONDITIONS
from preuve.registry.obligations.scopes import SCOPES

FAR = datetime.date(2035, 1, 1)
CHANGED = {"AIA-006-1", "AIA-073-2"}
"""Lines whose date differs from the table on purpose: see docs/rooms/registry-obligations.md."""


@pytest.fixture(scope="module")
def tables(data_root: Path) -> Path:
    return data_root.parent / "facts"


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_duty_of_the_table_is_packaged(tables: Path) -> None:
    packaged = {line.id: line for law, line in load().lines if law == "ai_act"}
    for one in _read(tables / "ai_act_obligations.yaml")["obligations"]:
        line = packaged[one["id"]]
        assert (line.article, line.fr, line.en) == (one["art"], one["fr"], one["en"])
        assert (line.confidence, list(line.evidence)) == (one["conf"], one["evidence"])
        if one["id"] not in CHANGED:
            dates = one["applies"]
            written = dates if isinstance(dates, dict) else {"": dates}
            held = (
                line.applies if not isinstance(line.applies, datetime.date) else {"": line.applies}
            )
            assert {name: day.isoformat() for name, day in held.items()} == written
    added = set(packaged) - {
        one["id"] for one in _read(tables / "ai_act_obligations.yaml")["obligations"]
    }
    assert added == {"AIA-043-2"}


def test_ethics_certification_and_grid_are_packaged_whole(tables: Path) -> None:
    ids = {line.id for _law, line in load().lines}
    assert {one["id"] for one in _read(tables / "ethics_criteria.yaml")["criteria"]} <= ids
    certification = _read(tables / "has_certification_ai.yaml")
    for criterion in certification["ai_criteria"]:
        assert {one["id"] for one in criterion["elements"]} <= ids
    assert {one["id"] for one in certification["digital_criteria"]} <= ids
    items = {one["id"]: one["fr"] for one in _read(tables / "has_ai_grid.yaml")["items"]}
    assert {name: one.fr for name, one in load().grid.items.items()} == items


def test_every_artefact_of_the_index_has_a_name(tables: Path) -> None:
    facts = load()
    index = _read(tables / "evidence_index.yaml")
    assert set(index) <= set(facts.artefacts)
    served: dict[str, set[str]] = {}
    for _law, line in facts.lines:
        for code in line.evidence:
            served.setdefault(code, set()).add(line.id)
    for item in facts.grid.lines:
        for code in item.filled_by:
            served.setdefault(code, set()).add(item.id)
    for code, lines in index.items():
        assert set(lines) <= served[code], code


def test_every_closed_list_has_its_words() -> None:
    words = load().words
    for field, kind in (
        ("line", vocabulary.Line),
        ("function", vocabulary.Function),
        ("role", vocabulary.Role),
        ("annex_iii", vocabulary.AnnexIII),
        ("prohibited", vocabulary.Prohibited),
        ("learning", vocabulary.Learning),
        ("modification", vocabulary.Modification),
        ("purpose", vocabulary.Purpose),
        ("worst_outcome", vocabulary.Outcome),
        ("significance", vocabulary.Significance),
        ("situation", vocabulary.Situation),
        ("ehr_category", vocabulary.EhrCategory),
        ("law", Law),
        ("scope", Scope),
        ("confidence", Confidence),
    ):
        assert set(words[field]) == set(get_args(kind)), field
    assert set(words["state"]) == set(STATES)
    assert set(SCOPES) == set(get_args(Scope))
    for _law, line in load().lines:
        assert set(line.when) <= set(CONDITIONS)


def test_french_and_english_differ() -> None:
    facts = load()
    named = [line for _law, line in facts.lines] + list(facts.artefacts.values())
    same = [one.fr for one in named if one.fr == one.en]
    assert same == []


def test_each_file_says_where_it_comes_from() -> None:
    for meta in load().laws.values():
        assert meta.sources
        assert meta.licence == "Apache-2.0"
        assert datetime.date.fromisoformat(f"{meta.as_of}-01")


def _own(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    monkeypatch.setenv("PREUVE_FACTS", str(folder))


def _applies(name: str) -> datetime.date | None:
    found = obligations(load_entry("tri-urgences"), "deployer", FAR, "valmere-urgences")
    return next(one.applies_from for one in found if one.id == name)


def test_a_deployer_corrects_a_line_by_its_id(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = load().line("AIA-027")
    assert _applies("AIA-027") == datetime.date(2027, 12, 2)
    _own(monkeypatch, tmp_path, "ai_act.yaml", "lines:\n  - {id: AIA-027, applies: 2027-06-01}\n")
    assert load().line("AIA-027").fr == before.fr
    assert load().changed == {"AIA-027"}
    assert _applies("AIA-027") == datetime.date(2027, 6, 1)


def test_a_line_is_repealed_by_its_last_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "lines:\n  - {id: AIA-004, until: 2027-06-30}\n"
    _own(monkeypatch, tmp_path, "ai_act.yaml", text)
    one = load_entry("tri-urgences")
    for day, state in (("2027-06-30", "in_force"), ("2027-07-01", "not_concerned")):
        found = obligations(one, "deployer", datetime.date.fromisoformat(day))
        line = next(each for each in found if each.id == "AIA-004")
        assert line.state == state
    assert "2027-06-30" in line.why


def test_a_line_is_added(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (
        "lines:\n"
        "  - {id: ARS-1, article: Charte, roles: [deployer], scope: all, applies: 2027-01-01,\n"
        "     evidence: [inventory], confidence: low, fr: Tenir un inventaire, en: Keep a list}\n"
    )
    _own(monkeypatch, tmp_path, "ai_act.yaml", text)
    assert _applies("ARS-1") == datetime.date(2027, 1, 1)


def test_an_artefact_is_renamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "artefacts:\n  dpia: {fr: AIPD}\n"
    _own(monkeypatch, tmp_path, "artefacts.yaml", text)
    assert load().artefacts["dpia"].fr == "AIPD"
    assert load().artefacts["dpia"].en == "Data protection impact assessment"
    assert "dpia" in load().changed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("lines:\n  - {id: AIA-004, aplies: 2027-01-01}\n", "line 2, lines.0.aplies"),
        (
            "lines:\n  - {id: AIA-004, applies: 2027-02-30}\n",
            "line 2, lines.0.applies.*“2027-02-30” is not",
        ),
        ("lines:\n  - {id: AIA-004, evidence: [training.plann]}\n", "training.plan"),
        (
            "lines:\n  - {id: AIA-004, when: [sunny]}\n",
            "lines.0.when.0: “sunny” is not known",
        ),
        ("lines:\n  - {id: AIA-X, scope: all}\n", "line 2, lines.0.article: this field is missing"),
        ("artefacts:\n  dpia: {fr: AIPD}\n", "artefacts"),
        ("- a\n", "key: value"),
        ("lines: [\n", "YAML"),
    ],
)
def test_a_mistake_in_a_correction_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, told: str
) -> None:
    _own(monkeypatch, tmp_path, "ai_act.yaml", content)
    with pytest.raises(PreuveError, match=told):
        load()


def test_a_folder_that_does_not_exist_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PREUVE_FACTS", str(tmp_path / "absent"))
    with pytest.raises(PreuveError, match="PREUVE_FACTS"):
        load()


def test_an_unknown_line_is_told() -> None:
    with pytest.raises(PreuveError, match="AIA-027"):
        load().line("AIA-27")
