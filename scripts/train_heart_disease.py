"""Train the open model of the heart_disease use case on Cleveland; write its ONNX file and card.

    python scripts/train_heart_disease.py [--data FOLDER] [--to FOLDER]

Needs the extra "train" (onnx, scikit-learn).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from preuve.core.cases import Cases
from preuve.core.source import Source
from preuve.core.usecase import UseCase
from preuve.usecases.heart_disease import data, nodes, reference

FOLDER = Path(data.__file__).parent
NAME = "logistic_cleveland"
VERSION = "1.0"
PLACES = {
    "hungary": {"fr": "Budapest", "en": "Budapest"},
    "switzerland": {
        "fr": "Zurich et Bâle (8 patients sans maladie seulement)",
        "en": "Zurich and Basel (only 8 patients without disease)",
    },
    "long_beach": {"fr": "Long Beach", "en": "Long Beach"},
}


def hospitals(raw: Path) -> dict[str, Cases]:
    """Cases of the four hospitals, by name of node."""
    usecase = UseCase.read(FOLDER / "usecase.yaml")
    with tempfile.TemporaryDirectory() as folder:
        paths = nodes.prepare(raw, Path(folder))
        return {path.name: data.read(Source(str(path / "data")), usecase) for path in paths}


def graph(model: reference.Logistic) -> onnx.ModelProto:
    """`features` float32 (cases, F), NaN where missing -> `scores` float32 (cases, 1)."""
    constants: dict[str, NDArray[Any]] = {
        "slope": model.slope.astype(np.float32),
        "when_missing": model.when_missing.astype(np.float32),
        "intercept": np.array([model.intercept], dtype=np.float32),
        "features_axis": np.array([1], dtype=np.int64),
    }
    steps = [
        helper.make_node("IsNaN", ["features"], ["missing"]),
        helper.make_node("Mul", ["features", "slope"], ["known_terms"]),
        helper.make_node("Where", ["missing", "when_missing", "known_terms"], ["terms"]),
        helper.make_node("ReduceSum", ["terms", "features_axis"], ["total"], keepdims=1),
        helper.make_node("Add", ["total", "intercept"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["scores"]),
    ]
    count = len(data.FEATURES)
    built = helper.make_model(
        helper.make_graph(
            steps,
            NAME,
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["cases", count])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["cases", 1])],
            [numpy_helper.from_array(value, name) for name, value in constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
        producer_name="preuve",
        producer_version=VERSION,
    )
    onnx.checker.check_model(built, full_check=True)
    return built


def cross_validated(x: NDArray[np.float64], y: NDArray[np.int8]) -> float:
    """AUROC of out-of-fold scores, 10 stratified folds, seed 0."""
    scores = np.empty(len(y))
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        scores[test] = reference.fit(x[train], y[train]).score(x[test])
    return float(roc_auc_score(y, scores))


def measured(model: reference.Logistic, by_node: Mapping[str, Cases]) -> list[dict[str, Any]]:
    """What the card says was measured: at Cleveland, then at the hospitals never seen."""
    x, y = reference.training_set(by_node["cleveland"])
    inside = {
        "fr": "AUROC, Cleveland, validation croisée à 10 blocs",
        "en": "AUROC, Cleveland, 10-fold cross-validation",
    }
    lines = [_line(inside, cross_validated(x, y), len(y))]
    for node, place in PLACES.items():
        x, y = reference.training_set(by_node[node])
        scores = model.score(x)
        auroc = {
            "fr": f"AUROC, {place['fr']}, validation externe",
            "en": f"AUROC, {place['en']}, external validation",
        }
        ratio = {
            "fr": f"Cas observés / attendus, {place['fr']}, validation externe",
            "en": f"Observed / expected cases, {place['en']}, external validation",
        }
        lines.append(_line(auroc, roc_auc_score(y, scores), len(y)))
        lines.append(_line(ratio, y.sum() / scores.sum(), len(y)))
    return lines


def _line(what: dict[str, str], value: float, count: int) -> dict[str, Any]:
    return {"what": what, "value": round(float(value), 4), "n": count}


def card(figures: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": NAME,
        "version": VERSION,
        "title": {
            "fr": "Régression logistique, maladie coronarienne (Cleveland)",
            "en": "Logistic regression, coronary disease (Cleveland)",
        },
        "intended_use": {
            "fr": "Démonstration et banc d’essai : estimer, avant coronarographie, la probabilité "
            "d’une sténose coronaire de plus de 50 %. Ne pas utiliser pour soigner.",
            "en": "Demonstration and test bench: to estimate, before angiography, the probability "
            "of a coronary narrowing above 50%. Not for use in care.",
        },
        "training_data": {
            "fr": "303 patients de la Cleveland Clinic (UCI Heart Disease, CC BY 4.0 ; "
            "R. Detrano), régression logistique avec pénalité quadratique de 1 sur variables "
            "standardisées et indicatrices de données manquantes.",
            "en": "303 patients of the Cleveland Clinic (UCI Heart Disease, CC BY 4.0; "
            "R. Detrano), logistic regression with a ridge penalty of 1 on standardised features "
            "and indicators of missing values.",
        },
        "measured": figures,
        "limits": [
            {
                "fr": "Entraîné dans un seul centre, sur des données des années 1980.",
                "en": "Trained at a single centre, on data from the 1980s.",
            },
            {
                "fr": "Probabilités apprises à la prévalence de Cleveland (46 %) : voir les "
                "rapports observés / attendus avant de les lire ailleurs.",
                "en": "Probabilities learned at the prevalence of Cleveland (46%): see the "
                "observed / expected ratios before reading them elsewhere.",
            },
            {
                "fr": "À Cleveland presque rien ne manque : le poids d’une donnée absente y a été "
                "appris sur très peu de patients (radioscopie 4, thallium 2).",
                "en": "Almost nothing is missing at Cleveland: what a missing value counts for "
                "was learned from very few patients (fluoroscopy 4, thallium 2).",
            },
        ],
        "licence": "Apache-2.0",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("PREUVE_DATA", "../shared/data"))
    )
    parser.add_argument("--to", type=Path, default=FOLDER / "models")
    options = parser.parse_args()
    by_node = hospitals(options.data)
    model = reference.fit(*reference.training_set(by_node["cleveland"]))
    figures = measured(model, by_node)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / f"{NAME}.onnx").write_bytes(graph(model).SerializeToString(deterministic=True))
    text = yaml.safe_dump(card(figures), allow_unicode=True, sort_keys=False, width=98)
    (options.to / f"{NAME}.card.yaml").write_text(text, encoding="utf-8")
    for figure in figures:
        print(f"{figure['value']:.4f}  n={figure['n']:<4} {figure['what']['en']}")


if __name__ == "__main__":
    main()
