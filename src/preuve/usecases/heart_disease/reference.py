"""The open reference system: logistic regression, judged at hospitals it has never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import write_whole
from preuve.core.source import Source
from preuve.core.usecase import UseCase
from preuve.usecases.heart_disease import data

Floats: TypeAlias = NDArray[np.float64]

RIDGE = 1.0
"""Penalty: half of RIDGE times the sum of squared coefficients, on standardised features."""


@dataclass(frozen=True)
class Logistic:
    """A logistic model that says what a missing feature counts for.

    logit P(disease) = intercept + sum over features of (slope × value, or `when_missing`).

    Attributes:
        slope: (F,) per unit of the feature.
        when_missing: (F,) what stands for slope × value where the value is missing.
    """

    intercept: float
    slope: Floats
    when_missing: Floats

    def score(self, features: NDArray[np.generic]) -> Floats:
        """(n,) probabilities from (n, F) features, NaN where missing."""
        x = features.astype(float)
        terms = np.where(np.isnan(x), self.when_missing, x * self.slope)
        return np.asarray(special.expit(self.intercept + terms.sum(axis=1)))


def fit(
    features: NDArray[np.floating], disease: NDArray[np.integer], ridge: float = RIDGE
) -> Logistic:
    """Fit on (n, F) features and (n,) labels 0 or 1.

    Each feature is standardised on its known values; a missing value is replaced by their mean
    and marked by an indicator. The intercept is not penalised.
    """
    x = np.asarray(features, dtype=float)
    missing = np.isnan(x)
    known = np.maximum((~missing).sum(axis=0), 1)
    mean = np.where(missing, 0, x).sum(axis=0) / known
    centred = np.where(missing, 0, x - mean)
    spread = np.sqrt((centred**2).sum(axis=0) / known)
    spread[spread == 0] = 1
    design = np.hstack([np.ones((len(x), 1)), centred / spread, missing])
    weights = newton(design, np.asarray(disease, dtype=float), ridge)
    count = x.shape[1]
    slope = weights[1 : count + 1] / spread
    return Logistic(
        intercept=float(weights[0] - slope @ mean),
        slope=slope,
        when_missing=weights[count + 1 :] + slope * mean,
    )


def newton(design: Floats, disease: Floats, ridge: float) -> Floats:
    """Coefficients that maximise the penalised likelihood; the first column is not penalised.

    Newton's method with step halving; the penalised log-likelihood is concave, so the maximum
    found is the only one.

    Raises:
        PreuveError: no convergence, as when all labels are equal.
    """
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0

    def loss(weights: Floats) -> float:
        logit = design @ weights
        return float(np.sum(np.logaddexp(0, logit) - disease * logit) + penalty @ weights**2 / 2)

    if len(set(disease.tolist())) == 2:
        weights = np.zeros(design.shape[1])
        for _step in range(100):
            probability = special.expit(design @ weights)
            gradient = design.T @ (probability - disease) + penalty * weights
            if np.abs(gradient).max() < 1e-9 * len(disease):
                return weights
            curvature = (design.T * (probability * (1 - probability))) @ design
            direction = np.linalg.solve(curvature + np.diag(penalty), gradient)
            size = 1.0
            while loss(weights - size * direction) > loss(weights) + 1e-9 and size > 1e-6:
                size /= 2
            weights = weights - size * direction
    raise PreuveError(
        _("The reference model cannot be fitted: it needs patients with and without disease.")
    )


def leave_one_hospital_out(nodes: Sequence[Path], target: Path) -> Path:
    """Write the predictions file of the reference system, and return its path.

    The patients of each hospital are scored by a model fitted on all the others. This pools the
    records, as only a public table allows: it stands for a vendor whose training data are not
    those of the hospital that judges.

    Args:
        nodes: node folders made by `nodes.prepare`, two or more.
        target: the CSV file to write, header `case,disease`.

    Raises:
        PreuveError: fewer than two hospitals, or a table that cannot be read.
    """
    if len(nodes) < 2:
        raise PreuveError(_("Leaving one hospital out needs two hospitals or more."))
    usecase = UseCase.read(Path(__file__).with_name("usecase.yaml"))
    hospitals = [data.read(Source(str(node / "data")), usecase) for node in nodes]
    lines = [f"case,{usecase.findings[0].code}"]
    for cases, scores in zip(hospitals, left_out_scores(hospitals), strict=True):
        lines += [f"{c},{p:.9g}" for c, p in zip(cases.identifiers, scores, strict=True)]
    write_whole(target, "\n".join([*lines, ""]).encode())
    return target


def left_out_scores(hospitals: Sequence[Cases], ridge: float = RIDGE) -> list[Floats]:
    """Scores (n,) of each hospital's cases, by the model fitted on all the other hospitals."""
    scores = []
    for left_out in hospitals:
        others = [cases for cases in hospitals if cases is not left_out]
        x, y = (np.concatenate(parts) for parts in zip(*map(training_set, others), strict=True))
        scores.append(fit(x, y, ridge).score(left_out.inputs["features"](slice(None))))
    return scores


def training_set(cases: Cases) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Features (n, F) and labels (n,) of the cases whose label is coded."""
    coded = cases.reference[:, 0] != NOT_CODED
    features = cases.inputs["features"](slice(None))
    return features[coded].astype(float), cases.reference[coded, 0]
