"""Carers: hours required by bed-days and emergency visits against hours available.

Carers are nurses and aides. National hours of one bed-day or visit come from the SAE (see
scripts/france/carers.py); they hold what surrounds the ward: theatres, day cases, out-patients.

    required_s  = sum_d hours_d x days_sd + hours_visit x visits_s
    available_s = FTE_s x share_s x 1,607 x (1 - absence) x staff factor_s
    overload_s  = required_s / available_s

The country as it is stands at an overload of about 1; a site above 1 has fewer carers than the
national norm for its mix of beds, which may be tension or a lighter mix of patients: read the
change rather than the level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import Baseline, packaged
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Beds = npt.NDArray[Any]
"""Beds, whole numbers of any type."""

YEARLY_HOURS = 1607
"""Hours of a full-time year at work by law, leave taken out."""

OPTIMUM = 1.0
"""Overload from which absence begins to grow."""


def _measured(name: str, label: str, source: str) -> Parameter:
    value, low, high = _hours()[name]
    return Parameter(
        name=f"carers.{name}",
        label=label,
        value=value,
        low=low,
        high=high,
        unit="ratio" if name == "critical_margin" else "hour",
        kind="measured",
        source=source,
        scale="identity" if name == "critical_margin" else "log",
    )


@cache
def _hours() -> Mapping[str, tuple[float, float, float]]:
    rows = packaged("carers_hours").iter_rows(named=True)
    return {row["name"]: (row["value"], row["low"], row["high"]) for row in rows}


_REGRESSION = _(
    "Regression of the nurses and aides of short stay on bed-days, SAE 2022 to 2024 (DREES); "
    "interval by drawing establishments again"
)
_DECLARED = _("Staff declared by the units, SAE (DREES); bounds: lowest and highest year")

PARAMETERS: tuple[Parameter, ...] = (
    _measured("medicine", _("Hours of carers per bed-day of medicine"), _REGRESSION),
    _measured("surgery", _("Hours of carers per bed-day of surgery"), _REGRESSION),
    _measured("obstetrics", _("Hours of carers per bed-day of obstetrics"), _REGRESSION),
    _measured("paediatrics", _("Hours of carers per bed-day of paediatrics"), _REGRESSION),
    _measured("critical_care", _("Hours of carers per bed-day of critical care"), _DECLARED),
    _measured(
        "rehabilitation",
        _("Hours of carers per bed-day of rehabilitation"),
        _(
            "Nurses and aides of rehabilitation over bed-days, SAE 2022 to 2024 (DREES); interval "
            "by drawing establishments again"
        ),
    ),
    _measured("visit", _("Hours of carers per emergency visit"), _DECLARED),
    _measured(
        "critical_margin",
        _("Nurses of intensive care beyond the legal two for five beds"),
        _(
            "Nurses of adult intensive care per open bed-day, SAE (DREES), over two for five "
            "patients day and night (décret n° 2002-466); bounds: lowest and highest year"
        ),
    ),
    Parameter(
        name="carers.absence",
        label=_("Share of the year that carers are absent, leave not counted"),
        value=0.09,
        low=0.075,
        high=0.107,
        unit="proportion",
        kind="published",
        source=_(
            "Staff of public hospitals who are not doctors: 8.9% in 2019 and 9.9% in 2021 (FHF "
            "survey, 2022), 29.9 days in 2019 and 35 in 2022 (ATIH); 7% in private clinics. The "
            "central figure and the interval are chosen among them"
        ),
        scale="logit",
    ),
    Parameter(
        name="carers.absence_growth",
        label=_("Growth of absence, in proportion, for an overload of one more whole norm"),
        value=1.47,
        low=0.43,
        high=2.77,
        unit="ratio",
        kind="published",
        source=_(
            "Rauhala et al., J Adv Nurs 2007: sick leave × 1.44 (1.13 to 1.83) at 30% above the "
            "optimum, 877 nurses in Finland; divided by 0.30"
        ),
    ),
    Parameter(
        name="carers.stretch",
        label=_("Hours beyond the norm that a ward can ask before it closes beds"),
        value=0.03,
        low=0.0,
        high=0.06,
        unit="proportion",
        kind="assumed",
        source=_("Assumed"),
    ),
)


def hours_of_day(values: Mapping[str, float]) -> Floats:
    """Hours of carers of one bed-day by discipline, shape (6,)."""
    return np.array([values[f"carers.{name}"] for name in DISCIPLINES])


def required_hours(days: Floats, visits: Floats, values: Mapping[str, float]) -> Floats:
    """Hours that bed-days and emergency visits ask for.

    Args:
        days: bed-days, shape (S, 6) or (…, S, 6).
        visits: emergency visits, shape (S,) or (…, S).
        values: drawn parameters; reads the hours of "carers.…".

    Returns:
        hours, shape (S,) or (…, S).
    """
    return np.asarray(days @ hours_of_day(values) + visits * values["carers.visit"])


def share_of_hours(
    baseline: Baseline, activities: Collection[str], values: Mapping[str, float]
) -> Floats:
    """Share of the hours required at each site that some activities ask for, shape (S,).

    Args:
        baseline: the year.
        activities: disciplines, and "emergency".
        values: drawn parameters.
    """
    kept = np.array([name in activities for name in DISCIPLINES])
    visits = baseline.visits if "emergency" in activities else np.zeros_like(baseline.visits)
    asked = required_hours(baseline.days * kept, visits, values)
    total = required_hours(baseline.days, baseline.visits, values)
    return np.divide(asked, total, out=np.zeros_like(total), where=total > 0)


def imputed(baseline: Baseline) -> Flags:
    """Sites whose carers are not known and were put at the national norm, shape (S,)."""
    known = np.nan_to_num(baseline.nurses) + np.nan_to_num(baseline.aides)
    return np.asarray((known <= 0) | np.isnan(_share(baseline)))


def available_hours(
    baseline: Baseline, staff_factor: Floats, values: Mapping[str, float]
) -> Floats:
    """Hours at work of the nurses and aides of short stay, emergencies and rehabilitation.

    A site whose staff is not known is given the hours that its own activity requires, at the
    national ratio of hours available to hours required (`imputed` tells which).

    Args:
        baseline: the year and its sites.
        staff_factor: staff against the baseline, 1 for the same, shape (S,).
        values: drawn parameters.

    Returns:
        hours of the year, shape (S,).

    Raises:
        PreuveError: a negative staff.
    """
    if np.any(staff_factor < 0):
        raise PreuveError(_("Staff cannot be negative."), where="staff")
    carers = np.nan_to_num(baseline.nurses) + np.nan_to_num(baseline.aides)
    hours = carers * _share(baseline) * YEARLY_HOURS * (1 - values["carers.absence"])
    missing = imputed(baseline)
    required = required_hours(baseline.days, baseline.visits, values)
    known = ~missing
    ratio = hours[known].sum() / required[known].sum() if known.any() else 1.0
    return np.where(missing, ratio * required, hours) * staff_factor


def _share(baseline: Baseline) -> Floats:
    """Carers of short stay and rehabilitation per nurse or aide of the establishment, (S,)."""
    rows = packaged("carers_sites")
    share = dict(zip(rows["finess"], rows["percent"], strict=True))
    return np.array([share.get(code, np.nan) for code in baseline.sites["finess"]]) / 100


def overload(required: Floats, available: Floats) -> Floats:
    """Hours required over hours available; 0 where nothing is required, inf where nobody is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(required > 0, required / available, 0.0)


