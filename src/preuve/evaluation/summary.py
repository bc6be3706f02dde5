"""Summary: what is left of scored cases when the cases are gone; a commutative monoid.

`Summary.of(part) + Summary.of(other part) = Summary.of(whole)` for parts that share no person, so
a metric that is a function of a summary is the same however the cases are split between hospitals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.evaluation.grid import Grid

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Histogram:
    """Joint histogram of score bin and reference, on runs of consecutive grid bins.

    Attributes:
        starts, stops: (m,) each run covers the grid bins start <= b < stop; runs are disjoint and
            increasing, and a bin outside every run is empty.
        counts: (2, m) cases without (row 0) and with (row 1) the finding.
        score_sums: (m,) sum of the scores of both classes.
        bins: number of bins of the grid.
        tilt: in [-1, 1], how much the events of a run lean to its upper end, see `tilted`.
    """

    starts: Counts
    stops: Counts
    counts: Counts
    score_sums: Floats
    bins: int
    tilt: float = 0.0

    def spread(self) -> Floats:
        """(2, bins) counts on the grid, those of a run of several bins spread over its bins."""
        widths = self.stops - self.starts
        fine = np.zeros((2, self.bins))
        offset = np.arange(widths.sum()) - np.repeat(np.cumsum(widths) - widths, widths)
        lean = self.tilt * ((2 * offset + 1) / np.repeat(widths, widths) - 1)
        even = np.repeat(self.counts / widths, widths, axis=1)
        fine[:, np.repeat(self.starts, widths) + offset] = even * np.stack([1 - lean, 1 + lean])
        return fine

    def tilted(self, area: float) -> Histogram:
        """The same histogram, spread so that its area under the ROC curve is `area`, if it can.

        Inside each run, at relative place u, the density of events is 1 + tilt (2u - 1) and that
        of non-events 1 - tilt (2u - 1); an event then lies above a non-event of its run with
        probability 1/2 + tilt / 3, so the tilt that gives the exact area of the site is known.
        """
        n0, n1 = (float(n) for n in self.counts.sum(axis=1))
        if n0 == 0 or n1 == 0:
            return self
        below = np.cumsum(self.counts[0]) - self.counts[0] / 2
        even = float(self.counts[1] @ below) / (n0 * n1)
        # What a run of w bins can tell apart: a tilted pair falls in one bin 1 time in w.
        widths = self.stops - self.starts
        wide = self.counts[0] * self.counts[1] * (1 - 1 / widths.astype(float) ** 2)
        together = float(wide.sum()) / (n0 * n1)
        if together < 1e-9:
            return self
        return replace(self, tilt=float(np.clip(3 * (area - even) / together, -1, 1)))

    def at_ends(self) -> tuple[Floats, Floats]:
        """(2, bins) counts with every run put in its lowest bin, and in its highest bin."""
        low, high = np.zeros((2, self.bins)), np.zeros((2, self.bins))
        low[:, self.starts] = self.counts
        high[:, self.stops - 1] = self.counts
        return low, high

    def has_edge(self, first_bin: int) -> bool:
        """Whether no run mixes bins below and from `first_bin` on."""
        return not bool(np.any((self.starts < first_bin) & (self.stops > first_bin)))


@dataclass(frozen=True, eq=False)
class Summary:
    """Scored cases of one finding in one group, reduced to sums.

    Attributes:
        counts: (2, bins) cases without and with the finding, by score bin.
        score_sums: (bins,) sum of the scores, by bin.
        people: (2,) distinct persons with at least one case without, with the finding.
        decisions: (thresholds, 4, 4) sum over persons of v vᵀ, v = that person's cases read as
            true positive, false positive, false negative, true negative.
        moments: (4, 4) sum over persons of u uᵀ, u = sums over that person's cases of
            1, y, p and (p - y)².
        sums: (4,) sum over persons of u.
    """

    counts: Counts
    score_sums: Floats
    people: Counts
    decisions: Floats
    moments: Floats
    sums: Floats

    @classmethod
    def zero(cls, grid: Grid) -> Summary:
        return cls(
            counts=np.zeros((2, grid.bins), dtype=np.int64),
            score_sums=np.zeros(grid.bins),
            people=np.zeros(2, dtype=np.int64),
            decisions=np.zeros((len(grid.thresholds), 4, 4)),
            moments=np.zeros((4, 4)),
            sums=np.zeros(4),
        )

    @classmethod
    def of(
        cls,
        scores: Floats,
        reference: NDArray[np.int8],
        persons: NDArray[np.int64] | None,
        grid: Grid,
        bins: NDArray[np.int64] | None = None,
    ) -> Summary:
        """Summarise cases.

        Args:
            scores: (n,) in [0, 1].
            reference: (n,) 0 or 1.
            persons: (n,) integer code of the person, or None where no person has two cases.
            grid: the protocol's bins.
            bins: (n,) `grid.bin_of(scores)` where already known.
        """
        bins = grid.bin_of(scores) if bins is None else bins
        joint = bins + grid.bins * reference.astype(np.int64)
        counts = np.bincount(joint, minlength=2 * grid.bins).reshape(2, grid.bins)
        rows = np.column_stack(
            [np.ones(len(scores)), reference, scores, np.square(scores - reference)]
        )
        each = rows if persons is None else _by_person(rows, persons)
        return cls(
            counts=counts,
            score_sums=np.asarray(
                np.bincount(bins, weights=scores, minlength=grid.bins), dtype=float
            ),
            people=_people(counts, reference, persons),
            decisions=_decisions(counts, bins, reference, persons, grid),
            moments=each.T @ each,
            sums=rows.sum(axis=0),
        )

    def __add__(self, other: Summary) -> Summary:
        if self.counts.shape != other.counts.shape:
            raise PreuveError(_("Two summaries of different protocols cannot be added."))
        return Summary(
            self.counts + other.counts,
            self.score_sums + other.score_sums,
            self.people + other.people,
            self.decisions + other.decisions,
            self.moments + other.moments,
            self.sums + other.sums,
        )

    @property
    def histogram(self) -> Histogram:
        """The histogram at full resolution, without its empty bins."""
        (filled,) = np.nonzero(self.counts.sum(axis=0))
        return Histogram(
            filled,
            filled + 1,
            self.counts[:, filled],
            self.score_sums[filled],
            self.counts.shape[1],
        )


def confusion(histogram: Histogram, first_bin: int) -> Counts:
    """(4,) cases read as true positive, false positive, false negative, true negative."""
    positive = histogram.starts >= first_bin
    above = histogram.counts[:, positive].sum(axis=1)
    below = histogram.counts[:, ~positive].sum(axis=1)
    return np.array([above[1], above[0], below[1], below[0]])


def _people(
    counts: Counts, reference: NDArray[np.int8], persons: NDArray[np.int64] | None
) -> Counts:
    if persons is None:
        return np.asarray(counts.sum(axis=1))
    return np.array([len(np.unique(persons[reference == label])) for label in (0, 1)])


def _by_person(rows: Floats, persons: NDArray[np.int64]) -> Floats:
    """(n, columns) -> (persons, columns): sums over the rows of each person."""
    codes = np.unique(persons, return_inverse=True)[1]
    size = int(codes.max(initial=-1)) + 1
    return np.column_stack([np.bincount(codes, weights=c, minlength=size) for c in rows.T])


def _decisions(
    counts: Counts,
    bins: NDArray[np.int64],
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None,
    grid: Grid,
) -> Floats:
    above = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    firsts = [grid.first_bin(threshold) for threshold in grid.thresholds]
    if persons is None:
        total = counts.sum(axis=1)
        table = [
            np.array([above[1, b], above[0, b], total[1] - above[1, b], total[0] - above[0, b]])
            for b in firsts
        ]
        return np.array([np.diag(row.astype(float)) for row in table])
    products = []
    for first in firsts:
        positive, event = bins >= first, reference == 1
        cells = [positive & event, positive & ~event, ~positive & event, ~positive & ~event]
        each = _by_person(np.column_stack(cells).astype(float), persons)
        products.append(each.T @ each)
    return np.array(products)


def histogram_record(histogram: Histogram) -> list[list[Any]]:
    """Rows of start, stop, cases without, cases with, sum of scores."""
    return [
        [int(a), int(b), int(n0), int(n1), float(s)]
        for a, b, n0, n1, s in zip(
            histogram.starts,
            histogram.stops,
            *histogram.counts,
            histogram.score_sums,
            strict=True,
        )
    ]


def histogram_from_record(rows: list[list[Any]], bins: int) -> Histogram:
    """The histogram that wrote these rows.

    Raises:
        PreuveError: the runs overlap, leave the grid, or a count is negative.
    """
    table = np.array(rows, dtype=float).reshape(len(rows), 5)
    starts, stops = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    counts = table[:, 2:4].T.astype(np.int64)
    ordered = np.all(starts < stops) and np.all(stops[:-1] <= starts[1:])
    inside = len(rows) == 0 or (starts[0] >= 0 and stops[-1] <= bins)
    if not (ordered and inside and np.all(counts >= 0)):
        raise PreuveError(_("The histogram of a summary is malformed."))
    return Histogram(starts, stops, counts, table[:, 4], bins)
