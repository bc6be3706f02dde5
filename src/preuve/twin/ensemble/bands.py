"""Bands: median and intervals over runs, and how much of the spread is chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from preuve.twin.impact import BOUNDS, COLUMNS, WORLDS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEVELS = (0.025, 0.10, 0.50, 0.90, 0.975)
"""Quantiles of the runs behind `BOUNDS`."""


def bands(reference: Floats, scenarios: Sequence[Floats], draws: Integers) -> dict[str, Floats]:
    """The `COLUMNS` of N figures from R runs.

    Run r of every world used the same drawn parameters and the same random numbers, so that the
    difference of a run holds only what the scenario does.

    Args:
        reference: figures without the scenario, shape (R, N).
        scenarios: figures with it, one array of shape (R, N) for each variant; the first is the
            one that is reported, the others say how far the variants lie apart.
        draws: which draw of the parameters each run used, shape (R,).

    Returns:
        One array of shape (N,) for each of `COLUMNS`.
    """
    difference = scenarios[0] - reference
    result: dict[str, Floats] = {}
    for world, values in zip(WORLDS, (reference, scenarios[0], difference), strict=True):
        quantiles = np.quantile(values, LEVELS, axis=0)
        for bound, row in zip(BOUNDS, quantiles, strict=True):
            result[f"{world}_{bound}"] = row
    chance, parameters = spread(difference, draws)
    result["chance"], result["parameters"] = chance, parameters
    result["variants"] = _between(reference, scenarios)
    return {name: result[name] for name in COLUMNS}


def spread(values: Floats, draws: Integers) -> tuple[Floats, Floats]:
    """Standard deviation due to chance and to the parameters.

    One-way analysis of variance with the draw as the factor: runs that share a draw differ by
    chance alone; the variance between draws, less what chance puts there, is that of the
    parameters (method-of-moments estimate, cut at zero).

    Args:
        values: shape (R, N).
        draws: the draw each run used, shape (R,).

    Returns:
        Two arrays of shape (N,); nan where the runs cannot tell (each draw used once, or a single
        draw).
    """
    names, place, sizes = np.unique(draws, return_inverse=True, return_counts=True)
    missing = np.full(values.shape[1], np.nan)
    within_degrees, between_degrees = len(draws) - len(names), len(names) - 1
    if not within_degrees:
        return missing, missing
    means = np.zeros((len(names), values.shape[1]))
    np.add.at(means, place, values)
    means /= sizes[:, None]
    within = ((values - means[place]) ** 2).sum(axis=0) / within_degrees
    if not between_degrees:
        return np.sqrt(within), missing
    between = (sizes[:, None] * (means - values.mean(axis=0)) ** 2).sum(axis=0) / between_degrees
    size = (len(draws) - (sizes**2).sum() / len(draws)) / between_degrees
    return np.sqrt(within), np.sqrt(np.maximum(between - within, 0) / size)


def _between(reference: Floats, scenarios: Sequence[Floats]) -> Floats:
    """Standard deviation between the mean differences of the variants; nan where there is one."""
    if len(scenarios) == 1:
        return np.full(reference.shape[1], np.nan)
    means = np.array([(values - reference).mean(axis=0) for values in scenarios])
    result: Floats = means.std(axis=0, ddof=1)
    return result
