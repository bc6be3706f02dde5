"""Tornado: how far net benefit moves when one parameter goes from its low to its high value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.analysis.net_benefit import checked_grid, net_benefit


@dataclass(frozen=True)
class Bar:
    """One parameter moved alone.

    Attributes:
        name: of the parameter.
        low: incremental net benefit at its low value, EUR per patient.
        high: at its high value.
        swing: distance between both, or to the base where both lie on one side of it.
        reverses: whether the sign of incremental net benefit differs from the base at either end.
    """

    name: str
    low: float
    high: float
    swing: float
    reverses: bool


@dataclass(frozen=True)
class Tornado:
    """Bars, the widest first, around the base case (EUR per patient)."""

    base: float
    bars: tuple[Bar, ...]


def tornado(
    names: Sequence[str],
    base: tuple[float, float],
    low: Floats,
    high: Floats,
    willingness: float,
) -> Tornado:
    """Bars of incremental net benefit, the widest first; equals keep the order given.

    Args:
        names: of the parameters, P of them.
        base: incremental cost (EUR) and effect (QALY) per patient of the base case.
        low: incremental cost and effect at each low value, shape (P, 2).
        high: at each high value, shape (P, 2).
        willingness: EUR per QALY.

    Raises:
        PreuveError: the shapes differ or a number is not finite.
    """
    lows, highs = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if lows.shape != (len(names), 2) or highs.shape != lows.shape:
        raise PreuveError(
            _("A tornado needs an incremental cost and effect at both ends of each parameter."),
            where="tornado",
        )
    if not (np.isfinite(lows).all() and np.isfinite(highs).all() and np.isfinite(base).all()):
        raise PreuveError(_("A cost or an effect is not a finite number."), where="tornado")
    wtp = float(checked_grid(willingness)[0])
    middle = wtp * base[1] - base[0]
    bars = [
        _bar(name, middle, at_low, at_high, wtp)
        for name, at_low, at_high in zip(names, lows, highs, strict=True)
    ]
    return Tornado(middle, tuple(sorted(bars, key=lambda bar: -bar.swing)))


def _bar(name: str, middle: float, at_low: Floats, at_high: Floats, wtp: float) -> Bar:
    low = float(net_benefit(at_low[0], at_low[1], wtp))
    high = float(net_benefit(at_high[0], at_high[1], wtp))
    ends = (low, high, middle)
    return Bar(
        name,
        low,
        high,
        max(ends) - min(ends),
        any(np.sign(end) != np.sign(middle) for end in (low, high)),
    )
