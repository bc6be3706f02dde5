"""Train the two open ECG readers, measure them, write their ONNX files and their cards.

    python scripts/train_ecg_readers.py --data ../shared/data [--to FOLDER] [--figures]

`--figures` adds what is measured with other weights than those shipped: five-part
cross-validation by patient (trees), official folds 1-8 for training and 10 for test (both).
Without it these figures are kept from the card that is there. Needs the extra "train".
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import yaml
from numpy.typing import NDArray

from preuve.core.progress import Progress
from preuve.core.record import write_whole
from preuve.usecases.ecg_interpretation import network, reference, trees
from preuve.usecases.ecg_interpretation.labels import FINDINGS, STATEMENTS, SUPERCLASSES
from preuve.usecases.ecg_interpretation.reference import Examples, Figure, macro_auroc

VERSION = "1.0"
WATTS = 15.0
PARTS = 5
FOLDER = Path(reference.__file__).parent / "models"
Scores = NDArray[np.floating]
Predict = Callable[[Examples], Scores]
GROUPS = (
    ("superclasses", SUPERCLASSES, {"fr": "5 classes diagnostiques", "en": "5 diagnostic classes"}),
    ("findings", tuple(STATEMENTS), {"fr": "12 anomalies", "en": "12 findings"}),
)
PLACES = {
    "site0": {"fr": "PTB-XL site 0", "en": "PTB-XL site 0"},
    "site1": {"fr": "PTB-XL site 1", "en": "PTB-XL site 1"},
    "site2": {"fr": "PTB-XL site 2", "en": "PTB-XL site 2"},
    "other": {"fr": "PTB-XL autres sites", "en": "PTB-XL other sites"},
    "ludb": {"fr": "LUDB (autre pays, autre appareil)", "en": "LUDB (another country and device)"},
}


@dataclass(frozen=True)
class Reader:
    """How a reader is named, trained and written."""

    name: str
    title: dict[str, str]
    method: dict[str, str]
    limits: tuple[dict[str, str], ...]
    fit: Callable[[Examples, Progress], tuple[Predict, Callable[[Path], None]]]
    exchanged: bool


def fit_trees(learnt: Examples, progress: Progress) -> tuple[Predict, Callable[[Path], None]]:
    forest = trees.train(learnt.features, learnt.reference, learnt.fold % PARTS, progress)

    def write(path: Path) -> None:
        path.write_bytes(trees.to_onnx(forest, learnt.features.shape[1]).SerializeToString())

    return lambda judged: forest.predict(judged.features), write


def fit_network(learnt: Examples, progress: Progress) -> tuple[Predict, Callable[[Path], None]]:
    import torch

    torch.set_num_threads(1)
    trained = network.train(learnt.signals, learnt.reference, network.Training(), progress)
    return (
        lambda judged: network.predict(trained, judged.signals),
        lambda path: network.export(trained, path),
    )


READERS = (
    Reader(
        name="features_lightgbm",
        title={
            "fr": "Lecteur par mesures et arbres de décision",
            "en": "Reader by measurements and decision trees",
        },
        method={
            "fr": "Mesures du tracé, âge, sexe ; 90 arbres de 12 feuilles par anomalie "
            "(LightGBM), étalonnés par validation croisée dans les données d’apprentissage.",
            "en": "Measurements of the tracing, age and sex; 90 trees of 12 leaves per finding "
            "(LightGBM), calibrated by cross-validation inside the training data.",
        },
        limits=(
            {
                "fr": "Tracé analysé à 100 Hz : un spike de stimulation bref peut passer inaperçu.",
                "en": "The tracing is analysed at 100 Hz: a brief pacing spike may go unseen.",
            },
        ),
        fit=fit_trees,
        exchanged=True,
    ),
    Reader(
        name="cnn",
        title={
            "fr": "Lecteur par réseau convolutif",
            "en": "Reader by convolutional network",
        },
        method={
            "fr": "Réseau résiduel à une dimension, 8 dérivations indépendantes à 100 Hz, environ "
            "270 000 paramètres ; ni l’âge ni le sexe.",
            "en": "One-dimensional residual network, 8 independent leads at 100 Hz, about 270,000 "
            "parameters; neither age nor sex.",
        },
        limits=(
            {
                "fr": "Peu d’exemples pour un réseau : les anomalies rares (extrasystoles "
                "auriculaires, stimulation) sont mal apprises.",
                "en": "Few examples for a network: rare findings (premature atrial complexes, "
                "pacing) are poorly learnt.",
            },
        ),
        fit=fit_network,
        exchanged=False,
    ),
)
COMMON_LIMITS = (
    {
        "fr": "Démonstration et banc d’essai : ce n’est pas un dispositif médical.",
        "en": "Demonstration and test bench: this is not a medical device.",
    },
    {
        "fr": "Appris sur des patients surtout hospitaliers, enregistrés de 1989 à 1996 sur des "
        "appareils Schiller ; les patients de médecine générale française en diffèrent.",
        "en": "Learnt from mostly hospital patients, recorded from 1989 to 1996 on Schiller "
        "devices; French general-practice patients differ.",
    },
    {
        "fr": "Les scores reflètent la prévalence et le codage de PTB-XL : les recalibrer avant "
        "tout usage comme probabilités dans un autre lieu.",
        "en": "Scores follow the prevalence and coding of PTB-XL: recalibrate before reading them "
        "as probabilities elsewhere.",
    },
)


def entries(what: dict[str, str], judged: Examples, scores: Scores) -> list[dict[str, Any]]:
    """What a card says of some scores: the mean AUROC of each group of findings."""
    written = []
    for _code, codes, label in GROUPS:
        figure = macro_auroc(judged, scores, codes)
        if figure.findings:
            written.append(entry({k: f"{label[k]}, {what[k]}" for k in what}, figure, len(codes)))
    return written


def entry(what: dict[str, str], figure: Figure, asked: int) -> dict[str, Any]:
    kept = len(figure.findings)
    if kept < asked:
        what = {
            "fr": f"{what['fr']} ({kept} sur {asked} ont assez de cas)",
            "en": f"{what['en']} ({kept} of {asked} have enough cases)",
        }
    return {
        "what": {"fr": f"AUROC moyenne, {what['fr']}", "en": f"Mean AUROC, {what['en']}"},
        "value": round(figure.value, 4),
        "interval": [round(bound, 4) for bound in figure.interval],
        "n": figure.n,
    }


def measure_shipped(data: Examples, predict: Predict) -> list[dict[str, Any]]:
    """The shipped weights, on the records of the nodes."""
    unseen = data.in_folds(range(6, 11))
    what = {
        "fr": "poids livrés, PTB-XL plis 6 à 10, jamais vus",
        "en": "shipped weights, PTB-XL folds 6 to 10, never seen",
    }
    written = entries(what, unseen, predict(unseen))
    for node, place in PLACES.items():
        at = data.among((data.node == node) & ~np.isin(data.fold, reference.TRAINING_FOLDS))
        what = {
            "fr": f"poids livrés, nœud {node} : {place['fr']}",
            "en": f"shipped weights, node {node}: {place['en']}",
        }
        written += entries(what, at, predict(at))
    return written


def measure_recipe(reader: Reader, data: Examples, progress: Progress) -> list[dict[str, Any]]:
    """The same recipe with other weights: official split, and five parts for the trees."""
    predict, _write = reader.fit(data.in_folds(range(1, 9)), progress)
    judged = data.in_folds([10])
    what = {
        "fr": "même recette, apprise sur les plis 1 à 8, pli 10",
        "en": "same recipe, trained on folds 1 to 8, fold 10",
    }
    written = entries(what, judged, predict(judged))
    if not reader.exchanged:
        return written
    known = data.among(data.fold > 0)
    scores = np.zeros((len(known), len(FINDINGS)))
    for left_out in reference.EXCHANGED:
        rows = np.isin(known.fold, left_out)
        predict, _write = reader.fit(known.among(~rows), progress)
        scores[rows] = predict(known.among(rows))
    what = {
        "fr": "même recette, validation croisée en 5 parties par patient, tout PTB-XL",
        "en": "same recipe, 5-part cross-validation by patient, all PTB-XL",
    }
    return written + entries(what, known, scores)


def with_findings(path: Path) -> None:
    """Write the order of the findings in the file's metadata."""
    import onnx

    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"findings": ",".join(FINDINGS)})
    onnx.checker.check_model(model)
    onnx.save(model, path)


