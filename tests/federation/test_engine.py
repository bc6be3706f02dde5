from __future__ import annotations

import json
import pickle
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.evaluation.site import Place
from preuve.federation import Node, Outcome, run, unknown_rows
from preuve.federation.job import Job, Task
from preuve.registry import System

RandomTable = Callable[[str, int, int], Any]
MakeNode = Callable[..., Node]
Predictions = Callable[..., System]


@dataclass(frozen=True)
class Hospitals:
    tables: dict[str, Any]
    nodes: list[Node]
    system: System


@pytest.fixture
def hospitals(
    make_node: MakeNode, random_table: RandomTable, predictions: Predictions
) -> Callable[..., Hospitals]:
    """Nodes n0, n1, … of 60 people, 24 of them with the finding, and a system for them."""

    def make(count: int, *others: Any) -> Hospitals:
        tables = {f"n{i}": random_table(f"n{i}", 60, i) for i in range(count)}
        nodes = [make_node(name, t) for name, t in tables.items()]
        return Hospitals(tables, nodes, predictions([*tables.values(), *others]))

    return make


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def contents(outcomes: list[Outcome]) -> list[bytes]:
    return [o.path.read_bytes() for o in outcomes if o.path]


_FORTY = """
import json, sys
from dataclasses import dataclass
from pathlib import Path
from preuve.core.folder import UseCaseFolder
from preuve.federation import Node, run
from preuve.registry import System
from preuve.registry.card import Card

@dataclass(frozen=True)
class Echo:
    door: str = "onnx"
    digest: str = "sha256:echo"
    def answer(self, question):
        question.progress("", 30, 60)
        return question.cases.inputs["score"](slice(None)).astype(float)[:, None], ""

root, told = Path(sys.argv[1]), []
nodes = [Node(root / "nodes" / f"n{i}") for i in range(40)]
outcomes = run(UseCaseFolder(root / "tiny"), System("echo", Echo(), Card()), nodes,
               into=root / "out", progress=lambda *event: told.append(event))
polars = "polars" in sys.modules
print(json.dumps([[(o.status, o.envelope.site.site) for o in outcomes], told, polars]))
"""


def test_forty_nodes_in_one_run(
    hospitals: Callable[..., Hospitals], tiny: UseCaseFolder, tmp_path: Path
) -> None:
    """A script without a main guard, whose own class is sent to processes forked from it."""
    found = hospitals(40)
    done = subprocess.run(
        [sys.executable, "-c", _FORTY, str(tiny.path.parent)], capture_output=True, check=True
    )
    outcomes, told, polars = json.loads(done.stdout)
    assert outcomes == [["released", name] for name in found.tables]
    assert not polars
    for name in found.tables:
        stages = [(done, note) for task, done, total, note in told if task == name]
        assert stages == [
            (0, "reading"),
            (45, "predicting"),
            (80, "summarising"),
            (90, "gate"),
            (100, ""),
        ]


