"""Penalised regression on a basis of functions, its penalty chosen by generalised cross-validation.

A basis B (D, p) with a penalty P (p, p) is turned into orthonormal directions Q with a roughness s
each: BᵀB = LLᵀ, L⁻¹PL⁻ᵀ = U diag(s) Uᵀ, Q = BL⁻ᵀU. The fit of y is then Q diag(1/(1 + λs)) Qᵀy,
and λ minimises D · RSS / (D − degrees)² (generalised cross-validation: Gu, J Stat Softw
2014;58(5)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats

_PENALTIES = 61
_DECADES = 9.0
_SINGULAR = 1e-11


@dataclass(frozen=True)
class Fit:
    """Fitted values of several responses.

    Attributes:
        fitted: (R, D).
        shrinkage: what remains of each direction, in [0, 1], (R, p).
    """

    fitted: Floats
    shrinkage: Floats


@dataclass(frozen=True)
class Smoother:
    """Orthonormal directions of a basis, from smooth to rough.

    Attributes:
        directions: (D, p), orthonormal columns; their span holds the constant.
        roughness: (p,), ≥ 0; 0 for a direction that is never shrunk.
    """

    directions: Floats
    roughness: Floats

    def fit(self, responses: Floats) -> Fit:
        """Each response (R, D) with the penalty that predicts it best."""
        loads = responses @ self.directions
        left = np.maximum(np.sum(responses**2, axis=1) - np.sum(loads**2, axis=1), 0.0)
        kept = 1 / (1 + np.outer(self._penalties(), self.roughness))
        residual = left[:, None] + (loads**2) @ ((1 - kept) ** 2).T
        draws = self.directions.shape[0]
        score = residual / (draws - kept.sum(axis=1)) ** 2
        shrinkage = kept[np.argmin(score, axis=1)]
        return Fit((loads * shrinkage) @ self.directions.T, shrinkage)

    def smooth(self, responses: Floats, shrinkage: Floats) -> Floats:
        """Responses (R, D) smoothed as an earlier fit was: its hat matrix times each of them."""
        smoothed: Floats = ((responses @ self.directions) * shrinkage) @ self.directions.T
        return smoothed

    def _penalties(self) -> Floats:
        rough = self.roughness[self.roughness > 0]
        if not rough.size:
            return np.zeros(1)
        low = -np.log10(rough.max()) - 2
        high = min(-np.log10(rough.min()) + 4, low + 2 * _DECADES)
        return np.logspace(high, low, _PENALTIES)


def smoother(basis: Floats, penalty: Floats) -> Smoother:
    """The smoother of a basis (D, p) and a penalty (p, p), positive semi-definite.

    Directions that the draws do not tell apart are left out.
    """
    gram = basis.T @ basis
    scale = np.sqrt(np.diag(gram))
    size, axes = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = size > _SINGULAR * size[-1]
    whiten = (axes[:, kept] / np.sqrt(size[kept])) / scale[:, None]
    roughness, turn = np.linalg.eigh(whiten.T @ penalty @ whiten)
    top = roughness[-1] if roughness.size else 0.0
    roughness = np.where(roughness < 1e-9 * max(top, 0.0), 0.0, np.maximum(roughness, 0.0))
    return Smoother(basis @ (whiten @ turn), roughness)
