"""Database: where the store is, opened at the version this program knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from preuve.core.errors import PreuveError
from preuve.core.language import _

_BUSY_SECONDS = 30


@dataclass(frozen=True)
class Database:
    """An open database: `reading()` and `writing()` give a connection inside one transaction."""

    engine: Engine

    @classmethod
    def open(cls, address: str | Path, *, upgrade: bool = True) -> Database:
        """The database at an address, brought to the version of this program.

        Args:
            address: the path of an SQLite file, or a URL (`sqlite:///…`, `postgresql://…`).
            upgrade: bring its tables up to date; else refuse a database that is behind.

        Raises:
            PreuveError: it cannot be reached, is no database, or was made by a newer version.
        """
        from preuve.core.store import versions

        url = _url(address)
        database = cls(_engine(url))
        try:
            (versions.upgrade if upgrade else versions.check)(database)
        except SQLAlchemyError as error:
            raise PreuveError(
                _("The database cannot be opened: {error}").format(error=_reason(error)),
                where=database.shown,
            ) from error
        return database

    @property
    def dialect(self) -> str:
        """Name of the kind of database: sqlite or postgresql."""
        return self.engine.dialect.name

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one unchanging view of the database."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are kept together when the block ends, or not at all."""
        with (
            self.engine.connect() as connection,
            connection.execution_options(preuve_writing=True).begin(),
        ):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _url(address: str | Path) -> Any:
    written = str(address)
    if "://" not in written:
        written = f"sqlite:///{Path(written).absolute()}"
    try:
        url = make_url(written)
    except ArgumentError as error:
        raise PreuveError(_("This is not the address of a database."), where=written) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise PreuveError(
            _("This kind of database is not supported: {kind}.").format(kind=url.drivername),
            remedy=_("Give the path of an SQLite file, or a postgresql:// URL."),
        )
    return url


def _engine(url: Any) -> Engine:
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(url, pool_pre_ping=True, pool_size=8)
    except ModuleNotFoundError as error:
        raise PreuveError(
            _("PostgreSQL needs the optional part “postgresql”."),
            remedy='pip install "preuve[postgresql]"',
        ) from error
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Transactions are begun by us, so that changes of tables belong to them too."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "mmap_size=268435456",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("preuve_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _reason(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None) if isinstance(error, DatabaseError) else None
    return str(original or error).strip().splitlines()[0]


def table_names(connection: Connection) -> set[str]:
    """The tables that are there."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return {str(name) for (name,) in connection.execute(text(query))}
