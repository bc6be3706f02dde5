"""Words of the twin: activities, measures, units; unknown codes are shown as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from preuve.core.language import _, both, current_language
from preuve.pages.numbers import NARROW, NOTHING, WIDE, number, signed, span

Wish = Literal["more", "less", ""]
"""Whether more of a measure is better, worse, or neither."""


def say(text: Any) -> str:
    """A text in the current language: a message made at import, a {fr, en} mapping, or as it is."""
    if isinstance(text, Mapping) and set(text) <= {"fr", "en"} and text:
        return str(text.get(current_language()) or next(iter(text.values())))
    return both(text)[current_language()] if isinstance(text, str) else str(text)


ACTIVITIES: Mapping[str, str] = {
    "": _("Short stay as a whole"),
    "carers": _("Nurses and aides"),
    "medicine": _("Medicine"),
    "surgery": _("Surgery"),
    "obstetrics": _("Obstetrics"),
    "paediatrics": _("Paediatrics"),
    "critical_care": _("Critical care"),
    "rehabilitation": _("Rehabilitation"),
    "emergency": _("Emergency department"),
    "primary_care": _("General practice"),
}

PLACES_OF_CARE: Mapping[str, str] = {
    "medicine": _("the nearest medical ward"),
    "surgery": _("the nearest surgical ward"),
    "obstetrics": _("the nearest maternity"),
    "paediatrics": _("the nearest paediatric ward"),
    "critical_care": _("the nearest critical-care unit"),
    "rehabilitation": _("the nearest rehabilitation service"),
    "emergency": _("the nearest emergency department"),
    "primary_care": _("the nearest general practitioner"),
}


@dataclass(frozen=True)
class Measure:
    """What a measure counts, in words.

    Attributes:
        label: a few words.
        wish: whether more is better ("more"), worse ("less") or neither ("").
    """

    label: str
    wish: Wish = ""


MEASURES: Mapping[str, Measure] = {
    "asked": Measure(_("Admissions first sought here")),
    "stays": Measure(_("Stays")),
    "days": Measure(_("Bed-days")),
    "open_days": Measure(_("Open bed-days"), "more"),
    "beds": Measure(_("Beds"), "more"),
    "moved": Measure(_("Stays that take place at another site")),
    "transferred_out": Measure(_("Patients sent to another site for want of a bed"), "less"),
    "transferred_in": Measure(_("Patients received from a site without a bed")),
    "refused": Measure(_("Patients refused: no bed within reach"), "less"),
    "outlying": Measure(_("Patients in a bed of another discipline"), "less"),
    "postponed_days": Measure(_("Days on the waiting list"), "less"),
    "blocked_days": Measure(_("Bed-days held for want of rehabilitation"), "less"),
    "full_days": Measure(_("Days without a free bed at midnight"), "less"),
    "extra_beds_days": Measure(_("Bed-days beyond the open beds"), "less"),
    "still_waiting": Measure(_("Patients still waiting for a bed on the last day"), "less"),
    "visits": Measure(_("Emergency visits")),
    "births": Measure(_("Births")),
    "admitted": Measure(_("Emergency patients who need a bed")),
    "boarded_nights": Measure(_("Nights on a stretcher"), "less"),
    "boarded_nights_elderly": Measure(_("Nights on a stretcher, patients of 75 and more"), "less"),
    "waiting": Measure(_("Waiting time"), "less"),
    "occupied": Measure(_("Occupied beds")),
    "open": Measure(_("Open beds"), "more"),
    "arrivals": Measure(_("Admissions")),
    "transferred": Measure(_("Patients transferred for want of a bed"), "less"),
    "boarded": Measure(_("Patients on a stretcher at midnight"), "less"),
    "occupancy": Measure(_("Occupancy of beds")),
    "mean_stay": Measure(_("Mean stay")),
    "minutes": Measure(_("Travel time"), "less"),
    **{
        f"minutes_decile_{tenth}": Measure(
            _("Travel time that {share} % of residents do not exceed").format(share=10 * tenth),
            "less",
        )
        for tenth in range(1, 10)
    },
    "accessibility": Measure(_("Accessibility of general practitioners"), "more"),
    "hours_required": Measure(_("Hours of care required")),
    "hours_available": Measure(_("Hours of carers available"), "more"),
    "overload": Measure(_("Load of carers"), "less"),
    "overtime": Measure(_("Hours of overtime"), "less"),
    "absence": Measure(_("Hours of absence"), "less"),
    "beds_closed": Measure(_("Beds closed for want of staff"), "less"),
    "transfer_km": Measure(_("Kilometres of transfers"), "less"),
    "transfer_minutes": Measure(_("Minutes of transfers"), "less"),
    "use_rate": Measure(_("Rate of use, stays per 1,000 residents")),
    "leak": Measure(_("Leak: share of residents' stays that take place elsewhere")),
    "attraction": Measure(_("Attraction: share of stays that come from elsewhere")),
    "population": Measure(_("Residents")),
    "deaths": Measure(_("Deaths"), "less"),
    "life_years": Measure(_("Life-years lost"), "less"),
}

UNITS: Mapping[str, str] = {
    "stay": _("stays"),
    "day": _("days"),
    "bed_day": _("bed-days"),
    "bed": _("beds"),
    "patient": _("patients"),
    "person": _("people"),
    "visit": _("visits"),
    "night": _("nights"),
    "birth": _("births"),
    "hour": _("hours"),
    "minute": _("min"),
    "km": _("km"),
    "per_1000": _("per 1,000"),
    "visits_per_year": _("visits a year"),
    "year": _("years"),
    "people_per_year": _("people a year"),
    "minute_per_km": _("min/km"),
    "log_per_year": _("(logarithm) a year"),
    "log_per_decade": _("(logarithm) a decade"),
    "death": _("deaths"),
    "life_year": _("life-years"),
    "ratio": "",
    "1": "",
}

_PLURAL = {f"{unit}s": unit for unit in ("stay", "day", "bed", "patient", "visit", "night")} | {
    "bed-day": "bed_day",
    "bed-days": "bed_day",
    "bed_days": "bed_day",
    "people": "person",
    "persons": "person",
    "births": "birth",
    "hours": "hour",
    "minutes": "minute",
    "min": "minute",
    "deaths": "death",
    "life-year": "life_year",
    "life-years": "life_year",
    "life_years": "life_year",
    "per 1,000": "per_1000",
    "per 1000": "per_1000",
    "visit/year": "visits_per_year",
    "visit per year": "visits_per_year",
    "people per year": "people_per_year",
    "minute/km": "minute_per_km",
    "log per year": "log_per_year",
    "log per decade": "log_per_decade",
}

_PATIENTS = (
    "asked",
    "transferred_out",
    "transferred_in",
    "refused",
    "outlying",
    "admitted",
    "still_waiting",
)

SHARES = ("proportion", "share", "percent")
"""Units whose figures are shares of one, shown as percentages."""


def activity_name(code: str) -> str:
    return say(ACTIVITIES.get(code, code))


def measure_name(code: str) -> str:
    return say(MEASURES[code].label) if code in MEASURES else code


def wish(code: str) -> Wish:
    """Whether more of a measure is better, worse, or neither (unknown measures: neither)."""
    return MEASURES[code].wish if code in MEASURES else ""


def unit_code(unit: str) -> str:
    """The house's code of a unit written in the singular or the plural."""
    return _PLURAL.get(unit, unit)


