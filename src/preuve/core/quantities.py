"""Quantities: how a person writes a number, a share or a percentage."""

from __future__ import annotations

import math
import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from preuve.core.language import _

_PERCENTAGE = re.compile(r"\s*([-+−]?[0-9]+(?:[.,][0-9]+)?)\s*%\s*")

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NotNegative: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]


def percentage(text: str) -> float | None:
    """The proportion that “5 %” or “−2,5 %” stands for; None for another text."""
    found = _PERCENTAGE.fullmatch(text)
    if found is None:
        return None
    return float(found[1].replace(",", ".").replace("−", "-")) / 100


def proportion(value: object) -> float:
    """The number that a share is written as: 0.05 or "5 %".

    Raises:
        ValueError: it is neither.
    """
    number = percentage(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError(_("“{value}” is not a share: write 5 % or 0.05.").format(value=value))
    if not math.isfinite(number):
        raise ValueError(_("must be a finite number (no NaN, no infinity)."))
    return float(number)


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(
            _("{value} is not between 0 and 1: write 5 % or 0.05.").format(value=f"{value:g}")
        )
    return value


def written_share(low: int) -> WithJsonSchema:
    """The schema of a share from `low` to 1, or of a percentage."""
    number = {"type": "number", "minimum": low, "maximum": 1}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": "%"}]})


Share: TypeAlias = Annotated[
    float, BeforeValidator(proportion), AfterValidator(_share), written_share(0)
]
"""From 0 to 1, written 0.05 or 5 %."""
