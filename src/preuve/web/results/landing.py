"""Landing: what the page of an evidence in the site says, read from the signed file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.pages.numbers import duration


@dataclass(frozen=True)
class Landing:
    """Attributes:
    question, population, reference: of the use case, in the current language.
    findings: one row per finding that was measured, intervals included.
    withheld: findings without any figure, with the reason.
    requirements: what the protocol required, and how likely the next hospital meets it.
    sites: the hospitals, and what became of each.
    signer: the public key that signed the evidence.
    run: how it was found: name and value.
    """

    question: str
    population: str
    reference: str
    findings: list[dict[str, Any]]
    withheld: list[dict[str, str]]
    requirements: list[dict[str, str]]
    sites: list[dict[str, Any]]
    signer: str
    run: list[tuple[str, str]]


def landing(evidence: Evidence) -> Landing:
    """The parts of the page, in the current language; every figure has its interval."""
    from preuve.evaluation.report.findings import overview_row, requirements, withheld
    from preuve.evaluation.report.reading import Reading
    from preuve.evaluation.report.sites import site_row

    reading = Reading(evidence)
    usecase = evidence.usecase
    return Landing(
        question=str(usecase.question),
        population=str(usecase.population),
        reference=str(usecase.reference_standard),
        findings=[overview_row(reading, finding) for finding in reading.measured],
        withheld=[withheld(reading, finding) for finding in reading.withheld],
        requirements=requirements(reading),
        sites=[site_row(reading, site) for site in evidence.content["sites"]],
        signer=str(evidence.record["signature"]["key"]),
        run=_run(evidence.record["run"]),
    )


def _run(run: Any) -> list[tuple[str, str]]:
    software = run.get("software") or {}
    found = [(_("Version of Preuve"), str(software.get("preuve", "")))]
    if isinstance(run.get("seconds"), int | float):
        found.append((_("Duration"), duration(float(run["seconds"]))))
    return [(name, value) for name, value in found if value]
