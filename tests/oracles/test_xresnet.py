"""The published scores of xresnet1d101 on PTB-XL, from summaries of any split into nodes.

Strodthoff et al., IEEE J Biomed Health Inform 2021;25:1519 (macro area .925 over 71 statements,
.928 ± .005 over 5 superclasses); the scores are those of the authors' repository (experiment 0).
"""

from __future__ import annotations

import csv
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from preuve.evaluation.grid import Grid
from preuve.evaluation.pooled import Bounded, pooled_auroc
from preuve.evaluation.summary import Summary

GRID = Grid.at((0.5,), 0.5)
SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")


@pytest.fixture(scope="module")
def published(data_root: Path) -> dict[str, NDArray[np.generic]]:
    with np.load(data_root / "ecg" / "xresnet1d101_ptbxl_exp0_predictions.npz") as file:
        return {name: file[name] for name in ("y_test", "p_test", "classes")}


def _area(scores: NDArray[np.float64], reference: NDArray[np.int8], nodes: int) -> Bounded:
    node = np.random.default_rng(nodes).integers(0, nodes, len(scores))
    parts = [Summary.of(scores[node == k], reference[node == k], None, GRID) for k in range(nodes)]
    found = pooled_auroc([reduce(add, parts).histogram])
    assert found is not None
    return found


@pytest.mark.parametrize("nodes", [1, 5, 40])
def test_macro_area_over_71_statements(
    published: dict[str, NDArray[np.generic]], nodes: int
) -> None:
    reference = published["y_test"].astype(np.int8)
    scores = published["p_test"].astype(float)
    assert reference.shape == (2203, 71)
    areas = [_area(scores[:, k], reference[:, k], nodes) for k in range(71)]
    assert round(float(np.mean([area.value.value for area in areas])), 4) == 0.9254
    assert np.mean([area.low for area in areas]) < 0.92544 < np.mean([area.high for area in areas])


def test_superclass_area(data_root: Path, published: dict[str, NDArray[np.generic]]) -> None:
    """Largest score among the statements of a class; any such statement in the reference."""
    with (data_root / "ecg" / "ptbxl_scp_statements.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    column = rows[0].index("diagnostic_class")
    class_of = {row[0]: row[column] for row in rows[1:]}
    classes = np.array([class_of[code] for code in published["classes"]])
    areas = []
    for name in SUPERCLASSES:
        members = classes == name
        areas.append(
            _area(
                published["p_test"][:, members].max(axis=1).astype(float),
                published["y_test"][:, members].max(axis=1).astype(np.int8),
                7,
            ).value.value
        )
    assert round(float(np.mean(areas)), 3) == 0.927
    assert [round(area, 3) for area in areas] == [0.951, 0.933, 0.923, 0.925, 0.905]
