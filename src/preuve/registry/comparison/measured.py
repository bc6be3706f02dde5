"""Measured: what a signed evidence says of a system, figure by figure, never without interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from preuve.core.estimate import Estimate
from preuve.core.evidence import Estimand, Evidence
from preuve.core.language import current_language
from preuve.core.usecase import Finding, UseCase

Role = Literal["system", "comparator"]

MEASURES = (
    "auroc",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "observed_expected",
    "brier",
)
"""The measures laid side by side, in this order."""

DECISIONS = ("sensitivity", "specificity", "ppv", "npv")
"""The measures that depend on a threshold."""

_CENTRES: tuple[Estimand, ...] = ("mean_hospital", "within_site", "site")


@dataclass(frozen=True)
class Figure:
    """One figure with its uncertainty.

    Attributes:
        measure, finding: what, of which finding.
        estimand: which population it speaks of.
        threshold: the operating point, for a decision; else None.
        estimate: value, unit, interval, origin.
        sites: hospitals it rests on.
        events, non_events: cases with and without the finding.
    """

    measure: str
    finding: str
    estimand: Estimand
    threshold: float | None
    estimate: Estimate
    sites: int
    events: int
    non_events: int

    def record(self) -> dict[str, Any]:
        low, high = self.estimate.interval
        return {
            "measure": self.measure,
            "finding": self.finding,
            "estimand": self.estimand,
            "threshold": self.threshold,
            "value": self.estimate.value,
            "low": low,
            "high": high,
            "level": self.estimate.level,
            "unit": self.estimate.unit,
            "sites": self.sites,
            "events": self.events,
            "non_events": self.non_events,
            "evidence": self.estimate.source,
        }


@dataclass(frozen=True)
class Site:
    """A hospital of an evidence.

    Attributes:
        name, label: of its node; its name for readers, in both languages.
        key: the public key its node signed with: what tells one hospital from another. None
            where it released nothing.
        outcome: "released", "refused" or "failed".
        cases: cases it released; 0 where none.
    """

    name: str
    label: Mapping[str, str]
    key: str | None
    outcome: str
    cases: int

    def __str__(self) -> str:
        return self.label.get(current_language()) or self.name


@dataclass(frozen=True)
class Measured:
    """One system as an evidence measured it: the system evaluated, or its comparator."""

    evidence: Evidence
    role: Role = "system"

    @property
    def system(self) -> Mapping[str, Any]:
        """The record of the system: name, version, digest, card."""
        system: Mapping[str, Any] = self.evidence.content[self.role]
        return system

    @property
    def name(self) -> str:
        """Its title in the current language, else its name."""
        title = (self.system.get("card") or {}).get("title")
        if isinstance(title, Mapping):
            title = title.get(current_language())
        return str(title or self.system["name"])

    @property
    def version(self) -> str:
        return str(self.system.get("version") or "")

    @property
    def system_digest(self) -> str:
        return str(self.system["digest"])

    @property
    def usecase(self) -> UseCase:
        return self.evidence.usecase

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        return tuple(_site(row) for row in self.evidence.content["sites"])

    @property
    def released(self) -> tuple[Site, ...]:
        return tuple(site for site in self.sites if site.outcome == "released")

    @property
    def cases(self) -> int:
        """The cases of the hospitals that released something."""
        return sum(site.cases for site in self.sites)

    def figure(self, measure: str, finding: Finding, estimand: Estimand) -> Figure | None:
        """The figure of all cases at the operating point, or None where it was not measured."""
        rows = list(self._rows(measure, finding, estimand))
        if not rows or (estimand == "site" and len(rows) > 1):
            return None
        row = rows[0]
        return Figure(
            measure=measure,
            finding=finding.code,
            estimand=estimand,
            threshold=row["threshold"],
            estimate=self.evidence.estimate_of(row),
            sites=int(row["sites"]),
            events=int(row["events"]),
            non_events=int(row["non_events"]),
        )

    def centre(self, measure: str, finding: Finding) -> Figure | None:
        """The figure of the mean hospital; where one hospital alone answered, its own."""
        for estimand in _CENTRES:
            found = self.figure(measure, finding, estimand)
            if found is not None:
                return found
        return None

    def _rows(
        self, measure: str, finding: Finding, estimand: Estimand
    ) -> Iterator[Mapping[str, Any]]:
        point = self.usecase.operating_point_of(finding)
        for row in self.evidence.rows(
            measure=measure,
            finding=finding.code,
            estimand=estimand,
            role=self.role,
            variable="",
            level="",
        ):
            if row["estimate"] is not None and row["threshold"] in (None, point):
                yield row

    def gaps(self) -> Iterator[Mapping[str, Any]]:
        """Differences between groups of patients at the mean hospital, where measured."""
        if self.role == "system":
            for row in self.evidence.content["gaps"]:
                if row["estimand"] == "mean_hospital" and row["estimate"] is not None:
                    yield row


def _site(row: Mapping[str, Any]) -> Site:
    release = row["release"]
    return Site(
        name=row["site"],
        label=row["label"],
        key=None if release is None else release.get("node_key"),
        outcome=row["outcome"],
        cases=0 if release is None else int(release["released"]["cases"]),
    )
