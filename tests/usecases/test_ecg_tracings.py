"""A node's tracings and its table: what is read, set aside with its reason, or refused."""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import speaking
from preuve.core.source import Source
from preuve.usecases.ecg_interpretation import quality, waveforms
from preuve.usecases.ecg_interpretation.labels import FINDINGS
from preuve.usecases.ecg_interpretation.leads import LEADS, limb_leads, position_of
from preuve.usecases.ecg_interpretation.phantom import Heart, microvolts, tracing
from preuve.usecases.ecg_interpretation.quality import UnfitError

FOLDER = UseCaseFolder.find("ecg_interpretation")
Signal = NDArray[np.int16]
HEADER = ["record", "person", "age", "sex", "device", "validated_by_human", *FINDINGS]


@pytest.fixture(scope="module")
def sound() -> Signal:
    return microvolts(tracing(Heart(), seed=1))


def row(record: str, **cells: str) -> dict[str, str]:
    usual = {"record": record, "person": f"p-{record}", "age": "61", "sex": "F", "device": "CS-12"}
    return usual | {"validated_by_human": "1"} | dict.fromkeys(FINDINGS, "0") | cells


class Node:
    """A node folder that a test fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = folder / "records"
        self.records.mkdir(parents=True)
        self.rows: list[dict[str, str]] = []

    def add(self, record: str, signal: Signal, rate: int = 500, **cells: str) -> Path:
        waveforms.write_wfdb(self.records, record, signal, rate)
        self.rows.append(row(record, **cells))
        return self.records / f"{record}.hea"

    def write(self, header: list[str] | None = None) -> None:
        with (self.folder / "cases.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header or HEADER, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.rows)

    def read(self) -> Cases:
        self.write()
        return FOLDER.read(Source(str(self.folder)))


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path / "data")


def reasons(cases: Cases) -> dict[str, int]:
    return {exclusion.reason["en"]: exclusion.cases for exclusion in cases.exclusions}


def test_a_sound_record_gives_every_input_the_use_case_offers(node: Node, sound: Signal) -> None:
    node.add("a", sound)
    node.add("b", sound, age="300", sex="", person="p-a", PAC="")
    cases = node.read()
    assert cases.identifiers.tolist() == ["a", "b"]
    assert cases.persons.tolist() == ["p-a", "p-a"]
    assert cases.exclusions == ()
    assert not cases.synthetic
    for offered in FOLDER.usecase.inputs:
        values = cases.inputs[offered.name](slice(0, 2))
        assert values.shape == (2, *offered.shape)
        assert values.dtype == offered.type
    assert cases.inputs["age"](slice(None)).tolist() == [61, 90]
    np.testing.assert_array_equal(cases.inputs["sex"](slice(None)), [1, np.nan])
    assert cases.reference[:, FINDINGS.index("PAC")].tolist() == [0, NOT_CODED]
    assert cases.subgroups["age_band"].tolist() == ["50_64", "80_plus"]
    assert cases.subgroups["sex"].tolist() == ["F", ""]


def test_every_subgroup_level_that_is_read_is_known_to_the_use_case(
    node: Node, sound: Signal
) -> None:
    devices = ["CS-12   E", "CS100    3", "AT-6 C 5.5", "AT-60    3", "AT-101", "MAC 5500", ""]
    for number, device in enumerate(devices):
        age = str(25 + 12 * number)
        node.add(f"r{number}", sound, device=device, age=age, validated_by_human="01"[number % 2])
    cases = node.read()
    for subgroup in FOLDER.usecase.subgroups:
        levels = {level.code for level in subgroup.levels}
        assert set(cases.subgroups[subgroup.code].tolist()) <= levels | {""}
    assert cases.subgroups["device"].tolist() == [
        "cs_12", "cs_100", "at_6", "at_60", "at_101", "other_device", "",
    ]  # fmt: skip


def test_features_are_the_same_whatever_the_slices(node: Node, sound: Signal) -> None:
    for number in range(5):
        node.add(f"r{number}", microvolts(tracing(Heart(rate=60 + 10 * number), seed=number)))
    cases = node.read()
    parts = [cases.inputs["features"](slice(start, start + 2)) for start in (0, 2, 4)]
    whole = node.read().inputs["features"](slice(None))
    np.testing.assert_allclose(
        np.concatenate(parts).astype(float), whole.astype(float), rtol=1e-4, atol=1e-5
    )
    assert cases.inputs["features"](slice(2, 2)).shape == (0, whole.shape[1])


def test_reading_agrees_with_wfdb(node: Node, sound: Signal) -> None:
    header = node.add("a", sound)
    text = header.read_text()
    lines = text.replace("1000(0)/mV", "870.5(-12)/mV").splitlines()
    order = [0, 5, 3, 1, 2, 4, 6, 12, 11, 10, 9, 8, 7]
    header.write_text("\n".join(lines[position] for position in order) + "\n# age 61\n")
    stored = np.fromfile(header.with_suffix(".dat"), "<i2").reshape(-1, 12)
    stored[:, [position - 1 for position in order[1:]]].tofile(header.with_suffix(".dat"))
    ours = waveforms.read(header.with_suffix(""))
    theirs = wfdb.rdrecord(str(header.with_suffix("")))
    names = [theirs.sig_name.index(lead) for lead in LEADS]
    np.testing.assert_allclose(ours.signal, theirs.p_signal[:, names].T, rtol=1e-5, atol=1e-6)
    assert ours.rate == theirs.fs


def flat(signal: Signal) -> None:
    signal[LEADS.index("V3")] = 12


def lost_samples(signal: Signal) -> None:
    signal[LEADS.index("II"), 700:720] = np.iinfo(np.int16).min


def exchanged_names(signal: Signal) -> None:
    signal[[1, 2]] = signal[[2, 1]]


def tiny(signal: Signal) -> None:
    signal //= 100


@pytest.mark.parametrize(
    ("spoil", "reason", "detail"),
    [
        (flat, "flat_lead", "V3"),
        (lost_samples, "not_a_number", "II"),
        (exchanged_names, "algebra", "mV"),
        (tiny, "gain", "mV"),
    ],
)
def test_an_unfit_signal_is_set_aside_and_counted(
    node: Node, sound: Signal, spoil: Callable[[Signal], None], reason: str, detail: str
) -> None:
    spoilt = sound.copy()
    spoil(spoilt)
    node.add("good", sound)
    node.add("bad", spoilt)
    cases = node.read()
    assert cases.identifiers.tolist() == ["good"]
    assert reasons(cases) == {quality.REASONS[reason].en: 1}
    assert set(cases.exclusions[0].reason) == {"fr", "en"}
    [warning] = cases.warnings
    assert "bad" in warning
    assert detail in warning


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("1000(0)/mV 16 0", "0/mV 16 0", "gain"),
        ("1000(0)/mV", "10(0)/mV", "gain"),
        ("1000(0)/mV", "1000(0)/mmHg", "gain"),
        ("1000(0)/mV", "lots/mV", "header"),
        ("a 12 500 5000", "a 12 500 9000", "header"),
        ("a 12 500 5000", "a 12 500 4000", "header"),
        ("a 12 500 5000", "a 13 500 5000", "header"),
        ("a 12 500 5000", "a twelve 500 5000", "header"),
        ("a 12 500 5000", "a 12 nan 5000", "header"),
        ("a 12 500 5000", "a 12 90 5000", "rate"),
        ("a 12 500 5000", "a 12 1000 5000", "length"),
        (" aVR\n", " resp\n", "missing_lead"),
        (" aVR\n", " V6\n", "header"),
        ("a.dat 16 ", "a.dat 212 ", "format"),
        ("a.dat 16 ", "b.dat 16 ", "absent"),
        ("", None, "header"),
    ],
)
def test_a_header_that_lies_is_found_out(
    node: Node, sound: Signal, before: str, after: str | None, reason: str
) -> None:
    header = node.add("a", sound)
    text = header.read_text()
    assert before in text
    header.write_text("" if after is None else text.replace(before, after))
    node.add("good", sound)
    cases = node.read()
    assert cases.identifiers.tolist() == ["good"]
    assert reasons(cases) == {quality.REASONS[reason].en: 1}


def test_one_altered_byte_is_caught_by_the_checksum(node: Node, sound: Signal) -> None:
    data = node.add("a", sound).with_suffix(".dat")
    content = bytearray(data.read_bytes())
    content[4321] ^= 1
    data.write_bytes(content)
    assert reasons(node.read()) == {quality.REASONS["header"].en: 1}


def test_a_listed_record_without_its_file_is_counted(node: Node, sound: Signal) -> None:
    node.add("a", sound)
    node.rows.append(row("gone"))
    cases = node.read()
    assert len(cases) == 1
    assert reasons(cases) == {quality.REASONS["absent"].en: 1}


def test_nothing_fit_leaves_no_case_and_no_crash(node: Node) -> None:
    node.rows.append(row("gone"))
    cases = node.read()
    assert len(cases) == 0
    assert cases.inputs["signal"](slice(0, 0)).shape == (0, 12, 1000)
    assert cases.reference.shape == (0, len(FINDINGS))


def test_a_table_without_a_row_is_a_node_without_cases(node: Node) -> None:
    assert len(node.read()) == 0


def test_arm_swap_is_flagged_and_kept(node: Node) -> None:
    node.add("right", microvolts(tracing(Heart(), seed=4)))
    node.add("swapped", microvolts(tracing(Heart(arm_swap=True), seed=4)))
    cases = node.read()
    assert cases.identifiers.tolist() == ["right", "swapped"]
    [warning] = cases.warnings
    assert "swapped" in warning


def test_warnings_and_reasons_speak_french(node: Node) -> None:
    node.rows.append(row("gone"))
    with speaking("fr"):
        [warning] = node.read().warnings
    assert quality.REASONS["absent"].fr in warning


@pytest.mark.parametrize("rate", [100, 250, 257, 400, 500, 1000])
def test_every_rate_gives_the_same_tracing(rate: int) -> None:
    time = np.arange(11 * rate) / rate
    wave = np.sin(2 * np.pi * 9 * time) + 0.5 * np.cos(2 * np.pi * 31 * time) + 3
    out = waveforms.resample(np.tile(wave, (2, 12, 1)).astype(np.float32), rate)
    at = np.arange(1000) / 100
    expected = np.sin(2 * np.pi * 9 * at) + 0.5 * np.cos(2 * np.pi * 31 * at) + 3
    assert out.shape == (2, 12, 1000)
    np.testing.assert_allclose(out[1, 5, 20:-20], expected[20:-20], atol=0.02)


def test_what_is_too_fast_for_100_hz_does_not_come_back_slower() -> None:
    time = np.arange(5000) / 500
    wave = np.sin(2 * np.pi * 70 * time).astype(np.float32)
    out = waveforms.resample(np.tile(wave, (12, 1)), 500)
    assert np.abs(out[0, 20:-20]).max() < 0.01


def test_a_longer_tracing_is_cut_to_its_first_ten_seconds(node: Node, sound: Signal) -> None:
    node.add("a", sound)
    node.add("long", np.concatenate([sound, sound[:, ::-1]], axis=1))
    short, longer = node.read().inputs["signal"](slice(None))
    np.testing.assert_allclose(short[:, :980], longer[:, :980], atol=1e-3)


@pytest.mark.parametrize(
    ("cells", "line", "said"),
    [
        ({"MI": "2"}, 3, "MI"),
        ({"sex": "female"}, 3, "sex"),
        ({"age": "old"}, 3, "age"),
        ({"age": "-4"}, 3, "age"),
        ({"validated_by_human": "maybe"}, 3, "validated_by_human"),
        ({"record": "a"}, 3, "twice"),
        ({"record": "../a"}, 3, "name"),
        ({"record": ""}, 3, "name"),
    ],
)
def test_a_wrong_cell_stops_with_its_file_and_line(
    node: Node, sound: Signal, cells: dict[str, str], line: int, said: str
) -> None:
    node.add("a", sound)
    node.rows.append(row("b") | cells)
    with pytest.raises(PreuveError) as caught:
        node.read()
    assert caught.value.where == f"{node.folder / 'cases.csv'}:{line}"
    assert said in caught.value.problem
    assert caught.value.remedy


def test_a_missing_column_is_named(node: Node, sound: Signal) -> None:
    node.add("a", sound)
    node.write([column for column in HEADER if column != "LBBB"])
    with pytest.raises(PreuveError, match="LBBB"):
        FOLDER.read(Source(str(node.folder)))


def test_a_database_is_refused() -> None:
    with pytest.raises(PreuveError, match="folder"):
        FOLDER.read(Source("sqlite:///ecg.db"))


def test_a_synthetic_table_says_so(node: Node, sound: Signal) -> None:
    node.add("a", sound)
    node.write([*HEADER, "synthetic"])
    assert not FOLDER.read(Source(str(node.folder))).synthetic
    node.rows[0]["synthetic"] = "1"
    node.write([*HEADER, "synthetic"])
    assert FOLDER.read(Source(str(node.folder))).synthetic


def test_a_dicom_tracing_is_read(node: Node, data_root: Path) -> None:
    example = data_root / "ecg" / "formats" / "dicom_12lead_1000hz_mortara.dcm"
    (node.records / "mortara.dcm").write_bytes(example.read_bytes())
    (node.records / "torn.dcm").write_bytes(example.read_bytes()[:5000])
    node.rows += [row("mortara"), row("torn")]
    cases = node.read()
    assert cases.identifiers.tolist() == ["mortara"]
    assert reasons(cases) == {quality.REASONS["header"].en: 1}
    waveform = waveforms.read(node.records / "mortara")
    assert waveform.rate == 1000
    assert waveform.signal.shape == (12, 10000)
    derived = limb_leads(waveform.signal[0], waveform.signal[1])
    np.testing.assert_allclose(waveform.signal[:6], derived, atol=0.006)
    assert 0.5 < np.ptp(waveform.signal[1]) < 5


def test_a_dicom_tracing_written_here_comes_back(node: Node, sound: Signal) -> None:
    pydicom = pytest.importorskip("pydicom")
    write_dicom(pydicom, node.records / "made.dcm", sound)
    node.rows.append(row("made"))
    node.add("same", sound)
    made, same = node.read().inputs["signal"](slice(None))
    np.testing.assert_allclose(made, same, atol=1e-5)


def write_dicom(pydicom: object, path: Path, signal: Signal) -> None:
    """A 12-lead object, 1 µV a step, its leads in reverse order."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

    def item(**values: object) -> Dataset:
        dataset = Dataset()
        for name, value in values.items():
            setattr(dataset, name, value)
        return dataset

    def channel(lead: str) -> Dataset:
        code = item(CodeValue=f"2:{lead}", CodingSchemeDesignator="MDC", CodeMeaning=f"Lead {lead}")
        unit = item(CodeValue="uV", CodingSchemeDesignator="UCUM", CodeMeaning="microvolt")
        return item(
            ChannelSourceSequence=[code],
            ChannelSensitivity="1",
            ChannelSensitivityUnitsSequence=[unit],
            ChannelSensitivityCorrectionFactor="1",
            ChannelBaseline="0",
            WaveformBitsStored=16,
        )

    group = item(
        NumberOfWaveformChannels=12,
        NumberOfWaveformSamples=signal.shape[1],
        SamplingFrequency="500",
        ChannelDefinitionSequence=[channel(lead) for lead in LEADS[::-1]],
        WaveformBitsAllocated=16,
        WaveformSampleInterpretation="SS",
        WaveformData=np.ascontiguousarray(signal[::-1].T).tobytes(),
    )
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.9.1.1")
    meta.MediaStorageSOPInstanceUID = generate_uid()
    made = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID = UID(meta.MediaStorageSOPClassUID)
    made.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    made.Modality = "ECG"
    made.WaveformSequence = [group]
    made.save_as(path, enforce_file_format=True)


