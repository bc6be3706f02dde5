"""Translation: a formula of a model as a formula of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from preuve.economics.expression.evaluation import Table, evaluate
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
from preuve.economics.workbook.formula import ATOM, Formula, called, joined, number

KEY_MARGIN = 1e-9
"""What a table adds to a key before it looks it up, so that 39.999999999 finds 40."""

_FUNCTIONS = {
    "exp": "EXP",
    "log": "LN",
    "sqrt": "SQRT",
    "abs": "ABS",
    "floor": "INT",
    "min": "MIN",
    "max": "MAX",
}
_COMPARISONS = {"==": "=", "!=": "<>"}
_SMALLEST = 1e-300
_UNKNOWN = np.asarray(np.nan)


@dataclass(frozen=True)
class Lookup:
    """A table of the model and the two ranges where it stands."""

    table: Table
    keys: Formula
    values: Formula


def translate(
    expression: Expression,
    value_of: Callable[[str], Formula],
    tables: Mapping[str, Lookup],
) -> Formula:
    """An expression as a formula.

    Args:
        expression: in primitives, as a compiled model holds it.
        value_of: the formula that stands for a name.
        tables: by name.
    """
    written = _written(expression, value_of, tables)
    held = {name: one.table for name, one in tables.items()}
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = evaluate(expression, lambda name: value_of(name).value, held)
    return Formula(written.pieces, written.level, np.asarray(value, dtype=float))


def _written(
    expression: Expression,
    value_of: Callable[[str], Formula],
    tables: Mapping[str, Lookup],
    within_normal: bool = False,
) -> Formula:
    """The text of an expression; its value is left unknown."""

    def inner(of: Expression) -> Formula:
        return _written(of, value_of, tables, within_normal)

    match expression:
        case Number(value):
            return number(value)
        case Name(name):
            return value_of(name)
        case Negation(of):
            return Formula(("(-", *inner(of).within(ATOM), ")"), ATOM, _UNKNOWN)
        case Operation(sign, left, right):
            return joined("^" if sign == "**" else sign, inner(left), inner(right), _UNKNOWN)
        case Comparison():
            return _either(expression, number(1), number(0), inner)
        case Choice(condition, yes, no):
            return _either(condition, inner(yes), inner(no), inner)
        case Call("normal_cdf", (of,)):
            given = _written(of, value_of, tables, True)
            return called("_xlfn.NORM.S.DIST", (given, _word("TRUE")), np.nan)
        case Call(function, arguments):
            return _call(function, list(map(inner, arguments)), tables, within_normal)


def _call(
    function: str, given: list[Formula], tables: Mapping[str, Lookup], within_normal: bool
) -> Formula:
    """A function or a table; within a normal distribution the logarithm of 0 is far below."""
    if function in tables:
        table = tables[function]
        key = joined("+", given[0], number(KEY_MARGIN), _UNKNOWN)
        return called("LOOKUP", (key, table.keys, table.values), np.nan)
    if function == "log" and within_normal:
        given = [called("MAX", (given[0], number(_SMALLEST)), np.nan)]
    return called(_FUNCTIONS[function], given, np.nan)


def _either(
    condition: Expression, yes: Formula, no: Formula, inner: Callable[[Expression], Formula]
) -> Formula:
    if isinstance(condition, Comparison):
        sign = _COMPARISONS.get(condition.sign, condition.sign)
        asked = joined(sign, inner(condition.left), inner(condition.right), _UNKNOWN)
    else:
        asked = joined("<>", inner(condition), number(0), _UNKNOWN)
    return called("IF", (asked, yes, no), np.nan)


def _word(word: str) -> Formula:
    return Formula((word,), ATOM, _UNKNOWN)
