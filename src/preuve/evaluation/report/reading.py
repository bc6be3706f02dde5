"""Reading an evidence: its figures found by name and written in words, for a page or a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from preuve.core.evidence import Estimand, Evidence
from preuve.core.language import _, current_language
from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import Cells, cells_of
from preuve.evaluation.measures import DECISION_MEASURES, MEASURES
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place
from preuve.pages.numbers import WIDE, number, percent, signed, span

_SHARES = (
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "prevalence",
    "positive_rate",
)
_SIGNED = ("calibration_intercept", "net_benefit")


@dataclass(frozen=True)
class Words:
    """An estimate as it is written: never a value without its interval."""

    value: str
    interval: str

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})"


@dataclass(frozen=True)
class Reading:
    """An evidence, opened for reading; an estimate's record is a mapping or None."""

    evidence: Evidence

    @property
    def content(self) -> Mapping[str, Any]:
        return self.evidence.content

    @property
    def usecase(self) -> UseCase:
        return self.evidence.usecase

    @cached_property
    def released(self) -> tuple[ReleasedSite, ...]:
        """The sites that released something, in the order of the record."""
        return tuple(
            ReleasedSite.from_record(dict(site["release"]["released"]))
            for site in self.content["sites"]
            if site["release"] is not None
        )

    @cached_property
    def labels(self) -> dict[str, str]:
        """Name of a site -> its name for readers."""
        return {site["site"]: said(site["label"]) for site in self.content["sites"]}

    @property
    def absent(self) -> list[Mapping[str, Any]]:
        """The sites that released nothing."""
        return [site for site in self.content["sites"] if site["release"] is None]

    @property
    def cases(self) -> int:
        return sum(site.cases for site in self.released)

    @cached_property
    def _rows(self) -> dict[tuple[Any, ...], Mapping[str, Any]]:
        names = ("role", "finding", "variable", "level", "measure", "threshold", "estimand", "site")
        return {tuple(row[name] for name in names): row for row in self.content["estimates"]}

    def row(
        self,
        measure: str,
        finding: Finding,
        estimand: Estimand,
        *,
        site: str = "",
        threshold: float | None = None,
        role: str = "system",
        part: tuple[str, str] = ("", ""),
    ) -> Mapping[str, Any] | None:
        """A row of the estimates, at the operating point unless a threshold is given."""
        at = threshold
        if at is None and measure in DECISION_MEASURES:
            at = self.usecase.operating_point_of(finding)
        return self._rows.get((role, finding.code, *part, measure, at, estimand, site))

    def estimate(
        self, measure: str, finding: Finding, estimand: Estimand, **place: Any
    ) -> Mapping[str, Any] | None:
        """The estimate of `row`, or None."""
        row = self.row(measure, finding, estimand, **place)
        return None if row is None else row["estimate"]

    @cached_property
    def measured(self) -> tuple[Finding, ...]:
        """The findings with an area under the ROC curve.

        Those of which a next hospital can be predicted first, those of a single hospital last;
        among equals the highest area first.
        """
        order = {
            f.code: (self.predicts(f), centre[0] == "mean_hospital", centre[1]["value"])
            for f in self.usecase.findings
            if (centre := self.centre("auroc", f)) is not None
        }
        kept = [f for f in self.usecase.findings if f.code in order]
        return tuple(sorted(kept, key=lambda f: order[f.code], reverse=True))

    def predicts(self, finding: Finding) -> bool:
        """Whether enough hospitals measured the finding to say what the next one may show."""
        return self.estimate("auroc", finding, "next_hospital") is not None

    @property
    def compared(self) -> tuple[Finding, ...]:
        """The findings that may be called best or worst: those with a prediction, if any."""
        return tuple(f for f in self.measured if self.predicts(f)) or self.measured

    @property
    def withheld(self) -> tuple[Finding, ...]:
        """The findings of which nothing can be said."""
        measured = {finding.code for finding in self.measured}
        return tuple(f for f in self.usecase.findings if f.code not in measured)

    def centre(self, measure: str, finding: Finding) -> tuple[Estimand, Mapping[str, Any]] | None:
        """The mean hospital; within sites, where one hospital does not make a mean."""
        estimands: tuple[Estimand, Estimand] = ("mean_hospital", "within_site")
        for estimand in estimands:
            estimate = self.estimate(measure, finding, estimand)
            if estimate is not None:
                return estimand, estimate
        return None

    def known_centre(self, measure: str, finding: Finding) -> tuple[Estimand, Mapping[str, Any]]:
        """The centre of a finding that has one."""
        found = self.centre(measure, finding)
        assert found is not None
        return found

    def cells(self, finding: Finding) -> Cells:
        """The released cells of a finding, all cases, for the system."""
        return cells_of(self.usecase, self.released, Place("system", finding.code))

    def heterogeneity(self, measure: str, finding: Finding) -> Mapping[str, Any] | None:
        for row in self.content["heterogeneity"]:
            if (row["measure"], row["finding"]) == (measure, finding.code):
                found: Mapping[str, Any] = row
                return found
        return None

    def acceptance(self, finding: Finding) -> list[Mapping[str, Any]]:
        return [row for row in self.content["acceptance"] if row["finding"] == finding.code]

    def system_name(self, role: str = "system") -> str:
        """Title and version of a system, or its short name."""
        record = self.content[role]
        title = said(record.get("card", {}).get("title") or record["name"])
        version = record.get("version")
        return f"{title} {version}" if version else title


def said(text: Any) -> str:
    """A text of a record in the current language; one that has a single language as it is."""
    if isinstance(text, Mapping):
        return str(text.get(current_language()) or next(iter(text.values()), ""))
    return str(text)


