"""Threshold price: the price at which a strategy stops being worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.interval import bounds
from preuve.economics.analysis.net_benefit import checked_grid
from preuve.economics.analysis.ratio import Ratio, ratio

Outcome: TypeAlias = Literal["found", "several", "always_worth_it", "never_worth_it"]


@dataclass(frozen=True)
class Threshold:
    """Where net benefit crosses 0 between two prices.

    Attributes:
        low: lowest price looked at, EUR.
        high: highest price looked at, EUR.
        crossings: every price found, rising.
        outcome: "found" (one), "several", or none: net benefit is positive (0 included) or
            negative over the whole range.
    """

    low: float
    high: float
    crossings: tuple[float, ...]
    outcome: Outcome

    @property
    def price(self) -> float | None:
        """The threshold price in EUR; None where there is not exactly one."""
        return self.crossings[0] if self.outcome == "found" else None

    @property
    def words(self) -> str:
        return {
            "found": _("one threshold price in this range"),
            "several": _("several threshold prices in this range"),
            "always_worth_it": _("no threshold price in this range: worth it at every price"),
            "never_worth_it": _("no threshold price in this range: not worth it at any price"),
        }[self.outcome]


@dataclass(frozen=True)
class ValueBasedPrice:
    """Price that value alone would justify, where cost is linear in price; arrays (W,).

    Attributes:
        willingness: EUR per QALY.
        price: at which expected incremental net benefit is 0, EUR (a ratio of means).
        low: lower bound that holds 95 % of the draws with `high`, EUR.
        high: upper bound.
        draws: price of each draw, EUR, (W, D); negative where even a free one is not worth it.
    """

    willingness: Floats
    price: Floats
    low: Floats
    high: Floats
    draws: Floats

    def probability_worth(self, claimed: float) -> Floats:
        """Probability that the claimed price (EUR) is worth it; a draw at 0 counts half, (W,)."""
        above = np.mean(self.draws > claimed, axis=1)
        return np.asarray(above + np.mean(self.draws == claimed, axis=1) / 2)


@dataclass(frozen=True)
class Priced:
    """The comparison at one price (EUR)."""

    price: float
    ratio: Ratio


def threshold(
    function: Callable[[float], float], low: float, high: float, *, steps: int = 32
) -> Threshold:
    """Prices between `low` and `high` where expected incremental net benefit crosses 0.

    Signs are compared on `steps` equal steps; each change is refined by Brent's method (relative
    tolerance 1e-12). Crossings that come in pairs within one step are not seen.

    Args:
        function: price in EUR → expected incremental net benefit in EUR per patient.
        low: lowest price.
        high: highest price.
        steps: into which the range is cut.

    Raises:
        PreuveError: the range is empty, or the function gives a number that is not finite.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high and steps >= 1):
        raise PreuveError(_("The lowest price must be below the highest."), where="threshold")
    from scipy.optimize import brentq

    prices = np.linspace(low, high, steps + 1)
    values = np.array([float(function(float(price))) for price in prices])
    if not np.isfinite(values).all():
        raise PreuveError(_("Net benefit is not a finite number at some price."), where="threshold")
    crossings = [float(price) for price in prices[values == 0]] if (values != 0).any() else []
    for left in np.flatnonzero(values[:-1] * values[1:] < 0):
        ends = float(prices[left]), float(prices[left + 1])
        crossings.append(float(brentq(function, *ends, xtol=1e-12 * max(map(abs, ends)))))
    found = tuple(sorted(crossings))
    if found:
        return Threshold(low, high, found, "found" if len(found) == 1 else "several")
    return Threshold(low, high, (), "always_worth_it" if values[0] >= 0 else "never_worth_it")


def value_based_price(
    cost_when_free: Floats, units: Floats, effect: Floats, willingness: Floats | float
) -> ValueBasedPrice:
    """The price each draw would justify: (willingness × effect − cost when free) / units.

    Args:
        cost_when_free: incremental cost at price 0, EUR per patient, shape (D,).
        units: incremental cost per EUR of price (units paid for, discounted), shape (D,).
        effect: incremental effect, QALY per patient, shape (D,).
        willingness: EUR per QALY, shape (W,).

    Raises:
        PreuveError: the shapes differ, or cost does not rise with price in every draw.
    """
    free, units, effect = (np.asarray(a, dtype=float) for a in (cost_when_free, units, effect))
    grid = checked_grid(willingness)
    if free.shape != effect.shape or units.shape != free.shape or free.ndim != 1 or free.size < 2:
        raise PreuveError(_("Costs, units and effects must be draws of one length."), where="price")
    if not (units > 0).all() or not np.isfinite([free, units, effect]).all():
        raise PreuveError(
            _("The cost must rise with the price in every draw."),
            where="price",
            remedy=_("Use the general threshold, which makes no such assumption."),
        )
    justified = grid[:, None] * effect - free
    draws = justified / units
    low, high = bounds(draws)
    return ValueBasedPrice(grid, justified.mean(axis=1) / units.mean(), low, high, draws)


def ratios_by_price(
    cost_when_free: float, units: float, effect: float, prices: Floats
) -> tuple[Priced, ...]:
    """The comparison at each claimed price, from means; a table that French files must show.

    Args:
        cost_when_free: mean incremental cost at price 0, EUR per patient.
        units: mean incremental cost per EUR of price.
        effect: mean incremental effect, QALY per patient.
        prices: EUR, shape (P,).
    """
    claimed = np.atleast_1d(np.asarray(prices, dtype=float))
    return tuple(
        Priced(float(price), ratio(cost_when_free + units * float(price), effect))
        for price in claimed
    )
