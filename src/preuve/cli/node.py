"""preuve node: a hospital's folder, its key, its policy, its ledger."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
import yaml

from preuve.cli.console import out, show_json
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _
from preuve.core.record import write_whole

app = typer.Typer(no_args_is_help=True, help=_("Hospitals: their folder, key, policy and ledger."))
Folder = Annotated[Path, typer.Argument(help=_("Folder of the hospital."))]


@app.command(
    "init",
    help=_("Make the folder of a hospital."),
    epilog="preuve node init hospitals/a --name a --usecase heart_disease --data data",
)
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help=_("Short name: lower-case letters, digits, _ and -."))],
    usecase: Annotated[str, typer.Option(help=_("Code of the use case."))],
    data: Annotated[
        str, typer.Option(help=_("Its data: a path from the folder, or the URL of a database."))
    ] = "data",
) -> None:
    from preuve.federation import Node

    path = folder / "node.yaml"
    if path.exists():
        raise PreuveError(_("This folder is already a node."), where=path)
    written = {
        "schema": 1,
        "name": name,
        "label": {"fr": name, "en": name},
        "data": {usecase: data},
        "policy": {"smallest_cell": 11},
    }
    write_whole(path, yaml.safe_dump(written, sort_keys=False, allow_unicode=True).encode())
    try:
        node = Node.load(folder)
    except PreuveError:
        path.unlink()
        raise
    out.print(_("Node {name}, key {key}.").format(name=node.name, key=node.key.public))


@app.command(
    "check",
    help=_("Read the cases of a hospital as an evaluation would; nothing leaves."),
    epilog="preuve node check hospitals/a heart_disease",
)
def check(
    folder: Folder,
    usecase: Annotated[str, typer.Argument(help=_("Folder, or code of the house."))],
) -> None:
    from preuve.federation import Node

    node, case = Node.load(folder), UseCaseFolder.find(usecase)
    cases = case.read(node.source(case.usecase.code))
    for warning in cases.warnings:
        out.print(f"[yellow]![/] {warning}")
    for exclusion in cases.exclusions:
        language = "en" if str(case.usecase.title) == case.usecase.title.en else "fr"
        out.print(f"- {exclusion.cases}: {exclusion.reason[language]}")
    out.print(_("{count} cases can be evaluated.").format(count=len(cases)))


@app.command(
    "ledger",
    help=_("The releases of a hospital so far, their chain checked."),
    epilog="preuve node ledger hospitals/a",
)
def ledger(folder: Folder) -> None:
    from preuve.federation import Node

    show_json([asdict(entry) for entry in Node.load(folder).ledger.entries])
