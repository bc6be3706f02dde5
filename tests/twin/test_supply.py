"""Beds open each day: whole, never negative, right on average, and as a scenario says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.twin.activity import year_length
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import MEDICINE, SURGERY
from preuve.twin.supply import FULLEST, effective_beds, open_beds


@given(st.lists(st.floats(0, 500), min_size=1, max_size=12), st.integers(1, 400))
def test_whole_beds_have_the_mean_they_were_asked(beds: list[float], days: int) -> None:
    asked = np.array(beds)[:, None]
    found = open_beds(asked, days, {})
    assert found.shape == (days, len(beds), 1)
    assert (found >= np.floor(asked)).all()
    assert (found <= np.ceil(asked)).all()
    assert found.sum(axis=0) == pytest.approx(asked * days, abs=0.51)


def test_a_service_that_changes_has_its_own_beds_each_day() -> None:
    daily = np.array([10.0] * 3 + [0.0] * 3 + [2.5] * 4)
    found = open_beds(np.array([[10.0, 4.0]]), 10, {(0, 0): daily})
    assert found[:, 0, 0].tolist() == [10, 10, 10, 0, 0, 0, 3, 2, 3, 2]
    assert (found[:, 0, 1] == 4).all()


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=30))
def test_no_change_makes_beds_negative(daily: list[float]) -> None:
    beds = open_beds(np.array([[12.5]]), len(daily), {(0, 0): np.array(daily)})
    assert (beds >= 0).all()


def test_effective_beds_keep_the_beds_of_a_site_and_hold_its_days() -> None:
    baseline = Baseline.load(2024)
    beds = effective_beds(baseline)
    used = baseline.days / year_length(2024)
    assert (used <= FULLEST * beds + 1e-9).all()
    pair = [MEDICINE, SURGERY]
    roomy = used[:, pair].sum(axis=1) <= FULLEST * baseline.beds[:, pair].sum(axis=1)
    assert beds[roomy][:, pair].sum() == pytest.approx(
        baseline.beds[roomy][:, pair].sum(), rel=2e-3
    )
    assert beds[:, :5].sum() == pytest.approx(baseline.beds[:, :5].sum(), rel=0.01)
