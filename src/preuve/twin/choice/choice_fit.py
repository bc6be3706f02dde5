"""How fast choice decays with time, and how far it follows capacity: fitted on 2019 and 2020.

Decay. Without any site of its own merit, patients are sent by residents, time and beds alone:
weight = beds ** size. The decay (and the size) with the least Poisson deviance between these
volumes and those of the year is kept.

Elasticity. Choice balanced on 2019 predicts 2020 with the beds of 2020: the elasticity of weight
to capacity with the least squared error of log volumes, less the mean of the région, is kept.

Intervals: jackknife, one région left out at a time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.choice.gravity import Choice, Places, Reach, capacity, near, observed
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel
from preuve.twin.demography.demand import Rates
from preuve.twin.disciplines import ACTIVITIES, EMERGENCY
from preuve.twin.parameters import central

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

DECAYS = np.arange(0.4, 6.01, 0.2)
SIZES = np.arange(0.5, 1.31, 0.1)
ELASTICITIES = np.arange(0.0, 1.21, 0.05)
FEWEST = 300
"""Patients a year under which a site does not tell the elasticity."""


def asked_by_communes(baseline: Baseline, local: float | None = None) -> Floats:
    """Use of each activity by the residents of each commune, shape (C, 7).

    Args:
        baseline: the year.
        local: demand.local, how far the use of a région follows what its hospitals do; 0 gives
            every resident of France the same rates by sex and age.
    """
    rates = Rates.fit(baseline, values=None if local is None else {"demand.local": local})
    return rates.by_commune(baseline, rates.expected(rates.population))


def decay(baseline: Baseline, activity: int, travel: Travel) -> tuple[float, float, float]:
    """Decay with least deviance, its jackknife standard error, and the size exponent."""
    deviance = _deviances(baseline, activity, travel)
    best = _argmin(deviance.sum(axis=0))
    left_out = np.array(
        [_argmin(deviance.sum(axis=0) - deviance[r])[0] for r in range(len(deviance))]
    )
    return best[0], _jackknife(left_out), best[1]


def elasticity(
    before: Baseline, after: Baseline, activity: int, travel: Travel, values: Mapping[str, float]
) -> tuple[float, float]:
    """Elasticity of weight to capacity with least error, and its jackknife standard error."""
    errors = _change_errors(before, after, activity, travel, values)
    left_out = [_parabola(ELASTICITIES, errors.sum(axis=0) - errors[r]) for r in range(len(errors))]
    return _parabola(ELASTICITIES, errors.sum(axis=0)), _jackknife(np.array(left_out))


def _deviances(baseline: Baseline, activity: int, travel: Travel) -> Floats:
    """Poisson deviance by région, decay and size, per patient, shape (R, decays, sizes)."""
    from preuve.twin.choice import huff

    volume = observed(baseline)[:, activity]
    size = capacity(baseline)[:, activity]
    offered = (volume > 0) & (size > 0)
    places = Places.of(baseline.communes, baseline.departments)
    reach = Reach.of(places, baseline, offered, volume)
    at_points = reach.gather(np.where(offered, volume, 0.0))
    asked = places.total(asked_by_communes(baseline, local=0.0)[:, activity])
    land = np.bincount(reach.land, at_points, places.land.max() + 1)
    asked *= (land / np.bincount(places.land, asked, len(land)))[places.land]
    region = _region_of_points(baseline, reach)
    result = np.zeros((region.max() + 1, len(DECAYS), len(SIZES)))
    for d, rate in enumerate(DECAYS):
        nearness = near(reach, travel, float(rate))
        for e, exponent in enumerate(SIZES):
            weight = reach.gather(np.where(offered, size, 0.0) ** exponent * offered)
            found = np.maximum(huff.predicted(reach.index, nearness, weight, asked), 1e-6)
            terms = at_points * np.log(at_points / found) - at_points + found
            result[:, d, e] = 2 * np.bincount(region, terms, len(result))
    return np.asarray(result / at_points.sum())


def _region_of_points(baseline: Baseline, reach: Reach) -> Integers:
    codes = np.unique(np.array(baseline.regions), return_inverse=True)[1]
    region = np.zeros(len(reach.lon), dtype=np.int64)
    on = reach.point >= 0
    region[reach.point[on]] = codes[baseline.department[on]]
    return region


def _change_errors(
    before: Baseline, after: Baseline, activity: int, travel: Travel, values: Mapping[str, float]
) -> Floats:
    """Weighted squared error of log volumes by région and elasticity, shape (R, elasticities)."""
    there = {code: i for i, code in enumerate(after.sites["finess"])}
    match = np.array([there.get(code, -1) for code in before.sites["finess"]])
    old, size = observed(before)[:, activity], capacity(before)[:, activity]
    new = np.where(match >= 0, observed(after)[match, activity], 0.0)
    new_size = np.where(match >= 0, capacity(after)[match, activity], 0.0)
    ratio = np.divide(new_size, size, out=np.where(new > 0, 1.0, 0.0), where=size > 0)
    told = (old >= FEWEST) & (new >= FEWEST) & (ratio > 0.2) & (ratio < 5)
    places = Places.of(before.communes, before.departments)
    reach = Reach.of(places, before, old > 0, old)
    asked = asked_by_communes(before)[:, activity]
    region = np.unique(np.array(before.regions), return_inverse=True)[1][before.department]
    result = np.zeros((region.max() + 1, len(ELASTICITIES)))
    start = None
    for e, value in enumerate(ELASTICITIES):
        drawn = {**values, "gravity.elasticity": float(value)}
        start = Choice.fit(reach, asked, old, size, travel, drawn, ACTIVITIES[activity], start)
        found = start.volumes(asked, ratio)
        gap = np.log(new[told] / np.maximum(found[told], 1e-6))
        weight, zone = old[told], region[told]
        mean = np.bincount(zone, gap * weight, len(result)) / np.maximum(
            np.bincount(zone, weight, len(result)), 1e-9
        )
        result[:, e] = np.bincount(zone, weight * (gap - mean[zone]) ** 2, len(result))
    return result


def _argmin(surface: Floats) -> tuple[float, float]:
    _d, e = np.unravel_index(np.argmin(surface), surface.shape)
    return _parabola(DECAYS, surface[:, e]), float(SIZES[e])


def _parabola(grid: Floats, values: Floats) -> float:
    """Place of the least value, by the parabola through it and its two neighbours."""
    k = int(np.clip(np.argmin(values), 1, len(grid) - 2))
    left, middle, right = values[k - 1 : k + 2]
    curve = left - 2 * middle + right
    if curve <= 0:
        return float(grid[np.argmin(values)])
    shift = np.clip(0.5 * (left - right) / curve, -1, 1)
    return float(grid[k] + shift * (grid[1] - grid[0]))


def _jackknife(left_out: Floats) -> float:
    count = len(left_out)
    return float(np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum()))


def report() -> dict[str, tuple[float, float]]:
    """Every fitted constant with its standard error, from the packaged years 2019 and 2020."""
    travel = Travel.of(central(TRAVEL))
    years = [Baseline.load(year) for year in (2019, 2020)]
    result: dict[str, tuple[float, float]] = {}
    for a, activity in enumerate(ACTIVITIES):
        fits = np.array([decay(baseline, a, travel) for baseline in years])
        result[f"gravity.decay_{activity}"] = (
            float(fits[:, 0].mean()),
            float(np.hypot(fits[:, 1].max(), fits[:, 0].std())),
        )
        result[f"size_{activity}"] = (float(fits[:, 2].mean()), 0.1)
    values = {name: value for name, (value, _) in result.items()}
    for a in range(EMERGENCY):
        result[f"elasticity_{ACTIVITIES[a]}"] = elasticity(years[0], years[1], a, travel, values)
    return result
