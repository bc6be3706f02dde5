"""preuve store: the database of the catalogue, the register and the site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import bars, out
from preuve.cli.database import SITE, Address
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.pages.numbers import number

app = typer.Typer(
    no_args_is_help=True,
    help=_("The database of the catalogue, the register and the site: upgrade, backup, audit."),
)


@app.command(
    "upgrade",
    help=_("Bring the tables to the version of this program, whole or not at all."),
    epilog="preuve store upgrade --database site.db",
)
def upgrade(database: Address = SITE) -> None:
    from preuve.core.store.database import Database

    opened = Database.open(database)
    out.print(_("The database is up to date: {address}").format(address=opened.shown))
    opened.close()


@app.command(
    "backup",
    help=_("Write everything that is kept to one file; the site may go on meanwhile."),
    epilog="preuve store backup site.backup.zip",
)
def backup(
    file: Annotated[Path, typer.Argument(help=_("The file to write (.zip)."))],
    database: Address = SITE,
) -> None:
    from preuve.core.store import backup as backups
    from preuve.core.store.database import Database

    _import_tables()
    _refuse_absent(database)
    opened = Database.open(database, upgrade=False)
    with bars() as progress:
        manifest = backups.write(opened, file, progress)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    out.print(_("{rows} rows written to {file}.").format(rows=number(rows), file=file))
    opened.close()


@app.command(
    "restore",
    help=_("Fill an empty database from a backup, whole or not at all."),
    epilog="preuve store restore site.backup.zip --database postgresql://user@host/base",
)
def restore(
    file: Annotated[Path, typer.Argument(help=_("A file that `preuve store backup` wrote."))],
    database: Address = SITE,
) -> None:
    from preuve.catalogue.search import rebuild
    from preuve.core.store import backup as backups
    from preuve.core.store.database import Database

    _import_tables()
    opened = Database.open(database)
    with bars() as progress:
        manifest = backups.restore(file, opened, progress)
        rebuild(opened, progress)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    out.print(_("{rows} rows restored; the audit log is whole.").format(rows=number(rows)))
    opened.close()


@app.command(
    "audit",
    help=_("Check that no line of the audit log was altered, and show the newest."),
    epilog="preuve store audit --last 20",
)
def check_audit(
    database: Address = SITE,
    last: Annotated[int, typer.Option(help=_("How many lines to show."), min=0)] = 10,
) -> None:
    from preuve.core.store import audit
    from preuve.core.store.database import Database

    _refuse_absent(database)
    opened = Database.open(database, upgrade=False)
    with opened.reading() as connection:
        broken = audit.broken(connection)
        total = audit.count(connection)
        newest = audit.entries(connection, limit=last) if last else []
    opened.close()
    if broken is not None:
        raise PreuveError(
            _("The audit log was altered at line {line}.").format(line=broken),
            where=opened.shown,
            remedy=_("Compare with a backup: the lines before that one are as they were written."),
        )
    out.print(_("The audit log is whole: {count} lines.").format(count=number(total)))
    for entry in newest:
        out.print(f"{entry.id}  {entry.at[:19]}  {entry.actor}  {entry.action}  {entry.subject}")


def _import_tables() -> None:
    """Every room's tables, so that a backup leaves none out."""
    import preuve.catalogue.tables
    import preuve.registry.tables
    import preuve.web.accounts.tables
    import preuve.web.register.tables
    import preuve.web.results.tables  # noqa: F401


def _refuse_absent(database: str) -> None:
    if "://" not in database and not Path(database).exists():
        raise PreuveError(
            _("There is no database at this address."),
            where=database,
            remedy=_("Give --database, or start the site once: preuve serve"),
        )
