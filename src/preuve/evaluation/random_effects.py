"""Random effects: the mean hospital, how much hospitals differ, and what the next one may show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from preuve.core.distribution import Floats


@dataclass(frozen=True)
class RandomEffects:
    """A normal-normal model of site values, fitted by restricted maximum likelihood.

    Attributes:
        mean: of the distribution of site values.
        standard_error: of the mean (Hartung-Knapp-Sidik-Jonkman, never under the classical one).
        classical_error: of the mean, 1 / sqrt(sum of weights).
        tau2: variance between sites.
        tau2_interval: 95 % interval of tau2 (Q-profile).
        i2: share of the variability that lies between sites (Higgins and Thompson 2002).
        sites: number of sites.
    """

    mean: float
    standard_error: float
    classical_error: float
    tau2: float
    tau2_interval: tuple[float, float]
    i2: float
    sites: int

    @property
    def predictive_spread(self) -> float:
        """Standard deviation of a new site's value, to be used with sites - 2 degrees of freedom.

        Higgins, Thompson and Spiegelhalter, JRSS A 2009;172:137, with the Hartung-Knapp error of
        the mean (Partlett and Riley, Stat Med 2017;36:301).
        """
        return float(np.hypot(np.sqrt(self.tau2), self.standard_error))


def random_effects(values: Floats, variances: Floats) -> RandomEffects:
    """Fit two sites or more.

    REML by Fisher scoring (Viechtbauer, J Educ Behav Stat 2005;30:261); Hartung and Knapp, Stat
    Med 2001;20:3875; Q-profile interval of tau2, Viechtbauer, Stat Med 2007;26:37. The
    Hartung-Knapp factor is not allowed under 1 (Röver, Knapp and Friede, BMC Med Res Methodol
    2015;15:99), so the interval is never narrower than the one that ignores it.

    Args:
        values: (sites,) on a scale where they are about normal.
        variances: (sites,) sampling variances, > 0.
    """
    tau2 = _reml(values, variances)
    weights = 1 / (variances + tau2)
    mean = float(np.sum(weights * values) / weights.sum())
    classical = float(1 / np.sqrt(weights.sum()))
    factor = hartung_knapp_factor(values, variances, tau2)
    sites = len(values)
    typical = _typical_variance(variances)
    return RandomEffects(
        mean=mean,
        standard_error=classical * float(np.sqrt(max(factor, 1.0))),
        classical_error=classical,
        tau2=tau2,
        tau2_interval=_q_profile(values, variances),
        i2=tau2 / (tau2 + typical),
        sites=sites,
    )


def hartung_knapp_factor(values: Floats, variances: Floats, tau2: float) -> float:
    """Weighted residual mean square that multiplies the classical variance of the mean."""
    weights = 1 / (variances + tau2)
    mean = np.sum(weights * values) / weights.sum()
    return float(np.sum(weights * (values - mean) ** 2) / (len(values) - 1))


def _reml(values: Floats, variances: Floats) -> float:
    """The variance between sites: the higher of the tops reached from a guess, from 0, from far."""
    guess = max(0.0, float(np.var(values, ddof=1) - variances.mean()))
    tops = [_climbed(start, values, variances) for start in (guess, 0.0, float(np.var(values)))]
    heights = [_restricted(top, values, variances) for top in tops]
    return tops[0] if heights[0] >= max(heights) - 1e-9 else tops[int(np.argmax(heights))]


def _climbed(start: float, values: Floats, variances: Floats) -> float:
    """The top of the restricted likelihood by scoring; a step that does not climb is halved."""
    tau2 = start
    for _ in range(200):
        w = 1 / (variances + tau2)
        total, squares = w.sum(), np.square(w)
        residual = values - np.sum(w * values) / total
        trace = total - squares.sum() / total
        information = squares.sum() - 2 * np.sum(w**3) / total + (squares.sum() / total) ** 2
        step = float((np.sum(squares * residual**2) - trace) / information)
        here = _restricted(tau2, values, variances)
        while abs(step) > 1e-14 and (
            tau2 + step < 0 or _restricted(tau2 + step, values, variances) < here - 1e-12
        ):
            step /= 2
        tau2 = max(0.0, tau2 + step)
        if abs(step) < 1e-12 * max(1.0, tau2):
            break
    return 0.0 if tau2 < 1e-12 else tau2


def _restricted(tau2: float, values: Floats, variances: Floats) -> float:
    """Restricted log-likelihood of a variance between sites, up to a constant."""
    w = 1 / (variances + tau2)
    mean = np.sum(w * values) / w.sum()
    spread = np.sum(w * (values - mean) ** 2)
    return float(0.5 * (np.sum(np.log(w)) - np.log(w.sum()) - spread))


def _typical_variance(variances: Floats) -> float:
    w = 1 / variances
    return float((len(w) - 1) * w.sum() / (w.sum() ** 2 - np.square(w).sum()))


def _q_profile(values: Floats, variances: Floats) -> tuple[float, float]:
    def generalised_q(tau2: float) -> float:
        w = 1 / (variances + tau2)
        mean = np.sum(w * values) / w.sum()
        return float(np.sum(w * (values - mean) ** 2))

    def root(target: float) -> float:
        if generalised_q(0.0) <= target:
            return 0.0
        high = float(np.var(values)) + float(variances.max())
        while generalised_q(high) > target:
            high *= 4
        return float(optimize.brentq(lambda t: generalised_q(t) - target, 0.0, high))

    degrees = len(values) - 1
    return root(float(special.chdtri(degrees, 0.025))), root(float(special.chdtri(degrees, 0.975)))
