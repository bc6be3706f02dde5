"""The 12-lead phantom: its laws, and that it shows what it is told to show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.usecases.ecg_interpretation import quality, waveforms
from preuve.usecases.ecg_interpretation.features import NAMES, band_pass, features, r_peaks
from preuve.usecases.ecg_interpretation.labels import FINDINGS
from preuve.usecases.ecg_interpretation.leads import LEADS, limb_leads
from preuve.usecases.ecg_interpretation.phantom import (
    HOSPITALS,
    Block,
    Heart,
    Territory,
    microvolts,
    tracing,
)

Floats = NDArray[np.float32]


@st.composite
def hearts(draw: st.DrawFn) -> Heart:
    blocks: tuple[Block, ...] = ("none", "left", "right", "incomplete_right")
    territories: tuple[Territory, ...] = ("none", "anterior", "inferior", "lateral")
    return Heart(
        rate=draw(st.floats(35, 180)),
        atrial_fibrillation=draw(st.booleans()),
        block=draw(st.sampled_from(blocks)),
        anterior_fascicle=draw(st.booleans()),
        delay=draw(st.floats(0.12, 0.35)),
        injury=draw(st.sampled_from(territories)),
        voltage=draw(st.floats(0.5, 2.5)),
        strain=draw(st.booleans()),
        ventricular=draw(st.floats(0, 0.4)),
        atrial=draw(st.floats(0, 0.4)),
        paced=draw(st.booleans()),
        noise=draw(st.floats(0, 0.1)),
        wander=draw(st.floats(0, 0.5)),
        arm_swap=draw(st.booleans()),
    )


@settings(max_examples=40, deadline=None)
@given(hearts(), st.integers(0, 2**31))
def test_the_limb_leads_obey_einthoven_and_goldberger(heart: Heart, seed: int) -> None:
    signal = tracing(heart, seed)
    assert signal.shape == (12, 5000)
    assert np.isfinite(signal).all()
    np.testing.assert_allclose(signal[:6], limb_leads(signal[0], signal[1]), atol=1e-12)
    np.testing.assert_allclose(signal[3:6].sum(axis=0), 0, atol=1e-12)
    whole = microvolts(signal).astype(int)
    assert np.array_equal(whole[2], whole[1] - whole[0])
    assert np.abs(whole[3:6].sum(axis=0)).max() <= 1


@settings(max_examples=15, deadline=None)
@given(hearts(), st.integers(0, 2**31))
def test_one_seed_gives_the_same_bytes(heart: Heart, seed: int) -> None:
    assert tracing(heart, seed).tobytes() == tracing(heart, seed).tobytes()
    assert tracing(heart, seed).tobytes() != tracing(heart, seed + 1).tobytes()


def at_100_hz(*hearts: Heart, seed: int = 5) -> Floats:
    signals = np.stack([tracing(heart, seed + n) for n, heart in enumerate(hearts)])
    return waveforms.resample(signals.astype(np.float32), 500)


def measured(*hearts: Heart, seed: int = 5) -> dict[str, Floats]:
    nobody = np.full(len(hearts), np.nan, dtype=np.float32)
    table = features(at_100_hz(*hearts, seed=seed), nobody, nobody)
    return dict(zip(NAMES, table.T, strict=True))


@pytest.mark.parametrize("rate", [38, 55, 72, 100, 140, 175])
def test_the_rate_is_recovered(rate: int) -> None:
    found = measured(*[Heart(rate=rate)] * 6)
    np.testing.assert_allclose(60 / found["rr_median"], rate, rtol=0.03)


@pytest.mark.parametrize("block", ["none", "left", "right"])
def test_every_beat_is_found_once(block: Block) -> None:
    hearts = [Heart(rate=rate, block=block, noise=0.03) for rate in range(45, 130, 5)]
    peaks = r_peaks(band_pass(at_100_hz(*hearts)))
    for heart, found in zip(hearts, peaks, strict=True):
        assert abs(len(found) - heart.rate / 6) <= 1.5


def test_fibrillation_is_irregular_and_has_no_p_wave() -> None:
    sinus = measured(*[Heart(rate=80)] * 20)
    fibrillating = measured(*[Heart(rate=80, atrial_fibrillation=True)] * 20)
    assert fibrillating["rr_rmssd"].min() > 0.1 > 0.06 > sinus["rr_rmssd"].max()
    assert np.median(fibrillating["p_like_II"]) < 0.5 < np.median(sinus["p_like_II"])


def test_a_bundle_branch_block_widens_the_qrs_as_it_should() -> None:
    usual, left, right = (
        measured(*[Heart(block=block)] * 8) for block in ("none", "left", "right")
    )
    assert left["qrs_width_12"].min() > usual["qrs_width_12"].max()
    assert right["qrs_width_12"].min() > usual["qrs_width_12"].max()
    assert right["V1_r_late"].min() > 0.2 > left["V1_r_late"].max()
    assert left["V6_r"].min() > 0.5


@pytest.mark.parametrize(
    ("territory", "up", "down"),
    [("anterior", "V2", "none"), ("inferior", "III", "aVL"), ("lateral", "V6", "III")],
)
def test_an_injury_lifts_the_leads_that_face_it(territory: Territory, up: str, down: str) -> None:
    raised = measured(*[Heart(injury=territory, elevation=0.3)] * 6)
    usual = measured(*[Heart()] * 6)
    assert (raised[f"{up}_st_80"] - usual[f"{up}_st_80"]).min() > 0.1
    if down != "none":
        assert (raised[f"{down}_st_80"] - usual[f"{down}_st_80"]).max() < 0


def test_ectopic_beats_are_early_and_the_ventricular_ones_unlike_the_others() -> None:
    usual = measured(*[Heart()] * 10)
    ventricular = measured(*[Heart(ventricular=0.25)] * 10)
    atrial = measured(*[Heart(atrial=0.25)] * 10)
    assert np.median(ventricular["like_lowest"]) < 0.7 < np.median(usual["like_lowest"])
    assert np.median(atrial["like_lowest"]) > np.median(ventricular["like_lowest"]) + 0.2
    for ectopic in (ventricular, atrial):
        assert np.median(ectopic["rr_shortest"] / ectopic["rr_median"]) < 0.75


def test_noise_and_voltage_are_what_was_asked() -> None:
    quiet, noisy = tracing(Heart(noise=0), 3), tracing(Heart(noise=0.05), 3)
    assert 0.045 < (noisy - quiet)[6:].std() < 0.055
    small, large = (np.ptp(tracing(Heart(voltage=v, noise=0), 3)[10]) for v in (1.0, 2.0))
    assert 1.8 < large / small < 2.1


def test_an_arm_swap_is_seen_and_only_then() -> None:
    usual = [Heart(rate=60 + rate) for rate in range(0, 40, 5)]
    swapped = [replace(heart, arm_swap=True) for heart in usual]
    assert not quality.arm_swap(at_100_hz(*usual)).any()
    assert quality.arm_swap(at_100_hz(*swapped)).all()
    before, after = tracing(usual[0], 9), tracing(swapped[0], 9)
    exchanged = [LEADS.index(lead) for lead in ("III", "II", "aVL", "aVR", "aVF")]
    np.testing.assert_allclose(after[0], -before[0], atol=1e-12)
    np.testing.assert_allclose(after[1:6], before[exchanged], atol=1e-12)
    np.testing.assert_array_equal(after[6:], before[6:])


def test_a_hospital_draws_the_same_records_each_time_and_differs_from_the_others() -> None:
    first, second = (list(replace(HOSPITALS[0], records=12).draw()) for _time in range(2))
    for one, two in zip(first, second, strict=True):
        assert one.findings == two.findings
        assert one.microvolts is not None
        assert two.microvolts is not None
        assert one.microvolts.tobytes() == two.microvolts.tobytes()
    names = [hospital.name for hospital in HOSPITALS]
    assert len(set(names)) == len(names) == 5
    assert all("synthetic" in name for name in names)


def test_a_person_seen_twice_is_the_same_person() -> None:
    seen: dict[str, tuple[float | None, str]] = {}
    records = list(replace(HOSPITALS[1], records=60).draw())
    for record in records:
        assert seen.setdefault(record.person, (record.age, record.sex)) == (record.age, record.sex)
    assert 50 < len(seen) < 60


def test_the_labels_of_a_hospital_agree_with_one_another() -> None:
    for record in replace(HOSPITALS[3], records=40).draw():
        stated = {code for code, value in record.findings.items() if value == 1}
        assert set(record.findings) == set(FINDINGS)
        assert ("NORM" in stated) == (stated <= {"NORM"})
        assert not {"STACH", "SBRAD"} <= stated
        assert "CD" in stated or not stated & {"LBBB", "RBBB", "IRBBB", "LAFB", "AVB1"}
