"""preuve account: who may sign in to the site, and with what role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from preuve.cli.console import out, show_json
from preuve.cli.database import SITE, Address
from preuve.core.language import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(no_args_is_help=True, help=_("Accounts of the site."))
ACTOR = "command-line"
Name = Annotated[str, typer.Argument(help=_("Name of the account."))]
Role = Annotated[str, typer.Argument(help="public, contributor, curator, evaluator, administrator")]


@app.command(
    "add",
    help=_("Add an account; asks for its password, or takes it from standard input."),
    epilog="preuve account add alix curator",
)
def add(
    name: Name,
    role: Role,
    shown: Annotated[str, typer.Option(help=_("Name as shown."))] = "",
    database: Address = SITE,
) -> None:
    from preuve.web.accounts import account

    password = _password()
    with _writing(database) as connection:
        account.add(connection, ACTOR, name, role, password, shown)
    out.print(_("The account {name} was added.").format(name=name))


@app.command(
    "role",
    help=_("Give an account another role."),
    epilog="preuve account role alix evaluator",
)
def role(name: Name, role: Role, database: Address = SITE) -> None:
    from preuve.web.accounts import account
    from preuve.web.roles import role_shown

    with _writing(database) as connection:
        account.set_role(connection, ACTOR, name, role)
    out.print(_("{name} is now: {role}.").format(name=name, role=role_shown(role)))


@app.command(
    "password",
    help=_("Give an account another password."),
    epilog="preuve account password alix",
)
def password(name: Name, database: Address = SITE) -> None:
    from preuve.web.accounts import account

    given = _password()
    with _writing(database) as connection:
        account.set_password(connection, ACTOR, name, given)
    out.print(_("{name} has another password.").format(name=name))


@app.command("disable", help=_("Shut an account out."), epilog="preuve account disable alix")
def disable(name: Name, database: Address = SITE) -> None:
    from preuve.web.accounts import account

    with _writing(database) as connection:
        account.set_disabled(connection, ACTOR, name, disabled=True)
    out.print(_("{name} is shut out.").format(name=name))


@app.command("enable", help=_("Let an account in again."), epilog="preuve account enable alix")
def enable(name: Name, database: Address = SITE) -> None:
    from preuve.web.accounts import account

    with _writing(database) as connection:
        account.set_disabled(connection, ACTOR, name, disabled=False)
    out.print(_("{name} may sign in again.").format(name=name))


@app.command("list", help=_("The accounts."), epilog="preuve account list")
def listed(
    database: Address = SITE,
    as_json: Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))] = False,
) -> None:
    from preuve.web.accounts import account
    from preuve.web.roles import role_shown

    with _writing(database) as connection:
        found = account.listed(connection)
    if as_json:
        return show_json([vars(one) for one in found])
    table = Table(box=None)
    for heading in (_("Account"), _("Role"), _("Signs in with"), _("Since")):
        table.add_column(heading)
    for one in found:
        shut = " (" + _("shut out") + ")" if one.disabled else ""
        table.add_row(
            one.name, role_shown(one.role) + shut, one.provider or _("password"), one.created_at
        )
    out.print(table)
    return None


def _password() -> str:
    """Asked twice on a terminal; the first line of standard input elsewhere."""
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@contextmanager
def _writing(database: str) -> Iterator[Connection]:
    from preuve.core.store.database import Database

    opened = Database.open(database)
    try:
        with opened.writing() as connection:
            yield connection
    finally:
        opened.close()