def overtime(required: Floats, available: Floats) -> Floats:
    """Hours required beyond those available, never negative."""
    return np.asarray(np.maximum(required - available, 0.0))


def absence(load: Floats, values: Mapping[str, float]) -> Floats:
    """Share of the year absent under an overload; the usual share at the norm or below.

    Rauhala et al. 2007 found the growth among nurses; that overload causes it is assumed. At most
    half of the staff is absent.
    """
    beyond = np.maximum(np.nan_to_num(load, posinf=10.0) - OPTIMUM, 0.0)
    grown = values["carers.absence"] * (1 + values["carers.absence_growth"] * beyond)
    return np.asarray(np.clip(grown, 0.0, max(0.5, values["carers.absence"])))


def after_absence(available: Floats, load: Floats, values: Mapping[str, float]) -> Floats:
    """Hours left once overload has made carers absent; switch it off by not calling it."""
    return np.asarray(available * (1 - absence(load, values)) / (1 - values["carers.absence"]))


def closed_beds(
    capacity: Beds,
    staff_factor: Floats,
    values: Mapping[str, float],
    reference: Floats | None = None,
) -> Beds:
    """Beds that stay open with the staff there is.

    The staff of a site looks after its beds of reference. When there are fewer hours than the open
    beds require, a ward first asks `carers.stretch` more of its carers, then closes beds, in the
    same proportion in every ward. Critical care asks nothing more: it holds to the legal two
    nurses for five patients, of which it has `carers.critical_margin` in hand.

    Args:
        capacity: beds open if staffed, shape (T, S, 6).
        staff_factor: staff against the reference, shape (T, S).
        values: drawn parameters.
        reference: beds that the whole staff looks after, shape (S, 6) or (T, S, 6); those of
            `capacity` each day when absent. With it, beds closed by the scenario leave their
            carers to the others.

    Returns:
        beds open, never more than `capacity` and of its type, shape (T, S, 6).
    """
    hours = hours_of_day(values)
    asked = capacity @ hours
    there = staff_factor * (asked if reference is None else reference @ hours)
    share = np.divide(there, asked, out=np.ones_like(asked), where=asked > 0)
    opened = capacity.copy()
    for discipline in range(len(hours)):
        beds = capacity[:, :, discipline]
        if discipline == CRITICAL_CARE:
            kept = share * (1 + max(0.0, values["carers.critical_margin"]))
            staffed = np.floor(beds * kept + 1e-9)
        else:
            kept = share * (1 + values["carers.stretch"])
            staffed = np.rint(beds * kept)
        opened[:, :, discipline] = np.where(kept >= 1, beds, np.minimum(staffed, beds))
    return opened
