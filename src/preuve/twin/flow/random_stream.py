"""Random numbers by address: each draw is a hash of what it is for, never of what came before.

Two worlds that differ at one site thus draw the same numbers everywhere else (common random
numbers), and the order in which sites are visited does not matter.
"""

from __future__ import annotations

import math

import numpy as np

from preuve.core.kernel import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LARGE = 64.0


@kernel
def mixed(bits: np.uint64) -> np.uint64:
    """Bits that look unrelated to those given: the output function of SplitMix64.

    Source: Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
    """
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


@kernel
def root(seed: int) -> np.uint64:
    """Where every stream of a seed begins."""
    return mixed(np.uint64(seed) + _GOLDEN)


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
    return mixed(np.uint64(start) + place * _GOLDEN)


@kernel
def draw(start: np.uint64, index: int) -> np.uint64:
    """64 random bits: number `index` of a stream."""
    return mixed(np.uint64(start) + (np.uint64(index) + np.uint64(1)) * _GOLDEN)


@kernel
def uniform(start: np.uint64, index: int) -> float:
    """A number strictly between 0 and 1, of 53 random bits."""
    return (float(draw(start, index) >> np.uint64(11)) + 0.5) * 2.0**-53


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
