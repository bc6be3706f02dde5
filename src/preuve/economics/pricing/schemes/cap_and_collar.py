"""Cap and collar: what payers spend in a year is kept between two bounds."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import model_validator

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.pricing.flows import YEAR, Flows, added, by_year, charge, settled
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.simple import Simple


class CapAndCollar(Scheme):
    """A scheme with a rebate above the cap and a top-up below the collar, settled at year's end.

    Attributes:
        of: the scheme that is bounded; its payers and its tax apply.
        collar: EUR per year, tax included, that the maker is sure of.
        cap: EUR per year, tax included, above which the maker gives back.
    """

    scheme: Literal["cap_and_collar"] = "cap_and_collar"
    of: Simple
    collar: Amount = 0.0
    cap: Amount

    @model_validator(mode="before")
    @classmethod
    def _same_terms(cls, written: Any) -> Any:
        return of_the_inner(written)

    @model_validator(mode="after")
    def _ordered(self) -> CapAndCollar:
        if self.collar > self.cap:
            raise ValueError(
                _("The collar ({collar}) is above the cap ({cap}).").format(
                    collar=f"{self.collar:g}", cap=f"{self.cap:g}"
                )
            )
        return self

    @property
    def market_wide(self) -> bool:
        return True

    def payments(self, market: Market, draws: Draws) -> Flows:
        inner = self.of.payments(market, draws)
        adjustment = settled(self._adjustment(inner.spending()), market.months, YEAR)
        settlement = charge(adjustment, self.of.payers, self.of.vat)
        return Flows(
            self.scheme,
            added(inner.transfers, settlement),
            inner.served,
            inner.remarks,
            {"adjustment": adjustment},
        )

    def _adjustment(self, spending: Floats) -> Floats:
        """What payers add (or get back, negative) for each year (years, D)."""
        yearly = by_year(spending)
        part = by_year(np.ones((len(spending), 1))) / YEAR
        return np.clip(yearly, self.collar * part, self.cap * part) - yearly


def of_the_inner(written: Any) -> Any:
    """Refuse payers or a tax written beside those of the inner scheme."""
    if isinstance(written, dict):
        for word in ("payers", "vat"):
            if word in written:
                raise ValueError(_("Write `{word}` in the scheme under `of`.").format(word=word))
    return written
