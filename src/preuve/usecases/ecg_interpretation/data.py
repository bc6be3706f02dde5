"""A node's folder -> cases: `cases.csv` and the tracings of `records/`."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases, Exclusion, InputReader
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.source import Source
from preuve.core.usecase import UseCase
from preuve.usecases.ecg_interpretation import quality, waveforms
from preuve.usecases.ecg_interpretation.leads import LEADS, SAMPLES, Signals

if TYPE_CHECKING:
    import polars

COLUMNS = ("record", "person", "age", "sex", "device", "validated_by_human")
OLDEST = 90.0
"""Years; any age above is written as this one."""

_BATCH = 64
_NAME = re.compile(r"^[A-Za-z0-9_.+-]{1,80}$")
_LABELS = {"1": 1, "0": 0, "": NOT_CODED}
_SEXES = {"F": 1.0, "M": 0.0, "": np.nan}
_VALIDATED = {"1": "yes", "0": "no", "": ""}
_FAMILIES = {
    "CS-12": "cs_12",
    "CS100": "cs_100",
    "AT-60": "at_60",
    "AT-6": "at_6",
    "AT-101": "at_101",
}
_AGE_BANDS = ((50.0, "under_50"), (65.0, "50_64"), (80.0, "65_79"), (np.inf, "80_plus"))


@dataclass(frozen=True)
class _Table:
    """`cases.csv`, checked: one row per listed record."""

    identifiers: NDArray[np.str_]
    persons: NDArray[np.str_]
    reference: NDArray[np.int8]
    age: NDArray[np.float32]
    sex: NDArray[np.float32]
    subgroups: Mapping[str, NDArray[np.str_]]
    synthetic: bool


@dataclass
class _Reading:
    """Tracings kept so far, in a file that vanishes with the process."""

    signals: Signals
    kept: list[int] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def reject(self, record: str, why: quality.UnfitError) -> None:
        self.rejected[why.reason] += 1
        reason = str(quality.REASONS[why.reason])
        self.warnings.append(
            _("Record {record} is set aside: {reason} ({detail}).").format(
                record=record, reason=reason, detail=why.detail
            )
            if why.detail
            else _("Record {record} is set aside: {reason}.").format(record=record, reason=reason)
        )

    def keep(self, row: int, record: str, signal: Signals, swapped: bool) -> None:
        self.signals[len(self.kept)] = signal
        self.kept.append(row)
        if swapped:
            self.warnings.append(
                _("Record {record}: {warning}.").format(record=record, warning=quality.SWAP)
            )


def read(source: Source, usecase: UseCase) -> Cases:
    """The cases of a folder that holds `cases.csv` and `records/`.

    A tracing longer than ten seconds is cut to its first ten. One that cannot be judged is set
    aside and counted by reason; an error in the table itself stops everything.

    Raises:
        PreuveError: no folder, no table, or a table with a wrong cell; names file and line.
    """
    folder = source.folder
    table = _checked(
        source.table("cases", (*COLUMNS, *(f.code for f in usecase.findings))),
        _table_path(folder),
        usecase,
    )
    reading = _read_records(folder / "records", table.identifiers)
    rows = np.array(reading.kept, dtype=np.int64)
    signals = reading.signals[: len(rows)]
    return Cases(
        identifiers=table.identifiers[rows],
        persons=table.persons[rows],
        reference=table.reference[rows],
        subgroups={name: levels[rows] for name, levels in table.subgroups.items()},
        inputs=_inputs(signals, table.age[rows], table.sex[rows]),
        exclusions=tuple(
            Exclusion(quality.REASONS[reason].model_dump(), count)
            for reason, count in sorted(reading.rejected.items())
        ),
        warnings=tuple(reading.warnings),
        synthetic=table.synthetic,
    )


def _table_path(folder: Path) -> Path:
    parquet = folder / "cases.parquet"
    return parquet if parquet.exists() else folder / "cases.csv"


def _read_records(folder: Path, identifiers: NDArray[np.str_]) -> _Reading:
    reading = _Reading(_spill(len(identifiers)))
    batch: list[tuple[int, waveforms.Waveform]] = []
    for row, record in enumerate(identifiers):
        try:
            waveform = waveforms.read(folder / str(record))
            quality.check_recording(waveform.signal, waveform.rate)
        except quality.UnfitError as why:
            reading.reject(str(record), why)
            continue
        if batch and (len(batch) == _BATCH or _shape(batch[0][1]) != _shape(waveform)):
            _judge(batch, identifiers, reading)
            batch = []
        batch.append((row, waveform))
    if batch:
        _judge(batch, identifiers, reading)
    return reading


def _spill(records: int) -> Signals:
    """Room for the tracings on disk rather than in memory: 48 kB each."""
    shape = (max(records, 1), len(LEADS), SAMPLES)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.float32, mode="w+", shape=shape)


def _shape(waveform: waveforms.Waveform) -> tuple[float, int]:
    return waveform.rate, waveform.signal.shape[-1]


def _judge(
    batch: list[tuple[int, waveforms.Waveform]],
    identifiers: NDArray[np.str_],
    reading: _Reading,
) -> None:
    stacked = np.stack([waveform.signal for _row, waveform in batch])
    signals = waveforms.resample(stacked, batch[0][1].rate)
    verdicts = quality.check_signals(signals)
    swapped = quality.arm_swap(signals)
    for position, (row, _waveform) in enumerate(batch):
        record, verdict = str(identifiers[row]), verdicts[position]
        if verdict is not None:
            reading.reject(record, verdict)
        else:
            reading.keep(row, record, signals[position], bool(swapped[position]))


def _inputs(
    signals: Signals, age: NDArray[np.float32], sex: NDArray[np.float32]
) -> dict[str, InputReader]:
    def signal(rows: slice) -> Signals:
        return np.array(signals[rows])

    computed: dict[int, NDArray[np.float32]] = {}

    def features(rows: slice) -> NDArray[np.float32]:
        from preuve.usecases.ecg_interpretation.features import NAMES
        from preuve.usecases.ecg_interpretation.features import features as compute

        wanted = range(*rows.indices(len(signals)))
        missing = [row for row in wanted if row not in computed]
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            table = compute(signals[part], age[part], sex[part])
            computed.update(zip(part, table, strict=True))
        if not wanted:
            return np.empty((0, len(NAMES)), dtype=np.float32)
        return np.stack([computed[row] for row in wanted])

    return {
        "signal": signal,
        "features": features,
        "age": lambda rows: age[rows],
        "sex": lambda rows: sex[rows],
    }


def _checked(frame: polars.DataFrame, path: Path, usecase: UseCase) -> _Table:
    cells = {
        name: [(cell or "").strip() for cell in frame[name].to_list()] for name in frame.columns
    }
    identifiers = _records(cells["record"], path)
    ages = [_age(cell, path, line) for line, cell in _lines(cells["age"])]
    age = np.array(ages, dtype=np.float32)
    sexes = [_among(_SEXES, cell.upper(), "sex", path, line) for line, cell in _lines(cells["sex"])]
    reference = [
        [_among(_LABELS, cell, f.code, path, line) for line, cell in _lines(cells[f.code])]
        for f in usecase.findings
    ]
    validated = [
        _among(_VALIDATED, cell, "validated_by_human", path, line)
        for line, cell in _lines(cells["validated_by_human"])
    ]
    persons = [
        person or record for person, record in zip(cells["person"], identifiers, strict=True)
    ]
    return _Table(
        identifiers=np.array(identifiers, dtype=np.str_),
        persons=np.array(persons, dtype=np.str_),
        reference=np.array(reference, dtype=np.int8).reshape(len(usecase.findings), -1).T,
        age=np.minimum(age, np.float32(OLDEST)),
        sex=np.array(sexes, dtype=np.float32),
        subgroups={
            "sex": np.array([cell.upper() for cell in cells["sex"]], dtype=np.str_),
            "age_band": np.array([_age_band(value) for value in ages], dtype=np.str_),
            "device": np.array([_family(cell) for cell in cells["device"]], dtype=np.str_),
            "validated": np.array(validated, dtype=np.str_),
        },
        synthetic=any(cell == "1" for cell in cells.get("synthetic", [])),
    )


def _lines(cells: list[str]) -> list[tuple[int, str]]:
    """Cells with the line of the table where each stands (the first line holds the names)."""
    return list(enumerate(cells, start=2))


def _records(cells: list[str], path: Path) -> list[str]:
    seen: dict[str, int] = {}
    for line, record in _lines(cells):
        if not _NAME.match(record) or record.startswith("."):
            raise PreuveError(
                _("“{record}” is not a name of a record.").format(record=record),
                where=f"{path}:{line}",
                remedy=_("Use letters, digits, and the signs - _ . + only."),
            )
        if record in seen:
            raise PreuveError(
                _("The record {record} is listed twice (first on line {line}).").format(
                    record=record, line=seen[record]
                ),
                where=f"{path}:{line}",
                remedy=_("Keep one of the two lines."),
            )
        seen[record] = line
    return cells


def _among(meanings: Mapping[str, object], cell: str, column: str, path: Path, line: int) -> object:
    if cell in meanings:
        return meanings[cell]
    raise PreuveError(
        _("“{cell}” is not a value of the column {column}.").format(cell=cell, column=column),
        where=f"{path}:{line}",
        remedy=_("Write {values}, or leave the cell empty where it is not known.").format(
            values=", ".join(value for value in meanings if value)
        ),
    )


def _age(cell: str, path: Path, line: int) -> float:
    """Years; PTB-XL writes 300 for over 89."""
    if not cell:
        return float("nan")
    try:
        age = float(cell)
    except ValueError:
        age = float("nan")
    if 0 <= age <= 120 or age == 300:
        return age
    raise PreuveError(
        _("“{cell}” is not an age in years.").format(cell=cell),
        where=f"{path}:{line}",
        remedy=_("Write 0 to 120 (or 300 for over 89), or leave the cell empty."),
    )


def _age_band(age: float) -> str:
    return next((band for above, band in _AGE_BANDS if age < above), "")


def _family(device: str) -> str:
    """Family of an electrocardiograph from its written name ("AT-6 C 5.5" -> "at_6")."""
    if not device:
        return ""
    word = device.split()[0].upper()
    return _FAMILIES.get(word, "other_device")
