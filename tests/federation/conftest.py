"""A use case of one finding, and nodes of generated (SYNTHETIC) cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from preuve.core.cases import Cases
from preuve.core.folder import UseCaseFolder
from preuve.core.usecase import UseCase
from preuve.federation import Node
from preuve.registry import System

_TEXT = "{fr: essai, en: trial}"
_USECASE = f"""
schema: 1
code: tiny
version: "1"
title: {_TEXT}
question: {_TEXT}
population: {_TEXT}
reference_standard: {_TEXT}
limits: [{_TEXT}]
task: {{kind: binary}}
inputs:
  - {{name: score, type: float32, shape: [], unit: "1", about: {_TEXT}}}
findings:
  - {{code: D, label: {_TEXT}}}
subgroups:
  - code: sex
    label: {_TEXT}
    levels: [{{code: F, label: {_TEXT}}}, {{code: M, label: {_TEXT}}}]
thresholds: [0.1, 0.3, 0.5]
operating_point: 0.3
"""
_DATA = """
import os
import signal

import numpy as np

from preuve.core.cases import Cases, Exclusion


def read(source, usecase):
    table = source.table("cases", ["case", "person", "sex", "D", "score"])
    if source.is_folder and (source.folder / "deadly").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    if source.is_folder and (source.folder / "broken").exists():
        raise ZeroDivisionError("case a-17")
    scores = table["score"].cast(float).to_numpy()
    return Cases(
        identifiers=table["case"].to_numpy().astype(str),
        persons=table["person"].to_numpy().astype(str),
        reference=table["D"].cast(int).to_numpy().astype(np.int8)[:, None],
        subgroups={"sex": table["sex"].fill_null("").to_numpy().astype(str)},
        inputs={"score": lambda rows: scores[rows].astype(np.float32)},
        exclusions=(Exclusion({"fr": "illisible", "en": "unreadable"}, 3),),
        warnings=("case 0 is flat",),
        synthetic=True,
    )
"""


@pytest.fixture
def tiny(tmp_path: Path) -> UseCaseFolder:
    """The folder of the use case."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "usecase.yaml").write_text(_USECASE)
    (folder / "data.py").write_text(_DATA)
    return UseCaseFolder(folder)


@pytest.fixture(scope="session")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> UseCase:
    path = tmp_path_factory.mktemp("protocol") / "usecase.yaml"
    path.write_text(_USECASE)
    return UseCase.read(path)


@dataclass(frozen=True)
class Table:
    """Rows of one node: identifiers, persons, sex, label, score."""

    case: list[str]
    person: list[str]
    sex: list[str]
    label: list[int]
    score: list[float]

    @classmethod
    def random(cls, name: str, rows: int, seed: int) -> Table:
        generator = np.random.default_rng(seed)
        label = generator.permutation((np.arange(rows) < 0.4 * rows).astype(int))
        score = 1 / (1 + np.exp(-(generator.normal(size=rows) + 2 * label - 1)))
        return cls(
            case=[f"{name}-{i}" for i in range(rows)],
            person=[f"{name}-p{i}" for i in range(rows)],
            sex=[str(s) for s in generator.choice(["F", "M"], rows)],
            label=label.tolist(),
            score=score.tolist(),
        )

    def csv(self) -> str:
        rows = zip(self.case, self.person, self.sex, self.label, self.score, strict=True)
        return "\n".join(
            ["case,person,sex,D,score", *(",".join(map(str, row)) for row in rows), ""]
        )

    def cases(self) -> Cases:
        return Cases(
            identifiers=np.array(self.case),
            persons=np.array(self.person),
            reference=np.array(self.label, dtype=np.int8)[:, None],
            subgroups={"sex": np.array(self.sex)},
        )


MakeNode = Callable[..., Node]


@pytest.fixture
def make_node(tmp_path: Path) -> MakeNode:
    """A node of a table: `make_node(name, table, policy="{}", data="data")`."""

    def make(name: str, table: Table, policy: str = "{}", data: str = "data") -> Node:
        folder = tmp_path / "nodes" / name
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "cases.csv").write_text(table.csv())
        (folder / "node.yaml").write_text(
            f"schema: 1\nname: {name}\nlabel: {{fr: Hôpital {name}, en: Hospital {name}}}\n"
            f'data: {{tiny: "{data}"}}\npolicy: {policy}\n'
        )
        return Node(folder)

    return make


@pytest.fixture(scope="session")
def random_table() -> Callable[[str, int, int], Table]:
    """`random_table(name, rows, seed)`: one row per person."""
    return Table.random


@pytest.fixture
def predictions(tmp_path: Path) -> Callable[..., System]:
    """A system whose answers are the scores of the tables, to a power."""

    def make(tables: list[Table], name: str = "system", power: float = 1.0) -> System:
        rows = [(case, s**power) for t in tables for case, s in zip(t.case, t.score, strict=True)]
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(["case,D", *(f"{case},{score}" for case, score in rows), ""]))
        return System.predictions(path)

    return make
