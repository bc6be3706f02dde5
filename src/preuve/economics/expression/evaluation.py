"""Evaluation: a lowered formula over arrays of draws, and over the cycles where it varies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from preuve.core.distribution import Floats
from preuve.economics.expression.syntax import (
    Call,
    Choice,
    Comparison,
    Expression,
    Name,
    Negation,
    Number,
    Operation,
)

Operator = Callable[[Floats, Floats], Floats]

_SIGNS: Mapping[str, Operator] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
    "min": np.minimum,
    "max": np.maximum,
}
_FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "floor": np.floor,
    "normal_cdf": special.ndtr,
}


@dataclass(frozen=True)
class Table:
    """Values by key, each holding from its key until the next; the last one holds on.

    Attributes:
        keys: increasing, shape (n,). values: shape (n,).
    """

    keys: Floats
    values: Floats

    def at(self, key: Floats) -> Floats:
        """The values at some keys; not a number below the first key, or at no number."""
        place = np.searchsorted(self.keys, np.asarray(key) + 1e-9, side="right") - 1
        found = self.values[np.maximum(place, 0)]
        return np.where((place < 0) | np.isnan(key), np.nan, found)


def evaluate(
    expression: Expression,
    value_of: Callable[[str], Floats],
    tables: Mapping[str, Table],
) -> Floats:
    """The values of an expression; shapes broadcast, draws on the last axis."""
    match expression:
        case Number(value):
            return np.asarray(value)
        case Name(name):
            return value_of(name)
        case Negation(of):
            return -evaluate(of, value_of, tables)
        case Operation(sign, left, right):
            first = evaluate(left, value_of, tables)
            return _SIGNS[sign](first, evaluate(right, value_of, tables))
        case Comparison(sign, left, right):
            first = evaluate(left, value_of, tables)
            true = _SIGNS[sign](first, evaluate(right, value_of, tables))
            return np.asarray(true, dtype=float)
        case Choice(condition, yes, no):
            asked = evaluate(condition, value_of, tables) != 0
            first = evaluate(yes, value_of, tables)
            return np.where(asked, first, evaluate(no, value_of, tables))
        case Call(function, arguments):
            given = [evaluate(one, value_of, tables) for one in arguments]
            if function in tables:
                return tables[function].at(given[0])
            if len(given) == 2:
                return _SIGNS[function](*given)
            return np.asarray(_FUNCTIONS[function](given[0]))
