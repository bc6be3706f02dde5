"""preuve demo: from the records of five hospitals to the evidence, the care system, the euros."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from preuve.cli.console import bars, err, out, show_pages
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.folder import UseCaseFolder
from preuve.core.language import LANGUAGES, _
from preuve.pages.numbers import number, signed, span

USECASE, MODEL = "ecg_interpretation", "ecg-gp"
MEAN = "mean_hospital"
"""The scenario of the model in which the aid works as at the mean hospital."""
CLOSURE, CLOSED, CLOSURE_RUNS = "autun-2023", "710010786", 20


def demo(
    into: Annotated[Path, typer.Option(help=_("Folder to write."))] = Path("build/demo"),
) -> None:
    """Three acts: two ECG readers judged at five hospitals, a closure seen on the national twin,
    and what the first reader would be worth to general practitioners.
    """
    evidence = _first_act(into)
    _second_act(into / "twin")
    _third_act(evidence, into / "economics")


def _first_act(into: Path) -> Evidence:
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
    show_pages(pages)
    return evidence


def _second_act(into: Path) -> None:
    """The closure of the maternity of Autun, seen from 2021, beside what happened in 2023."""
    from preuve.cli.twin import made
    from preuve.twin import Scenario
    from preuve.twin.effects.hindsight import around

    scenario = Scenario.load(CLOSURE)
    impact = made(scenario, runs=CLOSURE_RUNS, into=into)
    table = Table(box=None)
    for heading in (_("maternity"), _("km"), _("the twin: stays gained"), _("2023, really")):
        table.add_column(heading)
    for row in around(impact, CLOSED, "obstetrics", 2023).iter_rows(named=True):
        table.add_row(
            f"{row['name']} ({row['commune_name']})",
            number(row["km"]),
            f"{signed(row['predicted'])} ({span(signed(row['low95']), signed(row['high95']))})",
            signed(row["observed"]),
        )
    out.print(
        _(
            "What the nearest maternities gained, net of the national trend; they also gain and "
            "lose for other reasons:"
        )
    )
    out.print(table)


def _third_act(evidence: Evidence, into: Path) -> None:
    """The evidence of the first act in euros and QALYs, doubt between hospitals included."""
    from preuve.cli.economics import made
    from preuve.economics import Model

    appraisal = made(Model.load(MODEL, reader=evidence), into)
    strategy = appraisal.drawn.strategies[-1]
    table = Table(box=None)
    for heading in (_("hospital"), _("worth of the aid there, € per tracing")):
        table.add_column(heading)
    together = [one for one in appraisal.scenarios if one.name == MEAN]
    for centre in (*appraisal.centres, *together):
        mean, low, high = centre.benefit(strategy, appraisal.willingness)
        table.add_row(
            str(centre.label), f"{signed(mean, 1)} ({span(signed(low, 1), signed(high, 1))})"
        )
    out.print(
        _(
            "The same aid at each hospital of the first act (net benefit at {money} € a QALY):"
        ).format(money=number(appraisal.willingness))
    )
    out.print(table)


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
