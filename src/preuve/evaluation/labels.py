"""Labels: how often each site states a finding, and how often the system does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from preuve.core.usecase import UseCase
from preuve.evaluation.figures import cells_of, estimate_record, site_value
from preuve.evaluation.measures import MEASURES, distribution_of
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place


def label_rows(usecase: UseCase, sites: Sequence[ReleasedSite]) -> Iterator[dict[str, Any]]:
    """Per finding and site: cases coded, prevalence, and share called positive.

    A difference of prevalence between hospitals is disease, referral or coding habit; it moves
    predictive values and calibration before the system has any part in it.
    """
    for finding in usecase.findings:
        cells = cells_of(usecase, sites, Place("system", finding.code))
        for site in sites:
            row: dict[str, Any] = {
                "finding": finding.code,
                "site": site.site,
                "coded": site.coded.get(finding.code),
            }
            cell = cells.by_site.get(site.site)
            for measure in ("prevalence", "positive_rate"):
                value = (
                    None
                    if cell is None
                    else site_value(cells, cell, measure, cells.grid.operating_point)
                )
                row[measure] = (
                    None
                    if value is None
                    else estimate_record(
                        MEASURES[measure], distribution_of(MEASURES[measure], value), value.value
                    )
                )
            yield row
