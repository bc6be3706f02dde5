"""Watch: no two released figures on a class differ by a few people only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from preuve.evaluation.site import Place
from preuve.federation.crowd import Crowd, Packed, PersonSets, Topic, isolates

Key = Place | str
"""A candidate for release: a cell, the comparison of a finding (its code), or the site (\"\")."""


class Watch:
    """The sets let out so far in this release, beside those of the ledger."""

    def __init__(
        self,
        crowd: Crowd,
        former: Sequence[PersonSets],
        candidates: Mapping[Key, tuple[tuple[Topic, ...], NDArray[np.bool_]]],
        smallest: int,
    ) -> None:
        self.crowd, self.smallest = crowd, smallest
        self.candidates = {
            key: [(topic, crowd.pack(row)) for topic, row in zip(topics, members, strict=True)]
            for key, (topics, members) in candidates.items()
        }
        self.former = former
        self.released: dict[Topic, dict[Key, Packed]] = {}
        keys = [key for key, sets in self.candidates.items() for _set in sets]
        near = self._near([one for sets in self.candidates.values() for one in sets])
        self.barred = {keys[place] for place in np.flatnonzero(near)}

    def admits(self, key: Key) -> bool:
        """Let a candidate out unless it is too near another set."""
        return key not in self.barred and self._joins(key, self.candidates[key])

    def admits_set(self, key: str, topics: tuple[Topic, ...], members: NDArray[np.bool_]) -> bool:
        """The same for what follows from figures that were let out."""
        own = [(topic, self.crowd.pack(row)) for topic, row in zip(topics, members, strict=True)]
        return not self._near(own).any() and self._joins(key, own)

    def retract(self, key: Key) -> None:
        """Keep a candidate back that had been let out."""
        for known in self.released.values():
            known.pop(key, None)

    def _joins(self, key: Key, sets: Sequence[tuple[Topic, Packed]]) -> bool:
        for topic, packed in sets:
            for other in self.released.get(topic, {}).values():
                if self.crowd.too_near(packed, other, self.smallest):
                    return False
        for topic, packed in sets:
            self.released.setdefault(topic, {})[key] = packed
        return True

    def _near(self, every: Sequence[tuple[Topic, Packed]]) -> NDArray[np.bool_]:
        """Which sets are too near one of the ledger."""
        new = self.crowd.sets([topic for topic, _packed in every], [packed for _t, packed in every])
        near = np.zeros(len(every), dtype=bool)
        for sets in self.former:
            near |= isolates(new, sets, self.smallest)
        return near

    @property
    def sets(self) -> PersonSets:
        """What the ledger keeps of this release: each set once."""
        unique = {
            (topic, packed.records.tobytes()): packed
            for topic, known in self.released.items()
            for packed in known.values()
        }
        return self.crowd.sets([topic for topic, _bits in unique], list(unique.values()))


def topics(finding: str) -> tuple[Topic, Topic]:
    """The two classes of a finding."""
    return Topic(finding), Topic(finding, present=True)
