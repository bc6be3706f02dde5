"""Backup: every table in one file that any database can be restored from.

A backup is a zip: `manifest.json`, and `tables/NAME.ndjson`, one JSON array per row in the order of
the primary key. Bytes are base64. The manifest holds the version of the tables, the columns, the
number of rows and the SHA-256 of each file, and the last digest of the audit log. It says nothing
of the database it came from, so SQLite and PostgreSQL restore each other's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select, text

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.record import canonical
from preuve.core.store import audit, versions
from preuve.core.store.database import Database, table_names
from preuve.core.store.tables import INDEX, metadata

SCHEMA = "preuve/backup/1"
_AT_ONCE = 500
_MOMENT = (1980, 1, 1, 0, 0, 0)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    LookupError,
    ValueError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What reading a damaged zip, or damaged JSON in it, may raise."""


def tables() -> list[Table]:
    """The tables that are backed up, those that others refer to first."""
    return [table for table in metadata.sorted_tables if not table.info.get("derived")]


def _refuse_unknown(connection: Connection) -> None:
    """A table whose room was not imported would be left out without a word."""
    known = set(metadata.tables) | {"alembic_version"}
    unknown = {name for name in table_names(connection) if not name.startswith(INDEX)} - known
    if unknown:
        raise RuntimeError(f"tables that no imported room declares: {sorted(unknown)}")


def write(database: Database, path: Path, progress: Progress = silent) -> dict[str, Any]:
    """Write the backup of a database as it is at one moment, whole or not at all.

    Returns:
        The manifest.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with (
            zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive,
            database.reading() as connection,
        ):
            _refuse_unknown(connection)
            manifest = _written(connection, archive, progress)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _written(
    connection: Connection, archive: zipfile.ZipFile, progress: Progress
) -> dict[str, Any]:
    contents = {}
    for table in tables():
        total = connection.execute(select(func.count()).select_from(table)).scalar_one()
        hashed = hashlib.sha256()
        with archive.open(zipfile.ZipInfo(_file(table), _MOMENT), "w", force_zip64=True) as stream:
            for done, line in enumerate(_lines(connection, table), start=1):
                hashed.update(line)
                stream.write(line)
                if done % _AT_ONCE == 0 or done == total:
                    progress(table.name, done, total)
        contents[table.name] = {
            "columns": [column.name for column in table.columns],
            "rows": total,
            "sha256": hashed.hexdigest(),
        }
    last = audit.entries(connection, limit=1)
    manifest = {
        "schema": SCHEMA,
        "version": versions.current(connection),
        "tables": contents,
        "audit": last[0].digest if last else None,
    }
    archive.writestr(zipfile.ZipInfo("manifest.json", _MOMENT), canonical(manifest))
    return manifest


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        values = [
            base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value
            for value in row
        ]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def restore(path: Path, database: Database, progress: Progress = silent) -> dict[str, Any]:
    """Fill an empty database from a backup, whole or not at all.

    Tables that are derived from others stay empty: their rooms rebuild them.

    Raises:
        PreuveError: the file is no backup, is damaged, comes from another version of the tables,
            or the database is not empty.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            with database.writing() as connection:
                _refuse_filled(connection, database)
                for table in tables():
                    _fill(connection, archive, table, manifest["tables"][table.name], progress)
                _continue_keys(connection)
                _check_audit(connection, manifest, path)
    except _DAMAGE as error:
        raise PreuveError(
            _("This file is not a backup, or is damaged."),
            where=path,
            remedy=_("Choose another backup; the database was left as it was."),
        ) from error
    return manifest


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if manifest["schema"] != SCHEMA or manifest["version"] != versions.head():
        raise PreuveError(
            _("This backup was made by another version ({version}; this program: {own}).").format(
                version=manifest["version"], own=versions.head()
            ),
            where=path,
            remedy=_("Restore it with that version, then upgrade."),
        )
    return manifest


def _refuse_filled(connection: Connection, database: Database) -> None:
    for table in tables():
        if connection.execute(select(table).limit(1)).first() is not None:
            raise PreuveError(
                _("This database is not empty: a backup is restored into an empty one."),
                where=database.shown,
                remedy=_("Give the address of a new database."),
            )


def _fill(
    connection: Connection,
    archive: zipfile.ZipFile,
    table: Table,
    listed: dict[str, Any],
    progress: Progress,
) -> None:
    hashed = hashlib.sha256()
    done = 0
    with archive.open(_file(table)) as stream:
        for lines in _batches(stream):
            hashed.update(b"".join(lines))
            rows = [_row(line, table, listed["columns"]) for line in lines]
            connection.execute(insert(table), rows)
            done += len(rows)
            progress(table.name, done, listed["rows"])
    if hashed.hexdigest() != listed["sha256"] or done != listed["rows"]:
        raise zipfile.BadZipFile(table.name)


def _batches(stream: IO[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in stream:
        batch.append(line)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(line: bytes, table: Table, columns: list[str]) -> dict[str, Any]:
    row = dict(zip(columns, json.loads(line), strict=True))
    for name, value in row.items():
        if value is not None and isinstance(table.c[name].type, LargeBinary):
            row[name] = base64.b64decode(value)
    return row


def _continue_keys(connection: Connection) -> None:
    """PostgreSQL counts its own keys: go on after those that were restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), named
            ).scalar()
            if sequence is None:
                continue
            last = connection.execute(select(func.max(column))).scalar()
            if last is not None:
                connection.execute(
                    text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
                )


def _check_audit(connection: Connection, manifest: dict[str, Any], path: Path) -> None:
    last = audit.entries(connection, limit=1)
    whole = audit.broken(connection) is None
    if not whole or (last[0].digest if last else None) != manifest["audit"]:
        raise PreuveError(
            _("The audit log of this backup has been altered."),
            where=path,
            remedy=_("Choose another backup; the database was left as it was."),
        )


def _file(table: Table) -> str:
    return f"tables/{table.name}.ndjson"
