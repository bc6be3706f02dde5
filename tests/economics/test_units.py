"""Units: an algebra in which what counts different things never adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.economics.expression.functions import Span
from preuve.economics.expression.lowering import Vocabulary, lower
from preuve.economics.expression.syntax import parse
from preuve.economics.expression.units import (
    FREE,
    PLAIN,
    Unit,
    UnitError,
    per,
    power,
    product,
    quotient,
    same,
    unit_of,
)

WORDS = ["EUR", "QALY", "year", "month", "ecg", "hour", "1", "patient"]
units = st.lists(
    st.tuples(st.sampled_from(["*", "/"]), st.sampled_from(WORDS)), min_size=1, max_size=4
).map(lambda pairs: unit_of("1" + "".join(sign + word for sign, word in pairs)))


@given(units, units, units)
def test_products_commute_and_associate(a: Unit, b: Unit, c: Unit) -> None:
    assert product(a, b) == product(b, a)
    assert product(product(a, b), c) == product(a, product(b, c))


@given(units, units)
def test_a_quotient_undoes_a_product(a: Unit, b: Unit) -> None:
    assert quotient(product(a, b), b) == a
    assert product(quotient(a, b), b) == a
    assert quotient(a, a) == PLAIN
    assert product(a, PLAIN) == a


@given(units, units)
def test_a_sum_asks_one_unit(a: Unit, b: Unit) -> None:
    if a == b:
        assert same(a, b, "a sum") == a
        return
    with pytest.raises(UnitError, match="mixes"):
        same(a, b, "a sum")


@given(units)
def test_a_bare_number_takes_the_unit_of_its_neighbour(a: Unit) -> None:
    assert same(FREE, a, "") == same(a, FREE, "") == product(FREE, a) == quotient(a, FREE) == a


@given(units, st.integers(1, 4))
def test_a_power_is_a_repeated_product(a: Unit, times: int) -> None:
    repeated = a
    for _time in range(times - 1):
        repeated = product(repeated, a)
    assert power(a, float(times)) == repeated
    assert power(power(a, 2.0), 0.5) == a


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EUR/years", "EUR/year"),
        ("€/month", "EUR/month"),
        ("utility", "QALY/year"),
        ("EUR/patient", "EUR"),
        ("rate/year", "1/year"),
        ("proportion/month", "probability/month"),
        ("hour*EUR/hour", "EUR"),
    ],
)
def test_two_ways_to_write_a_unit(one: str, other: str) -> None:
    assert unit_of(one) == unit_of(other)


@pytest.mark.parametrize(
    "text", ["", "EUR//year", "EUR year", "/year", "EUR/", "a+b", "{}", "EUR^2"]
)
def test_what_is_no_unit(text: str) -> None:
    with pytest.raises(UnitError, match="is not a unit"):
        unit_of(text)


def test_spans_of_chances_do_not_mix() -> None:
    month, year = unit_of("probability/month"), unit_of("probability/year")
    assert product(year, PLAIN) == year
    assert product(year, year) == year
    assert quotient(year, year) == PLAIN
    for operation in (product, quotient):
        with pytest.raises(UnitError, match="mixes"):
            operation(month, year)
    assert per(month, "year") == year
    assert per(unit_of("EUR/month"), "year") == unit_of("EUR/year")


NAMES = {
    "month_cost": "EUR/month",
    "year_cost": "EUR/year",
    "cost": "EUR",
    "qaly": "QALY",
    "month_chance": "probability/month",
    "year_chance": "probability/year",
    "rate": "rate/year",
    "ratio": "ratio",
    "time": "year",
}


def counted(formula: str) -> Unit:
    names = Vocabulary(lambda name: unit_of(NAMES[name]), {}, Span(1.0, "year"))
    return lower(parse(formula), names)[1]


@pytest.mark.parametrize(
    "formula",
    [
        "month_cost + year_cost",
        "cost - qaly",
        "month_chance + year_chance",
        "month_chance * year_chance",
        "cost > qaly",
        "cost if ratio > 1 else qaly",
        "min(cost, qaly)",
        "exp(cost)",
        "ratio ** cost",
        "cost ** ratio",
        "probability(year_chance)",
        "probability(cost)",
        "rate(rate)",
        "per_cycle(rate)",
        "hazard_ratio(rate, 2)",
        "yearly(cost)",
        "weibull(time, ratio, ratio)",
    ],
)
def test_a_clash_is_refused(formula: str) -> None:
    with pytest.raises(UnitError):
        counted(formula)


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("yearly(month_cost) + year_cost", "EUR/year"),
        ("month_cost / cost", "1/month"),
        ("rate * time", "1"),
        ("yearly(month_chance) * year_chance", "probability/year"),
        ("1 - year_chance", "probability/year"),
        ("ratio * cost + 3 * cost", "EUR"),
        ("cost / qaly", "EUR/QALY"),
        ("rate(month_chance)", "1/month"),
        ("cost ** 2 / cost", "EUR"),
        ("max(cost, 0)", "EUR"),
        ("time / 2 + 1", "year"),
    ],
)
def test_what_a_formula_counts(formula: str, unit: str) -> None:
    assert counted(formula) == unit_of(unit)
