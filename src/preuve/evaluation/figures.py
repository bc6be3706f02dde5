"""Figures: the rows of an evidence, every measure for every population it can speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from preuve.core.distribution import Distribution, Normal, Student
from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.grid import Grid
from preuve.evaluation.measures import (
    DECISION_MEASURES,
    MEASURES,
    Measure,
    Value,
    decision_value,
    distribution_of,
    on_scale,
    score_value,
)
from preuve.evaluation.pooled import (
    pooled_auroc,
    pooled_average_precision,
    pooled_recalibration,
)
from preuve.evaluation.random_effects import RandomEffects, random_effects
from preuve.evaluation.release import ReleasedCell, ReleasedSite
from preuve.evaluation.site import Place
from preuve.evaluation.summary import confusion

RANKING = ("auroc", "average_precision")
ROC = ("sensitivity", "specificity")
ELSEWHERE = ("pooled", "mean_hospital", "next_hospital")
"""Estimands told at the thresholds where the system is not used; of ROC all, else the first."""
CALIBRATION = ("observed_expected", "calibration_slope", "calibration_intercept", "brier")
FINE = 0.02
"""Widest bounds of a pooled area for which pooled average precision and recalibration are given."""

PART_MEASURES = ("auroc", "sensitivity", "specificity", "observed_expected")
"""What is computed in the levels of a subgroup."""


@dataclass(frozen=True)
class Cells:
    """The released cells of one place.

    Attributes:
        place: whose scores, of which finding, in which level.
        by_site: name of the site -> its cell, where it holds enough events and non-events for
            figures of its own.
        pooled: every released cell, for figures of all cases together: to leave a site out of
            them for its few events would choose sites by their outcome. Empty with `by_site`.
        grid: the bins of the finding.
    """

    place: Place
    by_site: Mapping[str, ReleasedCell]
    pooled: Sequence[ReleasedCell]
    grid: Grid

    @property
    def events(self) -> int:
        return int(sum(cell.cases[1] for cell in self.pooled))

    @property
    def non_events(self) -> int:
        return int(sum(cell.cases[0] for cell in self.pooled))


def cells_of(usecase: UseCase, sites: Sequence[ReleasedSite], place: Place) -> Cells:
    """The cells of a place; a site speaks for itself with the events that the protocol asks."""
    released = {site.site: site.cells[place] for site in sites if place in site.cells}
    own = {
        name: cell for name, cell in released.items() if cell.cases.min() >= usecase.minimum_events
    }
    pooled = list(released.values()) if own else []
    return Cells(place, own, pooled, Grid.of(usecase, usecase.finding(place.finding)))


def site_value(cells: Cells, cell: ReleasedCell, measure: str, threshold: float) -> Value | None:
    """The figure of one site, or None where it does not exist or was not released."""
    if measure in cell.statistics:
        statistic = cell.statistics[measure]
        size = cell.cases.min() if measure in RANKING else cell.cases.sum()
        return Value(statistic.value, statistic.variance, float(size))
    if measure in ("brier", "observed_expected"):
        return score_value(measure, cell.sums, cell.moments, float(cell.people.sum()))
    if measure not in MEASURES or threshold not in cell.decisions:
        return None
    counts = confusion(cell.histogram, cells.grid.first_bin(threshold)).astype(float)
    products = cell.decisions[threshold]
    return decision_value(measure, counts, products, float(cell.people.sum()), threshold)


def pooled_value(cells: Cells, measure: str, threshold: float) -> Value | None:
    """The figure of all cases together."""
    parts = cells.pooled
    if not parts:
        return None
    histograms = [part.histogram for part in parts]
    if measure == "auroc":
        bounded = pooled_auroc(histograms, _design_effect(parts))
        return None if bounded is None else bounded.value
    if measure == "average_precision" or measure.startswith("calibration_"):
        return _pooled_if_fine(parts, measure)
    people = float(sum(part.people.sum() for part in parts))
    if measure in ("brier", "observed_expected"):
        sums = np.sum([part.sums for part in parts], axis=0)
        moments = np.sum([part.moments for part in parts], axis=0)
        return score_value(measure, sums, moments, people)
    if any(threshold not in part.decisions for part in parts):
        return None
    first = cells.grid.first_bin(threshold)
    counts = np.sum([confusion(h, first) for h in histograms], axis=0).astype(float)
    products = np.sum([part.decisions[threshold] for part in parts], axis=0)
    return decision_value(measure, counts, products, people, threshold)


def _pooled_if_fine(parts: Sequence[ReleasedCell], measure: str) -> Value | None:
    """A figure that a coarsened histogram would bias: None unless the bins say enough."""
    histograms = [part.histogram for part in parts]
    bounded = pooled_auroc(histograms)
    if bounded is None or bounded.high - bounded.low > FINE:
        return None
    if measure == "average_precision":
        return pooled_average_precision(histograms, _design_effect(parts))
    return _pooled_calibration(parts, measure)


def _pooled_calibration(parts: Sequence[ReleasedCell], measure: str) -> Value | None:
    fitted = pooled_recalibration([part.histogram for part in parts])
    if fitted is None:
        return None
    name = measure.removeprefix("calibration_")
    size = float(sum(part.cases.sum() for part in parts))
    return Value(getattr(fitted, name), getattr(fitted, f"{name}_variance"), size)


def _design_effect(parts: Sequence[ReleasedCell]) -> float:
    """How much repeated cases of a person widen the variance, averaged over the sites' cases."""
    effects = [part.statistics.get("auroc_design_effect") for part in parts]
    sizes = [float(part.cases.sum()) for part in parts]
    known = [1.0 if effect is None else effect.value for effect in effects]
    return float(np.average(known, weights=sizes))


