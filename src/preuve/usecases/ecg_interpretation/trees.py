"""The features reader: gradient-boosted trees, one model per finding, and their ONNX file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.cases import NOT_CODED
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent

if TYPE_CHECKING:
    import lightgbm
    import onnx

ROUNDS = 90
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 12,
    "learning_rate": 0.05,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbose": -1,
}

Node = dict[str, Any]


@dataclass(frozen=True)
class Forest:
    """One boosted model per finding, and the line that turns its margin into a log-odds.

    Attributes:
        boosters: one per finding.
        intercept: (findings,) of the line.
        slope: (findings,) of the line; under 1 where the trees are too sure of themselves.
    """

    boosters: tuple[lightgbm.Booster, ...]
    intercept: NDArray[np.float64]
    slope: NDArray[np.float64]

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, findings) scores in [0, 1]."""
        margins = [np.asarray(b.predict(features, raw_score=True)) for b in self.boosters]
        return np.asarray(special.expit(self.intercept + self.slope * np.stack(margins, axis=1)))


def train(
    features: NDArray[np.float32],
    reference: NDArray[np.int8],
    part: NDArray[np.int64],
    progress: Progress = silent,
) -> Forest:
    """One model per column of `reference` (n, findings); rows NOT_CODED are left out.

    Trees are too sure of what they have learnt, rare findings most of all: a line is fitted on the
    margins that models trained without a part give to that part (Platt 1999), all inside the
    training data.

    Args:
        features: (n, F).
        reference: (n, findings) 1, 0 or NOT_CODED.
        part: (n,) the part left out together with each row; a patient is in one part.
        progress: told after each finding.
    """
    boosters, lines = [], []
    for column, labels in enumerate(reference.T):
        coded = labels != NOT_CODED
        x, y, own = features[coded], labels[coded], part[coded]
        margins = np.zeros(len(y))
        for left_out in np.unique(own):
            out = own == left_out
            margins[out] = _boosted(x[~out], y[~out]).predict(x[out], raw_score=True)
        lines.append(line_of(margins, y))
        boosters.append(_boosted(x, y))
        progress("trees", column + 1, reference.shape[1])
    intercept, slope = np.array(lines).T
    return Forest(tuple(boosters), intercept, slope)


def _boosted(features: NDArray[np.float32], labels: NDArray[np.int8]) -> lightgbm.Booster:
    import lightgbm

    return lightgbm.train(PARAMETERS, lightgbm.Dataset(features, labels), ROUNDS)


def line_of(margin: NDArray[np.float64], labels: NDArray[np.int8]) -> tuple[float, float]:
    """Intercept and slope of a logistic regression of labels on margins.

    Maximum of the likelihood by Newton's method, with a prior of one present and one absent case
    of margin ±1 that keeps the slope finite when margins separate the classes.
    """
    x = np.concatenate([margin, [1.0, -1.0]])
    y = np.concatenate([labels, [1, 0]]).astype(float)
    design = np.stack([np.ones_like(x), x], axis=1)
    weights = np.array([0.0, 1.0])
    for _step in range(100):
        p = special.expit(design @ weights)
        curvature = (design.T * (p * (1 - p))) @ design + 1e-9 * np.eye(2)
        change = np.linalg.solve(curvature, design.T @ (y - p))
        weights = weights + np.clip(change, -1, 1)
        if np.abs(change).max() < 1e-10:
            break
    return float(weights[0]), float(weights[1])


def to_onnx(forest: Forest, width: int) -> onnx.ModelProto:
    """All the models as one: `features` (n, width) -> `scores` (n, findings).

    A split of LightGBM compares in double precision; its threshold is rounded down to the nearest
    float32, which sends every float32 value the same way.
    """
    from onnx import TensorProto, helper

    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["margin"],
        domain="ai.onnx.ml",
        n_targets=len(forest.boosters),
        aggregate_function="SUM",
        post_transform="NONE",
        base_values=[float(value) for value in forest.intercept],
        **_attributes(forest),
    )
    graph = helper.make_graph(
        [ensemble, helper.make_node("Sigmoid", ["margin"], ["scores"])],
        "features_trees",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["cases", width])],
        [
            helper.make_tensor_value_info(
                "scores", TensorProto.FLOAT, ["cases", len(forest.boosters)]
            )
        ],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="preuve")


def _attributes(forest: Forest) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {
        "nodes_treeids": [],
        "nodes_nodeids": [],
        "nodes_featureids": [],
        "nodes_values": [],
        "nodes_modes": [],
        "nodes_truenodeids": [],
        "nodes_falsenodeids": [],
        "nodes_missing_value_tracks_true": [],
        "target_treeids": [],
        "target_nodeids": [],
        "target_ids": [],
        "target_weights": [],
    }
    tree = 0
    for target, booster in enumerate(forest.boosters):
        slope = float(forest.slope[target])
        for model in booster.dump_model()["tree_info"]:
            for name, value in _tree(model["tree_structure"], tree, target, slope):
                columns[name].append(value)
            tree += 1
    return columns


def _tree(root: Node, tree: int, target: int, slope: float) -> Iterator[tuple[str, Any]]:
    """The cells that one tree adds to each attribute, its nodes numbered breadth first."""
    nodes = [root]
    for number, node in enumerate(nodes):
        leaf = "leaf_value" in node
        first = len(nodes)
        if not leaf:
            nodes += [node["left_child"], node["right_child"]]
        yield "nodes_treeids", tree
        yield "nodes_nodeids", number
        yield "nodes_featureids", 0 if leaf else node["split_feature"]
        yield "nodes_values", 0.0 if leaf else _rounded_down(node["threshold"])
        yield "nodes_modes", "LEAF" if leaf else "BRANCH_LEQ"
        yield "nodes_truenodeids", 0 if leaf else first
        yield "nodes_falsenodeids", 0 if leaf else first + 1
        yield "nodes_missing_value_tracks_true", 0 if leaf else int(_missing_goes_left(node))
        if leaf:
            yield "target_treeids", tree
            yield "target_nodeids", number
            yield "target_ids", target
            yield "target_weights", slope * node["leaf_value"]


def _rounded_down(threshold: float) -> float:
    limits = np.finfo(np.float32)
    rounded = np.float32(min(max(threshold, float(limits.min)), float(limits.max)))
    if float(rounded) > threshold:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(rounded)


def _missing_goes_left(node: Node) -> bool:
    """Where LightGBM sends NaN: its default branch if it met one in training, else where 0 goes."""
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise PreuveError(_("Only numeric splits can be written as ONNX."))
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    return bool(node["threshold"] >= 0)
