"""Subscriptions: an amount per equipped professional or site and month, whatever the use."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from preuve.core.distribution import Floats
from preuve.economics.pricing.actors import Shares
from preuve.economics.pricing.flows import Flows, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws
from preuve.economics.pricing.schemes.base import Scheme


class _Subscription(Scheme):
    """An amount per month and one when it starts.

    Attributes:
        amount: EUR per equipped professional (or site) and month.
        installation: EUR once for each one newly equipped.
    """

    amount: Amount
    installation: Amount = 0.0

    @property
    def market_wide(self) -> bool:
        return True

    def _flows(self, market: Market, equipped: Floats) -> Flows:
        written = equipped * self.amount + newly(equipped) * self.installation
        price = written * self.vat.gross(1.0)
        return Flows(self.scheme, charge(price, self.payers, self.vat), market.enrolled)


class PerProfessional(_Subscription):
    """An amount per licensed professional and month."""

    scheme: Literal["per_professional"] = "per_professional"
    payers: Shares = Field(default_factory=lambda: Shares(professional=1))

    def payments(self, market: Market, draws: Draws) -> Flows:  # noqa: ARG002
        return self._flows(market, market.professionals)


class PerSite(_Subscription):
    """An amount per site and month."""

    scheme: Literal["per_site"] = "per_site"
    payers: Shares = Field(default_factory=lambda: Shares(hospital=1))

    def payments(self, market: Market, draws: Draws) -> Flows:  # noqa: ARG002
        return self._flows(market, market.sites)


def newly(equipped: Floats) -> Floats:
    """Those equipped for the first time in each month (M, D)."""
    reached = np.maximum.accumulate(equipped, axis=0)
    return np.asarray(np.diff(reached, axis=0, prepend=0.0))
