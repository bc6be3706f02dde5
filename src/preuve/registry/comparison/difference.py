"""Difference of two systems on a measure: paired where the evidence pairs them, else by draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from preuve.core.estimate import Estimate
from preuve.core.evidence import Estimand
from preuve.core.usecase import Finding
from preuve.registry.comparison.measured import Measured

DRAWS = 20_000
SEED = 20261128

Basis = Literal["same_cases", "same_hospitals", "other_hospitals"]
"""What a difference rests on.

same_cases: one evidence read both systems on the same cases, and the difference is paired.
same_hospitals: the same nodes signed both, but nothing shows that the cases are the same.
other_hospitals: the hospitals differ, so the difference mixes the systems with the hospitals.
"""

_DIFFERENCES = ("auroc", "sensitivity", "specificity", "ppv", "npv")


@dataclass(frozen=True)
class Difference:
    """First system minus second, on one measure of one finding.

    Attributes:
        first, second: digests of the systems.
        basis: whether the cases are the same.
        low, high: interval of `level`; by draws of the two estimates as if independent, unless
            the cases are the same.
        probability: that the first is at least as good as the second; only where the cases are
            the same, else None.
    """

    first: str
    second: str
    measure: str
    finding: str
    estimand: Estimand
    basis: Basis
    value: float
    low: float
    high: float
    level: float
    probability: float | None

    @property
    def settled(self) -> bool:
        """Whether the record shows which is better: same cases, and an interval without zero."""
        return self.basis == "same_cases" and (self.low > 0 or self.high < 0)

    def record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "settled": self.settled
        }


def basis_of(first: Measured, second: Measured) -> Basis:
    """What a difference of two systems rests on; hospitals are told apart by their nodes' keys."""
    if _pairing(first, second) is not None:
        return "same_cases"
    keys = [{site.key for site in side.released} for side in (first, second)]
    return "same_hospitals" if keys[0] == keys[1] and keys[0] else "other_hospitals"


def differences(first: Measured, second: Measured) -> list[Difference]:
    """Every difference that can be told between two systems."""
    basis = basis_of(first, second)
    found = []
    for finding in first.usecase.findings:
        for measure in _DIFFERENCES:
            for estimand in ("mean_hospital", "next_hospital"):
                one = _difference(first, second, measure, finding, estimand, basis)
                if one is not None:
                    found.append(one)
    return found


def _difference(
    first: Measured,
    second: Measured,
    measure: str,
    finding: Finding,
    estimand: Estimand,
    basis: Basis,
) -> Difference | None:
    if basis == "same_cases":
        paired = _paired(first, second, measure, finding, estimand)
        if paired is not None:
            return paired
        basis = "same_hospitals"
    figures = [side.figure(measure, finding, estimand) for side in (first, second)]
    if figures[0] is None or figures[1] is None:
        return None
    one, two = figures[0].estimate, figures[1].estimate
    drawn = one.draws(DRAWS, SEED) - two.draws(DRAWS, SEED)
    low, high = (float(x) for x in np.quantile(drawn, [0.025, 0.975]))
    value = one.value - two.value
    place = (first.system_digest, second.system_digest, measure, finding.code, estimand)
    return Difference(*place, basis, value, low, high, 0.95, None)


def _paired(
    first: Measured, second: Measured, measure: str, finding: Finding, estimand: Estimand
) -> Difference | None:
    """The paired difference that an evidence holds, turned where it was read the other way."""
    pairing = _pairing(first, second)
    if pairing is None:
        return None
    holder, sign = pairing
    for row in holder.evidence.content["comparison"]:
        if (row["measure"], row["finding"], row["estimand"]) == (measure, finding.code, estimand):
            if row["estimate"] is None:
                return None
            estimate = holder.evidence.estimate_of(row)
            return _turned(first, second, measure, finding, estimand, estimate, sign)
    return None


def _turned(
    first: Measured,
    second: Measured,
    measure: str,
    finding: Finding,
    estimand: Estimand,
    estimate: Estimate,
    sign: int,
) -> Difference:
    low, high = estimate.interval
    positive = estimate.probability_at_least(0.0)
    if sign < 0:
        low, high, positive = -high, -low, 1 - positive
    place = (first.system_digest, second.system_digest, measure, finding.code, estimand)
    return Difference(
        *place, "same_cases", sign * estimate.value, low, high, estimate.level, positive
    )


def _pairing(first: Measured, second: Measured) -> tuple[Measured, int] | None:
    """The side whose evidence read both on the same cases, and the sign of its difference."""
    for holder, other, sign in ((first, second, 1), (second, first, -1)):
        compared = holder.evidence.content["comparator"]
        if holder.role == "system" and compared and compared["digest"] == other.system_digest:
            return holder, sign
    return None
