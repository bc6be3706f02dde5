"""Reading an appraisal: its figures with the names and the units that a reader expects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.appraisal import Appraisal
from preuve.economics.compilation.places import effect_unit
from preuve.economics.outcomes import LIFE_YEARS, TECHNOLOGY, UNSPLIT
from preuve.economics.page.words import Unit, Words, days_per_thousand, money
from preuve.economics.reference_case.payers import payers
from preuve.economics.specification.written import WrittenModel
from preuve.economics.uncertainty.figures import Figure

_SMALL = 0.01
"""QALYs a person under which a difference is told in days for 1,000 people."""


@dataclass(frozen=True)
class Reading:
    """An appraisal, opened for reading in the current language."""

    appraisal: Appraisal

    @property
    def written(self) -> WrittenModel:
        return self.appraisal.model.written

    @property
    def strategies(self) -> tuple[str, ...]:
        """Those that are modelled, the reference first."""
        return self.appraisal.drawn.strategies

    @property
    def others(self) -> tuple[str, ...]:
        return self.strategies[1:]

    # --- names ------------------------------------------------------------------------------------

    def label(self, strategy: str) -> str:
        return self.appraisal.label(strategy)

    def quoted(self, strategy: str) -> str:
        return str(_("“{name}”").format(name=self.label(strategy)))

    @property
    def reference(self) -> str:
        """The reference, between quotation marks."""
        return self.quoted(self.strategies[0])

    @property
    def figures(self) -> dict[str, Figure]:
        """Every parameter, by name."""
        return dict(self.appraisal.model.joint.figures)

    def parameter(self, name: str) -> str:
        """The label of a parameter; its name where it has none."""
        figure = self.figures.get(name)
        written = figure.written if figure is not None else None
        return str(written.label) if written is not None and written.label else name

    def group(self, name: str) -> str:
        """Parameters that would be known together."""
        information = self.written.analyses.information
        return str(information.groups[name].label) if information else name

    def item(self, name: str) -> str:
        """A cost item."""
        if name == TECHNOLOGY:
            return str(_("Price of the technology"))
        reward = self.written.rewards.costs[name]
        return str(reward.label or name)

    def payer(self, name: str) -> str:
        if name == UNSPLIT:
            return str(_("Payer not told"))
        titles: dict[str, str] = {one.name: str(one.title) for one in payers()}
        return titles.get(name, name)

    def effect(self, name: str) -> str:
        """An effect and what it counts."""
        if name == LIFE_YEARS:
            return str(_("Years of life"))
        if name == "qaly":
            return str(_("QALYs (years of life in full health)"))
        return str(self.written.rewards.effects[name].label or name)

    def state(self, name: str) -> str:
        states = getattr(self.written.structure, "states", {})
        return str(states[name].label or name)

    # --- units ------------------------------------------------------------------------------------

    @property
    def currency(self) -> str:
        return self.written.decision.currency

    def amount(self, value: float, low: float, high: float, *, difference: bool = False) -> Words:
        """An amount of money with its interval."""
        unit = money(self.currency, max(abs(value), abs(low), abs(high)))
        return unit.words(value, low, high, difference=difference)

    def amounts(self, draws: Floats, *, difference: bool = False) -> Words:
        """The mean of the draws of an amount, (D,), with the bounds that hold 95 % of them."""
        return self.amount(*mean_and_bounds(draws), difference=difference)

    def effects(self, draws: Floats, *, difference: bool = False) -> Words:
        """The mean of the draws of an effect, (D,); a difference in `effect_unit`."""
        unit = self.effect_unit if difference else Unit()
        return unit.words(*mean_and_bounds(draws), difference=difference)

    def certain(self, value: float) -> str:
        """An amount that is not uncertain: a price asked, a willingness to pay."""
        return money(self.currency, abs(value)).text(value)

    @property
    def counts_qalys(self) -> bool:
        return self.written.decision.effect == "qaly"

    @property
    def one_effect(self) -> str:
        """What is traded for money, in the singular."""
        name = self.written.decision.effect
        if self.counts_qalys:
            return str(_("QALY"))
        if name == LIFE_YEARS:
            return str(_("year of life"))
        return str(self.written.rewards.effects[name].label or effect_unit(self.written, name))

    def willing(self, value: float | None = None) -> str:
        """A willingness to pay; the main one unless said."""
        held = self.appraisal.willingness if value is None else value
        return str(
            _("{amount} per {effect}").format(amount=self.certain(held), effect=self.one_effect)
        )

    @cached_property
    def is_small(self) -> bool:
        """Whether differences of effect are told in days of full health for 1,000 people."""
        found = [
            max(abs(one.effect.low), abs(one.effect.high), abs(one.effect.mean))
            for one in self.appraisal.planes.values()
        ]
        return self.counts_qalys and max(found, default=0.0) < _SMALL

    @property
    def effect_unit(self) -> Unit:
        """The unit of a difference of effect."""
        return days_per_thousand() if self.is_small else Unit()

    @property
    def effect_axis(self) -> str:
        """That unit in words."""
        if self.is_small:
            return str(_("days of life in full health per 1,000 people"))
        return str(_("{effect} per person").format(effect=self.one_effect))

    # --- figures ----------------------------------------------------------------------------------

    @cached_property
    def place(self) -> int:
        """The place of the main willingness to pay on the grid."""
        return int(np.argmin(np.abs(self.appraisal.grid - self.appraisal.willingness)))

    @property
    def best(self) -> str:
        """The strategy of highest expected net benefit at the main willingness to pay."""
        return self.strategies[int(self.appraisal.acceptability.best[self.place])]

    @property
    def focus(self) -> str | None:
        """The strategy that the details follow: the best one, or the nearest to the reference."""
        if self.best in self.others:
            return self.best
        benefits = self.appraisal.benefits
        found = {name: float(benefits[name].mean[self.place]) for name in self.others}
        return max(found, key=lambda name: found[name], default=None)

    @cached_property
    def is_certain(self) -> bool:
        """Whether no figure of the model is uncertain, so that no chance can be told."""
        return all(one.is_certain for one in self.figures.values())

    def difference(self, name: str, values: Floats) -> Floats:
        """A strategy minus the reference, (D,), from values by strategy, (K, D)."""
        return np.asarray(values[self.strategies.index(name)] - values[0])
