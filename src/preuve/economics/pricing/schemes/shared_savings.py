"""Shared savings: the maker is paid a share of the savings that are measured."""

from __future__ import annotations

from typing import Literal

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.pricing.flows import YEAR, Flows, by_year, charge, settled
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, CertainShare, Draws, Signed
from preuve.economics.pricing.schemes.base import Scheme


class SharedSavings(Scheme):
    """A share of each year's savings, paid at its end.

    Attributes:
        savings: EUR saved by the payers per enrolled patient-month; negative where care costs more.
        share: share of the savings that the maker receives, tax included.
        threshold: EUR of savings per year under which nothing is shared.
        first_euro: True to share from the first euro once the threshold is reached; False to share
            only what passes it.
        cap: most that the maker receives in a year; None for none.
    """

    scheme: Literal["shared_savings"] = "shared_savings"
    savings: Signed
    share: CertainShare
    threshold: Amount = 0.0
    first_euro: bool = True
    cap: Amount | None = None

    @property
    def market_wide(self) -> bool:
        return self.threshold > 0 or self.cap is not None

    def payments(self, market: Market, draws: Draws) -> Flows:
        savings = self._savings(market, draws)
        return self._flows(market, savings, settled(self._due(savings), market.months, YEAR))

    def accrued(self, market: Market, draws: Draws) -> Flows:
        savings = self._savings(market, draws)
        owed = np.repeat(self._due(savings) / _months_of_years(savings), YEAR, axis=0)
        return self._flows(market, savings, owed[: market.months])

    def _savings(self, market: Market, draws: Draws) -> Floats:
        return market.enrolled * draws.signed("shared_savings.savings", self.savings)

    def _flows(self, market: Market, savings: Floats, paid: Floats) -> Flows:
        transfers = charge(paid, self.payers, self.vat)
        return Flows(self.scheme, transfers, market.enrolled, memo={"savings": savings})

    def _due(self, savings: Floats) -> Floats:
        """What is due for each year, tax included (years, D); bounds of a short year in part."""
        yearly = by_year(savings)
        part = _months_of_years(savings) / YEAR
        threshold = self.threshold * part
        shared = np.maximum(yearly - (0.0 if self.first_euro else threshold), 0.0)
        due = np.where(yearly >= threshold, self.share * shared, 0.0)
        return due if self.cap is None else np.minimum(due, self.cap * part)


def _months_of_years(amount: Floats) -> Floats:
    """Months that each year counts (years, 1)."""
    return by_year(np.ones((len(amount), 1)))
