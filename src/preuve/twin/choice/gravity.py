"""Gravity: which site the patients of each place choose, one activity at a time.

Huff's model: a place shares its patients among the sites in reach in proportion to
weight x (minutes / 10) ** -decay. Weights are balanced so that the sites of the baseline receive
exactly what they received; a scenario multiplies them by (capacity / capacity now) ** elasticity.

The weight of a site says all that beds, reputation and habits make it; the decay says how fast
patients give up with time. A planner's own travel times (`roads`) replace the formula of the
minutes; a planner's own flows (`affinity`) multiply nearness. What `choice_fit` measured is in
`PARAMETERS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.twin.baseline import Baseline, Communes
from preuve.twin.choice import affinity
from preuve.twin.choice.affinity import Origins
from preuve.twin.choice.roads import Measured
from preuve.twin.choice.travel import Travel, landmasses, nearest, on_sphere
from preuve.twin.disciplines import ACTIVITIES, CRITICAL_CARE
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.loaders import Local

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

GRID_KM = 12.0
ALONE = 10_000
"""Communes of fewer residents are joined with their neighbours of a 12 km grid: when one maternity
in nine closes, 0.2 % of the births of France go elsewhere than with communes apart (a test)."""

NEAREST, LARGE = 16, 8
"""Points in reach: the 16 nearest that offer the activity, and the 8 nearest of the largest tenth
(a teaching hospital draws from farther than its sixteenth rank)."""

APART_KM = 100.0
"""A site farther than that from every commune of its land draws from none of them (Saint-Martin
and Saint-Barthélemy, whose residents are not in the communes): its volume stays its own."""

TOLERANCE, ROUNDS = 1e-3, 400
NEIGHBOURS = 5

_MEASURED = _(
    "choice_fit: volumes of 2019 and 2020 predicted from beds, residents and travel time alone "
    "(SAE); interval by jackknife over régions, upper bound of paediatrics held at 6"
)


def _decay(activity: str, label: str, value: float, low: float, high: float) -> Parameter:
    return Parameter(
        name=f"gravity.decay_{activity}",
        label=label,
        value=value,
        low=low,
        high=high,
        unit="1",
        kind="measured",
        source=_MEASURED,
        scale="log",
    )


PARAMETERS: tuple[Parameter, ...] = (
    _decay("medicine", _("Decay of choice with travel time, medicine"), 2.18, 1.53, 3.11),
    _decay("surgery", _("Decay of choice with travel time, surgery"), 2.36, 1.63, 3.43),
    _decay("obstetrics", _("Decay of choice with travel time, maternity"), 3.36, 3.15, 3.58),
    _decay("paediatrics", _("Decay of choice with travel time, paediatrics"), 3.69, 2.27, 6.00),
    _decay("critical_care", _("Decay of choice with travel time, critical care"), 2.13, 1.24, 3.64),
    _decay(
        "rehabilitation", _("Decay of choice with travel time, rehabilitation"), 1.62, 1.16, 2.27
    ),
    _decay("emergency", _("Decay of choice with travel time, emergency"), 3.94, 2.48, 6.27),
    Parameter(
        name="gravity.elasticity",
        label=_("Elasticity of the weight of a site to its capacity"),
        value=0.10,
        low=0.03,
        high=0.33,
        unit="1",
        kind="measured",
        source=_(
            "choice_fit: change of stays by site from 2019 to 2020 with the change of beds "
            "(medicine 0.07, surgery 0.11, obstetrics 0.12, paediatrics 0.08); upper bound "
            "widened, since one year, and that of COVID-19, may hide what comes with time"
        ),
        scale="log",
    ),
)


@dataclass(frozen=True)
class Places:
    """Where patients come from: large communes, and small ones joined by a grid; P places.

    Attributes:
        of_commune: place of each commune, shape (C,).
        lon, lat: centre of the residents, degrees, shape (P,).
        department: index of the département, shape (P,); a place never straddles two.
        land: number of the land, shape (P,).
    """

    of_commune: Integers
    lon: Floats
    lat: Floats
    department: Integers
    land: Integers

    @classmethod
    def of(
        cls,
        communes: Communes,
        departments: tuple[str, ...],
        grid_km: float = GRID_KM,
        alone: float = ALONE,
        apart: Flags | None = None,
    ) -> Places:
        """The places of the communes; with `alone` 0 every commune is a place.

        Args:
            communes: where people live.
            departments: their codes.
            grid_km: side of the grid.
            alone: residents from which a commune is a place.
            apart: communes that are a place whatever their residents, shape (C,).
        """
        degree = 111.2 / grid_km
        north = np.floor(communes.lat * degree)
        east = np.floor(communes.lon * np.cos(np.radians(communes.lat)) * degree)
        large = communes.population >= alone
        if apart is not None:
            large = large | apart
        own = np.where(large, np.arange(len(large)), -1)
        key = np.column_stack([communes.department, np.where(large, 0, north), east * ~large, own])
        place = np.unique(key, axis=0, return_inverse=True)[1].ravel()
        count = int(place.max()) + 1
        residents = communes.population + 1e-6
        people = np.bincount(place, residents, count)
        department = np.zeros(count, dtype=np.int64)
        department[place] = communes.department
        return cls(
            of_commune=place,
            lon=np.bincount(place, residents * communes.lon, count) / people,
            lat=np.bincount(place, residents * communes.lat, count) / people,
            department=department,
            land=landmasses(departments)[department],
        )

    def total(self, of_communes: Floats) -> Floats:
        """Sum by place of a quantity of communes, shape (C,) to (P,)."""
        total = np.bincount(self.of_commune, of_communes, len(self.lon))
        return np.asarray(total, dtype=np.float64)


@dataclass(frozen=True)
class Reach:
    """Which points offer one activity, and which of them each place can reach; Q points.

    Sites at the same coordinates are one point: they are equally far from everyone.

    Attributes:
        places: where patients come from.
        point: point of each site, -1 for the sites that do not offer the activity or are apart,
            shape (S,).
        apart: sites that offer the activity beyond reach of every place, shape (S,).
        lon, lat, land: of the points, shape (Q,).
        index: points in reach of each place, -1 for none, shape (P, K).
        km: straight line to them, infinity for none, shape (P, K).
        measured: minutes that a planner gives, None without.
        origins: shares that a planner observed, None without.
    """

    places: Places
    point: Shorts
    apart: Flags
    lon: Floats
    lat: Floats
    land: Integers
    index: Shorts
    km: Singles
    measured: Measured | None = None
    origins: Origins | None = None

    @classmethod
    def of(cls, places: Places, baseline: Baseline, offered: Flags, volume: Floats) -> Reach:
        """The reach of one activity.

        Args:
            places: where patients come from.
            baseline: the sites.
            offered: sites that offer the activity, now or in the scenario, shape (S,).
            volume: patients of each site, which tell the largest, shape (S,).
        """
        land = landmasses(baseline.departments)[baseline.department]
        apart = offered & ~_near_any(places, baseline, land)
        here = np.flatnonzero(offered & ~apart)
        key = np.column_stack([land[here], baseline.lon[here], baseline.lat[here]])
        points, of_site = np.unique(key, axis=0, return_inverse=True)
        point = np.full(len(offered), -1, dtype=np.int32)
        point[here] = of_site.ravel()
        volumes = np.bincount(point[here], volume[here], len(points)).astype(np.float64)
        index, km = _lists(places, points, volumes)
        return cls(
            places=places,
            point=point,
            apart=apart,
            lon=points[:, 1],
            lat=points[:, 2],
            land=points[:, 0].astype(np.int64),
            index=index,
            km=km.astype(np.float32),
        )

    def minutes(self, travel: Travel) -> Floats:
        """Minutes to the points in reach, infinity for none, shape (P, K)."""
        formula = travel.minutes(self.km)
        return formula if self.measured is None else self.measured.over(formula)

    def gather(self, of_sites: Floats) -> Floats:
        """Sum by point of a quantity of sites, shape (S,) to (Q,)."""
        on = self.point >= 0
        total = np.bincount(self.point[on], of_sites[on], len(self.lon))
        return np.asarray(total, dtype=np.float64)


def _near_any(places: Places, baseline: Baseline, land: Integers) -> Flags:
    to_place = nearest(baseline.lon, baseline.lat, places.lon, places.lat, 1, land, places.land)[1][
        :, 0
    ]
    near: Flags = to_place <= APART_KM
    return near


def _lists(places: Places, points: Floats, volumes: Floats) -> tuple[Shorts, Floats]:
    """The nearest points of each place, then the nearest large ones not among them."""
    land, lon, lat = points.T
    near, near_km = nearest(places.lon, places.lat, lon, lat, NEAREST, places.land, land)
    large = np.sort(np.argsort(-volumes, kind="stable")[: max(1, len(volumes) // 10)])
    rank, far_km = nearest(
        places.lon, places.lat, lon[large], lat[large], LARGE, places.land, land[large]
    )
    far = np.where(rank >= 0, large[np.maximum(rank, 0)], -1).astype(np.int32)
    known = (far[:, :, None] == near[:, None, :]).any(axis=2)
    far[known] = -1
    far_km[known] = np.inf
    return np.hstack([near, far]), np.hstack([near_km, far_km])


@dataclass(frozen=True)
class Choice:
    """The choice of site for one activity, balanced on a baseline.

    Attributes:
        reach: who can reach what.
        nearness: (minutes / 10) ** -decay, 0 for none, shape (P, K).
        weight: balanced weight of each site at its present capacity, shape (S,).
        inflow: what the demand of each place is multiplied by, so that the demand of its land
            equals the patients its sites received, 1 where there were none, shape (P,).
        demand: demand of the baseline by place, before `inflow`, shape (P,).
        observed: patients of each site at the baseline, shape (S,).
        capacity: capacity of each site at the baseline, shape (S,).
        usual: share of each point in the patients of the place at the baseline, shape (P, K).
        kept: what the balance left over at each point, as a share of its volume, shape (Q,).
        elasticity: of the weight of a site to its capacity.
        rounds: rounds of balancing.
        affinity: factor of each cell of `reach.origins` in `nearness`, shape (N,), or empty.
        missed: share of the patients of each origin of the flows who go elsewhere than observed,
            shape (O,), or empty.
    """

    reach: Reach
    nearness: Singles
    weight: Floats
    inflow: Floats
    demand: Floats
    observed: Floats
    capacity: Floats
    usual: Singles
    kept: Floats
    elasticity: float
    rounds: int
    affinity: Floats
    missed: Floats

    @classmethod
    def fit(
        cls,
        reach: Reach,
        demand: Floats,
        observed: Floats,
        capacity: Floats,
        travel: Travel,
        values: Mapping[str, float],
        activity: str,
        start: Choice | None = None,
    ) -> Choice:
        """The choice that sends to every site what it received.

        Args:
            reach: who can reach what.
            demand: patients of each commune over the year of the baseline, shape (C,).
            observed: patients of each site over that year, shape (S,).
            capacity: beds of each site, or whatever measures its size, shape (S,).
            travel: time from distance.
            values: gravity.decay_<activity> and gravity.elasticity.
            activity: one of ACTIVITIES.
            start: a choice of the same reach to balance from; saves rounds.
        """
        from preuve.twin.choice import huff

        by_place = reach.places.total(demand)
        at_points = reach.gather(observed)
        inflow = _inflow(reach, by_place, at_points)
        nearness = near(reach, travel, values[f"gravity.decay_{activity}"])
        first = at_points if start is None else reach.gather(start.weight)
        factors = None if start is None else start.affinity
        nearness, factors, weight, rounds = _balanced(
            reach, nearness, first, by_place * inflow, at_points, factors
        )
        found = huff.predicted(reach.index, nearness, weight, by_place * inflow)
        nothing = np.zeros_like(weight)
        empty = np.zeros_like(nearness)
        usual = huff.flows(reach.index, nearness, weight, np.ones_like(by_place), empty, nothing)
        kept = _ratio(at_points - found, found)
        return cls(
            reach=reach,
            nearness=nearness,
            weight=_spread(reach, weight, observed, at_points),
            inflow=inflow,
            demand=by_place,
            observed=observed,
            capacity=capacity,
            usual=usual,
            kept=kept,
            elasticity=values["gravity.elasticity"],
            rounds=rounds,
            affinity=factors,
            missed=_missed(reach, usual, by_place, kept),
        )

    def volumes(
        self, demand: Floats, ratio: Floats | None = None, opened: Floats | None = None
    ) -> Floats:
        """Patients of every site.

        Args:
            demand: patients of each commune, shape (C,).
            ratio: capacity over capacity now, 0 closed, shape (S,); 1 everywhere without it.
            opened: capacity of the services that did not exist, 0 elsewhere, shape (S,); their
                sites must be in `Reach.of(offered=...)`.

        Returns:
            Patients, shape (S,).
        """
        from preuve.twin.choice import huff

        weight = self.weights(ratio, opened)
        at_points = self.reach.gather(weight)
        flow = self._flow(demand, at_points)
        volumes = huff.totals(self.reach.index, flow, len(at_points))
        return _spread(self.reach, volumes, weight, at_points) + self._own(demand, ratio)

    def flows(
        self, demand: Floats, ratio: Floats | None = None, opened: Floats | None = None
    ) -> Singles:
        """Patients from each place to each point of `reach.index`, shape (P, K)."""
        return self._flow(demand, self.reach.gather(self.weights(ratio, opened)))

    def weights(self, ratio: Floats | None = None, opened: Floats | None = None) -> Floats:
        """Weight of every site when its capacity changes, 0 where closed, shape (S,)."""
        weight = self.weight if ratio is None else self.weight * _power(ratio, self.elasticity)
        if opened is None or not opened.any():
            return weight
        return weight + self._opening(opened)

    def _flow(self, demand: Floats, weight: Floats) -> Singles:
        from preuve.twin.choice import huff

        by_place = self.reach.places.total(demand) * self.inflow
        return huff.flows(self.reach.index, self.nearness, weight, by_place, self.usual, self.kept)

    def _own(self, demand: Floats, ratio: Floats | None) -> Floats:
        """Patients of the sites apart: they grow with the demand of the nearest places' land."""
        own = np.where(self.reach.apart, self.observed, 0.0)
        if not own.any():
            return own
        growth = demand.sum() / max(self.demand.sum(), 1e-12)
        closed = np.zeros(len(own), bool) if ratio is None else ratio <= 0
        return np.where(closed, 0.0, own * growth)

    def _opening(self, opened: Floats) -> Floats:
        """Weight of new services: per bed, the geometric mean of the services around them."""
        result = np.zeros_like(opened)
        known = np.flatnonzero((self.weight > 0) & (self.capacity > 0) & (self.reach.point >= 0))
        point = self.reach.point
        where = on_sphere(self.reach.lon, self.reach.lat)
        for site in np.flatnonzero((opened > 0) & (point >= 0)):
            same = known[self.reach.land[point[known]] == self.reach.land[point[site]]]
            if not same.size:
                result[site] = opened[site]
                continue
            gap = np.linalg.norm(where[point[same]] - where[point[site]], axis=1)
            around = same[np.argsort(gap, kind="stable")[:NEIGHBOURS]]
            per_bed = np.log(self.weight[around] / self.capacity[around])
            result[site] = opened[site] * np.exp(per_bed.mean())
        return result


