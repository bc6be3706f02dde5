"""Bytecode: the kernel gives what the evaluation over arrays gives, for any formula."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.economics.expression.bytecode import Lookups, Names, assembled
from preuve.economics.expression.bytecode_kernel import worked_out
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

TABLES = {
    "young": Table(np.array([0.0, 1.0, 2.5]), np.array([3.0, -1.0, 0.5])),
    "old": Table(np.array([-2.0, 4.0]), np.array([0.1, 0.2])),
}
NAMES = Names(
    {"fixed": 0, "clock": 1, "tunnel": 2}, {"trait": 0, "other": 1}, {"young": 0, "old": 1}
)
CYCLE, STAYED = 2, 1
# fixed: one value. clock: by cycle. tunnel: by cycle and sojourn.
SLOTS = np.array([[0, 0, 0], [1, 1, 0], [5, 2, 1]], dtype=np.int64)

numbers = st.floats(-10, 10).map(Number)
names = st.sampled_from(["fixed", "clock", "tunnel", "trait", "other"]).map(Name)


def larger(inside: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    one = st.sampled_from(["exp", "log", "sqrt", "abs", "floor", "normal_cdf", "young", "old"])
    return st.one_of(
        st.builds(Negation, inside),
        st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "**"]), inside, inside),
        st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inside, inside),
        st.builds(Choice, inside, inside, inside),
        st.builds(Call, st.sampled_from(["min", "max"]), st.tuples(inside, inside)),
        st.builds(Call, one, st.tuples(inside)),
    )


@settings(max_examples=400, deadline=None)
@given(
    st.recursive(numbers | names, larger, max_leaves=25),
    st.lists(st.floats(-5, 5), min_size=13, max_size=13),
    st.tuples(st.floats(-5, 5), st.floats(0, 1)),
)
def test_bytecode_equals_evaluation(
    formula: Expression, slots: list[float], traits: tuple[float, float]
) -> None:
    worth = {
        "fixed": slots[0],
        "clock": slots[1 + CYCLE],
        "tunnel": slots[5 + 2 * CYCLE + STAYED],
        "trait": traits[0],
        "other": traits[1],
    }
    programs = assembled([Number(1.0), formula], NAMES)
    tables = Lookups.of(list(TABLES.values()))
    with np.errstate(all="ignore"):
        expected = float(evaluate(formula, lambda name: np.array(worth[name]), TABLES))
    found = worked_out(
        1, programs.code, programs.begins, programs.numbers, SLOTS, np.array(slots),
        tables.keys, tables.values, tables.begins, np.array(traits), CYCLE, STAYED,
        np.zeros(programs.depth),
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
