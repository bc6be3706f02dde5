"""The clock of PECAN as it is told: what the law sets, what is assumed, what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.pricing.clock import Fate, cover_in_months, filing_months, share_before
from preuve.economics.pricing.quantity import Draws, Uncertain
from preuve.economics.pricing.schemes.pecan import Pecan
from preuve.economics.pricing.tariffs import amount

Bounds = tuple[float, float, float]
"""A figure, then the same at the low and at the high bound of what is assumed."""


@dataclass(frozen=True)
class Clock:
    """What becomes of the cover, in months since the start.

    Probabilities hold for a known chance of ordinary cover, so that the interval of this chance can
    be told beside them.

    Attributes:
        filing: last month to file. expiry: month when PECAN ends.
        filed: month of the file (D,), infinity where none. decided: month of the decision (D,).
        obtained: chance that the decision is favourable: mean of its draws, low, high.
        covered: share of each month under PECAN, mean of the draws (M,).
        decidable: share of each month after the decision on a file sent in time (M,).
    """

    filing: int
    expiry: int
    filed: Floats
    decided: Floats
    obtained: Bounds
    covered: Floats
    decidable: Floats

    @classmethod
    def of(cls, scheme: Pecan, months: int, draws: Draws) -> Clock:
        """The clock of a scheme, with the draws that made its flows."""
        filed = (
            np.full(draws.count, np.inf)
            if scheme.filed_after is None
            else draws.positive("pecan.filed_after", scheme.filed_after)
        )
        decided = filed + draws.positive("pecan.decided_after", scheme.decided_after)
        end, start = cover_in_months(scheme.kind, filed, decided, np.ones(draws.count))
        mean = float(draws.share("pecan.chance", scheme.obtained).mean())
        return cls(
            filing_months(scheme.kind),
            int(amount("pecan.duration")),
            filed,
            decided,
            (mean, *_bounds(scheme, mean)),
            share_before(end, months).mean(axis=1),
            (1 - share_before(start, months)).mean(axis=1),
        )

    @property
    def is_filed(self) -> bool:
        return bool(np.isfinite(self.filed).any())

    def ordinary(self, chance: float) -> Floats:
        """Probability of ordinary cover in each month (M,), for a chance of a favourable answer."""
        return self.decidable * chance

    def cover(self, chance: float) -> Floats:
        """Probability of any cover in each month (M,)."""
        return self.covered + self.ordinary(chance)

    @property
    def fates(self) -> Mapping[Fate, Bounds]:
        """Probability of each end of the story, then at the bounds of the assumed chance."""
        in_time = self.filed <= self.filing
        early = float((in_time & (self.decided <= self.expiry)).mean())
        late = float((in_time & (self.decided > self.expiry)).mean())
        mean, low, high = self.obtained
        missed = 1 - early - late
        return {
            "permanent": (early * mean, early * low, early * high),
            "permanent_after_gap": (late * mean, late * low, late * high),
            "refused": (early * (1 - mean), early * (1 - high), early * (1 - low)),
            "expired": (late * (1 - mean), late * (1 - high), late * (1 - low)),
            "not_filed": (missed, missed, missed),
        }


def _bounds(scheme: Pecan, mean: float) -> tuple[float, float]:
    if isinstance(scheme.obtained, Uncertain):
        return scheme.obtained.low, scheme.obtained.high
    return mean, mean