def near(reach: Reach, travel: Travel, decay: float) -> Singles:
    """Nearness of each point in reach: (minutes / 10) ** -decay, 0 for none, shape (P, K)."""
    minutes = reach.minutes(travel) / 10.0
    result: Singles = np.exp(-decay * np.log(minutes)).astype(np.float32)
    return result


def observed(baseline: Baseline) -> Floats:
    """What each site received: stays by discipline, then emergency visits, shape (S, 7)."""
    return np.column_stack([baseline.stays, baseline.visits])


def capacity(baseline: Baseline) -> Floats:
    """Size of each service: open beds; acute beds of the hospital for emergency, shape (S, 7)."""
    acute = baseline.beds[:, : CRITICAL_CARE + 1].sum(axis=1)
    return np.column_stack([baseline.beds, acute])


def reaches(
    baseline: Baseline, opened: Flags | None = None, local: Local | None = None
) -> tuple[Reach, ...]:
    """The reach of the 7 activities.

    Args:
        baseline: the communes and sites.
        opened: services that a scenario adds, shape (S, 7).
        local: a planner's own tables; those of travel and flows act here.
    """
    places = Places.of(baseline.communes, baseline.departments)
    volumes = observed(baseline)
    offered = volumes > 0 if opened is None else (volumes > 0) | opened
    own = Local() if local is None else local
    return tuple(
        _reach(places, baseline, offered[:, a], volumes[:, a], own, name)
        for a, name in enumerate(ACTIVITIES)
    )


