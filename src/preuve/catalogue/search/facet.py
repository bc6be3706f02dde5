"""Facet: the values of a facet and their records, and how often each occurs in a set of records."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from scipy.sparse import coo_array

_LOOKED_AT = 100


@dataclass(frozen=True)
class Held:
    """A value of a facet: its label as it is stored, its records and their number."""

    value: str
    label: str
    records: BitMap
    total: int


@dataclass(frozen=True)
class Facet:
    """The values of a facet."""

    by_value: Mapping[str, Held]

    @cached_property
    def ordered(self) -> list[Held]:
        """The values, those of most records first."""
        return sorted(self.by_value.values(), key=lambda one: (-one.total, one.value))

    @cached_property
    def by_code(self) -> dict[str, str]:
        """The values that are addresses, by their last part; none for a part that two share."""
        found: dict[str, str] = {}
        for value in self.by_value:
            code = value.rpartition("/")[2]
            found[code] = "" if code in found else value
        return {code: value for code, value in found.items() if value}

    def named(self, written: str) -> str:
        """The value of an address, or of its last part (`PUBLIC`)."""
        return written if written in self.by_value else self.by_code.get(written, written)

    @cached_property
    def by_record(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where the values of each record start, and the places in `ordered` of all of them."""
        sets = [np.frombuffer(held.records.to_array(), dtype=np.uint32) for held in self.ordered]
        records = np.concatenate([np.zeros(0, dtype=np.uint32), *sets]).astype(np.int64)
        places = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
        shape = (int(records.max(initial=0)) + 1, max(1, len(sets)))
        ones = np.ones(len(records), dtype=np.int8)
        rows = coo_array((ones, (records, places)), shape=shape).tocsr()
        return rows.indptr, rows.indices

    def count(self, value: str, within: BitMap) -> int:
        """How many records of a set have a value."""
        held = self.by_value.get(value)
        return int(held.records.intersection_cardinality(within)) if held else 0

    def most(self, within: BitMap, limit: int) -> list[tuple[str, int]]:
        """The values that most records of a set have, and how many: exact.

        Values come by their number of records anywhere, which bounds their number here: once it is
        below the worst of those kept, no value left can do better. Where that takes too long, the
        values of the records are counted instead.
        """
        kept: list[tuple[int, str]] = []
        for place, held in enumerate(self.ordered if within else ()):
            if len(kept) == limit and held.total < -kept[-1][0]:
                break
            if place == _LOOKED_AT:
                kept = self._by_counting(within, limit)
                break
            count = int(held.records.intersection_cardinality(within))
            if count:
                insort(kept, (-count, held.value))
                del kept[limit:]
        return [(value, -count) for count, value in kept]

    def _by_counting(self, within: BitMap, limit: int) -> list[tuple[int, str]]:
        starts, places = self.by_record
        records = np.frombuffer(within.to_array(), dtype=np.uint32).astype(np.int64)
        records = records[records < len(starts) - 1]
        lengths = starts[records + 1] - starts[records]
        ends = np.cumsum(lengths)
        steps = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
        found = places[np.repeat(starts[records], lengths) + steps]
        counts = np.bincount(found, minlength=len(self.ordered))
        worst = np.partition(counts, -limit)[-limit] if limit < len(counts) else 0
        best = np.flatnonzero(counts >= max(worst, 1))
        return sorted((-int(counts[place]), self.ordered[place].value) for place in best)[:limit]
