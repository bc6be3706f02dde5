"""Numbers, moments and punctuation as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from preuve.core.language import current_language

NARROW = "\u202f"
WIDE = "\u00a0"
MINUS = "\u2212"
NOTHING = "\u2014"

_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def number(value: float, digits: int = 0) -> str:
    """A number with `digits` decimals: 1 234,5 in French, 1,234.5 in English."""
    text = f"{abs(value):,.{digits}f}"
    if current_language() == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    negative = value < 0 and any(c in "123456789" for c in text)
    return MINUS + text if negative else text


def signed(value: float, digits: int = 0) -> str:
    """A number that shows its sign, for a difference."""
    text = number(value, digits)
    nil = not any(c in "123456789" for c in text)
    return text if nil or text.startswith(MINUS) else "+" + text


def percent(share: float, digits: int = 1) -> str:
    """A share of one as a percentage: 12,5 % in French, 12.5% in English."""
    sign = NARROW + "%" if current_language() == "fr" else "%"
    return number(100 * share, digits) + sign


def chance(probability: float) -> str:
    """A probability as a whole percentage that never reads as certain or as impossible."""
    if probability < 0.01:
        return "<" + WIDE + percent(0.01, 0)
    if probability > 0.99:
        return ">" + WIDE + percent(0.99, 0)
    return percent(probability, 0)


def span(low: str, high: str) -> str:
    """Two bounds that are already written: « 0,80 à 0,90 », “0.80 to 0.90”."""
    return f"{low}{WIDE}{'à' if current_language() == 'fr' else 'to'}{WIDE}{high}"


def listed(words: Iterable[str]) -> str:
    """Words one after the other: « a ; b », “a; b”."""
    sign = NARROW + "; " if current_language() == "fr" else "; "
    return sign.join(words)


def named(name: str, value: str) -> str:
    """A value after its name: « nom : 12 », “name: 12”."""
    return f"{name}{WIDE if current_language() == 'fr' else ''}: {value}"


def moment(written: str) -> str:
    """An ISO 8601 moment as a reader expects it, to the minute; other text as it is."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return written
    language = current_language()
    month = _MONTHS[language].split()[at.month - 1]
    day = "1er" if language == "fr" and at.day == 1 else str(at.day)
    zone = at.tzname() or ""
    return f"{day} {month} {at.year}, {at:%H:%M} {zone}".strip()


def duration(seconds: float) -> str:
    """Seconds as a reader expects them: 4.2 s, 3 min 20 s, 2 h 05 min."""
    if seconds < 60:
        return number(seconds, 1) + WIDE + "s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{WIDE}min{WIDE}{rest:02d}{WIDE}s"
    return f"{minutes // 60}{WIDE}h{WIDE}{minutes % 60:02d}{WIDE}min"


def typeset(text: str) -> str:
    """The text with the spaces French puts around its punctuation made unbreakable.

    Only spaces that are there are changed; none is added. English text is left as it is.
    """
    if current_language() != "fr":
        return text
    text = re.sub(r" (?=[;?!%€])", NARROW, text)
    text = re.sub(r" (?=[:»])", WIDE, text)
    return re.sub(r"(?<=«) ", WIDE, text)