def _reach(
    places: Places, baseline: Baseline, offered: Flags, volume: Floats, local: Local, activity: str
) -> Reach:
    flows = None
    if local.flows is not None:
        flows = local.flows.filter(pl.col("discipline") == activity)
    if flows is not None and (flows["level"] == "commune").any():
        apart = affinity.alone(flows, baseline)
        places = Places.of(baseline.communes, baseline.departments, apart=apart)
    reach = Reach.of(places, baseline, offered, volume)
    if local.travel is not None:
        measured = Measured.of(local.travel, baseline, places.of_commune, reach.point, reach.index)
        reach = replace(reach, measured=measured)
    if flows is None or flows.is_empty():
        return reach
    origins = Origins.of(
        flows,
        baseline,
        places.of_commune,
        places.department,
        reach.point,
        reach.index,
        reach.gather(volume),
    )
    return replace(reach, origins=origins)


def _balanced(
    reach: Reach,
    nearness: Singles,
    first: Floats,
    demand: Floats,
    at_points: Floats,
    factors: Floats | None,
) -> tuple[Singles, Floats, Floats, int]:
    """Nearness and factors of the affinity, weights (Q,) and rounds of balancing."""
    from preuve.twin.choice import huff

    origins = reach.origins
    if origins is None:
        weight, rounds = huff.balance(
            reach.index, nearness, first, demand, at_points, TOLERANCE, ROUNDS
        )
        return nearness, np.zeros(0), weight, rounds
    factors, weight, rounds = affinity.fit(
        origins,
        reach.index,
        nearness,
        first,
        demand,
        at_points,
        origins.first() if factors is None else factors,
        TOLERANCE,
        ROUNDS,
    )
    return origins.applied(nearness, factors), factors, weight, rounds


