"""Formula: a number, a percentage or an expression, as it stands in the YAML."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from preuve.core.language import _
from preuve.core.quantities import percentage
from preuve.economics.expression.syntax import parse


def _formula(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(_("must be a number or a formula."))
    if isinstance(value, str):
        share = percentage(value)
        if share is not None:
            return share
        if value.strip() == REST:
            return value
    parse(value)
    return value


REST = "rest"
"""What stands in place of the probability that remains."""

Formula: TypeAlias = Annotated[
    float | str,
    BeforeValidator(_formula),
    WithJsonSchema({"type": ["number", "string"], "description": "A number or a formula."}),
]

Formulas: TypeAlias = dict[str, Formula]


def is_rest(formula: Any) -> bool:
    """Whether it stands for the probability that remains."""
    return isinstance(formula, str) and formula.strip() == REST
