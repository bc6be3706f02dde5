"""Counts: how the cases of each hospital were read at the protocol's thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from preuve.core.usecase import Finding, UseCase
from preuve.evaluation.figures import cells_of
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place
from preuve.evaluation.summary import confusion


def count_rows(
    usecase: UseCase, finding: Finding, sites: Sequence[ReleasedSite]
) -> Iterator[dict[str, Any]]:
    """True and false positives and negatives, per threshold and hospital, exact.

    A hospital whose coarsened release does not tell a threshold apart has no row for it; the row
    of all cases together (`site` empty) then does not exist either.
    """
    cells = cells_of(usecase, sites, Place("system", finding.code))
    for threshold in usecase.thresholds_of(finding):
        first = cells.grid.first_bin(threshold)
        for site, cell in cells.by_site.items():
            if threshold in cell.decisions:
                yield _row(finding, threshold, site, confusion(cell.histogram, first).tolist())
        if cells.pooled and all(threshold in cell.decisions for cell in cells.pooled):
            total = np.sum([confusion(cell.histogram, first) for cell in cells.pooled], axis=0)
            yield _row(finding, threshold, "", total.tolist())


def _row(finding: Finding, threshold: float, site: str, counts: list[int]) -> dict[str, Any]:
    tp, fp, fn, tn = counts
    return {
        "finding": finding.code,
        "threshold": threshold,
        "site": site,
        "true_positive": tp,
        "false_positive": fp,
        "false_negative": fn,
        "true_negative": tn,
    }