def _missed(reach: Reach, usual: Singles, by_place: Floats, kept: Floats) -> Floats:
    if reach.origins is None:
        return np.zeros(0)
    rows = reach.origins.rows
    flow = usual[rows] * by_place[rows, None] * (1 + kept[reach.index[rows]])
    return reach.origins.missed(reach.origins.shares(flow))


def _inflow(reach: Reach, by_place: Floats, at_points: Floats) -> Floats:
    lands = int(max(reach.places.land.max(initial=0), reach.land.max(initial=0))) + 1
    received = np.bincount(reach.land, at_points, lands).astype(np.float64)
    asked = np.bincount(reach.places.land, by_place, lands).astype(np.float64)
    return np.where(received > 0, _ratio(received, asked), 1.0)[reach.places.land]


def _spread(reach: Reach, at_points: Floats, by: Floats, total: Floats) -> Floats:
    """A quantity of points shared among their sites in proportion to `by`, shape (S,)."""
    on = reach.point >= 0
    result = np.zeros(len(reach.point))
    result[on] = by[on] * _ratio(at_points, total)[reach.point[on]]
    return result


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _power(ratio: Floats, exponent: float) -> Floats:
    """The ratio to the exponent, and 0 where the ratio is 0 whatever the exponent."""
    return np.where(ratio > 0, np.power(np.maximum(ratio, 1e-12), exponent), 0.0)
