"""French values of EQ-5D: states as printed by other implementations, and laws."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.reference_case.eq5d5l import ValueSetName, utility, value_set

FIVE = {
    # Value set of France in the public table of eq5dsuite, EQ-5D-5L/FR.csv.
    "11111": 1,
    "11112": 0.97954,
    "11113": 0.95317,
    "11114": 0.79995,
    "11115": 0.74197,
    "11121": 0.97802,
    "11131": 0.95296,
    "11141": 0.73626,
    "11151": 0.55601,
    "11211": 0.96687,
    "11311": 0.96021,
    "11411": 0.84311,
    "11511": 0.75995,
    "12111": 0.96344,
    "13111": 0.949219,
    "14111": 0.827749,
    "15111": 0.741669,
    "21111": 0.96241,
    "31111": 0.95226,
    "41111": 0.82051,
    "12345": 0.40188,
    "14455": -0.031161,
    "15555": -0.200401,
    "21232": 0.86178,
    "22222": 0.85028,
    "23355": 0.169819,
    "24455": -0.068751,
    "55251": -0.060541,
    "55311": 0.376789,
    "55445": -0.262081,
    "55555": -0.525491,
}
THREE = {
    # Value set of France in the public table of eq5dsuite, EQ-5D-3L/FR.csv.
    "11111": 1,
    "11112": 0.91,
    "11113": 0.622,
    "11121": 0.888,
    "11131": 0.561,
    "11211": 0.844,
    "11311": 0.637,
    "12111": 0.788,
    "13111": 0.5,
    "13311": 0.311,
    "21111": 0.845,
    "31111": 0.454,
    "21232": 0.16,
    "22222": 0.275,
    "23232": -0.166,
    "31331": 0,
    "32223": -0.23,
    "33333": -0.53,
}
NAMES: tuple[ValueSetName, ...] = ("eq5d5l_fr", "eq5d3l_fr")


@pytest.mark.parametrize(("state", "asked"), FIVE.items())
def test_five_levels(state: str, asked: float) -> None:
    assert utility(state) == pytest.approx(asked, abs=1e-9)


@pytest.mark.parametrize(("state", "asked"), THREE.items())
def test_three_levels(state: str, asked: float) -> None:
    assert utility(state, "eq5d3l_fr") == pytest.approx(asked, abs=1e-6)


def test_range_printed_in_the_article() -> None:
    every = ["".join(digits) for digits in itertools.product("12345", repeat=5)]
    values = [utility(state) for state in every]
    assert len(values) == 3125
    assert round(min(values), 3) == -0.525
    assert max(values) == 1


@given(
    state=st.text("12345", min_size=5, max_size=5),
    place=st.integers(0, 4),
    name=st.sampled_from(NAMES),
)
def test_a_worse_level_never_has_more_value(state: str, place: int, name: ValueSetName) -> None:
    levels = value_set(name).levels
    state = "".join(str(min(int(digit), levels)) for digit in state)
    worse = str(min(int(state[place]) + 1, levels))
    assert utility(state[:place] + worse + state[place + 1 :], name) <= utility(state, name)


@pytest.mark.parametrize(
    "state", ["", "1111", "111111", "11116", "11110", "abcde", "1 111", "１１１１１"]
)
def test_not_a_state(state: str) -> None:
    with pytest.raises(PreuveError, match="five digits from 1 to 5") as caught:
        utility(state)
    assert "21232" in caught.value.remedy


def test_a_number_is_not_a_state() -> None:
    with pytest.raises(PreuveError, match="not an EQ-5D state"):
        utility(11111)  # type: ignore[arg-type]


def test_three_levels_have_no_fourth() -> None:
    with pytest.raises(PreuveError, match="from 1 to 3"):
        utility("11114", "eq5d3l_fr")


@pytest.mark.parametrize("name", NAMES)
def test_sources(name: ValueSetName) -> None:
    assert "doi:" in value_set(name).source
    assert value_set(name).confidence == "high"
