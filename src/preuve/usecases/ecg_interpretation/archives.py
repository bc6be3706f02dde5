"""The public archives as they were published: PTB-XL (open shards or PhysioNet) and LUDB."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import lzma
import math
import tarfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.usecases.ecg_interpretation.labels import from_ludb, from_statements

SITES = ("site0", "site1", "site2", "other")
"""Nodes of PTB-XL: its sites 0, 1 and 2, and all smaller sites together."""

_CHUNK = 64


@dataclass(frozen=True)
class Record:
    """One tracing with what `cases.csv` says of it.

    Attributes:
        identifier: name of the record, the key of predictions files.
        person: identifier of the patient.
        age: years as the archive writes them (300 stands for over 89), None where unknown.
        sex: "F", "M" or "".
        device: electrocardiograph, as written by the hospital.
        validated: whether a person confirmed the labels; None where unknown.
        fold: official fold of PTB-XL, 1 to 10; None elsewhere.
        findings: code -> 1 stated, 0 not stated, None where the source has no word for it.
        microvolts: (12, samples) int16, or None where `files` are given.
        files: WFDB header text and signal bytes, as published.
        rate: Hz.
    """

    identifier: str
    person: str
    age: float | None
    sex: str
    device: str
    validated: bool | None
    fold: int | None
    findings: Mapping[str, int | None]
    microvolts: NDArray[np.int16] | None = None
    files: tuple[str, bytes] | None = field(default=None, repr=False)
    rate: int = 500


def open_folder(raw: Path) -> Path:
    """The folder of the open shards: `raw` or its `ecg`."""
    return raw / "ecg" if (raw / "ecg").is_dir() else raw


def is_open(raw: Path) -> bool:
    return (open_folder(raw) / "ecg_labels.csv.gz").exists()


def is_official(raw: Path) -> bool:
    return (raw / "ptbxl_database.csv").exists()


def superclasses(table: Path) -> dict[str, str]:
    """Diagnostic SCP code -> superclass, from `scp_statements.csv` of PTB-XL.

    Raises:
        PreuveError: the file is absent.
    """
    if not table.exists():
        raise PreuveError(_("The table of SCP statements is absent."), where=table)
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    code = next(iter(rows[0]))
    return {row[code]: row["diagnostic_class"] for row in rows if row["diagnostic"] == "1.0"}


def open_rows(
    folder: Path, node: str, folds: Collection[int] | None = None
) -> list[dict[str, str]]:
    """Rows of the label table of one node, in the order of its shard."""
    name = "ludb-nnov" if node == "ludb" else f"ptbxl-{node}"
    with gzip.open(folder / "ecg_labels.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["node"] == name]
    kept = [row for row in rows if folds is None or int(row["strat_fold"]) in folds]
    return sorted(kept, key=lambda row: int(row["shard_index"]))


def open_ptbxl(folder: Path, node: str, folds: Collection[int] | None = None) -> Iterator[Record]:
    """Records of a PTB-XL site from the open shards, lossless."""
    rows = open_rows(folder, node, folds)
    classes = superclasses(folder / "ptbxl_scp_statements.csv")
    indices = np.array([int(row["shard_index"]) for row in rows])
    for row, signal in zip(rows, _decode(folder, f"ptbxl-{node}", indices), strict=True):
        yield Record(
            identifier=row["record_id"],
            person=row["patient_id"],
            age=_number(row["age"]),
            sex=row["sex"],
            device=" ".join(row["device"].split()),
            validated={"True": True, "False": False}.get(row["validated_by_human"]),
            fold=int(row["strat_fold"]),
            findings=from_statements(json.loads(row["raw_codes"]), classes),
            microvolts=signal,
        )


def _decode(folder: Path, shard: str, indices: NDArray[np.int64]) -> Iterator[NDArray[np.int16]]:
    """(12, 5000) microvolt of each index.

    A shard holds the first differences of I, II, V1 to V6 modulo 65536 in two planes of bytes
    (low, high), and the gap of III, aVR, aVL, aVF to their integer formulas from I and II.
    """
    planes = np.load(io.BytesIO(lzma.decompress((folder / f"{shard}.delta.npy.xz").read_bytes())))
    gaps = np.load(io.BytesIO(lzma.decompress((folder / f"{shard}.resid.npy.xz").read_bytes())))
    for start in range(0, len(indices), _CHUNK):
        rows = indices[start : start + _CHUNK]
        steps = planes[0, rows].astype(np.uint16) | (planes[1, rows].astype(np.uint16) << 8)
        eight = np.cumsum(steps, axis=-1, dtype=np.uint16).view(np.int16)
        one, two = eight[:, 0].astype(np.int32), eight[:, 1].astype(np.int32)
        formulas = (two - one, -((one + two) >> 1), (2 * one - two) >> 1, (2 * two - one) >> 1)
        signal = np.empty((len(rows), 12, eight.shape[-1]), dtype=np.int16)
        signal[:, :2] = eight[:, :2]
        signal[:, 2:6] = np.stack(formulas, axis=1) + gaps[rows]
        signal[:, 6:] = eight[:, 2:]
        yield from signal


def open_ludb(folder: Path) -> Iterator[Record]:
    """Records of LUDB, recorded by a Schiller AT-101.

    The published headers give each lead a gain equal to its own peak-to-peak range, so that every
    lead would measure one millivolt and the limb leads would contradict one another. The stored
    steps themselves obey the lead algebra to a third of a microvolt and have the usual amplitudes
    in microvolts: they are taken as microvolts, and the gains of the headers are not used.
    """
    rows = {row["file"].rpartition("/")[2]: row for row in open_rows(folder, "ludb")}
    steps: dict[str, NDArray[np.int16]] = {}
    with tarfile.open(folder / "ludb_wfdb.tar.xz", "r:xz") as archive:
        for member in archive:
            name, _dot, kind = Path(member.name).name.rpartition(".")
            stream = archive.extractfile(member) if name in rows and kind == "dat" else None
            if stream is not None:
                steps[name] = np.frombuffer(stream.read(), dtype="<i2").reshape(-1, 12).T
    for name, row in rows.items():
        diagnoses = [
            word.rpartition("=")[2]
            for part in row["raw_codes"].split(";")
            for word in part.split("|")
        ]
        yield Record(
            identifier=row["record_id"],
            person=row["patient_id"],
            age=_number(row["age"]),
            sex=row["sex"],
            device="AT-101",
            validated=None,
            fold=None,
            findings=from_ludb(diagnoses),
            microvolts=steps[name],
        )


def official_rows(raw: Path, node: str, folds: Collection[int]) -> list[dict[str, str]]:
    """Rows of `ptbxl_database.csv` of one node."""
    with (raw / "ptbxl_database.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if int(row["strat_fold"]) in folds]
    return [row for row in rows if _site(row["site"]) == node]


def official_ptbxl(raw: Path, node: str, folds: Collection[int]) -> Iterator[Record]:
    """Records of a PTB-XL site from a PhysioNet download; files not yet downloaded are left out."""
    classes = superclasses(raw / "scp_statements.csv")
    for row in official_rows(raw, node, folds):
        record = official_record(raw, row)
        yield Record(
            identifier=f"ptbxl-{int(row['ecg_id']):05d}",
            person=f"ptbxl-p{int(float(row['patient_id']))}",
            age=_number(row["age"]),
            sex={"0": "M", "1": "F"}.get(row["sex"], ""),
            device=" ".join(row["device"].split()),
            validated={"True": True, "False": False}.get(row["validated_by_human"]),
            fold=int(row["strat_fold"]),
            findings=from_statements(ast.literal_eval(row["scp_codes"]), classes),
            files=None
            if record is None
            else (
                record.with_suffix(".hea").read_text(encoding="utf-8"),
                record.with_suffix(".dat").read_bytes(),
            ),
        )


def official_record(raw: Path, row: Mapping[str, str]) -> Path | None:
    """Where a record was downloaded, at 500 Hz if it can be, else at 100 Hz; None if nowhere."""
    for column in ("filename_hr", "filename_lr"):
        record = raw / row[column]
        if record.with_suffix(".hea").exists() and record.with_suffix(".dat").exists():
            return record
    return None


def _site(written: str) -> str:
    """The node of a `site` cell ("0.0", "17.0", "")."""
    number = _number(written)
    return f"site{number:.0f}" if number in (0.0, 1.0, 2.0) else "other"


def _number(written: str) -> float | None:
    if not written:
        return None
    value = float(written)
    return None if math.isnan(value) else value
