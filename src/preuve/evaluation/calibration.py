"""Calibration: slope and intercept of the outcome on the logit of the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.distribution import Floats
from preuve.evaluation.influence import person_sums

_CLIP = 1e-6


@dataclass(frozen=True)
class Recalibration:
    """Logistic recalibration (Cox, Biometrika 1958): slope, and intercept at slope one.

    A perfectly calibrated system has slope 1 and intercept 0. A slope under 1 says that scores
    are too extreme; a positive intercept, that they are too low on the whole.
    """

    slope: float
    slope_variance: float
    intercept: float
    intercept_variance: float


def recalibration(
    scores: Floats,
    reference: Floats,
    weights: Floats | None = None,
    persons: NDArray[np.int64] | None = None,
) -> Recalibration | None:
    """Maximum-likelihood recalibration; None where it does not exist (perfect separation).

    Variances are the inverse information, or the sandwich clustered by person where cases repeat.

    Args:
        scores: (n,) probabilities; clipped to [1e-6, 1 - 1e-6] before their logit is taken.
        reference: (n,) share of events in each row (0 or 1 for a case).
        weights: (n,) number of cases behind each row; one each when absent.
        persons: (n,) codes from 0 of the person of each case, or None where none repeats.
    """
    logit = special.logit(np.clip(scores, _CLIP, 1 - _CLIP))
    weights = np.ones(len(logit)) if weights is None else weights
    both = np.column_stack([np.ones(len(logit)), logit])
    slope = _logistic(both, np.zeros(len(logit)), reference, weights, persons)
    intercept = _logistic(both[:, :1], logit, reference, weights, persons)
    if slope is None or intercept is None:
        return None
    return Recalibration(
        slope=float(slope[0][1]),
        slope_variance=float(slope[1][1, 1]),
        intercept=float(intercept[0][0]),
        intercept_variance=float(intercept[1][0, 0]),
    )


def _logistic(
    design: Floats,
    offset: Floats,
    outcome: Floats,
    weights: Floats,
    persons: NDArray[np.int64] | None,
) -> tuple[Floats, Floats] | None:
    """Newton-Raphson; coefficients and their covariance, or None without a finite maximum."""
    beta = np.zeros(design.shape[1])
    if design.shape[1] == 2:
        beta[1] = 1.0
    for _ in range(50):
        fitted = special.expit(design @ beta + offset)
        residual = weights * (outcome - fitted)
        information = (design * (weights * fitted * (1 - fitted))[:, None]).T @ design
        try:
            inverse = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            return None
        step = inverse @ (design.T @ residual)
        beta = beta + np.clip(step, -2.0, 2.0)
        if not np.all(np.isfinite(beta)) or np.abs(beta).max() > 50:
            return None
        if np.abs(step).max() < 1e-10:
            break
    else:
        return None
    if persons is None:
        return beta, inverse
    score = person_sums(design * residual[:, None], persons)
    count = len(np.unique(persons))
    return beta, inverse @ (score.T @ score) @ inverse * (count / max(count - 1, 1))
