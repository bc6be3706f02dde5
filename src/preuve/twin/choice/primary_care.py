"""Primary care: how many visits to a general practitioner each commune can reach in a year.

Two-step floating catchment (W. Luo and F. Wang, 2003), with weights that fall with time, as the
accessibility indicator of DREES and IRDES (APL, 2012) does:

    R_j = visits offered in j / sum over k of w(t_kj) residents_k
    A_i = sum over j of w(t_ij) R_j

Where practitioners sit is a PROXY. Counts are known by département only (2018, all modes of
practice); inside, they are spread over the communes in proportion to residents: accessibility then
shows borders and differences between départements, not the deserts within one. Overseas
départements, missing from the counts, are given the mean density of the others, which is too
many: read their figures as changes only. The whole is scaled to the published mean of 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import Baseline, Communes, packaged
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel, on_sphere
from preuve.twin.parameters import Parameter, central

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NATIONAL_MEAN = 3.93
"""Visits per inhabitant per year in 2018 (DREES, APL)."""

WEIGHTS = ((5.0, 1.0), (10.0, 0.3), (15.0, 0.1))
"""Weight up to each time in minutes, 0 beyond: those of the APL of 2012."""

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="primary_care.visits_per_fte",
        label=_("Visits a general practitioner at full time offers in a year"),
        value=4500.0,
        low=3500.0,
        high=5500.0,
        unit="visit/year",
        kind="assumed",
        source=_("Some twenty visits a day on some two hundred and twenty days"),
    ),
    Parameter(
        name="primary_care.low_acuity",
        label=_("Share of emergency visits that a general practitioner could have seen"),
        value=0.30,
        low=0.20,
        high=0.40,
        unit="1",
        kind="assumed",
        source=_("Range of shares quoted for France in 2019, 20 to 40 %; no agreed measure"),
        scale="logit",
    ),
    Parameter(
        name="primary_care.elasticity",
        label=_("Elasticity of low-acuity emergency visits to accessibility of practitioners"),
        value=-0.15,
        low=-0.40,
        high=0.10,
        unit="1",
        kind="assumed",
        source=_(
            "Mixed evidence: fewer visits where practitioners are more accessible (Or and "
            "Penneau, IRDES 2017, aged 65 and more; Cowling 2013, England, ratio 0.90 between "
            "extreme quintiles), no correlation with the APL in the 2021 visits of Occitanie (ORU)"
        ),
    ),
)


@dataclass(frozen=True)
class PrimaryCare:
    """Accessibility of general practitioners by commune, and what a new practice adds to it.

    Attributes:
        communes: the communes.
        travel: time from distance.
        before: visits per inhabitant per year that each commune can reach, shape (C,).
        offered: visits a year offered in each commune, shape (C,).
        asked: residents who share what a commune offers, weighted by time, shape (C,).
    """

    communes: Communes
    travel: Travel
    before: Floats
    offered: Floats
    asked: Floats

    @classmethod
    def of(cls, baseline: Baseline) -> PrimaryCare:
        """The accessibility of 2018, scaled to its published national mean."""
        communes = baseline.communes
        travel = Travel.of(central(TRAVEL))
        heads = practitioners(communes, baseline.departments)
        raw, asked = floating_catchment(communes, heads, travel)
        scale = NATIONAL_MEAN / np.average(raw, weights=communes.population)
        return cls(communes, travel, raw * scale, heads * scale, asked)

    def accessibility(self, added: Mapping[str, float], values: Mapping[str, float]) -> Floats:
        """Visits per inhabitant per year that each commune can reach, shape (C,).

        Args:
            added: full-time equivalents of practitioners added by commune code; negative when
                they leave.
            values: primary_care.visits_per_fte.

        Raises:
            PreuveError: unknown commune, or more practitioners leave a commune than it has.
        """
        result = self.before.copy()
        for code, fte in added.items():
            here = self._position(code)
            visits = fte * values["primary_care.visits_per_fte"]
            if self.offered[here] + visits < 0:
                raise PreuveError(
                    _("More practitioners leave {commune} than it has.").format(commune=code),
                    where="msp",
                )
            near, weight = self._around(here)
            result[near] += weight * visits / self.asked[here]
        return np.maximum(result, 0.0)

    def _around(self, here: int) -> tuple[Integers, Floats]:
        where = on_sphere(self.communes.lon, self.communes.lat)
        km = np.linalg.norm(where - where[here], axis=1)
        near = np.flatnonzero(km <= self.travel.reach(WEIGHTS[-1][0]))
        weight = np.where(near == here, 1.0, _weight(self.travel.minutes(km[near])))
        return near, weight

    def _position(self, code: str) -> int:
        found = self.communes.table["commune"].index_of(code)
        if found is None:
            raise PreuveError(_("Unknown commune: {commune}.").format(commune=code), where="msp")
        return found


def visit_factor(before: Floats, after: Floats, values: Mapping[str, float]) -> Floats:
    """What emergency visits of each commune are multiplied by when accessibility changes.

    1 + low-acuity share x ((after / before) ** elasticity - 1), shape (C,); 1 where nothing
    was accessible before.
    """
    share = values["primary_care.low_acuity"]
    ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return 1 + share * (np.maximum(ratio, 1e-3) ** values["primary_care.elasticity"] - 1)


def by_department(factor: Floats, weight: Floats, department: Integers, count: int) -> Floats:
    """Mean of a figure of communes by département, shape (Z,); `weight` residents or visits."""
    whole = np.bincount(department, weight, count)
    total = np.bincount(department, weight * factor, count)
    return np.divide(total, whole, out=np.ones(count), where=whole > 0)


def practitioners(communes: Communes, departments: tuple[str, ...]) -> Floats:
    """Practitioners of each commune by the proxy, shape (C,)."""
    table = packaged("practitioners")
    known = dict(zip(table["department"], table["general_practitioners"], strict=True))
    mean = float(table["general_practitioners"].sum()) / float(table["residents"].sum())
    residents = np.bincount(communes.department, communes.population, len(departments))
    count = np.array([known.get(code, mean * residents[z]) for z, code in enumerate(departments)])
    spread: Floats = (count / residents)[communes.department] * communes.population
    return spread


def floating_catchment(
    communes: Communes, offered: Floats, travel: Travel
) -> tuple[Floats, Floats]:
    """Two-step floating catchment.

    Args:
        communes: residents and places.
        offered: visits offered in each commune, shape (C,).
        travel: time from distance.

    Returns:
        Visits per inhabitant within reach of each commune, and the weighted residents who share
        what a commune offers, shapes (C,), (C,).
    """
    origin, target, weight = _pairs(communes, travel)
    count = len(offered)
    asked = np.bincount(target, weight * communes.population[origin], count).astype(np.float64)
    ratio = np.divide(offered, asked, out=np.zeros(count), where=asked > 0)
    found = np.bincount(origin, weight * ratio[target], count)
    return found.astype(np.float64), asked


def _pairs(communes: Communes, travel: Travel) -> tuple[Integers, Integers, Floats]:
    """Communes within reach of each other, each with itself, and the weight of their time."""
    from scipy.spatial import cKDTree

    where = on_sphere(communes.lon, communes.lat)
    pair = cKDTree(where).query_pairs(travel.reach(WEIGHTS[-1][0]), output_type="ndarray")
    km = np.linalg.norm(where[pair[:, 0]] - where[pair[:, 1]], axis=1)
    weight = _weight(travel.minutes(km))
    self_ = np.arange(len(where))
    return (
        np.concatenate([pair[:, 0], pair[:, 1], self_]),
        np.concatenate([pair[:, 1], pair[:, 0], self_]),
        np.concatenate([weight, weight, np.ones(len(where))]),
    )


def _weight(minutes: Floats) -> Floats:
    limits = np.array([limit for limit, _weight in WEIGHTS])
    weights = np.array([*(weight for _limit, weight in WEIGHTS), 0.0])
    return weights[np.searchsorted(limits, minutes)]
