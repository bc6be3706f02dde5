"""What every scheme has: a name, payers, a tax, and payments on a market."""

from __future__ import annotations

from abc import ABC, abstractmethod

from pydantic import Field

from preuve.core.written import Written
from preuve.economics.pricing.actors import Shares, Vat, insured
from preuve.economics.pricing.flows import Flows
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Draws


class Scheme(Written, ABC):
    """A way to pay the maker.

    Attributes:
        scheme: the word that names it in a model.
        payers: who bears the price.
        vat: tax within the price.
    """

    scheme: str
    payers: Shares = Field(default_factory=insured)
    vat: Vat = Field(default_factory=Vat)

    @property
    def market_wide(self) -> bool:
        """True where the price of one patient depends on how many there are."""
        return False

    @abstractmethod
    def payments(self, market: Market, draws: Draws) -> Flows:
        """Who pays whom in each month, EUR (M, D)."""

    def accrued(self, market: Market, draws: Draws) -> Flows:
        """The same money in the month when it is owed, before any settlement."""
        return self.payments(market, draws)
