"""Units: what a quantity counts, and the rules that keep euros a month from euros a year.

A unit is a product of words with whole exponents ("EUR/year", "hour/ecg"). Words of share
(probability, proportion, ratio, ...) and of people (patient, person) count nothing. A probability
holds over a span: "probability/year" is not divided by years, it is a chance over one year, and
two chances over different spans do not mix. A bare number takes the unit of its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from preuve.core.language import _

TIMES: Mapping[str, float] = {
    "year": 1.0,
    "month": 1.0 / 12.0,
    "week": 7.0 / 365.25,
    "day": 1.0 / 365.25,
    "hour": 1.0 / (365.25 * 24.0),
    "minute": 1.0 / (365.25 * 24.0 * 60.0),
}
"""Words of time, in years (a year has 12 months and 365.25 days)."""

SHARES = frozenset({"1", "probability", "proportion", "ratio", "share", "odds", "number"})
PEOPLE = frozenset({"patient", "person"})
RATES = frozenset({"rate", "event"})
_IN_ENGLISH: Mapping[str, str] = {
    "an": "year",
    "ans": "years",
    "année": "year",
    "années": "years",
    "annee": "year",
    "annees": "years",
    "mois": "months",
    "semaine": "week",
    "semaines": "weeks",
    "jour": "day",
    "jours": "days",
    "heure": "hour",
    "heures": "hours",
    "euro": "EUR",
    "euros": "EUR",
    "probabilité": "probability",
    "probabilite": "probability",
    "taux": "rate",
    "utilité": "utility",
    "utilite": "utility",
    "par": "/",
}
"""Words that a French author writes for those of the house."""


class UnitError(ValueError):
    """Units that do not go together; its text says which."""


@dataclass(frozen=True)
class Unit:
    """Words and their exponents; `span` for a chance over a time; `free` for a bare number."""

    words: tuple[tuple[str, Fraction], ...] = ()
    span: str = ""
    free: bool = field(default=False)

    def __str__(self) -> str:
        if self.span:
            return f"probability/{self.span}"
        over = "·".join(_power(word, power) for word, power in self.words if power > 0)
        under = "·".join(_power(word, -power) for word, power in self.words if power < 0)
        return f"{over or '1'}/{under}" if under else over or "1"

    @property
    def is_plain(self) -> bool:
        """Whether it counts nothing."""
        return not self.words and not self.span


PLAIN = Unit()
FREE = Unit(free=True)


def unit_of(text: str) -> Unit:
    """The unit of a text such as "EUR/year", "probability/month", "hour*EUR/visit".

    Raises:
        UnitError: the text is not a unit.
    """
    written = text.strip()
    meant = in_words_of_the_house(written)
    if meant != written:
        tidy = re.sub(r"\s*/\s*(\w+)", lambda under: "/" + _singular(under[1]), meant)
        raise UnitError(
            _("“{unit}” is not a unit: write it as {meant}.").format(
                unit=text, meant=tidy.replace("€", "EUR")
            )
        )
    if not re.fullmatch(r"[A-Za-z0-9_€]+(\s*[*/·]\s*[A-Za-z0-9_€]+)*", written):
        raise UnitError(_("“{unit}” is not a unit.").format(unit=text))
    pieces = re.split(r"\s*([*/·])\s*", written)
    chance = re.fullmatch(r"(?:probability|proportion|share)\s*/\s*(\w+)", written)
    if chance and _singular(chance[1]) in (*TIMES, "cycle"):
        return Unit(span=_singular(chance[1]))
    powers: dict[str, Fraction] = {}
    sign = Fraction(1)
    for piece in pieces:
        if piece in "*/·":
            sign = Fraction(-1 if piece == "/" else 1)
            continue
        for word, power in _base(_singular(piece)):
            powers[word] = powers.get(word, Fraction(0)) + sign * power
    return _unit(powers)


def in_words_of_the_house(text: str) -> str:
    """The text with the English word of each French word of time, money or chance in it."""
    return re.sub(r"[^\W\d_]+", lambda found: _IN_ENGLISH.get(found[0].lower(), found[0]), text)


def _base(word: str) -> tuple[tuple[str, int], ...]:
    if word in SHARES | PEOPLE | RATES:
        return ()
    if word == "utility":
        return (("QALY", 1), ("year", -1))
    return (("EUR" if word == "€" else word, 1),)


def _singular(word: str) -> str:
    known = {*TIMES, *SHARES, *PEOPLE, *RATES, "cycle"}
    return word[:-1] if word.endswith("s") and word[:-1] in known else word


def _power(word: str, power: Fraction) -> str:
    return word if power == 1 else f"{word}^{power}"


def _unit(powers: Mapping[str, Fraction], span: str = "") -> Unit:
    kept = tuple(sorted((word, power) for word, power in powers.items() if power))
    return Unit(kept, span)


def same(first: Unit, second: Unit, doing: str) -> Unit:
    """The unit of two quantities that must count the same thing.

    Raises:
        UnitError: they do not; says how they differ.
    """
    if first.free:
        return second
    if second.free or first == second:
        return first
    if first.is_plain and second.span:
        return second
    if second.is_plain and first.span:
        return first
    raise UnitError(_clash(first, second, doing))


def _clash(first: Unit, second: Unit, doing: str) -> str:
    remedy = ""
    if _times_of(first) != _times_of(second):
        remedy = _(" Bring them to one span of time: yearly(x), monthly(x), per_cycle(x).")
    return (
        _("{doing} mixes {first} and {second}.").format(
            doing=doing, first=str(first), second=str(second)
        )
        + remedy
    )


def _times_of(unit: Unit) -> set[str]:
    return {word for word, _power_ in unit.words if word in TIMES} | ({unit.span} - {""})


def product(first: Unit, second: Unit) -> Unit:
    """The unit of a product."""
    if first.free or second.free:
        return second if first.free else first
    span = _one_span(first, second)
    powers = dict(first.words)
    for word, power in second.words:
        powers[word] = powers.get(word, Fraction(0)) + power
    return _unit(powers, span if not any(powers.values()) else "")


def quotient(first: Unit, second: Unit) -> Unit:
    """The unit of a quotient; two chances over the same span give a plain ratio."""
    if second.free:
        return first
    span = "" if first.span == second.span else _one_span(first, second)
    powers = dict(first.words)
    for word, power in second.words:
        powers[word] = powers.get(word, Fraction(0)) - power
    return _unit(powers, span if not any(powers.values()) else "")


def power(base: Unit, exponent: float | None) -> Unit:
    """The unit of a power; `exponent` is None where it is not a number written in the formula.

    Raises:
        UnitError: a quantity that counts something has an exponent that is not written.
    """
    if base.free or base.is_plain or base.span:
        return base
    if exponent is None:
        raise UnitError(
            _("{unit} cannot have an exponent that varies: divide it by its unit first.").format(
                unit=str(base)
            )
        )
    times = Fraction(exponent).limit_denominator(12)
    return _unit({word: power * times for word, power in base.words})


def _one_span(first: Unit, second: Unit) -> str:
    if first.span and second.span and first.span != second.span:
        raise UnitError(_clash(first, second, _("a product")))
    return first.span or second.span


def plain(unit: Unit, doing: str) -> None:
    """Refuse a quantity that counts something where none may.

    Raises:
        UnitError: it counts something.
    """
    if unit.words:
        raise UnitError(
            _("{doing} needs a plain number, not {unit}.").format(doing=doing, unit=str(unit))
        )


def time_of(unit: Unit) -> str:
    """The word of time that stands once below the line of a unit, as year in EUR/year.

    Raises:
        UnitError: there is none.
    """
    if unit.span:
        return unit.span
    found = [word for word, times in unit.words if word in TIMES and times == -1]
    if len(found) != 1:
        raise UnitError(_("{unit} is not per unit of time.").format(unit=str(unit)))
    return found[0]


def per(unit: Unit, word: str) -> Unit:
    """The same unit per another word of time."""
    old = time_of(unit)
    if unit.span:
        return Unit(span=word)
    powers = dict(unit.words)
    del powers[old]
    powers[word] = powers.get(word, Fraction(0)) - 1
    return _unit(powers)
