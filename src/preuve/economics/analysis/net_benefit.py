"""Net monetary benefit: what a strategy is worth once its effect is counted in euros."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _


def net_benefit(cost: Floats, effect: Floats, willingness: float) -> Floats:
    """Willingness to pay × effect − cost.

    Args:
        cost: EUR per patient, shape (K, D).
        effect: QALY per patient, shape (K, D).
        willingness: EUR per QALY.

    Returns:
        EUR per patient, shape (K, D).
    """
    return willingness * effect - cost


def checked_draws(cost: Floats, effect: Floats) -> tuple[Floats, Floats]:
    """Cost and effect as (K, D) arrays of finite numbers, two draws or more.

    Raises:
        PreuveError: shapes differ, a number is not finite, or there are too few draws.
    """
    cost, effect = np.asarray(cost, dtype=float), np.asarray(effect, dtype=float)
    if cost.shape != effect.shape or cost.ndim != 2:
        raise PreuveError(
            _(
                "Costs and effects must have the same shape, strategies × draws: {cost}, {effect}."
            ).format(cost=cost.shape, effect=effect.shape),
            where="analysis",
        )
    if cost.shape[0] < 1 or cost.shape[1] < 2:
        raise PreuveError(
            _("An uncertainty analysis needs one strategy and two draws or more."),
            where="analysis",
        )
    if not (np.isfinite(cost).all() and np.isfinite(effect).all()):
        raise PreuveError(_("A cost or an effect is not a finite number."), where="analysis")
    return cost, effect


def checked_grid(willingness: Floats | float) -> Floats:
    """Willingness to pay as an array (W,) of finite numbers, none negative.

    Raises:
        PreuveError: the grid is empty, or a value is negative or not finite.
    """
    grid = np.atleast_1d(np.asarray(willingness, dtype=float))
    if grid.ndim != 1 or not grid.size or not np.isfinite(grid).all() or (grid < 0).any():
        raise PreuveError(
            _("Willingness to pay must be a list of numbers, none negative."),
            where="willingness_to_pay",
        )
    return grid


def checked_parameters(
    parameters: Mapping[str, Floats], names: tuple[str, ...], draws: int
) -> Floats:
    """The draws of the named parameters, shape (P, D).

    Raises:
        PreuveError: a name is not a parameter, or its draws are not (D,) finite numbers.
    """
    absent = [name for name in names if name not in parameters]
    if absent or not names:
        raise PreuveError(
            _("No parameter is named {name}.").format(name=", ".join(absent) or "—"),
            where="parameters",
            remedy=_("Choose among {names}.").format(names=", ".join(sorted(parameters))),
        )
    for name in names:
        values = np.asarray(parameters[name])
        if values.shape != (draws,) or not np.isfinite(values).all():
            raise PreuveError(
                _("The draws of {name} must be {draws} finite numbers.").format(
                    name=name, draws=draws
                ),
                where="parameters",
            )
    return np.stack([np.asarray(parameters[name], dtype=float) for name in names])
