"""Value of partial perfect information: what it would be worth to know some parameters.

EVPPI = E[max over k of E[NB | parameters]] − max over k of E[NB]; the inner mean is a regression of
net benefit on the parameters. Source: Strong, Oakley and Brennan, Medical Decision Making 2014,
doi:10.1177/0272989X13505910.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.economics.analysis.basis import basis_of
from preuve.economics.analysis.net_benefit import (
    checked_draws,
    checked_grid,
    checked_parameters,
    net_benefit,
)
from preuve.economics.analysis.smoother import Smoother

_TENTHS = 10
_GAP = 4.0
_DRIFT = 0.05


@dataclass(frozen=True)
class PartialInformation:
    """Expected value of knowing some parameters, arrays (W,).

    Attributes:
        parameters: their names.
        willingness: EUR per QALY.
        value: EUR per patient, between 0 and `ceiling`.
        standard_error: of Monte Carlo, that of the regression included; 0 where the fitted choice
            never changes.
        ceiling: value of perfect information on the same draws.
        clipped: whether the regression went above the ceiling and was cut down to it.
        explained: share of the variance of incremental net benefit that the parameters explain,
            the lowest over strategies.
        drift: root mean square of the mean residuals of tenths of the fitted values, as a share of
            the standard deviation of incremental net benefit, the highest over strategies.
        adequate: whether the residuals do not drift with the fitted values: no tenth is off by
            more than 4 standard errors, or the drift is below 5 %.
    """

    parameters: tuple[str, ...]
    willingness: Floats
    value: Floats
    standard_error: Floats
    ceiling: Floats
    clipped: NDArray[np.bool_]
    explained: Floats
    drift: Floats
    adequate: NDArray[np.bool_]


def partial_information(
    cost: Floats,
    effect: Floats,
    willingness: Floats | float,
    parameters: Mapping[str, Floats],
    names: str | Sequence[str],
) -> PartialInformation:
    """Value of knowing the named parameters together.

    At each willingness to pay the increments against the strategy that is best on average are
    regressed on the parameters. A parameter that does not vary is worth nothing.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY, shape (W,).
        parameters: draws of each parameter, shape (D,).
        names: the parameter, or the parameters known together.

    Raises:
        PreuveError: the arrays are not draws of strategies, or a name is not a parameter.
    """
    cost, effect = checked_draws(cost, effect)
    grid = checked_grid(willingness)
    asked = (names,) if isinstance(names, str) else tuple(names)
    basis = basis_of(checked_parameters(parameters, asked, cost.shape[1]))
    rows = [_at(increments(cost, effect, float(wtp)), basis) for wtp in grid]
    value, error, ceiling, clipped, explained, drift, adequate = zip(*rows, strict=True)
    return PartialInformation(
        asked,
        grid,
        np.array(value),
        np.array(error),
        np.array(ceiling),
        np.array(clipped, dtype=bool),
        np.array(explained),
        np.array(drift),
        np.array(adequate, dtype=bool),
    )


def increments(cost: Floats, effect: Floats, willingness: float) -> Floats:
    """Net benefit of the other strategies less that of the best on average, (K − 1, D)."""
    benefit = net_benefit(cost, effect, willingness)
    best = int(np.argmax(benefit.mean(axis=1)))
    return np.asarray(np.delete(benefit, best, axis=0) - benefit[best])


def gain(expected: Floats) -> Floats:
    """Gain of choosing by expected increments (K − 1, D) rather than keeping the best, (D,)."""
    return np.asarray(np.max(expected, axis=0, initial=0.0))


def choice(expected: Floats) -> Floats:
    """1 where a strategy would be chosen by its expected increment, else 0, (K − 1, D)."""
    return np.asarray((expected > 0) & (expected == gain(expected)), dtype=float)


def _at(
    responses: Floats, basis: Smoother | None
) -> tuple[float, float, float, bool, float, float, bool]:
    ceiling = float(gain(responses).mean())
    if basis is None or not responses.size:
        return 0.0, 0.0, ceiling, False, 0.0, 0.0, True
    fit = basis.fit(responses)
    residuals = responses - fit.fitted
    gains = gain(fit.fitted)
    weights = basis.smooth(choice(fit.fitted), fit.shrinkage)
    influence = gains + np.sum(weights * residuals, axis=0)
    value = float(gains.mean())
    error = float(influence.std(ddof=1) / np.sqrt(gains.size))
    explained, drift, adequate = _diagnosis(responses, fit.fitted, residuals)
    clipped = value > ceiling * (1 + 1e-9)
    return min(value, ceiling), error, ceiling, clipped, explained, drift, adequate


def _diagnosis(responses: Floats, fitted: Floats, residuals: Floats) -> tuple[float, float, bool]:
    lowest, highest, adequate = 1.0, 0.0, True
    for response, fit, residual in zip(responses, fitted, residuals, strict=True):
        spread = float(response.std())
        if spread == 0:
            continue
        tenths = np.array_split(residual[np.argsort(fit, kind="stable")], _TENTHS)
        means = np.array([tenth.mean() for tenth in tenths])
        errors = np.array([tenth.std() / np.sqrt(tenth.size) for tenth in tenths])
        drift = float(np.sqrt(np.mean(means**2))) / spread
        adequate &= drift < _DRIFT or bool(np.all(np.abs(means) <= _GAP * errors))
        lowest = min(lowest, 1 - float(residual.var()) / spread**2)
        highest = max(highest, drift)
    return max(lowest, 0.0), highest, adequate
