"""Claimed: what an entry says of itself, laid beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from preuve.core.language import _
from preuve.core.usecase import Finding, UseCase
from preuve.registry.comparison.measured import Figure, Measured
from preuve.registry.comparison.words import as_share, known_measure
from preuve.registry.entry import Claim

Verdict = Literal["within", "above", "below", "not_measured"]
"""Where the claimed value stands beside the interval that was measured at the mean hospital."""


@dataclass(frozen=True)
class Checked:
    """A claim beside what was measured.

    Attributes:
        claim: as the entry writes it.
        figure: what was measured of the same thing, or None.
        verdict: where the claimed value stands; "not_measured" without a figure.
    """

    claim: Claim
    figure: Figure | None
    verdict: Verdict

    def record(self) -> dict[str, Any]:
        return {
            "claim": self.claim.model_dump(mode="json", exclude_none=True),
            "measured": None if self.figure is None else self.figure.record(),
            "verdict": self.verdict,
        }


def checked(claims: Iterable[Claim], measured: Sequence[Measured]) -> tuple[Checked, ...]:
    """Each claim beside the figure that the evidence holds of the same measure and finding."""
    return tuple(_checked(claim, measured) for claim in claims)


def _checked(claim: Claim, measured: Sequence[Measured]) -> Checked:
    measure = known_measure(claim.measure)
    for one in measured if measure else ():
        finding = _finding(claim, one.usecase)
        figure = None if finding is None else one.centre(measure or "", finding)
        if figure is not None:
            low, high = figure.estimate.interval
            value = as_share(figure.measure, claim.value)
            if low <= value <= high:
                return Checked(claim, figure, "within")
            return Checked(claim, figure, "above" if value > high else "below")
    return Checked(claim, None, "not_measured")


def _finding(claim: Claim, usecase: UseCase) -> Finding | None:
    """The finding a claim speaks of: named by it, or the only one of the use case."""
    if claim.finding is None:
        return usecase.findings[0] if len(usecase.findings) == 1 else None
    named = claim.finding.strip().lower()
    for finding in usecase.findings:
        if named in (finding.code.lower(), finding.label.fr.lower(), finding.label.en.lower()):
            return finding
    return None


def verdict_name(verdict: Verdict) -> str:
    return {
        "within": _("claim, inside the measured interval"),
        "above": _("claim above the measured interval"),
        "below": _("claim below the measured interval"),
        "not_measured": _("claim, not measured"),
    }[verdict]
