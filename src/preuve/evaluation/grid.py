"""Grid: the fixed score bins of a protocol, fine enough that a histogram ranks like the scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.distribution import Floats
from preuve.core.usecase import Finding, UseCase

_LOGIT_REACH = 12.0
_LOGIT_STEP = 0.02


@dataclass(frozen=True, eq=False)
class Grid:
    """Bins of [0, 1], half-open on the right; a score equal to an edge falls in the upper bin.

    Edges are even on the logit scale (step 0.02 between -12 and 12), so that the scores of rare
    findings are told apart as well as the others; each threshold of the protocol is an edge too
    (in place of an even one that is nearly the same), hence counts at a threshold are exact.

    Attributes:
        edges: (bins - 1,) inner edges, increasing.
        thresholds: the protocol's thresholds, increasing.
        operating_point: the threshold at which the system is used.
    """

    edges: Floats
    thresholds: tuple[float, ...]
    operating_point: float

    @classmethod
    def of(cls, usecase: UseCase, finding: Finding) -> Grid:
        """The grid of one finding of a protocol."""
        return cls.at(usecase.thresholds_of(finding), usecase.operating_point_of(finding))

    @staticmethod
    @lru_cache(maxsize=256)
    def at(thresholds: tuple[float, ...], operating_point: float) -> Grid:
        reach = round(_LOGIT_REACH / _LOGIT_STEP)
        even = np.arange(-reach, reach + 1) * _LOGIT_STEP
        apart = np.abs(even[:, None] - special.logit(thresholds)).min(axis=1)
        edges = np.union1d(special.expit(even[apart > _LOGIT_STEP / 4]), thresholds)
        return Grid(edges, thresholds, operating_point)

    @property
    def bins(self) -> int:
        return len(self.edges) + 1

    def bin_of(self, scores: Floats) -> NDArray[np.int64]:
        """(n,) scores -> (n,) index of the bin of each."""
        return np.searchsorted(self.edges, scores, side="right")

    def first_bin(self, threshold: float) -> int:
        """The lowest bin whose scores are all at or above the threshold (an edge)."""
        return int(np.searchsorted(self.edges, threshold, side="left")) + 1
