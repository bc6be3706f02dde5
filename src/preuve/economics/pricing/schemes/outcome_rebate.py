"""Outcome rebate: part of the price comes back when the measured outcome misses its target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import model_validator
from scipy import special

from preuve.core.distribution import Floats
from preuve.economics.pricing.flows import Flows, Transfers, added, by_period, settled
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, CertainShare, Draws, Months, Signed
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.cap_and_collar import of_the_inner
from preuve.economics.pricing.schemes.simple import Simple


class OutcomeRebate(Scheme):
    """A scheme with a refund for each period whose measured outcome is under the target.

    Attributes:
        of: the scheme that is paid.
        refunded: share of the period's price that comes back.
        target: outcome to reach; more is better.
        outcome: what is believed of the true outcome, in the unit of the target.
        measure_error: standard error of each period's measure; a small sample misses by chance.
        every: months between two measures.
    """

    scheme: Literal["outcome_rebate"] = "outcome_rebate"
    of: Simple
    refunded: CertainShare
    target: float
    outcome: Signed
    measure_error: Amount = 0.0
    every: Months = 12

    @model_validator(mode="before")
    @classmethod
    def _same_terms(cls, written: Any) -> Any:
        return of_the_inner(written)

    @property
    def market_wide(self) -> bool:
        return self.of.market_wide

    def payments(self, market: Market, draws: Draws) -> Flows:
        inner = self.of.payments(market, draws)
        refunds = {
            pair: settled(by_period(refund, self.every), market.months, self.every)
            for pair, refund in self._refunds(inner, draws).items()
        }
        return replace(inner, scheme=self.scheme, transfers=added(inner.transfers, refunds))

    def accrued(self, market: Market, draws: Draws) -> Flows:
        inner = self.of.payments(market, draws)
        refunds = self._refunds(inner, draws)
        return replace(inner, scheme=self.scheme, transfers=added(inner.transfers, refunds))

    def _refunds(self, inner: Flows, draws: Draws) -> Transfers:
        """What comes back on each month's price: to the maker's debit, and its tax."""
        periods = -(-inner.months // self.every)
        missed = np.repeat(self.missed(periods, draws), self.every, axis=0)[: inner.months]
        return {
            pair: -self.refunded * missed * paid
            for pair, paid in inner.transfers.items()
            if pair[1] in ("maker", "state")
        }

    def missed(self, periods: int, draws: Draws) -> Floats:
        """1 where the measure of a period is under the target, else 0 (periods, D)."""
        true = draws.signed("outcome_rebate.outcome", self.outcome)
        noise = special.ndtri(draws.uniform("outcome_rebate.measure", periods))
        return np.asarray(true + self.measure_error * noise < self.target, dtype=float)
