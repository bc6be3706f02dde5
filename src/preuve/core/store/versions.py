"""Versions of the tables: each change is a migration, applied whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from preuve.core.errors import PreuveError
from preuve.core.language import _

if TYPE_CHECKING:
    from preuve.core.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Bring the tables to the version of this program, in one transaction.

    A migration that is interrupted leaves the database as it was; the next start does it again.

    Raises:
        PreuveError: the database was made by a newer version.
    """
    script = _script()
    with database.reading() as connection:
        if _known(connection, script) == script.get_current_head():
            return
    with database.writing() as connection:
        _known(connection, script)
        _migrate(connection)


def check(database: Database) -> None:
    """Refuse a database that is not at the version of this program."""
    script = _script()
    with database.reading() as connection:
        found = _known(connection, script)
    if found != script.get_current_head():
        raise PreuveError(
            _("The tables of this database are of an older version."),
            where=database.shown,
            remedy="preuve store upgrade",
        )


def current(connection: Connection) -> str | None:
    """The version of the tables; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The version that this program knows."""
    return str(_script().get_current_head())


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _known(connection: Connection, script: ScriptDirectory) -> str | None:
    found = current(connection)
    if found is not None and found not in {one.revision for one in script.walk_revisions()}:
        raise PreuveError(
            _("This database was made by a newer version of Preuve ({version}).").format(
                version=found
            ),
            where=connection.engine.url.render_as_string(hide_password=True),
            remedy=_("Install that version, or restore a backup made with this one."),
        )
    return found


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
