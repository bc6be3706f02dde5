"""The themes of the guide of choice: what the register knows of each, and what to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.pages.numbers import listed, number
from preuve.registry.comparison import Measured
from preuve.registry.comparison.words import plain
from preuve.registry.entry import Contract, Entry
from preuve.registry.facts import Confidence, Named, load


class Theme(Named):
    """A theme; `known` names the facts of an entry that speak of it."""

    id: str
    ask: Text
    known: tuple[str, ...] = ()


class GuideMeta(Written):
    source: Text
    confidence: Confidence


class Guide(Written):
    meta: GuideMeta
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Answer:
    """A theme for one system, in the current language.

    Attributes:
        known: what the register holds that speaks of it; empty where nothing does.
        ask: what the supplier must answer.
    """

    theme: Theme
    known: tuple[str, ...]
    ask: str


@cache
def guide() -> Guide:
    """The packaged themes."""
    path = Path(__file__).with_name("choice_guide.yaml")
    return parse(Guide, read_yaml(path), path)


def answers(entry: Entry, measured: Sequence[Measured]) -> list[Answer]:
    """Each theme with what is known of an entry."""
    return [
        Answer(
            theme,
            tuple(
                told for name in theme.known if (told := _KNOWN[name](entry, measured)) is not None
            ),
            str(theme.ask),
        )
        for theme in guide().themes
    ]


def _said(words: Text | str | None) -> str | None:
    return None if words is None else str(words)


def _evidence(_entry: Entry, measured: Sequence[Measured]) -> str | None:
    if not measured:
        return None
    told = [
        _("“{usecase}”, {cases} cases, {sites} hospitals").format(
            usecase=one.usecase.title,
            cases=number(one.cases),
            sites=number(len(one.released)),
        )
        for one in measured
    ]
    return _("Signed evidence: {list}").format(list=listed(told))


def _claims(entry: Entry, _measured: Sequence[Measured]) -> str | None:
    count = sum(claim.evidence is None for claim in entry.claims)
    if not count:
        return None
    return _("Figures claimed without evidence: {count}").format(count=number(count))


def _interoperability(entry: Entry, _measured: Sequence[Measured]) -> str | None:
    found = entry.ai_act.interoperability
    if not found:
        return None
    named = [str(load().word("interoperability", code)) for code in found]
    return _("Claims to exchange: {list}").format(list=listed(named))


def _price(entry: Entry, _measured: Sequence[Measured]) -> str | None:
    price = entry.contract.price if entry.contract else None
    if price is None:
        return None
    return _("{amount} {currency}, {per}").format(
        amount=plain(price.amount), currency=price.currency, per=price.per
    )


_KNOWN: dict[str, Callable[[Entry, Sequence[Measured]], str | None]] = {
    "indication": lambda entry, _m: _said(entry.intended_use.indication),
    "environment": lambda entry, _m: _said(entry.intended_use.environment),
    "population": lambda entry, _m: _said(entry.intended_use.population),
    "users": lambda entry, _m: _said(entry.intended_use.users),
    "declared_class": lambda entry, _m: (
        entry.device.declared_class
        and _("Class declared by the maker: {name}").format(name=entry.device.declared_class)
    ),
    "ce_certificate": lambda entry, _m: entry.device.ce_certificate,
    "notified_body": lambda entry, _m: entry.device.notified_body,
    "evidence": _evidence,
    "claims": _claims,
    "interoperability": _interoperability,
    "hosting": lambda entry, _m: _said((entry.contract or Contract()).hosting),
    "reversibility": lambda entry, _m: _said((entry.contract or Contract()).reversibility),
    "updates": lambda entry, _m: _said(entry.grid.get("HAS-26")),
    "price": _price,
}
