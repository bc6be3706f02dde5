"""Length of stay: lognormal around the mean of the service, in whole midnights.

A stay of length L counts floor(L + U) midnights, U uniform: its mean is exactly that of L, and it
is present at the (k+1)th midnight with probability P(N > k) = integral of P(L > x) from k to k+1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

STEPS = 4096
"""Steps of equal probability of the table; a power of two, for 12 random bits."""


def multipliers(spread: npt.ArrayLike) -> Singles:
    """Lengths of stay for a mean of 1, in STEPS steps of equal probability, shape (D, STEPS).

    Each step holds the mean of the lognormal within it, so that the table's mean is 1. With
    log-sd s, the part of the mean below the quantile z is Phi(z - s).
    """
    from scipy.special import ndtr, ndtri

    edges = ndtri(np.linspace(0.0, 1.0, STEPS + 1))
    below = ndtr(edges - np.asarray(spread, dtype=np.float64)[:, None])
    table: Singles = (np.diff(below, axis=1) * STEPS).astype(np.float32)
    return table


def present(mean: npt.ArrayLike, spread: npt.ArrayLike, nights: int) -> Floats:
    """Chance to be still present at midnight k = 0, …, nights - 1 after admission.

    Args:
        mean: mean stay in days, any shape; 0 for nobody ever present.
        spread: standard deviation of the logarithm, the same shape.
        nights: midnights to tell.

    Returns:
        P(N > k), shape (…, nights); its sum over all k is the mean stay. From the mean of
        min(L, x) = m Phi((ln(x/m) - s^2/2) / s) + x (1 - Phi((ln(x/m) + s^2/2) / s)).
    """
    from scipy.special import ndtr

    m = np.asarray(mean, dtype=np.float64)[..., None]
    s = np.maximum(np.asarray(spread, dtype=np.float64)[..., None], 1e-9)
    x = np.arange(nights + 1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(x / m)
        limited = m * ndtr((ratio - s**2 / 2) / s) + x * ndtr(-(ratio + s**2 / 2) / s)
    limited = np.where((x > 0) & (m > 0), limited, 0.0)
    result: Floats = np.diff(limited, axis=-1)
    return result
