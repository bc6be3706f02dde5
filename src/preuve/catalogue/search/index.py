"""Index: for each word and each value of a facet, the set of records that have it.

Sets are Roaring bitmaps kept as rows, the same on SQLite and PostgreSQL. A change of some records
reads and writes the rows of their words and values alone.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pyroaring import BitMap
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from preuve.catalogue.search.entry import Entry, Term, terms
from preuve.catalogue.tables import entry as entry_table
from preuve.catalogue.tables import index_state
from preuve.catalogue.tables import term as term_table

_AT_ONCE = 2_000
_T = TypeVar("_T")


def change(connection: Connection, entries: Mapping[int, Entry | None]) -> None:
    """Put records into the index in place of what it held of them; None takes a record out.

    Belongs inside the transaction that changes the records. Writers wait for one another.
    """
    version = _next_version(connection)
    wanted = {record: terms(one) if one else {} for record, one in entries.items()}
    ids = _ids(connection, {key: term for one in wanted.values() for key, term in one.items()})
    before = _terms_of(connection, list(entries))
    gained: dict[int, list[int]] = defaultdict(list)
    lost: dict[int, list[int]] = defaultdict(list)
    for record, own in wanted.items():
        now, then = BitMap(ids[key] for key in own), before.get(record, BitMap())
        for term in now - then:
            gained[term].append(record)
        for term in then - now:
            lost[term].append(record)
        before[record] = now
    _apply(connection, gained, lost, version)
    _keep_entries(connection, before)


def clear(connection: Connection) -> None:
    """Empty the index; who has it in memory will see that it is another one."""
    for table in (term_table, entry_table, index_state):
        connection.execute(delete(table))
    connection.execute(insert(index_state).values(id=1, epoch=uuid.uuid4().hex, version=0))


def _next_version(connection: Connection) -> int:
    """Count a change; the row stays locked until the transaction ends."""
    grown = update(index_state).values(version=index_state.c.version + 1)
    version = connection.execute(grown.returning(index_state.c.version)).scalar_one_or_none()
    if version is None:
        clear(connection)
        return _next_version(connection)
    return int(version)


def _ids(connection: Connection, wanted: Mapping[str, Term]) -> dict[str, int]:
    """The number of each term by key; a new term gets one."""
    found: dict[str, int] = {}
    for keys in _chunks(sorted(wanted)):
        query = select(term_table.c.key, term_table.c.id).where(term_table.c.key.in_(keys))
        found.update((key, number) for key, number in connection.execute(query))
    new = [
        {"key": key, "field": term.field, "label": term.written()}
        | {"version": 0, "total": 0, "records": b""}
        for key, term in sorted(wanted.items())
        if key not in found
    ]
    if new:
        added = insert(term_table).returning(term_table.c.key, term_table.c.id)
        found.update((key, number) for key, number in connection.execute(added, new))
    return found


def _terms_of(connection: Connection, records: Sequence[int]) -> dict[int, BitMap]:
    found = {}
    for some in _chunks(records):
        query = select(entry_table).where(entry_table.c.record.in_(some))
        for record, own in connection.execute(query):
            found[record] = BitMap.deserialize(own)
    return found


def _apply(
    connection: Connection,
    gained: Mapping[int, Iterable[int]],
    lost: Mapping[int, Iterable[int]],
    version: int,
) -> None:
    written = (
        update(term_table)
        .where(term_table.c.id == bindparam("term"))
        .values(records=bindparam("new"), total=bindparam("size"), version=version)
    )
    for some in _chunks(sorted(gained.keys() | lost.keys())):
        rows = []
        query = select(term_table.c.id, term_table.c.records).where(term_table.c.id.in_(some))
        for number, content in connection.execute(query):
            records = bitmap(content)
            records.update(gained.get(number, ()))
            records.difference_update(BitMap(lost.get(number, ())))
            rows.append({"term": number, "new": records.serialize(), "size": len(records)})
        connection.execute(written, rows)


def _keep_entries(connection: Connection, entries: Mapping[int, BitMap]) -> None:
    for some in _chunks(sorted(entries)):
        connection.execute(delete(entry_table).where(entry_table.c.record.in_(some)))
    rows = [
        {"record": record, "terms": own.serialize()}
        for record, own in sorted(entries.items())
        if own
    ]
    if rows:
        connection.execute(insert(entry_table), rows)


def bitmap(content: bytes) -> BitMap:
    """The set of records written in a row."""
    return BitMap.deserialize(content) if content else BitMap()


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
