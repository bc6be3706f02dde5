"""preuve demo: two ECG readers at five hospitals, from records to the evidence page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from preuve.cli.console import bars, err, out
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.language import LANGUAGES, _, current_language

USECASE = "ecg_interpretation"


def demo(
    into: Annotated[Path, typer.Option(help=_("Folder to write."))] = Path("build/demo"),
) -> None:
    """Evaluate two ECG readers at five hospitals and write the evidence page."""
    from preuve.evaluation.report.page import write
    from preuve.evaluation.report.terminal import summary
    from preuve.federation import Node
    from preuve.federation.evaluate import evaluate
    from preuve.registry import System

    raw = _records()
    folder = UseCaseFolder.find(USECASE)
    models = folder.path / "models"
    hospitals = into / ("hospitals" if raw else "synthetic-hospitals")
    with bars() as progress:
        nodes = folder.module("nodes").prepare(raw, hospitals, progress)
    with bars() as progress:
        evidence = evaluate(
            folder,
            System.load(models / "features_lightgbm.onnx"),
            [Node.load(node) for node in nodes],
            comparator=System.load(models / "cnn.onnx"),
            into=into / "run",
            progress=progress,
        )
    path = evidence.save(into / "ecg.evidence.json")
    pages = {lang: write(evidence, into / f"ecg.{lang}.html", lang) for lang in LANGUAGES}
    out.print(summary(evidence))
    out.print(_("Evidence: {path}").format(path=path.resolve()))
    own = current_language()
    for lang in (own, *(other for other in LANGUAGES if other != own)):
        out.print(_("Page ({lang}): {path}").format(lang=lang, path=pages[lang].resolve()))


def _records() -> Path | None:
    """Real records where there are any; else None, with a word on how to get them."""
    named = os.environ.get("PREUVE_DATA")
    if named:
        folder = Path(named)
        if not folder.is_dir():
            raise PreuveError(
                _("The folder of PREUVE_DATA does not exist."),
                where=folder,
                remedy=_("Correct it, or unset PREUVE_DATA to run on SYNTHETIC records."),
            )
        return folder
    if Path("ptb-xl").is_dir():
        return Path("ptb-xl")
    err.print(
        _(
            "No real records here: the demo runs on SYNTHETIC ones. To run it on PTB-XL, "
            "first fetch it: preuve data get ptb-xl"
        )
    )
    return None
