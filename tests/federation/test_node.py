from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preuve.core.errors import PreuveError
from preuve.federation import Node
from preuve.federation.node import fingerprint

_WRITTEN = {
    "schema": "1",
    "name": "site0",
    "label": "{fr: Site 0, en: Site 0}",
    "data": "{tiny: data}",
}


def written(folder: Path, **changed: str | None) -> Node:
    keys = {**_WRITTEN, **changed}
    text = "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None)
    (folder / "node.yaml").write_text(text)
    return Node(folder)


def test_a_node(tmp_path: Path) -> None:
    node = written(tmp_path)
    assert Node.load(str(tmp_path)) == node
    assert (node.name, node.label) == ("site0", {"fr": "Site 0", "en": "Site 0"})
    assert node.policy.record() == {"smallest_cell": 11, "merge_operating_point": False}
    assert node.source("tiny").address == str(tmp_path / "data")
    assert node.ledger.entries == ()


def test_the_key_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    node = written(tmp_path)
    assert node.key.public == Node(tmp_path).key.public
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert "key" not in pickle.loads(pickle.dumps(node)).__dict__


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": None}, "name: this field is missing"),
        ({"label": None}, "label: this field is missing"),
        ({"data": None}, "data: this field is missing"),
        ({"schema": None}, "schema: this field is missing"),
        ({"name": "Site 0"}, "name"),
        ({"polcy": "{}"}, "Did you mean “policy”"),
        ({"policy": "{smallest_cel: 5}"}, "Did you mean “smallest_cell”"),
        ({"policy": "{smallest_cell: 0}"}, "policy.smallest_cell"),
        ({"label": "{fr: Site}"}, "label.en"),
        ({"schema": "2"}, "schema"),
        ({"name": "[a"}, "not valid YAML"),
    ],
)
def test_a_wrong_file_is_told_by_its_field(
    changed: dict[str, str | None], told: str, tmp_path: Path
) -> None:
    written(tmp_path, **changed)
    with pytest.raises(PreuveError) as caught:
        Node.load(tmp_path)
    assert told in str(caught.value)
    assert "node.yaml" in caught.value.where


def test_a_folder_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="does not exist"):
        Node.load(tmp_path)


def test_a_use_case_without_data_here(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="no data for the use case other"):
        written(tmp_path).source("other")


def test_data_in_a_database(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/site.db"
    with sqlite3.connect(tmp_path / "site.db") as connection:
        connection.execute("create table cases (case_id text)")
        connection.execute("insert into cases values ('r1')")
    source = written(tmp_path, data=f'{{tiny: "{address}"}}').source("tiny")
    assert source.table("cases", ["case_id"])["case_id"].to_list() == ["r1"]
    assert fingerprint(source) is None


def test_a_fingerprint_follows_the_files(
    tmp_path: Path, make_node: Callable[..., Node], random_table: Callable[[str, int, int], Any]
) -> None:
    source = make_node("a", random_table("a", 5, 1)).source("tiny")
    before = fingerprint(source)
    assert before == fingerprint(source)
    (source.folder / "more.csv").write_text("x")
    assert fingerprint(source) != before
