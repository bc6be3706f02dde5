"""The commands over the records that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from preuve.catalogue.example import documents
from preuve.cli import catalogue_store

app = typer.Typer()
catalogue_store.register(app)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "records"
    made.mkdir()
    for number, text in enumerate(documents(3), start=1):
        (made / f"{number}.nt").write_text(text)
    return made


def call(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_harvest_search_and_reindex(tmp_path: Path, folder: Path) -> None:
    database = ["--database", str(tmp_path / "store.db")]
    code, shown = call("harvest", "dossier", str(folder), *database)
    assert code == 0
    assert "3  added" in shown
    _code, told = call("harvest", "dossier", *database, "--json")
    assert json.loads(told)["counts"] == {"unchanged": 3, "pages": 3}
    _code, told = call("search", "entrepot", *database, "--json")
    assert json.loads(told)["total"] == 1
    _code, shown = call("search", "entrepôtt", *database)
    assert "Results for “entrepôt”" in shown
    assert call("reindex", *database)[0] == 0
    _code, told = call("search", "--facet", "category=nothing", *database, "--json")
    assert json.loads(told)["total"] == 0


def test_a_partial_harvest_says_so(tmp_path: Path, folder: Path) -> None:
    (folder / "2.nt").write_text("<html>")
    code, shown = call("harvest", "dossier", str(folder), "--database", str(tmp_path / "s.db"))
    assert code == 1
    assert "nothing was withdrawn" in shown
    assert "1 problem" in shown


def test_added_twice_is_edited(tmp_path: Path, folder: Path) -> None:
    database = ["--database", str(tmp_path / "store.db")]
    _code, shown = call("add", str(folder / "1.nt"), *database)
    assert "revision 1, draft" in shown
    _code, shown = call("add", str(folder / "1.nt"), "--publish", *database)
    assert "revision 2, published" in shown


def test_a_secret_header_that_is_none(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREUVE_HARVEST_HEADER", "s3cr3t")
    with pytest.raises(Exception, match="not a header") as refused:
        call("harvest", "dossier", str(folder), "--database", str(tmp_path / "s.db"))
    assert "s3cr3t" not in str(refused.value)
