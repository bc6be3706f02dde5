"""The evidence page: what a clinician or an assessor reads, in one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preuve.core.evidence import Evidence
from preuve.core.language import Language, ngettext, speaking
from preuve.core.record import write_whole
from preuve.evaluation.report import charts, conclusion
from preuve.evaluation.report.findings import finding_part, overview_row, requirements, withheld
from preuve.evaluation.report.groups import comparison_rows, subgroup_part
from preuve.evaluation.report.provenance import card_rows, energy_row
from preuve.evaluation.report.reading import Reading
from preuve.evaluation.report.sites import exclusions, labels, site_row, suppression_row
from preuve.pages.layout import render
from preuve.pages.numbers import number

_TEMPLATE = Path(__file__).parent / "templates" / "evidence.html.j2"


def write(evidence: Evidence, path: Path, language: Language) -> Path:
    """Write the page of an evidence: one HTML file, no network, no script needed to read it.

    Args:
        evidence: the evidence, checked by whoever loaded it.
        path: the file to write.
        language: "fr" or "en".

    Raises:
        PreuveError: the optional part "pages" is not installed.
    """
    with speaking(language):
        text = render(_TEMPLATE, **shown(Reading(evidence)))
    write_whole(path, text.encode())
    return path


def shown(reading: Reading) -> dict[str, Any]:
    """Everything the template shows, in the current language."""
    content = reading.content
    return {
        "title": ngettext(
            "{system}: what {sites} hospital shows",
            "{system}: what {sites} hospitals show",
            len(reading.released),
        ).format(system=reading.system_name(), sites=number(len(reading.released))),
        "usecase": reading.usecase,
        "text": {
            name: str(getattr(reading.usecase, name))
            for name in ("title", "question", "population", "reference_standard")
        },
        "synthetic": reading.evidence.synthetic,
        "headline": conclusion.headline(reading),
        "extremes": conclusion.extremes(reading),
        "verdict": " ".join(conclusion.verdict(reading)),
        "limits": [str(limit) for limit in reading.usecase.limits],
        "run_limits": list(conclusion.limits(reading)),
        "overview": charts.overview(reading),
        "findings": [overview_row(reading, finding) for finding in reading.measured],
        "withheld": [withheld(reading, finding) for finding in reading.withheld],
        "requirements": requirements(reading),
        "details": [finding_part(reading, finding) for finding in reading.measured],
        "gaps": [subgroup_part(reading, subgroup) for subgroup in reading.usecase.subgroups],
        "comparator": content["comparator"] and reading.system_name("comparator"),
        "comparison": content["comparator"] and charts.comparison_figure(reading),
        "comparison_rows": comparison_rows(reading),
        "sites": [site_row(reading, site) for site in content["sites"]],
        "labels": labels(reading),
        "suppression": [suppression_row(reading, row) for row in content["suppression"]],
        "exclusions": exclusions(reading),
        "systems": [
            {"name": reading.system_name(role), "rows": card_rows(content[role])}
            for role in ("system", "comparator")
            if content[role] is not None
        ],
        "run": reading.evidence.record["run"],
        "energy": energy_row(reading.evidence.record["run"]),
        "digest": reading.evidence.digest,
        "signature": reading.evidence.record["signature"]["key"],
        "content": content,
        "smallest": sorted({site.smallest_cell for site in reading.released}),
    }
