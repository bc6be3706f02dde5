"""preuve usecase: the clinical questions and how an answer is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from preuve.cli.console import out, show_json
from preuve.core.errors import PreuveError
from preuve.core.folder import FILES, UseCaseFolder
from preuve.core.language import _
from preuve.core.usecase import UseCase

app = typer.Typer(no_args_is_help=True, help=_("Clinical questions and how an answer is judged."))
Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]


@app.command("list", help=_("The use cases of the house."), epilog="preuve usecase list")
def list_usecases(as_json: Json = False) -> None:
    cases = [UseCaseFolder.find(name).usecase for name in UseCaseFolder.names()]
    if as_json:
        return show_json([{"code": c.code, "title": c.title.model_dump()} for c in cases])
    table = Table(box=None)
    for heading in (_("code"), _("question"), _("findings")):
        table.add_column(heading)
    for case in cases:
        table.add_row(case.code, str(case.question), str(len(case.findings)))
    out.print(table)
    return None


@app.command("schema", help=_("The JSON schema of usecase.yaml."), epilog="preuve usecase schema")
def schema() -> None:
    show_json(UseCase.model_json_schema())


@app.command(
    "check",
    help=_("Check the folder of a use case: its files, its schema, its code."),
    epilog="preuve usecase check src/preuve/usecases/heart_disease",
)
def check(folder: Annotated[Path, typer.Argument(help=_("Folder, or code of the house."))]) -> None:
    found = UseCaseFolder.find(folder)
    missing = [name for name in FILES if not (found.path / name).exists()]
    if missing:
        raise PreuveError(
            _("Missing files: {files}.").format(files=", ".join(missing)), where=found.path
        )
    case = found.usecase
    if not callable(getattr(found.module("data"), "read", None)):
        raise PreuveError(
            _("The file has no function read(source, usecase)."), where=found.path / "data.py"
        )
    out.print(
        _("{code} is in order: {findings} findings, {subgroups} subgroup variables.").format(
            code=case.code, findings=len(case.findings), subgroups=len(case.subgroups)
        )
    )
