"""What one site computes on its own cases: a summary and exact statistics of each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.distribution import Floats
from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.auroc import delong_covariance, placement
from preuve.evaluation.average_precision import average_precision
from preuve.evaluation.calibration import recalibration
from preuve.evaluation.grid import Grid
from preuve.evaluation.summary import Summary

Role = Literal["system", "comparator"]
UNKNOWN = "unknown"


class Place(NamedTuple):
    """The address of a cell: whose scores, of which finding, in which level of which subgroup.

    `variable` and `level` are empty for all cases.
    """

    role: Role
    finding: str
    variable: str = ""
    level: str = ""


@dataclass(frozen=True)
class Statistic:
    """An exact figure of one site and its sampling variance, clustered by person."""

    value: float
    variance: float


@dataclass(frozen=True, eq=False)
class CellSummary:
    """One cell, as a site knows it.

    Attributes:
        summary: the sums, at full resolution.
        statistics: auroc, average_precision, calibration_slope, calibration_intercept where they
            exist (both classes present; in a subgroup only auroc); auroc_design_effect, clustered
            over unclustered variance, where persons have several cases.
        members: (2, n) which of the node's cases belong to the cell, without and with the
            finding. Never leaves the node; the gate counts people with it.
    """

    summary: Summary
    statistics: Mapping[str, Statistic]
    members: NDArray[np.bool_]


@dataclass(frozen=True)
class PairedDifference:
    """System minus comparator on the cases both have read.

    Attributes:
        area: difference of the areas under the ROC curve, DeLong variance of the difference.
        comparator: the comparator's area on these cases.
        members: (2, n) the cases compared. Never leaves the node.
    """

    area: Statistic
    comparator: Statistic
    members: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SiteResult:
    """Everything a site knows after a run. Never leaves the node: the gate makes the release.

    Attributes:
        persons: (n,) identifier of the person of each case.
        cells: by place.
        comparisons: finding -> paired difference, when there is a comparator.
        coded: finding -> number of cases where the reference says yes or no.
        answered: role -> number of cases the system answered, for at least one finding.
    """

    persons: NDArray[np.generic]
    cells: Mapping[Place, CellSummary]
    comparisons: Mapping[str, PairedDifference]
    coded: Mapping[str, int]
    answered: Mapping[Role, int]


def summarise(
    usecase: UseCase, cases: Cases, scores: Floats, comparator: Floats | None = None
) -> SiteResult:
    """Reduce the scored cases of one site.

    Args:
        usecase: the protocol.
        cases: the n cases of the site.
        scores: (n, findings) of the system, NaN where it did not answer.
        comparator: the same of the system it is compared with, or None.
    """
    codes, counts = np.unique(cases.persons, return_inverse=True, return_counts=True)[1:]
    persons = codes if counts.max(initial=1) > 1 else None
    by_role: dict[Role, Floats] = {"system": scores}
    if comparator is not None:
        by_role["comparator"] = comparator
    cells: dict[Place, CellSummary] = {}
    comparisons: dict[str, PairedDifference] = {}
    for column, finding in enumerate(usecase.findings):
        reference = cases.reference[:, column]
        for role, values in by_role.items():
            own = values[:, column]
            cells.update(_cells(role, finding, usecase, cases, own, reference, persons))
        if comparator is not None:
            pair = _compare(scores[:, column], comparator[:, column], reference, persons)
            if pair is not None:
                comparisons[finding.code] = pair
    return SiteResult(
        persons=cases.persons,
        cells=cells,
        comparisons=comparisons,
        coded={
            finding.code: int((cases.reference[:, column] != NOT_CODED).sum())
            for column, finding in enumerate(usecase.findings)
        },
        answered={
            role: int(np.isfinite(values).any(axis=1).sum()) for role, values in by_role.items()
        },
    )


def _cells(
    role: Role,
    finding: Finding,
    usecase: UseCase,
    cases: Cases,
    scores: Floats,
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None,
) -> Iterator[tuple[Place, CellSummary]]:
    grid = Grid.of(usecase, finding)
    scored = (reference != NOT_CODED) & np.isfinite(scores)
    if not scored.any():
        return
    bins = np.zeros(len(scores), dtype=np.int64)
    bins[scored] = grid.bin_of(scores[scored])
    order = np.argsort(scores)
    order = order[scored[order]]
    yield Place(role, finding.code), _cell(scored, scores, reference, persons, bins, order, grid)
    if role == "comparator":
        return
    for variable, level, belongs in _levels(usecase, cases):
        member = scored & belongs
        if member.any():
            yield (
                Place(role, finding.code, variable, level),
                _cell(
                    member, scores, reference, persons, bins, order[member[order]], grid, part=True
                ),
            )


def _levels(usecase: UseCase, cases: Cases) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Every level of every subgroup variable, the unknown ones last."""
    for subgroup in usecase.subgroups:
        codes = cases.subgroups.get(subgroup.code)
        if codes is None:
            continue
        known = [level.code for level in subgroup.levels]
        for code in known:
            yield subgroup.code, code, codes == code
        yield subgroup.code, UNKNOWN, ~np.isin(codes, known)


def _cell(
    member: NDArray[np.bool_],
    scores: Floats,
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None,
    bins: NDArray[np.int64],
    order: NDArray[np.int64],
    grid: Grid,
    *,
    part: bool = False,
) -> CellSummary:
    """`order` ranks the members by score, as indices of the site's cases."""
    own, label = scores[member], reference[member]
    who = None if persons is None else np.unique(persons[member], return_inverse=True)[1]
    summary = Summary.of(own, label, who, grid, bins[member])
    within = np.cumsum(member)[order] - 1
    return CellSummary(
        summary=summary,
        statistics=_statistics(own, label, who, within, part=part),
        members=np.stack([member & (reference == 0), member & (reference == 1)]),
    )


def _statistics(
    scores: Floats,
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None,
    order: NDArray[np.int64],
    *,
    part: bool,
) -> dict[str, Statistic]:
    if not 0 < reference.sum() < len(reference):
        return {}
    placed = placement(scores, reference, order)
    variance = float(delong_covariance((placed,), persons)[0, 0])
    found = {"auroc": Statistic(placed.area, variance)}
    if persons is not None:
        alone = float(delong_covariance((placed,), None)[0, 0])
        if alone > 0:
            found["auroc_design_effect"] = Statistic(variance / alone, 0.0)
    if part:
        return found
    found["average_precision"] = Statistic(*average_precision(scores, reference, persons, order))
    fitted = recalibration(scores, reference.astype(float), persons=persons)
    if fitted is not None:
        found["calibration_slope"] = Statistic(fitted.slope, fitted.slope_variance)
        found["calibration_intercept"] = Statistic(fitted.intercept, fitted.intercept_variance)
    return found


def _compare(
    scores: Floats,
    comparator: Floats,
    reference: NDArray[np.int8],
    persons: NDArray[np.int64] | None,
) -> PairedDifference | None:
    both = (reference != NOT_CODED) & np.isfinite(scores) & np.isfinite(comparator)
    label = reference[both]
    if not 0 < label.sum() < len(label):
        return None
    who = None if persons is None else np.unique(persons[both], return_inverse=True)[1]
    pair = placement(scores[both], label), placement(comparator[both], label)
    covariance = delong_covariance(pair, who)
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    return PairedDifference(
        area=Statistic(pair[0].area - pair[1].area, float(difference)),
        comparator=Statistic(pair[1].area, float(covariance[1, 1])),
        members=np.stack([both & (reference == 0), both & (reference == 1)]),
    )
