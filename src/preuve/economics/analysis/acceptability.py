"""Acceptability: how probable it is that each strategy is the best one, and what a mistake costs.

Source: Alarid-Escudero et al. on expected loss curves, Value in Health 2019, PMC6530578, which
states the acceptability curve and frontier of several options too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.economics.analysis.net_benefit import checked_draws, checked_grid, net_benefit


@dataclass(frozen=True)
class Acceptability:
    """Curves over a grid of willingness to pay.

    Attributes:
        willingness: EUR per QALY, (W,).
        probability: probability of the highest net benefit, (W, K); each row sums to 1, draws
            with several best strategies are shared between them.
        best: strategy of highest expected net benefit, (W,); the first one of equals.
        frontier: its probability (acceptability frontier), (W,).
        expected_loss: mean loss against the best strategy of each draw, EUR per patient, (W, K);
            lowest for `best`, where it is the value of perfect information.
    """

    willingness: Floats
    probability: Floats
    best: NDArray[np.int64]
    frontier: Floats
    expected_loss: Floats


def acceptability(cost: Floats, effect: Floats, willingness: Floats) -> Acceptability:
    """Acceptability curves, acceptability frontier and expected loss curves.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY, shape (W,).

    Raises:
        PreuveError: the arrays are not draws of strategies, or the grid is not one.
    """
    cost, effect = checked_draws(cost, effect)
    grid = checked_grid(willingness)
    probability = np.empty((grid.size, cost.shape[0]))
    expected, loss = np.empty_like(probability), np.empty_like(probability)
    for row, wtp in enumerate(grid):
        benefit = net_benefit(cost, effect, float(wtp))
        highest = benefit.max(axis=0)
        winners = benefit == highest
        probability[row] = (winners / winners.sum(axis=0)).mean(axis=1)
        expected[row] = benefit.mean(axis=1)
        loss[row] = (highest - benefit).mean(axis=1)
    best = np.argmax(expected, axis=1)
    chosen = probability[np.arange(grid.size), best]
    return Acceptability(grid, probability, best, chosen, loss)
