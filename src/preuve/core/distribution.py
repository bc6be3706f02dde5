"""The few distributions an `Estimate` can carry, each drawn from and inverted exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from preuve.core.errors import PreuveError
from preuve.core.language import _

Floats: TypeAlias = NDArray[np.float64]
Scale: TypeAlias = Literal["identity", "log", "logit"]

_REACH = 700.0
"""The largest logarithm whose exponential is a number of the machine."""


class Distribution(Protocol):
    """What can be inverted, and hence drawn from and given an interval."""

    def quantile(self, probability: Floats) -> Floats: ...

    def record(self) -> dict[str, Any]: ...


def to_scale(value: Floats | float, scale: Scale) -> Floats:
    """A quantity on the scale where it is treated as symmetric."""
    x = np.asarray(value, dtype=float)
    if scale == "log":
        return np.asarray(np.log(x))
    return np.asarray(special.logit(x)) if scale == "logit" else x


def from_scale(value: Floats | float, scale: Scale) -> Floats:
    """The inverse of `to_scale`."""
    x = np.asarray(value, dtype=float)
    if scale == "log":
        return np.asarray(np.exp(np.clip(x, -_REACH, _REACH)))
    return np.asarray(special.expit(x)) if scale == "logit" else x


@dataclass(frozen=True)
class Beta:
    """Beta(a, b) on [0, 1]."""

    a: float
    b: float

    def __post_init__(self) -> None:
        _positive("beta", self.a, self.b)

    def quantile(self, probability: Floats) -> Floats:
        return np.asarray(special.betaincinv(self.a, self.b, probability))

    def record(self) -> dict[str, Any]:
        return {"family": "beta", "a": self.a, "b": self.b}


@dataclass(frozen=True)
class Normal:
    """Normal on a scale: identity (normal), log (log-normal) or logit (logit-normal).

    `centre` and `spread` (a standard deviation, > 0) are on that scale.
    """

    centre: float
    spread: float
    scale: Scale = "identity"

    def __post_init__(self) -> None:
        _positive("normal", self.spread)

    def quantile(self, probability: Floats) -> Floats:
        return from_scale(self.centre + self.spread * special.ndtri(probability), self.scale)

    def record(self) -> dict[str, Any]:
        return {
            "family": "normal",
            "centre": self.centre,
            "spread": self.spread,
            "scale": self.scale,
        }


@dataclass(frozen=True)
class Student:
    """Student's t on a scale: `centre` + `spread` × t(`degrees`), then back from the scale."""

    centre: float
    spread: float
    degrees: float
    scale: Scale = "identity"

    def __post_init__(self) -> None:
        _positive("student", self.spread, self.degrees)

    def quantile(self, probability: Floats) -> Floats:
        t = special.stdtrit(self.degrees, probability)
        return from_scale(self.centre + self.spread * t, self.scale)

    def record(self) -> dict[str, Any]:
        return {
            "family": "student",
            "centre": self.centre,
            "spread": self.spread,
            "degrees": self.degrees,
            "scale": self.scale,
        }


@dataclass(frozen=True)
class Empirical:
    """Equally likely values (bootstrap replicates, posterior draws).

    Quantiles are median-unbiased: Hyndman and Fan 1996, type 8.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) < 2 or not np.all(np.isfinite(self.values)):
            raise PreuveError(_("An empirical distribution needs two finite values or more."))

    def quantile(self, probability: Floats) -> Floats:
        return np.asarray(np.quantile(self.values, probability, method="median_unbiased"))

    def record(self) -> dict[str, Any]:
        return {"family": "empirical", "values": list(self.values)}


@dataclass(frozen=True)
class Gamma:
    """Gamma with `shape` and `scale`: mean shape x scale, on the positive numbers."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        _positive("gamma", self.shape, self.scale)

    def quantile(self, probability: Floats) -> Floats:
        return np.asarray(special.gammaincinv(self.shape, probability) * self.scale)

    def record(self) -> dict[str, Any]:
        return {"family": "gamma", "shape": self.shape, "scale": self.scale}


@dataclass(frozen=True)
class Triangular:
    """Triangular from `low` to `high` with its peak at `mode`."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high or not self.low < self.high:
            raise PreuveError(
                _("A triangular distribution goes from low to mode to high."),
                where="distribution",
            )

    def quantile(self, probability: Floats) -> Floats:
        width = self.high - self.low
        left, right = self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(probability * width * left)
        falling = self.high - np.sqrt((1 - probability) * width * right)
        return np.asarray(np.where(probability * width < left, rising, falling))

    def record(self) -> dict[str, Any]:
        return {"family": "triangular", "low": self.low, "mode": self.mode, "high": self.high}


@dataclass(frozen=True)
class Uniform:
    """Uniform from `low` to `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise PreuveError(
                _("A uniform distribution goes from low to high."), where="distribution"
            )

    def quantile(self, probability: Floats) -> Floats:
        return self.low + (self.high - self.low) * np.asarray(probability)

    def record(self) -> dict[str, Any]:
        return {"family": "uniform", "low": self.low, "high": self.high}


_FAMILIES: dict[str, Any] = {
    "beta": Beta,
    "gamma": Gamma,
    "triangular": Triangular,
    "uniform": Uniform,
    "normal": Normal,
    "student": Student,
    "empirical": lambda values: Empirical(tuple(values)),
}


def distribution_of(record: dict[str, Any]) -> Distribution:
    """The distribution that wrote this record."""
    parameters = dict(record)
    family = parameters.pop("family", None)
    if family not in _FAMILIES:
        raise PreuveError(
            _("Unknown family of distribution: {family}.").format(family=family),
            where="distribution.family",
            remedy=_("Choose among {families}.").format(families=", ".join(_FAMILIES)),
        )
    built: Distribution = _FAMILIES[family](**parameters)
    return built


def _positive(family: str, *parameters: float) -> None:
    if not all(np.isfinite(p) and p > 0 for p in parameters):
        raise PreuveError(
            _("The parameters of a {family} distribution must be positive numbers.").format(
                family=family
            ),
            where="distribution",
        )
