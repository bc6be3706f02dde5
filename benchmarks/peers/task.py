"""The task that every engine is given: what a node computes, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 1_000
THRESHOLD = 0.5
ROWS = "data/rows.npy"
"""In a node's folder: (n, columns + 1) float32, the last column 1 for an event, else 0."""


def evaluate(node: Path, model: NDArray[np.float64]) -> dict[str, Any]:
    """One node's answer: counts at the threshold, sum of squared errors, two histograms.

    Args:
        node: folder of the node.
        model: (columns + 1,) coefficients of a logistic model, then its intercept.
    """
    rows = np.load(node / ROWS)
    event = rows[:, -1] == 1
    scores = 1 / (1 + np.exp(-(rows[:, :-1] @ model[:-1] + model[-1])))
    called = scores >= THRESHOLD
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return {
        "counts": [
            int(np.sum(called & event)),
            int(np.sum(called & ~event)),
            int(np.sum(~called & event)),
            int(np.sum(~called & ~event)),
        ],
        "squares": float(np.sum((scores - event) ** 2)),
        "events": np.bincount(bins[event], minlength=BINS).tolist(),
        "others": np.bincount(bins[~event], minlength=BINS).tolist(),
    }


def aggregate(answers: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Sensitivity, specificity, Brier score and area under the ROC curve of all nodes."""
    tp, fp, fn, tn = np.sum([answer["counts"] for answer in answers], axis=0)
    events = np.sum([answer["events"] for answer in answers], axis=0)
    others = np.sum([answer["others"] for answer in answers], axis=0)
    below = np.cumsum(others) - others / 2
    return {
        "nodes": len(answers),
        "sensitivity": float(tp / (tp + fn)),
        "specificity": float(tn / (tn + fp)),
        "brier": sum(answer["squares"] for answer in answers) / float(tp + fp + fn + tn),
        "auroc": float(events @ below / (events.sum() * others.sum())),
    }
