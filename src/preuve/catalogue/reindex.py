"""Reindex: summaries, verdicts and the search index computed anew from the records that are kept.

Needed after a restore, and after a change of the profiles or of the words.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select, update

from preuve.catalogue.prepared import prepare, triples_of, with_status
from preuve.catalogue.record import Kind, Record
from preuve.catalogue.search import index
from preuve.catalogue.search.entry import Entry
from preuve.catalogue.tables import record as record_table
from preuve.catalogue.tables import revision as revision_table
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import canonical
from preuve.core.store.database import Database

_AT_ONCE = 500


def rebuild(database: Database, progress: Progress = silent) -> int:
    """Compute everything derived anew, whole or not at all; gives back the number of records.

    Readers go on with what was there; writers wait until it is done.
    """
    with database.writing() as connection:
        index.clear(connection)
        total = connection.execute(select(func.count()).select_from(record_table)).scalar_one()
        done, last = 0, 0
        while (last := _batch(connection, last)) > 0:
            done = min(done + _AT_ONCE, total)
            progress(_("Index of the catalogue"), done, total)
    return int(total)


def _batch(connection: Connection, after: int) -> int:
    """The records that follow a number; gives back the last, or 0 when there is none."""
    standing = (revision_table.c.record == record_table.c.id) & (
        revision_table.c.number == record_table.c.revision
    )
    query = (
        select(
            record_table.c.id,
            record_table.c.iri,
            record_table.c.kind,
            record_table.c.status,
            revision_table.c.content,
        )
        .join(revision_table, standing)
        .where(record_table.c.id > after)
        .order_by(record_table.c.id)
        .limit(_AT_ONCE)
    )
    entries: dict[int, Entry | None] = {}
    rows = []
    for row in connection.execute(query).all():
        prepared = prepare(Record(row.iri, Kind(row.kind), triples_of(row.content)))
        rows.append(
            {
                "row": row.id,
                "access": prepared.access,
                "summary": canonical(prepared.summary).decode(),
                "verdicts": canonical(prepared.verdicts).decode(),
            }
        )
        if row.status != "withdrawn":
            entries[row.id] = with_status(prepared.entry, row.status)
    if not rows:
        return 0
    names = ("access", "summary", "verdicts")
    changed = update(record_table).where(record_table.c.id == bindparam("row"))
    connection.execute(changed.values({name: bindparam(name) for name in names}), rows)
    index.change(connection, entries)
    return int(rows[-1]["row"])
