"""Efficiency frontier: the strategies that are best at some willingness to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.ratio import Ratio, ratio

Status: TypeAlias = Literal["reference", "on_frontier", "dominated", "extendedly_dominated"]

_ALIGNED = 1e-9
_COST_DIGITS, _EFFECT_DIGITS = 9, 12


@dataclass(frozen=True)
class Standing:
    """Where one strategy stands.

    Attributes:
        status: "reference" is the start of the frontier, its least costly strategy.
        dominated_by: strategies that cost no more and bring no less; for extended dominance,
            the two neighbours on the frontier whose mix would; else empty.
        same_as: other strategies with this very cost and effect; they share its status.
        previous: the strategy before it on the frontier; None off the frontier and at its start.
        ratio: against `previous`; None where there is none.
    """

    status: Status
    dominated_by: tuple[int, ...] = ()
    same_as: tuple[int, ...] = ()
    previous: int | None = None
    ratio: Ratio | None = None

    @property
    def words(self) -> str:
        return {
            "reference": _("start of the frontier"),
            "on_frontier": _("on the frontier"),
            "dominated": _("dominated"),
            "extendedly_dominated": _("dominated by a mix of two others"),
        }[self.status]


@dataclass(frozen=True)
class Frontier:
    """The frontier of K strategies.

    Attributes:
        cost: mean cost, EUR per patient, (K,).
        effect: mean effect, QALY per patient, (K,).
        order: strategies on the frontier by rising effect, one for each point.
        standings: one for each strategy, in the order given.
    """

    cost: Floats
    effect: Floats
    order: tuple[int, ...]
    standings: tuple[Standing, ...]

    def best(self, willingness: float) -> int:
        """The strategy of highest net benefit at this willingness to pay (EUR per QALY)."""
        on_frontier = np.asarray(self.order)
        benefit = willingness * self.effect[on_frontier] - self.cost[on_frontier]
        return int(on_frontier[int(np.argmax(benefit))])


def frontier(cost: Floats, effect: Floats) -> Frontier:
    """The efficiency frontier, simple then extended dominance, from mean costs and effects.

    A strategy is dominated where another costs no more and brings no less, one of them strictly;
    extendedly dominated where its ratio against its predecessor exceeds that of its successor,
    until ratios no longer fall along the frontier. Source: the rules as stated in dampack, Basic
    cost effectiveness analysis (after Drummond et al. 2015 and Neumann et al. 2016). Strategies
    exactly on a segment stay on the frontier; what differs by less than 1e-9 EUR and 1e-12 QALY is
    rounding and counts as the same.

    Args:
        cost: EUR per patient, shape (K,).
        effect: QALY per patient, shape (K,).

    Raises:
        PreuveError: the arrays differ in length, are empty or hold a number that is not finite.
    """
    cost, effect = np.asarray(cost, dtype=float), np.asarray(effect, dtype=float)
    if cost.shape != effect.shape or cost.ndim != 1 or not cost.size:
        raise PreuveError(_("A frontier needs one mean cost and one mean effect a strategy."))
    if not (np.isfinite(cost).all() and np.isfinite(effect).all()):
        raise PreuveError(_("A cost or an effect is not a finite number."), where="frontier")
    spent, gained = np.round(cost, _COST_DIGITS), np.round(effect, _EFFECT_DIGITS)
    rivals = [_dominating(spent, gained, k) for k in range(cost.size)]
    twins = [_same(spent, gained, k) for k in range(cost.size)]
    efficient = [k for k in range(cost.size) if not rivals[k] and min((k, *twins[k])) == k]
    order = _hull(cost, effect, sorted(efficient, key=lambda k: gained[k]))
    standings = [_standing(cost, effect, order, rivals[k], twins[k], k) for k in range(cost.size)]
    return Frontier(cost, effect, tuple(order), tuple(standings))


def _dominating(cost: Floats, effect: Floats, k: int) -> tuple[int, ...]:
    no_worse = (cost <= cost[k]) & (effect >= effect[k])
    better = (cost < cost[k]) | (effect > effect[k])
    return tuple(int(i) for i in np.flatnonzero(no_worse & better))


def _same(cost: Floats, effect: Floats, k: int) -> tuple[int, ...]:
    alike = np.flatnonzero((cost == cost[k]) & (effect == effect[k]))
    return tuple(int(i) for i in alike if i != k)


def _hull(cost: Floats, effect: Floats, candidates: list[int]) -> list[int]:
    kept: list[int] = []
    for new in candidates:
        while len(kept) > 1 and _above(cost, effect, kept[-2], kept[-1], new):
            kept.pop()
        kept.append(new)
    return kept


def _above(cost: Floats, effect: Floats, left: int, middle: int, right: int) -> bool:
    """Whether the ratio falls after `middle`, compared without dividing."""
    before = (cost[middle] - cost[left]) * (effect[right] - effect[middle])
    after = (cost[right] - cost[middle]) * (effect[middle] - effect[left])
    return bool(before - after > _ALIGNED * (abs(before) + abs(after)))


def _standing(
    cost: Floats,
    effect: Floats,
    order: list[int],
    rivals: tuple[int, ...],
    twins: tuple[int, ...],
    k: int,
) -> Standing:
    if rivals:
        return Standing("dominated", rivals, twins)
    kept = min((k, *twins))
    if kept not in order:
        right = next(i for i in order if effect[i] > effect[k])
        left = order[order.index(right) - 1]
        return Standing("extendedly_dominated", (left, right), twins)
    place = order.index(kept)
    if place == 0:
        return Standing("reference", same_as=twins)
    before = order[place - 1]
    step = ratio(float(cost[k] - cost[before]), float(effect[k] - effect[before]))
    return Standing("on_frontier", (), twins, before, step)
