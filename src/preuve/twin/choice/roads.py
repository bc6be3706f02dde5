"""Roads: minutes that a planner gives for pairs of commune and site, in place of the formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import Baseline
from preuve.twin.choice.travel import Travel, landmasses, nearest

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

LEAST_MINUTES = 1.0
"""A shorter time is counted as this: the commune of the site may be given 0."""

AROUND = 8
"""Open sites near a commune among which the nearest without a given time is looked for."""


@dataclass(frozen=True)
class Measured:
    """Minutes given between places and the points in their reach.

    Attributes:
        minutes: mean over the communes given, weighted by residents, nan where none, shape (P, K).
        covered: share of the residents of the place whose communes are given, shape (P, K).
    """

    minutes: Singles
    covered: Singles

    @classmethod
    def of(
        cls,
        travel: pl.DataFrame,
        baseline: Baseline,
        of_commune: Integers,
        point: Shorts,
        index: Shorts,
    ) -> Measured:
        """The times of a file, gathered; pairs out of reach are left out.

        Args:
            travel: commune, finess, minutes.
            baseline: the communes and sites.
            of_commune: place of each commune, shape (C,).
            point: point of each site, -1 for none, shape (S,).
            index: points in reach of each place, -1 for none, shape (P, K).
        """
        communes, sites, minutes = _pairs(travel, baseline)
        there = point[sites] >= 0
        table = (
            pl.DataFrame(
                {
                    "commune": communes[there],
                    "point": point[sites[there]].astype(np.int64),
                    "minutes": minutes[there],
                }
            )
            .group_by("commune", "point")
            .agg(pl.col("minutes").mean())
        )
        here = table["commune"].to_numpy()
        residents = baseline.communes.population + 1e-6
        count = int(point.max(initial=0)) + 1
        key = of_commune[here] * count + table["point"].to_numpy()
        known, group = np.unique(key, return_inverse=True)
        people = np.bincount(group, residents[here], len(known))
        total = np.bincount(group, residents[here] * table["minutes"].to_numpy(), len(known))
        places = len(index)
        wanted = np.arange(places)[:, None] * count + index
        at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        found = (index >= 0) & (known[at] == wanted) if len(known) else np.zeros(index.shape, bool)
        whole = np.bincount(of_commune, residents, places)
        mean, covered = np.full(index.shape, np.nan), np.zeros(index.shape)
        mean[found] = (total / people)[at[found]]
        covered[found] = people[at[found]] / whole[np.nonzero(found)[0]]
        return cls(mean.astype(np.float32), covered.astype(np.float32))

    def over(self, formula: Floats) -> Floats:
        """The times given, and those of the formula for the residents not covered, (P, K)."""
        given = self.covered > 0
        result = formula.copy()
        covered = self.covered[given].astype(np.float64)
        result[given] = covered * self.minutes[given] + (1 - covered) * formula[given]
        return result


@dataclass(frozen=True)
class Nearest:
    """The way from each commune to its nearest open site.

    Attributes:
        km: straight kilometres to the nearest open site whose time is not given, infinity where
            there is none, shape (C,).
        known: least time given to an open site, minutes, infinity where none, shape (C,).
    """

    km: Floats
    known: Floats

    @classmethod
    def of(cls, baseline: Baseline, open_: Flags, travel: pl.DataFrame | None) -> Nearest:
        """The nearest of the open sites (S,), with the times of a file (commune, finess, minutes).

        A site without a given time is looked for among the `AROUND` nearest.
        """
        communes, land = baseline.communes, landmasses(baseline.departments)
        there = np.flatnonzero(open_)
        index, km = nearest(
            communes.lon,
            communes.lat,
            baseline.lon[there],
            baseline.lat[there],
            1 if travel is None else AROUND,
            land[communes.department],
            land[baseline.department[there]],
        )
        known = np.full(len(km), np.inf)
        if travel is None:
            return cls(km[:, 0], known)
        commune, site, minutes = _pairs(travel, baseline)
        kept = open_[site]
        np.minimum.at(known, commune[kept], minutes[kept])
        sites = len(baseline.lon)
        pairs = np.arange(len(index))[:, None] * sites + np.where(index >= 0, there[index], 0)
        given = np.isin(pairs, commune * sites + site) & (index >= 0)
        return cls(np.where(given, np.inf, km).min(axis=1), known)

    def minutes(self, travel: Travel) -> Floats:
        """Minutes from each commune, infinity where no site is open, shape (C,)."""
        return np.minimum(travel.minutes(self.km), self.known)


def _pairs(travel: pl.DataFrame, baseline: Baseline) -> tuple[Integers, Integers, Floats]:
    """Index of the commune, index of the site and minutes of each line."""
    commune = {code: at for at, code in enumerate(baseline.communes.table["commune"])}
    site = {code: at for at, code in enumerate(baseline.sites["finess"])}
    return (
        np.array([commune[code] for code in travel["commune"]], dtype=np.int64),
        np.array([site[code] for code in travel["finess"]], dtype=np.int64),
        np.maximum(travel["minutes"].to_numpy().astype(np.float64), LEAST_MINUTES),
    )
