"""Hexagons: thousands of communes gathered in cells that an eye can read and a page can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """The cells that hold at least one place; N cells.

    Attributes:
        of: the cell of each place, -1 for a place outside the map.
        x, y: centres in pixels, shape (N,).
        radius: from the centre to a corner, pixels.
    """

    of: Integers
    x: Floats
    y: Floats
    radius: float

    def __len__(self) -> int:
        return len(self.x)

    def mean(self, values: Floats, weights: Floats) -> Floats:
        """Weighted mean of the places of each cell; nan where they weigh nothing."""
        total = self.sum(weights)
        with np.errstate(invalid="ignore"):
            result: Floats = self.sum(values * weights) / np.where(total > 0, total, np.nan)
        return result

    def sum(self, values: Floats) -> Floats:
        """Sum over the places of each cell."""
        kept = self.of >= 0
        result: Floats = np.bincount(self.of[kept], values[kept], minlength=len(self)).astype(
            np.float64
        )
        return result

    def corners(self, cell: int) -> list[tuple[float, float]]:
        """The closed ring of a cell, to the half pixel: neighbours share their corners."""
        angles = np.radians(np.arange(-30, 331, 60))
        ring = np.stack(
            [
                self.x[cell] + self.radius * np.cos(angles),
                self.y[cell] + self.radius * np.sin(angles),
            ],
            axis=1,
        )
        return [(float(x), float(y)) for x, y in np.round(2 * ring) / 2]


def gather(x: Floats, y: Floats, radius: float) -> Cells:
    """The hexagonal cells of places, corner up.

    Args:
        x: pixels of the places from the left, nan outside the map.
        y: the same from the top.
        radius: from the centre of a cell to its corner, pixels.
    """
    inside = np.isfinite(x)
    column, row = _cube_rounded(
        (np.sqrt(3) / 3 * x[inside] - y[inside] / 3) / radius, 2 / 3 * y[inside] / radius
    )
    pairs, place = np.unique(np.stack([column, row], axis=1), axis=0, return_inverse=True)
    of = np.full(len(x), -1, dtype=np.int64)
    of[inside] = place.ravel()
    q, r = pairs.T if len(pairs) else (np.empty(0), np.empty(0))
    return Cells(of, radius * np.sqrt(3) * (q + r / 2), radius * 1.5 * r, radius)


def _cube_rounded(q: Floats, r: Floats) -> tuple[Floats, Floats]:
    """The nearest hexagon: round three coordinates that sum to zero, mend the worst of them."""
    s = -q - r
    near_q, near_r, near_s = np.round(q), np.round(r), np.round(s)
    off_q, off_r, off_s = np.abs(near_q - q), np.abs(near_r - r), np.abs(near_s - s)
    mend_q = (off_q > off_r) & (off_q > off_s)
    mend_r = ~mend_q & (off_r > off_s)
    return np.where(mend_q, -near_r - near_s, near_q), np.where(mend_r, -near_q - near_s, near_r)
