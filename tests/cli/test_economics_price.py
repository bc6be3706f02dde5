"""preuve economics price, as an evaluator types it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from preuve.cli.app import app
from preuve.core.errors import PreuveError
from preuve.economics.pricing.scheme import examples

MODEL = """\
preuve_model: 1
name: reader
title: {fr: Un lecteur, en: A reader}
decision:
  question: {fr: q, en: Does it pay}
  population: {fr: p, en: Adults}
  perspective: payer
  horizon: 10 years
  cycle: 1 year
  price_year: 2024
parameters:
  die: {value: 0.1, unit: probability/year, source: a study, grade: B}
  price: {value: 10, unit: EUR, source: assumed, grade: D}
structure:
  kind: cohort
  states:
    well: {}
    dead: {dead: true}
  start: {well: 1}
  transitions:
    well: {dead: die, well: rest}
rewards:
  effects:
    qaly: {states: {well: 1}}
strategies:
  usual: {label: {fr: Sans, en: Without}}
  aided:
    label: {fr: Avec, en: With}
    price: {scheme: {scheme: per_use, amount: price}, uses: 1, once: true}
analyses:
  draws: 10
  market:
    months: 24
    eligible: {value: 1200, low: 800, high: 1800}
    uptake: {start: 0.5, plateau: 0.5, half_after: 1}
    dropout: 0.02
    professionals: 10
  maker: {certification: 1000, fixed: 500}
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "reader.yaml"
    path.write_text(MODEL, encoding="utf-8")
    return path


def _said(*words: str, lang: str = "en") -> str:
    command = ["--lang", lang, "economics", "price", *words]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("scheme", ["per_use", "pecan", "all"])
def test_a_scheme_writes_its_pages_and_tables(scheme: str, model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    said = _said(str(model), "--scheme", scheme, "--draws", "100", "--into", str(folder))
    assert "payers would spend" in " ".join(said.split())
    assert said.rindex("Page (en)") < said.rindex("Page (fr)")
    for language in ("fr", "en"):
        assert f'lang="{language}"' in (folder / f"funding.{language}.html").read_text("utf-8")
    kept = set(pl.read_parquet(folder / "tables" / "flows.parquet")["scheme"])
    assert kept == (set(examples()) if scheme == "all" else {scheme})


def test_a_scheme_told_to_a_machine(model: Path, tmp_path: Path) -> None:
    said = _said(
        str(model), "--scheme", "per_use", "--draws", "100", "--into", str(tmp_path), "--json"
    )
    rows = json.loads(said)
    assert {row["scheme"] for row in rows} == {"per_use"}
    spent = [row for row in rows if row["measure"] == "payers"]
    assert [row["year"] for row in spent] == [1, 2]
    assert all(row["low95"] < row["mean"] < row["high95"] for row in spent)


def test_the_page_of_the_language_asked_for_comes_first(model: Path, tmp_path: Path) -> None:
    said = _said(str(model), "--draws", "100", "--into", str(tmp_path / "out"), lang="fr")
    whole = said.replace("\n", "")
    assert 0 < whole.rindex("funding.fr.html") < whole.rindex("funding.en.html")


def test_a_scheme_that_does_not_exist_is_refused_with_the_nearest(
    model: Path, tmp_path: Path
) -> None:
    command = ["--lang", "en", "economics", "price", str(model), "--scheme", "pecann"]
    result = CliRunner().invoke(app, [*command, "--into", str(tmp_path)])
    assert result.exit_code != 0
    assert isinstance(result.exception, PreuveError)
    assert "pecann" in result.exception.problem
    assert "pecan" in (result.exception.remedy or "")


def test_a_model_without_a_market_is_told_what_to_write(model: Path, tmp_path: Path) -> None:
    head, _found, _tail = MODEL.partition("  market:")
    model.write_text(head, encoding="utf-8")
    command = ["--lang", "en", "economics", "price", str(model), "--into", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, PreuveError)
    assert "analyses.market" in (result.exception.remedy or "")
    assert str(model) in str(result.exception.where)
