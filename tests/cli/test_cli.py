"""The command line as its users type it: real processes, real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from preuve.usecases.heart_disease import nodes, reference


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def preuve(*words: object, cwd: Path | None = None, **environment: str) -> Said:
    done = subprocess.run(
        [sys.executable, "-c", "from preuve.cli import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PREUVE_LANG": "en", "COLUMNS": "200"} | environment,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def hospitals(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four hospitals of the heart disease study, and left-out predictions."""
    folder = tmp_path_factory.mktemp("hospitals")
    made = nodes.prepare(data_root, folder)
    reference.leave_one_hospital_out(made, folder / "scores.csv")
    return folder


@pytest.fixture
def own(hospitals: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(hospitals, tmp_path / "hospitals"))


def _nodes(folder: Path) -> list[object]:
    names = ("cleveland", "hungary", "long_beach", "switzerland")
    return [word for name in names for word in ("--node", folder / name)]


@pytest.fixture(scope="module")
def run(hospitals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("run")
    said = preuve(
        "evaluate", "heart_disease", hospitals / "scores.csv", *_nodes(hospitals), "--into", into
    )
    assert said.code == 0, said.err
    assert "next hospital" in said.out.lower()
    return into / "heart_disease.evidence.json"


def test_every_command_has_help_with_an_example() -> None:
    commands = [
        [],
        ["usecase"],
        ["usecase", "check"],
        ["system"],
        ["system", "check"],
        ["node"],
        ["node", "init"],
        ["data"],
        ["data", "get"],
        ["evaluate"],
        ["report"],
        ["verify"],
        ["demo"],
    ]
    for words in commands:
        said = preuve(*words, "--help")
        assert said.code == 0
        if words and words not in (["usecase"], ["system"], ["node"], ["data"]):
            assert f"preuve {' '.join(words)}" in said.out.rsplit("╯", 1)[1]


def test_evidence_is_verified_offline_and_any_change_is_refused(run: Path, tmp_path: Path) -> None:
    said = preuve("verify", run, "--json")
    assert said.code == 0
    released = ["cleveland", "hungary", "long_beach", "switzerland"]
    assert json.loads(said.out)["released"] == released
    record = json.loads(run.read_text())
    record["content"]["estimates"][0]["estimate"]["value"] += 0.01
    spoiled = tmp_path / "spoiled.json"
    spoiled.write_text(json.dumps(record))
    said = preuve("verify", spoiled)
    assert said.code == 2
    assert "altered" in said.err


def test_figures_that_do_not_follow_from_the_releases_are_refused(
    run: Path, tmp_path: Path
) -> None:
    """Signed anew by someone else, with releases that are genuine."""
    from preuve.core.evidence import Evidence
    from preuve.core.signature import Key

    record = json.loads(run.read_text())
    record["content"]["estimates"][0]["estimate"]["value"] += 0.01
    forged = Evidence.sign(record["content"], record["run"], Key.generate())
    said = preuve("verify", forged.save(tmp_path / "forged.json"))
    assert said.code == 2
    assert "do not follow" in said.err
    said = preuve("verify", run, "--key", "ed25519:00")
    assert said.code == 2
    assert "another key" in said.err


def test_the_page_is_written_in_both_languages(run: Path, tmp_path: Path) -> None:
    french = preuve("report", run, "--lang", "fr", "--to", tmp_path / "fr.html")
    english = preuve("report", run, "--lang", "en", "--to", tmp_path / "en.html")
    assert (french.code, english.code) == (0, 0)
    assert '<html lang="fr"' in (tmp_path / "fr.html").read_text()
    assert '<html lang="en"' in (tmp_path / "en.html").read_text()


def test_a_run_started_again_computes_nothing_and_says_the_same(own: Path, tmp_path: Path) -> None:
    words = ["evaluate", "heart_disease", own / "scores.csv", *_nodes(own), "--into"]
    one = preuve(*words, tmp_path / "run", "--json")
    ledger = (own / "cleveland" / "ledger.jsonl").read_bytes()
    two = preuve(*words, tmp_path / "run", "--json")
    assert json.loads(one.out) == json.loads(two.out)
    assert (own / "cleveland" / "ledger.jsonl").read_bytes() == ledger
    chain = json.loads(preuve("node", "ledger", own / "cleveland").out)
    assert len(chain) == 1


def test_one_spoiled_hospital_leaves_the_others_intact(own: Path, tmp_path: Path) -> None:
    table = own / "hungary" / "data" / "cases.csv"
    table.write_text(table.read_text().replace("age", "years", 1))
    words = ["evaluate", "heart_disease", own / "scores.csv", *_nodes(own), "--into", tmp_path]
    said = preuve(*words, "--json")
    assert said.code == 0
    sites = json.loads(said.out)["sites"]
    assert sites["hungary"] == "failed"
    assert sites["cleveland"] == sites["long_beach"] == "released"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text + text.splitlines()[1] + "\n", "twice"),
        (lambda text: text.replace(text.splitlines()[1].split(",")[1], "1.7", 1), "[0, 1]"),
        (lambda text: text.replace("disease", "desease", 1), "disease"),
        (lambda text: text + "nobody-knows-me,0.5\n", "no hospital has"),
        (lambda text: text.splitlines()[0] + "\n", ""),
    ],
    ids=["duplicate", "probability", "column", "unknown case", "empty"],
)
def test_spoiled_predictions_are_refused(own: Path, tmp_path: Path, spoil, message) -> None:  # type: ignore[no-untyped-def]
    scores = tmp_path / "scores.csv"
    scores.write_text(spoil((own / "scores.csv").read_text()))
    words = ["evaluate", "heart_disease", scores, *_nodes(own), "--into", tmp_path / "run"]
    said = preuve(*words)
    assert said.code == 2
    assert message in said.err
    assert len(said.err.splitlines()) < 40


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate", "nothing", "x.csv", "--node", "."], "no use case"),
        (["evaluate", "heart_disease", "absent.csv", "--node", "."], "does not exist"),
        (["usecase", "check", "nowhere"], "no use case"),
        (["system", "show", "reader.pkl"], "kind of file"),
        (["report", "absent.json"], "does not exist"),
        (["verify", "absent.json"], "does not exist"),
        (["--lang", "de", "usecase", "list"], "not spoken"),
        (["data", "get", "mimic"], "no data set"),
        (["node", "check", ".", "heart_disease"], "node.yaml"),
        (["demo"], "PREUVE_DATA"),
    ],
)
def test_mistakes_are_explained(words: list[str], message: str, tmp_path: Path) -> None:
    said = preuve(*words, cwd=tmp_path, PREUVE_DATA=str(tmp_path / "absent"))
    assert said.code == 2
    assert message in said.err
    assert not list(tmp_path.iterdir())