def card(reader: Reader, learnt: Examples, seconds: float, measured: Sequence[Any]) -> str:
    n, patients = f"{len(learnt):,}", f"{len(set(learnt.persons.tolist())):,}"
    espace = str.maketrans(",", "\u202f")
    record = {
        "name": reader.name,
        "version": VERSION,
        "title": reader.title,
        "intended_use": {
            "fr": "Démonstration et banc d’essai : signaler à un lecteur, sur un "
            "électrocardiogramme de repos à 12 dérivations, les anomalies à vérifier. Ne pas "
            "utiliser pour soigner.",
            "en": "Demonstration and test bench: to point out to a reader, on a resting 12-lead "
            "electrocardiogram, the findings to check. Not for use in care.",
        },
        "method": reader.method,
        "training_data": {
            "fr": f"PTB-XL 1.0.3 (PTB ; Wagner et coll. 2020, CC BY 4.0), sous-ensemble ouvert, "
            f"plis officiels 1 à 5 : {n.translate(espace)} tracés, "
            f"{patients.translate(espace)} patients. Réglages choisis "
            f"d’avance ou dans ces plis ; aucun arrêt précoce, aucun calage sur les plis évalués.",
            "en": f"PTB-XL 1.0.3 (PTB; Wagner et al. 2020, CC BY 4.0), open subset, official folds "
            f"1 to 5: {n} tracings, {patients} patients. Settings chosen beforehand or inside "
            f"these folds; no early stopping, nothing tuned on the folds that are evaluated.",
        },
        "findings": list(FINDINGS),
        "measured": list(measured),
        "limits": [*COMMON_LIMITS, *reader.limits],
        "licence": "Apache-2.0",
        "training": {
            "cpu_seconds": round(seconds, 1),
            "energy_wh": round(seconds * WATTS / 3600, 3),
            "assumption": {
                "fr": f"un cœur, {WATTS:g} W par cœur (hypothèse)",
                "en": f"one core, {WATTS:g} W a core (assumed)",
            },
        },
    }
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=100)


