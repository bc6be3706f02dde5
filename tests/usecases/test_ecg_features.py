"""Features: one row per tracing, finite where they can be, the same alone or in a batch."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from preuve.core.folder import UseCaseFolder
from preuve.usecases.ecg_interpretation import waveforms
from preuve.usecases.ecg_interpretation.features import NAMES, band_pass, features
from preuve.usecases.ecg_interpretation.phantom import Heart, tracing

Floats = NDArray[np.float32]
ALWAYS = [n for n, name in enumerate(NAMES) if name != "odd_early"]
"""Measured wherever there are beats; the first beat has no interval before it to be early by."""
KNOWN = np.array([61], dtype=np.float32), np.array([1], dtype=np.float32)


@pytest.fixture(scope="module")
def batch() -> Floats:
    hearts = [Heart(rate=50 + 3 * n, noise=0.02, ventricular=0.05) for n in range(24)]
    signals = np.stack([tracing(heart, n) for n, heart in enumerate(hearts)])
    return waveforms.resample(signals.astype(np.float32), 500)


def people(n: int) -> tuple[Floats, Floats]:
    return np.full(n, 61, dtype=np.float32), np.ones(n, dtype=np.float32)


def test_the_use_case_offers_as_many_features_as_there_are_names() -> None:
    offered = {i.name: i.shape for i in UseCaseFolder.find("ecg_interpretation").usecase.inputs}
    assert offered["features"] == (len(NAMES),)
    assert len(set(NAMES)) == len(NAMES)


def test_a_tracing_has_the_same_features_alone_or_among_others(batch: Floats) -> None:
    together = features(batch, *people(len(batch)))
    alone = np.concatenate([features(one[None], *people(1)) for one in batch])
    np.testing.assert_allclose(alone, together, rtol=1e-3, atol=1e-4)
    assert np.isfinite(together[:, ALWAYS]).all()


def test_a_constant_on_a_lead_changes_nothing(batch: Floats) -> None:
    offset = np.linspace(-2, 2, 12, dtype=np.float32)[:, None]
    usual, moved = (features(x, *people(len(x))) for x in (batch, batch + offset))
    np.testing.assert_allclose(moved, usual, rtol=5e-3, atol=5e-3)


@settings(max_examples=30, deadline=None)
@given(
    arrays.arrays(
        np.float32,
        (1, 12, 1000),
        elements=st.floats(-30, 30, width=32),
        fill=st.sampled_from([0.0, 1.0, -5.0]).map(np.float32),
    )
)
def test_no_tracing_makes_them_infinite_or_fail(signal: Floats) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = features(signal, *KNOWN)
    assert table.shape == (1, len(NAMES))
    assert not np.isinf(table).any()
    assert table[0, :2].tolist() == [61, 1]


def test_silence_has_no_beat_and_no_wave() -> None:
    table = features(np.zeros((2, 12, 1000), dtype=np.float32), *people(2))
    by_name = dict(zip(NAMES, table.T, strict=True))
    assert by_name["beats"].tolist() == [0, 0]
    assert np.isnan(by_name["rr_median"]).all()
    assert np.isnan(by_name["II_r"]).all()


def test_an_unknown_age_or_sex_stays_unknown(batch: Floats) -> None:
    nobody = np.full(len(batch), np.nan, dtype=np.float32)
    table = features(batch, nobody, nobody)
    assert np.isnan(table[:, :2]).all()
    assert np.isfinite(table[:, ALWAYS[2:]]).all()


def test_the_band_keeps_the_beat_and_drops_drift_and_mains() -> None:
    at = np.arange(1000) / 100
    parts = {hertz: np.sin(2 * np.pi * hertz * at).astype(np.float32) for hertz in (0.1, 10, 48)}
    kept = {h: band_pass(x[None, None])[0, 0, 100:-100].std() / x.std() for h, x in parts.items()}
    assert kept[10] == pytest.approx(1, abs=0.02)
    assert kept[0.1] < 0.1
    assert kept[48] < 0.02
