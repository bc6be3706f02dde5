"""The descriptive grid: 42 items, filled by answers or by proofs."""

from __future__ import annotations

import datetime
from pathlib import Path

from registry.registered import entry

import preuve.economics
from preuve.core.evidence import Evidence
from preuve.registry.entry import load_entry
from preuve.registry.grid import grid

EVIDENCE = Path(preuve.economics.__file__).parent / "models" / "ecg-example.evidence.json"
DAY = datetime.date(2026, 11, 28)


def test_the_grid_has_its_42_items_in_4_domains() -> None:
    found = grid(entry(), DAY)
    assert len(found.items) == 42
    assert {one.id: len(found.of(one.id)) for one in found.domains} == {
        "F": 4,
        "D": 15,
        "M": 9,
        "C": 14,
    }
    assert found.filled == 0
    assert found.numbering is not None
    assert "working" in found.numbering.en.lower()
    assert "numérotation de travail" in found.numbering.fr.lower()


def test_answers_fill_items_and_vague_ones_do_not() -> None:
    assert grid(load_entry("lecteur-thorax"), DAY).filled == 3
    assert grid(entry(grid={"HAS-01": "N/A", "HAS-02": "Gain de temps"}), DAY).filled == 1


def test_signed_evidence_fills_items_of_the_same_artefact_only() -> None:
    signed = Evidence.load(EVIDENCE)
    own = signed.content["system"]["digest"]
    known = entry(synthetic=False, versions=[{"version": "1", "digest": own}])
    other = entry(synthetic=False, versions=[{"version": "1", "digest": "sha256:" + "0" * 64}])
    filled = {one.item.id for one in grid(known, DAY, [signed]).items if one.filled}
    assert filled == {"HAS-06", "HAS-29", "HAS-30", "HAS-33", "HAS-34"}
    assert grid(other, DAY, [signed]).filled == 0


def test_a_document_fills_its_item_while_it_holds() -> None:
    paper = {
        "kind": "evaluation.robustness",
        "title": "Essais",
        "date": "2026-01-01",
        "valid_until": "2026-12-31",
        "provided_by": "provider",
    }
    held = entry(artefacts=[paper])
    assert [one.item.id for one in grid(held, DAY).items if one.filled] == ["HAS-35"]
    assert grid(held, datetime.date(2027, 1, 1)).filled == 0
