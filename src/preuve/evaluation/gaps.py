"""Gaps: how the system does in one level of a subgroup against the reference level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import (
    PART_MEASURES,
    Cells,
    cells_of,
    estimate_record,
    fit_random_effects,
    mean_hospital,
    next_hospital,
    site_value,
)
from preuve.evaluation.measures import MEASURES, Measure, Value, on_scale
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place

_DIFFERENCE = {
    "auroc": Measure("auroc", "difference of proportions", "identity", 0.0),
    "sensitivity": Measure("sensitivity", "difference of proportions", "identity", 0.0),
    "specificity": Measure("specificity", "difference of proportions", "identity", 0.0),
    "observed_expected": Measure("observed_expected", "ratio of ratios", "log", 1.0),
}


def gap_rows(
    usecase: UseCase, finding: Finding, sites: Sequence[ReleasedSite]
) -> Iterator[dict[str, Any]]:
    """One row per level other than the reference, measure and population.

    Each site gives its own difference (a ratio for observed over expected), between groups that
    share no person but for records of one person in two groups, whose covariance is neglected;
    the differences are then brought together by random effects. The prevalence of the finding in
    both groups stands beside: a gap with another prevalence is not only the system's.
    """
    for subgroup in usecase.subgroups:
        reference, *others = subgroup.levels
        base = cells_of(
            usecase, sites, Place("system", finding.code, subgroup.code, reference.code)
        )
        for level in others:
            part = cells_of(
                usecase, sites, Place("system", finding.code, subgroup.code, level.code)
            )
            for measure in PART_MEASURES:
                yield from _rows(measure, part, base)


def _rows(measure: str, part: Cells, base: Cells) -> Iterator[dict[str, Any]]:
    differences = {
        site: difference
        for site in part.by_site
        if site in base.by_site
        and (difference := _difference(measure, part, base, site)) is not None
    }
    fit = fit_random_effects(_DIFFERENCE[measure], differences)
    if fit is None:
        return
    for estimand, distribution in (
        ("mean_hospital", mean_hospital(_DIFFERENCE[measure], fit)),
        ("next_hospital", next_hospital(_DIFFERENCE[measure], fit)),
    ):
        yield {
            "measure": measure,
            "finding": part.place.finding,
            "variable": part.place.variable,
            "level": part.place.level,
            "reference": base.place.level,
            "estimand": estimand,
            "estimate": estimate_record(_DIFFERENCE[measure], distribution),
            "sites": fit.sites,
            "prevalence": _prevalence(part, list(differences)),
            "reference_prevalence": _prevalence(base, list(differences)),
        }


def _difference(measure: str, part: Cells, base: Cells, site: str) -> Value | None:
    point = part.grid.operating_point
    one = site_value(part, part.by_site[site], measure, point)
    other = site_value(base, base.by_site[site], measure, point)
    if one is None or other is None:
        return None
    if _DIFFERENCE[measure].scale == "log":
        ratio = one.value / other.value
        relative = one.variance / one.value**2 + other.variance / other.value**2
        return Value(ratio, relative * ratio**2, min(one.size, other.size))
    variance = _seen_variance(measure, one) + _seen_variance(measure, other)
    return Value(one.value - other.value, variance, min(one.size, other.size))


def _seen_variance(measure: str, value: Value) -> float:
    """The variance on the natural scale, also where a figure of exactly 0 or 1 shows none."""
    if value.variance > 0:
        return value.variance
    pair = on_scale(MEASURES[measure], value)
    if pair is None:
        return float("nan")
    x = 1 / (1 + np.exp(-pair[0]))
    return float(pair[1] * (x * (1 - x)) ** 2)


def _prevalence(cells: Cells, sites: Sequence[str]) -> dict[str, int]:
    events = sum(int(cells.by_site[site].cases[1]) for site in sites)
    return {
        "events": events,
        "cases": events + sum(int(cells.by_site[site].cases[0]) for site in sites),
    }
