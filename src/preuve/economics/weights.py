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
        late: the part of `points` that belongs to the cycle that ends there: a rate that varies is
            then the one of that cycle, read at its start.
        events: (W, T), what an event in each cycle counts for.
        start: (W,), what an event at the start counts for.
        years: how many single years have a row.
    """

    points: Floats
    late: Floats
    events: Floats
    start: Floats
    years: int

    @property
    def rows(self) -> int:
        return len(self.start)

    def summed(self, people: Floats, rate: Floats) -> Floats:
        """A rate that varies over the cycles, summed over the people at each point, (W, B).

        Args:
            people: (T + 1, B).
            rate: (T + 1, B) or (T + 1, 1), a year.
        """
        early: Floats = (self.points - self.late) @ (people * rate)
        if not self.late.any():
            return early
        after: Floats = self.late[:, 1:] @ (people[1:] * rate[:-1])
        return early + after


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
        nothing = np.zeros((len(start), 1))
        return Weights(nothing, nothing, nothing[:, :0], start, shown)
    rates = discounting(decision.discounting)
    counts = _counts(decision.correction, cycles)
    year = np.floor(np.arange(cycles) * length + 1e-9).astype(int)
    at = counts.times * length
    rows = [factor(rates.costs, at), factor(rates.effects, at), np.ones_like(at), np.ones_like(at)]
    rows += [(year[counts.cycles] == one).astype(float) for one in range(shown)]
    points = np.zeros((len(rows), cycles + 1))
    late = np.zeros_like(points)
    ends = counts.late
    for row, later, worth in zip(points, late, rows, strict=True):
        np.add.at(row, counts.points, counts.shares * worth * length)
        np.add.at(later, counts.points[ends], (counts.shares * worth * length)[ends])
    at = counts.event_times * length
    rows = [factor(rates.costs, at), factor(rates.effects, at), np.ones_like(at), np.ones_like(at)]
    rows += [(year == one).astype(float) for one in range(shown)]
    events = np.array([counts.event_shares * worth for worth in rows])
    return Weights(points, late, events, start, shown)


@dataclass(frozen=True)
class _Counts:
    """Who is counted: for each count its cycle, point of time, share and time, in cycles.

    `late` tells the counts that are taken at the end of the cycle they belong to.
    """

    cycles: Integers
    points: Integers
    shares: Floats
    times: Floats
    event_shares: Floats
    event_times: Floats
    late: NDArray[np.bool_]


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
            np.repeat([False, True], cycles),
        )
    if correction in ("start", "end"):
        ends = correction == "end"
        at = before + ends
        times = at.astype(float)
        return _Counts(before, at, every, times, every, times, np.full(cycles, ends))
    point = np.arange(cycles + 1)
    shares = _quadrature(correction, cycles)
    within, times = np.minimum(point, cycles - 1), point.astype(float)
    never = np.zeros(cycles + 1, dtype=bool)
    return _Counts(within, point, shares, times, shares[1:], times[1:], never)


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
