"""Comparing: systems of one use case side by side, from the signed evidence published here."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Finding
from preuve.registry.comparison import Comparison, Side, compare, verdict_name
from preuve.registry.comparison.measured import MEASURES
from preuve.registry.comparison.told import (
    basis_words,
    difference_words,
    energy_words,
    figure_words,
    headline,
    price_words,
    probability_words,
    reservations,
    threshold_words,
    verdict_words,
)
from preuve.registry.comparison.words import claim as claim_words
from preuve.registry.comparison.words import estimand_name, measure_name
from preuve.web.errors import NotFound
from preuve.web.register.asked import Asked, today
from preuve.web.register.owed import owed
from preuve.web.register.shown import entries, results
from preuve.web.rendering import page
from preuve.web.results.evidence import opened
from preuve.web.results.result import Result
from preuve.web.site import reading

pages = APIRouter()
MOST = 8
"""Evidence files that may be laid side by side."""
Chosen = Annotated[list[str] | None, Query(max_length=50)]


@dataclass(frozen=True)
class Gap:
    """What the deployer of a system still owes on a day."""

    name: str
    binding: int
    missing: int


def compared(connection: Connection, chosen: Sequence[str]) -> tuple[Comparison, list[Result]]:
    """The comparison of published evidence, named by its identifiers or digests.

    Raises:
        PreuveError: too many, unknown, or not comparable; says why.
    """
    names = list(dict.fromkeys(one for one in chosen if one))
    if len(names) > MOST:
        raise PreuveError(
            _("At most {count} evidence files are laid side by side.").format(count=MOST)
        )
    published = results(connection)
    found = []
    for name in names:
        one = next((one for one in published if name in (one.id, one.content, one.source)), None)
        if one is None:
            raise NotFound(_("There is no published evidence of this name."), where=name[:100])
        found.append(one)
    return compare([opened(connection, one) for one in found], entries(connection)), found


@pages.get("/comparison")
def comparison(
    request: Request,
    usecase: Annotated[str, Query(max_length=80)] = "",
    evidence: Chosen = None,
) -> Response:
    chosen = evidence or []
    shown, problem = None, None
    with reading(request) as connection:
        published = results(connection)
        try:
            if chosen:
                shown, _found = compared(connection, chosen)
        except PreuveError as refused:
            problem = refused
    codes = sorted({one.usecase for one in published})
    wanted = usecase or (shown.usecase.code if shown else "") or (codes[0] if codes else "")
    return page(
        request,
        "register/comparison.html.j2",
        status=400 if problem else 200,
        public=problem is None,
        title=_("Systems side by side"),
        codes=codes,
        usecase=wanted,
        offered=[one for one in published if one.usecase == wanted],
        chosen=set(chosen),
        problem=problem,
        shown=_shown(shown, today()) if shown else None,
    )


def _shown(found: Comparison, on: datetime.date) -> dict[str, Any]:
    """Everything the template shows of a comparison."""
    return {
        "synthetic": found.synthetic,
        "title": str(found.usecase.title),
        "question": str(found.usecase.question),
        "headline": headline(found),
        "limits": list(reservations(found)),
        "names": [side.name for side in found.sides],
        "findings": [_finding(found, finding) for finding in found.usecase.findings],
        "facts": _facts(found, on),
        "claims": [row for side in found.sides for row in _claims(side)],
        "pairs": [_pair(found, pair) for pair in found.pairs],
    }


def _finding(found: Comparison, finding: Finding) -> dict[str, Any]:
    rows = []
    for measure in MEASURES:
        centres = [side.measured.centre(measure, finding) for side in found.sides]
        if not any(centres):
            continue
        ahead = [side.measured.figure(measure, finding, "next_hospital") for side in found.sides]
        populations = {estimand_name(one.estimand) for one in centres if one is not None}
        rows.append((measure_name(measure), ", ".join(sorted(populations)), _words(centres)))
        if any(ahead):
            rows.append((measure_name(measure), estimand_name("next_hospital"), _words(ahead)))
    return {"code": finding.code, "label": str(finding.label), "rows": rows}


def _words(figures: Sequence[Any]) -> list[str]:
    return [figure_words(one) for one in figures]


def _facts(found: Comparison, on: datetime.date) -> list[tuple[str, list[str]]]:
    """Lines of the table of systems: name, and what each system has."""
    sides = found.sides
    first = found.usecase.findings[0]
    return [
        (_("Maker"), [side.entry.maker.name if side.entry else _("no entry") for side in sides]),
        (
            _("Class declared"),
            [
                (side.entry and side.entry.device.declared_class) or _("not stated")
                for side in sides
            ],
        ),
        (_("Hospitals"), [str(len(side.measured.released)) for side in sides]),
        (_("Cases"), [str(side.measured.cases) for side in sides]),
        (_("Threshold"), [threshold_words(side, first) for side in sides]),
        (_("Energy of 1,000 uses"), [energy_words(side) for side in sides]),
        (_("Price"), [price_words(side) for side in sides]),
        (_("Owed today by a deployer"), [_owed(side, on) for side in sides]),
        (_("Digest of the system"), [side.measured.system_digest[:19] + "…" for side in sides]),
    ]


def _owed(side: Side, on: datetime.date) -> str:
    """How many duties in force lack a document, for a deployer in general."""
    if side.entry is None:
        return _("no entry")
    found = owed(side.entry, Asked("deployer", on), [side.measured.evidence])
    return _("{count} of {all} duties in force lack a document").format(
        count=len(found.missing), all=len(found.binding)
    )


def _claims(side: Side) -> list[tuple[str, str, str, str]]:
    return [
        (
            side.name,
            claim_words(
                one.claim.measure, one.claim.value, one.claim.interval, one.claim.finding or ""
            ),
            figure_words(one.figure),
            verdict_name(one.verdict),
        )
        for one in side.claims
    ]


def _pair(found: Comparison, pair: Any) -> dict[str, Any]:
    labels = {finding.code: str(finding.label) for finding in found.usecase.findings}
    return {
        "title": _("{first} minus {second}").format(first=pair.first.name, second=pair.second.name),
        "basis": basis_words(pair.basis),
        "rows": [
            (
                labels[one.finding],
                measure_name(one.measure),
                estimand_name(one.estimand),
                difference_words(one),
                probability_words(one),
                verdict_words(pair, one),
            )
            for one in pair.differences
        ],
    }
