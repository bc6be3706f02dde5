"""Bases of functions of one or several parameters, for regressions of net benefit on them.

One parameter: cubic B-splines with knots at quantiles, penalised by the integral of the squared
second derivative. Several: the splines of each, plus products of the smoothest functions of each
pair, penalised by the sum of the penalties of their factors (smoothing-spline analysis of variance:
Gu, J Stat Softw 2014;58(5)) plus that of the gentlest bend, so that no interaction is free.
Interactions of three parameters and more are left out; those of pairs too where there would be
fewer than 10 draws a column.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.analysis.smoother import Smoother, smoother

_KNOTS_ALONE = 16
_KNOTS_TOGETHER = 8
_FEW = 8
_DRAWS_A_COLUMN = 10
_DEPTH = {2: 7, 3: 5, 4: 4}


def basis_of(parameters: Floats) -> Smoother | None:
    """The smoother of parameters (P, D); None where none of them varies."""
    varying = [row for row in parameters if np.ptp(row) > _rounding(row)]
    if not varying:
        return None
    if len(varying) == 1:
        return _spline(varying[0], _KNOTS_ALONE)
    return _tensor([_spline(row, _KNOTS_TOGETHER) for row in varying])


def _rounding(row: Floats) -> float:
    return float(1e-12 * np.abs(row).max())


def _spline(values: Floats, knots: int) -> Smoother:
    distinct, place = np.unique(values, return_inverse=True)
    if distinct.size <= _FEW:
        return smoother(np.eye(distinct.size)[place], np.zeros((distinct.size, distinct.size)))
    from scipy.interpolate import BSpline

    scaled = (distinct - distinct[0]) / (distinct[-1] - distinct[0])
    inner = min(knots, distinct.size // 4, values.size // _DRAWS_A_COLUMN)
    cuts = np.quantile(scaled, np.arange(1, inner + 1) / (inner + 1))
    cuts = np.unique(cuts[(cuts > 0) & (cuts < 1)])
    vector = np.concatenate([np.zeros(4), cuts, np.ones(4)])
    columns = BSpline.design_matrix(scaled, vector, 3).toarray()[place]
    used = columns.any(axis=0)
    penalty = _bending(vector) * float(np.std(scaled[place])) ** 3
    return smoother(columns[:, used], penalty[np.ix_(used, used)])


def _bending(vector: Floats) -> Floats:
    """Integral of the products of second derivatives of the cubic splines on these knots.

    They are linear between knots, so two Gauss points a span are exact.
    """
    from scipy.interpolate import BSpline

    count = vector.size - 4
    edges = np.unique(vector)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    points = np.concatenate([middle - half / np.sqrt(3), middle + half / np.sqrt(3)])
    bends = BSpline(vector, np.eye(count), 3).derivative(2)(points)
    weighted: Floats = bends.T @ (bends * np.concatenate([half, half])[:, None])
    return weighted


def _tensor(margins: list[Smoother]) -> Smoother:
    draws = margins[0].directions.shape[0]
    scaled = [_without_constant(margin, draws) for margin in margins]
    columns = [np.ones((draws, 1)), *(functions for functions, _rough in scaled)]
    rough = [np.zeros(1), *(roughness for _functions, roughness in scaled)]
    spent = sum(block.shape[1] for block in columns)
    pairs = list(combinations(scaled, 2))
    depth = int(np.sqrt(max(draws // _DRAWS_A_COLUMN - spent, 0) / len(pairs)))
    depth = min(depth, _DEPTH.get(len(margins), 2))
    bend = min((r[r > 0].min() for _functions, r in scaled if (r > 0).any()), default=1.0)
    for (first, rough_first), (second, rough_second) in pairs:
        a, b = first[:, :depth], second[:, :depth]
        products = (a[:, :, None] * b[:, None, :]).reshape(draws, -1)
        total = bend + rough_first[:depth, None] + rough_second[None, :depth]
        columns.append(products)
        rough.append(total.ravel())
    return smoother(np.hstack(columns), np.diag(np.concatenate(rough)))


def _without_constant(margin: Smoother, draws: int) -> tuple[Floats, Floats]:
    """Functions of one parameter of mean 0 and mean square 1, smoothest first, and their roughness.

    A function that is never shrunk alone keeps a roughness of 0.
    """
    ordered = np.argsort(margin.roughness, kind="stable")
    directions, roughness = margin.directions[:, ordered], margin.roughness[ordered]
    free = directions[:, roughness == 0]
    constant = free.sum(axis=0)
    turn = np.linalg.svd(np.eye(free.shape[1]) - np.outer(constant, constant) / draws)[0]
    functions = np.hstack([free @ turn[:, : free.shape[1] - 1], directions[:, free.shape[1] :]])
    return functions * np.sqrt(draws), roughness[1:] * draws
