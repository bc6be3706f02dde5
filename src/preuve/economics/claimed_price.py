"""Claimed price: what a price may be at a willingness to pay, and the ratio at each price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.threshold import (
    Priced,
    ValueBasedPrice,
    ratios_by_price,
    value_based_price,
)
from preuve.economics.model import Model
from preuve.economics.simulate import simulate


@dataclass(frozen=True)
class ClaimedPrice:
    """One strategy and its price.

    Attributes:
        strategy, parameter: whose price, and the parameter that holds it.
        claimed: the price of the base case, in `unit`.
        value_based: the price that its value alone would justify, at each willingness to pay.
        by_price: the comparison at each price.
    """

    strategy: str
    parameter: str
    claimed: float
    unit: str
    value_based: ValueBasedPrice
    by_price: tuple[Priced, ...]


def claimed_prices(
    model: Model, draws: dict[str, Floats], willingness: Floats
) -> tuple[ClaimedPrice, ...]:
    """The price of each strategy whose cost rises with the parameter `analyses.price`.

    Raises:
        PreuveError: cost is not linear in the price.
    """
    name = model.written.analyses.price
    if name is None:
        return ()
    count = len(next(iter(draws.values())))
    at = [simulate(model.compiled, draws | {name: np.full(count, float(p))}) for p in range(3)]
    free, unit, twice = (one.costs - one.costs[0] for one in at)
    units = unit - free
    if not np.allclose(twice - unit, units, rtol=1e-6, atol=1e-9):
        raise PreuveError(
            _("The cost is not linear in the price {name}.").format(name=name),
            where=model.origin.where(("analyses", "price")),
            remedy=_("Name a price that is paid for each use, person or month."),
        )
    claimed = model.joint.figures[name].value
    effect = at[0].traded - at[0].traded[0]
    prices = np.array(model.written.analyses.prices or _around(claimed))
    return tuple(
        ClaimedPrice(
            strategy,
            name,
            claimed,
            model.joint.figures[name].unit,
            value_based_price(free[k], units[k], effect[k], willingness),
            ratios_by_price(free[k].mean(), units[k].mean(), effect[k].mean(), prices),
        )
        for k, strategy in enumerate(at[0].strategies)
        if np.all(units[k] > 1e-12)
    )


def _around(claimed: float) -> tuple[float, ...]:
    return tuple(claimed * times for times in (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0))
