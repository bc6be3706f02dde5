"""The kernel of bytecode: one formula for one individual at one moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from preuve.core.kernel import kernel

_ROOT_HALF = math.sqrt(0.5)


@kernel
def worked_out(
    formula: int,
    code: NDArray[np.int64],
    begins: NDArray[np.int64],
    numbers: NDArray[np.float64],
    slots: NDArray[np.int64],
    values: NDArray[np.float64],
    keys: NDArray[np.float64],
    looked_up: NDArray[np.float64],
    tables: NDArray[np.int64],
    traits: NDArray[np.float64],
    cycle: int,
    stayed: int,
    stack: NDArray[np.float64],
) -> float:
    """The value of a formula, as `expression.evaluation` gives it.

    Args:
        formula: its position.
        code: of `bytecode.Programs`.
        begins: of the same.
        numbers: of the same.
        slots: (N, 3) of each slot, where it begins in `values` and its steps by cycle and by
            cycle of sojourn.
        values: of the slots.
        keys: of `bytecode.Lookups`.
        looked_up: their values.
        tables: where each table begins.
        traits: of the individual.
        cycle: number of the point of time.
        stayed: cycles since entry into the state.
        stack: overwritten.
    """
    top = -1
    for place in range(begins[formula], begins[formula + 1]):
        operation, operand = code[place, 0], code[place, 1]
        if operation == 0:
            top += 1
            stack[top] = numbers[operand]
        elif operation == 1:
            top += 1
            stack[top] = values[
                slots[operand, 0] + slots[operand, 1] * cycle + slots[operand, 2] * stayed
            ]
        elif operation == 2:
            top += 1
            stack[top] = traits[operand]
        elif operation == 3:
            stack[top] = _looked_up(
                stack[top], keys, looked_up, tables[operand], tables[operand + 1]
            )
        elif operation == 4:
            stack[top] = -stack[top]
        elif operation == 5:
            top -= 2
            stack[top] = stack[top + 1] if stack[top] != 0.0 else stack[top + 2]
        elif operation < 19:
            top -= 1
            stack[top] = _of_two(operation, stack[top], stack[top + 1])
        else:
            stack[top] = _of_one(operation, stack[top])
    return float(stack[0])


@kernel
def _of_two(operation: int, left: float, right: float) -> float:
    if operation == 6:
        return left + right
    if operation == 7:
        return left - right
    if operation == 8:
        return left * right
    if operation == 9:
        return left / right
    if operation == 10:
        return float(math.pow(left, right))
    if operation < 17:
        return 1.0 if _holds(operation, left, right) else 0.0
    if math.isnan(left) or math.isnan(right):
        return math.nan
    return min(left, right) if operation == 17 else max(left, right)


@kernel
def _holds(operation: int, left: float, right: float) -> bool:
    if operation == 11:
        return left < right
    if operation == 12:
        return left <= right
    if operation == 13:
        return left > right
    if operation == 14:
        return left >= right
    return left == right if operation == 15 else left != right


@kernel
def _of_one(operation: int, of: float) -> float:
    if operation == 19:
        return math.exp(of)
    if operation == 20:
        return math.log(of)
    if operation == 21:
        return math.sqrt(of)
    if operation == 22:
        return abs(of)
    if operation == 23:
        return float(np.floor(of))
    return 0.5 * math.erfc(-of * _ROOT_HALF)


@kernel
def _looked_up(
    key: float,
    keys: NDArray[np.float64],
    values: NDArray[np.float64],
    first: int,
    end: int,
) -> float:
    """The value of the last key not above `key`, up to rounding; not a number below them all."""
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if keys[middle] <= key + 1e-9:
            low = middle + 1
        else:
            high = middle
    if math.isnan(key) or low == first:
        return math.nan
    return float(values[low - 1])
