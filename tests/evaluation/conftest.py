"""A SYNTHETIC evidence as a run leaves it: five hospitals that answered and one that refused."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.evidence import Evidence
from preuve.core.record import digest
from preuve.core.signature import Key
from preuve.core.usecase import UseCase
from preuve.evaluation.assembly import SiteOutcome, assemble
from preuve.evaluation.grid import Grid
from preuve.evaluation.release import ReleasedCell, ReleasedDifference, ReleasedSite, Suppressed
from preuve.evaluation.site import CellSummary, Place, summarise
from preuve.evaluation.summary import Histogram

# finding: prevalence, separation of the system, of the comparator
FINDINGS = {
    "PNX": ("Pneumothorax", "Pneumothorax", 0.06, 2.6, 2.2),
    "EFF": ("Épanchement pleural", "Pleural effusion", 0.18, 2.3, 2.1),
    "CARD": ("Cardiomégalie", "Cardiomegaly", 0.22, 1.8, 1.85),
    "NOD": ("Nodule pulmonaire", "Lung nodule", 0.05, 1.2, 0.8),
    "OPA": ("Opacité alvéolaire", "Airspace opacity", 0.25, 1.5, 1.3),
    "FRA": ("Fracture de côte", "Rib fracture", 0.03, 1.4, 1.4),
    "TB": ("Séquelle tuberculeuse", "Old tuberculosis", 0.0008, 1.0, 1.0),
}
SITES = {
    "nantes": ("Hôpital simulé de Nantes", "Simulated hospital, Nantes", 2600, 0.0),
    "quimper": ("Hôpital simulé de Quimper", "Simulated hospital, Quimper", 900, -0.3),
    "rennes": ("Hôpital simulé de Rennes", "Simulated hospital, Rennes", 3400, 0.15),
    "saint_malo": ("Hôpital simulé de Saint-Malo", "Simulated hospital, Saint-Malo", 700, -0.55),
    "vannes": ("Hôpital simulé de Vannes", "Simulated hospital, Vannes", 1200, 0.1),
}


def text(french: str, english: str | None = None) -> dict[str, str]:
    return {"fr": french, "en": english or french}


def usecase_record() -> dict[str, Any]:
    """A use case about chest radiographs, invented for the tests."""
    return {
        "schema": 1,
        "code": "chest_radiograph_example",
        "version": "1.0",
        "title": text("Lecture de la radiographie du thorax", "Reading of the chest radiograph"),
        "question": text(
            "Sur une radiographie de face, le système retrouve-t-il ce que dit le compte rendu ?",
            "On a frontal radiograph, does the system find what the report states?",
        ),
        "population": text(
            "Adultes vus aux urgences : toute radiographie du thorax de face.",
            "Adults seen in the emergency department: any frontal chest radiograph.",
        ),
        "reference_standard": text(
            "Compte rendu du radiologue, codé par deux lecteurs.",
            "The radiologist’s report, coded by two readers.",
        ),
        "limits": [
            text(
                "Les cas sont tirés au hasard : ils ne disent rien d’un vrai système.",
                "The cases are drawn at random: they say nothing of a real system.",
            ),
            text(
                "Une anomalie que le radiologue a manquée compte comme absente.",
                "A finding that the radiologist missed counts as absent.",
            ),
        ],
        "task": {"kind": "multilabel"},
        "inputs": [
            {
                "name": "image",
                "type": "float32",
                "shape": [8, 8],
                "unit": "1",
                "about": text("Image réduite", "Reduced image"),
            }
        ],
        "findings": [{"code": code, "label": text(*row[:2])} for code, row in FINDINGS.items()],
        "thresholds": [0.05, 0.1, 0.2, 0.3, 0.5],
        "operating_point": 0.2,
        "subgroups": [
            {
                "code": "sex",
                "label": text("Sexe", "Sex"),
                "levels": [
                    {"code": "M", "label": text("Hommes", "Men")},
                    {"code": "F", "label": text("Femmes", "Women")},
                ],
            },
            {
                "code": "age",
                "label": text("Âge", "Age"),
                "levels": [
                    {"code": "50_74", "label": text("50 à 74 ans", "50 to 74")},
                    {"code": "under_50", "label": text("Moins de 50 ans", "Under 50")},
                    {"code": "75_plus", "label": text("75 ans et plus", "75 and over")},
                ],
            },
        ],
        "acceptance": [
            {"measure": "auroc", "finding": "*", "at_least": 0.85},
            {"measure": "sensitivity", "finding": "PNX", "at_least": 0.8},
            {"measure": "observed_expected", "finding": "EFF", "at_least": 0.8, "at_most": 1.25},
        ],
    }


def coarsened(histogram: Histogram, grid: Grid, smallest: int) -> Histogram:
    """Runs of bins, cut at the protocol's thresholds, each class 0 or at least `smallest`."""
    cuts = [0, *(grid.first_bin(t) for t in grid.thresholds), histogram.bins]
    rows = []
    for start, stop in itertools.pairwise(cuts):
        inside = (histogram.starts >= start) & (histogram.starts < stop)
        if inside.any():
            counts = histogram.counts[:, inside].sum(axis=1)
            rows.append((start, stop, counts, histogram.score_sums[inside].sum()))
    return Histogram(
        np.array([r[0] for r in rows]),
        np.array([r[1] for r in rows]),
        np.array([r[2] for r in rows]).T,
        np.array([r[3] for r in rows]),
        histogram.bins,
    )


