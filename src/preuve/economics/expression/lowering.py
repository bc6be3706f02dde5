"""Lowering: a formula with its units checked and its functions turned into primitives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.economics.expression.functions import FUNCTIONS, Span, Typed
from preuve.economics.expression.syntax import (
    Call,
    Choice,
    Comparison,
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    parts,
)
from preuve.economics.expression.units import (
    FREE,
    PLAIN,
    Unit,
    UnitError,
    plain,
    power,
    product,
    quotient,
    same,
)


@dataclass(frozen=True)
class TableUnits:
    """What a table of the model takes and gives."""

    key: Unit
    value: Unit


@dataclass(frozen=True)
class Vocabulary:
    """What the names of a formula stand for.

    Attributes:
        unit: the unit of a name; raises UnitError for one that the model does not have.
        tables: the model's tables, by name.
        cycle: the length of a cycle.
    """

    unit: Callable[[str], Unit]
    tables: Mapping[str, TableUnits]
    cycle: Span


LARGEST = 20_000
"""How many primitives a formula may come to."""


def lower(expression: Expression, words: Vocabulary) -> Typed:
    """The expression in primitives, and its unit.

    Raises:
        UnitError: units do not go together, a function is unknown or wrongly called, or the
            functions inside each other come to too much.
    """
    lowered, unit = _lower(expression, words)
    if _size(lowered, {}) > LARGEST:
        raise UnitError(_("the formula is too long to compute: cut it into several values."))
    return lowered, unit


def _size(expression: Expression, known: dict[int, int]) -> int:
    """How many primitives it comes to; a part that stands in several places is looked at once."""
    if id(expression) not in known:
        known[id(expression)] = 1 + sum(_size(part, known) for part in parts(expression))
    return known[id(expression)]


def _lower(expression: Expression, words: Vocabulary) -> Typed:
    match expression:
        case Number():
            return expression, FREE
        case Name(name):
            return expression, words.unit(name)
        case Negation(of):
            inner, unit = _lower(of, words)
            return Negation(inner), unit
        case Operation(sign, left, right):
            return _operation(sign, _lower(left, words), _lower(right, words))
        case Comparison(sign, left, right):
            (first, unit), (second, other) = _lower(left, words), _lower(right, words)
            same(unit, other, _("a comparison"))
            return Comparison(sign, first, second), PLAIN
        case Choice(condition, yes, no):
            asked, _unit = _lower(condition, words)
            (first, unit), (second, other) = _lower(yes, words), _lower(no, words)
            return Choice(asked, first, second), same(unit, other, _("a choice"))
        case Call(function, arguments):
            given = [_lower(one, words) for one in arguments]
            return _call(function, given, words)


def _operation(sign: str, first: Typed, second: Typed) -> Typed:
    (left, unit), (right, other) = first, second
    lowered = Operation(sign, left, right)
    if sign == "+":
        return lowered, same(unit, other, _("a sum"))
    if sign == "-":
        return lowered, same(unit, other, _("a difference"))
    if sign == "*":
        return lowered, product(unit, other)
    if sign == "/":
        return lowered, quotient(unit, other)
    plain(other, _("an exponent"))
    return lowered, power(unit, right.value if isinstance(right, Number) else None)


def _call(function: str, given: list[Typed], words: Vocabulary) -> Typed:
    if function in words.tables:
        return _lookup(function, given, words.tables[function])
    known = FUNCTIONS.get(function)
    if known is None:
        raise UnitError(
            _("the function or table “{name}” is not known.").format(name=function)
            + nearest(function, [*FUNCTIONS, *words.tables])
        )
    if not known.fewest <= len(given) <= known.most:
        raise UnitError(
            _("{name} takes {count} values, not {given}.").format(
                name=function, count=known.fewest, given=len(given)
            )
        )
    return known.function(function, given, words.cycle)


def _lookup(name: str, given: list[Typed], table: TableUnits) -> Typed:
    if len(given) != 1:
        raise UnitError(_("the table {name} takes one value.").format(name=name))
    ((key, unit),) = given
    same(table.key, unit, _("the key of {name}").format(name=name))
    return Call(name, (key,)), table.value
