"""The `preuve` application: its commands, its language, its errors."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from preuve import __version__
from preuve.cli import (
    account,
    catalogue,
    catalogue_files,
    catalogue_store,
    data,
    demo,
    economics,
    evaluate,
    node,
    registry,
    registry_exchange,
    serve,
    store,
    system,
    twin,
    usecase,
)
from preuve.cli.console import err, language_named, out, show_error
from preuve.core.errors import PreuveError
from preuve.core.language import _, speak

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=_("Evidence on AI in care, from the hospitals to the decision."),
)
app.add_typer(usecase.app, name="usecase")
app.add_typer(system.app, name="system")
app.add_typer(node.app, name="node")
app.add_typer(data.app, name="data")
app.add_typer(twin.app, name="twin")
app.add_typer(economics.app, name="economics")
catalogue_files.register(catalogue.app)
catalogue_store.register(catalogue.app)
app.add_typer(catalogue.app, name="catalogue")
registry_exchange.register(registry.app)
app.add_typer(registry.app, name="registry")
app.add_typer(store.app, name="store")
app.add_typer(account.app, name="account")
app.command(
    "serve",
    help=_("The site on this machine: catalogue, register, evidence, scenarios, appraisals."),
    epilog="preuve serve --port 8000",
)(serve.serve)
app.command(
    "evaluate",
    help=_("Evaluate a system at hospitals; a run that was stopped goes on where it stopped."),
    epilog="preuve evaluate ecg_interpretation reader.onnx --node hospitals/a --node hospitals/b",
)(evaluate.evaluate)
app.command(
    "report",
    help=_("Write the page of an evidence file: one HTML file that needs no network."),
    epilog="preuve report build/ecg.evidence.json --lang en",
)(evaluate.report)
app.command(
    "verify",
    help=_("Check an evidence file offline: every signature, and every figure from the releases."),
    epilog="preuve verify build/ecg.evidence.json",
)(evaluate.verify)
app.command(
    "demo",
    help=_("Evaluate two ECG readers at five hospitals and write the evidence page."),
    epilog="preuve demo --into build/demo",
)(demo.demo)


def _version(asked: bool) -> None:
    if asked:
        out.print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    lang: Annotated[
        str, typer.Option(help=_("Language of what is shown: fr or en."), show_default=False)
    ] = "",
    _shown: Annotated[
        bool,
        typer.Option("--version", help=_("Show the version."), callback=_version, is_eager=True),
    ] = False,
) -> None:
    if lang:
        speak(language_named(lang))
        os.environ["PREUVE_LANG"] = lang


def run() -> None:
    """Run the command line; a user's mistake ends with exit code 2 and no traceback."""
    try:
        app()
    except PreuveError as error:
        show_error(error, as_json="--json" in sys.argv)
        sys.exit(2)
    except KeyboardInterrupt:
        err.print(_("Interrupted. Start the same command again to go on where it stopped."))
        sys.exit(130)
