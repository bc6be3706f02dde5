"""Node folders: from the open archives, from an official download, from the phantom."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.source import Source
from preuve.usecases.ecg_interpretation import archives, nodes, quality, waveforms
from preuve.usecases.ecg_interpretation.labels import (
    FINDINGS,
    SUPERCLASSES,
    from_ludb,
    from_statements,
)
from preuve.usecases.ecg_interpretation.leads import LEADS, limb_leads
from preuve.usecases.ecg_interpretation.phantom import HOSPITALS
from preuve.usecases.ecg_interpretation.reference import TRAINING_FOLDS

FOLDER = UseCaseFolder.find("ecg_interpretation")
OPEN = ("site0", "site1", "site2", "other", "ludb")


def read(node: Path) -> Cases:
    return FOLDER.read(Source(str(node / "data")))


def label_rows(data_root: Path) -> list[dict[str, str]]:
    with gzip.open(data_root / "ecg" / "ecg_labels.csv.gz", "rt", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, data_root: Path) -> dict[str, Path]:
    target = tmp_path_factory.mktemp("real")
    made = nodes.prepare(data_root, target, only=("other", "ludb"))
    return {path.name: path for path in made}


def test_the_use_case_and_the_code_name_the_same_findings() -> None:
    assert tuple(finding.code for finding in FOLDER.usecase.findings) == FINDINGS


def test_node_yaml_has_exactly_the_agreed_keys(real: dict[str, Path]) -> None:
    for name, path in real.items():
        said = yaml.safe_load((path / "node.yaml").read_text(encoding="utf-8"))
        assert said == {
            "schema": 1,
            "name": name,
            "label": nodes.LABELS[name].model_dump(),
            "data": {"ecg_interpretation": "data"},
            "policy": {"smallest_cell": 11},
        }


def test_ptb_xl_keeps_the_evaluation_folds_only(real: dict[str, Path], data_root: Path) -> None:
    assert not nodes.EVALUATION_FOLDS & set(TRAINING_FOLDS)
    assert nodes.EVALUATION_FOLDS | set(TRAINING_FOLDS) == set(range(1, 11))
    rows = [row for row in label_rows(data_root) if row["node"] == "ptbxl-other"]
    expected = {row["record_id"] for row in rows if int(row["strat_fold"]) >= 6}
    cases = read(real["other"])
    assert set(cases.identifiers.tolist()) == expected
    assert cases.exclusions == ()
    assert not cases.synthetic


def test_no_patient_is_in_training_and_in_a_node(data_root: Path) -> None:
    rows = [row for row in label_rows(data_root) if row["source"] == "ptb-xl"]
    learnt = {row["patient_id"] for row in rows if int(row["strat_fold"]) in TRAINING_FOLDS}
    judged = {row["patient_id"] for row in rows if int(row["strat_fold"]) not in TRAINING_FOLDS}
    assert len(learnt) > 1000
    assert not learnt & judged


def test_labels_and_people_are_those_of_the_open_table(
    real: dict[str, Path], data_root: Path
) -> None:
    rows = {row["record_id"]: row for row in label_rows(data_root)}
    cases = read(real["other"])
    ages, sexes = (cases.inputs[name](slice(None)) for name in ("age", "sex"))
    for n, record in enumerate(cases.identifiers.tolist()):
        row = rows[record]
        written = [int(row[f"{'sup' if c in SUPERCLASSES else 'y'}_{c}"]) for c in FINDINGS]
        assert cases.reference[n].tolist() == written
        assert cases.persons[n] == row["patient_id"]
        assert ages[n] == min(float(row["age"]), 90)
        assert sexes[n] == (row["sex"] == "F")


def test_our_rules_give_every_label_of_the_open_table(data_root: Path) -> None:
    classes = archives.superclasses(data_root / "ecg" / "ptbxl_scp_statements.csv")
    checked = 0
    for row in label_rows(data_root):
        if row["source"] == "ptb-xl":
            found: dict[str, int | None] = dict(
                from_statements(json.loads(row["raw_codes"]), classes)
            )
        elif row["source"] == "ludb":
            words = row["raw_codes"].replace(";", "|").split("|")
            found = from_ludb([word.rpartition("=")[2] for word in words])
        else:
            continue
        for code, value in found.items():
            if value is not None:
                column = f"{'sup' if code in SUPERCLASSES else 'y'}_{code}"
                assert value == int(row[column]), (row["record_id"], code)
                checked += 1
    assert checked == 2550 * 17 + 200 * 16


def test_ludb_is_silent_on_normal_tracings_and_speaks_of_the_rest(real: dict[str, Path]) -> None:
    cases = read(real["ludb"])
    assert len(cases) == 200
    silent = (cases.reference == NOT_CODED).all(axis=0)
    assert [code for code, none in zip(FINDINGS, silent, strict=True) if none] == ["NORM"]
    assert not (cases.reference[:, 1:] == NOT_CODED).any()
    assert (cases.reference[:, FINDINGS.index("LVH")] == 1).sum() == 108


def test_real_tracings_keep_the_lead_algebra_and_the_usual_amplitudes(
    real: dict[str, Path],
) -> None:
    for name in ("other", "ludb"):
        signals = read(real[name]).inputs["signal"](slice(None)).astype(float)
        derived = limb_leads(signals[:, 0], signals[:, 1])[:, 2:]
        gap = signals[:, 2:6] - derived
        assert np.abs(gap - gap.mean(axis=-1, keepdims=True)).max() < 0.01
        assert 0.6 < np.median(np.ptp(signals[:, 1], axis=-1)) < 2


def test_arm_swaps_made_on_real_tracings_are_mostly_found_and_few_others(
    real: dict[str, Path],
) -> None:
    signals = np.concatenate(
        [
            read(real[name]).inputs["signal"](slice(None)).astype(np.float32)
            for name in ("other", "ludb")
        ]
    )
    swapped = signals.copy()
    swapped[:, 0] = -signals[:, 0]
    swapped[:, 1:5] = signals[:, [2, 1, 4, 3]]
    assert quality.algebra_error(swapped).max() < quality.ALGEBRA_ERROR
    assert quality.arm_swap(signals).mean() < 0.02
    assert quality.arm_swap(swapped).mean() > 0.9


def test_open_shards_decode_to_the_derived_leads_within_a_few_microvolts(data_root: Path) -> None:
    first = next(iter(archives.open_ptbxl(data_root / "ecg", "other", {10})))
    assert first.microvolts is not None
    assert first.microvolts.shape == (12, 5000)
    eight = first.microvolts.astype(float)
    assert np.abs(eight[2:6] - limb_leads(eight[0], eight[1])[2:]).max() <= 20


def test_a_finished_node_is_left_and_a_half_written_one_begins_again(
    real: dict[str, Path], data_root: Path, tmp_path: Path
) -> None:
    table = real["other"] / "data" / "cases.csv"
    before = table.stat().st_mtime_ns
    nodes.prepare(data_root, real["other"].parent, only=("other",))
    assert table.stat().st_mtime_ns == before

    def stop(task: str, done: int, total: int, note: str = "") -> None:
        if done == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nodes.prepare(data_root, tmp_path, stop, only=("other",))
    assert not (tmp_path / "other" / "data").exists()
    assert not (tmp_path / "other" / "node.yaml").exists()
    [path] = nodes.prepare(data_root, tmp_path, only=("other",))
    assert (path / "data" / "cases.csv").read_bytes() == table.read_bytes()
    assert not (path / ".data.partial").exists()


def test_a_rebuilt_node_keeps_what_others_put_beside_its_data(tmp_path: Path) -> None:
    [path] = nodes.prepare(None, tmp_path, only=("synthetic0",))
    (path / "ledger.jsonl").write_text("kept")
    (path / "data" / "prepared.json").write_text('{"origin": "another"}')
    nodes.prepare(None, tmp_path, only=("synthetic0",))
    assert (path / "ledger.jsonl").read_text() == "kept"
    assert len(read(path)) == HOSPITALS[0].records


def test_phantom_hospitals_say_they_are_synthetic(tmp_path: Path) -> None:
    [path] = nodes.prepare(None, tmp_path, only=("synthetic3",))
    said = yaml.safe_load((path / "node.yaml").read_text(encoding="utf-8"))
    assert "SYNTHETIC" in said["label"]["fr"]
    assert "SYNTHETIC" in said["label"]["en"]
    cases = read(path)
    assert cases.synthetic
    assert cases.exclusions == ()
    again = tmp_path / "again"
    [other] = nodes.prepare(None, again, only=("synthetic3",))
    for file in ("cases.csv", "records/synthetic3-0007.dat", "records/synthetic3-0007.hea"):
        assert (path / "data" / file).read_bytes() == (other / "data" / file).read_bytes()


def test_progress_is_told_record_by_record(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    nodes.prepare(
        None,
        tmp_path,
        lambda task, done, total, note="": told.append((task, done, total)),
        only=("synthetic1",),
    )
    count = HOSPITALS[1].records
    assert told == [("synthetic1", n, count) for n in range(1, count + 1)]


def test_a_folder_without_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="No ECG archive"):
        nodes.prepare(tmp_path, tmp_path / "nodes")


def test_an_archive_with_a_file_missing_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "ptbxl_database.csv").write_text("ecg_id\n")
    with pytest.raises(PreuveError, match="scp_statements"):
        nodes.prepare(tmp_path, tmp_path / "nodes")


def test_an_unknown_node_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="synthetic0"):
        nodes.prepare(None, tmp_path, only=("site9",))


@pytest.fixture
def official(tmp_path: Path, data_root: Path) -> Path:
    """A part of PTB-XL 1.0.3 with the layout of the official download."""
    raw = tmp_path / "ptb-xl"
    folder = data_root / "ecg"
    statements = (folder / "ptbxl_scp_statements.csv").read_bytes()
    raw.mkdir()
    (raw / "scp_statements.csv").write_bytes(statements)
    columns = ["ecg_id", "patient_id", "age", "sex", "device", "site", "strat_fold"]
    columns += ["validated_by_human", "scp_codes", "filename_lr", "filename_hr"]
    rows = [columns]
    table = {row["record_id"]: row for row in label_rows(data_root)}
    for number, record in enumerate(archives.open_ptbxl(folder, "other", {5, 6, 10})):
        name = f"records500/00000/{record.identifier[-5:]}_hr"
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        assert record.microvolts is not None
        write_official(raw / name, record.microvolts)
        row = table[record.identifier]
        rows.append(
            [
                str(int(record.identifier[-5:])),
                f"{row['patient_id'].removeprefix('ptbxl-p')}.0",
                row["age"],
                {"M": "0", "F": "1"}[row["sex"]],
                row["device"],
                "" if number % 7 == 0 else f"{float(row['site'] or 33)}",
                row["strat_fold"],
                row["validated_by_human"],
                repr(json.loads(row["raw_codes"])),
                name.replace("records500", "records100").replace("_hr", "_lr"),
                name,
            ]
        )
    with (raw / "ptbxl_database.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return raw


def write_official(path: Path, signal: NDArray[np.int16], rate: int = 500) -> None:
    names = [lead.upper() if lead.startswith("aV") else lead for lead in LEADS]
    np.ascontiguousarray(signal.T).tofile(path.with_suffix(".dat"))
    sums = signal.sum(axis=1, dtype=np.int64).astype(np.int16)
    lines = [f"{path.name} 12 {rate} {signal.shape[1]}"]
    lines += [
        f"{path.name}.dat 16 1000.0(0)/mV 16 0 {first} {total} 0 {name}"
        for name, first, total in zip(names, signal[:, 0], sums, strict=True)
    ]
    path.with_suffix(".hea").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_an_official_download_gives_the_same_cases(
    official: Path, real: dict[str, Path], tmp_path: Path
) -> None:
    made = nodes.prepare(official, tmp_path / "nodes")
    assert [path.name for path in made] == list(archives.SITES)
    ours, theirs = read(real["other"]), read(made[-1])
    wanted = [ours.identifiers.tolist().index(record) for record in theirs.identifiers]
    assert len(wanted) > 30
    assert np.array_equal(theirs.reference, ours.reference[wanted])
    assert theirs.persons.tolist() == ours.persons[wanted].tolist()
    for name in ("signal", "age", "sex"):
        np.testing.assert_array_equal(
            theirs.inputs[name](slice(None)), ours.inputs[name](slice(None))[wanted]
        )
    for code, levels in ours.subgroups.items():
        assert theirs.subgroups[code].tolist() == levels[wanted].tolist()
    assert [len(read(path)) for path in made[:3]] == [0, 0, 0]


def test_a_download_that_goes_on_is_prepared_again(official: Path, tmp_path: Path) -> None:
    [*_others, last] = archives.official_rows(official, "other", nodes.EVALUATION_FOLDS)
    parked = official / f"{last['filename_hr']}.dat"
    content = parked.read_bytes()
    parked.unlink()
    [path] = nodes.prepare(official, tmp_path / "nodes", only=("other",))
    before = read(path)
    assert [exclusion.cases for exclusion in before.exclusions] == [1]
    parked.write_bytes(content)
    nodes.prepare(official, tmp_path / "nodes", only=("other",))
    after = read(path)
    assert len(after) == len(before) + 1
    assert after.exclusions == ()


def test_records_at_100_hz_do_where_those_at_500_were_not_downloaded(
    official: Path, tmp_path: Path
) -> None:
    fast = sorted(official.glob("records500/*/*.dat"))
    for data in fast:
        slow = Path(str(data).replace("records500", "records100").replace("_hr", "_lr"))
        slow.parent.mkdir(parents=True, exist_ok=True)
        write_official(slow, np.fromfile(data, "<i2").reshape(-1, 12).T[:, ::5], rate=100)
        data.unlink()
    [path] = nodes.prepare(official, tmp_path / "nodes", only=("other",))
    cases = read(path)
    assert len(cases) > 30
    assert cases.inputs["signal"](slice(0, 3)).shape == (3, 12, 1000)


def test_wfdb_written_here_is_read_back_exactly(tmp_path: Path) -> None:
    signal = np.random.default_rng(1).integers(-9000, 9000, (12, 5000)).astype(np.int16)
    waveforms.write_wfdb(tmp_path, "a", signal, 500)
    np.testing.assert_allclose(waveforms.read(tmp_path / "a").signal, signal / 1000, atol=1e-5)
