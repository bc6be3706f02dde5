"""Does the flow of a year give back the year? Totals, and each site against what it declared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.pages.numbers import number, percent
from preuve.twin import uncertain
from preuve.twin.assembly import Assembly
from preuve.twin.baseline import Baseline
from preuve.twin.calibration import calibration
from preuve.twin.disciplines import COUNTED, DISCIPLINES
from preuve.twin.page.words import activity_name
from preuve.twin.parameters import central
from preuve.twin.validation.check import Check, Row
from preuve.twin.world import Flow, Rules

Floats = npt.NDArray[np.float64]

YEAR, RUNS, WITHIN = 2024, 4, 0.01
LARGE = 500
"""Services of fewer stays a year are left out of the errors by site."""


def check(_data: Path) -> Check:
    """The totals of 2024 from the flow, under the central parameters."""
    baseline = Baseline.load(YEAR)
    flows = _flows(baseline)
    stays = _mean(flows, "stays")
    days = _mean(flows, "days")
    acute = slice(0, len(DISCIPLINES) - 1)
    declared_days = float(baseline.days[:, acute].sum())
    open_days = float(baseline.beds[:, acute].sum()) * len(_period())
    found = {
        "stays": float(stays[:, COUNTED].sum()),
        "mean_stay": float(days[:, acute].sum() / stays[:, COUNTED].sum()),
        "occupancy": float(days[:, acute].sum()) / open_days,
        "visits": float(_mean(flows, "visits").sum()),
    }
    target = {
        "stays": baseline.total_stays,
        "mean_stay": declared_days / baseline.total_stays,
        "occupancy": declared_days / open_days,
        "visits": float(baseline.visits.sum()),
    }
    labels = {
        "stays": (_("Full-time short stays, millions"), 1e6, 2),
        "mean_stay": (_("Mean stay, days"), 1, 2),
        "occupancy": (_("Occupancy of short-stay beds"), 1, 3),
        "visits": (_("Emergency visits, millions"), 1e6, 2),
    }
    rows = [
        Row(
            label,
            _("{value}, within 1 %").format(value=number(target[name] / scale, digits)),
            number(found[name] / scale, digits),
            "met" if abs(found[name] / target[name] - 1) <= WITHIN else "missed",
        )
        for name, (label, scale, digits) in labels.items()
    ]
    errors = _errors(baseline, stays)
    rows += [
        Row(
            _("Stays misplaced between sites, {discipline}").format(discipline=_named(name)),
            "",
            percent(error, 1),
        )
        for name, error in errors.items()
    ]
    worst = max(errors, key=lambda name: errors[name])
    return Check(
        name="totals",
        title=_("Does the twin give back the year it starts from?"),
        method=_(
            "The flow of {year} is run {runs} times under the central parameters, with the "
            "calibration that travels with the package: arrivals and stays of each service were "
            "adjusted so that what comes out is what was declared. This is a check of the "
            "calibration, not of foresight."
        ).format(year=YEAR, runs=RUNS),
        rows=rows,
        conclusion=_(
            "{met} of 4 totals come back within 1 %. Site by site the twin is least faithful in "
            "{discipline}, where {share} of the stays are not where they were declared."
        ).format(
            met=sum(row.verdict == "met" for row in rows),
            discipline=_named(worst),
            share=percent(errors[worst], 1),
        ),
        source="DREES, SAE 2024",
        figures={**found, **{f"misplaced_{name}": error for name, error in errors.items()}},
    )


def _named(discipline: str) -> str:
    return activity_name(discipline).lower()


def _period() -> npt.NDArray[np.datetime64]:
    return np.arange(np.datetime64(f"{YEAR}-01-01"), np.datetime64(f"{YEAR + 1}-01-01"))


def _flows(baseline: Baseline) -> list[Flow]:
    from preuve.twin.flow.simulation import simulate

    assembly = Assembly(baseline, (), Rules(), _period(), *calibration(baseline))
    values = central(uncertain.PARAMETERS)
    return [
        simulate(assembly.make(values, seed, None, changed=False).world, seed)
        for seed in range(100, 100 + RUNS)
    ]


def _mean(flows: list[Flow], measure: str) -> Floats:
    return np.asarray(np.mean([flow.count(measure) for flow in flows], axis=0))


def _errors(baseline: Baseline, stays: Floats) -> dict[str, float]:
    """Half the sum of absolute errors over the stays, services of 500 stays and more."""
    result = {}
    for index, name in enumerate(DISCIPLINES):
        large = baseline.stays[:, index] >= LARGE
        gap = np.abs(stays[large, index] - baseline.stays[large, index]).sum()
        result[name] = float(gap / 2 / baseline.stays[large, index].sum())
    return result
