"""Incremental cost-effectiveness ratio, given only where a ratio has that meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from preuve.core.language import _

Meaning: TypeAlias = Literal[
    "more_effective_more_costly",
    "dominant",
    "dominated",
    "less_effective_less_costly",
    "same_effect_more_costly",
    "same_effect_less_costly",
    "same",
]

_NO_EFFECT = 1e-12
_NO_COST = 1e-9


@dataclass(frozen=True)
class Ratio:
    """A comparison of two strategies on their means.

    Attributes:
        cost: incremental cost, EUR per patient.
        effect: incremental effect, QALY per patient.
        meaning: which kind of comparison it is.
        value: EUR per QALY gained, where more is gained at a higher cost; else None.
    """

    cost: float
    effect: float
    meaning: Meaning
    value: float | None

    @property
    def words(self) -> str:
        """The comparison in words."""
        return {
            "more_effective_more_costly": _("more effective and more costly"),
            "dominant": _("dominant: at least as effective and less costly, or better for no more"),
            "dominated": _("dominated: less effective without saving anything"),
            "less_effective_less_costly": _("less effective and less costly: savings for a loss"),
            "same_effect_more_costly": _("same effect at a higher cost: dominated, no ratio"),
            "same_effect_less_costly": _("same effect at a lower cost: dominant, no ratio"),
            "same": _("same cost and same effect"),
        }[self.meaning]


def ratio(cost: float, effect: float) -> Ratio:
    """The comparison of an incremental cost (EUR) and an incremental effect (QALY).

    An increment below 1e-12 QALY or 1e-9 EUR is rounding and counts as none.
    """
    meaning = _meaning(cost, effect)
    value = cost / effect if meaning == "more_effective_more_costly" else None
    return Ratio(cost, effect, meaning, value)


def _meaning(cost: float, effect: float) -> Meaning:
    if abs(effect) <= _NO_EFFECT:
        if abs(cost) <= _NO_COST:
            return "same"
        return "same_effect_more_costly" if cost > 0 else "same_effect_less_costly"
    if effect > 0:
        return "more_effective_more_costly" if cost > _NO_COST else "dominant"
    return "less_effective_less_costly" if cost < -_NO_COST else "dominated"
