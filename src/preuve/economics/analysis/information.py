"""Value of perfect information: what it would be worth to know everything before deciding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.net_benefit import checked_draws, checked_grid, net_benefit


@dataclass(frozen=True)
class PerfectInformation:
    """Expected value of perfect information, all (W,).

    Attributes:
        willingness: EUR per QALY.
        value: EUR per patient.
        standard_error: its Monte-Carlo standard error.
    """

    willingness: Floats
    value: Floats
    standard_error: Floats


def perfect_information(
    cost: Floats, effect: Floats, willingness: Floats | float
) -> PerfectInformation:
    """Mean over draws of the loss from keeping the strategy that is best on average.

    EVPI = E[max over k of NB] − max over k of E[NB]. Source: Wilson, A practical guide
    to value of information analysis, PharmacoEconomics, 2014.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY, shape (W,).

    Raises:
        PreuveError: the arrays are not draws of strategies, or the grid is not one.
    """
    cost, effect = checked_draws(cost, effect)
    grid = checked_grid(willingness)
    losses = [_loss(net_benefit(cost, effect, float(wtp))) for wtp in grid]
    value = np.array([loss.mean() for loss in losses])
    spread = np.array([loss.std(ddof=1) for loss in losses])
    return PerfectInformation(grid, value, spread / np.sqrt(cost.shape[1]))


def effective_population(incident: Floats | float, discount: Floats) -> float:
    """Discounted number of patients whom the decision concerns.

    Args:
        incident: patients a year, one number or one each year, shape (Y,).
        discount: discount factor of each year of the decision's life, shape (Y,).

    Raises:
        PreuveError: a number is negative or not finite, or the years differ.
    """
    factors = np.asarray(discount, dtype=float)
    yearly = np.asarray(incident, dtype=float)
    if factors.ndim != 1 or not factors.size or yearly.shape not in ((), factors.shape):
        raise PreuveError(
            _("Give one discount factor a year, and one number of patients or one a year."),
            where="population",
        )
    if not (np.isfinite(factors).all() and np.isfinite(yearly).all()):
        raise PreuveError(_("The population must be finite numbers."), where="population")
    if (factors < 0).any() or (yearly < 0).any():
        raise PreuveError(_("The population cannot be negative."), where="population")
    return float(np.sum(yearly * factors))


def _loss(benefit: Floats) -> Floats:
    return np.asarray(benefit.max(axis=0) - benefit[int(np.argmax(benefit.mean(axis=1)))])
