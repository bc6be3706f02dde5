"""Complement: further rows to mask, so that no subtraction gives back a masked one.

Published rows are tied by sums: a whole is the sum of its parts. Who knows every sum and every
shown row must not be able to work out a masked one. Two rules hold it:

1. local: in each sum, masked parts are none, or two and more that hold together at least the
   smallest publishable number (else their total, by subtraction, tells of too few people);
2. global: no masked small row is determined by all sums together. A row is determined when its
   unit vector lies in the row space of the matrix of sums, that is when every vector of the null
   space is zero there. Equations with a row of their own are set aside first, and what they leave
   known is read off at the end (Gaussian elimination without fill-in); on the core that remains,
   one random vector, projected on the null space by least squares, shows it for all rows at once
   (with probability one).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

KNOWN = -1
"""The whole of a sum that is in no row and is taken as known to everybody."""

_NIL = 1e-7


@dataclass(frozen=True)
class Sum:
    """A whole and its parts, by row number; the whole may be `KNOWN`."""

    whole: int
    parts: Integers


@dataclass(frozen=True)
class Balance:
    """Rows of which one can be worked out from the others (a flow in and out); no whole.

    They come in the order in which they are rather shown: the last is masked first.
    """

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
        The rows to mask, shape (N,). A small row that is known even where every row is masked
        (nobody else is counted under a known whole) has no one to hide among.
    """
    ties: list[Sum | Balance] = [*sums, *balances]
    entries = _Entries.of(ties)
    work = _Work(values, small.copy(), ties, entries, smallest)
    work.settle(work.broken())
    found = small & _determined(work.masked, entries)
    if found.any():
        found &= ~_determined(work.masked | (work.size > 0), entries, found)
    for more in count(1):
        if not found.any() or not work.widen(np.flatnonzero(found), more):
            break
        found &= _determined(work.masked, entries, found)
    return work.masked


def determined(masked: Flags, sums: Sequence[Sum], balances: Sequence[Balance] = ()) -> Flags:
    """The masked rows that all sums together, and the shown rows, give back exactly.

    Args:
        masked: shape (N,).
        sums: the sums that tie the rows.
        balances: taken as sums with an unknown sign for none: rows in, rows out.
    """
    return _determined(masked, _Entries.of([*sums, *balances]))


@dataclass(frozen=True)
class _Entries:
    """The matrix of ties, entry by entry.

    Attributes:
        tie: number of the tie, in order. row: number of the row. sign: -1 for a whole, else 1.
        count: ties. balance: ties that are balances, shape (T,). whole: of each tie, or `KNOWN`.
    """

    tie: Integers
    row: Integers
    sign: Floats
    count: int
    balance: Flags
    whole: Integers

    @classmethod
    def of(cls, ties: Sequence[Sum | Balance]) -> Self:
        members = [_members(tie) for tie in ties]
        lengths = np.array([len(one) for one in members], dtype=np.int64)
        balance = np.array([isinstance(tie, Balance) for tie in ties], dtype=bool)
        whole = np.array([tie.whole if isinstance(tie, Sum) else KNOWN for tie in ties], np.int64)
        tie = np.repeat(np.arange(len(ties)), lengths)
        row = np.concatenate([np.empty(0, np.int64), *members])
        sign = np.where(row == whole[tie], -1.0, 1.0)
        return cls(tie, row, sign, len(ties), balance, whole)

    def by_row(self, rows: int) -> tuple[Integers, Integers]:
        """Ties sorted by row, and where those of each row start, shape (rows + 1,)."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.row, minlength=rows))])
        return self.tie[np.argsort(self.row, kind="stable")], starts


def _determined(masked: Flags, entries: _Entries, asked: Flags | None = None) -> Flags:
    """The rows that the ties give back; where some rows only are asked about, those tied to them.

    To mask one more row never gives back another: after a first look at every row, those found
    are the only ones to look at again.
    """
    within = masked[entries.row]
    if asked is not None:
        within &= _tied(entries.tie, entries.row, within, asked)
    tie, row, sign = entries.tie[within], entries.row[within], entries.sign[within]
    known = np.zeros(len(masked), dtype=bool)
    core = np.ones(len(tie), dtype=bool)
    layers = list(_peel(tie, row, core, known))
    if core.any():
        found, column = np.unique(row[core], return_inverse=True)
        _used, equation = np.unique(tie[core], return_inverse=True)
        known[found] = _solved(equation, column, sign[core])
    for equations, own in reversed(layers):
        known[own] = True
        unknown = np.bincount(tie, ~known[row], entries.count)
        known[own] = unknown[equations] == 0
    return known


def _peel(
    tie: Integers, row: Integers, core: Flags, known: Flags
) -> Iterator[tuple[Integers, Integers]]:
    """Set equations aside, layer by layer, until every row left stands in two of them.

    A row alone in its equation is known; a row that stands in no other equation is known if and
    only if all the others of its equation are.

    Args:
        tie: number of the equation of each entry, sorted.
        row: its row.
        core: the entries left, changed in place.
        known: the rows known, changed in place.

    Yields:
        Equations of a layer, and the row that each holds alone.
    """
    while core.any():
        alone = core & (np.bincount(tie[core], minlength=tie[-1] + 1)[tie] == 1)
        own = core & (np.bincount(row[core], minlength=len(known))[row] == 1)
        if own.any():
            equations, first = np.unique(tie[own], return_index=True)
            yield equations, row[own][first]
            core &= ~np.isin(tie, equations)
        elif alone.any():
            known[row[alone]] = True
            core &= ~known[row]
        else:
            return


def _tied(tie: Integers, row: Integers, within: Flags, asked: Flags) -> Flags:
    """The entries tied to a row asked about, through entries within."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = len(asked) + int(tie.max(initial=0)) + 1
    links = (np.ones(int(within.sum())), (row[within], len(asked) + tie[within]))
    _count, component = connected_components(csr_array(links, shape=(size, size)), directed=False)
    return np.isin(component[row], component[: len(asked)][asked])


