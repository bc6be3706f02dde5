"""Convergence: whether there are enough draws for the figures that are printed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.net_benefit import checked_draws, checked_grid, net_benefit

_WIDTH = 1.959963984540054
_STOPS = 50


@dataclass(frozen=True)
class Running:
    """Means over the first draws.

    Attributes:
        draws: how many draws each mean takes, rising to all, (S,).
        benefit: mean net benefit of each strategy less that of the comparator, EUR, (S, K).
        best: strategy of highest mean net benefit, (S,).
    """

    draws: NDArray[np.int64]
    benefit: Floats
    best: NDArray[np.int64]


@dataclass(frozen=True)
class Convergence:
    """Monte-Carlo errors of increments against the comparator, arrays (K,); 0 for itself.

    Attributes:
        draws: number of draws.
        cost: standard error of mean incremental cost, EUR per patient.
        effect: standard error of mean incremental effect, QALY per patient.
        benefit: standard error of mean incremental net benefit, EUR per patient.
        precision: half-width asked of the 95 % Monte-Carlo interval of `benefit`, EUR.
        needed: draws that would reach it for every strategy.
        enough: whether there are as many.
        settled: whether the best strategy stayed the same over the second half of the draws.
        running: means over the first draws.
    """

    draws: int
    cost: Floats
    effect: Floats
    benefit: Floats
    precision: float
    needed: int
    enough: bool
    settled: bool
    running: Running

    @property
    def words(self) -> str:
        if not self.enough:
            return _("not enough draws: {needed} are needed").format(needed=self.needed)
        if not self.settled:
            return _("enough draws for this precision, but the best strategy is a near tie")
        return _("enough draws")


def convergence(
    cost: Floats, effect: Floats, willingness: float, precision: float, comparator: int = 0
) -> Convergence:
    """Whether mean incremental net benefit is known to ± `precision` EUR.

    Draws are taken to be independent: n needed = (1.96 sd / precision)².

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY.
        precision: half-width asked of the 95 % Monte-Carlo interval, EUR per patient.
        comparator: index of the strategy compared with.

    Raises:
        PreuveError: the arrays are not draws of strategies, or the precision is not positive.
    """
    cost, effect = checked_draws(cost, effect)
    wtp = float(checked_grid(willingness)[0])
    if not (math.isfinite(precision) and precision > 0):
        raise PreuveError(_("The precision asked must be a positive number."), where="precision")
    dc, de = cost - cost[comparator], effect - effect[comparator]
    benefit = net_benefit(dc, de, wtp)
    draws = cost.shape[1]
    spread = float(benefit.std(axis=1, ddof=1).max())
    needed = max(2, math.ceil((_WIDTH * spread / precision) ** 2))
    running = _running(benefit)
    late = running.best[running.draws >= draws / 2]
    return Convergence(
        draws=draws,
        cost=dc.std(axis=1, ddof=1) / math.sqrt(draws),
        effect=de.std(axis=1, ddof=1) / math.sqrt(draws),
        benefit=benefit.std(axis=1, ddof=1) / math.sqrt(draws),
        precision=precision,
        needed=needed,
        enough=draws >= needed,
        settled=bool((late == late[-1]).all()),
        running=running,
    )


def _running(benefit: Floats) -> Running:
    draws = benefit.shape[1]
    stops = np.unique(np.linspace(0, draws, _STOPS + 1)[1:].round().astype(np.int64))
    stops = stops[stops > 0]
    means = (np.cumsum(benefit, axis=1)[:, stops - 1] / stops).T
    return Running(stops, means, np.argmax(means, axis=1))
