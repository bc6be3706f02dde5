"""Front-loaded: one amount for the first months of a patient, then a monthly one, capped a year."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from preuve.core.distribution import Floats
from preuve.economics.pricing.flows import YEAR, Flows, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws, Months
from preuve.economics.pricing.schemes.base import Scheme


class FrontLoaded(Scheme):
    """A first amount invoiced at once, then a monthly amount.

    Attributes:
        first: EUR per patient for the first months, invoiced in the month of entry.
        first_months: months that it covers.
        monthly: EUR per patient-month after them.
        yearly_cap: most that is paid for a patient in each year since his entry; None for none.
    """

    scheme: Literal["front_loaded"] = "front_loaded"
    first: Amount
    first_months: Months = Field(default=3)
    monthly: Amount
    yearly_cap: Amount | None = None

    def profile(self, months: int) -> Floats:
        """Written EUR per enrolled patient by month since entry (months,)."""
        paid = np.full(months, self.monthly)
        paid[: self.first_months] = 0.0
        paid[0] = self.first
        return paid if self.yearly_cap is None else capped(paid, self.yearly_cap)

    def payments(self, market: Market, draws: Draws) -> Flows:  # noqa: ARG002
        profile = self.profile(market.months)[:, np.newaxis] * self.vat.gross(1.0)
        price = market.weighted(profile)
        return Flows(self.scheme, charge(price, self.payers, self.vat), market.enrolled)


def capped(paid: Floats, cap: float) -> Floats:
    """Payments by month (months,), cut where those of the year would pass the cap."""
    cut = np.empty_like(paid)
    for start in range(0, len(paid), YEAR):
        reached = np.minimum(np.cumsum(paid[start : start + YEAR]), cap)
        cut[start : start + YEAR] = np.diff(reached, prepend=0.0)
    return cut
