"""preuve serve: the site on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import bars, err, out
from preuve.core.errors import PreuveError
from preuve.core.language import _


def serve(
    database: Annotated[
        str, typer.Option(help=_("SQLite file or postgresql:// URL; in the folder unless said."))
    ] = "",
    folder: Annotated[Path, typer.Option(help=_("Folder of the site."))] = Path("build/site"),
    host: Annotated[str, typer.Option(help=_("Address to listen on."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Port to listen on."), min=0, max=65535)] = 8000,
    address: Annotated[
        str, typer.Option(help=_("Address by which readers know the site, https://…."))
    ] = "",
    workers: Annotated[int, typer.Option(help=_("Processes that answer."), min=1)] = 1,
    empty: Annotated[
        bool, typer.Option("--empty", help=_("Do not fill with the example."))
    ] = False,
) -> None:
    try:
        from preuve.web.serving import free_port, serve_until_stopped, typed_address
    except ModuleNotFoundError as error:
        raise PreuveError(
            _("The site needs the optional part “web”."),
            where=error.name or "",
            remedy='pip install "preuve[web]"',
        ) from error

    chosen = free_port(host, port)
    known = address or os.environ.get("PREUVE_ADDRESS") or typed_address(host, chosen)
    os.environ.update({"PREUVE_SITE": str(folder), "PREUVE_ADDRESS": known})
    if database:
        os.environ["PREUVE_DATABASE"] = database
    err.print(_("Preparing the site…"))
    _prepare(empty=empty)
    err.print(_("Stop with Ctrl-C."))
    serve_until_stopped(host, chosen, workers)
    err.print(_("The site is closed."))


def _prepare(*, empty: bool) -> None:
    """Open the site of the environment once, and say how to enter."""
    from preuve.core.store.database import Database
    from preuve.web.opening import FIRST, opened
    from preuve.web.settings import Settings
    from preuve.web.sign_in.provider import providers

    settings = Settings.read()
    providers(settings.providers)
    store = Database.open(settings.database)
    with bars() as progress:
        found = opened(store, empty=empty, progress=progress)
    store.close()
    out.print(_("Site: {address}").format(address=settings.address))
    if found.password:
        told = _("Administrator: {name}, password: {password} (shown this once).").format(
            name=FIRST, password=found.password
        )
        out.print(told, markup=False)
