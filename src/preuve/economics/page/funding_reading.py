"""Reading a funding: its figures with the names and the units that a reader expects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.funding import Funding, own_schemes
from preuve.economics.model import Model
from preuve.economics.page.funding_clock import Clock
from preuve.economics.page.funding_words import chance_words, month_words, scheme_name
from preuve.economics.page.words import Words, length, money
from preuve.economics.pricing.actors import ACTORS, PAYERS, Actor
from preuve.economics.pricing.comparison import YEARS, Priced
from preuve.economics.pricing.flows import YEAR, summary
from preuve.economics.pricing.quantity import Draws
from preuve.economics.pricing.scheme import example, examples
from preuve.economics.pricing.schemes.base import Scheme
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.pages.numbers import number

PER_VOLUME = ("per_use", "per_professional", "per_site")
"""Schemes that pay for exams or equipment, not for the follow-up of a patient."""

_SAME = 1e-9
"""Relative width under which the draws are one and the same amount."""

_CENTS = 2

_SHORT_STAY = 3.0
"""Months in the programme under which a payment by patient-month has no object."""


@dataclass(frozen=True)
class Line:
    """One scheme, opened for reading in the current language."""

    name: str
    scheme: Scheme
    priced: Priced
    is_own: bool
    currency: str

    # --- names ------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        return scheme_name(self.name, self.scheme)

    @property
    def about(self) -> str:
        """Where its amounts come from."""
        if self.is_own:
            return str(_("As the model writes it, at its central figures."))
        return str(examples()[self.name].about)

    # --- amounts ----------------------------------------------------------------------------------

    @property
    def months(self) -> int:
        return self.priced.flows.months

    @property
    def draws(self) -> int:
        return int(self.priced.flows.served.shape[1])

    @property
    def told(self) -> int:
        """Months that the totals count: five years, or the whole horizon if it is shorter."""
        return min(self.months, YEARS * YEAR)

    @property
    def span(self) -> str:
        """That time in words."""
        if self.told % YEAR:
            return length(self.told, "month")
        return length(self.told / YEAR, "year")

    def total(self, amount: Floats) -> Floats:
        """The sum of an amount by month (M, D) over the time told (D,)."""
        return np.asarray(amount[: self.told].sum(axis=0))

    def words(self, draws: Floats, *, difference: bool = False) -> Words:
        """The mean of the draws of an amount of money (D,) and the bounds that hold 95%.

        No interval where every draw is the same.
        """
        found = summary(draws[np.newaxis])
        value, low, high = (float(found[key][0]) for key in ("mean", "low95", "high95"))
        unit = money(self.currency, max(abs(value), abs(low), abs(high)))
        if np.ptp(draws) <= _SAME * abs(value):
            return Words(unit.text(round(value, _CENTS), difference=difference), "")
        return unit.words(value, low, high, difference=difference)

    def over(self, amount: Floats, *, difference: bool = False) -> Words:
        """An amount by month over the time told."""
        return self.words(self.total(amount), difference=difference)

    @property
    def spending(self) -> Floats:
        """What payers spend over the time told, tax included (D,)."""
        return self.total(self.priced.flows.spending())

    @property
    def is_idle(self) -> bool:
        """Whether nobody pays anything on this market."""
        return not any(amount.any() for amount in self.priced.flows.transfers.values())

    @property
    def active(self) -> tuple[Actor, ...]:
        """Who pays or receives anything."""
        flows = self.priced.flows
        return tuple(a for a in ACTORS if flows.paid(a).any() or flows.received(a).any())

    @property
    def payers(self) -> tuple[Actor, ...]:
        """Who pays anything."""
        return tuple(a for a in PAYERS if self.priced.flows.paid(a).any())

    def per_use(self, uses: Floats) -> Words | None:
        """What payers spend for each use of the system; None where it is never used.

        Args:
            uses: uses per patient and month (D,).
        """
        made = self.total(self.priced.flows.served) * uses
        if not (made > 0).any():
            return None
        kept = made > 0
        return self.words(self.spending[kept] / made[kept])

    # --- the maker --------------------------------------------------------------------------------

    @property
    def has_costs(self) -> bool:
        """Whether the model writes what the system costs its maker."""
        return bool(self.priced.account.costs.any())

    @property
    def break_even(self) -> Words:
        return month_words(*self.priced.account.break_even_interval, self.months)

    @property
    def chance(self) -> Words:
        """Probability of having broken even for good by the end of the horizon."""
        return chance_words(float(self.priced.account.probability[-1]), self.draws)


@dataclass(frozen=True)
class Reading:
    """A funding, opened for reading in the current language."""

    model: Model
    found: Funding

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        own = own_schemes(self.model)
        return tuple(
            Line(
                name,
                own[name] if name in self.found.own else example(name),
                priced,
                name in self.found.own,
                self.model.written.decision.currency,
            )
            for name, priced in self.found.comparison.schemes.items()
        )

    @property
    def is_comparison(self) -> bool:
        return len(self.lines) > 1

    @property
    def own(self) -> Line | None:
        """The first scheme that the model itself writes."""
        return next((line for line in self.lines if line.is_own), None)

    @property
    def synthetic(self) -> bool:
        return self.model.synthetic

    @property
    def drawn(self) -> Draws:
        """The draws behind the flows."""
        return Draws(self.found.market.uses.size, self.model.written.analyses.seed)

    @cached_property
    def stay(self) -> float:
        """Months that a patient spends in the programme, on average, within the horizon."""
        return float(self.found.market.stay.sum(axis=0).mean())

    def is_misfit(self, line: Line) -> bool:
        """Whether a scheme pays for the follow-up of patients who hardly stay."""
        return line.name not in PER_VOLUME and self.stay < _SHORT_STAY

    @property
    def entered(self) -> str:
        """People who enter over the time told, with their interval."""
        found = summary(self.found.market.entering[: self.lines[0].told].sum(axis=0)[np.newaxis])
        mean, low, high = (float(found[key][0]) for key in ("mean", "low95", "high95"))
        digits = -max(0, int(np.floor(np.log10(max(high, 1)))) - 2)
        value, *bounds = (number(round(one, digits)) for one in (mean, low, high))
        return str(
            _("{count} (95% interval: {low} to {high})").format(
                count=value, low=bounds[0], high=bounds[1]
            )
        )

    def unheard(self, line: Line) -> tuple[str, ...]:
        """Payers that the model names beside a scheme of its own and who bear none of it."""
        if not line.is_own:
            return ()
        prices = [one.price for one in self.model.written.strategies.values() if one.price]
        named = [one.payer for one in prices if one.scheme.get("scheme") == line.scheme.scheme]
        return tuple(payer for payer in dict.fromkeys(chain(*named)) if payer not in line.payers)

    def clock(self, line: Line) -> Clock | None:
        """The clock of PECAN; None for another scheme."""
        if not isinstance(line.scheme, Pecan):
            return None
        return Clock.of(line.scheme, line.months, self.drawn)
