"""Traits: what differs from one individual to another, drawn once for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.distribution import Floats, Uniform
from preuve.economics.uncertainty.families import distribution

POINTS = 8193
REACH = 36.0
"""Quantiles are kept at even steps of log(u / (1 - u)) between these bounds, so that the tails
are as fine as the middle: beyond lie two individuals in 10**16."""


@dataclass(frozen=True)
class Traits:
    """Quantiles of each trait.

    A uniform is exact; any other distribution is read between the points of a table by a
    straight line (measured: off by under 1e-5 of a standard deviation for a normal, a gamma of
    shape 1 or more, a beta, and a lognormal of sigma 0.5).

    Attributes:
        names: in order.
        quantiles: (N, POINTS); its first two hold the bounds of a uniform.
        exact: (N,) whether it is a uniform.
    """

    names: tuple[str, ...]
    quantiles: Floats
    exact: NDArray[np.bool_]

    @classmethod
    def of(cls, written: Mapping[str, str]) -> Traits:
        """The traits as they are written."""
        at = special.expit(np.linspace(-REACH, REACH, POINTS))
        quantiles = np.zeros((len(written), POINTS))
        exact = np.zeros(len(written), dtype=bool)
        for place, text in enumerate(written.values()):
            found, _mean = distribution(text)
            if isinstance(found, Uniform):
                exact[place] = True
                quantiles[place, :2] = found.low, found.high
            else:
                quantiles[place] = found.quantile(at)
        return cls(tuple(written), quantiles, exact)
