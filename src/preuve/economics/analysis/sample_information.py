"""Value of sample information: what a stated study would be worth, by its size.

EVSI = E[max over k of E[NB | data]] − max over k of E[NB]. Data are simulated in each draw and the
inner mean is a regression on the summary statistic. Source: Strong, Oakley, Brennan and Breeze,
Medical Decision Making 2015. Here net benefit is first regressed on the parameters that the study
measures, then that mean on the data: given the parameters the data say nothing more of net benefit,
so that E[NB | data] = E[E[NB | parameters] | data], with less noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.basis import basis_of
from preuve.economics.analysis.net_benefit import (
    checked_draws,
    checked_grid,
    checked_parameters,
)
from preuve.economics.analysis.partial_information import choice, gain, increments
from preuve.economics.analysis.smoother import Fit, Smoother
from preuve.economics.analysis.study import Study


@dataclass(frozen=True)
class SampleInformation:
    """Expected value of a study at several sizes.

    Attributes:
        study: what it measures.
        willingness: EUR per QALY.
        sizes: participants, rising, (N,).
        value: EUR per patient, between 0 and `ceiling`, (N,).
        standard_error: of Monte Carlo, that of both regressions included, (N,).
        ceiling: value of knowing the measured parameters themselves, EUR per patient.
        clipped: whether the estimate fell below that of a smaller size or above the ceiling, and
            was brought back, (N,).
    """

    study: Study
    willingness: float
    sizes: Floats
    value: Floats
    standard_error: Floats
    ceiling: float
    clipped: NDArray[np.bool_]


@dataclass(frozen=True)
class StudyCost:
    """Cost of a study in EUR: fixed, for each participant, for each cluster."""

    fixed: float
    participant: float
    cluster: float = 0.0


@dataclass(frozen=True)
class Sampling:
    """Expected net benefit of sampling, arrays (N,).

    Attributes:
        sizes: participants.
        clusters: clusters.
        cost: of the study, EUR.
        value: of its information to the population, EUR.
        net: value − cost, EUR.
        standard_error: of `net`, EUR.
        best: place of the size of highest net benefit.
        pays: whether that net benefit is positive.
    """

    sizes: Floats
    clusters: Floats
    cost: Floats
    value: Floats
    net: Floats
    standard_error: Floats
    best: int
    pays: bool

    @property
    def best_size(self) -> float:
        """Participants of the best study; 0 where no size pays for itself."""
        return float(self.sizes[self.best]) if self.pays else 0.0


def sample_information(
    cost: Floats,
    effect: Floats,
    willingness: float,
    parameters: Mapping[str, Floats],
    study: Study,
    sizes: Floats,
    seed: int,
) -> SampleInformation:
    """Value of the study at each size; the draws of the parameters are the belief before it.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY.
        parameters: draws of each parameter, shape (D,).
        study: what is measured, and how.
        sizes: participants, rising, shape (N,).
        seed: of the simulated data; the same seed gives the same values.

    Raises:
        PreuveError: the arrays are not draws of strategies, the study measures a parameter that is
            not there or that cannot be observed so, or the sizes do not rise.
    """
    cost, effect = checked_draws(cost, effect)
    wtp = float(checked_grid(willingness)[0])
    grid = _rising(sizes)
    names = study.parameters
    measured = checked_parameters(parameters, names, cost.shape[1])
    random = np.random.Generator(np.random.Philox(seed))
    data = study.observe(dict(zip(names, measured, strict=True)), grid, random)
    responses = increments(cost, effect, wtp)
    truth = basis_of(measured)
    if truth is None or not responses.size:
        nothing = np.zeros(grid.size)
        return SampleInformation(study, wtp, grid, nothing, nothing, 0.0, nothing > 0)
    known = truth.fit(responses)
    found = [_at(responses, truth, known, shown) for shown in data]
    raw, error = np.array(found, dtype=float).T
    ceiling = min(float(gain(known.fitted).mean()), float(gain(responses).mean()))
    value = np.minimum(np.maximum.accumulate(raw), ceiling)
    clipped = ~np.isclose(value, raw, rtol=1e-9, atol=0)
    return SampleInformation(study, wtp, grid, value, error, ceiling, clipped)


def sampling(information: SampleInformation, population: float, cost: StudyCost) -> Sampling:
    """Expected net benefit of sampling, the best size on the grid, and whether it pays.

    Args:
        information: value of the study by its size.
        population: discounted number of patients who will benefit from the answer.
        cost: of the study.

    Raises:
        PreuveError: the population or a cost is negative.
    """
    if min(population, cost.fixed, cost.participant, cost.cluster) < 0:
        raise PreuveError(_("A population and a cost cannot be negative."), where="study")
    clusters = information.study.clusters(information.sizes)
    spent = cost.fixed + cost.participant * information.sizes + cost.cluster * clusters
    value = population * information.value
    net = value - spent
    best = int(np.argmax(net))
    return Sampling(
        information.sizes,
        clusters,
        spent,
        value,
        net,
        population * information.standard_error,
        best,
        bool(net[best] > 0),
    )


def _rising(sizes: Floats) -> Floats:
    grid = np.atleast_1d(np.asarray(sizes, dtype=float))
    if grid.ndim != 1 or not grid.size or not np.isfinite(grid).all():
        raise PreuveError(_("Sizes of a study must be finite numbers."), where="study.sizes")
    if grid[0] < 0 or (np.diff(grid) <= 0).any():
        raise PreuveError(_("Sizes of a study must rise from 0 or more."), where="study.sizes")
    return grid


def _at(responses: Floats, truth: Smoother, known: Fit, shown: Floats) -> tuple[float, float]:
    basis = basis_of(shown)
    if basis is None:
        return 0.0, 0.0
    fit = basis.fit(known.fitted)
    gains = gain(fit.fitted)
    weights = basis.smooth(choice(fit.fitted), fit.shrinkage)
    onward = truth.smooth(weights, known.shrinkage)
    influence = (
        gains
        + np.sum(weights * (known.fitted - fit.fitted), axis=0)
        + np.sum(onward * (responses - known.fitted), axis=0)
    )
    return float(gains.mean()), float(influence.std(ddof=1) / np.sqrt(gains.size))
