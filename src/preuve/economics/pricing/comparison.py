"""Comparison: several schemes on one market, or on the markets of a scenario grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.pricing.flows import YEAR, Flows, by_year, summary
from preuve.economics.pricing.maker import MakerAccount, MakerCosts, maker_account
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Draws
from preuve.economics.pricing.schemes.base import Scheme

if TYPE_CHECKING:
    import polars

YEARS = 5
"""Years shown in the table."""

_BREAK_EVEN = ("break_even_month", "break_even_low95", "break_even_high95")


@dataclass(frozen=True)
class Priced:
    """One scheme on one market."""

    flows: Flows
    account: MakerAccount

    def yearly(self) -> dict[str, Floats]:
        """Measure -> EUR by year (years, D); no price per patient-year where nobody is served."""
        served = by_year(self.flows.served)
        spending = by_year(self.flows.spending())
        patient_years = np.where(served > 0, served, np.nan) / YEAR
        return {
            "payers": spending,
            "insurers": by_year(self.flows.insurers()),
            "maker_revenue": by_year(self.account.revenue),
            "hospital_net": by_year(self.flows.net("hospital")),
            "professional_net": by_year(self.flows.net("professional")),
            "price_per_patient_year": spending / patient_years,
        }


@dataclass(frozen=True)
class Comparison:
    """Several schemes on one market, by name."""

    schemes: Mapping[str, Priced]

    def table(self) -> polars.DataFrame:
        """One row per scheme, measure and year (from 1): mean and 95% interval, EUR."""
        import polars

        return polars.concat(
            [
                polars.DataFrame(
                    {"year": np.arange(1, len(amount) + 1)[:YEARS], **_first(summary(amount))}
                )
                .with_columns(
                    polars.lit(name).alias("scheme"), polars.lit(measure).alias("measure")
                )
                .select("scheme", "measure", "year", "mean", "low95", "high95")
                for name, priced in self.schemes.items()
                for measure, amount in priced.yearly().items()
            ]
        )

    def wide(self) -> polars.DataFrame:
        """One row per scheme: the mean of each measure and year, then the maker's break-even.

        Its month is a median with 95% bounds (infinity for never); then the probability of it
        within the horizon and the mean funding need.
        """
        import polars

        means = (
            self.table()
            .with_columns(
                (polars.col("measure") + "_year_" + polars.col("year").cast(str)).alias("name")
            )
            .pivot("name", index="scheme", values="mean", maintain_order=True)
        )
        breaks = polars.DataFrame(
            [
                {
                    "scheme": name,
                    **dict(zip(_BREAK_EVEN, one.account.break_even_interval, strict=True)),
                    "break_even_probability": float(one.account.probability[-1]),
                    "funding_need": float(one.account.funding_need.mean()),
                }
                for name, one in self.schemes.items()
            ]
        )
        return means.join(breaks, on="scheme", maintain_order="left")


def compare(
    schemes: Mapping[str, Scheme], market: Market, draws: Draws, costs: MakerCosts | None = None
) -> Comparison:
    """Each scheme on the same market with the same draws."""
    spent = costs or MakerCosts()
    priced = {}
    for name, scheme in schemes.items():
        flows = scheme.payments(market, draws)
        priced[name] = Priced(flows, maker_account(flows, market, spent, draws))
    return Comparison(priced)


def grid(
    schemes: Mapping[str, Scheme],
    markets: Mapping[str, Market],
    draws: Draws,
    costs: MakerCosts | None = None,
) -> polars.DataFrame:
    """The table of every scheme on every market: market, then the columns of `Comparison.table`."""
    import polars

    return polars.concat(
        [
            compare(schemes, market, draws, costs)
            .table()
            .select(polars.lit(name).alias("market"), polars.all())
            for name, market in markets.items()
        ]
    )


def _first(columns: dict[str, Floats]) -> dict[str, Floats]:
    return {name: column[:YEARS] for name, column in columns.items()}
