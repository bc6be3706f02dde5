"""Formulas: read without being run, lowered without a change of value."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from preuve.economics.expression.evaluation import Table, evaluate
from preuve.economics.expression.functions import FUNCTIONS, Span
from preuve.economics.expression.lowering import TableUnits, Vocabulary, lower
from preuve.economics.expression.syntax import FormulaError, parse
from preuve.economics.expression.units import unit_of

UNITS = {
    "p": "probability/year",
    "r": "rate/year",
    "x": "ratio",
    "y": "ratio",
    "t": "year",
    "s": "year",
    "c": "EUR/year",
}
AGES = Table(np.array([0.0, 50.0, 70.0]), np.array([0.01, 0.02, 0.04]))
YEAR = Span(1.0, "year")
CYCLES = (Span(1.0, "day"), Span(2.0, "week"), Span(1.0, "month"), YEAR)
shares = st.floats(0.001, 0.999)
positive = st.floats(0.01, 5.0)


def words(cycle: Span) -> Vocabulary:
    tables = {"ages": TableUnits(unit_of("year"), unit_of("probability/year"))}
    return Vocabulary(lambda name: unit_of(UNITS[name]), tables, cycle)


def worth(formula: str, cycle: Span = YEAR, **values: float) -> float:
    lowered, _unit = lower(parse(formula), words(cycle))
    with np.errstate(all="ignore"):
        found = evaluate(lowered, lambda name: np.array([values[name]]), {"ages": AGES})
    return float(np.asarray(found).reshape(-1)[0])


@pytest.mark.parametrize("cycle", CYCLES, ids=str)
@given(rate=positive)
def test_a_rate_becomes_the_chance_over_a_cycle(cycle: Span, rate: float) -> None:
    assert worth("probability(r)", cycle, r=rate) == pytest.approx(-math.expm1(-rate * cycle.years))


@pytest.mark.parametrize("cycle", CYCLES, ids=str)
@given(chance=shares)
def test_a_yearly_chance_compounds_from_its_cycles(cycle: Span, chance: float) -> None:
    each = worth("per_cycle(p)", cycle, p=chance)
    assert 1 - (1 - each) ** (1 / cycle.years) == pytest.approx(chance)
    assert worth("probability(rate(p))", cycle, p=chance) == pytest.approx(each)


@given(chance=shares, ratio=positive, money=positive)
def test_conversions_and_ratios(chance: float, ratio: float, money: float) -> None:
    assert worth("hazard_ratio(p, x)", p=chance, x=ratio) == pytest.approx(
        1 - math.exp(ratio * math.log1p(-chance))
    )
    odds = chance / (1 - chance) * ratio
    assert worth("odds_ratio(p, x)", p=chance, x=ratio) == pytest.approx(odds / (1 + odds))
    assert worth("odds_ratio(p, 1)", p=chance) == pytest.approx(chance)
    assert worth("monthly(c)", c=money) == pytest.approx(money / 12)
    assert worth("yearly(monthly(c))", c=money) == pytest.approx(money)
    assert worth("daily(c)", c=money) == pytest.approx(money / 365.25)
    assert worth("rate(p)", p=chance) == pytest.approx(-math.log1p(-chance))
    assert worth("yearly(monthly(p))", p=chance) == pytest.approx(chance)


@given(time=st.floats(0.01, 30), shape=positive, scale=positive)
def test_survival_is_that_of_scipy(time: float, shape: float, scale: float) -> None:
    with np.errstate(all="ignore"):
        expected: dict[str, float] = {
            "weibull(t, x, s)": stats.weibull_min.sf(time, shape, scale=scale),
            "loglogistic(t, x, s)": stats.fisk.sf(time, shape, scale=scale),
            "lognormal(t, s, x)": stats.lognorm.sf(time, shape, scale=scale),
            "exponential(t, r)": stats.expon.sf(time, scale=1 / scale),
        }
    for formula, survival in expected.items():
        found = worth(formula, t=time, x=shape, s=scale, r=scale)
        assert found == pytest.approx(survival, abs=1e-12), formula


@given(time=st.floats(0.01, 5), shape=st.floats(0.05, 1), rate=positive)
def test_gompertz_is_that_of_scipy(time: float, shape: float, rate: float) -> None:
    units = {"t": "year", "a": "1/year", "b": "rate/year"}
    vocabulary = Vocabulary(lambda name: unit_of(units[name]), {}, Span(1.0, "month"))
    lowered, _unit = lower(parse("gompertz(t, a, b)"), vocabulary)
    values = {"t": time, "a": shape, "b": rate}
    found = float(evaluate(lowered, lambda name: np.asarray(values[name]), {}))
    assert found == pytest.approx(
        stats.gompertz.sf(time * shape, rate / shape), rel=1e-9, abs=1e-12
    )


@given(x=shares, y=st.floats(-3, 3))
def test_plain_functions(x: float, y: float) -> None:
    expected: dict[str, float] = {
        "logit(x)": float(special.logit(x)),
        "logistic(y)": float(special.expit(y)),
        "logistic(logit(x))": x,
        "normal_cdf(y)": float(special.ndtr(y)),
        "exp(y)": math.exp(y),
        "log(x)": math.log(x),
        "sqrt(x)": math.sqrt(x),
        "abs(y)": abs(y),
        "floor(y)": math.floor(y),
        "min(x, y, 0.5)": min(x, y, 0.5),
        "max(x, y)": max(x, y),
        "-y ** 2": -(y**2),
        "x - y - 1": x - y - 1,
        "x / y if y != 0 else 7": x / y if y != 0 else 7,
        "(x > y) + (x >= x) + (x < y) + (x == x)": (x > y) + 1 + (x < y) + 1,
    }
    for formula, value in expected.items():
        assert worth(formula, x=x, y=y) == pytest.approx(value, abs=1e-9), formula


def test_every_function_is_tested_here() -> None:
    here = {
        node.value
        for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for name in FUNCTIONS:
        assert any(f"{name}(" in text for text in here), name


arithmetic = st.recursive(
    st.one_of(st.sampled_from(["x", "y"]), st.floats(0, 9).map(lambda one: f"{one:.3f}")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda three: f"({' '.join(three)})"),
        inner.map(lambda one: f"-{one}"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > 1 else {t[2]})"),
    ),
    max_leaves=12,
)


@given(formula=arithmetic, x=st.floats(0.1, 9), y=st.floats(0.1, 9))
def test_arithmetic_is_that_of_python(formula: str, x: float, y: float) -> None:
    code: Callable[..., float] = eval(f"lambda x, y: {formula}")
    try:
        expected = code(x, y)
    except ZeroDivisionError:
        return
    assert worth(formula, x=x, y=y) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(text=st.text(max_size=40))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    with suppress(FormulaError):
        parse(text)


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for formula in (
        f"__import__('pathlib').Path({str(mark)!r}).touch()",
        f"open({str(mark)!r}, 'w')",
        f"(lambda: open({str(mark)!r}, 'w'))()",
        "().__class__.__base__.__subclasses__()",
        "x.__class__.__mro__[1]",
    ):
        with pytest.raises(FormulaError):
            parse(formula)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("age", "chance"),
    [(0.0, 0.01), (49.9, 0.01), (50.0, 0.02), (69.99, 0.02), (70, 0.04), (120, 0.04)],
)
def test_a_table_holds_until_its_next_key(age: float, chance: float) -> None:
    assert worth("ages(t)", t=age) == chance


def test_a_table_knows_nothing_below_its_first_key_nor_at_no_number() -> None:
    table = Table(np.array([20.0, 30.0]), np.array([1.0, 2.0]))
    assert np.isnan(table.at(np.array([19.0, np.nan]))).all()
    months = np.arange(241) / 12 + 20
    assert int((table.at(months) == 1.0).sum()) == 120
