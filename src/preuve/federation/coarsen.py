"""Coarsening: adjacent score bins merged until no run of them tells of too few people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.evaluation.grid import Grid
from preuve.evaluation.summary import Counts, Histogram

FENCE = 50
"""Bins between two fences: one unit of the logit scale of the grid."""


@dataclass(frozen=True)
class Coarsening:
    """What a run must hold.

    Attributes:
        needed: cases without and with the finding: a run holds none of a class, or that many.
        across: whether a run may lie on both sides of the operating point.
    """

    needed: tuple[int, int]
    across: bool = False


def coarsen(histogram: Histogram, grid: Grid, rule: Coarsening) -> Histogram:
    """The histogram on the finest runs, from the lowest score up, that keep the rule.

    Each run holds none or at least `needed` cases of each class. Unless `across`, the operating
    point ends a run; where one side of it has too few cases of a class, that side is one run: the
    counts at the operating point, and nothing finer, are then small. The other thresholds of the
    protocol end a run wherever the rule allows, before anything finer is told.

    A run begins and ends at a fence of the protocol (a threshold, or every `FENCE` bins) where
    one lies between its scores and its neighbour's, else halfway: never at a score for its own
    sake, so that no lowest or highest score can be read.
    """
    if max(rule.needed) <= 1 or len(histogram.starts) == 0:
        return histogram
    firsts = np.array(
        [
            low + start
            for low, high in _segments(histogram, grid, rule)
            for start in _runs(histogram.counts[:, low:high], rule.needed)
        ]
    )
    lasts = np.append(firsts[1:], len(histogram.starts)) - 1
    stops, starts = _ends(
        np.concatenate([[0], histogram.stops[lasts]]),
        np.append(histogram.starts[firsts], histogram.bins),
        _fences(grid),
    )
    counts = np.add.reduceat(histogram.counts, firsts, axis=1)
    sums = np.add.reduceat(histogram.score_sums, firsts)
    return Histogram(
        starts=starts[:-1],
        stops=stops[1:],
        counts=counts,
        score_sums=_shared(sums, counts.sum(axis=0), min(rule.needed)),
        bins=histogram.bins,
    )


def _segments(histogram: Histogram, grid: Grid, rule: Coarsening) -> Iterator[tuple[int, int]]:
    """Between which columns runs are made: the thresholds that leave enough on both sides."""
    sums = np.concatenate([np.zeros((2, 1), dtype=np.int64), histogram.counts.cumsum(axis=1)], 1)
    cuts = np.searchsorted(histogram.starts, [grid.first_bin(t) for t in grid.thresholds])
    end = len(histogram.starts)
    point = int(np.searchsorted(histogram.starts, grid.first_bin(grid.operating_point)))
    sides = [(0, end)] if rule.across else [(0, point), (point, end)]
    for low, high in sides:
        for cut in cuts.tolist():
            if not low < cut < high:
                continue
            pieces = sums[:, cut] - sums[:, low], sums[:, high] - sums[:, cut]
            if all(_enough(piece, rule.needed) for piece in pieces):
                yield low, cut
                low = cut
        if low < high:
            yield low, high


def _shared(sums: Floats, cases: Counts, needed: int) -> Floats:
    """Sums of scores, a run of too few cases sharing that of the run beside it.

    The mean of one case is its score; the mean of both runs goes to each, so the total is kept.
    """
    told = sums.copy()
    for run in np.flatnonzero(cases < needed).tolist():
        if len(cases) > 1:
            pair = [run, run - 1 if run else 1]
            told[pair] = cases[pair] * told[pair].sum() / cases[pair].sum()
    return told


def _runs(counts: Counts, needed: Sequence[int]) -> list[int]:
    """First column of each run; a remainder too small to stand alone joins the runs before it."""
    sums = np.concatenate([np.zeros((2, 1), dtype=np.int64), np.cumsum(counts, axis=1)], axis=1)
    cuts = list(_closed(sums.tolist(), needed))
    end = counts.shape[1]
    while len(cuts) > 1 and not _enough(sums[:, end] - sums[:, cuts[-1]], needed):
        cuts.pop()
    return cuts if cuts[-1] < end else cuts[:-1]


def _closed(sums: list[list[int]], needed: Sequence[int]) -> Iterator[int]:
    """0, then each place where the columns since the last make a run."""
    without, present = sums
    last = 0
    yield 0
    for place in range(1, len(without)):
        if _enough((without[place] - without[last], present[place] - present[last]), needed):
            last = place
            yield place


def _enough(cases: Sequence[int] | Counts, needed: Sequence[int]) -> bool:
    return all(n == 0 or n >= least for n, least in zip(cases, needed, strict=True))


def _fences(grid: Grid) -> NDArray[np.int64]:
    thresholds = [grid.first_bin(threshold) for threshold in grid.thresholds]
    return np.unique([*range(0, grid.bins, FENCE), grid.bins, *thresholds])


def _ends(
    lows: NDArray[np.int64], highs: NDArray[np.int64], fences: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the run before each empty gap stops, and where the run after it starts.

    Args:
        lows: (gaps,) end of the filled bins before the gap.
        highs: (gaps,) start of the filled bins after it.
        fences: increasing.
    """
    first = np.searchsorted(fences, lows)
    last = np.searchsorted(fences, highs, side="right") - 1
    held, halfway = first <= last, (lows + highs) // 2
    stops = np.where(held, fences[np.minimum(first, len(fences) - 1)], halfway)
    return stops, np.where(held, fences[last], halfway)
