"""preuve catalogue migrate and convert: a file in, a file out, and what is left to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from preuve.catalogue.canonical import digest
from preuve.catalogue.rdf import read_file
from preuve.catalogue.syntax import WRITTEN
from preuve.cli import catalogue_files
from preuve.core.errors import PreuveError

RECORDS = Path(__file__).parent / "records"


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    catalogue_files.register(app)
    return app


def test_migrate_writes_the_record_and_says_what_is_left(app: typer.Typer, tmp_path: Path) -> None:
    into = tmp_path / "r8.jsonld"
    result = CliRunner().invoke(app, ["migrate", str(RECORDS / "r5.ttl"), "--into", str(into)])
    assert result.exit_code == 0, result.output
    assert "2 things to fill" in result.output
    again = CliRunner().invoke(app, ["migrate", str(into), "--json"])
    (found,) = json.loads(again.output)
    assert found["changes"] == []
    assert len(found["todos"]) == 2


def test_migrate_alone_writes_nothing(app: typer.Typer, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    result = CliRunner().invoke(app, ["migrate", str(RECORDS / "full.ttl"), "--polyglot"])
    assert result.exit_code == 0, result.output
    assert "Nothing is left to fill." in result.output
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("syntax", [s.word for s in WRITTEN])
def test_convert_gives_the_same_graph(app: typer.Typer, tmp_path: Path, syntax: str) -> None:
    into = tmp_path / "out"
    file = RECORDS / "r5.ttl"
    result = CliRunner().invoke(app, ["convert", str(file), "--to", syntax, "--into", str(into)])
    assert result.exit_code == 0, result.output
    assert digest(read_file(into)) == digest(read_file(file))


@pytest.mark.parametrize(
    ("to", "sign"), [("schema.org", b'"Dataset"'), ("croissant", b"cr:"), ("dictionary", b"age")]
)
def test_convert_to_what_others_read(
    app: typer.Typer, tmp_path: Path, to: str, sign: bytes
) -> None:
    into = tmp_path / "out"
    result = CliRunner().invoke(
        app, ["convert", str(RECORDS / "full.ttl"), "--to", to, "--into", str(into)]
    )
    assert result.exit_code == 0, result.output
    assert sign in into.read_bytes()


@pytest.mark.parametrize(
    ("options", "problem"),
    [(["--to", "html"], "not written as html"), (["--hosts", "mars"], "mars is not known")],
)
def test_what_is_not_known_is_said(app: typer.Typer, options: list[str], problem: str) -> None:
    result = CliRunner().invoke(app, ["convert", str(RECORDS / "r5.ttl"), *options])
    assert isinstance(result.exception, PreuveError)
    assert problem in str(result.exception)


def test_dirty_files_are_converted_repaired(
    app: typer.Typer, tmp_path: Path, data_root: Path
) -> None:
    file = data_root / "healthdcat/de/zfkd_healthdcat-ap.ttl"
    into = tmp_path / "out.ttl"
    refused = CliRunner().invoke(app, ["convert", str(file), "--into", str(into)])
    assert isinstance(refused.exception, PreuveError)
    assert not into.exists()
    result = CliRunner().invoke(app, ["convert", str(file), "--tolerant", "--into", str(into)])
    assert result.exit_code == 0, result.output
    assert b"n/a" not in into.read_bytes()


def test_a_file_without_data_set_is_refused(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<urn:a> <urn:b> 'x' .")
    result = CliRunner().invoke(app, ["migrate", str(file)])
    assert isinstance(result.exception, PreuveError)
