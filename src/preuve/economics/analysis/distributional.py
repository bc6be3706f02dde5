"""Distributional results: who gains the health, who pays for it, and how unequal they end.

Health of a group after a strategy = its quality-adjusted life expectancy + its gain − its share of
the health that the cost displaces elsewhere. Source: Asaria, Griffin and Cookson, Distributional
cost-effectiveness analysis: a tutorial, Medical Decision Making 2016, pages 8-19. Indices as in
M. Asaria's code for the survey of Robson et al., Health Economics 2017;26:1328:

    Atkinson: EDE = m (mean of (h / m)^(1 − e))^(1 / (1 − e)), index 1 − EDE / m
    Kolm:     EDE = m − ln(mean of exp(a (m − h))) / a,        index m − EDE
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.interval import bounds

Index: TypeAlias = Literal["atkinson", "kolm"]

_NONE = 1e-12


@dataclass(frozen=True)
class Population:
    """Groups of a population, G of them.

    Attributes:
        health: quality-adjusted life expectancy of each group, QALY, (G,).
        shares: share of the population in each group, sum 1, (G,).
        displaced: share of the displaced health that each group bears, sum 1, (G,).
    """

    health: Floats
    shares: Floats
    displaced: Floats

    def __post_init__(self) -> None:
        shape = np.shape(self.health)
        if len(shape) != 1 or np.shape(self.shares) != shape or np.shape(self.displaced) != shape:
            raise PreuveError(
                _("Health, shares and displaced health need one number a group."), where="groups"
            )
        if (np.asarray(self.health) <= 0).any() or (np.asarray(self.shares) <= 0).any():
            raise PreuveError(_("Health and shares of groups must be positive."), where="groups")
        for parts in (self.shares, self.displaced):
            if (np.asarray(parts) < 0).any() or abs(float(np.sum(parts)) - 1) > 1e-9:
                raise PreuveError(_("The shares of the groups must sum to 1."), where="groups")


@dataclass(frozen=True)
class Interval:
    """A mean with the bounds that hold 95 % of the draws, each (K,)."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Equity:
    """Distributional results of K strategies; changes are against the comparator.

    Attributes:
        health: expected health of each group after each strategy, QALY a person, (K, G).
        gain: net change in mean health, QALY a person (efficiency axis).
        equity: change in equally distributed equivalent health beyond `gain`, QALY a person
            (equity axis): positive where inequality falls.
        welfare: their sum, the change in equally distributed equivalent health.
        inequality: index of each strategy, on expected health, (K,).
        probability: share of draws in the four quadrants (gain ≥ 0 and equity ≥ 0, gain ≥ 0 and
            equity < 0, gain < 0 and equity < 0, gain < 0 and equity ≥ 0), (K, 4).
    """

    health: Floats
    gain: Interval
    equity: Interval
    welfare: Interval
    inequality: Floats
    probability: Floats


def equivalent(health: Floats, shares: Floats, index: Index, aversion: float) -> Floats:
    """Equally distributed equivalent: the health that, had by all, would be judged as good.

    Args:
        health: of each group, groups on the first axis, shape (G, ...).
        shares: of the population in each group, shape (G,).
        index: "atkinson" (ratios matter) or "kolm" (differences matter).
        aversion: to inequality, ≥ 0; 0 gives the mean.

    Returns:
        QALY, shape (...).

    Raises:
        PreuveError: aversion is negative, or health is not positive for the Atkinson index.
    """
    values = np.asarray(health, dtype=float)
    weights = np.asarray(shares, dtype=float).reshape(-1, *([1] * (values.ndim - 1)))
    if not aversion >= 0:
        raise PreuveError(_("Aversion to inequality cannot be negative."), where="aversion")
    mean = np.sum(weights * values, axis=0)
    if aversion < _NONE:
        return np.asarray(mean)
    if index == "kolm":
        return np.asarray(mean - _log_mean_exp(aversion * (mean - values), weights) / aversion)
    if (values <= 0).any():
        raise PreuveError(
            _("The Atkinson index needs positive health in every group."),
            where="aversion",
            remedy=_("Use the Kolm index."),
        )
    logs = np.log(values / mean)
    power = 1 - aversion
    if abs(power) < _NONE:
        return np.asarray(mean * np.exp(np.sum(weights * logs, axis=0)))
    return np.asarray(mean * np.exp(_log_mean_exp(power * logs, weights) / power))


def inequality(health: Floats, shares: Floats, index: Index, aversion: float) -> Floats:
    """Atkinson index (a share of mean health) or Kolm index (QALY); arguments of `equivalent`."""
    values = np.asarray(health, dtype=float)
    mean = np.tensordot(np.asarray(shares, dtype=float), values, axes=1)
    lost = mean - equivalent(values, shares, index, aversion)
    return np.asarray(lost / mean if index == "atkinson" else lost)


def equity(
    population: Population,
    gain: Floats,
    cost: Floats,
    opportunity_cost: float,
    index: Index,
    aversion: float,
    comparator: int = 0,
) -> Equity:
    """Distributional results of strategies.

    Args:
        population: the groups.
        gain: health gained by a person of each group, QALY, shape (K, G, D).
        cost: cost a person of the whole population, EUR, shape (K, D).
        opportunity_cost: EUR whose spending displaces one QALY elsewhere.
        index: of inequality.
        aversion: to inequality.
        comparator: index of the strategy compared with.

    Raises:
        PreuveError: the shapes differ, or the opportunity cost is not positive.
    """
    gains, costs = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    groups = np.size(population.health)
    if gains.ndim != 3 or gains.shape[1] != groups or costs.shape != (len(gains), gains.shape[2]):
        raise PreuveError(
            _("Gains must be strategies × groups × draws, and costs strategies × draws."),
            where="groups",
        )
    if not opportunity_cost > 0:
        raise PreuveError(_("The opportunity cost must be positive."), where="opportunity_cost")
    borne = np.asarray(population.displaced) / np.asarray(population.shares)
    lost = costs[:, None, :] / opportunity_cost * borne[:, None]
    health = np.asarray(population.health)[:, None] + gains - lost
    by_group = np.moveaxis(health, 1, 0)
    shares = np.asarray(population.shares, dtype=float)
    mean = np.tensordot(shares, by_group, axes=1)
    welfare = equivalent(by_group, shares, index, aversion)
    more, better = mean - mean[comparator], welfare - welfare[comparator]
    fairer = better - more
    expected = health.mean(axis=2)
    return Equity(
        health=expected,
        gain=_interval(more),
        equity=_interval(fairer),
        welfare=_interval(better),
        inequality=inequality(expected.T, shares, index, aversion),
        probability=_quadrants(more, fairer),
    )


def _log_mean_exp(powers: Floats, weights: Floats) -> Floats:
    """Logarithm of the weighted mean of exp(powers), exact near 0, safe far off."""
    if np.abs(powers).max(initial=0.0) < 1:
        return np.asarray(np.log1p(np.sum(weights * np.expm1(powers), axis=0)))
    return np.asarray(special.logsumexp(powers, axis=0, b=weights))


def _interval(draws: Floats) -> Interval:
    return Interval(draws.mean(axis=1), *bounds(draws))


def _quadrants(more: Floats, fairer: Floats) -> Floats:
    gains, fair = more >= 0, fairer >= 0
    parts = (gains & fair, gains & ~fair, ~gains & ~fair, ~gains & fair)
    return np.stack([part.mean(axis=1) for part in parts], axis=1)
