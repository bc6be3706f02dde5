"""Words: amounts as a reader expects them, rounded to what their uncertainty allows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from preuve.core.language import _, current_language
from preuve.pages.numbers import MINUS, NARROW, WIDE, number, signed, span

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
_MILLION = 1e6
_ROUNDING = 1e-9
_SHARES = ("probability", "proportion", "share", "percent")
_DAYS_IN_YEAR = 365.25
_PEOPLE = 1000


@dataclass(frozen=True)
class Words:
    """An uncertain figure as it is written: never a value without its interval."""

    value: str
    interval: str

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


@dataclass(frozen=True)
class Unit:
    """What an amount counts, and where its sign stands.

    Attributes:
        before, after: signs around the number.
        factor: what an amount is multiplied by before it is written.
    """

    before: str = ""
    after: str = ""
    factor: float = 1.0

    def words(self, value: float, low: float, high: float, *, difference: bool = False) -> Words:
        """A figure and its interval, rounded to two figures of the width of the interval.

        A figure that does not vary has no interval.
        """
        if high - low <= _ROUNDING * max(abs(low), abs(high), 1.0):
            size = abs(self.factor * value)
            last = max(last_place(size), _worth_reading(size))
            return Words(self.text(value, last, difference=difference), "")
        last = last_place(*(self.factor * one for one in (value, low, high)))
        ends = (self._written(one, last, difference=difference) for one in (low, high))
        return Words(self.text(value, last, difference=difference), span(*ends) + self.after)

    def text(self, value: float, last: int | None = None, *, difference: bool = False) -> str:
        """A figure; `last` is the power of ten of its last digit, found where not given."""
        kept = last_place(self.factor * value) if last is None else last
        return self._written(value, kept, difference=difference) + self.after

    def _written(self, value: float, last: int, *, difference: bool) -> str:
        text = (signed if difference else number)(round(self.factor * value, -last), max(0, -last))
        sign = text[0] if text[0] in (MINUS, "+") else ""
        return sign + self.before + text.removeprefix(sign)


def last_place(*values: float) -> int:
    """The power of ten of the last digit worth writing.

    Two figures of the width between the values; of a single value, three figures.
    """
    width = max(values) - min(values)
    size = max(abs(one) for one in values)
    if size <= _ROUNDING:
        return 0
    if width <= _ROUNDING * size:
        return _without_zeros(size)
    return math.floor(math.log10(width)) - 1


def _worth_reading(size: float) -> int:
    """The last digit worth reading of a result that does not vary."""
    if size >= 100:
        return 0
    return -2 if size >= 1 or size == 0 else math.floor(math.log10(size)) - 2


def _without_zeros(size: float) -> int:
    """The place of the last digit that is not 0, three decimals or three figures at most."""
    finest = min(-3, math.floor(math.log10(size)) - 2)
    written = f"{size:.{-finest}f}".rstrip("0")
    return -len(written.partition(".")[2])


def symbol(currency: str) -> str:
    """The sign of a currency."""
    return _SYMBOLS.get(currency, currency)


def money(currency: str, largest: float = 0.0) -> Unit:
    """Euros, dollars or pounds; millions where the largest amount reaches one."""
    sign = symbol(currency)
    millions = largest >= _MILLION
    factor = 1 / _MILLION if millions else 1.0
    if current_language() == "fr":
        return Unit(after=NARROW + ("M" if millions else "") + sign, factor=factor)
    return Unit(before=sign, after="m" if millions else "", factor=factor)


def shares() -> Unit:
    """Shares of one as percentages."""
    return Unit(after=NARROW + "%" if current_language() == "fr" else "%", factor=100.0)


def kept_together(text: str) -> str:
    """A sentence whose amounts are not cut between their sign and their currency."""
    return re.sub(rf"([{MINUS}+])(?=[€$£])", "\\1\u2060", text)


def days_per_thousand() -> Unit:
    """QALYs a person as days of life in full health for 1,000 people."""
    return Unit(factor=_DAYS_IN_YEAR * _PEOPLE)


def of_figure(unit: str) -> Unit:
    """The unit of a parameter, as a model writes it."""
    head, _slash, time = (part.strip() for part in unit.partition("/"))
    per = WIDE + str(_per(time)) if time else ""
    if head in _SYMBOLS:
        amount = money(head)
        return Unit(amount.before, amount.after + per)
    if head in _SHARES:
        share = shares()
        return Unit(share.before, share.after + per, share.factor)
    named = {
        "rate": "",
        "number": "",
        "ratio": "",
        "odds": "",
        "utility": "",
        "minute": _("min"),
        "hour": _("h"),
        "day": _("days"),
        "month": _("months"),
        "year": _("years"),
    }
    word = str(named.get(head, head))
    return Unit(after=(WIDE + word if word else "") + per)


def _per(time: str) -> str:
    named = {
        "minute": _("a minute"),
        "hour": _("an hour"),
        "day": _("a day"),
        "week": _("a week"),
        "month": _("a month"),
        "year": _("a year"),
        "cycle": _("a cycle"),
    }
    return str(named.get(time, f"/ {time}"))


def length(count: float, word: str) -> str:
    """A length of time: 40 years, 1 month."""
    named = {
        "minute": (_("minute"), _("minutes")),
        "hour": (_("hour"), _("hours")),
        "day": (_("day"), _("days")),
        "week": (_("week"), _("weeks")),
        "month": (_("month"), _("months")),
        "year": (_("year"), _("years")),
    }
    one, several = named.get(word, (word, word))
    written = number(count, 0 if float(count).is_integer() else 1)
    return f"{written}{WIDE}{one if count < 2 else several}"
