"""Random numbers by address: each draw is a hash of what it is for, never of what came before.

Two worlds that differ at one site thus draw the same numbers everywhere else (common random
numbers), and the order in which sites are visited does not matter.
"""

from __future__ import annotations

import math

import numpy as np

from preuve.core.kernel import kernel
from preuve.core.random_bits import GOLDEN, draw, mixed, root, uniform

_LARGE = 64.0

__all__ = ["chances", "draw", "mixed", "poisson", "root", "stream", "uniform"]


@kernel
def stream(start: np.uint64, purpose: int, site: int, discipline: int, day: int) -> np.uint64:
    """Where the draws of one purpose, site, discipline and day begin, from the root of a seed.

    Sites and days below 2**24, purposes and disciplines below 2**8.
    """
    place = (
        (np.uint64(purpose) << np.uint64(56))
        | (np.uint64(discipline) << np.uint64(48))
        | (np.uint64(site) << np.uint64(24))
        | np.uint64(day)
    )
    return mixed(np.uint64(start) + place * GOLDEN)


@kernel
def chances(start: np.uint64, first: int, count: int, share: float) -> int:
    """How many of `count` people are drawn, each with probability `share` (binomial)."""
    if share <= 0.0:
        return 0
    if share >= 1.0:
        return count
    drawn = 0
    for index in range(first, first + count):
        if uniform(start, index) < share:
            drawn += 1
    return drawn


@kernel
def poisson(mean: float, position: float) -> int:
    """The Poisson quantile at `position`: a larger mean never gives fewer (inversion).

    Of a large mean the values more than eight standard deviations below are left out (their
    chance is under 1e-15).
    """
    if not mean > 0.0:
        return 0
    count = 0
    chance = math.exp(-mean)
    if mean >= _LARGE:
        count = int(mean - 8.0 * math.sqrt(mean))
        chance = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1.0))
    total = chance
    while total < position:
        count += 1
        chance *= mean / count
        total += chance
        if chance < 1e-18 and count > mean:
            break
    return count
