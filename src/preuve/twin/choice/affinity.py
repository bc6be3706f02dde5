"""Affinity: what the observed choices of an origin add to gravity.

For the origins of a file of flows, the nearness of each point is multiplied by a factor of the
origin and the point, so that the shares of the origin are those observed. Every round multiplies
the factors by observed over predicted shares, then balances the sites again: proportional fitting
of three margins (patients of places, volumes of points, shares of origins), as of a table of trips.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import Baseline
from preuve.twin.scenario.territory import CITIES

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MET = 0.005
"""Rounds stop when no origin has a larger share of its patients elsewhere than observed, were it
one patient a year."""

ROUNDS, STALLED, PROGRESS = 60, 5, 0.98
"""Rounds at most, and rounds after which they stop when the worst share has not come down to
`PROGRESS` of what it was."""

LEAST, MOST = 1e-3, 1e3
"""Bounds of a factor, against the usual. The least is that of a point in reach where nobody of the
origin was seen: nobody is barred from it when everything else closes."""

MOST_BENT, BENT = 100, 1e-3
"""Rounds that make shares feasible, and the excess at which they stop."""

ROOM = 0.01
"""Share of the volume of a point left to the other places that reach it."""


@dataclass(frozen=True)
class Origins:
    """Shares observed by origin, over the points in reach; O origins, R places, N cells.

    A cell is an origin and a point in reach of one of its places.

    Attributes:
        names: code of each origin, length O.
        rows: places that belong to an origin, shape (R,).
        whose: origin of each of those places, shape (R,).
        cell: cell of each point in reach of those places, -1 for none, shape (R, K).
        origin, point: of each cell, shape (N,).
        share: observed share of each cell in the stays of its origin within reach, shape (N,).
        live: whether the point received patients at the baseline, shape (N,).
        beyond: share of the stays of each origin at sites out of reach or without patients, (O,).
    """

    names: tuple[str, ...]
    rows: Integers
    whose: Integers
    cell: Integers
    origin: Integers
    point: Integers
    share: Floats
    live: Flags
    beyond: Floats

    @classmethod
    def of(
        cls,
        flows: pl.DataFrame,
        baseline: Baseline,
        of_commune: Integers,
        department: Integers,
        point: Shorts,
        index: Shorts,
        volumes: Floats,
    ) -> Origins:
        """The observed shares of one discipline; postal codes are gathered by département.

        Args:
            flows: level, origin, department, finess, stays; one discipline.
            baseline: the communes and sites.
            of_commune: place of each commune, shape (C,); communes of the file are places.
            department: département of each place, shape (P,).
            point: point of each site, -1 for none, shape (S,).
            index: points in reach of each place, -1 for none, shape (P, K).
            volumes: patients of each point at the baseline, shape (Q,).
        """
        by = "origin" if flows["level"][0] == "commune" else "department"
        names = tuple(sorted(set(flows[by])))
        number = {name: at for at, name in enumerate(names)}
        of_place = _of_places(names, by, baseline, of_commune, department)
        rows = np.flatnonzero(of_place >= 0)
        points = len(volumes)
        reached = index[rows] >= 0
        pairs = of_place[rows][:, None] * points + index[rows]
        keys, inverse = np.unique(pairs[reached], return_inverse=True)
        cell = np.full(reached.shape, -1, dtype=np.int64)
        cell[reached] = inverse
        origin, live = keys // points, volumes[keys % points] > 0
        site = {code: at for at, code in enumerate(baseline.sites["finess"])}
        whence = np.array([number[name] for name in flows[by]], dtype=np.int64)
        where = point[[site[code] for code in flows["finess"]]].astype(np.int64)
        stays = flows["stays"].to_numpy().astype(np.float64)
        pair = whence * points + where
        held = (where >= 0) & np.isin(pair, keys[live])
        seen = np.bincount(np.searchsorted(keys, pair[held]), stays[held], len(keys))
        within = np.bincount(origin, seen, len(names))
        return cls(
            names=names,
            rows=rows,
            whose=of_place[rows],
            cell=cell,
            origin=origin,
            point=keys % points,
            share=_ratio(seen, within[origin]),
            live=live,
            beyond=1 - _ratio(within, np.bincount(whence, stays, len(names)), nothing=1.0),
        )

    def first(self) -> Floats:
        """Factors to begin with: 1, `LEAST` at live points where nobody was seen, shape (N,)."""
        seen = np.bincount(self.origin, self.share, len(self.names)) > 0
        absent = seen[self.origin] & self.live & (self.share == 0)
        return np.where(absent, LEAST, 1.0)

    def applied(self, nearness: Singles, factors: Floats) -> Singles:
        """Nearness (P, K) multiplied by the factors of the cells (N,)."""
        result = nearness.copy()
        result[self.rows] *= np.append(factors, 1.0)[self.cell].astype(np.float32)
        return result

    def shares(self, flow: npt.NDArray[np.floating]) -> Floats:
        """Share of each cell in the patients of its origin, from the flow of its rows (R, K)."""
        there = self.cell >= 0
        patients = np.bincount(self.cell[there], flow[there], len(self.origin))
        whole = np.bincount(self.origin, patients, len(self.names))
        return _ratio(patients, whole[self.origin])

    def missed(self, found: Floats, wanted: Floats | None = None) -> Floats:
        """Share of the patients of each origin who go elsewhere than observed, shape (O,).

        Args:
            found: predicted share of each cell, shape (N,).
            wanted: share of each cell, shape (N,); the observed one without it.
        """
        wanted = self.share if wanted is None else wanted
        gap = np.bincount(self.origin, np.abs(found - wanted), len(self.names)) / 2
        seen = np.bincount(self.origin, self.share, len(self.names)) > 0
        sends = np.bincount(self.origin, found, len(self.names)) > 0
        return np.where(seen & sends, gap, 0.0)

    def feasible(self, demand: Floats, room: Floats) -> Floats:
        """The observed shares, bent where they ask a point for more patients than it has, (N,).

        What exceeds the room of a point goes to the other points where the origin was seen.

        Args:
            demand: patients of each origin, shape (O,).
            room: most patients of these origins at each point, shape (Q,).
        """
        patients = self.share * demand[self.origin]
        for _turn in range(MOST_BENT):
            asked = np.bincount(self.point, patients, len(room))
            if (asked <= room * (1 + BENT)).all():
                break
            patients = patients * np.minimum(_ratio(room, asked, nothing=1.0), 1.0)[self.point]
            left = np.bincount(self.origin, patients, len(demand))
            patients = patients * _ratio(demand, left)[self.origin]
        return _ratio(patients, demand[self.origin])

    def corrected(self, factors: Floats, found: Floats, wanted: Floats) -> Floats:
        """Factors times wanted over predicted; their mean over the patients of an origin is 1.

        That mean is geometric, so that a service opened later, of factor 1, is as usual.
        """
        seen = (wanted > 0) & (found > 0)
        ratio = np.divide(wanted, found, out=np.ones_like(found), where=seen)
        factors = factors * ratio
        level = np.bincount(self.origin, wanted * np.log(factors), len(self.names))
        bounded = np.clip(factors / np.exp(level)[self.origin], LEAST, MOST)
        return np.where(wanted > 0, bounded, factors)


def fit(
    origins: Origins,
    index: Shorts,
    nearness: Singles,
    weight: Floats,
    demand: Floats,
    observed: Floats,
    factors: Floats,
    tolerance: float,
    most: int,
) -> tuple[Floats, Floats, int]:
    """Factors and weights that give the points their volumes and the origins their shares.

    Where the shares of the file and the volumes of the sites contradict each other, the volumes
    win and `Origins.missed` says what is left.

    Args:
        origins: the observed shares.
        index: points in reach of each place, -1 for none, shape (P, K).
        nearness: of the formula, shape (P, K).
        weight: to begin with, shape (Q,).
        demand: patients of each place, shape (P,).
        observed: patients of each point, shape (Q,).
        factors: to begin with, shape (N,).
        tolerance: misplaced share of the patients of the origins at which a balance stops.
        most: rounds of one balance.

    Returns:
        Factors (N,), weights (Q,) and the rounds of balancing.
    """
    from preuve.twin.choice import huff

    rows = origins.rows
    empty, nothing = np.zeros((len(rows), index.shape[1]), np.float32), np.zeros_like(weight)
    local = tolerance * float(_ratio(demand[rows].sum(), demand.sum()))
    patients = np.bincount(origins.whose, demand[rows], len(origins.names)).astype(np.float64)
    wanted = origins.feasible(patients, _room(origins, index, demand, observed))
    rounds, least, since = 0, np.inf, 0
    best = factors, weight
    for _turn in range(ROUNDS):
        near = origins.applied(nearness, factors)
        weight, done = huff.balance(index, near, weight, demand, observed, local, most)
        rounds += done
        flow = huff.flows(index[rows], near[rows], weight, demand[rows], empty, nothing)
        found = origins.shares(flow)
        missed = origins.missed(found, wanted)
        worst = float(missed[missed * patients > 1].max(initial=0.0))
        since = since + 1 if worst > PROGRESS * least else 0
        if worst < least:
            least, best = worst, (factors, weight)
        if worst <= MET or since >= STALLED:
            break
        factors = origins.corrected(factors, found, wanted)
    return *best, rounds


def _room(origins: Origins, index: Shorts, demand: Floats, observed: Floats) -> Floats:
    """Patients of each point less what is left to the places of no origin, shape (Q,)."""
    other = demand > 0
    other[origins.rows] = False
    reached = index[other]
    shared = np.bincount(reached[reached >= 0], minlength=len(observed)) > 0
    return np.where(shared, (1 - ROOM) * observed, observed)


def alone(flows: pl.DataFrame, baseline: Baseline) -> Flags:
    """Communes of a file of flows, each to be a place of its own, shape (C,)."""
    codes = {
        part
        for code in flows.filter(pl.col("level") == "commune")["origin"].unique()
        for part in (code, *CITIES.get(code, ()))
    }
    return baseline.communes.table["commune"].is_in(sorted(codes)).to_numpy()


def _of_places(
    names: tuple[str, ...],
    by: str,
    baseline: Baseline,
    of_commune: Integers,
    department: Integers,
) -> Integers:
    """Origin of each place, -1 for none, shape (P,)."""
    number = {name: at for at, name in enumerate(names)}
    if by == "department":
        return np.array([number.get(code, -1) for code in baseline.departments])[department]
    result = np.full(len(department), -1, dtype=np.int64)
    commune = {code: at for at, code in enumerate(baseline.communes.table["commune"])}
    for name in sorted(names, key=lambda code: code not in CITIES):
        result[of_commune[[commune[code] for code in CITIES.get(name, (name,))]]] = number[name]
    return result


def _ratio(above: npt.ArrayLike, below: npt.ArrayLike, nothing: float = 0.0) -> Floats:
    over, under = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    return np.asarray(np.divide(over, under, out=np.full(over.shape, nothing), where=under > 0))
