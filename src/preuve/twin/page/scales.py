"""Scales of the maps: round classes, their words and their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.pages.numbers import NARROW, WIDE, number, signed, span
from preuve.twin.page.words import Wish, unit_code, unit_name

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEVELS = ("#e4eef6", "#bcd6e9", "#86b4d6", "#4a87b8", "#1d5b8f", "#0b2f50")
"""From little to much."""
BETTER = ("#cfe3f1", "#78add2", "#14507f")
WORSE = ("#f8dfc2", "#e29a49", "#8a3d06")
MORE = ("#dcefe6", "#77b796", "#1d6b45")
FEWER = ("#e9e0f1", "#a98bc5", "#583083")

POINT = "point"
"""The unit of the change of a share."""

_MINUTES = (10.0, 20.0, 30.0, 45.0, 60.0)
_OCCUPANCY = (0.6, 0.7, 0.8, 0.9, 0.97)


@dataclass(frozen=True)
class Scale:
    """Classes between breaks: label and colour of each, from the lowest to the highest.

    Attributes:
        breaks: where one class ends and the next begins.
        labels, colours: one more than the breaks.
    """

    breaks: tuple[float, ...]
    labels: tuple[str, ...]
    colours: tuple[str, ...]

    def classes(self, values: Floats) -> Integers:
        """The class of each value; -1 for nan."""
        found = np.searchsorted(self.breaks, values, side="right")
        return np.where(np.isfinite(values), found, -1)


def level_scale(values: Floats, unit: str, measure: str) -> Scale:
    """Classes of a level: fixed for travel time and occupancy, else round fifths."""
    if measure == "minutes":
        breaks: Sequence[float] = _MINUTES
    elif measure == "occupancy":
        breaks = _OCCUPANCY
    else:
        breaks = _round_fifths(values)
    return Scale(tuple(breaks), _labels(breaks, unit, is_signed=False), LEVELS[: len(breaks) + 1])


def change_scale(values: Floats, unit: str, wish: Wish) -> Scale:
    """Three classes each side of zero, by round steps as large as the largest changes."""
    found = np.abs(values[np.isfinite(values) & (values != 0)])
    top = _round(float(np.quantile(found, 0.95))) if len(found) else 1.0
    breaks = (-top / 2, -top / 5, 0.0, top / 5, top / 2)
    down, up = {"less": (BETTER, WORSE), "more": (WORSE, BETTER), "": (FEWER, MORE)}[wish]
    return Scale(breaks, _labels(breaks, unit, is_signed=True), (*reversed(down), *up))


def _labels(breaks: Sequence[float], unit: str, *, is_signed: bool) -> tuple[str, ...]:
    factor = 100.0 if unit in ("proportion", POINT) else 1.0
    steps = [abs(b) * factor for b in breaks if b]
    digits = max((_places(step) for step in steps), default=0)
    written = [(signed if is_signed else number)(factor * value, digits) for value in breaks]
    name = NARROW + "%" if unit == "proportion" else _suffix(unit)
    return (
        str(_("under {value}").format(value=written[0] + name)),
        *(span(a, b) + name for a, b in pairwise(written)),
        str(_("{value} and over").format(value=written[-1] + name)),
    )


def _suffix(unit: str) -> str:
    if unit == POINT:
        return WIDE + str(_("points"))
    name = unit_name(unit)
    return WIDE + name if name and len(unit_code(unit)) < 9 else ""


def _places(step: float) -> int:
    return next((d for d in range(4) if abs(round(step, d) - step) < 1e-9), 4)


def _round(value: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not under the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(k * power for k in (1, 2, 5, 10) if k * power >= value * (1 - 1e-9)))


def _round_fifths(values: Floats) -> list[float]:
    found = values[np.isfinite(values)]
    if not len(found):
        return [1.0]
    cuts = np.quantile(found, [0.1, 0.3, 0.5, 0.7, 0.9])
    size = _round(float(cuts[-1] - cuts[0]) / 20 or 1.0)
    rounded = np.unique(np.round(cuts / size) * size)
    return [float(cut) for cut in np.round(rounded, 10)]
