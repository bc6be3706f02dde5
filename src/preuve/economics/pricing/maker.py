"""Maker: what a scheme leaves to the one who makes the system, and when it breaks even."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.written import Written
from preuve.economics.pricing.flows import Flows, summary
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Draws, Positive
from preuve.economics.pricing.schemes.subscription import newly

if TYPE_CHECKING:
    import polars


class MakerCosts(Written):
    """What the system costs its maker, EUR without tax.

    Attributes:
        certification: once, in the first month (CE mark, studies, referentials).
        fixed: each month, whatever the volume.
        per_patient: per patient served and month.
        per_use: per use.
        integration: once for each new site.
    """

    certification: Positive = 0.0
    fixed: Positive = 0.0
    per_patient: Positive = 0.0
    per_use: Positive = 0.0
    integration: Positive = 0.0


@dataclass(frozen=True)
class MakerAccount:
    """Money in and out of the maker, EUR without tax.

    Attributes:
        scheme: name of the scheme.
        revenue: by month (M, D).
        costs: by month (M, D).
    """

    scheme: str
    revenue: Floats
    costs: Floats

    @cached_property
    def cumulative(self) -> Floats:
        """Cumulative cash at the end of each month (M, D)."""
        return np.cumsum(self.revenue - self.costs, axis=0)

    @cached_property
    def break_even(self) -> Floats:
        """First month (from 1) from which cash stays at 0 or more; infinity where none (D,)."""
        short = self.cumulative < 0
        last_short = len(short) - np.argmax(short[::-1], axis=0)
        month = np.where(short.any(axis=0), last_short + 1.0, 1.0)
        return np.where(month > len(short), np.inf, month)

    @property
    def break_even_interval(self) -> tuple[float, float, float]:
        """Median month of break-even and bounds that hold 95% of the draws; infinity for never."""
        found = np.quantile(self.break_even, [0.5, 0.025, 0.975], method="inverted_cdf")
        return float(found[0]), float(found[1]), float(found[2])

    @property
    def funding_need(self) -> Floats:
        """Most that the maker is out of pocket at the end of a month, 0 or more (D,)."""
        return np.asarray(np.maximum(-self.cumulative.min(axis=0), 0.0))

    @property
    def probability(self) -> Floats:
        """Probability of having broken even for good by the end of each month (M,)."""
        months = np.arange(1, len(self.revenue) + 1)[:, np.newaxis]
        return np.asarray((self.break_even <= months).mean(axis=1))

    def table(self) -> polars.DataFrame:
        """One row per measure and month: scheme, measure, month, mean, low95, high95."""
        import polars

        months = np.arange(1, len(self.revenue) + 1)
        parts = [
            polars.DataFrame({"month": months, **summary(amount)})
            .with_columns(
                polars.lit(self.scheme).alias("scheme"), polars.lit(name).alias("measure")
            )
            .select("scheme", "measure", "month", "mean", "low95", "high95")
            for name, amount in (
                ("revenue", self.revenue),
                ("costs", self.costs),
                ("cumulative", self.cumulative),
            )
        ]
        return polars.concat(parts)


def maker_account(flows: Flows, market: Market, costs: MakerCosts, draws: Draws) -> MakerAccount:
    """The maker's account: he serves the patients that the scheme keeps."""
    served = flows.served
    spent = (
        draws.positive("maker.fixed", costs.fixed)
        + served * draws.positive("maker.per_patient", costs.per_patient)
        + served * market.uses * draws.positive("maker.per_use", costs.per_use)
        + newly(market.sites) * draws.positive("maker.integration", costs.integration)
    )
    spent[0] += draws.positive("maker.certification", costs.certification)
    return MakerAccount(flows.scheme, flows.net("maker"), spent)
