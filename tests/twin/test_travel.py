"""Travel: laws of time and distance, a brute-force oracle, and the published access times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.twin.baseline import Baseline
from preuve.twin.choice.access import share_beyond
from preuve.twin.choice.travel import (
    EARTH_KM,
    PARAMETERS,
    Travel,
    fit,
    landmass,
    landmasses,
    maternity_km,
    nearest,
)
from preuve.twin.parameters import central

Floats = npt.NDArray[np.float64]

TRAVEL = Travel.of(central(PARAMETERS))


@given(st.lists(st.floats(0, 500), min_size=2, max_size=20))
def test_minutes_grow_with_distance_and_speed_too(km: list[float]) -> None:
    straight = np.sort(np.array(km)) + np.arange(1, len(km) + 1)
    minutes = TRAVEL.minutes(straight)
    assert (np.diff(minutes) > 0).all()
    assert (np.diff(straight / minutes) > 0).all()
    assert (TRAVEL.road_km(straight) >= straight).all()


@given(st.floats(0, 200))
def test_reach_undoes_minutes(km: float) -> None:
    assert TRAVEL.reach(float(TRAVEL.minutes(km))) == pytest.approx(km, abs=1e-9)


def test_no_road_links_two_lands() -> None:
    assert landmass("2A") == landmass("2B") != landmass("13")
    assert landmass("01") == landmass("95")
    assert len({landmass(code) for code in ("971", "972", "973", "974", "976", "01")}) == 6
    assert landmasses(["01", "2A", "2B", "974", "02"]).tolist() == [0, 1, 1, 2, 0]


def _haversine(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    a, b = np.radians(lat), np.radians(lats)
    half = np.sin((a - b) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(lon - lons) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_nearest_is_that_of_brute_force(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-5, 8, 12), rng.uniform(42, 51, 12)
    to_lon, to_lat = rng.uniform(-5, 8, 5), rng.uniform(42, 51, 5)
    land, to_land = rng.integers(0, 2, 12), rng.integers(0, 2, 5)
    index, km = nearest(lon, lat, to_lon, to_lat, count, land, to_land)
    for i in range(12):
        same = np.flatnonzero(to_land == land[i])
        distance = _haversine(lon[i], lat[i], to_lon[same], to_lat[same])
        expected = same[np.argsort(distance)][:count]
        found = index[i][index[i] >= 0]
        assert found.tolist() == expected.tolist()
        assert km[i, : len(found)] == pytest.approx(np.sort(distance)[:count])
        assert np.isinf(km[i, len(found) :]).all()


def test_the_stored_constants_are_those_of_the_fit() -> None:
    fitted = fit(Baseline.load(2019))
    stored = {parameter.name: parameter for parameter in PARAMETERS}
    for name, (value, error) in fitted.items():
        assert stored[name].value == pytest.approx(value, abs=0.01)
        assert stored[name].high - stored[name].low == pytest.approx(2 * 1.96 * error, rel=0.02)


def test_published_access_to_maternities_is_found_again() -> None:
    km, women = maternity_km(Baseline.load(2019))
    far, very_far = share_beyond(TRAVEL.minutes(km), women)
    assert 0.065 < far < 0.085
    assert 0.01 < very_far < 0.02
