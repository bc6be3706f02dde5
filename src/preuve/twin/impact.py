"""Impact: what a scenario changes, site by site and day by day, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

WORLDS = ("reference", "scenario", "difference")
"""Without the scenario, with it, and the second less the first, run by run."""

BOUNDS = ("low95", "low80", "value", "high80", "high95")
"""Of each world: the median of the runs and the bounds that hold 80 % and 95 % of them."""

FIGURES = tuple(f"{world}_{bound}" for world in WORLDS for bound in BOUNDS)

SOURCES_OF_SPREAD = ("chance", "parameters", "variants")
"""Standard deviation of the difference due to each; `variants` is the spread between variants of
the scenario (demography low, central, high), null where there is one."""

COLUMNS = (*FIGURES, *SOURCES_OF_SPREAD)


@dataclass(frozen=True)
class Impact:
    """What a scenario changes. Every table is complete: nothing is masked before it is exported.

    Attributes:
        scenario: the scenario as written (a record: name, title, period, elements, …).
        provenance: baseline year, digests of every input, version, seed, runs, draws.
        hypotheses: every parameter used: name, label, value, low, high, unit, kind ("measured",
            "published", "assumed"), source, as a table.
        national: activity, measure, unit, then `COLUMNS`; activity is a discipline, "emergency"
            or "" for the whole.
        regions: region, activity, measure, unit, `COLUMNS`.
        departments: department, activity, measure, unit, `COLUMNS`.
        sites: finess, activity, measure, unit, `COLUMNS`.
        communes: commune, activity, measure, unit, `COLUMNS`; measures: "minutes" to the nearest
            service, "stays" (expected), "accessibility" (activity "primary_care").
        days: date, region ("" for France), activity, measure, unit, `COLUMNS`.
        beds: finess, activity, risk, beds_open, beds_needed_reference, beds_needed_scenario.
        health: effect, unit, shown, label, source, `COLUMNS`; each effect apart, never summed.
    """

    scenario: Mapping[str, Any]
    provenance: Mapping[str, Any]
    hypotheses: pl.DataFrame
    national: pl.DataFrame
    regions: pl.DataFrame
    departments: pl.DataFrame
    sites: pl.DataFrame
    communes: pl.DataFrame
    days: pl.DataFrame
    beds: pl.DataFrame
    health: pl.DataFrame
