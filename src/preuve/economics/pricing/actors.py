"""Actors: who pays whom, in which shares, and with which value-added tax."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from preuve.core.language import _
from preuve.core.written import Written
from preuve.economics.pricing.quantity import CertainShare
from preuve.economics.pricing.tariffs import amount

Actor: TypeAlias = Literal["amo", "amc", "state", "patient", "hospital", "professional", "maker"]
ACTORS: tuple[Actor, ...] = get_args(Actor)
PAYERS: tuple[Actor, ...] = ACTORS[:-1]
INSURERS: tuple[Actor, ...] = ("amo", "amc", "state")
"""Third-party payers: statutory insurance, complementary insurance, the State."""


class Shares(Written):
    """How a payment is split between payers; the shares sum to 1."""

    amo: CertainShare = 0
    amc: CertainShare = 0
    state: CertainShare = 0
    patient: CertainShare = 0
    hospital: CertainShare = 0
    professional: CertainShare = 0

    @model_validator(mode="after")
    def _whole(self) -> Shares:
        _require_whole(sum(share for _actor, share in self.split()))
        return self

    def split(self) -> tuple[tuple[Actor, float], ...]:
        """Each payer with a share, and his share."""
        shares: list[tuple[Actor, float]] = [
            ("amo", self.amo),
            ("amc", self.amc),
            ("state", self.state),
            ("patient", self.patient),
            ("hospital", self.hospital),
            ("professional", self.professional),
        ]
        return tuple((actor, share) for actor, share in shares if share > 0)


class Payees(Written):
    """How a payment is shared between those who receive it; the shares sum to 1."""

    maker: CertainShare = 0
    hospital: CertainShare = 0
    professional: CertainShare = 0

    @model_validator(mode="after")
    def _whole(self) -> Payees:
        _require_whole(self.maker + self.hospital + self.professional)
        return self

    def split(self) -> tuple[tuple[Actor, float], ...]:
        """Each payee with a share, and his share."""
        shares: list[tuple[Actor, float]] = [
            ("maker", self.maker),
            ("hospital", self.hospital),
            ("professional", self.professional),
        ]
        return tuple((actor, share) for actor, share in shares if share > 0)


def _require_whole(total: float) -> None:
    if not math.isclose(total, 1, abs_tol=1e-9):
        raise ValueError(_("The shares sum to {total}, not to 1.").format(total=f"{total:g}"))


def insured(exempted: float = 0) -> Shares:
    """The split of reimbursed care in France.

    Args:
        exempted: share of patients covered at 100% by the statutory insurer.
    """
    copayment = amount("cover.copayment") * (1 - exempted)
    return Shares(amo=1 - copayment, amc=copayment)


class Vat(Written):
    """Value-added tax on what the maker sells.

    Attributes:
        rate: share of the price without tax.
        included: True where the written amounts include it.
    """

    rate: CertainShare = Field(default_factory=lambda: amount("vat.standard"))
    included: bool = True

    def gross(self, written: float) -> float:
        """The amount with tax of a written amount."""
        return written if self.included else written * (1 + self.rate)
