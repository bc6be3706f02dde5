"""Per patient: what a scheme costs for one enrolled patient, month by month since his entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.economics.pricing.actors import PAYERS, Actor
from preuve.economics.pricing.flows import Flows
from preuve.economics.pricing.market import Market, one_patient
from preuve.economics.pricing.quantity import Draws
from preuve.economics.pricing.schemes.base import Scheme


@dataclass(frozen=True)
class PatientCost:
    """What is paid for one patient while he is enrolled, EUR, tax included.

    Attributes:
        by_payer: payer -> EUR by month since entry (M, D).
        remarks: what the sources leave unsettled.
    """

    by_payer: Mapping[Actor, Floats]
    remarks: tuple[Text, ...] = ()

    @property
    def total(self) -> Floats:
        """EUR by month since entry, all payers (M, D)."""
        return np.asarray(sum(self.by_payer.values()))


def per_patient(
    scheme: Scheme,
    months: int,
    draws: Draws,
    *,
    uses: Floats | None = None,
    entry: int = 0,
    market: Market | None = None,
) -> PatientCost:
    """What a scheme costs per enrolled patient in each month since entry.

    A patient who has left is no longer paid for: the caller counts who is enrolled. What a contract
    settles later (rebate, savings, quality) is counted in the month when it is owed. Where the
    price of one patient depends on how many there are, it is the mean over the market's
    patient-months, the same for every month.

    Args:
        scheme: the scheme.
        months: months since entry wanted, M.
        draws: the draws, D.
        uses: uses per month (D,); one where absent.
        entry: month of entry since the scheme began, which the clocks of PECAN and DiGA need.
        market: needed where the price depends on the number of patients, professionals or sites.

    Raises:
        PreuveError: `months` is not positive, or the scheme needs a market and there is none.
    """
    if months < 1:
        raise PreuveError(_("A number of months must be 1 or more."), where="months")
    if scheme.market_wide:
        return _mean(scheme, months, draws, market)
    made = np.ones(draws.count) if uses is None else uses
    flows = scheme.accrued(one_patient(entry + months, entry, made), draws)
    return PatientCost(
        {payer: flows.paid(payer)[entry:] for payer in _payers(flows)}, flows.remarks
    )


def _mean(scheme: Scheme, months: int, draws: Draws, market: Market | None) -> PatientCost:
    if market is None:
        raise PreuveError(
            _("The price per patient of “{scheme}” depends on the market.").format(
                scheme=scheme.scheme
            ),
            where="market",
            remedy=_("Write the market: patients, professionals, sites and their uptake."),
        )
    flows = scheme.payments(market, draws)
    patient_months = market.enrolled.sum(axis=0)
    if np.any(patient_months <= 0):
        raise PreuveError(_("No patient is enrolled in this market."), where="market")
    return PatientCost(
        {
            payer: np.tile(flows.paid(payer).sum(axis=0) / patient_months, (months, 1))
            for payer in _payers(flows)
        },
        flows.remarks,
    )


def _payers(flows: Flows) -> tuple[Actor, ...]:
    """Those who pay in these flows; the first payer where nobody does."""
    paying = {payer for payer, _payee in flows.transfers}
    return tuple(payer for payer in PAYERS if payer in paying) or PAYERS[:1]