def released_cell(usecase: UseCase, place: Place, cell: CellSummary, coarse: bool) -> ReleasedCell:
    grid = Grid.of(usecase, usecase.finding(place.finding))
    histogram = cell.summary.histogram
    return ReleasedCell(
        histogram=coarsened(histogram, grid, 11) if coarse else histogram,
        people=cell.summary.people,
        decisions=dict(zip(grid.thresholds, cell.summary.decisions, strict=True)),
        moments=cell.summary.moments,
        sums=cell.summary.sums,
        statistics=cell.statistics,
    )


def site_release(
    usecase: UseCase,
    name: str,
    labels: dict[str, str],
    size: int,
    shift: float,
    rng: np.random.Generator,
) -> ReleasedSite:
    """What one hospital of the example releases."""
    codes = [finding.code for finding in usecase.findings]
    reference = np.zeros((size, len(codes)), dtype=np.int8)
    scores = np.zeros((2, size, len(codes)))
    woman = rng.random(size) < 0.52
    age = rng.choice(["under_50", "50_74", "75_plus"], size, p=[0.3, 0.4, 0.3])
    for column, code in enumerate(codes):
        prevalence, *separations = FINDINGS.get(code, ("", "", 0.1, 2.0, 1.8))[2:]
        odds = np.log(prevalence / (1 - prevalence)) + shift + 0.35 * (age == "75_plus")
        reference[:, column] = rng.random(size) < 1 / (1 + np.exp(-odds))
        easy = rng.normal(size=size)
        for role, separation in enumerate(separations):
            reached = separation + 0.6 * shift - 0.25 * woman + 0.1 * rng.normal()
            signal = 0.6 * easy + 0.8 * rng.normal(size=size) + reached * reference[:, column]
            logit = np.log(prevalence / (1 - prevalence)) + separation * (signal - separation / 2)
            scores[role, :, column] = 1 / (1 + np.exp(-logit))
    if name == "vannes" and "FRA" in codes:
        reference[:, codes.index("FRA")] = NOT_CODED
    cases = Cases(
        identifiers=np.array([f"{name}-{i}" for i in range(size)]),
        persons=np.arange(size) // (2 if name == "rennes" else 1),
        reference=reference,
        subgroups={"sex": np.where(woman, "F", "M"), "age": age},
    )
    result = summarise(usecase, cases, scores[0], scores[1])
    hidden = Place("system", "NOD", "", "")
    held = {hidden} if name == "saint_malo" and "NOD" in codes else set()
    few = {p for p, c in result.cells.items() if c.summary.people.min() < 11} - held
    cells = {
        place: released_cell(usecase, place, cell, coarse=name in ("quimper", "saint_malo"))
        for place, cell in result.cells.items()
        if place not in held | few
    }
    return ReleasedSite(
        site=name,
        label=labels,
        cases=size,
        people=len(np.unique(cases.persons)),
        cells=cells,
        comparisons={
            finding: ReleasedDifference(
                pair.area, pair.comparator, (int(pair.members[0].sum()), int(pair.members[1].sum()))
            )
            for finding, pair in result.comparisons.items()
            if Place("system", finding) not in held | few
        },
        coded=result.coded,
        answered=result.answered,
        smallest_cell=11,
        suppressed=tuple(
            Suppressed(place, "few_events" if place in few else "complementary")
            for place in sorted(held | few)
        ),
        exclusions=(
            (text("Image illisible", "Unreadable image"), 23 + size // 100),
            (text("Patient mineur", "Patient under 18"), None),
        ),
        synthetic=True,
        bins={f.code: Grid.of(usecase, f).bins for f in usecase.findings},
    )


SYSTEM = {
    "name": "lecteur-exemple",
    "version": "1.2",
    "door": "onnx",
    "digest": "sha256:" + "1" * 64,
    "card": {
        "title": text("Lecteur d’exemple", "Example reader"),
        "intended_use": text("Aide à la lecture aux urgences", "Reading aid in the emergency room"),
        "training_data": {"source": "generator", "cases": 12000},
        "limits": ["Not a medical device."],
        "licence": "Apache-2.0",
    },
}
COMPARATOR = SYSTEM | {
    "name": "lecteur-ancien",
    "version": "0.9",
    "digest": "sha256:" + "2" * 64,
    "card": {"title": text("Lecteur précédent", "Former reader")},
}
RUN = {
    "started": "2026-11-21T21:22:00+00:00",
    "seconds": 14.2,
    "cpu_seconds": 21.7,
    "energy": {
        "value": 0.00012,
        "method": text(
            "Estimation : secondes de calcul × 10 W par cœur × 1,5 pour le bâtiment.",
            "Estimate: CPU seconds × 10 W per core × 1.5 for the building.",
        ),
    },
    "software": {"preuve": "0.1.0", "python": "3.11.2", "numpy": "2.3.0"},
    "machine": "x86_64, 2 cores",
}


def build_evidence(
    usecase: dict[str, Any] | None = None,
    sites: dict[str, tuple[str, str, int, float]] | None = None,
    system: dict[str, Any] | None = None,
) -> Evidence:
    """A signed SYNTHETIC evidence, the same each time but for its signature."""
    case = UseCase.from_record(usecase or usecase_record(), where="example")
    rng = np.random.default_rng(20261121)
    outcomes = []
    for name, (french, english, size, shift) in (sites or SITES).items():
        labels = text(french, english)
        released = site_release(case, name, labels, size, shift, rng)
        key = Key.generate()
        record = released.record()
        signature = key.sign({"node_key": key.public, "released": digest(record)})
        release = {"node_key": key.public, "released": record, "signature": signature}
        outcomes.append(SiteOutcome(name, labels, "released", None, release))
    reason = text(
        "Le nœud a refusé : 3 patients seulement, sous le plus petit effectif publiable (11).",
        "The node refused: only 3 patients, under the smallest cell it may publish (11).",
    )
    island = text("Hôpital simulé d’Ouessant", "Simulated hospital, Ushant")
    outcomes.append(SiteOutcome("ouessant", island, "refused", reason, None))
    content = assemble(case, system or SYSTEM, COMPARATOR, outcomes)
    return Evidence.sign(content, RUN, Key.generate())


@pytest.fixture(scope="session")
def example() -> Evidence:
    """The evidence of the pages' tests; SYNTHETIC."""
    return build_evidence()


@pytest.fixture(scope="session")
def evidence_builder() -> Any:
    """The function that builds the example, for a test that needs another."""
    return build_evidence
