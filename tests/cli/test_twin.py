"""preuve twin, as a planner types it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from preuve.cli.app import app
from preuve.core.errors import PreuveError

SHORT = """
name: close-cahors
title: {fr: Fermer Cahors, en: Close Cahors}
period: {from: 2024-03-01, to: 2024-03-10}
elements:
  - close: {site: 460000110, discipline: obstetrics}
"""


def _said(*words: str) -> str:
    result = CliRunner().invoke(app, ["--lang", "en", "twin", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "close-cahors.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def test_a_run_writes_its_pages_and_tables(short: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    said = _said("run", str(short), "--runs", "2", "--processes", "1", "--into", str(folder))
    assert "Close Cahors" in said
    for language in ("fr", "en"):
        page = (folder / f"impact.{language}.html").read_text(encoding="utf-8")
        assert "Cahors" in page
    assert pl.read_parquet(folder / "tables" / "sites.parquet").height > 1000
    assert (folder / "tables" / "sites.csv").exists()


def test_a_run_told_to_a_machine(short: Path, tmp_path: Path) -> None:
    said = _said(
        "run", str(short), "--runs", "1", "--processes", "1", "--into", str(tmp_path), "--json"
    )
    told = json.loads(said)
    assert told["provenance"]["runs"] == 1
    assert {row["measure"] for row in told["national"]} >= {"stays", "occupancy", "overload"}


def test_scenarios_sites_schema_check_and_zoom(short: Path) -> None:
    assert "close-maternity-lot" in _said("scenarios")
    assert len(json.loads(_said("scenarios", "--json"))) >= 6
    assert "460000110" in _said("sites", "cahors")
    assert json.loads(_said("sites", "cahors", "--json"))[0]["obstetrics"] > 0
    assert "elements" in json.loads(_said("schema"))["properties"]
    assert "is in order" in _said("check", str(short))
    assert "arrivals a day" in _said("zoom", "460000110", "--places", "16", "--hours", "4")


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(SHORT.replace("460000110", "460000111"), encoding="utf-8")
    with pytest.raises(PreuveError, match="460000110") as told:
        CliRunner().invoke(
            app, ["--lang", "en", "twin", "check", str(path)], catch_exceptions=False
        )
    assert "line 6" in str(told.value)
    assert str(path) in str(told.value.where)


def test_validation_without_data_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREUVE_DATA", raising=False)
    with pytest.raises(PreuveError, match="needs the open data"):
        CliRunner().invoke(
            app, ["twin", "validate", "--into", str(tmp_path)], catch_exceptions=False
        )
    assert not list(tmp_path.iterdir())
