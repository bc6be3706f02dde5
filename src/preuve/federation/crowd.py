"""Crowd: the people behind released numbers, as sets that can be compared and never leave."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from preuve.federation.pseudonym import Words, pseudonyms

Members = NDArray[np.bool_]
Bits = NDArray[np.uint8]
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Packed(NamedTuple):
    """One set: bits over the people, and over the records, of a universe."""

    people: Bits
    records: Bits


class Topic(NamedTuple):
    """What sets must share to be compared: they describe one class of one finding.

    For the people of a whole site, `finding` is "site:" and the code of the use case.
    """

    finding: str
    present: bool = False


@dataclass(frozen=True, eq=False)
class Bitmaps:
    """Sets over one sorted universe of pseudonyms.

    Attributes:
        universe: (u,) increasing.
        bits: (sets, ⌈u / 8⌉) one packed row per set.
    """

    universe: Words
    bits: Bits

    def over(self, universe: Words) -> Bits:
        """The same sets over a larger universe."""
        if len(universe) == len(self.universe):
            return self.bits
        places = np.searchsorted(universe, self.universe)
        wider = np.zeros((len(self.bits), -(-len(universe) // 8)), dtype=np.uint8)
        flags = np.zeros(len(universe), dtype=bool)
        for row, narrow in zip(wider, self.bits, strict=True):
            flags[places] = np.unpackbits(narrow, count=len(self.universe)).view(bool)
            row[:] = np.packbits(flags)
        return wider


@dataclass(frozen=True, eq=False)
class Owners:
    """Whose each record of a universe is.

    Attributes:
        index: (records,) place of the person in the universe of people.
    """

    index: NDArray[np.int64]

    @cached_property
    def most(self) -> int:
        """Most records of one person."""
        return int(np.bincount(self.index).max(initial=0))


@dataclass(frozen=True, eq=False)
class PersonSets:
    """The sets behind one release: for each, its people and their records.

    Attributes:
        topics: of each set.
        people: the sets of people.
        records: the sets of (person, record): a person of whom one more record counts is a
            difference too.
        owners: of the records.
        kept_back: why each subgroup was kept back that is large enough, by its mark.
    """

    topics: tuple[Topic, ...]
    people: Bitmaps
    records: Bitmaps
    owners: Owners
    kept_back: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """A zip of arrays; the same sets give the same bytes."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, array in self._arrays().items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)
        return stream.getvalue()

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        return {
            "finding": np.array([topic.finding for topic in self.topics], dtype=np.str_),
            "present": np.array([topic.present for topic in self.topics]),
            "people": self.people.universe,
            "people_bits": self.people.bits,
            "records": self.records.universe,
            "records_bits": self.records.bits,
            "owners": self.owners.index,
            "kept_back": np.array(sorted(self.kept_back.items()), dtype=np.str_).reshape(-1, 2),
        }

    @classmethod
    def from_content(cls, content: bytes) -> PersonSets:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            pairs = zip(arrays["finding"].tolist(), arrays["present"].tolist(), strict=True)
            return cls(
                topics=tuple(Topic(finding, present) for finding, present in pairs),
                people=Bitmaps(arrays["people"], arrays["people_bits"]),
                records=Bitmaps(arrays["records"], arrays["records_bits"]),
                owners=Owners(arrays["owners"]),
                kept_back=dict(arrays["kept_back"].tolist()),
            )


