"""preuve data: public data, fetched from their official source and laid out as nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import bars, out
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _

app = typer.Typer(no_args_is_help=True, help=_("Public data, fetched and laid out as nodes."))


@app.command("list", help=_("Public data that can be fetched."), epilog="preuve data list")
def list_datasets() -> None:
    from preuve.usecases.download import DATASETS

    for dataset in DATASETS.values():
        out.print(f"[bold]{dataset.code}[/] {dataset.version} · {dataset.title}")
        out.print(f"  {dataset.about}")
        out.print(f"  {dataset.licence} · {dataset.bytes / 1e9:.1f} GB · {dataset.address}")
        out.print(f"  {dataset.citation}")


@app.command(
    "get",
    help=_("Fetch public data from the official source, checked, resumed where it stopped."),
    epilog="preuve data get ptb-xl --to ptb-xl",
)
def get(
    name: Annotated[str, typer.Argument(help=_("Name given by `preuve data list`."))],
    to: Annotated[Path | None, typer.Option(help=_("Folder to write."))] = None,
    source: Annotated[
        str, typer.Option("--from", help=_("Another address with the same layout."))
    ] = "",
) -> None:
    from preuve.usecases.download import DATASETS, get_ptb_xl

    if name not in DATASETS:
        raise PreuveError(
            _("There is no data set named {name}.").format(name=name),
            remedy=_("Choose among {names}.").format(names=", ".join(DATASETS)),
        )
    with bars() as progress:
        folder = get_ptb_xl(
            to or Path(name), base_url=source or DATASETS[name].address, progress=progress
        )
    out.print(_("Whole and checked: {folder}").format(folder=folder))


@app.command(
    "prepare",
    help=_("Lay public data out as one folder per hospital."),
    epilog="preuve data prepare heart_disease --from ../shared/data --to build/hospitals",
)
def prepare(
    usecase: Annotated[str, typer.Argument(help=_("Folder, or code of the house."))],
    to: Annotated[Path, typer.Option(help=_("Folder to write, one folder per hospital inside."))],
    source: Annotated[
        Path | None,
        typer.Option("--from", help=_("Folder of the data; SYNTHETIC hospitals without it.")),
    ] = None,
) -> None:
    with bars() as progress:
        nodes = UseCaseFolder.find(usecase).module("nodes").prepare(source, to, progress)
    for node in nodes:
        out.print(str(node))
