"""Draws: every parameter of a model drawn together, correlations and sums kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from preuve.core.distribution import Floats, Gamma
from preuve.core.language import _
from preuve.economics.specification.parameters import Correlation, Covariance, Dirichlet
from preuve.economics.uncertainty.figures import Figure, uniforms


@dataclass(frozen=True)
class Joint:
    """Figures, and what ties them together."""

    figures: Mapping[str, Figure]
    dirichlets: tuple[Dirichlet, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    covariances: tuple[Covariance, ...] = ()

    def central(self) -> dict[str, Floats]:
        """The central figure of each, shape (1,)."""
        return {name: np.array([one.value]) for name, one in self.figures.items()}

    def drawn(self, count: int, seed: int) -> dict[str, Floats]:
        """`count` draws of each, shape (count,); the same seed gives the same draws."""
        tied = {name for one in self.dirichlets for name in one.dirichlet}
        tied |= {name for one in self.covariances for name in one.names}
        tied |= {name for one in self.correlations for name in one.names}
        drawn = {
            name: one.drawn(count, seed) for name, one in self.figures.items() if name not in tied
        }
        for dirichlet in self.dirichlets:
            drawn |= _dirichlet(dirichlet, count, seed)
        for covariance in self.covariances:
            drawn |= _multinormal(covariance, count, seed)
        for correlation in self.correlations:
            drawn |= self._correlated(correlation, count, seed)
        return {name: drawn[name] for name in self.figures}

    def _correlated(self, tie: Correlation, count: int, seed: int) -> dict[str, Floats]:
        """Normal scores with the correlations given, put through each quantile function."""
        scores = _scores(tie.names, np.array(tie.matrix), count, seed)
        drawn = {}
        for name, score in zip(tie.names, scores, strict=True):
            belief = self.figures[name].distribution
            assert belief is not None
            drawn[name] = belief.quantile(np.clip(special.ndtr(score), 1e-15, 1 - 1e-15))
        return drawn


def _scores(names: tuple[str, ...], matrix: Floats, count: int, seed: int) -> Floats:
    apart = np.stack([special.ndtri(uniforms(name, count, seed)) for name in names])
    return np.asarray(root(matrix) @ apart)


def _multinormal(tie: Covariance, count: int, seed: int) -> dict[str, Floats]:
    scores = _scores(tie.names, np.array(tie.covariance), count, seed)
    return {
        name: mean + score for name, mean, score in zip(tie.names, tie.mean, scores, strict=True)
    }


def _dirichlet(tie: Dirichlet, count: int, seed: int) -> dict[str, Floats]:
    """Gammas of shape the counts, over their sum."""
    parts = {
        name: Gamma(shape, 1.0).quantile(uniforms(name, count, seed))
        for name, shape in tie.dirichlet.items()
    }
    total = np.sum(list(parts.values()), axis=0)
    return {name: part / total for name, part in parts.items()}


def root(matrix: Floats) -> Floats:
    """A lower triangular root of a symmetric matrix, a matrix of rank too low included.

    Raises:
        ValueError: the matrix is not square, not symmetric, or not positive semi-definite.
    """
    square = np.asarray(matrix, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise ValueError(_("the matrix is not square."))
    if not np.allclose(square, square.T, rtol=1e-6, atol=1e-12):
        raise ValueError(_("the matrix is not symmetric."))
    values, vectors = np.linalg.eigh(square)
    if values[0] < -1e-8 * max(1.0, float(np.trace(square))):
        raise ValueError(
            _(
                "the matrix is not positive semi-definite (smallest eigenvalue {value}): "
                "no figures can be tied this way."
            ).format(value=f"{values[0]:.3g}")
        )
    half = vectors * np.sqrt(np.maximum(values, 0.0))
    upper = np.linalg.qr(half.T)[1]
    return np.asarray((upper * np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]).T)
