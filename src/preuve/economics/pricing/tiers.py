"""Tiers: a price that falls with volume."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.core.written import Written
from preuve.economics.pricing.quantity import Amount

Rule: TypeAlias = Literal["marginal", "whole_file"]
"""marginal: each unit at the price of its tier; whole_file: all units at the tier reached."""


class Tier(Written):
    """The price of one unit between two volumes.

    Attributes:
        start: units that come before this tier: 0, then one more than the end before.
        end: last unit of the tier; None for the last tier.
        amount: EUR per unit.
    """

    start: int
    end: int | None = None
    amount: Amount


class Tiers(Written):
    """Prices by volume, without hole nor overlap.

    Attributes:
        rule: marginal, each unit at the price of its tier; whole_file, all units at the price of
            the tier that the volume reaches.
    """

    rule: Rule
    steps: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _contiguous(self) -> Tiers:
        if self.steps[0].start != 0:
            raise ValueError(_("The first tier must begin at 0."))
        for before, after in pairwise(self.steps):
            if before.end is None or before.end < before.start:
                raise ValueError(
                    _("A tier ends at or after its start; only the last one has no end.")
                )
            if after.start <= before.end:
                raise ValueError(
                    _("Two tiers overlap: one ends at {end}, the next begins at {start}.").format(
                        end=before.end, start=after.start
                    )
                )
            if after.start != before.end + 1:
                raise ValueError(
                    _("The tiers leave a hole between {end} and {start}.").format(
                        end=before.end, start=after.start
                    )
                )
        if self.steps[-1].end is not None:
            raise ValueError(_("The last tier must have no end."))
        return self

    def cost(self, volume: Floats) -> Floats:
        """EUR for a volume, element by element."""
        starts = np.array([step.start for step in self.steps], dtype=float)
        amounts = np.array([step.amount for step in self.steps])
        if self.rule == "whole_file":
            reached = np.searchsorted(starts, volume, side="right") - 1
            return np.asarray(volume * amounts[reached])
        ends = np.append(starts[1:], np.inf)
        total = np.zeros_like(volume, dtype=float)
        for start, end, price in zip(starts, ends, amounts, strict=True):
            total += price * np.clip(volume - start, 0, end - start)
        return total

    def mean_price(self, volume: Floats) -> Floats:
        """EUR per unit at a volume; the first price at volume 0."""
        safe = np.where(volume > 0, volume, 1.0)
        return np.where(volume > 0, self.cost(safe) / safe, self.steps[0].amount)
