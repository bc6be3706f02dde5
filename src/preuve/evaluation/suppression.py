"""Suppression: what the hospitals kept back, and how far it may have moved the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import Cells, cells_of
from preuve.evaluation.pooled import pooled_auroc
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place
from preuve.evaluation.summary import confusion


def suppression_rows(usecase: UseCase, sites: Sequence[ReleasedSite]) -> Iterator[dict[str, Any]]:
    """Per finding: the sites left out and why, and the size of what that can hide.

    - `cases_left_out`: cases coded for the finding at the sites left out, of `cases_coded`.
    - `coarsening`: measured, the largest distance at a site between the area of its coarsened
      histogram and its exact area.
    - `sensitivity`, `specificity`: lowest and highest pooled figure if all the cases that may be
      missing in the class were read wrongly, or rightly; a site left out for a small cell is
      taken to miss up to k - 1 cases of the class, one left out for another reason up to all.
    """
    for finding in usecase.findings:
        place = Place("system", finding.code)
        cells = cells_of(usecase, sites, place)
        out = [site for site in sites if site.site not in cells.by_site]
        coded = [site.coded.get(finding.code) or 0 for site in sites]
        coarsening = _coarsening(cells)
        if not out and not coarsening:
            continue
        missing = [_missing(site, finding, place) for site in out]
        yield {
            "finding": finding.code,
            "sites": [{"site": s.site, "reason": _reason(s, finding, place)} for s in out],
            "cases_coded": int(sum(coded)),
            "cases_left_out": int(sum(site.coded.get(finding.code) or 0 for site in out)),
            "coarsening": coarsening,
            **_worst(cells, sum(missing)),
        }


def _reason(site: ReleasedSite, finding: Finding, place: Place) -> str:
    for suppressed in site.suppressed:
        if suppressed.place == place:
            return suppressed.reason
    if not site.coded.get(finding.code):
        return "not_coded"
    return "too_few_events" if place in site.cells else "not_answered"


def _missing(site: ReleasedSite, finding: Finding, place: Place) -> int:
    """Cases of the smaller class that the site may hold."""
    coded = site.coded.get(finding.code) or 0
    if _reason(site, finding, place) == "small_cell":
        return min(site.smallest_cell - 1, coded)
    cell = site.cells.get(place)
    return int(cell.cases.min()) if cell is not None else coded


def _coarsening(cells: Cells) -> float:
    gaps = [
        abs(bounded.value.value - cell.statistics["auroc"].value)
        for cell in cells.by_site.values()
        if "auroc" in cell.statistics and (bounded := pooled_auroc([cell.histogram])) is not None
    ]
    largest = max(gaps, default=0.0)
    return float(largest) if largest > 1e-9 else 0.0


def _worst(cells: Cells, missing: int) -> dict[str, list[float] | None]:
    first = cells.grid.first_bin(cells.grid.operating_point)
    parts = list(cells.by_site.values())
    if not parts or not all(part.histogram.has_edge(first) for part in parts):
        return {"sensitivity": None, "specificity": None}
    tp, fp, fn, tn = np.sum([confusion(part.histogram, first) for part in parts], axis=0)
    return {
        "sensitivity": _reach(int(tp), int(tp + fn), missing),
        "specificity": _reach(int(tn), int(tn + fp), missing),
    }


def _reach(right: int, total: int, missing: int) -> list[float] | None:
    if total == 0:
        return None
    return [right / (total + missing), (right + missing) / (total + missing)]
