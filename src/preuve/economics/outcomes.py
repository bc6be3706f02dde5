"""Outcomes: what each strategy costs and brings, draw by draw, by item, payer and year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.weights import (
    COSTS,
    COSTS_PLAIN,
    EFFECTS,
    EFFECTS_PLAIN,
    FIRST_YEAR,
)

LIFE_YEARS = "life_years"
TECHNOLOGY = "technology"
UNSPLIT = "unsplit"
"""The payer of a cost that names none."""


@dataclass(frozen=True)
class Repairs:
    """Rows of probabilities put back between 0 and 1 and to a sum of 1, draw by draw.

    Attributes:
        repaired, examined: how many draws of rows. places: names of the rows concerned, the
            first few.
    """

    repaired: int = 0
    examined: int = 0
    places: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.repaired / self.examined if self.examined else 0.0

    def __add__(self, other: Repairs) -> Repairs:
        return Repairs(
            self.repaired + other.repaired,
            self.examined + other.examined,
            tuple(dict.fromkeys([*self.places, *other.places]))[:5],
        )


@dataclass(frozen=True)
class Outcomes:
    """Labelled arrays, per person of the model.

    Attributes:
        strategies: K names, the reference first.
        items: I cost items. effects: E effects, life_years among them.
        payers: P payers.
        cost: (K, I, W, D), the rows W being those of `Weights`.
        effect: (K, E, W, D).
        payer_share: (K, I, P, D or 1), summing to 1 over payers.
        effect_traded: name of the effect that is traded for money.
        repairs: what had to be put right.
        trace: for one draw, (K, T + 1, S) shares of people by state, if any; states names them.
        spread: for individuals, the Monte-Carlo standard error of cost and effect, (K, 2), else 0.
    """

    strategies: tuple[str, ...]
    items: tuple[str, ...]
    effects: tuple[str, ...]
    payers: tuple[str, ...]
    cost: Floats
    effect: Floats
    payer_share: Floats
    effect_traded: str
    repairs: Repairs = field(default_factory=Repairs)
    trace: Floats | None = None
    states: tuple[str, ...] = ()
    spread: Floats = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def draws(self) -> int:
        return int(self.cost.shape[-1])

    @property
    def years(self) -> int:
        return int(self.cost.shape[2]) - FIRST_YEAR

    @property
    def costs(self) -> Floats:
        """Discounted cost, (K, D)."""
        return np.asarray(self.cost[:, :, COSTS].sum(axis=1))

    @property
    def traded(self) -> Floats:
        """The discounted effect that is traded for money, (K, D)."""
        return self.effect_of(self.effect_traded)

    def effect_of(self, name: str, *, discounted: bool = True) -> Floats:
        """An effect, (K, D)."""
        row = EFFECTS if discounted else EFFECTS_PLAIN
        return np.asarray(self.effect[:, self.effects.index(name), row])

    def costs_by_item(self, *, discounted: bool = True) -> Floats:
        """Cost of each item over the horizon, (K, I, D)."""
        return np.asarray(self.cost[:, :, COSTS if discounted else COSTS_PLAIN])

    def costs_by_payer(self, *, discounted: bool = True) -> Floats:
        """Cost to each payer over the horizon, (K, P, D)."""
        items = self.costs_by_item(discounted=discounted)
        found: Floats = np.einsum("kid,kipd->kpd", items, self._shares())
        return found

    def yearly_by_payer(self) -> Floats:
        """Undiscounted cost of each year since entry, (K, P, Y, D)."""
        yearly: Floats = np.einsum("kiyd,kipd->kpyd", self.yearly_by_item(), self._shares())
        return yearly

    def yearly_by_item(self, payers: Sequence[str] = ()) -> Floats:
        """Undiscounted cost of each year since entry to some payers, or to all, (K, I, Y, D)."""
        yearly = np.asarray(self.cost[:, :, FIRST_YEAR:])
        if not payers:
            return yearly
        told = [self.payers.index(name) for name in payers]
        borne: Floats = self._shares()[:, :, told].sum(axis=2)
        return np.asarray(yearly * borne[:, :, None])

    def _shares(self) -> Floats:
        shape = (*self.payer_share.shape[:3], self.draws)
        return np.broadcast_to(self.payer_share, shape)

    def index(self, strategy: str) -> int:
        return self.strategies.index(strategy)


def joined(parts: Iterable[Outcomes], draws: int) -> Outcomes:
    """Blocks of draws, `draws` in all, put one after the other as they come."""
    found, shares, repairs, done = None, [], Repairs(), 0
    for part in parts:
        if part.draws == draws:
            return part
        if found is None:
            wide = (np.empty((*one.shape[:-1], draws)) for one in (part.cost, part.effect))
            found = replace(part, cost=next(wide), effect=next(wide))
        here = slice(done, done + part.draws)
        found.cost[..., here], found.effect[..., here] = part.cost, part.effect
        shares.append(np.broadcast_to(part.payer_share, (*part.payer_share.shape[:3], part.draws)))
        repairs, done = repairs + part.repairs, here.stop
    assert found is not None
    share = np.concatenate(shares, axis=-1)
    if np.all(share == share[..., :1]):
        share = share[..., :1].copy()
    return replace(found, payer_share=share, repairs=repairs)
