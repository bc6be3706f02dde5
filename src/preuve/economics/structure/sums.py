"""Sums: what every engine gives for a block of draws: costs by item and effects, by row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.outcomes import Repairs


@dataclass(frozen=True)
class Sums:
    """What one strategy costs and brings over a block of B draws.

    Attributes:
        cost: (I, W, B), items in the order of the rewards, then technology where it is paid for.
        effect: (E, W, B), effects in the order of the rewards, then life_years.
        lived: (W, S, B) years in each state by row, where an engine knows them better than the
            weights of a trace; else None.
        trace: (T + 1, S, B) shares of people by state, None where there are no states.
        repairs: probabilities put right.
        spread: Monte-Carlo standard errors of cost and effect, for individuals.
    """

    cost: Floats
    effect: Floats
    trace: Floats | None = None
    repairs: Repairs = field(default_factory=Repairs)
    spread: tuple[float, float] = (0.0, 0.0)
    lived: Floats | None = None


def full(value: Floats, draws: int) -> Floats:
    """A value of shape (), (1,), (B,), (T + 1, 1) or (T + 1, B) with B draws on its last axis."""
    found = np.atleast_1d(np.asarray(value, dtype=float))
    return np.broadcast_to(found, (*found.shape[:-1], draws))
