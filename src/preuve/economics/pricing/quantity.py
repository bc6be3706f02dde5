"""Quantity: a written figure, certain or with its interval, and the draws made of it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from pydantic import AfterValidator, model_validator
from scipy import special

from preuve.core.distribution import Floats, Scale, from_scale, to_scale
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.written import Written

_Z = float(special.ndtri(0.975))


class Uncertain(Written):
    """A figure with its 95% interval: `value` is the median, `low` and `high` the bounds."""

    value: float
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Uncertain:
        figures = (self.low, self.value, self.high)
        if not all(map(math.isfinite, figures)) or not self.low < self.value < self.high:
            raise ValueError(_("An interval is written low < value < high, three finite numbers."))
        return self


def central(quantity: float | Uncertain) -> float:
    """The figure without its interval."""
    return quantity.value if isinstance(quantity, Uncertain) else quantity


def _figures(quantity: float | Uncertain) -> tuple[float, ...]:
    if isinstance(quantity, Uncertain):
        return quantity.low, quantity.value, quantity.high
    return (quantity,)


def _finite(quantity: float | Uncertain) -> float | Uncertain:
    if not all(map(math.isfinite, _figures(quantity))):
        raise ValueError(_("Must be a finite number."))
    return quantity


def _positive(quantity: float | Uncertain) -> float | Uncertain:
    _finite(quantity)
    if min(_figures(quantity)) < 0:
        raise ValueError(_("Must be 0 or more."))
    if isinstance(quantity, Uncertain) and quantity.low == 0:
        raise ValueError(_("The low bound of an interval must be more than 0."))
    return quantity


def _share(quantity: float | Uncertain) -> float | Uncertain:
    _positive(quantity)
    if max(_figures(quantity)) > 1:
        raise ValueError(_("A share lies between 0 and 1."))
    if isinstance(quantity, Uncertain) and quantity.high == 1:
        raise ValueError(_("The high bound of an uncertain share must be less than 1."))
    return quantity


def _amount(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(_("An amount must be a finite number, 0 or more."))
    return value


def _certain_share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(_("A share lies between 0 and 1."))
    return value


def _duration(value: int) -> int:
    if value < 1:
        raise ValueError(_("A number of months must be 1 or more."))
    return value


Amount: TypeAlias = Annotated[float, AfterValidator(_amount)]
"""EUR, 0 or more, certain."""
CertainShare: TypeAlias = Annotated[float, AfterValidator(_certain_share)]
Months: TypeAlias = Annotated[int, AfterValidator(_duration)]
Positive: TypeAlias = Annotated[float | Uncertain, AfterValidator(_positive)]
"""0 or more, with or without an interval (drawn on the log scale)."""
Share: TypeAlias = Annotated[float | Uncertain, AfterValidator(_share)]
"""Between 0 and 1, with or without an interval (drawn on the logit scale)."""
Signed: TypeAlias = Annotated[float | Uncertain, AfterValidator(_finite)]
"""Any number, with or without an interval."""


@dataclass(frozen=True)
class Draws:
    """The random numbers of a run: named, so that every scheme meets the same ones.

    Attributes:
        count: number of draws, D.
        seed: same seed and name, same numbers.
    """

    count: int
    seed: int = 0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise PreuveError(_("At least one draw is needed."), where="draws.count")

    def uniform(self, name: str, rows: int | None = None) -> Floats:
        """Uniform numbers of ]0, 1[, (D,) or (rows, D)."""
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        shape = self.count if rows is None else (rows, self.count)
        numbers = np.random.Generator(np.random.Philox([self.seed, key])).random(shape)
        return np.clip(numbers, 1e-15, 1 - 1e-15)

    def happens(self, name: str, probability: Floats) -> Floats:
        """1.0 in the draws where an event of this probability happens, else 0.0; (D,)."""
        return (self.uniform(name) < probability).astype(float)

    def positive(self, name: str, quantity: float | Uncertain) -> Floats:
        return self._drawn(name, quantity, "log")

    def share(self, name: str, quantity: float | Uncertain) -> Floats:
        return self._drawn(name, quantity, "logit")

    def signed(self, name: str, quantity: float | Uncertain) -> Floats:
        return self._drawn(name, quantity, "identity")

    def _drawn(self, name: str, quantity: float | Uncertain, scale: Scale) -> Floats:
        """(D,): median, 2.5% and 97.5% quantiles are those written; normal by halves on `scale`."""
        if not isinstance(quantity, Uncertain):
            return np.full(self.count, quantity)
        low, centre, high = to_scale(np.array(_figures(quantity)), scale)
        normal = special.ndtri(self.uniform(name))
        spread = np.where(normal < 0, centre - low, high - centre) / _Z
        return from_scale(centre + spread * normal, scale)
