"""One service hour by hour, from the baseline."""

from __future__ import annotations

import pytest

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline
from preuve.twin.queueing.zoom import zoomed

CAHORS = "460000110"


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


def test_an_emergency_department_is_as_busy_as_its_visits_make_it(baseline: Baseline) -> None:
    found = zoomed(baseline, CAHORS, "emergency", 16, 4.0)
    assert found.daily == pytest.approx(baseline.visits[baseline.site(CAHORS)] / 366)
    assert found.busy == pytest.approx(found.daily * 4 / 24 / 16, rel=0.01)
    assert 0 <= found.half <= found.most
    assert 0 < found.long_waits < 1


def test_more_places_less_wait(baseline: Baseline) -> None:
    few, many = (zoomed(baseline, CAHORS, "emergency", n, 4.0).mean_wait for n in (14, 20))
    assert many < few


def test_a_ward_has_its_own_beds_and_stay(baseline: Baseline) -> None:
    site = baseline.site(CAHORS)
    found = zoomed(baseline, CAHORS, "obstetrics")
    assert found.places == round(baseline.beds[site, 2])
    assert found.hours == pytest.approx(24 * baseline.days[site, 2] / baseline.stays[site, 2])


@pytest.mark.parametrize(
    ("finess", "activity", "places", "hours", "told"),
    [
        ("460000111", "emergency", 10, 3.0, "No establishment has the FINESS number"),
        (CAHORS, "cardiology", 10, 3.0, "is not an activity"),
        (CAHORS, "rehabilitation", 10, 3.0, "nothing is coded"),
        (CAHORS, "emergency", None, 3.0, "do not say the places"),
        (CAHORS, "emergency", 10, None, "do not say the places"),
        (CAHORS, "emergency", 5, 4.0, "too few"),
        (CAHORS, "emergency", 5, -1.0, "more than 0 hours"),
    ],
)
def test_what_cannot_be_looked_at_is_told(
    baseline: Baseline,
    finess: str,
    activity: str,
    places: int | None,
    hours: float | None,
    told: str,
) -> None:
    with pytest.raises(PreuveError, match=told):
        zoomed(baseline, finess, activity, places, hours)
