"""Compared: strategies side by side under one set of circumstances, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

from preuve.core.distribution import Floats
from preuve.core.usecase import Text
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.analysis.plane import Plane, plane
from preuve.economics.outcomes import Outcomes


@dataclass(frozen=True)
class Compared:
    """Costs and traded effects of K strategies over D draws, under one set of circumstances.

    Attributes:
        name, label: of the circumstances (a scenario, a subgroup, a hospital).
        strategies: K names, the reference first.
        cost, effect: (K, D), discounted.
        structural: whether it is the structure of the model that differs.
        share: share of the population, for a subgroup.
    """

    name: str
    label: Text
    strategies: tuple[str, ...]
    cost: Floats
    effect: Floats
    structural: bool = False
    share: float | None = None

    @classmethod
    def of(
        cls,
        name: str,
        label: Text,
        found: Outcomes,
        *,
        structural: bool = False,
        share: float | None = None,
    ) -> Compared:
        return cls(name, label, found.strategies, found.costs, found.traded, structural, share)

    def plane(self, strategy: str) -> Plane:
        """The strategy against the reference."""
        return plane(self.cost, self.effect, self.strategies.index(strategy))

    def benefit(self, strategy: str, willingness: float) -> tuple[float, float, float]:
        """Incremental net monetary benefit: mean and the bounds that hold 95 %."""
        at = self.strategies.index(strategy)
        cost, effect = self.cost[at] - self.cost[0], self.effect[at] - self.effect[0]
        found = willingness * effect - cost
        return mean_and_bounds(found)