def _solved(equation: Integers, column: Integers, sign: Floats) -> Flags:
    """The columns that a sparse system of sums determines."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsmr

    matrix = csr_array((sign, (equation, column)))
    drawn = np.random.Generator(np.random.Philox(11)).normal(size=matrix.shape[1])
    seen = lsmr(matrix, matrix @ drawn, atol=1e-13, btol=1e-13, conlim=0, maxiter=20_000)[0]
    return np.asarray(np.abs(drawn - seen) < _NIL)


class _Work:
    """Masked rows under construction, and the ties to look at again when one is added."""

    def __init__(
        self,
        values: Floats,
        masked: Flags,
        ties: Sequence[Sum | Balance],
        entries: _Entries,
        smallest: float,
    ) -> None:
        self.values, self.masked, self.smallest = values, masked, smallest
        self.size = values.max(axis=1) if len(values) else np.empty(0)
        self.ties, self.entries = ties, entries
        self._ties, self._starts = entries.by_row(len(masked))

    def broken(self) -> list[int]:
        """The ties that do not keep the local rule, all looked at together."""
        entries, ties = self.entries, self.entries.count
        parts = entries.sign > 0
        tie, row = entries.tie[parts], entries.row[parts]
        hidden = np.bincount(tie, self.masked[row], ties)
        enough = np.ones(ties, dtype=bool)
        for world in self.values.T:
            together = np.bincount(tie, np.where(self.masked, world, 0.0)[row], ties)
            enough &= (together <= 0) | (together >= self.smallest)
        peopled = np.bincount(tie, self.size[row] > 0, ties) > 0
        covered = (entries.whole != KNOWN) & self.masked[entries.whole]
        kept = (hidden == 0) | ((hidden > 1) & enough)
        kept = np.where(covered, (hidden > 0) | ~peopled, kept)
        kept = np.where(entries.balance, hidden != 1, kept)
        return np.flatnonzero(~kept).tolist()

    def settle(self, ties: Iterable[int]) -> None:
        """Mask more rows until every tie keeps the local rule."""
        waiting = deque(ties)
        while waiting:
            number = waiting.popleft()
            while not self._kept(self.ties[number]):
                row = self._next(self.ties[number])
                if row is None:
                    break
                self.masked[row] = True
                waiting.extend(other for other in self._of(row) if other != number)

    def widen(self, rows: Integers, more: int) -> bool:
        """Mask so many more rows near each of these; False where none is left to mask."""
        added = False
        for row in np.repeat(rows, more).tolist():
            near = self._nearest(row)
            if near is None:
                continue
            self.masked[near] = added = True
            self.settle(self._of(near))
        return added

    def _nearest(self, row: int) -> int | None:
        """The next row to mask in the ties of a row, else in those of the masked rows tied to it,
        and so on from one masked row to the next.
        """
        waiting, seen = deque(self._of(row)), {row}
        while waiting:
            tie = self.ties[waiting.popleft()]
            more = self._next(tie)
            if more is not None:
                return more
            for other in _members(tie).tolist():
                if self.masked[other] and other not in seen:
                    seen.add(other)
                    waiting.extend(self._of(other))
        return None

    def _of(self, row: int) -> list[int]:
        """The ties that hold a row."""
        found: list[int] = self._ties[self._starts[row] : self._starts[row + 1]].tolist()
        return found

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
        """The smallest shown part, then the whole; of a balance, the last shown.

        Rows without anybody protect nobody.
        """
        rows = tie.rows if isinstance(tie, Balance) else tie.parts
        shown = rows[~self.masked[rows] & (self.size[rows] > 0)]
        if len(shown) and isinstance(tie, Balance):
            return int(shown[-1])
        if len(shown):
            return int(shown[np.lexsort((shown, self.size[shown]))[0]])
        if isinstance(tie, Sum) and tie.whole != KNOWN and not self.masked[tie.whole]:
            return tie.whole
        return None


def _members(tie: Sum | Balance) -> Integers:
    if isinstance(tie, Balance):
        return tie.rows
    return tie.parts if tie.whole == KNOWN else np.append(tie.parts, tie.whole)
