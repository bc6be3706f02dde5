"""preuve economics, as an evaluator types it: run, check, models, schema, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from preuve.cli.app import app
from preuve.core.errors import PreuveError
from preuve.economics.model import PACKAGED

RUN = CliRunner()
DRAWS = "400"


def typed(*words: str, language: str = "en") -> str:
    done = RUN.invoke(app, ["--lang", language, "economics", *words])
    if isinstance(done.exception, PreuveError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("appraisal")
    typed("run", "ecg-gp", "--draws", DRAWS, "--into", str(into))
    return into


def test_run_writes_the_page_the_tables_and_the_workbook(folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "appraisal.fr.html",
        "appraisal.en.html",
        "tables/outcomes.parquet",
        "tables/figures.parquet",
        "tables/trace.parquet",
        "tables/appraisal.json",
        "tables/ecg-gp.xlsx",
    }


def test_the_tables_hold_every_draw_and_add_up(folder: Path) -> None:
    table = pl.read_parquet(folder / "tables" / "outcomes.parquet")
    record = json.loads((folder / "tables" / "appraisal.json").read_text())
    costs = table.filter((pl.col("outcome") == "cost") & (pl.col("year") == 0))
    by_draw = costs.group_by("strategy", "draw").agg(pl.col("value").sum())
    for name, told in record["strategies"].items():
        own = by_draw.filter(pl.col("strategy").cast(pl.String) == name)
        assert own.height == int(DRAWS)
        assert own["value"].mean() == pytest.approx(told["cost"][0])
    assert set(table["year"].unique()) == set(range(6))
    assert {"amo", "amc", "patient"} <= set(table["payer"].cast(pl.String).unique())


def test_the_same_seed_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    typed("run", "ecg-gp", "--draws", DRAWS, "--into", str(tmp_path))
    for path in folder.rglob("*.*"):
        other = tmp_path / path.relative_to(folder)
        assert path.read_bytes() == other.read_bytes(), path.name


def test_run_as_json(tmp_path: Path) -> None:
    said = typed("run", "ecg-gp", "--draws", DRAWS, "--into", str(tmp_path), "--json")
    record = json.loads(said)
    assert record["schema"] == "preuve/appraisal/1"
    assert record["provenance"]["draws"] == int(DRAWS)
    assert len(record["increments"]["ai"]["cost"]) == 3


def test_check_tells_reservations_with_their_line() -> None:
    found = json.loads(typed("check", "ecg-gp", "--json"))
    assert {one["state"] for one in found} <= {"met", "not_met", "cannot_tell", "not_applicable"}
    assert not [one for one in found if one["reservation"] == "major"]
    expected = [one for one in found if one["reservation"]]
    assert expected
    assert all(one["mend"] and one["line"] for one in expected)
    told = typed("check", "ecg-gp")
    assert "This is a prediction" in " ".join(told.split())


def test_check_speaks_french() -> None:
    assert "réserve" in typed("check", "ecg-gp", language="fr").lower()


def test_models_and_schema() -> None:
    assert "ecg-gp" in typed("models")
    assert json.loads(typed("schema"))["title"] == "WrittenModel"


def test_a_model_that_is_wrong_is_told_by_line(tmp_path: Path) -> None:
    text = (PACKAGED / "ecg-gp.yaml").read_text(encoding="utf-8")
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace("  horizon: 40 years\n", "  horizon: 1 month\n"), encoding="utf-8")
    with pytest.raises(PreuveError) as told:
        typed("run", str(path))
    assert "shorter than the cycle" in told.value.problem
    assert str(path) in told.value.where


def test_a_model_that_does_not_exist() -> None:
    with pytest.raises(PreuveError, match="ecg-gp"):
        typed("run", "ecg-gb")


def test_evidence_is_named(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="NAME=FILE"):
        typed("run", "ecg-gp", "--evidence", "reader.json")
    with pytest.raises(PreuveError):
        typed("run", "ecg-gp", "--evidence", f"reader={tmp_path / 'none.json'}")


def test_an_evidence_the_model_does_not_read_is_refused() -> None:
    evidence = PACKAGED / "ecg-example.evidence.json"
    with pytest.raises(PreuveError, match="other"):
        typed("run", "ecg-gp", "--evidence", f"other={evidence}")


def test_too_few_draws() -> None:
    with pytest.raises(PreuveError, match="too few"):
        typed("run", "ecg-gp", "--draws", "5")