@overload
def words(measure: str, estimate: Mapping[str, Any]) -> Words: ...


@overload
def words(measure: str, estimate: None) -> None: ...


@overload
def words(measure: str, estimate: Mapping[str, Any] | None) -> Words | None: ...


def words(measure: str, estimate: Mapping[str, Any] | None) -> Words | None:
    """An estimate as it is read; None stays None."""
    if estimate is None:
        return None
    value, low, high = (written(measure, estimate[name]) for name in ("value", "low", "high"))
    return Words(value, span(low, high))


def written(measure: str, value: float) -> str:
    """A value of a measure, with the decimals that it deserves."""
    if measure in _SHARES:
        return percent(value)
    if measure in _SIGNED:
        return signed(value, 3) if measure == "net_benefit" else signed(value, 2)
    if measure in ("auroc", "average_precision", "brier"):
        return number(value, 3)
    return number(value, 2)


def difference(measure: str, estimate: Mapping[str, Any] | None) -> Words | None:
    """The estimate of a difference (a ratio for observed over expected)."""
    if estimate is None:
        return None
    parts = [estimate[name] for name in ("value", "low", "high")]
    if measure == "observed_expected":
        value, low, high = (number(x, 2) for x in parts)
    elif measure in _SHARES:
        value, low, high = (signed(100 * x, 1) for x in parts)
    else:
        value, low, high = (signed(x, 3) for x in parts)
    return Words(value, span(low, high))


def measure_name(measure: str) -> str:
    """A measure as a clinician calls it."""
    names = {
        "auroc": _("Area under the ROC curve"),
        "average_precision": _("Average precision"),
        "sensitivity": _("Sensitivity"),
        "specificity": _("Specificity"),
        "ppv": _("Positive predictive value"),
        "npv": _("Negative predictive value"),
        "positive_likelihood_ratio": _("Likelihood ratio of a positive result"),
        "negative_likelihood_ratio": _("Likelihood ratio of a negative result"),
        "net_benefit": _("Net benefit per case"),
        "brier": _("Brier score"),
        "observed_expected": _("Observed over expected cases"),
        "calibration_slope": _("Calibration slope"),
        "calibration_intercept": _("Calibration intercept"),
        "prevalence": _("Prevalence"),
        "positive_rate": _("Called positive"),
    }
    assert names.keys() == MEASURES.keys()
    return names[measure]


def short_name(measure: str) -> str:
    """A measure in a crowded place."""
    short = {
        "auroc": _("area"),
        "sensitivity": _("sensitivity"),
        "specificity": _("specificity"),
        "ppv": _("PPV"),
        "npv": _("NPV"),
        "observed_expected": _("observed/expected"),
    }
    return short.get(measure) or measure_name(measure)


def difference_unit(measure: str) -> str:
    """What the difference of a measure between two groups is counted in."""
    if measure == "observed_expected":
        return _("ratio")
    return _("percentage points") if measure in _SHARES else _("difference")


def estimand_name(estimand: str) -> str:
    return {
        "site": _("Hospital"),
        "pooled": _("All cases together"),
        "within_site": _("Average within hospitals"),
        "mean_hospital": _("Mean hospital"),
        "next_hospital": _("Next hospital"),
    }[estimand]


def requirement(row: Mapping[str, Any]) -> str:
    """A rule of acceptance in words."""
    low, high = (_bound(row["measure"], row[name]) for name in ("at_least", "at_most"))
    name = measure_name(row["measure"])
    if not high:
        return _("{measure} at least {bound}").format(measure=name, bound=low)
    if not low:
        return _("{measure} at most {bound}").format(measure=name, bound=high)
    return _("{measure} between {low} and {high}").format(measure=name, low=low, high=high)


def short_requirement(row: Mapping[str, Any]) -> str:
    """A rule of acceptance in signs."""
    low, high = (_bound(row["measure"], row[name]) for name in ("at_least", "at_most"))
    name = short_name(row["measure"])
    if low and high:
        return f"{name} {span(low, high)}"
    return f"{name} {'≥' if low else '≤'}{WIDE}{low or high}"


def _bound(measure: str, value: float | None) -> str:
    """A bound as a person would write it: no decimal that says nothing."""
    if value is None:
        return ""
    scale = 100 if measure in _SHARES else 1
    digits = len(f"{scale * value:.6f}".rstrip("0").partition(".")[2])
    return percent(value, digits) if scale == 100 else number(value, digits)


def reason_name(reason: str) -> str:
    """Why a hospital says nothing of a finding."""
    names = {
        "refused": _("refused to release its results"),
        "failed": _("could not run the evaluation"),
        "few_events": _("fewer people with the finding than the hospital may publish"),
        "few_non_events": _("fewer people without the finding than the hospital may publish"),
        "whole": _("the finding is kept back whole"),
        "complementary": _("kept back so that another small figure cannot be worked out"),
        "differencing": _("kept back so that an earlier release cannot be subtracted"),
        "not_coded": _("this hospital does not code the finding"),
        "too_few_events": _("fewer events than the protocol asks"),
        "not_answered": _("the system gave no answer"),
    }
    return names.get(reason, reason)


def by_reason(reading: Reading, left_out: Sequence[Mapping[str, str]]) -> list[str]:
    """Hospitals left out, brought together by reason."""
    grouped: dict[str, list[str]] = {}
    for site in left_out:
        grouped.setdefault(site["reason"], []).append(reading.labels[site["site"]])
    return [f"{reason_name(reason)} ({' · '.join(names)})" for reason, names in grouped.items()]
