"""The commands: a card in, a system out, side by side, the pack, the public register."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from preuve.cli.registry_exchange import register
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.registry.chai import parse
from preuve.registry.entry import load_entry


def _run(*arguments: object) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(one) for one in arguments])


def _refused(*arguments: object) -> PreuveError:
    result = _run(*arguments)
    assert isinstance(result.exception, PreuveError)
    return result.exception


@pytest.fixture
def entry_file(cards: list[Path], evidence: Evidence, tmp_path: Path) -> Path:
    """An entry made from a card; its version bears the digest of the packaged evidence."""
    path = tmp_path / "entry.yaml"
    result = _run("import-chai", cards[9], "--to", path)
    assert result.exit_code == 0
    digest = evidence.content["system"]["digest"]
    text = path.read_text(encoding="utf-8")
    named = "- version: PE-03-RT\n"
    assert named in text
    path.write_text(text.replace(named, f"{named}  digest: {digest}\n"), encoding="utf-8")
    return path


def test_a_card_becomes_an_entry_and_says_what_to_confirm(
    cards: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "entry.yaml"
    result = _run("import-chai", cards[9], "--to", path)
    assert "To confirm: line = imaging" in result.output
    assert "all claims" in result.output
    assert load_entry(path).maker.name == "Aidoc"
    assert _refused("import-chai", cards[9], "--to", path).where == str(path)


@pytest.mark.parametrize("form", ["chai", "chai-json", "fhir", "card"])
def test_a_system_is_written_in_each_format(
    form: str, entry_file: Path, packaged: Path, tmp_path: Path
) -> None:
    to = tmp_path / "out"
    result = _run("export", entry_file, "--format", form, "--to", to, "-e", packaged)
    assert result.exit_code == 0, result.output
    content = to.read_bytes()
    if form == "chai":
        assert parse(content, "out").card.basic_info.model_developer == "Aidoc"
    else:
        assert json.loads(content)


def test_side_by_side_in_the_terminal_and_as_json(
    entry_file: Path, packaged: Path, tmp_path: Path
) -> None:
    to = tmp_path / "comparison.json"
    result = _run("compare", packaged, "--entry", entry_file, "--to", to)
    assert result.exit_code == 0, result.output
    assert "below the measured interval" in " ".join(result.output.split())
    assert json.loads(to.read_text())["systems"][0]["figures"]


def test_the_pack_and_its_refusals(entry_file: Path, packaged: Path, tmp_path: Path) -> None:
    to = tmp_path / "pack"
    result = _run("tender", entry_file, "-e", packaged, "--on", "2027-12-02", "--to", to)
    assert result.exit_code == 0, result.output
    assert (to / "dossier.pdf").exists()
    bad_day = _refused("tender", entry_file, "--on", "2027-02-30", "--to", tmp_path / "a")
    assert "not a date that exists" in bad_day.problem
    bad_role = _refused(
        "tender", entry_file, "--on", "2027-02-03", "--role", "deploier", "--to", tmp_path / "a"
    )
    assert "deployer" in bad_role.remedy
    assert not (tmp_path / "a").exists()


def test_the_public_register(entry_file: Path, packaged: Path) -> None:
    result = _run("public", entry_file, "-e", packaged)
    assert "measured" in result.output
    as_json = _run("public", entry_file, "--format", "json")
    assert json.loads(as_json.output)["lines"][0]["systems"][0]["status"] == "claimed"
