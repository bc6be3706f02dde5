"""Comparison: several schemes on one market."""

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


def _first(columns: dict[str, Floats]) -> dict[str, Floats]:
    return {name: column[:YEARS] for name, column in columns.items()}
