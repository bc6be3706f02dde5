"""preuve evaluate, report, verify: from hospitals to evidence, to its page, to its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import bars, language_named, out, show_json
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.folder import UseCaseFolder
from preuve.core.language import _, current_language, speaking

Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]
File = Annotated[Path, typer.Argument(help=_("An evidence file."))]


def evaluate(
    usecase: Annotated[str, typer.Argument(help=_("Folder, or code of the house."))],
    system: Annotated[Path, typer.Argument(help=_("A .onnx, .csv, .parquet or system.yaml file."))],
    node: Annotated[list[Path], typer.Option(help=_("Folder of a hospital; once per hospital."))],
    comparator: Annotated[
        Path | None, typer.Option(help=_("Another system, compared on the same cases."))
    ] = None,
    reader: Annotated[
        str, typer.Option(help=_("Compare with this human reader, found in the data."))
    ] = "",
    into: Annotated[Path, typer.Option(help=_("Folder of the run."))] = Path("build/run"),
    workers: Annotated[int | None, typer.Option(help=_("Hospitals at a time."), min=1)] = None,
    isolation: Annotated[str, typer.Option(help=_("pool or subprocess."))] = "pool",
    key: Annotated[
        Path | None, typer.Option(help=_("Private key that signs the evidence."))
    ] = None,
    as_json: Json = False,
) -> None:
    """Evaluate a system at hospitals; a run that was stopped goes on where it stopped."""
    from preuve.evaluation.report.terminal import summary
    from preuve.federation import Node
    from preuve.federation.evaluate import evaluate as run
    from preuve.registry import System

    if comparator and reader:
        raise PreuveError(_("Give a comparator or a reader, not both."))
    if isolation not in ("pool", "subprocess"):
        raise PreuveError(_("The isolation is pool or subprocess."), where="--isolation")
    folder = UseCaseFolder.find(usecase)
    compared = System.load(comparator) if comparator else System.reader(reader) if reader else None
    with bars(hidden=as_json) as progress:
        evidence = run(
            folder,
            System.load(system),
            [Node.load(folder) for folder in node],
            comparator=compared,
            into=into,
            workers=workers,
            isolation="subprocess" if isolation == "subprocess" else "pool",
            key=key,
            progress=progress,
        )
    path = evidence.save(into / f"{evidence.usecase.code}.evidence.json")
    if as_json:
        sites = {s["site"]: s["outcome"] for s in evidence.content["sites"]}
        return show_json({"evidence": str(path), "digest": evidence.digest, "sites": sites})
    out.print(summary(evidence))
    out.print(_("Evidence: {path}").format(path=path))
    return None


def report(
    file: File,
    lang: Annotated[str, typer.Option(help=_("fr or en."), show_default=False)] = "",
    to: Annotated[Path | None, typer.Option("-o", "--to", help=_("Page to write."))] = None,
) -> None:
    """Write the page of an evidence file: one HTML file that needs no network."""
    from preuve.evaluation.report.page import write

    language = language_named(lang) if lang else current_language()
    evidence = Evidence.load(file)
    name = file.name.removesuffix(".json").removesuffix(".evidence")
    page = write(evidence, to or file.with_name(f"{name}.{language}.html"), language)
    with speaking(language):
        out.print(_("Page: {path}").format(path=page))


def verify(
    file: File,
    key: Annotated[str, typer.Option(help=_("Public key that must have signed it."))] = "",
    as_json: Json = False,
) -> None:
    """Check an evidence file offline: every signature, and every figure from the releases."""
    from preuve.evaluation.assembly import reassemble

    evidence = Evidence.load(file, key=key or None)
    if reassemble(evidence.content) != evidence.content:
        raise PreuveError(
            _("The figures of this evidence do not follow from its releases."),
            where=file,
            remedy=_("It may come from another version: see `run.software` in the file."),
        )
    signer = evidence.record["signature"]["key"]
    released = [s["site"] for s in evidence.content["sites"] if s["release"]]
    if as_json:
        return show_json({"digest": evidence.digest, "key": signer, "released": released})
    out.print(_("Whole: nothing was altered, and every figure follows from the releases."))
    out.print(f"{evidence.digest}\n{signer}\n{', '.join(released)}")
    return None