def within_site_value(cells: Cells, values: Mapping[str, Value], measure: str) -> Value | None:
    """Weighted mean of the sites' own figures.

    Weights: pairs of an event and a non-event for the area under the ROC curve, events for average
    precision, and the size of the denominator for the others.
    """
    if not values:
        return None
    weights = np.array([_weight(cells.by_site[site], values[site], measure) for site in values])
    weights = weights / weights.sum()
    mean = float(weights @ [value.value for value in values.values()])
    variance = float(weights**2 @ [value.variance for value in values.values()])
    return Value(mean, variance, sum(value.size for value in values.values()))


def _weight(cell: ReleasedCell, value: Value, measure: str) -> float:
    if measure == "auroc":
        return float(cell.cases[0] * cell.cases[1])
    return float(cell.cases[1]) if measure == "average_precision" else value.size


def fit_random_effects(measure: Measure, values: Mapping[str, Value]) -> RandomEffects | None:
    """Random effects on the measure's scale; None under two sites with a usable figure."""
    pairs = [pair for value in values.values() if (pair := on_scale(measure, value)) is not None]
    if len(pairs) < 2:
        return None
    table = np.array(pairs)
    return random_effects(table[:, 0], table[:, 1])


def mean_hospital(measure: Measure, fit: RandomEffects) -> Distribution:
    """The mean of the distribution of hospitals: Student with sites - 1 degrees of freedom."""
    return Student(fit.mean, fit.standard_error, fit.sites - 1, measure.scale)


def next_hospital(measure: Measure, fit: RandomEffects) -> Distribution | None:
    """One more hospital: Student with sites - 2 degrees of freedom; needs three sites."""
    if fit.sites < 3:
        return None
    return Student(fit.mean, fit.predictive_spread, fit.sites - 2, measure.scale)


def estimate_record(
    measure: Measure, distribution: Distribution | None, value: float | None = None
) -> dict[str, Any] | None:
    """Value, unit, 95 % interval and distribution, as they are written in a row."""
    if distribution is None:
        return None
    low, middle, high = (float(x) for x in distribution.quantile(np.array([0.025, 0.5, 0.975])))
    return {
        "value": middle if value is None else value,
        "unit": measure.unit,
        "low": low,
        "high": high,
        "level": 0.95,
        "distribution": distribution.record(),
    }


def rows_of(cells: Cells, measure: str, threshold: float | None) -> Iterator[dict[str, Any]]:
    """The rows of a measure: each site, pooled, within sites, mean hospital and next hospital."""
    known = MEASURES[measure]
    cut = cells.grid.operating_point if threshold is None else threshold
    values = {
        site: value
        for site, cell in cells.by_site.items()
        if (value := site_value(cells, cell, measure, cut)) is not None
    }
    for site, value in values.items():
        cell = cells.by_site[site]
        yield _row(cells, measure, threshold, "site", known, value, cell, site=site)
    pooled = pooled_value(cells, measure, cut)
    if pooled is not None:
        row = _row(cells, measure, threshold, "pooled", known, pooled)
        yield row | _bounds(cells, measure) | {"sites": len(cells.pooled)}
    within = within_site_value(cells, values, measure)
    if within is not None:
        yield _row(cells, measure, threshold, "within_site", known, within)
    fit = fit_random_effects(known, values)
    if fit is None:
        return
    for estimand, distribution in (
        ("mean_hospital", mean_hospital(known, fit)),
        ("next_hospital", next_hospital(known, fit)),
    ):
        blank = _row(cells, measure, threshold, estimand, known, None)
        yield blank | {"estimate": estimate_record(known, distribution), "sites": fit.sites}


