"""A published model judged by its predictions file alone, through the whole chain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from preuve.core.folder import UseCaseFolder
from preuve.federation import Node
from preuve.federation.evaluate import evaluate
from preuve.registry import System

_DATA = """
import numpy as np

from preuve.core.cases import Cases


def read(source, usecase):
    codes = [finding.code for finding in usecase.findings]
    table = source.table("cases", ["case", *codes])
    identifiers = table["case"].to_numpy().astype(str)
    return Cases(identifiers, identifiers, table.select(codes).to_numpy().astype(np.int8))
"""


def _both(text: str) -> dict[str, str]:
    return {"fr": text, "en": text}


@pytest.fixture(scope="module")
def statements(
    data_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, pl.DataFrame]:
    """A use case of 71 statements with its predictions file, and the 2,203 references."""
    folder = tmp_path_factory.mktemp("statements")
    with np.load(data_root / "ecg" / "xresnet1d101_ptbxl_exp0_predictions.npz") as file:
        codes = [f"S{place}" for place in range(len(file["classes"]))]
        reference, scores = file["y_test"], file["p_test"].astype(float)
    names = pl.Series("case", [f"row{k}" for k in range(len(scores))])
    record = {
        "schema": 1,
        "code": "statements",
        "version": "1",
        **{field: _both(field) for field in ("title", "question", "population")},
        "reference_standard": _both("PTB-XL"),
        "limits": [_both("one database")],
        "task": {"kind": "multilabel"},
        "inputs": [
            {"name": "none", "type": "float32", "shape": [], "unit": "1", "about": _both("none")}
        ],
        "findings": [{"code": code, "label": _both(code)} for code in codes],
        "thresholds": [0.5],
        "operating_point": 0.5,
        "minimum_events": 1,
    }
    (folder / "usecase.yaml").write_text(yaml.safe_dump(record))
    (folder / "data.py").write_text(_DATA)
    pl.DataFrame(scores, schema=codes).insert_column(0, names).write_csv(folder / "scores.csv")
    return folder, pl.DataFrame(reference, schema=codes).insert_column(0, names)


@pytest.mark.parametrize("nodes", [3, 11])
def test_macro_area_of_any_split_into_nodes(
    statements: tuple[Path, pl.DataFrame], nodes: int, tmp_path: Path
) -> None:
    """Strodthoff et al. 2021: macro area .925 over 71 statements; the data are public, so k = 1."""
    folder, table = statements
    part = np.random.default_rng(nodes).integers(0, nodes, len(table))
    made = []
    for k in range(nodes):
        node = tmp_path / f"n{k}"
        (node / "data").mkdir(parents=True)
        written = {
            "schema": 1,
            "name": f"n{k}",
            "label": _both(f"n{k}"),
            "data": {"statements": "data"},
            "policy": {"smallest_cell": 1},
        }
        (node / "node.yaml").write_text(yaml.safe_dump(written))
        table.filter(pl.Series(part == k)).write_csv(node / "data" / "cases.csv")
        made.append(Node.load(node))
    usecase = UseCaseFolder.find(folder)
    evidence = evaluate(
        usecase, System.load(folder / "scores.csv"), made, into=tmp_path / "run", workers=2
    )
    areas = [
        evidence.estimate("auroc", finding.code, estimand="pooled").value
        for finding in usecase.usecase.findings
    ]
    assert round(float(np.mean(areas)), 4) == 0.9254
