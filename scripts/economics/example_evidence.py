"""Build the example evidence of the ECG model: one finding, evaluated by the house's own pipeline.

    python scripts/economics/example_evidence.py [--data FOLDER] [--to FILE]

The protocol of `ecg_interpretation` is cut down to atrial fibrillation or flutter, by sex and age;
the shipped reader answers the open records of five hospitals (PTB-XL and LUDB), each releases its
summary, and the evidence is signed with a key made for the occasion and thrown away. The reader's
model tells seventeen findings, so its scores of this one are handed over as a predictions file. It
is a demonstration on public research data, no claim about a product.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from preuve.core.evidence import Evidence
from preuve.core.folder import UseCaseFolder
from preuve.federation import Node
from preuve.federation.evaluate import evaluate
from preuve.registry import System

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("PREUVE_DATA", ROOT.parent / "shared" / "data"))
EVIDENCE = ROOT / "src/preuve/economics/models/ecg-example.evidence.json"

USECASE = "ecg_interpretation"
CODE = "ecg_atrial_fibrillation"
FINDING = "AFIB_AFLT"
READER = "features_lightgbm.onnx"
SUBGROUPS = ("sex", "age_band")
TITLE = {
    "fr": "Fibrillation ou flutter auriculaire sur l’électrocardiogramme (exemple)",
    "en": "Atrial fibrillation or flutter on the electrocardiogram (example)",
}


def protocol(whole: dict[str, Any]) -> dict[str, Any]:
    """The protocol of the house's use case, of one finding and fewer subgroups."""
    return whole | {
        "code": CODE,
        "title": TITLE,
        "findings": [f for f in whole["findings"] if f["code"] == FINDING],
        "subgroups": [s for s in whole["subgroups"] if s["code"] in SUBGROUPS],
        "acceptance": [a for a in whole["acceptance"] if a["finding"] == FINDING],
    }


def folder(place: Path) -> UseCaseFolder:
    """The folder of the cut-down use case; records are read as in the whole one."""
    place.mkdir()
    whole = UseCaseFolder.find(USECASE)
    written = yaml.safe_dump(protocol(whole.usecase.record()), allow_unicode=True)
    (place / "usecase.yaml").write_text(written, encoding="utf-8")
    (place / "data.py").write_text(f"from preuve.usecases.{USECASE}.data import read\n")
    return UseCaseFolder(place)


def hospitals(data: Path, place: Path) -> list[Node]:
    """The five nodes of the demo, their records offered under both codes."""
    nodes = UseCaseFolder.find(USECASE).module("nodes").prepare(data, place)
    for node in nodes:
        file = node / "node.yaml"
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
        written["data"][CODE] = written["data"][USECASE]
        file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return [Node.load(node) for node in nodes]


def predictions(nodes: list[Node], to: Path) -> System:
    """The shipped reader's scores of the finding at every node, with the reader's card."""
    whole = UseCaseFolder.find(USECASE)
    reader = System.load(whole.path / "models" / READER)
    column = [finding.code for finding in whole.usecase.findings].index(FINDING)
    with to.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["case", FINDING])
        for node in nodes:
            cases = whole.read(node.source(USECASE))
            scores = reader.predict(cases, whole.usecase).values[:, column]
            writer.writerows(zip(cases.identifiers, scores, strict=True))
    return System.predictions(to, reader.card)


def example(data: Path) -> Evidence:
    """The evidence, signed.

    Args:
        data: the folder of open data that holds the ECG archives.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        nodes = hospitals(data, place / "hospitals")
        system = predictions(nodes, place / "predictions.csv")
        return evaluate(folder(place / CODE), system, nodes, into=place / "run")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--to", type=Path, default=EVIDENCE)
    arguments = parser.parse_args()
    path = example(arguments.data).save(arguments.to)
    evidence = Evidence.load(path)
    for measure in ("sensitivity", "specificity"):
        for estimand in ("pooled", "mean_hospital", "next_hospital"):
            found = evidence.estimate(measure, FINDING, estimand=estimand)
            print(measure, estimand, round(found.value, 4), [round(x, 4) for x in found.interval])


if __name__ == "__main__":
    main()
