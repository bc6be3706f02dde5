"""Exponential draws by the ziggurat: nearly always one product and one comparison, no logarithm.

The area under exp(-x) is cut in 256 layers of equal area. A point drawn in a layer is accepted at
once where the layer lies wholly under the curve. Exact. Source: Marsaglia and Tsang, The ziggurat
method for generating random variables, Journal of Statistical Software 5 (8), 2000.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from preuve.core.kernel import kernel
from preuve.twin.flow.random_stream import draw, uniform

_LAYERS = 256


def _edges(last: float) -> npt.NDArray[np.float64]:
    """Right edges of the layers, the tail beyond `last` counted with the first; then what is left.

    With the right `last` the final edge is 0.
    """
    area = (last + 1.0) * math.exp(-last)
    edges = np.zeros(_LAYERS + 1)
    edges[0], edges[1] = area * math.exp(last), last
    for layer in range(2, _LAYERS + 1):
        height = area / edges[layer - 1] + math.exp(-edges[layer - 1])
        if height >= 1.0:
            return edges
        edges[layer] = -math.log(height)
    return edges


def _table() -> npt.NDArray[np.float64]:
    low, high = 7.0, 8.0
    for _halving in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _edges(middle)[-1] == 0.0 else (low, middle)
    edges = _edges(high)
    edges[-1] = 0.0
    return edges


_EDGES = _table()
_HEIGHTS = np.exp(-_EDGES)


@kernel
def exponential(start: np.uint64, index: int) -> float:
    """An exponential number of mean 1: number `index` of a stream."""
    bits = draw(start, index)
    attempt = 0
    while True:
        layer = np.int64(bits & np.uint64(255))
        value = np.int64(bits >> np.uint64(11)) * 2.0**-53 * _EDGES[layer]
        if value < _EDGES[layer + 1]:
            return float(value)
        chance = uniform(bits, attempt)
        if layer == 0:
            return float(_EDGES[1] - math.log(chance))
        height = _HEIGHTS[layer] + chance * (_HEIGHTS[layer + 1] - _HEIGHTS[layer])
        if height < math.exp(-value):
            return float(value)
        attempt += 1
        bits = draw(bits, attempt)
