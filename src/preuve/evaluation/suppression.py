"""Suppression: what the hospitals kept back, and how far it may have moved the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import Cells, cells_of
from preuve.evaluation.pooled import pooled_auroc
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place
from preuve.evaluation.summary import confusion


def suppression_rows(
    usecase: UseCase, sites: Sequence[ReleasedSite], silent: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Per finding: the sites left out and why, and the size of what that can hide.

    - `cases_left_out`: cases coded for the finding that are in no figure, of `cases_coded`; a site
      with too few events for figures of its own is in the pooled ones.
    - `coarsening`: measured, the largest distance at a site between its exact area and that of its
      coarsened histogram when evenly spread; the pooled area corrects for it (`leaning`).
    - `sensitivity`, `specificity`: lowest and highest pooled figure if all the cases that may be
      missing in the class were read wrongly, or rightly: up to k - 1 where that class is the small
      one, up to all cases coded otherwise. None where a site released nothing, not even a count.

    Args:
        usecase: the protocol.
        sites: those that released something.
        silent: name of each other site -> "refused" or "failed".
    """
    for finding in usecase.findings:
        place = Place("system", finding.code)
        cells = cells_of(usecase, sites, place)
        out = [site for site in sites if site.site not in cells.by_site]
        coarsening = _coarsening(cells)
        if not out and not coarsening and not silent:
            continue
        absent = [site for site in out if place not in site.cells or not cells.pooled]
        reasons = {site.site: _reason(site, finding, place) for site in out}
        yield {
            "finding": finding.code,
            "sites": [
                {"site": s, "reason": r} for s, r in sorted((reasons | dict(silent)).items())
            ],
            "cases_coded": sum(site.coded.get(finding.code) or 0 for site in sites),
            "cases_left_out": sum(site.coded.get(finding.code) or 0 for site in absent),
            "coarsening": coarsening,
            "sensitivity": None if silent else _worst(cells, absent, reasons, finding, event=True),
            "specificity": None if silent else _worst(cells, absent, reasons, finding, event=False),
        }


def _reason(site: ReleasedSite, finding: Finding, place: Place) -> str:
    for suppressed in site.suppressed:
        if suppressed.place == place:
            return suppressed.reason
    if not site.coded.get(finding.code):
        return "not_coded"
    return "too_few_events" if place in site.cells else "not_answered"


def _coarsening(cells: Cells) -> float:
    gaps = [
        abs(bounded.value.value - cell.statistics["auroc"].value)
        for cell in cells.by_site.values()
        if "auroc" in cell.statistics
        and (bounded := pooled_auroc([replace(cell.histogram, lean=0.0)])) is not None
    ]
    largest = max(gaps, default=0.0)
    return float(largest) if largest > 1e-3 else 0.0


def _worst(
    cells: Cells,
    out: Sequence[ReleasedSite],
    reasons: Mapping[str, str],
    finding: Finding,
    *,
    event: bool,
) -> list[float] | None:
    first = cells.grid.first_bin(cells.grid.operating_point)
    parts = cells.pooled
    if not parts or not all(part.histogram.has_edge(first) for part in parts):
        return None
    tp, fp, fn, tn = (
        int(n) for n in np.sum([confusion(part.histogram, first) for part in parts], axis=0)
    )
    right, total = (tp, tp + fn) if event else (tn, tn + fp)
    if total == 0:
        return None
    missing = sum(_missing(site, reasons[site.site], finding, event=event) for site in out)
    return [right / (total + missing), (right + missing) / (total + missing)]


def _missing(site: ReleasedSite, reason: str, finding: Finding, *, event: bool) -> int:
    """How many cases of the class the site may hold."""
    coded = site.coded.get(finding.code) or 0
    few = reason == ("few_events" if event else "few_non_events")
    return min(site.smallest_cell - 1, coded) if few else coded
