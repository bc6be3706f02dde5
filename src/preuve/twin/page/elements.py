"""The elements of a scenario in plain words, its period and the rules it changes.

A scenario is read as its record: each element one word and its fields, `{"close": {"site": …}}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from preuve.core.language import _, ngettext
from preuve.pages.numbers import WIDE, moment, number, percent, signed, span
from preuve.twin.page.names import commune_name, department_name, region_name, site_name
from preuve.twin.page.words import activity_name, say

Body = Mapping[str, Any]

_NAMERS: Mapping[str, Callable[[str], str]] = {
    "site": site_name,
    "commune": commune_name,
    "department": department_name,
    "region": region_name,
}
_EVERY_WARD = 7


def elements(scenario: Mapping[str, Any]) -> list[str]:
    """One sentence for each element of a scenario, then one for each rule it changes."""
    said = [_element(*next(iter(one.items()))) for one in scenario.get("elements") or () if one]
    return said + [_rule(name, value) for name, value in (scenario.get("rules") or {}).items()]


def period(scenario: Mapping[str, Any]) -> str:
    """The period, "1 January 2025 to 31 December 2025"; "" where none is written."""
    held = scenario.get("period") or {}
    if not {"from", "to"} <= set(held):
        return ""
    return str(_("{first} to {last}").format(first=_day(held["from"]), last=_day(held["to"])))


def _day(written: Any) -> str:
    return moment(f"{written}T00:00:00").split(",")[0]


def _element(kind: str, body: Any) -> str:
    if not isinstance(body, Mapping) or kind not in _SAID:
        return f"{kind}: {_flat(body)}"
    parts = [_SAID[kind](body), _dates(body)]
    return " ".join(part for part in parts if part) + "."


def _close(body: Body) -> str:
    return _("Close: {service}, {place}").format(service=_service(body), place=_place(body))


def _open(body: Body) -> str:
    return _("Open: {service}, {place}{beds}").format(
        service=_service(body), place=_place(body), beds=_beds(body)
    )


def _resize(body: Body) -> str:
    if "share" in body:
        change = ": " + _change(body["share"])
    elif "change" in body:
        change = ": " + _("{change} beds").format(change=signed(body["change"]))
    else:
        change = _beds(body)
    return _("Change the beds of {service}, {place}{change}").format(
        service=_service(body), place=_place(body), change=change
    )


def _beds(body: Body) -> str:
    """Beds, constant or by steps: ": 310 beds from 1 August 2025, 325 from …"."""
    steps = body.get("beds")
    if steps is None:
        return ""
    if not isinstance(steps, Sequence):
        steps = [{"beds": steps}]
    told = [
        ngettext("{count} bed", "{count} beds", int(step["beds"])).format(
            count=number(step["beds"])
        )
        + (" " + _("from {first}").format(first=_day(step["from"])) if "from" in step else "")
        for step in steps
    ]
    return ": " + ", ".join(told)


def _night(body: Body) -> str:
    share = body.get("share_of_visits")
    return _("Close the emergency department at night, {place}{share}").format(
        place=_place(body),
        share=" (" + _("share of visits at night: {share}").format(share=_estimate(share)) + ")"
        if share
        else "",
    )


def _staff(body: Body) -> str:
    wards = body.get("disciplines") or ()
    named = (
        _("all wards")
        if not wards or len(wards) >= _EVERY_WARD
        else ", ".join(activity_name(ward).lower() for ward in wards)
    )
    return _("Carers: {change}, {wards}, {place}").format(
        change=_change(body["change"]), wards=named, place=_place(body)
    )


def _practice(body: Body) -> str:
    towards = {
        "day_surgery": _("day surgery"),
        "home_hospitalisation": _("home hospitalisation"),
    }.get(body["towards"], body["towards"])
    return _("{share} of the stays of {service} become {towards}, {place}").format(
        share=percent(body["share"]), service=_service(body), towards=towards, place=_place(body)
    )


def _demography(body: Body) -> str:
    names = {"low": _("low"), "central": _("central"), "high": _("high")}
    chosen = body.get("variants") or [body.get("variant", "")]
    return _("The population of 1 January {year}, projection: {variants}").format(
        year=body["year"], variants=", ".join(str(names.get(one, one)) for one in chosen)
    )


def _heat(body: Body) -> str:
    return _("A heat wave: {celsius} °C above what is usual, {place}").format(
        celsius=signed(body["celsius"], 1), place=_place(body)
    )


def _epidemic(body: Body) -> str:
    if "reproduction_number" in body:
        course = _("each case infects {number} others, {days} days apart").format(
            number=number(body["reproduction_number"], 1),
            days=number(body["generation_days"], 1),
        )
    else:
        course = _("a curve of infections day by day")
    severity = body.get("severity") or {}
    return _(
        "An epidemic: {course}; {hospitalised} of the infected are hospitalised, {critical} of "
        "those need critical care, {place}"
    ).format(
        course=course,
        hospitalised=percent(severity.get("hospitalised", 0.0)),
        critical=percent(severity.get("critical", 0.0)),
        place=_place(body),
    )


def _primary_care(body: Body) -> str:
    count = body["general_practitioners"]
    if count < 0:
        return _("General practitioners leave {place}: {count} full-time equivalents").format(
            place=commune_name(body["commune"]), count=number(-count, 1)
        )
    return _("General practitioners settle in {place}: {count} full-time equivalents").format(
        place=commune_name(body["commune"]), count=number(count, 1)
    )


def _ai(body: Body) -> str:
    effects = {"low_acuity_visits_avoided": _("low-acuity emergency visits avoided")}
    source = (body.get("estimate") or {}).get("source", "")
    return _("An AI system: {effect}, {share}, {place} (source: {source})").format(
        effect=effects.get(body["effect"], body["effect"]),
        share=_estimate(body.get("estimate") or {}),
        place=_place(body),
        source=source or _("not given"),
    )


_SAID: Mapping[str, Callable[[Body], str]] = {
    "close": _close,
    "open": _open,
    "resize": _resize,
    "night_closure": _night,
    "staff": _staff,
    "practice": _practice,
    "demography": _demography,
    "heat": _heat,
    "epidemic": _epidemic,
    "primary_care": _primary_care,
    "ai": _ai,
}

_RULES: Mapping[str, str] = {
    "outlying": _("Rule: a medical patient may lie in a surgical bed, and the reverse"),
    "board_first": _("Rule: share of patients kept on a stretcher before a transfer is sought"),
    "transfer_minutes": _("Rule: farthest transfer, minutes"),
    "critical_transfer_minutes": _("Rule: farthest transfer to critical care, minutes"),
    "leave_waiting_list": _("Rule: share of waiting patients who ask a neighbour each day"),
    "longest_block": _("Rule: longest wait for rehabilitation in an acute bed, days"),
}
_SHARES = ("board_first", "leave_waiting_list")


def _rule(name: str, value: Any) -> str:
    said = percent(value) if name in _SHARES else _flat(value)
    return _("{rule}: {value}.").format(rule=say(_RULES.get(name, name)), value=said)


def _service(body: Body) -> str:
    code = body.get("discipline")
    return activity_name(str(code)).lower() if code else str(_("every activity"))


def _place(body: Body) -> str:
    """The site or the territory that an element touches; France where it names none."""
    held = {**body, **(body.get("territory") or {})}
    for level, named in _NAMERS.items():
        codes = held.get(level)
        if codes:
            listed = [codes] if isinstance(codes, str) else codes
            return ", ".join(named(str(code)) for code in listed)
    return str(_("France"))


def _dates(body: Body) -> str:
    first, last = body.get("from"), body.get("to")
    if first and last:
        return str(_("from {first} to {last}").format(first=_day(first), last=_day(last)))
    if first:
        return str(_("from {first}").format(first=_day(first)))
    return str(_("until {last}").format(last=_day(last))) if last else ""


def _change(share: float) -> str:
    """A relative change, "−10 %"."""
    sign = "+" if share > 0 else ""
    return sign + percent(share, 0 if float(100 * share).is_integer() else 1)


def _estimate(estimate: Body) -> str:
    if not {"value", "low", "high"} <= set(estimate):
        return _flat(estimate)
    if estimate.get("unit") == "proportion":
        low, high = percent(estimate["low"]), percent(estimate["high"])
        return f"{percent(estimate['value'])} ({span(low, high)})"
    bounds = span(number(estimate["low"], 2), number(estimate["high"], 2))
    return f"{number(estimate['value'], 2)}{WIDE}{estimate.get('unit', '')} ({bounds})"


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_flat(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(part) for part in value)
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, int | float):
        return number(value, 0 if float(value).is_integer() else 2)
    return str(value)
