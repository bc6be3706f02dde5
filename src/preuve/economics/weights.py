"""Weights: what a person-time at each point, and an event in each cycle, counts for in each sum.

Everything that is summed over time (discounted costs, discounted effects, what falls in each year)
is a weighted sum of the same trace, so the trace is made once and its sums are one product of
matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.reference_case.discounting import discounting, factor
from preuve.economics.specification.decision import Correction, Decision

Integers: TypeAlias = NDArray[np.intp]

COSTS, EFFECTS, COSTS_PLAIN, EFFECTS_PLAIN, FIRST_YEAR = 0, 1, 2, 3, 4
"""Rows: discounted costs, discounted effects, both undiscounted, then years 1, 2, ..."""


@dataclass(frozen=True)
class Weights:
    """Rows of sums by points of time.

    Attributes:
        points: (W, T + 1), years that a person counts for at each point.
        events: (W, T), what an event in each cycle counts for.
        start: (W,), what an event at the start counts for.
        years: how many single years have a row.
    """

    points: Floats
    events: Floats
    start: Floats
    years: int

    @property
    def rows(self) -> int:
        return len(self.start)


def weights(decision: Decision, years: int = 0) -> Weights:
    """The weights of a decision.

    Args:
        decision: cycles, discounting and correction.
        years: how many single years to tell, undiscounted.

    Raises:
        PreuveError: Simpson's rule is asked of an odd number of cycles.
    """
    length, cycles = decision.span.years, decision.cycles
    shown = min(years, int(np.ceil(cycles * length - 1e-9))) if cycles else min(years, 1)
    start = np.ones(FIRST_YEAR + shown)
    start[FIRST_YEAR + 1 :] = 0.0
    if not cycles:
        return Weights(np.zeros((len(start), 1)), np.zeros((len(start), 0)), start, shown)
    rates = discounting(decision.discounting)
    counts = _counts(decision.correction, cycles)
    year = np.floor(np.arange(cycles) * length + 1e-9).astype(int)
    at = counts.times * length
    rows = [factor(rates.costs, at), factor(rates.effects, at), np.ones_like(at), np.ones_like(at)]
    rows += [(year[counts.cycles] == one).astype(float) for one in range(shown)]
    points = np.zeros((len(rows), cycles + 1))
    for row, worth in zip(points, rows, strict=True):
        np.add.at(row, counts.points, counts.shares * worth * length)
    at = counts.event_times * length
    rows = [factor(rates.costs, at), factor(rates.effects, at), np.ones_like(at), np.ones_like(at)]
    rows += [(year == one).astype(float) for one in range(shown)]
    events = np.array([counts.event_shares * worth for worth in rows])
    return Weights(points, events, start, shown)


@dataclass(frozen=True)
class _Counts:
    """Who is counted: for each count its cycle, point of time, share and time, in cycles."""

    cycles: Integers
    points: Integers
    shares: Floats
    times: Floats
    event_shares: Floats
    event_times: Floats


def _counts(correction: Correction, cycles: int) -> _Counts:
    before = np.arange(cycles)
    every = np.ones(cycles)
    if correction == "half_cycle":
        middle = before.astype(float) + 0.5
        return _Counts(
            np.tile(before, 2),
            np.concatenate([before, before + 1]),
            np.full(2 * cycles, 0.5),
            np.tile(middle, 2),
            every,
            middle,
        )
    if correction in ("start", "end"):
        at = before + (correction == "end")
        return _Counts(before, at, every, at.astype(float), every, at.astype(float))
    point = np.arange(cycles + 1)
    shares = _quadrature(correction, cycles)
    within = np.minimum(point, cycles - 1)
    return _Counts(within, point, shares, point.astype(float), shares[1:], point[1:].astype(float))


def _quadrature(correction: Correction, cycles: int) -> Floats:
    """Weights of the points: 1/2, 1, ..., 1, 1/2; or 1/3, 4/3, 2/3, ..., 4/3, 1/3.

    They hold for events too, as in the tutorials that count this way (Alarid-Escudero et al.,
    Medical Decision Making 2023;43(1):3-20 and 21-41).
    """
    if isinstance(correction, tuple):
        return np.array(correction)
    shares = np.ones(cycles + 1)
    if correction == "trapezoid":
        shares[[0, -1]] = 0.5
        return shares
    if cycles % 2:
        raise PreuveError(
            _("Simpson's rule needs an even number of cycles, not {cycles}.").format(cycles=cycles),
            where="decision.correction",
            remedy=_("Choose half_cycle."),
        )
    shares[1:-1:2], shares[2:-1:2] = 4.0, 2.0
    return shares / 3.0
