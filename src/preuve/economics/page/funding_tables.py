"""Tables of a funding, in the current language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.page.funding_clock import Clock
from preuve.economics.page.funding_reading import Line, Reading
from preuve.economics.page.funding_tariffs import CONFIDENCE, label, used, value
from preuve.economics.page.funding_words import actor_name, quoted, say, share_words
from preuve.economics.pricing.actors import Actor
from preuve.economics.pricing.flows import by_year
from preuve.economics.pricing.quantity import Uncertain
from preuve.economics.pricing.tariffs import tariff
from preuve.pages.numbers import NOTHING, number, percent, span

_FATES = {
    "permanent": _("Ordinary cover within the year, without a gap"),
    "permanent_after_gap": _("Ordinary cover after months without cover"),
    "refused": _("Refused within the year"),
    "expired": _("Expired without cover, then refused"),
    "not_filed": _("No file in time: cover stops"),
}


def schemes(reading: Reading) -> list[dict[str, Any]]:
    """One row per scheme: who spends and who gains over the time told."""
    return [_scheme(reading, line) for line in reading.lines]


def _scheme(reading: Reading, line: Line) -> dict[str, Any]:
    account = line.priced.account
    told = line.has_costs and not line.is_idle
    hospital = "hospital" in line.active
    net = line.priced.flows.net("hospital")
    return {
        "label": line.label,
        "kind": str(_("written in the model")) if line.is_own else str(_("example")),
        "is_own": line.is_own,
        "spending": None if line.is_idle else line.words(line.spending),
        "each": None if line.is_idle else line.per_use(reading.found.market.uses),
        "maker": None if line.is_idle else line.over(account.revenue),
        "hospital": line.over(net, difference=True) if hospital else None,
        "break_even": line.break_even if told else None,
        "chance": line.chance if told else None,
        "need": line.words(account.funding_need) if told else None,
    }


def flows(line: Line) -> list[dict[str, Any]]:
    """One row per actor and year, then one for the whole time told: paid, received, net."""
    found = line.priced.flows
    rows = []
    for actor in line.active:
        parts = (found.paid(actor), found.received(actor), found.net(actor))
        yearly = [by_year(part[: line.told]) for part in parts]
        named = [number(place + 1) for place in range(len(yearly[0]))]
        for year, amounts in zip(named, zip(*yearly, strict=True), strict=True):
            rows.append(_flow(line, actor, year, amounts))
        rows.append(_flow(line, actor, line.span, [line.total(part) for part in parts]))
    return rows


def _flow(line: Line, actor: Actor, when: str, amounts: Sequence[Floats]) -> dict[str, Any]:
    paid, received, net = amounts
    return {
        "actor": actor_name(actor),
        "year": when,
        "is_total": when == line.span,
        "paid": line.words(paid) if paid.any() else None,
        "received": line.words(received) if received.any() else None,
        "net": line.words(net, difference=True),
    }


def tariffs(reading: Reading) -> list[dict[str, Any]]:
    """The tariffs behind the schemes shown, those to be checked first."""
    names = dict.fromkeys(name for line in reading.lines for name in used(line.scheme))
    order = ("low", "medium", "high")
    kept = sorted(names, key=lambda name: order.index(tariff(name).confidence))
    return [
        {
            "label": label(name),
            "name": name,
            "value": value(tariff(name)),
            "remark": quoted(str(tariff(name).remark)),
            "source": tariff(name).source,
            "date": tariff(name).date,
            "confidence": say(CONFIDENCE[tariff(name).confidence]),
            "is_sure": tariff(name).confidence == "high",
        }
        for name in kept
    ]


def hypotheses(reading: Reading) -> list[list[str]]:
    """The market and the maker, as the model writes them: what, value, 95% interval."""
    return [[what, *_written(found, share)] for what, found, share in _hypotheses(reading)]


def _hypotheses(reading: Reading) -> Iterator[tuple[str, Any, bool]]:
    written = reading.model.written.analyses
    market, maker = written.market, written.maker
    if market is not None:
        yield str(_("Months told")), market.months, False
        yield str(_("People eligible in a year")), market.eligible, False
        yield str(_("Share of them who enter in the first month")), market.uptake.start, True
        yield str(_("Share of them who enter in the end")), market.uptake.plateau, True
        yield str(_("Months until half of that share")), market.uptake.half_after, False
        yield str(_("Share of the patients who leave each month")), market.dropout, True
        yield str(_("Uses per patient and month")), market.uses, False
        yield str(_("Professionals who could be equipped")), market.professionals, False
        yield str(_("Sites that could be equipped")), market.sites, False
    if maker is not None:
        yield str(_("Maker: certification and studies, EUR, once")), maker.certification, False
        yield str(_("Maker: fixed costs, EUR a month")), maker.fixed, False
        yield str(_("Maker: EUR per patient and month")), maker.per_patient, False
        yield str(_("Maker: EUR per use")), maker.per_use, False
        yield str(_("Maker: EUR for each new site")), maker.integration, False


def _written(found: float | Uncertain, share: bool) -> tuple[str, str]:
    def text(one: float) -> str:
        if share:
            return percent(one, 0 if float(100 * one).is_integer() else 1)
        return number(one, 0 if float(one).is_integer() else 2)

    if isinstance(found, Uncertain):
        return text(found.value), span(text(found.low), text(found.high))
    return text(found), NOTHING


def fates(clock: Clock) -> list[list[str]]:
    """What becomes of the cover, and with what probability."""
    return [
        [say(_FATES[fate]), str(share_words(*found))]
        for fate, found in clock.fates.items()
        if max(found) > 0
    ]
