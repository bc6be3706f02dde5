"""Appraisal: everything a decision needs to know of a model, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from preuve.core.distribution import Floats
from preuve.economics.analysis.acceptability import Acceptability
from preuve.economics.analysis.convergence import Convergence
from preuve.economics.analysis.distributional import Equity
from preuve.economics.analysis.frontier import Frontier
from preuve.economics.analysis.plane import IncrementalBenefit, Plane
from preuve.economics.analysis.tornado import Tornado
from preuve.economics.budget import BudgetImpact
from preuve.economics.claimed_price import ClaimedPrice
from preuve.economics.compared import Compared
from preuve.economics.invariants import Invariant
from preuve.economics.knowledge import Known
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.reference_case.check import Finding


@dataclass(frozen=True)
class Appraisal:
    """What a model says, with its doubts.

    Strategies are those of `base.strategies`, the reference first; K of them, D draws.

    Attributes:
        model: the model.
        base: outcomes at the central figures, one draw, every year told.
        drawn: outcomes over the draws, the years of the budget told.
        draws: the figures drawn, by name, (D,).
        grid: willingness to pay of the curves, (W,); `willingness` is the main one.
        frontier: on the means of the draws.
        planes, benefits: each strategy but the reference, against it.
        acceptability: over `grid`. convergence: whether the draws are enough.
        tornados: by strategy, one figure at a time from its low to its high bound.
        scenarios, subgroups, centres, thresholds: the same comparison in other worlds.
        known: what knowing more would be worth.
        prices: the price that value would justify, where a price is named.
        budget: spending of the payers; budgets: under other uptakes, by name.
        equity: for each aversion to inequality, where groups are written.
        invariants: the laws of the calculation, all kept.
        findings: the reference case, item by item.
        provenance: digests, seed, versions.
    """

    model: Model
    base: Outcomes
    drawn: Outcomes
    draws: Mapping[str, Floats]
    grid: Floats
    willingness: float
    frontier: Frontier
    planes: Mapping[str, Plane]
    benefits: Mapping[str, IncrementalBenefit]
    acceptability: Acceptability
    convergence: Convergence
    tornados: Mapping[str, Tornado]
    scenarios: tuple[Compared, ...]
    subgroups: tuple[Compared, ...]
    centres: tuple[Compared, ...]
    thresholds: tuple[Compared, ...]
    known: Known
    prices: tuple[ClaimedPrice, ...]
    budget: BudgetImpact | None
    budgets: Mapping[str, BudgetImpact]
    equity: Mapping[float, Equity]
    invariants: tuple[Invariant, ...]
    findings: tuple[Finding, ...]
    provenance: Mapping[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether any figure comes from data made by a generator, or the model says so."""
        return self.model.synthetic

    def label(self, strategy: str) -> str:
        """A strategy in the reader's language."""
        return str(self.model.written.strategies[strategy].label)
