"""Arrivals of a year: their parts sum to the stays that were counted."""

from __future__ import annotations

import numpy as np
import pytest

from preuve.twin.activity import PARAMETERS, Activity, year_length
from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import COUNTED, CRITICAL_CARE, REHABILITATION
from preuve.twin.parameters import central

SHARE = np.array([0.6, 0.3, 0.8, 0.7, 0.6, 0.0])


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture(scope="module")
def activity(baseline: Baseline) -> Activity:
    return Activity.of(baseline, SHARE, central(PARAMETERS))


def test_the_ways_in_sum_to_the_stays(baseline: Baseline, activity: Activity) -> None:
    emergency = activity.admission * activity.visits[:, None]
    arrivals = activity.scheduled + activity.unscheduled + emergency
    rows = np.arange(len(arrivals))
    passages = baseline.stays[:, CRITICAL_CARE] / year_length(2024)
    arrivals[rows, activity.step_down_to] += activity.step_down * passages
    expected = baseline.stays / year_length(2024)
    wards = [*COUNTED, CRITICAL_CARE]
    assert arrivals[:, wards] == pytest.approx(expected[:, wards], abs=1e-9)


def test_rehabilitation_arrives_from_acute_beds_of_the_region(
    baseline: Baseline, activity: Activity
) -> None:
    stays = baseline.stays / year_length(2024)
    arriving = (activity.rehabilitation * stays).sum() + activity.scheduled[:, REHABILITATION].sum()
    assert arriving == pytest.approx(stays[:, REHABILITATION].sum(), rel=0.02)


def test_shares_are_shares(activity: Activity) -> None:
    for share in (activity.admission, activity.step_down, activity.rehabilitation):
        assert (share >= 0).all()
        assert (share <= 1).all()
    assert (activity.admission.sum(axis=1) <= 0.9 + 1e-9).all()
    assert (activity.scheduled >= 0).all()
    assert (activity.unscheduled >= 0).all()


def test_days_are_stays_times_their_mean(baseline: Baseline, activity: Activity) -> None:
    coded = baseline.stays > 0
    days = baseline.stays * activity.mean_stay
    assert days[coded] == pytest.approx(baseline.days[coded])
