"""The kernel of continuous time: exponentials of intensities by uniformisation, draw by draw.

With L at least the largest rate of leaving, P = I + Q / L is a matrix of probabilities and

    x exp(Q t) = sum over n of Poisson(n; L t) x P^n
    integral of x exp(Q u) exp(-f u) du from 0 to t
        = sum over n of x P^n (L / (L + f))^n / (L + f) Pr(Poisson((L + f) t) > n)

Every term is positive, so nothing cancels. The first sum is uniformisation, also called Jensen's
method; the second follows from it, the integral of a Poisson probability over time being a tail
of another.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from preuve.core.kernel import kernel

_LEAST = 0.1
_MOST = 30.0
"""Expected jumps in a step: no fewer (then every tail is accurate) and no more (no underflow)."""
_NIL = 1e-18


@kernel
def flow(
    trace: NDArray[np.float64],
    years: NDArray[np.float64],
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    rates: NDArray[np.float64],
    begins: NDArray[np.int64],
    steps: NDArray[np.int64],
    cycles: NDArray[np.int64],
    lengths: NDArray[np.float64],
    forces: NDArray[np.float64],
    factors: NDArray[np.float64],
    work: NDArray[np.float64],
    now: NDArray[np.float64],
    counted: NDArray[np.float64],
) -> None:
    """Fill the shares at each point and the years spent in each cycle.

    Args:
        trace: (T + 1, S, B), its first row filled, the others 0.
        years: (R, T, S, B), all 0.
        source: (M,) state that each transition leaves.
        target: (M,) state reached.
        rates: (…, B) rates per year, one row or T rows for each transition.
        begins: (M,) first row of each transition.
        steps: (M,) 1 where it has a row a cycle.
        cycles: (N,) cycle of each piece of time.
        lengths: (N,) years.
        forces: (N, R) continuous rates of discounting of each piece.
        factors: (N, R) discount factors at its start.
        work: (3, S), overwritten.
        now: (M,), overwritten.
        counted: (3, R), overwritten.
    """
    states, draws = trace.shape[1], trace.shape[2]
    for draw in range(draws):
        for state in range(states):
            work[0, state] = trace[0, state, draw]
        for piece in range(cycles.shape[0]):
            cycle = cycles[piece]
            for state in range(states):
                work[1, state] = 0.0
            for move in range(source.shape[0]):
                now[move] = rates[begins[move] + steps[move] * cycle, draw]
                work[1, source[move]] += now[move]
            fastest = _LEAST / lengths[piece]
            for state in range(states):
                fastest = max(fastest, work[1, state])
            parts = math.ceil(fastest * lengths[piece] / _MOST)
            length = lengths[piece] / parts
            for part in range(parts):
                _step(
                    years, cycle, draw, source, target, now, work,
                    fastest, length, forces[piece], factors[piece], part * length, counted,
                )  # fmt: skip
            for state in range(states):
                trace[cycle + 1, state, draw] = work[0, state]


@kernel
def _step(
    years: NDArray[np.float64],
    cycle: int,
    draw: int,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    now: NDArray[np.float64],
    work: NDArray[np.float64],
    fastest: float,
    length: float,
    forces: NDArray[np.float64],
    factors: NDArray[np.float64],
    since: float,
    counted: NDArray[np.float64],
) -> None:
    """Move work[0] over one step and add the years spent under each rule of discounting."""
    states = work.shape[1]
    jump = math.exp(-fastest * length)
    longest = fastest
    for rule in range(forces.shape[0]):
        total = fastest + forces[rule]
        longest = max(longest, total)
        counted[0, rule] = math.exp(-total * length)
        counted[1, rule] = -math.expm1(-total * length)
        counted[2, rule] = factors[rule] * math.exp(-forces[rule] * since) / total
    for state in range(states):
        work[1, state] = work[0, state]
        work[0, state] = 0.0
    jumps = 0
    least = jump
    while least > _NIL or jumps < longest * length:
        for state in range(states):
            work[0, state] += jump * work[1, state]
            work[2, state] = work[1, state]
        for rule in range(forces.shape[0]):
            worth = counted[2, rule] * max(counted[1, rule], 0.0)
            for state in range(states):
                years[rule, cycle, state, draw] += worth * work[1, state]
        for move in range(source.shape[0]):
            moved = work[1, source[move]] * now[move] / fastest
            work[2, source[move]] -= moved
            work[2, target[move]] += moved
        for state in range(states):
            work[1, state] = work[2, state]
        jumps += 1
        jump *= fastest * length / jumps
        least = jump
        for rule in range(forces.shape[0]):
            total = fastest + forces[rule]
            counted[0, rule] *= total * length / jumps
            counted[1, rule] -= counted[0, rule]
            counted[2, rule] *= fastest / total
            least = max(least, counted[0, rule])
