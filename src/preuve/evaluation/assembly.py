"""Assembly: from the releases of the sites to the content of an evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preuve.core.evidence import SCHEMA
from preuve.core.usecase import UseCase
from preuve.evaluation.acceptance import acceptance_rows
from preuve.evaluation.comparison import comparison_rows
from preuve.evaluation.counts import count_rows
from preuve.evaluation.figures import finding_rows, heterogeneity_rows
from preuve.evaluation.gaps import gap_rows
from preuve.evaluation.labels import label_rows
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.suppression import suppression_rows


@dataclass(frozen=True)
class SiteOutcome:
    """What became of one site in a run.

    Attributes:
        site: name of the node; label: its name for readers, in both languages.
        outcome: "released", "refused" (by the gate) or "failed".
        reason: why, in both languages, when nothing was released.
        release: the signed release as it came, when there is one.
    """

    site: str
    label: Mapping[str, str]
    outcome: str
    reason: Mapping[str, str] | None
    release: Mapping[str, Any] | None


def assemble(
    usecase: UseCase,
    system: Mapping[str, Any],
    comparator: Mapping[str, Any] | None,
    outcomes: Sequence[SiteOutcome],
) -> dict[str, Any]:
    """The content of an evidence; a function of its arguments alone.

    Args:
        usecase: the protocol.
        system: record of the system evaluated.
        comparator: record of the system it is compared with, or None.
        outcomes: one per site; their order does not matter.
    """
    outcomes = sorted(outcomes, key=lambda outcome: outcome.site)
    sites = [
        ReleasedSite.from_record(dict(outcome.release["released"]))
        for outcome in outcomes
        if outcome.release is not None
    ]
    silent = {o.site: o.outcome for o in outcomes if o.release is None}
    estimates = [row for f in usecase.findings for row in finding_rows(usecase, f, sites)]
    return {
        "schema": SCHEMA,
        "usecase": usecase.record(),
        "usecase_digest": usecase.digest,
        "system": dict(system),
        "comparator": None if comparator is None else dict(comparator),
        "sites": [
            {
                "site": outcome.site,
                "label": dict(outcome.label),
                "outcome": outcome.outcome,
                "reason": None if outcome.reason is None else dict(outcome.reason),
                "release": None if outcome.release is None else dict(outcome.release),
            }
            for outcome in outcomes
        ],
        "estimates": estimates,
        "counts": [row for f in usecase.findings for row in count_rows(usecase, f, sites)],
        "heterogeneity": [
            row for f in usecase.findings for row in heterogeneity_rows(usecase, f, sites)
        ],
        "acceptance": list(acceptance_rows(usecase, estimates)),
        "gaps": [row for f in usecase.findings for row in gap_rows(usecase, f, sites)],
        "comparison": [row for f in usecase.findings for row in comparison_rows(usecase, f, sites)],
        "labels": list(label_rows(usecase, sites)),
        "suppression": list(suppression_rows(usecase, sites, silent)),
        "synthetic": any(site.synthetic for site in sites),
    }


def reassemble(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content that the releases held in `content` lead to: equal to it, or it is wrong."""
    usecase = UseCase.from_record(content["usecase"], where="usecase")
    return assemble(
        usecase,
        content["system"],
        content["comparator"],
        [SiteOutcome(**site) for site in content["sites"]],
    )
