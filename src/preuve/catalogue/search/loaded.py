"""Loaded: the part of the index that every search needs, kept in memory and brought up to date.

Facets are held whole; words are read when asked and remembered. A change of the index is taken over
term by term, so that a search after an edit costs little more than one before it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from pyroaring import BitMap
from sqlalchemy import Connection, Engine, func, select

from preuve.catalogue.search.entry import FACETS, PLACES, STATUS
from preuve.catalogue.search.facet import Facet, Held
from preuve.catalogue.search.index import bitmap
from preuve.catalogue.search.spelling import nearest
from preuve.catalogue.tables import entry, index_state, record, term
from preuve.core.errors import PreuveError
from preuve.core.language import _

_REMEMBERED = 20_000
_HELD = (*FACETS, STATUS)


@dataclass
class Vocabulary:
    """Every indexed word: how it was written, and in how many records it stands at most."""

    written: dict[str, str]
    counts: dict[str, int]
    ordered: list[str]

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """The words of letters alone, which a misspelt word may stand for."""
        found: dict[int, list[str]] = {}
        for word in self.ordered:
            if word.isalpha():
                found.setdefault(len(word), []).append(word)
        return found

    def near(self, word: str) -> list[str]:
        """The words nearest to one that is misspelt, best first."""
        return nearest(word, self.by_length, self.counts)

    def starting(self, beginning: str, limit: int) -> list[str]:
        """Up to `limit` words that start so, in the order of the alphabet."""
        start = bisect_left(self.ordered, beginning)
        found = []
        for word in self.ordered[start : start + limit]:
            if not word.startswith(beginning):
                break
            found.append(word)
        return found


@dataclass
class Loaded:
    """The index at one version; it is replaced, not altered, when the index changes."""

    epoch: str
    version: int
    facets: dict[str, Facet]
    vocabulary: Vocabulary | None = None
    words: dict[str, BitMap] = field(default_factory=dict)
    spelling: dict[str, list[str]] = field(default_factory=dict)

    def records(self, connection: Connection, key: str) -> BitMap:
        """The records of a term."""
        found = self.words.get(key)
        if found is None:
            content = connection.execute(
                select(term.c.records).where(term.c.key == key)
            ).scalar_one_or_none()
            found = bitmap(content or b"")
            if len(self.words) >= _REMEMBERED:
                self.words.clear()
            self.words[key] = found
        return found


_kept: WeakKeyDictionary[Engine, Loaded] = WeakKeyDictionary()
_lock = threading.Lock()


def loaded(connection: Connection) -> Loaded:
    """The index as this connection sees it.

    Raises:
        PreuveError: the index was never built for the records that are there.
    """
    state = connection.execute(select(index_state.c.epoch, index_state.c.version)).first()
    epoch, version = (state.epoch, state.version) if state else ("", 0)
    if connection.get_execution_options().get("preuve_writing"):
        return _whole(connection, epoch, version)
    with _lock:
        known = _kept.get(connection.engine)
        if known is None or known.epoch != epoch:
            known = _whole(connection, epoch, version)
        elif known.version < version:
            known = _brought_up(connection, known, version)
        elif known.version > version:  # this connection looks at an older moment
            return Loaded(epoch, version, known.facets)
        _kept[connection.engine] = known
        return known


def with_vocabulary(connection: Connection, held: Loaded) -> Vocabulary:
    """The words of the index, read at the first call."""
    with _lock:
        if held.vocabulary is None:
            held.vocabulary = Vocabulary({}, {}, [])
            query = select(term.c.field, term.c.key, term.c.label, term.c.total)
            for row in connection.execute(query.where(term.c.field.in_(PLACES))):
                _learn(held.vocabulary, row.key.partition(":")[2], row.label, row.total)
            held.vocabulary.ordered.sort()
        return held.vocabulary


def _learn(vocabulary: Vocabulary, word: str, written: str, count: int) -> bool:
    """Add a word; says whether it was new."""
    new = word not in vocabulary.written
    if new:
        vocabulary.ordered.append(word)
        vocabulary.written[word] = written
    vocabulary.counts[word] = max(count, vocabulary.counts.get(word, 0))
    return new


def _whole(connection: Connection, epoch: str, version: int) -> Loaded:
    if not is_whole(connection):
        raise PreuveError(
            _("The search index is behind the records."), remedy="preuve catalogue reindex"
        )
    facets: dict[str, dict[str, Held]] = {name: {} for name in _HELD}
    for name, held in _changed_values(connection, 0):
        facets[name][held.value] = held
    return Loaded(epoch, version, {name: Facet(values) for name, values in facets.items()})


def is_whole(connection: Connection) -> bool:
    """Whether every record that can be found is in the index."""
    searched = select(func.count()).select_from(record).where(record.c.status != "withdrawn")
    indexed = select(func.count()).select_from(entry)
    return bool(
        connection.execute(searched).scalar_one() == connection.execute(indexed).scalar_one()
    )


def _changed_values(connection: Connection, since: int) -> Iterator[tuple[str, Held]]:
    query = select(term.c.field, term.c.key, term.c.label, term.c.total, term.c.records).where(
        term.c.field.in_(_HELD), term.c.version > since
    )
    for row in connection.execute(query):
        value = row.key.partition(":")[2]
        yield row.field, Held(value, row.label, bitmap(row.records), row.total)


def _brought_up(connection: Connection, known: Loaded, version: int) -> Loaded:
    changed: dict[str, dict[str, Held]] = {}
    for name, held in _changed_values(connection, known.version):
        changed.setdefault(name, {})[held.value] = held
    facets = {
        name: Facet({**facet.by_value, **changed[name]}) if name in changed else facet
        for name, facet in known.facets.items()
    }
    words, vocabulary = dict(known.words), known.vocabulary
    if vocabulary is not None:
        vocabulary = Vocabulary(
            dict(vocabulary.written), dict(vocabulary.counts), list(vocabulary.ordered)
        )
    query = select(term.c.key, term.c.label, term.c.total).where(
        term.c.field.in_(PLACES), term.c.version > known.version
    )
    for row in connection.execute(query):
        words.pop(row.key, None)
        if vocabulary is not None:
            _take_over(vocabulary, row.key.partition(":")[2], row.label, row.total)
    return Loaded(known.epoch, version, facets, vocabulary, words)


def _take_over(vocabulary: Vocabulary, word: str, written: str, count: int) -> None:
    if word not in vocabulary.written:
        insort(vocabulary.ordered, word)
    vocabulary.written[word] = written
    vocabulary.counts[word] = max(count, vocabulary.counts.get(word, 0))
