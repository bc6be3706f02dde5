"""preuve system: the AI systems to evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import out, show_json
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _

app = typer.Typer(no_args_is_help=True, help=_("AI systems: a model, predictions, or a command."))
File = Annotated[Path, typer.Argument(help=_("A .onnx, .csv, .parquet or system.yaml file."))]


@app.command(
    "show",
    help=_("What is known of a system: its card and its digest."),
    epilog="preuve system show reader.onnx",
)
def show(file: File) -> None:
    from preuve.registry import System

    show_json(System.load(file).record())


@app.command(
    "check",
    help=_("Check that a system can answer a use case, before any case is read."),
    epilog="preuve system check reader.onnx ecg_interpretation",
)
def check(
    file: File, usecase: Annotated[str, typer.Argument(help=_("Folder, or code of the house."))]
) -> None:
    from preuve.registry import System

    system = System.load(file)
    system.check(UseCaseFolder.find(usecase).usecase)
    out.print(_("{system} can answer {usecase}.").format(system=system.name, usecase=usecase))


@app.command("schema", help=_("The JSON schema of system.yaml."), epilog="preuve system schema")
def schema() -> None:
    from preuve.registry.declaration import schema

    show_json(schema())
