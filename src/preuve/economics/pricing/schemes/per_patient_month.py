"""Per patient-month: an amount for each enrolled patient, which may fall with their number."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from preuve.economics.pricing.flows import Flows, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.per_use import require_one_price
from preuve.economics.pricing.tiers import Tiers


class PerPatientMonth(Scheme):
    """An amount per enrolled patient and month.

    Attributes:
        amount: EUR per patient-month; or
        tiers: EUR per patient-month by number of patients enrolled in the month.
    """

    scheme: Literal["per_patient_month"] = "per_patient_month"
    amount: Amount | None = None
    tiers: Tiers | None = None

    @model_validator(mode="after")
    def _one_price(self) -> PerPatientMonth:
        require_one_price(self.amount, self.tiers)
        return self

    @property
    def market_wide(self) -> bool:
        return self.tiers is not None

    def payments(self, market: Market, draws: Draws) -> Flows:  # noqa: ARG002
        if self.tiers is None:
            written = market.enrolled * (self.amount or 0.0)
        else:
            written = self.tiers.cost(market.enrolled)
        price = written * self.vat.gross(1.0)
        return Flows(self.scheme, charge(price, self.payers, self.vat), market.enrolled)
