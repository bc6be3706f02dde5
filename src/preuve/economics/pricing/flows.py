"""Flows: who pays whom each month, in double entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.usecase import Text
from preuve.economics.pricing.actors import ACTORS, INSURERS, PAYERS, Actor, Shares, Vat

if TYPE_CHECKING:
    import polars

Transfers: TypeAlias = Mapping[tuple[Actor, Actor], Floats]
"""(who pays, who receives) -> EUR by month (M, D); a refund is a negative transfer."""

YEAR = 12
"""Months of a year."""

_NONE = [np.nan, np.nan]


@dataclass(frozen=True)
class Flows:
    """The money of one scheme on one market.

    Each amount is written once, as a transfer: what is paid is what is received. Value-added tax
    is a transfer of the payer to the State, so that `received("maker")` is without tax and
    `paid(...)` is with tax.

    Attributes:
        scheme: name of the scheme.
        transfers: (who pays, who receives) -> EUR (M, D).
        served: patients who use the system in each month (M, D).
        remarks: what the sources leave unsettled and bears on these figures.
        memo: what is not a transfer, such as measured savings (M, D).
    """

    scheme: str
    transfers: Transfers
    served: Floats
    remarks: tuple[Text, ...] = ()
    memo: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def months(self) -> int:
        return int(self.served.shape[0])

    def paid(self, *actors: Actor) -> Floats:
        """What these actors pay, tax included (M, D)."""
        return self._sum(
            amount for (payer, _to), amount in self.transfers.items() if payer in actors
        )

    def received(self, *actors: Actor) -> Floats:
        """What these actors receive (M, D); for the State, the value-added tax."""
        return self._sum(
            amount for (_by, payee), amount in self.transfers.items() if payee in actors
        )

    def net(self, actor: Actor) -> Floats:
        """Received less paid (M, D)."""
        return self.received(actor) - self.paid(actor)

    def spending(self) -> Floats:
        """What all payers spend, tax included (M, D)."""
        return self.paid(*PAYERS)

    def insurers(self) -> Floats:
        """What third-party payers spend, tax included (M, D)."""
        return self.paid(*INSURERS)

    def masked(self, mask: Floats) -> Flows:
        """These flows in the months and draws where `mask` (M, D) is 1, none where it is 0."""
        return Flows(
            self.scheme,
            {pair: amount * mask for pair, amount in self.transfers.items()},
            self.served * mask,
            self.remarks,
            {name: amount * mask for name, amount in self.memo.items()},
        )

    def table(self) -> polars.DataFrame:
        """One row per actor, direction and month (from 1): mean and 95% interval, EUR."""
        import polars

        parts = []
        for actor in ACTORS:
            for direction, amount in (
                ("paid", self.paid(actor)),
                ("received", self.received(actor)),
                ("net", self.net(actor)),
            ):
                parts.append(
                    polars.DataFrame({"month": np.arange(1, self.months + 1), **summary(amount)})
                    .with_columns(
                        polars.lit(self.scheme).alias("scheme"),
                        polars.lit(actor).alias("actor"),
                        polars.lit(direction).alias("direction"),
                    )
                    .select("scheme", "actor", "direction", "month", "mean", "low95", "high95")
                )
        return polars.concat(parts)

    def _sum(self, amounts: Iterable[Floats]) -> Floats:
        total = np.zeros_like(self.served)
        for amount in amounts:
            total = total + amount
        return total


def summary(values: Floats) -> dict[str, Floats]:
    """Mean and bounds that hold 95% of the draws (M, D) -> (M,), NaN draws left out."""
    rows = [row[~np.isnan(row)] for row in values]
    bounds = np.array([np.quantile(row, [0.025, 0.975]) if len(row) else _NONE for row in rows])
    means = np.array([row.mean() if len(row) else np.nan for row in rows])
    return {"mean": means, "low95": bounds[:, 0], "high95": bounds[:, 1]}


def charge(
    amount: Floats, payers: Shares, vat: Vat | None = None, payee: Actor = "maker"
) -> Transfers:
    """The transfers of an amount, tax included, from its payers to the payee and the tax office.

    Args:
        amount: EUR (M, D), tax included; negative where it is given back.
        payers: who bears it.
        vat: tax within the amount; None where the payee is not taxed (care).
        payee: who receives it, without tax.
    """
    rate = vat.rate if vat else 0.0
    transfers: dict[tuple[Actor, Actor], Floats] = {}
    for payer, share in payers.split():
        transfers[payer, payee] = amount * share / (1 + rate)
        if rate:
            transfers[payer, "state"] = amount * share - transfers[payer, payee]
    return transfers


def added(*parts: Transfers) -> Transfers:
    """The sum of several sets of transfers."""
    total: dict[tuple[Actor, Actor], Floats] = {}
    for part in parts:
        for pair, amount in part.items():
            total[pair] = total[pair] + amount if pair in total else amount
    return total


def by_year(amount: Floats) -> Floats:
    """Sums over each year from the first month (years, D); the last year may be short."""
    return by_period(amount, YEAR)


def by_period(amount: Floats, every: int) -> Floats:
    """Sums over each `every` months (periods, D); the last period may be short."""
    return np.asarray(np.add.reduceat(amount, np.arange(0, len(amount), every), axis=0))


def settled(amount: Floats, months: int, every: int) -> Floats:
    """Amounts of periods (periods, D) put at the last month of each period (months, D)."""
    placed = np.zeros((months, amount.shape[1]))
    ends = np.minimum(np.arange(every, every * (len(amount) + 1), every), months) - 1
    placed[ends] = amount
    return placed
