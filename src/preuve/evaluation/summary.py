"""Summary: what is left of scored cases when the cases are gone; a commutative monoid.

`Summary.of(part) + Summary.of(other part) = Summary.of(whole)` for parts that share no person, so
a metric that is a function of a summary is the same however the cases are split between hospitals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

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
        lean: how much the events of a run lean to its upper end, see `leaning`; 0 for not at all.
    """

    starts: Counts
    stops: Counts
    counts: Counts
    score_sums: Floats
    bins: int
    lean: float = 0.0

    def spread(self) -> Floats:
        """(2, bins) counts on the grid, those of a run of several bins spread over its bins."""
        widths = self.stops - self.starts
        first = np.cumsum(widths) - widths
        offset = np.arange(widths.sum()) - np.repeat(first, widths)
        wide = np.repeat(widths, widths)
        power = 1 + abs(self.lean)
        rising = ((offset + 1) / wide) ** power - (offset / wide) ** power
        falling = (1 - offset / wide) ** power - (1 - (offset + 1) / wide) ** power
        shares = [falling, rising] if self.lean >= 0 else [rising, falling]
        fine = np.zeros((2, self.bins))
        place = np.repeat(self.starts, widths) + offset
        fine[:, place] = np.repeat(self.counts, widths, axis=1) * np.stack(shares)
        return fine

    def leaning(self, area: float) -> Histogram:
        """The same histogram, spread so that its area under the ROC curve is about `area`.

        Inside each run, at relative place u, events have the distribution function u^c and
        non-events 1 - (1 - u)^c, c = 1 + lean: an event then lies above a non-event of its run
        with probability 1 - 1 / binomial(2c, c), so c follows from the exact area of a site. What
        a run of w bins cannot tell apart leaves an error of the order of 1 / w.
        """
        n0, n1 = (float(n) for n in self.counts.sum(axis=1))
        together = float(self.counts[0] @ self.counts[1])
        if together == 0 or np.all(self.stops - self.starts == 1):
            return self
        below = np.cumsum(self.counts[0]) - self.counts[0] / 2
        even = float(self.counts[1] @ below) / (n0 * n1)
        inside = np.clip(0.5 + (area - even) * n0 * n1 / together, 1e-6, 1 - 1e-6)
        lean = _power(float(max(inside, 1 - inside))) - 1
        return replace(self, lean=lean if inside >= 0.5 else -lean)

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


def _power(inside: float) -> float:
    """The c >= 1 for which 1 - 1 / binomial(2c, c) is `inside`, between 1/2 and 1."""
    target = -np.log1p(-inside)

    def excess(c: float) -> float:
        return float(special.gammaln(2 * c + 1) - 2 * special.gammaln(c + 1) - target)

    return float(optimize.brentq(excess, 1.0, 40.0)) if excess(1.0) < 0 else 1.0


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
