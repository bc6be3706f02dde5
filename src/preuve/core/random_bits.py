"""Random numbers by address: each is a hash of what it is for, never of what came before.

Two worlds that differ in one place thus draw the same numbers everywhere else (common random
numbers), and neither the order of the draws nor the number of threads changes any of them.
"""

from __future__ import annotations

import numpy as np

from preuve.core.kernel import kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


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
    return mixed(np.uint64(seed) + GOLDEN)


@kernel
def draw(start: np.uint64, index: int) -> np.uint64:
    """64 random bits: number `index` of a stream; they may begin a stream of their own."""
    return mixed(np.uint64(start) + (np.uint64(index) + np.uint64(1)) * GOLDEN)


@kernel
def uniform(start: np.uint64, index: int) -> float:
    """A number strictly between 0 and 1, of 53 random bits."""
    return (float(draw(start, index) >> np.uint64(11)) + 0.5) * 2.0**-53
