"""DiGA: the German path, for comparison: free price in the first year, negotiated price after."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from preuve.core.distribution import Floats
from preuve.economics.pricing.actors import Shares, Vat
from preuve.economics.pricing.clock import share_before
from preuve.economics.pricing.flows import Flows, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws, Months, Positive, Share
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.tariffs import amount, unsettled

QUARTER = 3
"""Months of one prescription."""


class Diga(Scheme):
    """A price per prescription of 90 days, paid by the statutory insurer (`amo`).

    The clock starts with the market's first month. A trial that is prolonged keeps the free price
    until it ends; an application that is removed is paid no more.

    Attributes:
        price: free price per patient-quarter.
        drop: share of the free price taken off by the negotiation.
        prescriptions: quarters prescribed to a patient.
        prolonged: probability that the trial year is prolonged.
        prolonged_months: by how many months.
        removed: probability of removal at the end of the trial.
    """

    scheme: Literal["diga"] = "diga"
    price: Amount = Field(default_factory=lambda: amount("diga.list_price"))
    drop: Share = Field(default_factory=lambda: amount("diga.drop"))
    prescriptions: Months = 1
    prolonged: Share = Field(default_factory=lambda: amount("diga.prolonged"))
    prolonged_months: Positive = Field(default_factory=lambda: amount("diga.prolonged_months"))
    removed: Share = Field(default_factory=lambda: amount("diga.removed"))
    payers: Shares = Field(default_factory=lambda: Shares(amo=1))
    vat: Vat = Field(default_factory=lambda: Vat(rate=amount("diga.vat")))

    def payments(self, market: Market, draws: Draws) -> Flows:
        ages = np.arange(market.months)[:, np.newaxis]
        treated = np.where(ages < QUARTER * self.prescriptions, 1.0, 0.0)
        begun = market.weighted(np.where(ages % QUARTER == 0, treated, 0.0))
        free, listed = self.listing(market.months, draws)
        negotiated = self.price * (1 - draws.share("diga.drop", self.drop))
        price = free * self.price + (listed - free) * negotiated
        return Flows(
            self.scheme,
            charge(begun * price * self.vat.gross(1.0), self.payers, self.vat),
            market.weighted(treated) * listed,
            (unsettled("diga.mean_drop"),),
        )

    def listing(self, months: int, draws: Draws) -> tuple[Floats, Floats]:
        """Share of each month at the free price, and in the directory (months, D)."""
        longer = draws.happens("diga.prolonged", draws.share("diga.chance", self.prolonged))
        extra = draws.positive("diga.prolonged_months", self.prolonged_months)
        trial = amount("diga.free_months") + longer * extra
        removed = draws.happens("diga.removed", draws.share("diga.loss", self.removed))
        free = share_before(trial, months)
        return free, np.maximum(free, 1 - removed)
