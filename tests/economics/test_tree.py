"""Trees: the chance of each leaf and what its way costs, against enumeration by hand."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.compilation.scope import Scope
from preuve.economics.model import Model
from preuve.economics.simulate import simulate
from preuve.economics.structure.tree import walked

Fork = list[dict[str, Any]]


def forks(depth: int) -> st.SearchStrategy[Fork]:
    branch: dict[str, Any] = {
        "weight": st.floats(0.05, 1),
        "cost": st.floats(0, 1000),
        "qaly": st.floats(-1, 1),
        "then": st.just([]) if not depth else st.one_of(st.just([]), forks(depth - 1)),
    }
    return st.lists(st.fixed_dictionaries(branch), min_size=1, max_size=3)


def written(fork: Fork, number: Any) -> list[dict[str, Any]]:
    total = sum(one["weight"] for one in fork)
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(fork):
        last = place == len(fork) - 1
        row: dict[str, Any] = {
            "name": f"branch {next(number)}",
            "probability": "rest" if last else one["weight"] / total,
            "costs": {"care": one["cost"]},
            "effects": {"qaly": one["qaly"]},
        }
        if one["then"]:
            row["then"] = written(one["then"], number)
        rows.append(row)
    return rows


def leaves(fork: Fork, chance: float, cost: float, qaly: float) -> list[tuple[float, float, float]]:
    """Every way through a tree: its chance, its cost and its effect."""
    total = sum(one["weight"] for one in fork)
    found: list[tuple[float, float, float]] = []
    for one in fork:
        here = chance * one["weight"] / total, cost + one["cost"], qaly + one["qaly"]
        found += leaves(one["then"], *here) if one["then"] else [here]
    return found


def model(branches: list[dict[str, Any]], **more: Any) -> Model:
    record: dict[str, Any] = {
        "preuve_model": 1,
        "name": "tree",
        "title": {"fr": "a", "en": "t"},
        "decision": {
            "question": {"fr": "q", "en": "q"},
            "population": {"fr": "p", "en": "p"},
            "perspective": "payer",
            "price_year": 2024,
        },
        "structure": {"kind": "tree", "branches": branches},
        "rewards": {"costs": {"care": {}}, "effects": {"qaly": {}}},
        "strategies": {"one": {"label": {"fr": "a", "en": "a"}}},
    }
    return Model.parse(record | more)


@settings(max_examples=60, deadline=None)
@given(fork=forks(3))
def test_a_tree_is_the_sum_over_its_ways(fork: Fork) -> None:
    read = model(written(fork, count()))
    found = simulate(read.compiled, {})
    ways = np.array(leaves(fork, 1.0, 0.0, 0.0))
    assert ways[:, 0].sum() == pytest.approx(1)
    assert found.costs[0, 0] == pytest.approx(ways[:, 0] @ ways[:, 1])
    assert found.traded[0, 0] == pytest.approx(ways[:, 0] @ ways[:, 2], abs=1e-12)
    tree: Any = read.written.structure
    walk = walked(Scope(read.compiled, {}), ("structure", "branches"), tree.branches, 1)
    assert sorted(float(one[0]) for one in walk.leaves.values()) == pytest.approx(
        sorted(ways[:, 0].tolist())
    )
    assert not found.repairs.repaired


def two(probability: Any = 0.25, **more: Any) -> Model:
    return model(
        [
            {"name": "sick", "probability": probability, "costs": {"care": 100}},
            {"name": "well", "probability": "rest", "effects": {"qaly": 1}},
        ],
        **more,
    )


def test_what_is_paid_once_is_added_and_nothing_is_discounted() -> None:
    rewards = {"costs": {"care": {"once": 7}}, "effects": {"qaly": {"once": 0.5}}}
    found = simulate(two(rewards=rewards).compiled, {}, years=3)
    assert found.costs[0, 0] == pytest.approx(32)
    assert found.traded[0, 0] == pytest.approx(1.25)
    assert found.yearly_by_item().sum() == pytest.approx(32)


def test_a_use_is_paid_whole_where_there_is_no_time() -> None:
    """A price by use without `once` in a tree is not spread over the months of a year."""
    label = {"fr": "a", "en": "a"}
    price = {"scheme": {"scheme": "per_use", "amount": 12}, "uses": 2}
    strategies = {"one": {"label": label}, "two": {"label": label, "price": price}}
    found = simulate(two(strategies=strategies).compiled, {})
    assert found.costs[:, 0] == pytest.approx([25, 49])


@pytest.mark.parametrize(
    ("probability", "words"), [(1.2, "outside 0 to 1"), (-0.1, "outside 0 to 1")]
)
def test_a_fork_out_of_range_is_refused(probability: float, words: str) -> None:
    read = two(probability)
    with pytest.raises(PreuveError, match=words):
        simulate(read.compiled, {})


def test_faults_of_branches_are_told() -> None:
    branches: list[dict[str, Any]] = [
        {"name": "a", "probability": "rest", "costs": {"cure": 1}},
        {"name": "a", "probability": "rest", "to": "well"},
    ]
    with pytest.raises(PreuveError) as told:
        model(branches)
    for words in ("stands twice", "two branches are called a", "Did you mean “care”", "well"):
        assert words in str(told.value), words


def test_a_tree_has_no_years_of_life_to_trade() -> None:
    decision = {
        "question": {"fr": "q", "en": "q"},
        "population": {"fr": "p", "en": "p"},
        "perspective": "payer",
        "price_year": 2024,
        "effect": "life_years",
    }
    with pytest.raises(PreuveError, match="life_years is not among the rewards"):
        two(decision=decision)
