"""Remote monitoring: the technical and operator fees of French ordinary law (LATM).

Order of 16 May 2023, amended on 21 December 2023: a technical fee per patient-month by level of
benefit, that falls with the file of the ICD-11 class (all makers together), and an operator fee
for the team. Amounts and what is unsettled stand in tariffs.yaml.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.pricing.flows import Flows, added, by_period, charge
from preuve.economics.pricing.market import Market
from preuve.economics.pricing.quantity import Amount, CertainShare, Draws, Months, Positive
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.tariffs import amount, unsettled
from preuve.economics.pricing.tiers import Rule, Tier, Tiers

Benefit: TypeAlias = Literal["organisation", "quality_of_life", "morbidity", "mortality"]
"""The benefit recognised by HAS; the technical fee rises with it."""


class ComplexPatients(Written):
    """Patients for whom the operator is paid more for some months.

    Attributes:
        share: share of the patients.
        level: raised fee, 1 or 2.
        months: months since entry during which it is due (heart failure 6, diabetes 3, renewable
            once).
    """

    share: CertainShare
    level: Literal[1, 2] = 1
    months: Months = 6


class RemoteMonitoring(Scheme):
    """Technical fee to the maker and operator fee to the team.

    Attributes:
        benefit: level recognised, which sets the technical fee.
        rule: how the tiers of the file apply; the sources do not settle it.
        beyond: EUR per patient-month from 8,000 to 99,999 patients of the class, at the
            organisational level; not verified in the sources, the second tier by default.
        class_patients: patients of other makers in the same ICD-11 class.
        revised: True for a rate set each half-year on the file of the half-year before, as in the
            order; False for the file of each month.
        operator: level of the operator fee; 0 for none.
        operator_paid_to: who watches the patients.
        complex_patients: those for whom the fee is raised; operator level 2 only.
    """

    scheme: Literal["remote_monitoring"] = "remote_monitoring"
    benefit: Benefit = "organisation"
    rule: Rule = "marginal"
    beyond: Amount | None = None
    class_patients: Positive = 0.0
    revised: bool = True
    operator: Literal[0, 1, 2] = 2
    operator_paid_to: Literal["hospital", "professional"] = "hospital"
    complex_patients: ComplexPatients | None = None

    @property
    def market_wide(self) -> bool:
        return True

    def tiers(self) -> Tiers:
        """The tiers of the technical fee, EUR per patient-month."""
        base = amount(f"remote_monitoring.technical.{self.benefit}")
        ratio = base / amount("remote_monitoring.technical.organisation")
        second = amount("remote_monitoring.second_tier")
        beyond = second if self.beyond is None else self.beyond
        starts = [
            0,
            *(
                int(amount(f"remote_monitoring.{tier}_start"))
                for tier in ("second_tier", "third_tier", "last_tier")
            ),
        ]
        prices = [
            base,
            *(price * ratio for price in (second, beyond, amount("remote_monitoring.last_tier"))),
        ]
        ends = [start - 1 for start in starts[1:]] + [None]
        steps = zip(starts, ends, prices, strict=True)
        return Tiers(
            rule=self.rule,
            steps=tuple(Tier(start=start, end=end, amount=price) for start, end, price in steps),
        )

    def rate(self, file: Floats) -> Floats:
        """Technical fee per patient-month for a file of the class, never under the minimum."""
        minimum = amount(f"remote_monitoring.minimum.{self.benefit}")
        return np.maximum(self.tiers().mean_price(file), minimum)

    def payments(self, market: Market, draws: Draws) -> Flows:
        others = draws.positive("remote_monitoring.class_patients", self.class_patients)
        file = market.enrolled + others
        technical = market.enrolled * self.rate(self._counted(file, others))
        return Flows(
            self.scheme,
            added(
                charge(technical, self.payers, self.vat),
                charge(self._operator(market), self.payers, payee=self.operator_paid_to),
            ),
            market.enrolled,
            self._remarks(file),
        )

    def _counted(self, file: Floats, others: Floats) -> Floats:
        """The file that sets the rate in each month (M, D)."""
        if not self.revised:
            return file
        every = int(amount("remote_monitoring.revision"))
        counts = by_period(np.ones_like(file), every)
        before = np.concatenate([others[np.newaxis], (by_period(file, every) / counts)[:-1]])
        return np.repeat(before, every, axis=0)[: len(file)]

    def _operator(self, market: Market) -> Floats:
        if self.operator == 0:
            return np.zeros_like(market.enrolled)
        level = amount(f"remote_monitoring.operator.level_{self.operator}")
        fees = market.enrolled * level
        if self.complex_patients is None or self.operator != 2:
            return fees
        raised = amount(f"remote_monitoring.operator.complex_{self.complex_patients.level}")
        more = self.complex_patients.share * (raised - level)
        ages = np.arange(market.months)[:, np.newaxis]
        return fees + market.weighted(np.where(ages < self.complex_patients.months, more, 0.0))

    def _remarks(self, file: Floats) -> tuple[Text, ...]:
        remarks = []
        if file.max() >= amount("remote_monitoring.second_tier_start"):
            remarks.append(unsettled("remote_monitoring.rule"))
        if self.beyond is None and file.max() >= amount("remote_monitoring.third_tier_start"):
            remarks.append(unsettled("remote_monitoring.middle_tiers"))
        return tuple(remarks)
