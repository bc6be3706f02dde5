"""Words of funding: actors, schemes, months, probabilities."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from preuve.core.language import _, both, current_language
from preuve.economics.page.words import Words
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.pages.numbers import WIDE, chance, number, percent, span

_ACTORS: Mapping[str, str] = {
    "amo": _("Compulsory health insurance"),
    "amc": _("Complementary insurance"),
    "state": _("State"),
    "patient": _("Patients"),
    "hospital": _("Hospital or practice"),
    "professional": _("Health professionals"),
    "maker": _("Maker"),
}

_SCHEMES: Mapping[str, str] = {
    "per_use": _("Per use"),
    "per_professional": _("Licence per professional"),
    "per_site": _("Subscription per site"),
    "per_patient_month": _("Per patient and month"),
    "front_loaded": _("Front-loaded"),
    "cap_and_collar": _("Cap and collar"),
    "outcome_rebate": _("Rebate on the outcome"),
    "shared_savings": _("Shared savings"),
    "pecan": _("PECAN, digital therapy"),
    "pecan_remote_monitoring": _("PECAN, remote monitoring"),
    "remote_monitoring": _("Remote monitoring, ordinary law"),
    "diga": _("DiGA (Germany)"),
    "bundle": _("Bundle per episode"),
}


def say(text: str) -> str:
    """A message made at import, in the current language."""
    return both(text)[current_language()]


def quoted(remark: str) -> str:
    """A remark whose key words of a model stand between quotation marks."""
    return re.sub(r"`([^`]+)`", lambda found: _("“{name}”").format(name=found[1]), remark)


def actor_name(actor: str) -> str:
    """Who pays or receives; an unknown one as it is written."""
    return say(_ACTORS.get(actor, actor))


def scheme_name(name: str, scheme: Scheme) -> str:
    """The name of a scheme; an unknown one as it is written."""
    if isinstance(scheme, Pecan) and scheme.kind == "remote_monitoring":
        return say(_SCHEMES["pecan_remote_monitoring"])
    return say(_SCHEMES.get(name, name))


def month_words(value: float, low: float, high: float, months: int) -> Words:
    """A month since the start, from 1, and its interval; infinity is later than the horizon."""
    late = math.isinf(value)
    told = _("not by month {month}") if late else _("month {month}")
    bounds = (f">{WIDE}{months}" if math.isinf(one) else number(one) for one in (low, high))
    return Words(str(told.format(month=number(months if late else value))), span(*bounds))


def chance_words(found: float, draws: int) -> Words:
    """A share of the draws, with the 95% interval that their number leaves (Wilson)."""
    z = 1.959964
    centre = (found + z * z / (2 * draws)) / (1 + z * z / draws)
    half = z * math.sqrt(found * (1 - found) / draws + z * z / (4 * draws * draws))
    half /= 1 + z * z / draws
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Words(chance(found), span(_whole(math.floor, low), _whole(math.ceil, high)))


def share_words(value: float, low: float, high: float) -> Words:
    """A share and its interval, as percentages; the value alone where it is certain."""
    told = "" if low == high else span(percent(low, 0), percent(high, 0))
    return Words(percent(value, 0), told)


def _whole(rounded: Callable[[float], int], share: float) -> str:
    """A bound as a whole percentage, rounded away from the middle."""
    return percent(rounded(100 * share) / 100, 0)
