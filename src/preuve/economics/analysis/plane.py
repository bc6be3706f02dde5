"""Cost-effectiveness plane: a strategy against a comparator, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.analysis.interval import LEVEL, bounds, mean_and_bounds
from preuve.economics.analysis.net_benefit import checked_draws, checked_grid, net_benefit
from preuve.economics.analysis.ratio import Ratio, ratio

Omission: TypeAlias = Literal["", "no_ratio", "effect_may_be_none"]


@dataclass(frozen=True)
class Increment:
    """A mean with the interval that holds 95 % of the draws."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Quadrants:
    """Shares of the draws, which sum to 1; a draw on an axis counts half on either side."""

    more_effective_more_costly: float
    more_effective_less_costly: float
    less_effective_less_costly: float
    less_effective_more_costly: float


@dataclass(frozen=True)
class Plane:
    """A strategy against a comparator.

    Attributes:
        cost: incremental cost, EUR per patient.
        effect: incremental effect, QALY per patient.
        quadrants: shares of the draws in each quadrant.
        dominant: share of draws where the strategy costs no more and brings no less, one strictly.
        dominated: share of draws where the comparator does.
        correlation: of incremental cost and effect; None where either does not vary.
        ratio: on the means (a ratio of means, never a mean of ratios).
        ratio_interval: Fieller's 95 % interval of the ratio, EUR per QALY; a lower bound of 0 or
            less means that savings are not excluded. None where `omission` says why.
        omission: "no_ratio" (the means give no ratio), "effect_may_be_none" (the mean effect is
            within 1.96 standard deviations of 0, or 2.5 % of its draws are 0 or less), else "".
    """

    cost: Increment
    effect: Increment
    quadrants: Quadrants
    dominant: float
    dominated: float
    correlation: float | None
    ratio: Ratio
    ratio_interval: tuple[float, float] | None
    omission: Omission

    @property
    def words(self) -> str:
        """Why there is no interval; empty where there is one."""
        return {
            "": "",
            "no_ratio": self.ratio.words,
            "effect_may_be_none": _(
                "no interval: the effect is too close to none for its uncertainty,"
                " so that the ratio has no bound"
            ),
        }[self.omission]


@dataclass(frozen=True)
class IncrementalBenefit:
    """Incremental net monetary benefit over a grid of willingness to pay, all (W,).

    Attributes:
        willingness: EUR per QALY.
        mean: EUR per patient.
        low: lower bound that holds 95 % of the draws with `high`.
        high: upper bound.
        probability_positive: share of draws above 0; a draw at 0 counts half.
    """

    willingness: Floats
    mean: Floats
    low: Floats
    high: Floats
    probability_positive: Floats


def plane(cost: Floats, effect: Floats, strategy: int, comparator: int = 0) -> Plane:
    """The cost-effectiveness plane of `strategy` against `comparator`.

    Fieller's interval takes means and covariance of the draws as those of a binormal belief:
    the ratios R for which |c − R e| ≤ 1.96 sd(c − R e). It is bounded only where the effect is
    itself away from 0. Sources: Chaudhary and Stearns, Statistics in Medicine 1996; Heitjan,
    Fieller's method and net health benefits, Health Economics 2000 (the same set as the values of
    willingness to pay that leave the choice open).

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        strategy: index of the strategy.
        comparator: index of the comparator.

    Raises:
        PreuveError: the arrays are not draws of strategies.
    """
    cost, effect = checked_draws(cost, effect)
    dc, de = cost[strategy] - cost[comparator], effect[strategy] - effect[comparator]
    on_means = ratio(float(dc.mean()), float(de.mean()))
    interval, omission = _ratio_interval(dc, de, on_means)
    return Plane(
        cost=_increment(dc),
        effect=_increment(de),
        quadrants=_quadrants(dc, de),
        dominant=float(np.mean((dc <= 0) & (de >= 0) & ((dc < 0) | (de > 0)))),
        dominated=float(np.mean((dc >= 0) & (de <= 0) & ((dc > 0) | (de < 0)))),
        correlation=_correlation(dc, de),
        ratio=on_means,
        ratio_interval=interval,
        omission=omission,
    )


def incremental_benefit(
    cost: Floats, effect: Floats, willingness: Floats, strategy: int, comparator: int = 0
) -> IncrementalBenefit:
    """Incremental net monetary benefit of `strategy` against `comparator`.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY, shape (W,).
        strategy: index of the strategy.
        comparator: index of the comparator.

    Raises:
        PreuveError: the arrays are not draws of strategies, or the grid is not one.
    """
    cost, effect = checked_draws(cost, effect)
    grid = checked_grid(willingness)
    dc, de = cost[strategy] - cost[comparator], effect[strategy] - effect[comparator]
    columns = []
    for wtp in grid:
        gain = net_benefit(dc, de, float(wtp))
        columns.append((*mean_and_bounds(gain), _share_positive(gain)))
    mean, lows, highs, positive = np.array(columns, dtype=float).T
    return IncrementalBenefit(grid, mean, lows, highs, positive)


def _increment(draws: Floats) -> Increment:
    return Increment(*mean_and_bounds(draws))


def _share_positive(draws: Floats) -> float:
    return float(np.mean(draws > 0) + np.mean(draws == 0) / 2)


def _quadrants(dc: Floats, de: Floats) -> Quadrants:
    east = np.where(de > 0, 1.0, np.where(de == 0, 0.5, 0.0))
    north = np.where(dc > 0, 1.0, np.where(dc == 0, 0.5, 0.0))
    return Quadrants(
        float(np.mean(east * north)),
        float(np.mean(east * (1 - north))),
        float(np.mean((1 - east) * (1 - north))),
        float(np.mean((1 - east) * north)),
    )


def _correlation(dc: Floats, de: Floats) -> float | None:
    if np.ptp(dc) == 0 or np.ptp(de) == 0:
        return None
    c, e = dc - dc.mean(), de - de.mean()
    norm = np.linalg.norm(c) * np.linalg.norm(e)
    return float(np.clip(c @ e / norm, -1, 1)) if norm > 0 else None


def _ratio_interval(
    dc: Floats, de: Floats, on_means: Ratio
) -> tuple[tuple[float, float] | None, Omission]:
    if on_means.value is None:
        return None, "no_ratio"
    z2 = float(special.ndtri((1 + LEVEL) / 2)) ** 2
    (vc, cce), (_unused, ve) = np.cov(dc, de)
    c, e = on_means.cost, on_means.effect
    leading = e**2 - z2 * ve
    if leading <= 0 or bounds(de)[0] <= 0:
        return None, "effect_may_be_none"
    half = c * e - z2 * cce
    root = np.sqrt(max(half**2 - leading * (c**2 - z2 * vc), 0.0))
    return (float((half - root) / leading), float((half + root) / leading)), ""
