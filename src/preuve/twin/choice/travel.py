"""Travel: minutes and kilometres by road from straight lines, fitted to published access times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.twin.baseline import Baseline
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]

EARTH_KM = 6371.0

MAINLAND, CORSICA = "mainland", "corsica"
CORSICAN = ("2A", "2B")

_WOMEN_15_44 = slice(3, 9)

_ACCESS = (
    # share of women who live nearer, minutes to the nearest maternity, standard error in minutes
    (0.500, 9.0, 0.5),
    (0.925, 30.0, 1.0),
    (0.985, 45.0, 3.0),
)
_ACCESS_SOURCE = _(
    "Fitted on the maternities of 2019 to the access times of DREES for 2017 (half of the women "
    "aged 15-44 at less than 9 minutes of the nearest maternity, 7 to 8 % at more than 30, 1 to "
    "2 % at more than 45), as reported by vie-publique.fr and the press in July 2021"
)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="travel.fixed",
        label=_("Time of any journey, whatever its length"),
        value=2.42,
        low=1.06,
        high=3.78,
        unit="minute",
        kind="measured",
        source=_ACCESS_SOURCE,
    ),
    Parameter(
        name="travel.per_km",
        label=_("Time for each kilometre in a straight line"),
        value=1.19,
        low=1.08,
        high=1.30,
        unit="minute/km",
        kind="measured",
        source=_ACCESS_SOURCE,
    ),
    Parameter(
        name="travel.detour",
        label=_("Road distance over straight line"),
        value=1.3,
        low=1.2,
        high=1.4,
        unit="1",
        kind="assumed",
        source=_("No open road network at hand; only kilometres depend on it, minutes do not"),
    ),
)


@dataclass(frozen=True)
class Travel:
    """Road travel: minutes = fixed + per_km x straight kilometres.

    A fixed time makes the mean speed grow with the distance.

    Attributes:
        fixed: minutes of any journey.
        per_km: minutes for each kilometre in a straight line.
        detour: road kilometres for each kilometre in a straight line.
    """

    fixed: float
    per_km: float
    detour: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Travel:
        """Travel with the values of a draw: travel.fixed, travel.per_km, travel.detour."""
        return cls(
            fixed=values["travel.fixed"],
            per_km=values["travel.per_km"],
            detour=values["travel.detour"],
        )

    def minutes(self, km: npt.ArrayLike) -> Floats:
        """Minutes by road over `km` kilometres in a straight line; infinity stays infinity."""
        return self.fixed + self.per_km * np.asarray(km, dtype=np.float64)

    def road_km(self, straight: npt.ArrayLike) -> Floats:
        """Road kilometres over `straight` kilometres in a straight line."""
        return self.detour * np.asarray(straight, dtype=np.float64)

    def reach(self, minutes: float) -> float:
        """Kilometres in a straight line that can be travelled in `minutes`; 0 at least."""
        return max(0.0, (minutes - self.fixed) / self.per_km)


def landmass(department: str) -> str:
    """The land a département lies on: no road links two of them.

    Mainland France is one land, Corsica (2A and 2B) another, every overseas département its own.
    Islands that belong to a département of the mainland are counted with it.
    """
    if department in CORSICAN:
        return CORSICA
    return department if len(department) > 2 else MAINLAND


def landmasses(departments: Sequence[str]) -> Integers:
    """The number of the land of each département, in order of first appearance, shape (Z,)."""
    names = [landmass(department) for department in departments]
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names], dtype=np.int64)


def on_sphere(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Points of the sphere in kilometres from its centre, shape (N, 3)."""
    east, north = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    across = np.cos(north)
    return EARTH_KM * np.column_stack([across * np.cos(east), across * np.sin(east), np.sin(north)])


def nearest(
    from_lon: npt.ArrayLike,
    from_lat: npt.ArrayLike,
    to_lon: npt.ArrayLike,
    to_lat: npt.ArrayLike,
    count: int,
    from_land: npt.ArrayLike | None = None,
    to_land: npt.ArrayLike | None = None,
) -> tuple[Shorts, Floats]:
    """The nearest destinations of every origin, nearest first, on the same land.

    Args:
        from_lon: longitude of the N origins, degrees; from_lat their latitude.
        from_lat: see `from_lon`.
        to_lon: longitude of the M destinations; to_lat their latitude.
        to_lat: see `to_lon`.
        count: how many destinations to give, K.
        from_land: number of the land of each origin (`landmasses`), shape (N,); without it,
            everything is one land.
        to_land: number of the land of each destination, shape (M,).

    Returns:
        Index of the destinations, -1 where there are fewer, shape (N, K), and the straight line
        to them along the sphere in kilometres, infinity where there is none, shape (N, K).
    """
    origins, destinations = on_sphere(from_lon, from_lat), on_sphere(to_lon, to_lat)
    origin_land = np.zeros(len(origins), int) if from_land is None else np.asarray(from_land)
    target_land = np.zeros(len(destinations), int) if to_land is None else np.asarray(to_land)
    index = np.full((len(origins), count), -1, dtype=np.int32)
    km = np.full((len(origins), count), np.inf)
    for land in np.unique(origin_land):
        here, there = np.flatnonzero(origin_land == land), np.flatnonzero(target_land == land)
        if there.size:
            index[here], km[here] = _nearest(origins[here], destinations[there], there, count)
    return index, km


def _nearest(
    origins: Floats, destinations: Floats, names: Integers, count: int
) -> tuple[Shorts, Floats]:
    from scipy.spatial import cKDTree

    found = min(count, len(destinations))
    chord, place = cKDTree(destinations).query(origins, k=range(1, found + 1))
    index = np.full((len(origins), count), -1, dtype=np.int32)
    km = np.full((len(origins), count), np.inf)
    index[:, :found] = names[place]
    km[:, :found] = 2 * EARTH_KM * np.arcsin(np.minimum(chord / (2 * EARTH_KM), 1.0))
    return index, km


def maternity_km(baseline: Baseline) -> tuple[Floats, Floats]:
    """Straight kilometres from each commune to its nearest maternity, and women aged 15-44 there.

    The women of a commune are its residents x the share of the département, shapes (C,), (C,).
    """
    communes, land = baseline.communes, landmasses(baseline.departments)
    open_ = baseline.births > 0
    km = nearest(
        communes.lon,
        communes.lat,
        baseline.lon[open_],
        baseline.lat[open_],
        1,
        land[communes.department],
        land[baseline.department[open_]],
    )[1][:, 0]
    share = baseline.population[:, 0, _WOMEN_15_44].sum(axis=1) / baseline.population.sum((1, 2))
    return km, communes.population * share[communes.department]


def fit(baseline: Baseline) -> dict[str, tuple[float, float]]:
    """travel.fixed and travel.per_km from the published access times, with standard errors.

    The published times are quantiles of the minutes to the nearest maternity; minutes grow with
    kilometres, so they are regressed on the same quantiles of the kilometres (weighted least
    squares, weights from the rounding of the published figures).
    """
    km, women = maternity_km(baseline)
    order = np.argsort(km)
    below = np.cumsum(women[order]) / women.sum()
    shares, minutes, error = np.array(_ACCESS).T
    at = km[order][np.searchsorted(below, shares)]
    design = np.column_stack([np.ones_like(at), at]) / error[:, None]
    covariance = np.linalg.inv(design.T @ design)
    fixed, per_km = covariance @ design.T @ (minutes / error)
    errors = np.sqrt(np.diag(covariance))
    return {
        "travel.fixed": (float(fixed), float(errors[0])),
        "travel.per_km": (float(per_km), float(errors[1])),
    }
