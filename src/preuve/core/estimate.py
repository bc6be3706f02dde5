"""Estimate: an uncertain number that travels from the hospitals to the euros and the beds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from preuve.core.distribution import (
    Beta,
    Distribution,
    Empirical,
    Floats,
    Normal,
    Scale,
    Student,
    distribution_of,
    to_scale,
)
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest


@dataclass(frozen=True)
class Estimate:
    """A value with its unit, its interval, a distribution to draw from, and its origin.

    Attributes:
        value: the best single figure, in `unit`.
        unit: what the figure counts ("proportion", "ratio", "EUR", "day", ...); never empty.
        distribution: what is believed of the figure; its quantiles are the interval.
        source: digest of the record that the figure was computed from.
        level: coverage of the interval, 0.95 unless said.
    """

    value: float
    unit: str
    distribution: Distribution
    source: str
    level: float = 0.95

    def __post_init__(self) -> None:
        if not np.isfinite(self.value):
            raise PreuveError(_("An estimate must be a finite number."), where="estimate.value")
        if not self.unit:
            raise PreuveError(_("An estimate must name its unit."), where="estimate.unit")
        if not 0 < self.level < 1:
            raise PreuveError(
                _("A level of confidence lies between 0 and 1."), where="estimate.level"
            )

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound that hold `level` of the distribution, equal tails."""
        tail = (1 - self.level) / 2
        low, high = self.distribution.quantile(np.array([tail, 1 - tail]))
        return float(low), float(high)

    def draws(self, count: int, seed: int) -> Floats:
        """`count` values drawn from the distribution; the same seed gives the same values.

        The seed is mixed with the estimate's own digest: two estimates drawn with one seed are
        independent, one estimate drawn twice is the same.
        """
        own = int(self.digest.removeprefix("sha256:")[:16], 16)
        uniform = np.random.Generator(np.random.Philox([seed, own])).random(count)
        return self.distribution.quantile(np.clip(uniform, 1e-15, 1 - 1e-15))

    def probability_at_least(self, threshold: float) -> float:
        """Probability that the quantity is `threshold` or more, by inverting the distribution."""
        grid = (np.arange(20_000) + 0.5) / 20_000
        return float(np.mean(self.distribution.quantile(grid) >= threshold))

    @property
    def digest(self) -> str:
        return digest(self.record())

    def record(self) -> dict[str, Any]:
        """What is written: everything needed to read the estimate again, and its interval."""
        low, high = self.interval
        return {
            "value": self.value,
            "unit": self.unit,
            "low": low,
            "high": high,
            "level": self.level,
            "distribution": self.distribution.record(),
            "source": self.source,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Estimate:
        """The estimate that wrote this record."""
        try:
            return cls(
                value=record["value"],
                unit=record["unit"],
                distribution=distribution_of(record["distribution"]),
                source=record["source"],
                level=record["level"],
            )
        except (KeyError, TypeError) as error:
            raise PreuveError(
                _("This is not the record of an estimate: {error}").format(error=error),
                where="estimate",
            ) from error

    @classmethod
    def from_beta(cls, a: float, b: float, *, unit: str, source: str) -> Estimate:
        """Beta(a, b); the value is its mean."""
        return cls(a / (a + b), unit, Beta(a, b), source)

    @classmethod
    def from_normal(
        cls,
        value: float,
        standard_error: float,
        *,
        unit: str,
        source: str,
        scale: Scale = "identity",
    ) -> Estimate:
        """Normal on `scale`; `value` is natural, `standard_error` is on the scale."""
        centre = float(to_scale(value, scale))
        return cls(value, unit, Normal(centre, standard_error, scale), source)

    @classmethod
    def from_lognormal(cls, median: float, sigma: float, *, unit: str, source: str) -> Estimate:
        """Log-normal with this median and this standard deviation of the logarithm."""
        return cls.from_normal(median, sigma, unit=unit, source=source, scale="log")

    @classmethod
    def from_student(
        cls,
        value: float,
        spread: float,
        degrees: float,
        *,
        unit: str,
        source: str,
        scale: Scale = "identity",
    ) -> Estimate:
        """Student's t on `scale` with `degrees` degrees of freedom."""
        centre = float(to_scale(value, scale))
        return cls(value, unit, Student(centre, spread, degrees, scale), source)

    @classmethod
    def from_values(
        cls, values: Sequence[float] | Floats, *, unit: str, source: str, value: float | None = None
    ) -> Estimate:
        """Empirical (draws or bootstrap replicates); `value` defaults to their mean."""
        kept = tuple(float(v) for v in values)
        return cls(float(np.mean(kept)) if value is None else value, unit, Empirical(kept), source)

    from_bootstrap = from_values
