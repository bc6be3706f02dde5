"""Acceptance: the chance that the next hospital finds what the protocol calls acceptable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from preuve.core.distribution import distribution_of
from preuve.core.usecase import Acceptance, UseCase


def acceptance_rows(
    usecase: UseCase, rows: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """For each rule of the protocol and finding, its probability at the next hospital.

    The predictive distribution between the rule's bounds (Snell, Ensor, Debray, Moons and Riley,
    Stat Methods Med Res 2018;27:3505), beside the number of hospitals that met it.

    Args:
        usecase: the protocol.
        rows: the estimates.
    """
    for rule in usecase.acceptance:
        codes = [f.code for f in usecase.findings] if rule.finding == "*" else [rule.finding]
        for code in codes:
            yield _row(usecase, rule, code, rows)


def _row(
    usecase: UseCase, rule: Acceptance, code: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    point = usecase.operating_point_of(usecase.finding(code))
    seen = [
        row
        for row in rows
        if (row["measure"], row["finding"], row["role"], row["variable"])
        == (rule.measure, code, "system", "")
        and row["threshold"] in (None, point)
        and row["estimate"] is not None
    ]
    at_sites = [row["estimate"]["value"] for row in seen if row["estimand"] == "site"]
    ahead = [row["estimate"] for row in seen if row["estimand"] == "next_hospital"]
    return {
        "measure": rule.measure,
        "finding": code,
        "at_least": rule.at_least,
        "at_most": rule.at_most,
        "probability": _probability(rule, ahead[0]) if ahead else None,
        "hospitals_met": sum(_met(rule, value) for value in at_sites),
        "hospitals": len(at_sites),
    }


def _met(rule: Acceptance, value: float) -> bool:
    enough = rule.at_least is None or value >= rule.at_least
    return enough and (rule.at_most is None or value <= rule.at_most)


def _probability(rule: Acceptance, estimate: Mapping[str, Any]) -> float:
    grid = (np.arange(20_000) + 0.5) / 20_000
    values = distribution_of(estimate["distribution"]).quantile(grid)
    low = -np.inf if rule.at_least is None else rule.at_least
    high = np.inf if rule.at_most is None else rule.at_most
    return float(np.mean((values >= low) & (values <= high)))