def test_an_unknown_key_is_named_with_its_line(own: Path, tmp_path: Path) -> None:
    node = own / "cleveland" / "node.yaml"
    node.write_text(node.read_text() + "polisy: {}\n")
    said = preuve("node", "check", own / "cleveland", "heart_disease")
    assert said.code == 2
    assert "polisy" in said.err
    assert "“policy”" in said.err
    assert f"node.yaml:{len(node.read_text().splitlines())}" in said.err.replace("\n", "")


def test_a_stricter_hospital_says_less_and_the_evidence_says_so(own: Path, tmp_path: Path) -> None:
    node = own / "switzerland" / "node.yaml"
    node.write_text(node.read_text().replace("smallest_cell: 5", "smallest_cell: 11"))
    words = ["evaluate", "heart_disease", own / "scores.csv", *_nodes(own), "--into", tmp_path]
    said = preuve(*words, "--json")
    assert json.loads(said.out)["sites"]["switzerland"] == "refused"
    record = json.loads((tmp_path / "heart_disease.evidence.json").read_text())
    (silent,) = [site for site in record["content"]["sites"] if site["outcome"] == "refused"]
    assert silent["release"] is None
    assert set(silent["reason"]) == {"fr", "en"}
    assert silent["reason"]["fr"] != silent["reason"]["en"]


def test_a_hospital_with_three_patients_is_refused(own: Path, tmp_path: Path) -> None:
    table = own / "long_beach" / "data" / "cases.csv"
    table.write_text("\n".join([*table.read_text().splitlines()[:4], ""]))
    words = ["evaluate", "heart_disease", own / "scores.csv", "--node", own / "long_beach"]
    said = preuve(*words, "--into", tmp_path / "run")
    assert said.code == 2
    assert "Fewer than 5 people" in said.err


def test_schemas_are_json() -> None:
    for words in (["usecase", "schema"], ["system", "schema"]):
        assert "properties" in json.loads(preuve(*words).out)


def test_use_cases_of_the_house_are_in_order() -> None:
    for name in ("ecg_interpretation", "heart_disease"):
        assert preuve("usecase", "check", name).code == 0


def test_a_node_is_made_once(tmp_path: Path) -> None:
    words = ["node", "init", tmp_path / "a", "--name", "a", "--usecase", "heart_disease"]
    assert preuve(*words).code == 0
    assert preuve(*words).code == 2
    bad = preuve("node", "init", tmp_path / "b", "--name", "B!", "--usecase", "heart_disease")
    assert bad.code == 2
    assert not (tmp_path / "b" / "node.yaml").exists()


def test_french_is_spoken(tmp_path: Path) -> None:
    said = preuve("verify", "absent.json", cwd=tmp_path, PREUVE_LANG="fr")
    assert "Le fichier n’existe pas." in said.err
    assert "Où :" in said.err.replace("\u00a0", " ")
