"""Five hospitals on disk, from the open archives or from the phantom."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import digest, digest_file, write_whole
from preuve.core.usecase import Text
from preuve.usecases.ecg_interpretation import archives
from preuve.usecases.ecg_interpretation.archives import Record
from preuve.usecases.ecg_interpretation.labels import FINDINGS
from preuve.usecases.ecg_interpretation.waveforms import write_wfdb

EVALUATION_FOLDS = frozenset({6, 7, 8, 9, 10})
"""Official folds of PTB-XL that the nodes hold; the shipped readers were trained on the others."""

LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "site0": Text(fr="PTB-XL, site 0", en="PTB-XL, site 0"),
        "site1": Text(fr="PTB-XL, site 1", en="PTB-XL, site 1"),
        "site2": Text(fr="PTB-XL, site 2", en="PTB-XL, site 2"),
        "other": Text(fr="PTB-XL, autres sites", en="PTB-XL, other sites"),
        "ludb": Text(fr="LUDB, Nijni Novgorod", en="LUDB, Nizhny Novgorod"),
    }
)
_COLUMNS = ("record", "person", "age", "sex", "device", "validated_by_human", "fold", "source")
_MARK = "prepared.json"
_FORMAT = 2
_SMALLEST_CELL = 11


@dataclass(frozen=True)
class _Plan:
    """What a node will hold, before anything is read."""

    name: str
    label: Text
    source: str
    origin: str
    count: int
    records: Callable[[], Iterator[Record]]
    synthetic: bool = False


def prepare(
    raw: Path | None,
    target: Path,
    progress: Progress = silent,
    only: Collection[str] | None = None,
) -> list[Path]:
    """Build the node folders `target/<node>` and return their paths.

    A node already built from the same source is left as it is; an interrupted one starts again,
    and what was half written is never taken for data.

    Args:
        raw: the folder of open data, a PTB-XL 1.0.3 download, or None for the phantom.
        target: where the node folders go; made if absent.
        progress: told after each record.
        only: names of the nodes to build; all that the source has by default.

    Raises:
        PreuveError: `raw` holds no archive that is known, or `only` names a node it has not.
    """
    plans = _plans(raw)
    unknown = sorted(set(only or ()) - {plan.name for plan in plans})
    if unknown:
        raise PreuveError(
            _("This source has no node named {names}.").format(names=", ".join(unknown)),
            where=raw or "phantom",
            remedy=_("Choose among {names}.").format(names=", ".join(plan.name for plan in plans)),
        )
    return [_build(plan, target, progress) for plan in plans if only is None or plan.name in only]


def _plans(raw: Path | None) -> list[_Plan]:
    if raw is None:
        return _phantom_plans()
    if archives.is_open(raw):
        return _open_plans(archives.open_folder(raw))
    if archives.is_official(raw):
        return _official_plans(raw)
    raise PreuveError(
        _("No ECG archive is in this folder."),
        where=raw,
        remedy=_("Give a folder with ecg/ecg_labels.csv.gz or with ptbxl_database.csv."),
    )


def _open_plans(folder: Path) -> list[_Plan]:
    tables = _digests(folder, "ecg_labels.csv.gz", "ptbxl_scp_statements.csv")

    def site(name: str) -> _Plan:
        files = _digests(folder, f"ptbxl-{name}.delta.npy.xz", f"ptbxl-{name}.resid.npy.xz")
        return _Plan(
            name,
            LABELS[name],
            "PTB-XL 1.0.3",
            digest([_FORMAT, *tables, *files]),
            len(archives.open_rows(folder, name, EVALUATION_FOLDS)),
            lambda: archives.open_ptbxl(folder, name, EVALUATION_FOLDS),
        )

    ludb = _Plan(
        "ludb",
        LABELS["ludb"],
        "LUDB 1.0.1",
        digest([_FORMAT, *tables, *_digests(folder, "ludb_wfdb.tar.xz")]),
        len(archives.open_rows(folder, "ludb")),
        lambda: archives.open_ludb(folder),
    )
    return [*map(site, archives.SITES), ludb]


def _official_plans(raw: Path) -> list[_Plan]:
    tables = _digests(raw, "ptbxl_database.csv", "scp_statements.csv")

    def site(name: str) -> _Plan:
        rows = archives.official_rows(raw, name, EVALUATION_FOLDS)
        present = [str(archives.official_record(raw, row)) for row in rows]
        return _Plan(
            name,
            LABELS[name],
            "PTB-XL 1.0.3",
            digest([_FORMAT, *tables, name, present]),
            len(rows),
            lambda: archives.official_ptbxl(raw, name, EVALUATION_FOLDS),
        )

    return [*map(site, archives.SITES)]


def _digests(folder: Path, *names: str) -> list[str]:
    for name in names:
        if not (folder / name).exists():
            raise PreuveError(
                _("A file of the archive is absent."),
                where=folder / name,
                remedy=_("Fetch the archive again, whole."),
            )
    return [digest_file(folder / name) for name in names]


def _phantom_plans() -> list[_Plan]:
    from preuve.usecases.ecg_interpretation.phantom import HOSPITALS, VERSION, Hospital

    def plan(hospital: Hospital) -> _Plan:
        number = hospital.seed + 1
        return _Plan(
            hospital.name,
            Text(
                fr=f"Hôpital fictif {number} — SYNTHETIC : données simulées",
                en=f"Made-up hospital {number} — SYNTHETIC: simulated data",
            ),
            "SYNTHETIC",
            digest([_FORMAT, "phantom", VERSION, hospital.name]),
            hospital.records,
            hospital.draw,
            synthetic=True,
        )

    return [plan(hospital) for hospital in HOSPITALS]


def _build(plan: _Plan, target: Path, progress: Progress) -> Path:
    node = target / plan.name
    data = node / "data"
    if _finished(node, plan.origin):
        progress(plan.name, plan.count, plan.count)
        return node
    partial = node / ".data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "records").mkdir(parents=True)
    rows = []
    for done, record in enumerate(plan.records(), start=1):
        _write_record(partial / "records", record)
        rows.append(_row(record, plan))
        progress(plan.name, done, plan.count)
    (partial / "cases.csv").write_text(_table(rows, plan.synthetic), encoding="utf-8")
    (partial / _MARK).write_text(json.dumps({"origin": plan.origin}), encoding="utf-8")
    shutil.rmtree(data, ignore_errors=True)
    partial.rename(data)
    write_whole(node / "node.yaml", _node_yaml(plan).encode())
    return node


def _finished(node: Path, origin: str) -> bool:
    mark = node / "data" / _MARK
    if not mark.exists() or not (node / "node.yaml").exists():
        return False
    return bool(json.loads(mark.read_text(encoding="utf-8")).get("origin") == origin)


def _write_record(folder: Path, record: Record) -> None:
    if record.microvolts is not None:
        write_wfdb(folder, record.identifier, record.microvolts, record.rate)
    if record.files is not None:
        header, data = record.files
        (folder / f"{record.identifier}.hea").write_text(
            _renamed(header, record.identifier), encoding="utf-8"
        )
        (folder / f"{record.identifier}.dat").write_bytes(data)


def _renamed(header: str, name: str) -> str:
    """The header of a record under another name, without its comments (they hold diagnoses)."""
    first, *channels = [line for line in header.splitlines() if not line.startswith("#")]
    lines = [f"{name} {first.partition(' ')[2]}"]
    lines += [f"{name}.dat {line.partition(' ')[2]}" for line in channels if line.strip()]
    return "\n".join(lines) + "\n"


def _row(record: Record, plan: _Plan) -> list[str]:
    known = {True: "1", False: "0", None: ""}
    row = [
        record.identifier,
        record.person,
        "" if record.age is None else f"{record.age:g}",
        record.sex,
        record.device,
        known[record.validated],
        "" if record.fold is None else str(record.fold),
        plan.source,
    ]
    findings = [record.findings[code] for code in FINDINGS]
    row += ["" if value is None else str(value) for value in findings]
    return [*row, "1"] if plan.synthetic else row


def _table(rows: list[list[str]], synthetic: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, *FINDINGS, *(["synthetic"] if synthetic else [])])
    writer.writerows(rows)
    return text.getvalue()


def _node_yaml(plan: _Plan) -> str:
    record = {
        "schema": 1,
        "name": plan.name,
        "label": plan.label.model_dump(),
        "data": {"ecg_interpretation": "data"},
        "policy": {"smallest_cell": _SMALLEST_CELL},
    }
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False)