def test_what_an_outcome_tells(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    found = hospitals(1)
    (outcome,) = run(tiny, found.system, found.nodes, into=tmp_path / "out")
    site = outcome.envelope.site
    assert site.cells[Place("system", "D")].people.tolist() == [36, 24]
    assert site.exclusions == (({"fr": "illisible", "en": "unreadable"}, None),)
    assert (site.cases, site.people, site.synthetic) == (60, 60, True)
    assert outcome.warnings == ("case 0 is flat",)
    assert outcome.wall_seconds > 0
    assert outcome.cpu_seconds > 0
    assert outcome.envelope.ledger_head == found.nodes[0].ledger.head


def test_a_process_of_its_own_for_each_node_gives_the_same_releases(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    tmp_path: Path,
) -> None:
    found = hospitals(3)
    pool = run(tiny, found.system, found.nodes, into=tmp_path / "pool", workers=1)
    alone = run(tiny, found.system, found.nodes, into=tmp_path / "alone", isolation="subprocess")
    assert statuses(alone) == ["released"] * 3
    assert contents(pool) == contents(alone)
    assert [len(node.ledger.entries) for node in found.nodes] == [1, 1, 1]


def test_a_second_run_computes_nothing(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    found = hospitals(3)
    first = run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    again = run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    assert [o.reused for o in again] == [True] * 3
    assert [o.warnings for o in again] == [o.warnings for o in first]
    assert contents(first) == contents(again)


def test_what_has_changed_is_computed_again(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    predictions: Predictions,
    tmp_path: Path,
) -> None:
    found = hospitals(4)
    run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    changed, governed, spoilt, _same = found.nodes
    table = changed.folder / "data" / "cases.csv"
    table.write_text(table.read_text().replace(",0.", ",0.0"))
    text = (governed.folder / "node.yaml").read_text()
    (governed.folder / "node.yaml").write_text(text.replace("{}", "{smallest_cell: 12}"))
    (released,) = (tmp_path / "out").rglob(f"{spoilt.name}.json")
    released.write_bytes(released.read_bytes()[:-1])
    nodes = [Node(node.folder) for node in found.nodes]
    again = run(tiny, found.system, nodes, into=tmp_path / "out", workers=1)
    assert [o.reused for o in again] == [False, False, False, True]
    assert [len(node.ledger.entries) for node in nodes] == [2, 2, 1, 1]
    other = predictions(list(found.tables.values()), "other", 2.0)
    outcomes = run(tiny, other, nodes, into=tmp_path / "out", workers=1)
    assert [o.reused for o in outcomes] == [False] * 4


def test_other_code_computes_again_and_the_ledger_knows_the_release(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    """A file that `data.py` imports counts as much as itself."""
    found = hospitals(2)
    first = run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    (tiny.path / "features.py").write_text("STEP = 2\n")
    nodes = [Node(node.folder) for node in found.nodes]
    again = run(tiny, found.system, nodes, into=tmp_path / "out", workers=1)
    assert [outcome.reused for outcome in again] == [False, False]
    assert [o.envelope.content() for o in again] == [o.envelope.content() for o in first]
    assert [len(node.ledger.entries) for node in nodes] == [1, 1]


def test_one_node_in_trouble_leaves_the_others_intact(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    make_node: MakeNode,
    random_table: RandomTable,
    tmp_path: Path,
) -> None:
    negative = replace(random_table("c", 60, 1), label=[0] * 60)
    dead = random_table("d", 60, 1)
    found = hospitals(2, negative, dead)
    good, system = found.nodes, found.system
    three = make_node("three", random_table("three", 3, 1))
    constant = make_node("constant", negative)
    no_data = make_node("nodata", random_table("x", 60, 1), data="nowhere")
    unlabelled = make_node("unlabelled", random_table("u", 60, 1))
    table = unlabelled.folder / "data" / "cases.csv"
    table.write_text(table.read_text().replace("sex,D,", "sex,other,"))
    bad_yaml = make_node("badyaml", random_table("b", 60, 1))
    (bad_yaml.folder / "node.yaml").write_text("name: [")
    broken = make_node("broken", random_table("x", 60, 1))
    (broken.folder / "data" / "broken").touch()
    dying = make_node("dying", dead)
    (dying.folder / "data" / "deadly").touch()
    nodes = [dying, bad_yaml, good[0], three, constant, no_data, unlabelled, broken, good[1]]
    outcomes = run(tiny, system, nodes, into=tmp_path / "out", workers=2)
    by_name = dict(zip((node.folder.name for node in nodes), outcomes, strict=True))
    assert {name: o.status for name, o in by_name.items()} == {
        "dying": "failed",
        "badyaml": "failed",
        "n0": "released",
        "three": "refused",
        "constant": "released",
        "nodata": "failed",
        "unlabelled": "failed",
        "broken": "failed",
        "n1": "released",
    }
    told = {name: str(o.error) for name, o in by_name.items() if o.error}
    assert "ended before its work (-9)" in told["dying"]
    assert "not valid YAML" in told["badyaml"]
    assert "Fewer than 11 people" in told["three"]
    assert "data folder does not exist" in told["nodata"]
    assert "Missing columns: D" in told["unlabelled"]
    error = by_name["broken"].error
    assert error is not None
    assert "ZeroDivisionError" in error.problem
    assert "a-17" not in error.problem
    assert "a-17" in error.where
    with pytest.raises(PreuveError, match="Fewer than 11"):
        by_name["three"].envelope  # noqa: B018
    (dying.folder / "data" / "deadly").unlink()
    again = run(tiny, system, nodes, into=tmp_path / "out", workers=2)
    assert statuses(again)[0] == "released"
    assert [o.reused for o in again if o.status == "released"] == [False, True, True, True]
    assert all(len(node.ledger.entries) == 1 for node in (dying, good[0], constant))


_KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from preuve.federation import job
task = pickle.loads(Path(sys.argv[1]).read_bytes())
whole = job.write_whole
def dies(path, content, **options):
    if path == task.path:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(path, content, **options)
job.write_whole = dies
job.work(task, lambda *told: None)
"""


def test_killed_between_the_ledger_and_the_release(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    tmp_path: Path,
) -> None:
    found = hospitals(1)
    (node,), system = found.nodes, found.system
    job = Job(tiny, system)
    name = job.digest.removeprefix("sha256:")[:16]
    task = Task(job, node, tmp_path / "out" / name / f"{node.name}.json")
    (tmp_path / "task").write_bytes(pickle.dumps(task))
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "task")])
    assert ended.returncode == -signal.SIGKILL
    assert len(node.ledger.entries) == 1
    assert not task.path.exists()
    head = node.ledger.head
    (outcome,) = run(tiny, system, [node], into=tmp_path / "out")
    assert (outcome.status, outcome.reused) == ("released", False)
    assert outcome.envelope.ledger_head == head == node.ledger.head
    assert len(node.ledger.entries) == 1


_RUN = """
import os, signal, sys
from pathlib import Path
from preuve.core.folder import UseCaseFolder
from preuve.federation import Node, run
from preuve.registry import System
root, ends = Path(sys.argv[1]), []
def progress(task, done, total, note=""):
    if done == total:
        ends.append(task)
    if len(ends) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    nodes = [Node(root / "nodes" / f"n{i}") for i in range(6)]
    run(UseCaseFolder(root / "tiny"), System.load(root / "system.csv"), nodes,
        into=root / "out", progress=progress)
"""


def test_killed_in_the_middle_and_started_again(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    tmp_path: Path,
) -> None:
    found = hospitals(6)
    ended = subprocess.run([sys.executable, "-c", _RUN, str(tmp_path)])
    assert ended.returncode == -signal.SIGKILL
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("n*.json")}
    assert len(before) >= 3
    outcomes = run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    assert statuses(outcomes) == ["released"] * 6
    assert sum(o.reused for o in outcomes) >= 3
    after = {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("n*.json")}
    assert {name: after[name] for name in before} == before
    assert [len(node.ledger.entries) for node in found.nodes] == [1] * 6


def test_identifiers_that_no_node_knows_are_counted(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    predictions: Predictions,
    random_table: RandomTable,
    tmp_path: Path,
) -> None:
    found = hospitals(2)
    tables = list(found.tables.values())
    whole = found.system
    outcomes = run(tiny, whole, found.nodes, into=tmp_path / "out", workers=1)
    assert [dict(o.unknown_rows) for o in outcomes] == [{"system": 60}, {"system": 60}]
    assert unknown_rows(whole, outcomes) == 0
    again = run(tiny, whole, found.nodes, into=tmp_path / "out", workers=1)
    assert unknown_rows(whole, again) == 0
    stranger = predictions([*tables, random_table("stranger", 7, 1)], "more")
    outcomes = run(tiny, stranger, found.nodes, into=tmp_path / "out", workers=1)
    assert unknown_rows(stranger, outcomes) == 7
    assert unknown_rows(System.reader("a"), outcomes) is None
    unread = [Outcome("n2", "failed"), *outcomes]
    assert unknown_rows(stranger, unread) is None


def test_two_systems_are_compared_on_the_same_cases(
    tiny: UseCaseFolder,
    hospitals: Callable[..., Hospitals],
    predictions: Predictions,
    tmp_path: Path,
) -> None:
    found = hospitals(1)
    other = predictions(list(found.tables.values()), "other", 2.0)
    (outcome,) = run(tiny, found.system, found.nodes, comparator=other, into=tmp_path / "out")
    site = outcome.envelope.site
    assert site.comparisons["D"].area.value == pytest.approx(0)
    assert outcome.envelope.asked == (tiny.usecase.digest, found.system.digest, other.digest)
    assert Place("comparator", "D") in site.cells
    assert dict(outcome.unknown_rows) == {"system": 0, "comparator": 0}


def test_data_in_a_database(
    tiny: UseCaseFolder,
    make_node: MakeNode,
    hospitals: Callable[..., Hospitals],
    tmp_path: Path,
) -> None:
    found = hospitals(1)
    table = found.tables["n0"]
    with sqlite3.connect(tmp_path / "site.db") as connection:
        connection.execute('create table cases ("case" text, person text, sex text, D, score)')
        rows = zip(table.case, table.person, table.sex, table.label, table.score, strict=True)
        connection.executemany("insert into cases values (?, ?, ?, ?, ?)", rows)
    node = make_node("sql", table, data=f"sqlite:///{tmp_path}/site.db")
    nodes = [node, *found.nodes]
    base, folder = run(tiny, found.system, nodes, into=tmp_path / "out", workers=1)
    assert base.status == "released"
    assert base.envelope.site.cases == folder.envelope.site.cases == 60
    again, _folder = run(tiny, found.system, nodes, into=tmp_path / "out", workers=1)
    assert not again.reused
    assert again.envelope.content() == base.envelope.content()
    assert len(node.ledger.entries) == 1


def test_two_nodes_of_one_name_are_refused(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    found = hospitals(1)
    (node,) = found.nodes
    with pytest.raises(PreuveError, match="Two nodes have the name n0"):
        run(tiny, found.system, [node, Node(node.folder)], into=tmp_path / "out")


def test_a_tampered_ledger_stops_its_node_only(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    found = hospitals(2)
    run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    path = found.nodes[0].folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"smallest_cell":11', b'"smallest_cell":12'))
    outcomes = run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    assert statuses(outcomes) == ["failed", "released"]
    assert "ledger of releases was altered" in str(outcomes[0].error)
    outcomes = run(tiny, found.system, found.nodes, into=tmp_path / "elsewhere", workers=1)
    assert statuses(outcomes) == ["failed", "released"]


def test_releases_tell_no_identifier(
    tiny: UseCaseFolder, hospitals: Callable[..., Hospitals], tmp_path: Path
) -> None:
    found = hospitals(1)
    run(tiny, found.system, found.nodes, into=tmp_path / "out", workers=1)
    left = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert left
    assert not any(case.encode() in left for case in found.tables["n0"].case)
    assert not any(person.encode() in left for person in found.tables["n0"].person)
