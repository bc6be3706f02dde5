"""The store, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError

import preuve.catalogue.tables
import preuve.registry.tables
import preuve.web.accounts.tables
import preuve.web.register.tables
import preuve.web.results.tables  # noqa: F401
from preuve.core.errors import PreuveError
from preuve.core.store import artefacts, audit, backup, versions
from preuve.core.store.database import Database, table_names
from preuve.core.store.tables import INDEX, metadata
from preuve.core.store.tables import audit as audit_table


def _fill(database: Database, entries: int = 5) -> None:
    with database.writing() as connection:
        for number in range(entries):
            audit.append(connection, "ana", "record.edit", f"r{number}", {"n": number, "é": "«»"})
        artefacts.keep(connection, b"\x00\xff binary", "page", "a.html", "text/html")


def test_the_log_is_a_chain(store: Database) -> None:
    _fill(store)
    with store.reading() as connection:
        newest = audit.entries(connection)
        assert [one.id for one in newest] == [5, 4, 3, 2, 1]
        assert newest[0].previous == newest[1].digest
        assert newest[0].detail == {"n": 4, "é": "«»"}
        assert [one.id for one in audit.entries(connection, before=3)] == [2, 1]
        assert [one.id for one in audit.entries(connection, subject="r2")] == [3]
        assert audit.broken(connection) is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'bob'", "DELETE FROM audit"])
def test_the_log_can_only_grow(store: Database, statement: str) -> None:
    _fill(store)
    with pytest.raises(DatabaseError, match="can only grow"), store.writing() as connection:
        connection.execute(text(statement))
    with store.reading() as connection:
        assert audit.count(connection) == 5


def _without_triggers(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("DROP TRIGGER audit_no_delete"))
    else:
        connection.execute(text("DROP TRIGGER audit_only_grows ON audit"))


def test_an_owner_of_the_database_who_alters_a_line_is_seen(store: Database) -> None:
    _fill(store)
    with store.writing() as connection:
        _without_triggers(connection)
        connection.execute(update(audit_table).where(audit_table.c.id == 3).values(actor="bob"))
        assert audit.broken(connection) == 3


def test_an_owner_of_the_database_who_removes_a_line_is_seen(store: Database) -> None:
    _fill(store)
    with store.writing() as connection:
        _without_triggers(connection)
        connection.execute(audit_table.delete().where(audit_table.c.id == 2))
        assert audit.broken(connection) == 2


def test_a_change_and_its_line_are_kept_together(store: Database) -> None:
    def fail_after_both() -> None:
        with store.writing() as connection:
            artefacts.keep(connection, b"x", "page", "x", "text/plain")
            audit.append(connection, "ana", "artefact.add", "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_both()
    with store.reading() as connection:
        assert audit.count(connection) == 0
        assert artefacts.listed(connection, "page") == []


def test_many_writers_make_one_chain(store: Database) -> None:
    def write(name: str) -> None:
        for number in range(10):
            with store.writing() as connection:
                audit.append(connection, name, "record.edit", str(number))

    threads = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert audit.count(connection) == 50
        assert audit.broken(connection) is None


def test_a_file_is_kept_once_under_its_digest(store: Database) -> None:
    with store.writing() as connection:
        first = artefacts.keep(connection, b"same", "page", "a", "text/plain")
        again = artefacts.keep(connection, b"same", "page", "b", "text/plain")
        assert again == first
        assert artefacts.read(connection, first.digest) == b"same"
        with pytest.raises(PreuveError, match="No file of this digest"):
            artefacts.read(connection, "sha256:absent")


def test_a_file_altered_in_the_database_is_refused(store: Database) -> None:
    with store.writing() as connection:
        kept = artefacts.keep(connection, b"same", "page", "a", "text/plain")
        connection.execute(update(metadata.tables["artefact"]).values(content=b"other"))
        with pytest.raises(PreuveError, match="altered"):
            artefacts.read(connection, kept.digest)


def test_the_migrations_make_the_tables_that_the_code_declares(store: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": _declared, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def _declared(
    _object: object, name: str | None, kind: str, reflected: bool, compared: object
) -> bool:
    """Leave out what only the database knows: the search index and the version of the tables."""
    return not (kind == "table" and reflected and compared is None and _of_the_database(name or ""))


def _of_the_database(name: str) -> bool:
    return name == "alembic_version" or name.startswith(INDEX)


def test_opening_twice_changes_nothing(store: Database) -> None:
    _fill(store)
    versions.upgrade(store)
    with store.reading() as connection:
        assert audit.count(connection) == 5
        assert versions.current(connection) == versions.head()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_migration_that_is_killed_leaves_the_database_as_it_was(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = (
        str(tmp_path / "killed.db") if kind == "sqlite" else request.getfixturevalue("postgresql")
    )
    code = (
        "import os, signal, sys\n"
        "from alembic.operations import Operations\n"
        "from preuve.core.store.database import Database\n"
        "made = []\n"
        "create = Operations.create_table\n"
        "def killed(self, *args, **named):\n"
        "    made.append(create(self, *args, **named))\n"
        "    if len(made) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "Operations.create_table = killed\n"
        "Database.open(sys.argv[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, address], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    import sqlalchemy

    url = f"sqlite:///{address}" if kind == "sqlite" else address
    bare = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with bare.connect() as connection:
        assert table_names(connection) == set()
    bare.dispose()
    database = Database.open(address)
    with database.reading() as connection:
        assert versions.current(connection) == versions.head()
    database.close()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "a.db")
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(PreuveError, match="newer version"):
        Database.open(tmp_path / "a.db")


def test_a_database_behind_is_refused_when_it_may_not_be_upgraded(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="older version") as refused:
        Database.open(tmp_path / "new.db", upgrade=False)
    assert refused.value.remedy == "preuve store upgrade"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html>" * 500)
    with pytest.raises(PreuveError, match="cannot be opened"):
        Database.open(path)


@pytest.mark.parametrize("address", ["mysql://host/base", "://", "postgresql://127.0.0.1:1/none"])
def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(PreuveError):
        Database.open(address)


def test_the_password_is_not_shown() -> None:
    with pytest.raises(PreuveError) as refused:
        Database.open("postgresql://ana:secret@127.0.0.1:1/none")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_a_backup_restores_everything_on_either_database(
    store: Database, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    _fill(store)
    manifest = backup.write(store, tmp_path / "b.zip")
    address = request.getfixturevalue("empty_postgresql") if into == "postgresql" else None
    other = Database.open(address or tmp_path / "other.db")
    backup.restore(tmp_path / "b.zip", other)
    again = backup.write(other, tmp_path / "again.zip")
    assert again == manifest
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with other.writing() as connection:
        audit.append(connection, "ana", "record.edit", "after")
        assert audit.broken(connection) is None
    other.close()


@pytest.fixture
def empty_postgresql(postgresql_server: str) -> Any:
    from postgresql_server import fresh

    with fresh(postgresql_server) as url:
        yield url


def test_a_table_that_no_room_declares_is_not_left_out_in_silence(store: Database) -> None:
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE forgotten (id INTEGER PRIMARY KEY)"))
    with pytest.raises(RuntimeError, match="forgotten"):
        backup.write(store, Path("never.zip"))
    assert not Path("never.zip").exists()


def test_a_backup_is_restored_into_an_empty_database_only(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "a.db")
    _fill(database)
    backup.write(database, tmp_path / "b.zip")
    with pytest.raises(PreuveError, match="not empty"):
        backup.restore(tmp_path / "b.zip", database)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_damaged_backup_restores_nothing(place: float, bit: int, tmp_path: Path) -> None:
    path = tmp_path / "whole.zip"
    if not path.exists():
        database = Database.open(tmp_path / "whole.db")
        _fill(database)
        backup.write(database, path)
        database.close()
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(content)
    (tmp_path / "target.db").unlink(missing_ok=True)
    target = Database.open(tmp_path / "target.db")
    try:
        backup.restore(damaged, target)
    except PreuveError:
        with target.reading() as connection:
            assert audit.count(connection) == 0
    else:
        assert backup.write(target, tmp_path / "out.zip") == backup_manifest(path)
    target.close()


def backup_manifest(path: Path) -> Any:
    import json

    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(b"PK not a zip")
    with pytest.raises(PreuveError, match="not a backup"):
        backup.restore(path, Database.open(tmp_path / "a.db"))


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: Any) -> None:
    database = Database.open(tmp_path / "a.db")
    _fill(database)

    def fail(*_args: object, **_named: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(OSError, match="space"):
        backup.write(database, tmp_path / "b.zip")
    assert [path.name for path in tmp_path.iterdir() if "zip" in path.name] == []
