"""Bytecode: a lowered formula as a list of instructions for a stack, run in a kernel.

It is for formulas that differ from individual to individual: there are too many values to keep
arrays of them, and a kernel cannot walk a tree of Python objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.economics.expression.evaluation import Table
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

Code = NDArray[np.int64]
Instruction = tuple[int, int]

NUMBER, SLOT, TRAIT, TABLE, NEGATE, CHOOSE = range(6)
"""Push a number, a value by cycle and sojourn, a trait; look up; change sign; choose."""
SIGNS = {
    sign: place
    for place, sign in enumerate(
        ("+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "min", "max"), start=6
    )
}
CALLS = {
    name: place
    for place, name in enumerate(("exp", "log", "sqrt", "abs", "floor", "normal_cdf"), start=19)
}


@dataclass(frozen=True)
class Names:
    """What the names of a formula are: positions among slots, traits and tables."""

    slots: Mapping[str, int]
    traits: Mapping[str, int]
    tables: Mapping[str, int]


@dataclass(frozen=True)
class Programs:
    """Formulas one after the other.

    Attributes:
        code: (n, 2) operation and its operand. begins: (N + 1,) where each formula begins.
        numbers: constants, by operand. depth: the most values that stand on the stack.
    """

    code: Code
    begins: Code
    numbers: Floats
    depth: int


@dataclass(frozen=True)
class Lookups:
    """The tables of a model in a row.

    Attributes:
        keys, values: of all tables. begins: (N + 1,) where each table begins.
    """

    keys: Floats
    values: Floats
    begins: Code

    @classmethod
    def of(cls, tables: Sequence[Table]) -> Lookups:
        return cls(
            np.concatenate([*(one.keys for one in tables), np.zeros(1)]).astype(float),
            np.concatenate([*(one.values for one in tables), np.zeros(1)]).astype(float),
            np.cumsum([0, *(len(one.keys) for one in tables)]).astype(np.int64),
        )


def assembled(formulas: Sequence[Expression], names: Names) -> Programs:
    """The instructions of some formulas, whose names are all slots, traits or tables."""
    numbers: list[float] = []
    code: list[Instruction] = []
    begins = [0]
    depth = 1
    for formula in formulas:
        written = list(_written(formula, names, numbers))
        depth = max(depth, _depth(written))
        code += written
        begins.append(len(code))
    return Programs(
        np.array(code, dtype=np.int64).reshape(-1, 2),
        np.array(begins, dtype=np.int64),
        np.array([*numbers, 0.0]),
        depth,
    )


def _written(formula: Expression, names: Names, numbers: list[float]) -> Iterator[Instruction]:
    def below(*inside: Expression) -> Iterator[Instruction]:
        for one in inside:
            yield from _written(one, names, numbers)

    match formula:
        case Number(value):
            numbers.append(value)
            yield NUMBER, len(numbers) - 1
        case Name(name):
            trait = names.traits.get(name)
            yield (SLOT, names.slots[name]) if trait is None else (TRAIT, trait)
        case Negation(of):
            yield from below(of)
            yield NEGATE, 0
        case Operation(sign, left, right) | Comparison(sign, left, right):
            yield from below(left, right)
            yield SIGNS[sign], 0
        case Choice(condition, yes, no):
            yield from below(condition, yes, no)
            yield CHOOSE, 0
        case Call(function, arguments):
            yield from below(*arguments)
            if function in names.tables:
                yield TABLE, names.tables[function]
            else:
                yield (CALLS[function] if function in CALLS else SIGNS[function]), 0


def _depth(code: Sequence[Instruction]) -> int:
    """The most values on the stack at once."""
    held = most = 0
    for operation, _operand in code:
        if operation in (NUMBER, SLOT, TRAIT):
            held += 1
        elif operation == CHOOSE:
            held -= 2
        elif operation in SIGNS.values():
            held -= 1
        most = max(most, held)
    return most
