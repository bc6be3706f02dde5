"""Find: records by words, mended when misspelt, narrowed by facets, best first.

A record is found when it has every word, in its title, its keywords or its text. It ranks by the
sum over the words of the weight of the place (title 4, keyword 2, text 1) times the rarity of the
word, ln(1 + N / n) for N records of which n have it, in thousandths; among equals the newest comes
first.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection, select

from preuve.catalogue.search.entry import FACETS, PLACES, STATUS
from preuve.catalogue.search.facet import Facet
from preuve.catalogue.search.loaded import Loaded, Vocabulary, loaded, with_vocabulary
from preuve.catalogue.search.results import Choice, Choices, Correction, Hit, Results
from preuve.catalogue.search.words import words
from preuve.catalogue.tables import record
from preuve.core.errors import PreuveError
from preuve.core.language import _

PUBLIC = ("published",)
SHOWN = 12
"""Values of a facet that are shown, beside those that are chosen."""

_LONGEST_PAGE = 1_000
_MOST_WORDS = 32
_BEGINNINGS = 200
_LONGEST_TEXT = 1_000
_SPELT = 5_000


@dataclass(frozen=True)
class _Word:
    """A word asked: the records that have it, by the weight of the place."""

    places: tuple[tuple[int, BitMap], ...]
    anywhere: BitMap


def search(
    connection: Connection,
    text: str = "",
    facets: Mapping[str, Collection[str]] | None = None,
    *,
    page: int = 1,
    size: int = 20,
    statuses: Sequence[str] = PUBLIC,
    shown: int = SHOWN,
) -> Results:
    """The records that have the words of a text and the chosen values.

    Args:
        connection: one that reads; an index that is being written is not remembered.
        text: words in any order; one that ends in `*` stands for all that begin so. Nothing in it
            is a command: quotes, operators and the like are only signs between words.
        facets: facet -> chosen values, each as its `Choice` gives it or by the last part of its
            address (`PUBLIC`). Values of one facet are alternatives, facets add up. A value that
            no record has finds nothing.
        page: from 1.
        size: records in a page, 1 to 1,000.
        statuses: which records are looked at; a visitor sees the published ones alone.
        shown: values per facet.

    Raises:
        PreuveError: an unknown facet, a page that cannot be; an index that was never built.
    """
    asked_facets = {name: values for name, values in (facets or {}).items() if values}
    _check(asked_facets, page, size)
    index = loaded(connection)
    chosen = {
        name: [index.facets[name].named(value) for value in values]
        for name, values in asked_facets.items()
    }
    open_records = _any_of(index.facets[STATUS], statuses)
    asked = _Asked(connection, index, open_records).read(text[:_LONGEST_TEXT])
    matching, relaxed = _matching(asked.words, open_records)
    selections = {name: _any_of(index.facets[name], values) for name, values in chosen.items()}
    hits = _and([matching, *selections.values()])
    ranked = _page_of(hits, asked.words, len(open_records), page, size)
    return Results(
        text=text,
        total=len(hits),
        page=page,
        size=size,
        hits=_read(connection, ranked),
        facets=tuple(
            _choices(
                name,
                index.facets[name],
                _and([matching, *(s for other, s in selections.items() if other != name)]),
                chosen.get(name, []),
                shown,
            )
            for name in FACETS
        ),
        corrections=tuple(asked.corrections),
        unknown=tuple(asked.unknown),
        relaxed=relaxed,
    )


def _check(chosen: Mapping[str, object], page: int, size: int) -> None:
    for name in chosen:
        if name not in FACETS:
            raise PreuveError(
                _("There is no facet “{name}”.").format(name=name),
                remedy=_("Choose among {names}.").format(names=", ".join(FACETS)),
            )
    if page < 1 or not 1 <= size <= _LONGEST_PAGE:
        raise PreuveError(
            _("There is no such page: pages count from 1, with 1 to {most} records each.").format(
                most=_LONGEST_PAGE
            )
        )


class _Asked:
    """The words of a question, each looked up, begun or mended."""

    def __init__(self, connection: Connection, index: Loaded, open_records: BitMap) -> None:
        self.words: list[_Word] = []
        self.corrections: list[Correction] = []
        self.unknown: list[str] = []
        self._connection, self._index, self._open = connection, index, open_records

    def read(self, text: str) -> _Asked:
        begun = text.rstrip().endswith("*")
        parts = list(dict(words(text)).items())[:_MOST_WORDS]
        for number, (word, written) in enumerate(parts):
            self._take(word, written, begun=begun and number == len(parts) - 1)
        return self

    def _take(self, word: str, written: str, *, begun: bool) -> None:
        found = self._beginning(word) if begun else self._exactly([word])
        if not found.anywhere:
            found = self._mended(word, written)
        self.words.append(found)

    def _exactly(self, alternatives: Sequence[str]) -> _Word:
        places, above = [], BitMap()
        for place, weight in PLACES.items():
            sets = [self._index.records(self._connection, f"{place}:{one}") for one in alternatives]
            here = (sets[0] if len(sets) == 1 else BitMap.union(*sets)) & self._open
            places.append((weight, here - above))
            above |= here
        return _Word(tuple(places), above)

    def _beginning(self, word: str) -> _Word:
        begun = self._vocabulary.starting(word, _BEGINNINGS)
        return self._exactly(begun) if begun else _NOWHERE

    def _mended(self, word: str, written: str) -> _Word:
        used = self._spelling(word)
        if used is not None:
            self.corrections.append(Correction(written, self._vocabulary.written[used]))
            return self._exactly([used])
        begun = self._beginning(word) if len(word) > 2 else _NOWHERE
        if not begun.anywhere:
            self.unknown.append(written)
        return begun

    def _spelling(self, word: str) -> str | None:
        """The nearest word of a record that may be seen."""
        known = self._index.spelling
        if word not in known:
            if len(known) >= _SPELT:
                known.clear()
            known[word] = self._vocabulary.near(word)
        for one in known[word]:
            if self._exactly([one]).anywhere:
                return one
        return None

    @property
    def _vocabulary(self) -> Vocabulary:
        return with_vocabulary(self._connection, self._index)


_NOWHERE = _Word((), BitMap())


def _any_of(facet: Facet, values: Collection[str]) -> BitMap:
    sets = [facet.by_value[value].records for value in values if value in facet.by_value]
    return BitMap.union(*sets) if sets else BitMap()


def _and(sets: Sequence[BitMap]) -> BitMap:
    return reduce(BitMap.intersection, sorted(sets, key=len))


def _matching(asked: Sequence[_Word], open_records: BitMap) -> tuple[BitMap, bool]:
    """The records that have every word, else the most of them; says which."""
    if not asked:
        return open_records, False
    every = _and([word.anywhere for word in asked])
    if every or len(asked) == 1:
        return every, False
    levels: list[BitMap] = [BitMap() for _word in asked]
    for word in asked:
        for level in range(len(levels) - 1, 0, -1):
            levels[level] |= levels[level - 1] & word.anywhere
        levels[0] |= word.anywhere
    most = next((level for level in reversed(levels) if level), BitMap())
    return most, bool(most)


def _page_of(hits: BitMap, asked: Sequence[_Word], total: int, page: int, size: int) -> list[int]:
    first, last = (page - 1) * size, min(page * size, len(hits))
    if first >= last:
        return []
    if not asked:
        return list(hits[len(hits) - last : len(hits) - first])[::-1]
    numbers = np.frombuffer(hits.to_array(), dtype=np.uint32)
    scores = _scores(numbers, hits, asked, total)
    order = scores << 32 | numbers
    if last < len(order):
        order = np.partition(order, len(order) - last)[len(order) - last :]
    best = np.sort(order)[::-1][first:last]
    return [int(number) for number in best & 0xFFFFFFFF]


def _scores(
    numbers: NDArray[np.uint32], hits: BitMap, asked: Sequence[_Word], total: int
) -> NDArray[np.int64]:
    """Points of each hit, see the formula above."""
    scores = np.zeros(len(numbers), dtype=np.int64)
    for word in asked:
        rarity = round(1_000 * math.log1p(total / max(1, len(word.anywhere))))
        for weight, records in word.places:
            here = np.frombuffer((records & hits).to_array(), dtype=np.uint32)
            scores[np.searchsorted(numbers, here)] += weight * rarity
    return scores


def _choices(
    name: str, facet: Facet, within: BitMap, chosen: Collection[str], shown: int
) -> Choices:
    most = facet.most(within, shown + 1)
    counts = dict(most[:shown])
    for value in sorted(set(chosen) & facet.by_value.keys() - counts.keys()):
        counts[value] = facet.count(value, within)
    return Choices(
        name,
        tuple(
            Choice(value, json.loads(facet.by_value[value].label), count, value in chosen)
            for value, count in counts.items()
        ),
        more=len(most) > shown,
    )


def _read(connection: Connection, numbers: Sequence[int]) -> tuple[Hit, ...]:
    query = select(
        record.c.id,
        record.c.iri,
        record.c.status,
        record.c.access,
        record.c.summary,
        record.c.verdicts,
        record.c.modified_at,
    ).where(record.c.id.in_(numbers))
    found = {
        row.id: Hit(
            row.id,
            row.iri,
            row.status,
            row.access,
            json.loads(row.summary),
            json.loads(row.verdicts),
            row.modified_at,
        )
        for row in connection.execute(query)
    }
    return tuple(found[number] for number in numbers if number in found)
