"""Per use: an amount each time the system is used, with volume discounts if written."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.pricing.actors import Shares
from preuve.economics.pricing.flows import YEAR, Flows, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.tiers import Tiers


class PerUse(Scheme):
    """An amount per use.

    Attributes:
        amount: EUR per use; or
        tiers: EUR per use by number of uses since the start of the contract year. A whole-file
            discount reached within the year also applies to the uses already paid.
    """

    scheme: Literal["per_use"] = "per_use"
    amount: Amount | None = None
    tiers: Tiers | None = None
    payers: Shares = Field(default_factory=lambda: Shares(hospital=1))

    @model_validator(mode="after")
    def _one_price(self) -> PerUse:
        require_one_price(self.amount, self.tiers)
        return self

    @property
    def market_wide(self) -> bool:
        return self.tiers is not None

    def payments(self, market: Market, draws: Draws) -> Flows:  # noqa: ARG002
        written = self._written(market.uses_made)
        price = written * self.vat.gross(1.0)
        return Flows(self.scheme, charge(price, self.payers, self.vat), market.enrolled)

    def _written(self, uses: Floats) -> Floats:
        if self.tiers is None:
            return uses * (self.amount or 0.0)
        total = np.empty_like(uses)
        for start in range(0, len(uses), YEAR):
            cost = self.tiers.cost(np.cumsum(uses[start : start + YEAR], axis=0))
            total[start : start + YEAR] = np.diff(cost, axis=0, prepend=0.0)
        return total


def require_one_price(amount: float | None, tiers: Tiers | None) -> None:
    """Refuse both or neither of an amount and tiers."""
    if (amount is None) == (tiers is None):
        raise ValueError(_("Write either `amount` or `tiers`."))
