"""Payers: who bears a cost, by shares or by a kind of care whose shares the law sets."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from preuve.core.errors import PreuveError
from preuve.economics.specification.formula import Formulas


def _shares(value: object) -> object:
    from preuve.economics.reference_case.payers import split

    if not isinstance(value, str):
        return value
    try:
        return split(value)
    except PreuveError as error:
        raise ValueError(" ".join(filter(None, (error.problem, error.remedy)))) from error


Payers: TypeAlias = Annotated[
    Formulas,
    BeforeValidator(_shares),
    WithJsonSchema(
        {
            "type": ["object", "string"],
            "additionalProperties": {"type": ["number", "string"]},
            "description": "Shares by payer, or a kind of care of the reference case.",
        }
    ),
]
"""Share by payer, summing to 1; written as a kind of care ("laboratory"), that of its tariff."""