def _bounds(cells: Cells, measure: str) -> dict[str, Any]:
    """What coarsening may hide in the pooled area."""
    if measure != "auroc":
        return {}
    bounded = pooled_auroc([cell.histogram for cell in cells.pooled])
    return {} if bounded is None else {"bounds": [bounded.low, bounded.high]}


def _row(
    cells: Cells,
    measure: str,
    threshold: float | None,
    estimand: str,
    known: Measure,
    value: Value | None,
    cell: ReleasedCell | None = None,
    *,
    site: str = "",
) -> dict[str, Any]:
    estimate = None
    if value is not None:
        if measure in RANKING or known.scale != "logit" or estimand != "within_site":
            distribution = distribution_of(known, value)
        else:
            distribution = _on_scale_normal(known, value)
        estimate = estimate_record(known, distribution, value.value)
    non_events, events = (
        (cells.non_events, cells.events) if cell is None else (int(n) for n in cell.cases)
    )
    return {
        "measure": measure,
        "role": cells.place.role,
        "finding": cells.place.finding,
        "variable": cells.place.variable,
        "level": cells.place.level,
        "threshold": threshold,
        "estimand": estimand,
        "site": site,
        "estimate": estimate,
        "events": events,
        "non_events": non_events,
        "sites": len(cells.by_site) if cell is None else 1,
    }


def _on_scale_normal(measure: Measure, value: Value) -> Distribution | None:
    pair = on_scale(measure, value)
    return None if pair is None else Normal(pair[0], float(np.sqrt(pair[1])), measure.scale)


def finding_rows(
    usecase: UseCase, finding: Finding, sites: Sequence[ReleasedSite]
) -> Iterator[dict[str, Any]]:
    """Every row of a finding: the system, the comparator's ranking, and the subgroups."""
    cells = cells_of(usecase, sites, Place("system", finding.code))
    if not cells.by_site:
        return
    for measure in (*RANKING, *CALIBRATION):
        yield from rows_of(cells, measure, None)
    for threshold in usecase.thresholds_of(finding):
        for measure in DECISION_MEASURES:
            rows = rows_of(cells, measure, threshold)
            here = threshold == cells.grid.operating_point
            kept = ELSEWHERE if measure in ROC else ELSEWHERE[:1]
            yield from (row for row in rows if here or row["estimand"] in kept)
    compared = cells_of(usecase, sites, Place("comparator", finding.code))
    if compared.by_site:
        yield from rows_of(compared, "auroc", None)
    for subgroup in usecase.subgroups:
        for level in subgroup.levels:
            place = Place("system", finding.code, subgroup.code, level.code)
            part = cells_of(usecase, sites, place)
            if part.by_site:
                yield from _part_rows(part)


def _part_rows(part: Cells) -> Iterator[dict[str, Any]]:
    for measure in PART_MEASURES:
        decision = measure in DECISION_MEASURES
        threshold = part.grid.operating_point if decision else None
        for row in rows_of(part, measure, threshold):
            if row["estimand"] in ("pooled", "mean_hospital"):
                yield row


def heterogeneity_rows(
    usecase: UseCase, finding: Finding, sites: Sequence[ReleasedSite]
) -> Iterator[dict[str, Any]]:
    """How much the sites differ: tau with its interval, and I², on the measure's scale."""
    cells = cells_of(usecase, sites, Place("system", finding.code))
    for measure in (*RANKING, *CALIBRATION, "sensitivity", "specificity"):
        known = MEASURES[measure]
        point = cells.grid.operating_point
        values = {
            site: value
            for site, cell in cells.by_site.items()
            if (value := site_value(cells, cell, measure, point)) is not None
        }
        fit = fit_random_effects(known, values)
        if fit is None:
            continue
        low, high = fit.tau2_interval
        yield {
            "measure": measure,
            "finding": finding.code,
            "scale": known.scale,
            "tau": float(np.sqrt(fit.tau2)),
            "tau_low": float(np.sqrt(low)),
            "tau_high": float(np.sqrt(high)),
            "i2": fit.i2,
            "sites": fit.sites,
        }
