"""Access: do travel times, the choice of a maternity and accessibility agree with what is known?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.pages.numbers import number, percent
from preuve.twin.baseline import Baseline
from preuve.twin.choice.access import between_departments, leak, quantiles, share_beyond
from preuve.twin.choice.choice_fit import asked_by_communes
from preuve.twin.choice.gravity import PARAMETERS, Choice, Places, Reach, capacity
from preuve.twin.choice.primary_care import NATIONAL_MEAN, PrimaryCare
from preuve.twin.choice.travel import MAINLAND, Travel, landmass, maternity_km
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.disciplines import OBSTETRICS
from preuve.twin.parameters import central
from preuve.twin.validation.check import Check, Row, Verdict

Floats = npt.NDArray[np.float64]

APL_DECILES = (1.5, 5.7)
"""Mean accessibility of the tenth worst and best served (DREES)."""


def check(data: Path) -> Check:  # noqa: ARG001
    """Nearest maternity, maternity chosen, and accessibility of general practitioners."""
    baseline = Baseline.load(2019)
    figures = {**_nearest(baseline), **_chosen(baseline), **_primary_care(baseline)}
    return Check(
        name="access",
        title=_("Are access and choice those that are published?"),
        method=_(
            "Times to the nearest maternity were fitted to the first three figures. The others "
            "were not: the decay of choice comes from volumes alone, and practitioners are spread "
            "by residents within each département."
        ),
        rows=_rows(figures),
        conclusion=_(
            "Distances to the maternity chosen agree with the survey of 2001, when there were more "
            "maternities; too many women are sent out of their département, since the choice knows "
            "no border. Accessibility of practitioners is right on average and too even: a proxy "
            "by département cannot see the deserts within."
        ),
        source="DREES 2012 and 2021; INSEE Première 903 (2003); INSEE 2017; DREES, APL 2018",
        figures=figures,
    )


def _nearest(baseline: Baseline) -> dict[str, float]:
    km, women = maternity_km(baseline)
    minutes = Travel.of(central(TRAVEL)).minutes(km)
    far = share_beyond(minutes, women)
    return {
        "nearest_median": float(quantiles(minutes, women, [0.5])[0]),
        "beyond_30": float(far[0]),
        "beyond_45": float(far[1]),
    }


def _chosen(baseline: Baseline) -> dict[str, float]:
    values = central([*PARAMETERS, *TRAVEL])
    travel, women = Travel.of(values), asked_by_communes(baseline)[:, OBSTETRICS]
    places = Places.of(baseline.communes, baseline.departments)
    reach = Reach.of(places, baseline, baseline.births > 0, baseline.births)
    beds = capacity(baseline)[:, OBSTETRICS]
    choice = Choice.fit(reach, women, baseline.births, beds, travel, values, "obstetrics")
    flow = choice.flows(women)
    mainland = np.array([landmass(code) == MAINLAND for code in baseline.departments])
    here = mainland[places.department][:, None] & (reach.index >= 0)
    km, births = reach.km[here].astype(np.float64), flow[here].astype(np.float64)
    between = between_departments(choice, flow, baseline)
    half, three_quarters = quantiles(km, births, [0.5, 0.75])
    return {
        "chosen_median_km": float(half),
        "chosen_three_quarters_km": float(three_quarters),
        "chosen_mean_km": float(np.average(km, weights=births)),
        "chosen_median_minutes": float(travel.minutes(half)),
        "leak": float(np.average(leak(between), weights=between.sum(axis=1))),
    }


def _primary_care(baseline: Baseline) -> dict[str, float]:
    found, people = PrimaryCare.of(baseline).before, baseline.communes.population
    low, high = quantiles(found, people, [0.1, 0.9])
    worst, best = found <= low, found >= high
    return {
        "apl_mean": float(np.average(found, weights=people)),
        "apl_worst": float(np.average(found[worst], weights=people[worst])),
        "apl_best": float(np.average(found[best], weights=people[best])),
    }


def _rows(f: dict[str, float]) -> list[Row]:
    worst, best = APL_DECILES
    return [
        _row(_("Nearest maternity, half of women within (2017)"), 9, f["nearest_median"], 1, "min"),
        _share(_("Women beyond 30 minutes (2017)"), "7-8 %", f["beyond_30"], 0.065, 0.085),
        _share(_("Women beyond 45 minutes (2017)"), "1-2 %", f["beyond_45"], 0.01, 0.02),
        _row(_("Maternity chosen, half within (2001)"), 6, f["chosen_median_km"], 1.5, "km"),
        _row(
            _("Maternity chosen, three quarters within (2001)"),
            15,
            f["chosen_three_quarters_km"],
            3,
            "km",
        ),
        _row(_("Maternity chosen, mean distance (2001)"), 14, f["chosen_mean_km"], 3, "km"),
        _row(
            _("Maternity chosen, median time (2010, other road times)"),
            17,
            f["chosen_median_minutes"],
            3,
            "min",
        ),
        _share(
            _("Born outside the département of residence (2016)"), "10 %", f["leak"], 0.08, 0.12
        ),
        _row(_("Visits to practitioners within reach, mean"), NATIONAL_MEAN, f["apl_mean"], 0.05),
        _row(_("… tenth worst served"), worst, f["apl_worst"], 0.5),
        _row(_("… tenth best served"), best, f["apl_best"], 0.5),
    ]


def _row(label: str, target: float, found: float, margin: float, unit: str = "") -> Row:
    return Row(
        label=label,
        target=f"{number(target, 2 if target % 1 else 0)} {unit}".strip(),
        found=f"{number(found, 1)} {unit}" if unit else number(found, 2),
        verdict=_verdict(abs(found - target) <= margin),
    )


def _share(label: str, target: str, found: float, low: float, high: float) -> Row:
    return Row(
        label=label, target=target, found=percent(found), verdict=_verdict(low <= found <= high)
    )


def _verdict(met: bool) -> Verdict:
    return "met" if met else "missed"