def test_ludb_as_published_contradicts_the_lead_algebra(tmp_path: Path, data_root: Path) -> None:
    """Its headers give each lead its own gain; the rule finds them out on real records."""
    with tarfile.open(data_root / "ecg" / "ludb_wfdb.tar.xz") as archive:
        for member in archive:
            if Path(member.name).name in {"1.hea", "1.dat", "2.hea", "2.dat"}:
                archive.extract(member, tmp_path, filter="data")
    for record in ("1", "2"):
        waveform = waveforms.read(tmp_path / "ludb" / "data" / record)
        np.testing.assert_allclose(np.ptp(waveform.signal, axis=-1), 1, atol=0.01)
        signals = waveforms.resample(waveform.signal[None], waveform.rate)
        [verdict] = quality.check_signals(signals)
        assert isinstance(verdict, UnfitError)
        assert verdict.reason == "algebra"


@pytest.mark.parametrize(
    ("name", "position"),
    [("I", 0), ("avr", 3), ("Lead V1", 6), ("MDC_ECG_LEAD_II", 1), ("Lead I (Einthoven)", 0)],
)
def test_leads_are_known_by_their_usual_names(name: str, position: int) -> None:
    assert position_of(name) == position


@pytest.mark.parametrize("name", ["", "resp", "V7", "lead"])
def test_other_names_are_no_lead(name: str) -> None:
    assert position_of(name) is None