@dataclass(frozen=True, eq=False)
class Crowd:
    """The people of a site and their records.

    Attributes:
        people: (p,) increasing pseudonyms.
        person: (n,) place of each record's person in `people`.
        records: (n,) increasing pseudonyms of (person, record).
        order: (n,) index of the record that each pseudonym stands for.
    """

    people: Words
    person: NDArray[np.int64]
    records: Words
    order: NDArray[np.int64]

    @classmethod
    def of(cls, persons: NDArray[np.generic], identifiers: NDArray[np.str_], salt: bytes) -> Crowd:
        """The crowd of n records.

        Args:
            persons: (n,) who each record is of.
            identifiers: (n,) of the records.
            salt: the node's secret.
        """
        who = pseudonyms(persons, salt)
        records = who * _ODD + pseudonyms(identifiers, salt)
        people, person = np.unique(who, return_inverse=True)
        order = np.argsort(records)
        return cls(people, person, records[order], order)

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def repeats(self) -> bool:
        """Whether a person has two records."""
        return len(self.people) < len(self.records)

    @cached_property
    def owners(self) -> Owners:
        """Whose each of `records` is."""
        return Owners(self.person[self.order])

    @cached_property
    def _address(self) -> str:
        return hashlib.sha256(self.records.tobytes()).hexdigest()

    def count(self, members: Members) -> int:
        """Distinct people among records."""
        return int(np.count_nonzero(self._present(members)))

    def records_of_people(self, members: Members, people: int) -> int:
        """How many of these records prove `people` distinct people, however they are drawn.

        One more than those of the `people` - 1 persons who have the most.
        """
        if not self.repeats or people == 1:
            return people
        each = np.bincount(self.person[members], minlength=len(self.people))
        most = np.sort(each)[::-1][: people - 1]
        return 1 + int(most.sum())

    def pack(self, members: Members) -> Packed:
        """The set of some records, and of their people."""
        return Packed(np.packbits(self._present(members)), np.packbits(members[self.order]))

    def too_near(self, a: Packed, b: Packed, smallest: int) -> bool:
        """As the function, for two sets of this crowd."""
        return too_near(a, b, self.owners, smallest)

    def mark(self, what: Sequence[str], packed: Sequence[Packed]) -> str:
        """What tells these sets again, of the same people, under the same words."""
        told = hashlib.sha256("\n".join((self._address, *what)).encode())
        for one in packed:
            told.update(one.records.tobytes())
        return told.hexdigest()

    def sets(self, topics: Sequence[Topic], packed: Sequence[Packed]) -> PersonSets:
        """Packed sets with what they are about."""
        people, records = (np.stack(rows) for rows in zip(*packed, strict=True))
        return PersonSets(
            topics=tuple(topics),
            people=Bitmaps(self.people, people),
            records=Bitmaps(self.records, records),
            owners=self.owners,
        )

    def _present(self, members: Members) -> Members:
        present = np.zeros(len(self.people), dtype=bool)
        present[self.person[members]] = True
        return present


def isolates(new: PersonSets, former: PersonSets, smallest: int) -> NDArray[np.bool_]:
    """(new sets,) whether a former set of the same topic is too near: see `too_near`."""
    places: dict[Topic, list[int]] = {}
    for j, topic in enumerate(former.topics):
        places.setdefault(topic, []).append(j)
    pairs = [(i, j) for i, topic in enumerate(new.topics) for j in places.get(topic, ())]
    found = np.zeros(len(new.topics), dtype=bool)
    if not pairs:
        return found
    people, records = _joint(new.people, former.people), _joint(new.records, former.records)
    owners = _joint_owners(new, former, people, records)
    own = new.people.over(people), new.records.over(records)
    others = former.people.over(people), former.records.over(records)
    for i, j in pairs:
        pair = Packed(own[0][i], own[1][i]), Packed(others[0][j], others[1][j])
        found[i] = found[i] or too_near(*pair, owners, smallest)
    return found


def too_near(a: Packed, b: Packed, owners: Owners, smallest: int) -> bool:
    """Whether subtracting what is released of two sets isolates fewer than `smallest` people.

    It does not where the sets are equal, or where both the people of one set only, and the people
    who do not stand in both with the same records, are `smallest` or more.
    """
    records = a.records ^ b.records
    if _ones(records) == 0:
        return False
    return 0 < _ones(a.people ^ b.people) < smallest or _of_few(records, owners, smallest)


def _joint(a: Bitmaps, b: Bitmaps) -> Words:
    if np.array_equal(a.universe, b.universe):
        return a.universe
    both = np.concatenate([a.universe, b.universe])
    both.sort(kind="stable")  # merges two runs that are in order
    first: Words = both[np.append(True, both[1:] != both[:-1])]
    return first


def _joint_owners(a: PersonSets, b: PersonSets, people: Words, records: Words) -> Owners:
    if records is a.records.universe:
        return a.owners
    index = np.empty(len(records), dtype=np.int64)
    for sets in (a, b):
        places = np.searchsorted(records, sets.records.universe)
        index[places] = np.searchsorted(people, sets.people.universe)[sets.owners.index]
    return Owners(index)


def _ones(bits: Bits) -> int:
    return int(np.bitwise_count(bits).sum())


def _of_few(records: Bits, owners: Owners, smallest: int) -> bool:
    """Whether a packed set of records belongs to fewer than `smallest` people."""
    if _ones(records) > owners.most * (smallest - 1):
        return False
    places = np.flatnonzero(np.unpackbits(records, count=len(owners.index)))
    return len(np.unique(owners.index[places])) < smallest
