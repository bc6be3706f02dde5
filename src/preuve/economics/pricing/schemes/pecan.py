"""PECAN: one year of early cover, then ordinary cover, or its loss."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.economics.pricing.actors import Shares, Vat
from preuve.economics.pricing.clock import Kind, cover_in_months, share_before
from preuve.economics.pricing.flows import Flows, added, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, Draws, Positive, Share
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.front_loaded import FrontLoaded
from preuve.economics.pricing.schemes.per_patient_month import PerPatientMonth
from preuve.economics.pricing.schemes.remote_monitoring import RemoteMonitoring
from preuve.economics.pricing.tariffs import amount, unsettled

Permanent: TypeAlias = Annotated[
    PerPatientMonth | FrontLoaded | RemoteMonitoring, Field(discriminator="scheme")
]
"""Ordinary cover after PECAN."""


class Pecan(Scheme):
    """Early cover whose clock starts with the market's first month.

    Attributes:
        kind: digital therapy or remote monitoring.
        filed_after: months until the file for ordinary cover; None where none is filed.
        decided_after: months from the file to the decision.
        obtained: probability that the decision grants ordinary cover.
        permanent: how ordinary cover pays.
        after_loss: what follows without cover: use stops, goes on for free, or is paid by patients.
        private_price: EUR per patient-month, tax included, paid by patients without cover.
        private_uptake: share of the enrolled who then go on.
        early: remote monitoring under PECAN (rule of tiers, class, operator); its benefit is
            organisational by law.
    """

    scheme: Literal["pecan"] = "pecan"
    kind: Kind = "therapeutic"
    filed_after: Positive | None
    decided_after: Positive
    obtained: Share
    permanent: Permanent
    after_loss: Literal["stops", "free", "private"] = "stops"
    private_price: Amount = 0.0
    private_uptake: Share = 0.0
    early: RemoteMonitoring | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Pecan:
        if self.kind == "therapeutic" and self.early is not None:
            raise ValueError(_("`early` describes remote monitoring, not a digital therapy."))
        if self.early is not None and self.early.benefit != "organisation":
            raise ValueError(
                _("Under PECAN, remote monitoring is paid at the organisational level.")
            )
        if self.after_loss != "private" and (self.private_price or self.private_uptake):
            raise ValueError(_("A private price needs `after_loss: private`."))
        return self

    @property
    def market_wide(self) -> bool:
        return self.kind == "remote_monitoring" or self.permanent.market_wide

    def payments(self, market: Market, draws: Draws) -> Flows:
        covered, permanent = self.cover(market.months, draws)
        early = self._early().payments(market, draws).masked(covered)
        later = self.permanent.payments(market, draws).masked(permanent)
        lost = market.enrolled * (1 - covered - permanent)
        going_on = lost * self._going_on(draws)
        private = charge(going_on * self.private_price, Shares(patient=1), self.vat)
        return Flows(
            self.scheme,
            added(early.transfers, later.transfers, private),
            early.served + later.served + going_on,
            self._remarks(early, later),
            {"covered": covered, "permanent": permanent},
        )

    def cover(self, months: int, draws: Draws) -> tuple[Floats, Floats]:
        """Share of each month under PECAN, and under ordinary cover (months, D)."""
        filed = (
            np.full(draws.count, np.inf)
            if self.filed_after is None
            else draws.positive("pecan.filed_after", self.filed_after)
        )
        decided = filed + draws.positive("pecan.decided_after", self.decided_after)
        obtained = draws.happens("pecan.obtained", draws.share("pecan.chance", self.obtained))
        end, start = cover_in_months(self.kind, filed, decided, obtained)
        return share_before(end, months), 1 - share_before(start, months)

    def _early(self) -> Scheme:
        if self.kind == "remote_monitoring":
            return self.early or RemoteMonitoring(payers=self.payers, vat=self.vat)
        return therapeutic(self.payers, self.vat.rate)

    def _going_on(self, draws: Draws) -> Floats:
        """Share of the patients without cover who still use the system (D,)."""
        if self.after_loss == "private":
            return draws.share("pecan.private_uptake", self.private_uptake)
        return np.full(draws.count, 1.0 if self.after_loss == "free" else 0.0)

    def _remarks(self, early: Flows, later: Flows) -> tuple[Text, ...]:
        own = [unsettled("pecan.permanent_price")]
        if self.kind == "therapeutic":
            own.append(unsettled("pecan.early_leaver"))
        return tuple(dict.fromkeys([*own, *early.remarks, *later.remarks]))


def therapeutic(payers: Shares, rate: float) -> FrontLoaded:
    """The price of a digital therapy under PECAN (order of 22 April 2024), tax included."""
    return FrontLoaded(
        first=amount("pecan.therapeutic.first"),
        first_months=int(amount("pecan.therapeutic.first_months")),
        monthly=amount("pecan.therapeutic.monthly"),
        yearly_cap=amount("pecan.therapeutic.yearly_cap"),
        payers=payers,
        vat=Vat(rate=rate),
    )
