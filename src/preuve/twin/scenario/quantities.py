"""Quantities: how a planner writes a share, a date, a code or an uncertain figure."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from scipy import special

from preuve.core.distribution import Beta
from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.language import _
from preuve.core.quantities import Number, proportion, written_share
from preuve.core.written import Written

_LEVEL = 0.95


def _change(value: float) -> float:
    if not -1 <= value <= 1 or value == 0:
        raise ValueError(
            _("{value} is not a change between −100 % and 100 %: write −5 % or −0.05.").format(
                value=f"{value:g}"
            )
        )
    return value


RelativeChange: TypeAlias = Annotated[
    float, BeforeValidator(proportion), AfterValidator(_change), written_share(-1)
]
"""From -1 to 1 and not 0, written -0.1 or -10 %."""


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(
            _("“{value}” is not a day of the calendar.").format(value=value)
        ) from error
    raise ValueError(_("“{value}” is not a date: write it as 2025-03-31.").format(value=value))


Day: TypeAlias = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]


def _code(value: object) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        return str(value).strip()
    raise ValueError(_("“{value}” is not a code.").format(value=value))


def _codes(value: object) -> tuple[str, ...]:
    found = tuple(_code(one) for one in (value if isinstance(value, list | tuple) else [value]))
    if not found:
        raise ValueError(_("must not be empty."))
    if len(set(found)) < len(found):
        raise ValueError(_("the same code stands twice."))
    return found


_WRITTEN_CODE = {"type": ["string", "integer"]}
Code: TypeAlias = Annotated[str, BeforeValidator(_code), WithJsonSchema(_WRITTEN_CODE)]
Codes: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(_codes),
    WithJsonSchema({"anyOf": [_WRITTEN_CODE, {"type": "array", "items": _WRITTEN_CODE}]}),
]
"""One code or a list of codes."""


class Bounds(Written):
    """An uncertain share as a planner writes it: its value and bounds that hold 95 %."""

    value: Number
    low: Number
    high: Number
    unit: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, description="Where the figure comes from.")]

    @model_validator(mode="after")
    def _ordered(self) -> Bounds:
        _must_be_proportion(self.unit)
        if not self.low < self.value < self.high:
            raise ValueError(_("the value must lie between low and high."))
        if not (self.low >= 0 and self.high <= 1):
            raise ValueError(_("a proportion lies between 0 and 1."))
        if (self.low, self.high) == (0, 1):
            raise ValueError(_("bounds of 0 and 1 say nothing of a proportion."))
        return self

    def estimate(self) -> Estimate:
        """The share with a beta whose mean is the value and that puts 95 % between the bounds."""
        beta = _beta(self.value, self.low, self.high)
        return Estimate(self.value, self.unit, beta, self.source)


def _must_be_proportion(unit: str) -> None:
    if unit != "proportion":
        raise ValueError(_("the unit must be “proportion”, not “{unit}”.").format(unit=unit))


def _beta(mean: float, low: float, high: float) -> Beta:
    """Beta of this mean with 95 % between the bounds, by bisection on its size a + b."""
    few, many = math.log(1e-2), math.log(1e12)
    for _step in range(200):
        middle = (few + many) / 2
        size = math.exp(middle)
        a, b = mean * size, (1 - mean) * size
        held = special.betainc(a, b, high) - special.betainc(a, b, low)
        few, many = (middle, many) if held < _LEVEL else (few, middle)
    size = math.exp((few + many) / 2)
    return Beta(mean * size, (1 - mean) * size)


def _estimate(value: object) -> Estimate:
    if isinstance(value, Estimate):
        return value
    if not isinstance(value, dict) or "distribution" not in value:
        return Bounds.model_validate(value).estimate()
    try:
        found = Estimate.from_record(value)
        finite = all(math.isfinite(bound) for bound in found.interval)
    except PreuveError as error:
        raise ValueError(error.problem) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(_("This is not the record of an estimate.")) from error
    if not finite:
        raise ValueError(_("the bounds of the estimate are not finite numbers."))
    return found


def _within_proportion(estimate: Estimate) -> Estimate:
    low, high = estimate.interval
    _must_be_proportion(estimate.unit)
    if not (low >= 0 and high <= 1 and 0 <= estimate.value <= 1):
        raise ValueError(_("a proportion lies between 0 and 1."))
    return estimate


def _record(estimate: Estimate) -> dict[str, Any]:
    return estimate.record()


_FIGURE = {"type": "number"}
Proportion: TypeAlias = Annotated[
    Estimate,
    PlainValidator(_estimate),
    AfterValidator(_within_proportion),
    PlainSerializer(_record),
    WithJsonSchema(
        {
            "type": "object",
            "title": "Estimate",
            "description": "Bounds that hold 95 %, or the record of an estimate of the house.",
            "properties": {
                "value": _FIGURE,
                "low": _FIGURE,
                "high": _FIGURE,
                "unit": {"const": "proportion"},
                "source": {"type": "string", "minLength": 1},
                "level": _FIGURE,
                "distribution": {"type": "object"},
            },
            "required": ["value", "low", "high", "unit", "source"],
            "additionalProperties": False,
        }
    ),
]
"""An uncertain share; `unit` must be “proportion”."""