def kept_figures(path: Path) -> list[dict[str, Any]]:
    """Figures of the recipe that a former run with `--figures` wrote."""
    if not path.exists():
        return []
    measured = yaml.safe_load(path.read_text(encoding="utf-8"))["measured"]
    return [m for m in measured if "same recipe" in m["what"]["en"]]


def told(task: str, done: int, total: int, note: str = "") -> None:
    print(f"\r{task} {done}/{total} {note}    ", end="" if done < total else "\n", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the open ECG readers.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of open data")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the models go")
    parser.add_argument("--figures", action="store_true", help="measure the recipe as well")
    parser.add_argument("--only", choices=[r.name for r in READERS], help="one reader alone")
    given = parser.parse_args(arguments)
    given.to.mkdir(parents=True, exist_ok=True)
    data = reference.examples(given.data, told)
    learnt = data.in_folds(reference.TRAINING_FOLDS)
    for reader in READERS:
        if given.only not in (None, reader.name):
            continue
        start = time.process_time()
        predict, write = reader.fit(learnt, told)
        seconds = time.process_time() - start
        measured = measure_shipped(data, predict)
        path = given.to / f"{reader.name}.onnx"
        card_path = given.to / f"{reader.name}.card.yaml"
        recipe = measure_recipe(reader, data, told) if given.figures else kept_figures(card_path)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / path.name)
            with_findings(Path(folder) / path.name)
            write_whole(path, (Path(folder) / path.name).read_bytes())
        write_whole(card_path, card(reader, learnt, seconds, measured + recipe).encode())
        write_whole(
            given.to / f"{reader.name}.figures.json",
            json.dumps(figures(data, predict), indent=1).encode() + b"\n",
        )
        print(f"{path} {path.stat().st_size / 1e6:.2f} MB, trained in {seconds:.0f} CPU s")
        for line in measured + recipe:
            low, high = line["interval"]
            print(
                f"  {line['value']:.4f} [{low:.3f}-{high:.3f}] n={line['n']} {line['what']['en']}"
            )


def figures(data: Examples, predict: Predict) -> dict[str, Any]:
    """AUROC of each finding with the shipped weights, at each place; null where cases are few."""
    written: dict[str, Any] = {}
    for node in PLACES:
        at = data.among((data.node == node) & ~np.isin(data.fold, reference.TRAINING_FOLDS))
        scores = predict(at)
        found = {code: macro_auroc(at, scores, [code]) for code in FINDINGS}
        written[node] = {
            code: {"auroc": round(f.value, 4), "interval": [round(b, 4) for b in f.interval]}
            if f.findings
            else None
            for code, f in found.items()
        }
    return written


if __name__ == "__main__":
    main()
