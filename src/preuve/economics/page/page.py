"""The appraisal page: what a decision maker reads, one whole file per language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preuve.core.language import LANGUAGES, _, speaking
from preuve.core.record import write_whole
from preuve.economics.appraisal import Appraisal
from preuve.economics.page import (
    conclusion,
    course_charts,
    decision_charts,
    doubt_charts,
    method,
    plane_charts,
    reservations,
    tables,
    worlds_charts,
)
from preuve.economics.page.limits import limits
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import kept_together
from preuve.economics.reference_case.check import overall
from preuve.pages.chart import Figure
from preuve.pages.layout import render

_TEMPLATE = Path(__file__).parent / "templates" / "appraisal.html.j2"


def write(appraisal: Appraisal, folder: Path) -> tuple[Path, ...]:
    """Write the page of an appraisal in French and in English: no network, no script to read it.

    Args:
        appraisal: the appraisal.
        folder: where `appraisal.fr.html` and `appraisal.en.html` are written.

    Returns:
        The two paths, French first.

    Raises:
        PreuveError: the optional part "pages" is not installed.
    """
    pages = {}
    for language in LANGUAGES:
        with speaking(language):
            pages[folder / f"appraisal.{language}.html"] = page(Reading(appraisal))
    for path, text in pages.items():
        write_whole(path, text.encode())
    return tuple(pages)


def page(reading: Reading) -> str:
    """The page in the current language."""
    return render(_TEMPLATE, **shown(reading))


def shown(reading: Reading) -> dict[str, Any]:
    """Everything the template shows, in the current language."""
    written = reading.written
    found = reservations.findings(reading.appraisal)
    return {
        "title": str(written.title),
        "question": str(written.decision.question),
        "synthetic": reading.appraisal.synthetic,
        "headline": conclusion.headline(reading),
        "reference": reading.label(reading.strategies[0]),
        "strategies": conclusion.strategies(reading),
        "general": list(conclusion.general(reading)),
        "together": kept_together,
        "limits": list(limits(reading, found)),
        "columns": tables.columns(reading),
        "by_item": tables.costs_by_item(reading),
        "by_payer": tables.costs_by_payer(reading),
        "effects": tables.effects(reading),
        "effect_axis": reading.effect_axis,
        "frontier_columns": plane_charts.frontier_columns(reading),
        "frontier_rows": plane_charts.frontier_rows(reading),
        **_charts(reading),
        "uptakes": course_charts.uptakes(reading),
        "budget_items": tables.budget_by_item(reading),
        "reservations": reservations.parts(found),
        "overall": overall(found).text,
        "grades_of_reservations": reservations.meanings(),
        **_model(reading),
    }


def _charts(reading: Reading) -> dict[str, Any]:
    return {
        "choice": _drawn(
            plane_charts.plane(reading),
            plane_charts.frontier(reading),
            decision_charts.acceptability(reading),
        ),
        "prices": [
            {
                "figure": drawn,
                "caption": _("The comparison at each price, {willingness} for one {effect}").format(
                    willingness=reading.certain(reading.appraisal.willingness),
                    effect=reading.one_effect,
                ),
                "rows": decision_charts.ratio_rows(reading, claimed),
            }
            for drawn, claimed in zip(
                decision_charts.prices(reading), reading.appraisal.prices, strict=True
            )
        ],
        "ratio_columns": [
            _("Price"),
            _("Cost of one more {effect} (ratio of the means)").format(effect=reading.one_effect),
            _("Probability that it is worth it"),
        ],
        "doubt": _drawn(*doubt_charts.tornados(reading)),
        "worlds": _drawn(
            worlds_charts.centres(reading),
            worlds_charts.thresholds(reading),
            worlds_charts.subgroups(reading),
            worlds_charts.scenarios(reading),
        ),
        "knowing": _drawn(
            decision_charts.perfect_information(reading),
            doubt_charts.partial_information(reading),
            *doubt_charts.studies(reading),
        ),
        "budget": course_charts.budget(reading),
        "equity": plane_charts.equity(reading),
        "traces": course_charts.traces(reading),
    }


def _drawn(*figures: Figure | None) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def _model(reading: Reading) -> dict[str, Any]:
    written = reading.written
    return {
        "decision": list(method.decision(reading)),
        "structure": method.structure(reading),
        "structure_reason": str(written.methods.structure or ""),
        "states": method.states(reading),
        "pathway": method.pathway(reading),
        "branches": method.branches(reading),
        "strategy_labels": [reading.label(name) for name in reading.strategies],
        "assumptions": [str(one) for one in written.assumptions],
        "parameters": tables.parameters(reading),
        "grades": tables.grades(),
        "validation": method.validation(reading),
        "invariants": method.invariants(reading),
        "provenance": method.provenance(reading),
        "digests": method.digests(reading),
        "command": method.command(reading),
    }
