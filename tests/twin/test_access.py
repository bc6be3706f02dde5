"""Access: weighted quantiles, far shares, and what départements exchange."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.twin.baseline import Baseline
from preuve.twin.choice.access import (
    attraction,
    between_departments,
    leak,
    minutes_to_nearest,
    quantiles,
    share_beyond,
    use_rates,
)
from preuve.twin.choice.choice_fit import asked_by_communes
from preuve.twin.choice.gravity import PARAMETERS, Choice, Places, Reach, capacity
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel, landmass
from preuve.twin.disciplines import OBSTETRICS
from preuve.twin.parameters import central

VALUES = central([*PARAMETERS, *TRAVEL])
ROAD = Travel.of(VALUES)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9)), min_size=1, max_size=15),
    st.sampled_from([0.1, 0.5, 0.9]),
)
def test_quantiles_are_those_of_residents_one_by_one(
    rows: list[tuple[int, int]], share: float
) -> None:
    figure, residents = np.array(rows, dtype=np.float64).T
    everyone = np.sort(np.repeat(figure, residents.astype(int)))
    expected = everyone[int(np.ceil(share * len(everyone) - 1e-9)) - 1]
    assert quantiles(figure, residents, [share])[0] == expected


def test_far_shares_count_residents() -> None:
    minutes, residents = np.array([10.0, 31.0, 46.0, np.inf]), np.array([70.0, 20.0, 6.0, 4.0])
    assert share_beyond(minutes, residents).tolist() == pytest.approx([0.30, 0.10])


def test_leak_and_attraction_of_a_known_exchange() -> None:
    between = np.array([[80.0, 20.0], [0.0, 50.0]])
    assert leak(between).tolist() == pytest.approx([0.2, 0.0])
    assert attraction(between).tolist() == pytest.approx([0.0, 20 / 70])
    assert use_rates(between, np.array([1000.0, 500.0])).tolist() == pytest.approx([100.0, 100.0])


def test_closing_never_brings_care_nearer_and_islands_stay_apart() -> None:
    baseline = Baseline.load(2019)
    open_ = baseline.births > 0
    fewer = open_ & (np.arange(len(open_)) % 3 > 0)
    corsica = np.array([landmass(code) == "corsica" for code in baseline.departments])
    none = open_ & ~corsica[baseline.department]
    before = minutes_to_nearest(baseline, open_, ROAD)
    assert (minutes_to_nearest(baseline, fewer, ROAD) >= before).all()
    without = minutes_to_nearest(baseline, none, ROAD)
    there = corsica[baseline.communes.department]
    assert np.isinf(without[there]).all()
    assert without[~there] == pytest.approx(before[~there])


def test_departments_exchange_every_birth_once() -> None:
    baseline = Baseline.load(2019)
    demand = asked_by_communes(baseline)[:, OBSTETRICS]
    places = Places.of(baseline.communes, baseline.departments)
    reach = Reach.of(places, baseline, baseline.births > 0, baseline.births)
    beds = capacity(baseline)[:, OBSTETRICS]
    choice = Choice.fit(reach, demand, baseline.births, beds, ROAD, VALUES, "obstetrics")
    between = between_departments(choice, choice.flows(demand), baseline)
    received = np.bincount(
        baseline.department, np.where(reach.apart, 0, baseline.births), len(between)
    )
    assert between.sum(axis=0) == pytest.approx(received, rel=1e-3, abs=1)
    island = baseline.departments.index("974")
    assert leak(between)[island] == 0
    assert attraction(between)[island] == 0
