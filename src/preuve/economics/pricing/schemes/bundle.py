"""Bundle: one amount per episode, shared between those who treat, part of it held for quality.

In the manner of the article 51 experiments (LFSS 2018): one amount per patient episode for all who
take part, and a part that depends on quality indicators.
"""

from __future__ import annotations

from typing import Literal

from preuve.core.distribution import Floats
from preuve.economics.pricing.actors import Payees
from preuve.economics.pricing.flows import YEAR, Flows, Transfers, added, by_period, charge, settled
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, CertainShare, Draws, Share
from preuve.economics.pricing.schemes.base import Scheme


class Bundle(Scheme):
    """One amount per patient, paid on entry.

    Attributes:
        amount: EUR per episode, for all.
        shared: who receives which share; only the maker's share bears tax.
        withheld: share kept until the end of the year.
        quality: share of what is withheld that the indicators give back.
    """

    scheme: Literal["bundle"] = "bundle"
    amount: Amount
    shared: Payees
    withheld: CertainShare = 0.0
    quality: Share = 1.0

    def payments(self, market: Market, draws: Draws) -> Flows:
        held = self._held(market, draws)
        return self._flows(market, settled(by_period(held, YEAR), market.months, YEAR))

    def accrued(self, market: Market, draws: Draws) -> Flows:
        return self._flows(market, self._held(market, draws))

    def _held(self, market: Market, draws: Draws) -> Floats:
        """What is withheld on each month's episodes and comes back (M, D)."""
        earned = draws.share("bundle.quality", self.quality)
        return market.entering * self.amount * self.withheld * earned

    def _flows(self, market: Market, held: Floats) -> Flows:
        paid = market.entering * self.amount * (1 - self.withheld) + held
        parts: list[Transfers] = []
        for payee, share in self.shared.split():
            if payee == "maker":
                parts.append(charge(paid * share * self.vat.gross(1.0), self.payers, self.vat))
            else:
                parts.append(charge(paid * share, self.payers, payee=payee))
        return Flows(self.scheme, added(*parts), market.enrolled)
