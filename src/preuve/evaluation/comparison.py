"""Comparison: two systems, or a system and a clinician, on the same cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from preuve.core.distribution import Distribution, Normal
from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import (
    estimate_record,
    fit_random_effects,
    mean_hospital,
    next_hospital,
)
from preuve.evaluation.measures import Measure, Value
from preuve.evaluation.release import ReleasedSite

_AREA = Measure("auroc", "difference of proportions", "identity", 0.0)


def comparison_rows(
    usecase: UseCase, finding: Finding, sites: Sequence[ReleasedSite]
) -> Iterator[dict[str, Any]]:
    """Difference of areas under the ROC curve, system minus comparator.

    Per site with the DeLong variance of a paired difference; within sites weighted by pairs; then
    random effects on the sites' differences.
    """
    compared = {
        site.site: site.comparisons[finding.code]
        for site in sites
        if finding.code in site.comparisons
        and min(site.comparisons[finding.code].cases) >= usecase.minimum_events
    }
    values = {
        name: Value(d.area.value, d.area.variance, float(min(d.cases)))
        for name, d in compared.items()
    }
    for name, value in values.items():
        yield _row(finding, "site", _normal(value), value.value, compared[name].cases, name)
    if not compared:
        return
    cases = tuple(int(n) for n in np.sum([d.cases for d in compared.values()], axis=0))
    weights = np.array([float(np.prod(d.cases)) for d in compared.values()])
    weights /= weights.sum()
    mean = float(weights @ [value.value for value in values.values()])
    variance = float(weights**2 @ [value.variance for value in values.values()])
    within = Value(mean, variance, float(min(cases)))
    yield _row(finding, "within_site", _normal(within), mean, cases)
    fit = fit_random_effects(_AREA, values)
    if fit is None:
        return
    yield _row(finding, "mean_hospital", mean_hospital(_AREA, fit), None, cases)
    yield _row(finding, "next_hospital", next_hospital(_AREA, fit), None, cases)


def _normal(value: Value) -> Distribution | None:
    if not value.variance > 0:
        return None
    return Normal(value.value, float(np.sqrt(value.variance)))


def _row(
    finding: Finding,
    estimand: str,
    distribution: Distribution | None,
    value: float | None,
    cases: Sequence[int],
    site: str = "",
) -> dict[str, Any]:
    return {
        "measure": "auroc",
        "finding": finding.code,
        "estimand": estimand,
        "site": site,
        "estimate": estimate_record(_AREA, distribution, value),
        "events": int(cases[1]),
        "non_events": int(cases[0]),
    }
