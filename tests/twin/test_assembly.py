"""The world of a scenario: missing staff closes beds where it is missing, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from preuve.twin import Baseline, Scenario
from preuve.twin.assembly import Made
from preuve.twin.disciplines import DISCIPLINES, MEDICINE, OBSTETRICS, SURGERY
from preuve.twin.effects.carers import share_of_hours
from preuve.twin.ensemble.runs import drawn
from preuve.twin.model import assembled
from preuve.twin.uncertain import estimates

CAHORS = "460000110"


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


def _made(baseline: Baseline, *elements: dict[str, Any]) -> tuple[Made, Made]:
    scenario = Scenario.parse(
        {
            "name": "staff",
            "title": {"fr": "a", "en": "b"},
            "period": {"from": "2024-03-01", "to": "2024-03-20"},
            "elements": list(elements),
        }
    )
    assembly = assembled(baseline, scenario)
    values = drawn(estimates(scenario), 0, 0)
    return assembly.make(values, 1, None, changed=False), assembly.make(values, 1, None)


def _staff(change: float, **fields: Any) -> dict[str, Any]:
    return {"staff": {"change": change, **fields}}


def test_missing_staff_closes_beds_in_its_territory_only(baseline: Baseline) -> None:
    without, with_ = _made(baseline, _staff(-0.2, territory={"department": "46"}))
    moved = with_.world.capacity != without.world.capacity
    lot = baseline.sites["department"].to_numpy() == "46"
    assert moved[:, lot].any()
    assert not moved[:, ~lot].any()
    assert (with_.world.capacity <= without.world.capacity).all()


def test_changes_of_staff_on_one_ward_add_up(baseline: Baseline) -> None:
    twice = _made(baseline, _staff(-0.1), _staff(-0.1))[1]
    once = _made(baseline, _staff(-0.2))[1]
    assert np.array_equal(twice.world.capacity, once.world.capacity)
    assert twice.expected["hours_available"] == pytest.approx(once.expected["hours_available"])


def test_staff_of_one_discipline_leaves_the_others(baseline: Baseline) -> None:
    without, with_ = _made(baseline, _staff(-0.2, disciplines=["medicine"]))
    moved = (with_.world.capacity != without.world.capacity).any(axis=(0, 1))
    assert moved[MEDICINE]
    assert not np.delete(moved, MEDICINE).any()
    values = drawn(estimates(Scenario.load("close-maternity-lot")), 0, 0)
    share = share_of_hours(baseline, ["medicine"], values)
    expected = without.expected["hours_available"] * (1 - 0.2 * share)
    assert with_.expected["hours_available"] == pytest.approx(expected)


def test_hours_of_all_activities_are_all_the_hours(baseline: Baseline) -> None:
    values = drawn(estimates(Scenario.load("close-maternity-lot")), 0, 0)
    parts = [share_of_hours(baseline, [name], values) for name in (*DISCIPLINES, "emergency")]
    busy = (baseline.days.sum(axis=1) > 0) | (baseline.visits > 0)
    assert np.sum(parts, axis=0)[busy] == pytest.approx(1.0)


def test_day_surgery_takes_short_stays_out(baseline: Baseline) -> None:
    practice = {"practice": {"discipline": "surgery", "towards": "day_surgery", "share": 0.1}}
    without, with_ = _made(baseline, practice)
    site = baseline.site(CAHORS)
    before, after = without.world.scheduled[0, site], with_.world.scheduled[0, site]
    assert after[SURGERY] < before[SURGERY]
    assert with_.world.mean_stay[0, site, SURGERY] > without.world.mean_stay[0, site, SURGERY]
    assert after[MEDICINE] == before[MEDICINE]


def test_an_opened_maternity_draws_births_from_its_neighbours(baseline: Baseline) -> None:
    clinic = baseline.site("460780042")
    assert baseline.stays[clinic, OBSTETRICS] == 0
    opening = {"site": "460780042", "discipline": "obstetrics", "beds": 12}
    without, with_ = _made(baseline, {"open": opening})
    assert (with_.world.capacity[:, clinic, OBSTETRICS] == 12).all()
    before, after = (
        made.world.scheduled[-1, :, OBSTETRICS] + made.world.unscheduled[-1, :, OBSTETRICS]
        for made in (without, with_)
    )
    assert after[clinic] > 0
    assert after[baseline.site(CAHORS)] < before[baseline.site(CAHORS)]
    assert after.sum() == pytest.approx(before.sum(), rel=0.01)