def unit_of(measure: str, unit: str) -> str:
    """The unit a measure is shown in."""
    return "patient" if measure in _PATIENTS and unit_code(unit) in ("stay", "visit") else unit


def unit_name(unit: str) -> str:
    """A unit after a figure; nothing for a ratio, whose figure stands alone."""
    code = unit_code(unit)
    return say(UNITS.get(code, code))


def figure(value: float | None, unit: str, *, difference: bool = False) -> str:
    """A figure with its unit: 12.5%, 1,234 stays, +3.2 min; a difference shows its sign."""
    if value is None:
        return NOTHING
    written = signed if difference else number
    if unit in SHARES:
        sign = _percent_sign(difference=difference)
        return written(100 * value, _digits(100 * value)) + sign
    name = unit_name(unit)
    digits = 3 if unit_code(unit) == "ratio" and abs(value) < 10 else _digits(value)
    return written(value, digits) + (WIDE + name if name else "")


def localised(row: Mapping[str, Any], name: str) -> str:
    """A text of a row: a message, or a column for each language."""
    if f"{name}_fr" in row and f"{name}_en" in row:
        return say({"fr": row[f"{name}_fr"], "en": row[f"{name}_en"]})
    return say(row.get(name) or "")


def interval(low: float | None, high: float | None, unit: str, *, difference: bool = False) -> str:
    """Two bounds without their unit; a bound that is masked is left out."""
    bounds = [None if bound is None else _factor(unit) * bound for bound in (low, high)]
    known = [bound for bound in bounds if bound is not None]
    if not known:
        return NOTHING
    finer = unit_code(unit) == "ratio"
    written = signed if difference else number
    digits = 3 if finer else max(_digits(bound) for bound in known)
    if not difference and not finer and max(abs(bound) for bound in known) >= 100:
        digits = 0
    first, last = (NOTHING if bound is None else written(bound, digits) for bound in bounds)
    return span(first, last)


def _factor(unit: str) -> float:
    return 100.0 if unit in SHARES else 1.0


def _percent_sign(*, difference: bool) -> str:
    if difference:
        return WIDE + say(_("points"))
    return NARROW + "%" if current_language() == "fr" else "%"


def _digits(value: float) -> int:
    size = abs(value)
    if size >= 100 or float(value).is_integer():
        return 0
    return 1 if size >= 1 or size == 0 else 2
