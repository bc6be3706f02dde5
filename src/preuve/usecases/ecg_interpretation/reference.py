"""The open reference readers: their examples, their training, what is measured of them.

The shipped weights learn from the official folds 1 to 5 of PTB-XL only. The nodes hold folds 6 to
10 and LUDB: no reader is ever judged on a patient it has learnt from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import write_whole
from preuve.usecases.ecg_interpretation import archives, quality, waveforms
from preuve.usecases.ecg_interpretation.archives import Record
from preuve.usecases.ecg_interpretation.data import OLDEST
from preuve.usecases.ecg_interpretation.features import features
from preuve.usecases.ecg_interpretation.labels import FINDINGS, STATEMENTS, SUPERCLASSES
from preuve.usecases.ecg_interpretation.leads import Signals

TRAINING_FOLDS = (1, 2, 3, 4, 5)
"""Official folds that the shipped readers learn from."""

EXCHANGED = tuple((2 * block + 1, 2 * block + 2) for block in range(5))
"""Pairs of official folds left out in turn: a cross-validation in five parts, by patient."""

FEWEST = 10
"""A finding with fewer positives or negatives is left out of a mean."""

_BATCH = 64


@dataclass(frozen=True)
class Examples:
    """Tracings with their labels, in one order.

    Attributes:
        identifiers: (n,) record.
        persons: (n,) patient.
        node: (n,) hospital.
        fold: (n,) official fold of PTB-XL, 0 elsewhere.
        signals: (n, 12, 1000) millivolt at 100 Hz.
        features: (n, F).
        reference: (n, findings) 1, 0 or NOT_CODED, in the order of `FINDINGS`.
    """

    identifiers: NDArray[np.str_]
    persons: NDArray[np.str_]
    node: NDArray[np.str_]
    fold: NDArray[np.int64]
    signals: Signals
    features: NDArray[np.float32]
    reference: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.identifiers)

    def among(self, rows: NDArray[np.bool_]) -> Examples:
        return Examples(
            self.identifiers[rows],
            self.persons[rows],
            self.node[rows],
            self.fold[rows],
            self.signals[rows],
            self.features[rows],
            self.reference[rows],
        )

    def in_folds(self, folds: Collection[int]) -> Examples:
        return self.among(np.isin(self.fold, list(folds)))


def examples(raw: Path, progress: Progress = silent) -> Examples:
    """All the records of the open archives that are fit for reading, PTB-XL then LUDB.

    Args:
        raw: the folder of open data.
        progress: told after each hospital.

    Raises:
        PreuveError: `raw` does not hold the open archives.
    """
    if not archives.is_open(raw):
        raise PreuveError(_("No ECG archive is in this folder."), where=raw)
    folder = archives.open_folder(raw)
    parts = []
    for done, node in enumerate((*archives.SITES, "ludb"), start=1):
        ludb = node == "ludb"
        found = archives.open_ludb(folder) if ludb else archives.open_ptbxl(folder, node)
        parts += [_prepared(batch, node) for batch in _batches(found)]
        progress("examples", done, len(archives.SITES) + 1, node)
    return Examples(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _prepared(batch: list[Record], node: str) -> tuple[NDArray[np.generic], ...]:
    """The columns of `Examples`, prepared as `data.read` prepares them."""
    stacked = np.stack([record.microvolts for record in batch if record.microvolts is not None])
    signals = waveforms.resample(stacked.astype(np.float32) * np.float32(1e-3), batch[0].rate)
    fit = np.array([verdict is None for verdict in quality.check_signals(signals)])
    signals = signals[fit]
    kept = [record for record, good in zip(batch, fit, strict=True) if good]
    age = np.array([np.nan if r.age is None else min(r.age, OLDEST) for r in kept], np.float32)
    sex = np.array([{"F": 1.0, "M": 0.0}.get(r.sex, np.nan) for r in kept], np.float32)
    labels = [[record.findings[code] for code in FINDINGS] for record in kept]
    coded = [[NOT_CODED if value is None else value for value in row] for row in labels]
    return (
        np.array([record.identifier for record in kept]),
        np.array([record.person for record in kept]),
        np.full(len(kept), node),
        np.array([record.fold or 0 for record in kept]),
        signals,
        features(signals, age, sex),
        np.array(coded, dtype=np.int8),
    )


def auroc(reference: NDArray[np.int8], scores: NDArray[np.floating]) -> float:
    """Probability that a present case scores above an absent one, ties counted as half.

    Cells NOT_CODED are left out; NaN where one class is empty.
    """
    coded = reference != NOT_CODED
    present = reference[coded] == 1
    _values, inverse, counts = np.unique(scores[coded], return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives, negatives = int(present.sum()), int((~present).sum())
    if not positives or not negatives:
        return float("nan")
    excess = rank[present].sum() - positives * (positives + 1) / 2
    return float(excess / (positives * negatives))


@dataclass(frozen=True)
class Figure:
    """A mean AUROC over findings, its 95 % interval (bootstrap of patients), the records."""

    value: float
    interval: tuple[float, float]
    n: int
    findings: tuple[str, ...]


def macro_auroc(
    judged: Examples,
    scores: NDArray[np.floating],
    among: Collection[str],
    draws: int = 500,
    seed: int = 1,
) -> Figure:
    """Mean AUROC over the findings of `among` that have `FEWEST` cases present and absent.

    Args:
        judged: the records.
        scores: (n, findings) in the order of `FINDINGS`.
        among: codes of findings.
        draws: bootstrap samples of patients.
        seed: of the bootstrap.
    """
    columns = [column for column, code in enumerate(FINDINGS) if code in among]
    columns = [c for c in columns if min(_events(judged.reference[:, c])) >= FEWEST]
    if not columns:
        return Figure(float("nan"), (float("nan"), float("nan")), len(judged), ())
    draw = np.random.default_rng(seed)
    _names, person = np.unique(judged.persons, return_inverse=True)
    rows_of = np.split(np.argsort(person, kind="stable"), np.cumsum(np.bincount(person))[:-1])

    def mean(rows: NDArray[np.int64]) -> float:
        return float(
            np.nanmean([auroc(judged.reference[rows, c], scores[rows, c]) for c in columns])
        )

    samples = [
        mean(np.concatenate([rows_of[p] for p in draw.integers(0, len(rows_of), len(rows_of))]))
        for _draw in range(draws)
    ]
    low, high = np.quantile(samples, [0.025, 0.975])
    value = mean(np.arange(len(judged)))
    return Figure(
        value, (float(low), float(high)), len(judged), tuple(FINDINGS[c] for c in columns)
    )


def _events(labels: NDArray[np.int8]) -> tuple[int, int]:
    return int((labels == 1).sum()), int((labels == 0).sum())


def xresnet_predictions(raw: Path, target: Path) -> Path:
    """Write the published scores of xresnet1d101 as a predictions file.

    The scores are those of the model of the PTB-XL benchmark (Strodthoff and others 2021), for its
    71 statements on the official folds 9 and 10. A superclass takes the highest score among its
    diagnostic statements; a finding, the highest among the statements that state it. Only records
    matched for certain to a tracing of the open archives are written.

    Args:
        raw: the folder of open data.
        target: the CSV file to write: `case`, then one column per finding.

    Raises:
        PreuveError: the scores or the table of statements are absent.
    """
    folder = archives.open_folder(raw)
    scores = folder / "xresnet1d101_ptbxl_exp0_predictions.npz"
    if not scores.exists():
        raise PreuveError(_("The published scores are absent."), where=scores)
    classes = archives.superclasses(folder / "ptbxl_scp_statements.csv")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["case", *FINDINGS])
    with np.load(scores) as published:
        statements = [str(code) for code in published["classes"]]
        columns = _columns(statements, classes)
        for part in ("test", "val"):
            table = published[f"p_{part}"][published[f"map_{part}_row"]]
            for record, row in zip(published[f"map_{part}_ecg_id"], table, strict=True):
                values = [f"{row[own].max():.9g}" for own in columns]
                writer.writerow([f"ptbxl-{record:05d}", *values])
    write_whole(target, text.getvalue().encode())
    return target


def _columns(statements: list[str], classes: dict[str, str]) -> list[list[int]]:
    """For each finding, the columns of the statements that state it."""
    by_class = {
        code: [c for c, s in enumerate(statements) if classes.get(s) == code]
        for code in SUPERCLASSES
    }
    by_finding = {
        code: [c for c, s in enumerate(statements) if s in own] for code, own in STATEMENTS.items()
    }
    return [*by_class.values(), *by_finding.values()]
