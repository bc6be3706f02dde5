"""The kernel of a cohort: people moved from place to place, for a block of draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from preuve.core.kernel import kernel


@kernel
def move(
    trace: NDArray[np.float64],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    constant: NDArray[np.float64],
    varying: NDArray[np.float64],
    which: NDArray[np.int64],
) -> None:
    """Fill a trace cycle by cycle: x[t + 1, to] += x[t, from] p.

    One array of probabilities for each transition that is not nil; draws on the last axis.

    Args:
        trace: (T + 1, S, B), its first row filled, the others 0.
        source: (M,) place left by each transition.
        target: (M,) place reached.
        constant: (C, B) probabilities that hold for every cycle.
        varying: (V, T, B) probabilities of each cycle.
        which: (M,) row of `constant`, or -1 - row of `varying`.
    """
    cycles = trace.shape[0] - 1
    draws = trace.shape[2]
    for cycle in range(cycles):
        for one in range(source.shape[0]):
            before, after, row = source[one], target[one], which[one]
            if row >= 0:
                for draw in range(draws):
                    trace[cycle + 1, after, draw] += (
                        trace[cycle, before, draw] * constant[row, draw]
                    )
            else:
                for draw in range(draws):
                    trace[cycle + 1, after, draw] += (
                        trace[cycle, before, draw] * varying[-1 - row, cycle, draw]
                    )
