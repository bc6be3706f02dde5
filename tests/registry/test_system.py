from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.record import canonical, digest_file
from preuve.core.usecase import UseCase
from preuve.registry import Scores, System
from preuve.registry.card import Card
from preuve.registry.declaration import schema

HEADER = "case,AFIB,LBBB,RBBB\n"
CARD = """\
name: ecg-features
version: "1.0"
title: {fr: Lecteur, en: Reader}
intended_use: {fr: Lire, en: Read}
training_data: {source: PTB-XL, folds: [1, 8], until: 2024-01-31}
measured: [{finding: AFIB, auroc: 0.97}]
limits:
  - {fr: Adultes seulement, en: Adults only}
licence: Apache-2.0
reviewed_by: cardiology
"""


def test_the_record_says_what_the_evidence_needs(tmp_path: Path) -> None:
    path = tmp_path / "reader.csv"
    path.write_text(HEADER + "a,0,0,0\n")
    (tmp_path / "reader.card.yaml").write_text(CARD)
    system = System.load(path)
    record = system.record()
    assert record["name"] == system.name == "ecg-features"
    assert record["version"] == "1.0"
    assert record["door"] == "predictions"
    assert record["digest"] == digest_file(path)
    assert record["card"]["reviewed_by"] == "cardiology"
    assert record["card"]["training_data"]["until"] == "2024-01-31"
    assert "findings" not in record["card"]
    assert str(tmp_path).encode() not in canonical(record)


def test_a_card_with_a_wrong_field_names_it(tmp_path: Path) -> None:
    path = tmp_path / "reader.card.yaml"
    path.write_text("name: x\nfindings: [bad code]\n")
    with pytest.raises(PreuveError, match="findings") as caught:
        Card.read(path)
    assert caught.value.where.endswith("reader.card.yaml:2")


def test_a_card_that_is_not_a_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reader.card.yaml"
    path.write_text("- a\n")
    with pytest.raises(PreuveError, match="key: value"):
        Card.read(path)


def test_a_human_reader_is_a_system(usecase: UseCase, cases: Cases) -> None:
    system = System.reader("Reader A")
    np.testing.assert_array_equal(system.predict(cases, usecase).values, cases.readers["Reader A"])
    assert system.record()["door"] == "reader"
    assert system.digest != System.reader("Reader B").digest
    with pytest.raises(PreuveError, match="Reader B") as caught:
        System.reader("Reader B").predict(cases, usecase)
    assert "Reader A" in caught.value.remedy


def test_the_contract_refuses_a_wrong_shape(usecase: UseCase, cases: Cases) -> None:
    with pytest.raises(PreuveError, match=r"\(25, 2\) where \(25, 3\)"):
        Scores.checked(np.zeros((25, 2)), cases, usecase, where="x")


def test_the_contract_forgives_the_rounding_of_32_bits_only(usecase: UseCase, cases: Cases) -> None:
    values = np.full((25, 3), np.float32(1.0000001), dtype=np.float32)
    assert Scores.checked(values, cases, usecase, where="x").values.max() == 1
    values[7, 1] = 1.0001
    with pytest.raises(PreuveError, match="LBBB") as caught:
        Scores.checked(values, cases, usecase, where="x")
    assert "case-07" in caught.value.where


def test_a_declaration_gives_the_system_it_names(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    (tmp_path / "answers.csv").write_text(HEADER + "case-01,0,0.5,1\n")
    (tmp_path / "system.yaml").write_text(
        "schema: 1\npredictions: answers.csv\ncard: {name: vendor, version: '2', extra: [1]}\n"
    )
    system = System.load(tmp_path)
    assert (system.name, system.door, system.card.version) == ("vendor", "predictions", "2")
    assert system == System.load(tmp_path / "system.yaml") == pickle.loads(pickle.dumps(system))
    assert system.predict(cases, usecase).values[1].tolist() == [0, 0.5, 1]


WRONG = {
    "unknown key": ("schema: 1\nprediction: a.csv\n", "Did you mean “predictions”", ":2"),
    "two doors": ("schema: 1\nreader: a\nonnx: b.onnx\n", "exactly one of", "system.yaml"),
    "no door": ("schema: 1\ncard: {}\n", "exactly one of", "system.yaml"),
    "limits": ("schema: 1\nreader: a\nlimits: {seconds: 3}\n", "only a command", "system.yaml"),
    "limit": ("schema: 1\ncommand: [a]\nlimits: {seconds: -3}\n", "limits.seconds", ":3"),
    "outside": ("schema: 1\npredictions: ../a.csv\n", "leaves the folder", "system.yaml"),
    "absolute": ("schema: 1\nonnx: /etc/hostname\n", "leaves the folder", "system.yaml"),
    "absent": ("schema: 1\nonnx: a.onnx\n", "does not exist", "a.onnx"),
    "not a mapping": ("- 1\n", "schema", "system.yaml"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_declaration_is_refused(tmp_path: Path, name: str) -> None:
    text, problem, where = WRONG[name]
    (tmp_path / "system.yaml").write_text(text)
    with pytest.raises(PreuveError) as caught:
        System.load(tmp_path / "system.yaml")
    assert problem in caught.value.problem
    assert caught.value.where.endswith(where)


def test_the_schema_names_every_door() -> None:
    assert {"schema", "onnx", "predictions", "command", "reader", "limits", "card"} == set(
        schema()["properties"]
    )


@pytest.mark.parametrize("name", ["reader.pkl", "reader", "absent.onnx", "absent/system.yaml"])
def test_what_is_not_a_system_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PreuveError):
        System.load(tmp_path / name)


def test_the_room_loads_no_heavy_library() -> None:
    code = (
        "import sys, preuve.registry;"
        "print([m for m in ('onnxruntime', 'polars', 'psutil', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
