"""preuve economics: is it worth it, at what price, and does the file hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from preuve.cli.console import bars, err, out, show_json, show_pages
from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, Language, _, current_language

if TYPE_CHECKING:
    from preuve.core.evidence import Evidence
    from preuve.economics import Appraisal, Model
    from preuve.economics.reference_case.check import Finding

app = typer.Typer(no_args_is_help=True, help=_("Is it worth it, and at what price?"))
Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]
File = Annotated[str, typer.Argument(help=_("A YAML file, or a model of the house."))]
EvidenceOption = Annotated[
    list[str],
    typer.Option(
        "--evidence", help=_("NAME=FILE: an evidence in place of one that the model reads.")
    ),
]


@app.command(
    "run",
    help=_("Run a model; write its appraisal page, its tables and its workbook."),
    epilog="preuve economics run ecg-gp",
)
def run(
    model: File,
    draws: Annotated[
        int | None, typer.Option(help=_("How many draws; those of the model unless said."))
    ] = None,
    seed: Annotated[int | None, typer.Option(help=_("Same seed, same result."))] = None,
    into: Annotated[
        Path | None, typer.Option(help=_("Folder to write; build/economics/NAME unless said."))
    ] = None,
    evidence: EvidenceOption = [],  # noqa: B006
    as_json: Json = False,
) -> None:
    loaded = _load(model, evidence)
    folder = _folder(into, loaded)
    if not as_json:
        made(loaded, folder, draws=draws, seed=seed)
        return None
    appraisal, paths, pages = _run(loaded, folder, draws=draws, seed=seed, hidden=True)
    from preuve.economics.export import record

    files = {
        "tables": [str(path) for path in paths],
        "pages": {k: str(v) for k, v in pages.items()},
    }
    return show_json(record(appraisal) | files)


def made(model: Model, into: Path, **how: Any) -> Appraisal:
    """Run a model, write its page, tables and workbook, and show what it says."""
    from preuve.economics.page import terminal

    appraisal, paths, pages = _run(model, into, **how)
    out.print(terminal.summary(appraisal))
    out.print(_("Tables and workbook: {path}").format(path=paths[0].parent.resolve()))
    show_pages(pages)
    return appraisal


def _run(
    model: Model, into: Path, *, hidden: bool = False, **how: Any
) -> tuple[Appraisal, list[Path], dict[Language, Path]]:
    from preuve.economics import export
    from preuve.economics.appraise import appraise
    from preuve.economics.page import page
    from preuve.economics.workbook import write

    with bars(hidden=hidden) as progress:
        appraisal = appraise(model, progress=progress, **how)
        paths = list(export.write(appraisal, into / "tables"))
        pages = dict(zip(LANGUAGES, page.write(appraisal, into), strict=True))
        try:
            paths.append(write(model, into / "tables" / f"{model.name}.xlsx", current_language()))
        except PreuveError as refused:
            err.print(refused.problem)
    return appraisal, paths, pages


def _folder(into: Path | None, model: Model) -> Path:
    """Where to write, refused before anything runs where a file stands there."""
    folder = into or Path("build/economics") / model.name
    if any(one.is_file() for one in (folder, *folder.parents)):
        raise PreuveError(
            _("A file stands where a folder would be written."),
            where=folder,
            remedy=_("Name a folder: --into build/economics/{name}.").format(name=model.name),
        )
    return folder


def _load(model: str, evidence: list[str]) -> Model:
    from preuve.core.evidence import Evidence
    from preuve.economics import Model

    given: dict[str, Evidence] = {}
    for one in evidence:
        name, sign, file = one.partition("=")
        if not sign:
            raise PreuveError(
                _("An evidence is given as NAME=FILE."), where=one, remedy="--evidence reader=FILE"
            )
        if Path(file).is_dir():
            raise PreuveError(_("This is a folder, not a file."), where=file)
        given[name] = Evidence.load(file)
    return Model.load(model, **given)


@app.command(
    "check",
    help=_("The French reference case, item by item, with the reservations to expect."),
    epilog="preuve economics check ecg-gp",
)
def check(model: File, as_json: Json = False) -> None:
    from preuve.economics.appraise import appraise
    from preuve.economics.reference_case.check import overall

    loaded = _load(model, [])
    with bars(hidden=as_json) as progress:
        found = appraise(loaded, progress=progress).findings
    if as_json:
        return show_json([_told(one, loaded) for one in found])
    table = Table(box=None, pad_edge=False)
    for heading in (_("reservation"), _("item"), _("found"), _("how to mend"), _("line")):
        table.add_column(heading, overflow="fold")
    for one in sorted(found, key=_severity):
        if one.reservation or one.state == "cannot_tell":
            told = _told(one, loaded)
            table.add_row(
                *(str(told[key] or "") for key in ("grade", "title", "found", "mend", "line"))
            )
    out.print(table)
    met = sum(one.state == "met" for one in found)
    out.print(
        _("{met} of {count} items are met.").format(met=met, count=len(found))
        + " "
        + overall(found).text
    )
    return None


def _told(one: Finding, model: Model) -> dict[str, Any]:
    grades = {
        "minor": _("minor"),
        "important": _("important"),
        "major": _("major"),
        None: _("to be said"),
    }
    return {
        "rule": one.rule.id,
        "title": str(one.rule.title),
        "state": one.state,
        "reservation": one.reservation,
        "grade": str(grades[one.reservation]),
        "found": one.found,
        "mend": one.mend,
        "line": model.origin.line(one.location),
        "source": one.rule.source,
        "confidence": one.rule.confidence,
    }


def _severity(one: Finding) -> int:
    return ("major", "important", "minor", None).index(one.reservation)


@app.command(
    "price",
    help=_("Who pays whom, month by month, under a scheme of funding or under each of them."),
    epilog="preuve economics price ecg-gp --scheme pecan",
)
def price(
    model: File,
    scheme: Annotated[
        str, typer.Option(help=_("pecan, per_use, ..., or all to compare them."))
    ] = "all",
    draws: Annotated[int, typer.Option(help=_("How many draws."), min=100, max=2000)] = 1000,
    into: Annotated[
        Path | None, typer.Option(help=_("Folder to write; build/economics/NAME unless said."))
    ] = None,
    as_json: Json = False,
) -> None:
    from preuve.economics.funding import funding
    from preuve.economics.page import funding as shown

    loaded = _load(model, [])
    folder = _folder(into, loaded)
    found = funding(loaded, scheme, draws)
    if as_json:
        return show_json(found.comparison.table().to_dicts())
    paths = shown.write(loaded, found, folder)
    out.print(shown.summary(loaded, found))
    show_pages(dict(zip(LANGUAGES, paths, strict=True)))
    return None


@app.command("models", help=_("The models of the house."), epilog="preuve economics models")
def models(as_json: Json = False) -> None:
    from preuve.economics import Model

    found = [Model.load(name) for name in Model.names()]
    if as_json:
        return show_json(
            [{"name": one.name, "title": one.written.title.model_dump()} for one in found]
        )
    table = Table(box=None)
    for heading in (_("name"), _("model")):
        table.add_column(heading)
    for one in found:
        table.add_row(one.name, str(one.written.title))
    out.print(table)
    return None


@app.command("schema", help=_("The JSON schema of a model."), epilog="preuve economics schema")
def schema() -> None:
    from preuve.economics.specification.written import schema as published

    show_json(published())
