"""Complement: further rows to mask, so that no subtraction gives back a masked one.

Published rows are tied by sums: a whole is the sum of its parts. Who knows every sum and every
shown row must not be able to work out a masked one. Two rules hold it:

1. local: in each sum, masked parts are none, or two and more that hold together at least the
   smallest publishable number (else their total, by subtraction, tells of too few people);
2. global: no masked small row is determined by all sums together. A row is determined when its
   unit vector lies in the row space of the matrix of sums, that is when every vector of the null
   space is zero there; one random vector, projected on the null space by least squares, shows it
   for all rows at once (with probability one).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

KNOWN = -1
"""The whole of a sum that is in no row and is taken as known to everybody."""

_NIL = 1e-7
_ROUNDS = 200


@dataclass(frozen=True)
class Sum:
    """A whole and its parts, by row number; the whole may be `KNOWN`."""

    whole: int
    parts: Integers


@dataclass(frozen=True)
class Balance:
    """Rows of which one can be worked out from the others (a flow in and out); no whole."""

    rows: Integers


def complement(
    values: Floats, small: Flags, sums: Sequence[Sum], balances: Sequence[Balance], smallest: float
) -> Flags:
    """The rows to mask: the small ones and those that keep them from being worked out.

    Args:
        values: what the rows count, a column for each world, shape (N, W); none below zero.
        small: the rows that must be masked, shape (N,).
        sums: the sums that tie the rows.
        balances: rows tied otherwise; of each, none or at least two are masked.
        smallest: masked parts of a known whole hold at least this, in every world.

    Returns:
        The rows to mask, shape (N,).
    """
    work = _Work(values, small.copy(), sums, balances, smallest)
    work.settle(range(len(sums) + len(balances)))
    for _round in range(_ROUNDS):
        found = determined(work.masked, sums, balances) & small
        if not found.any():
            return work.masked
        if not work.widen(np.flatnonzero(found)):
            break
    return work.masked


def determined(masked: Flags, sums: Sequence[Sum], balances: Sequence[Balance] = ()) -> Flags:
    """The masked rows that all sums together, and the shown rows, give back exactly.

    Args:
        masked: shape (N,).
        sums: the sums that tie the rows.
        balances: taken as sums with an unknown sign for none: rows in, rows out.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsmr

    place = np.cumsum(masked) - 1
    rows, columns, signs = [], [], []
    for number, members, coefficients in _equations(sums, balances):
        kept = masked[members]
        rows.append(np.full(int(kept.sum()), number))
        columns.append(place[members[kept]])
        signs.append(coefficients[kept])
    result = np.zeros(len(masked), dtype=bool)
    if not masked.any() or not rows:
        return result
    matrix = csr_array(
        (np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(sums) + len(balances), int(masked.sum())),
    )
    held = np.diff(matrix.indptr) > 0
    matrix = matrix[np.flatnonzero(held)]
    if not matrix.shape[0]:
        return result
    drawn = np.random.Generator(np.random.Philox(11)).normal(size=matrix.shape[1])
    seen = lsmr(matrix, matrix @ drawn, atol=1e-13, btol=1e-13, conlim=0, maxiter=20_000)[0]
    result[np.flatnonzero(masked)] = np.abs(drawn - seen) < _NIL
    return result


def _equations(
    sums: Sequence[Sum], balances: Sequence[Balance]
) -> Sequence[tuple[int, Integers, Floats]]:
    equations = []
    for number, one in enumerate(sums):
        whole = [] if one.whole == KNOWN else [one.whole]
        members = np.concatenate([one.parts, np.array(whole, dtype=np.int64)])
        signs = np.ones(len(members))
        signs[len(one.parts) :] = -1
        equations.append((number, members, signs))
    for number, balance in enumerate(balances):
        equations.append((len(sums) + number, balance.rows, np.ones(len(balance.rows))))
    return equations


class _Work:
    """Masked rows under construction, and the ties to look at again when one is added."""

    def __init__(
        self,
        values: Floats,
        masked: Flags,
        sums: Sequence[Sum],
        balances: Sequence[Balance],
        smallest: float,
    ) -> None:
        self.values, self.masked, self.smallest = values, masked, smallest
        self.size = values.max(axis=1) if len(values) else np.empty(0)
        self.ties: list[Sum | Balance] = [*sums, *balances]
        self.of: dict[int, list[int]] = {}
        for number, tie in enumerate(self.ties):
            for row in _members(tie):
                self.of.setdefault(int(row), []).append(number)

    def settle(self, ties: Sequence[int] | range) -> None:
        """Mask more rows until every tie keeps the local rule."""
        waiting = deque(ties)
        while waiting:
            number = waiting.popleft()
            while not self._kept(self.ties[number]):
                row = self._next(self.ties[number])
                if row is None:
                    break
                self.masked[row] = True
                waiting.extend(other for other in self.of[row] if other != number)

    def widen(self, rows: Integers) -> bool:
        """Mask one more row beside each of these; False where none is left to mask."""
        added = False
        for row in rows.tolist():
            for number in self.of.get(row, ()):
                more = self._next(self.ties[number])
                if more is None:
                    continue
                self.masked[more] = added = True
                self.settle(self.of[more])
                break
        return added

    def _kept(self, tie: Sum | Balance) -> bool:
        if isinstance(tie, Balance):
            return int(self.masked[tie.rows].sum()) != 1
        hidden = tie.parts[self.masked[tie.parts]]
        if tie.whole != KNOWN and self.masked[tie.whole]:
            return len(hidden) > 0 or not (self.size[tie.parts] > 0).any()
        if not len(hidden):
            return True
        together = self.values[hidden].sum(axis=0)
        return len(hidden) > 1 and bool((together[together > 0] >= self.smallest).all())

    def _next(self, tie: Sum | Balance) -> int | None:
        """The smallest shown part, then the whole; rows without anybody protect nobody."""
        rows = tie.rows if isinstance(tie, Balance) else tie.parts
        shown = rows[~self.masked[rows] & (self.size[rows] > 0)]
        if len(shown):
            return int(shown[np.lexsort((shown, self.size[shown]))[0]])
        if isinstance(tie, Sum) and tie.whole != KNOWN and not self.masked[tie.whole]:
            return tie.whole
        return None


def _members(tie: Sum | Balance) -> Integers:
    if isinstance(tie, Balance):
        return tie.rows
    return tie.parts if tie.whole == KNOWN else np.append(tie.parts, tie.whole)
