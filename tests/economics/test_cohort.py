"""Cohorts: laws that hold for every model, and matrices multiplied as an oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.economics import simulate as simulating
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate
from preuve.economics.weights import weights

LABEL = {"fr": "a", "en": "a"}
CYCLES = 12
Matrix = NDArray[np.float64]


def matrices(size: int) -> st.SearchStrategy[Matrix]:
    """Rows that sum to 1, the last state absorbing."""
    rows = st.lists(
        st.lists(st.floats(0.01, 1), min_size=size, max_size=size), min_size=size, max_size=size
    )

    def made(drawn: list[list[float]]) -> Matrix:
        found = np.array(drawn)
        found[-1] = np.eye(size)[-1]
        scaled: Matrix = found / found.sum(axis=1, keepdims=True)
        return scaled

    return rows.map(made)


def record(matrix: Matrix, **more: Any) -> dict[str, Any]:
    """A cohort with this matrix: a year in state i costs 100 (i + 1) and brings 1 / (i + 1)."""
    names = [f"s{place}" for place in range(len(matrix))]
    living = names[:-1]
    transitions = {
        name: {
            **{other: float(p) for other, p in zip(names, row, strict=True) if other != name},
            name: "rest",
        }
        for name, row in zip(living, matrix[:-1], strict=True)
    }
    found: dict[str, Any] = {
        "preuve_model": 1,
        "name": "cohort",
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "payer",
            "price_year": 2024,
            "horizon": f"{CYCLES} years",
            "cycle": "1 year",
        },
        "structure": {
            "kind": "cohort",
            "states": {name: {"dead": name == names[-1]} for name in names},
            "start": {"s0": 1},
            "transitions": transitions,
        },
        "rewards": {
            "costs": {
                "care": {
                    "states": {name: 100 * (place + 1) for place, name in enumerate(living)},
                    "payer": {"amo": 0.6, "amc": 0.4},
                },
                "death": {"entering": {names[-1]: 1000}, "once": 5},
            },
            "effects": {
                "qaly": {"states": {name: 1 / (place + 1) for place, name in enumerate(living)}}
            },
        },
        "strategies": {"one": {"label": LABEL}},
    }
    return found | more


def run(written: dict[str, Any], draws: int = 0, **more: Any) -> tuple[Model, Outcomes]:
    model = Model.parse(written)
    drawn = model.joint.drawn(draws, seed=1) if draws else model.joint.central()
    return model, simulate(model.compiled, drawn, **more)


def state(found: Outcomes, strategy: int = 0) -> Matrix:
    assert found.trace is not None
    return np.asarray(found.trace[strategy])


@settings(max_examples=40, deadline=None)
@given(matrix=st.integers(2, 5).flatmap(matrices))
def test_a_cohort_is_a_product_of_matrices(matrix: Matrix) -> None:
    model, found = run(record(matrix), years=100)
    size = len(matrix)
    powers = np.stack([np.linalg.matrix_power(matrix, t)[0] for t in range(CYCLES + 1)])
    trace = state(found)
    assert trace == pytest.approx(powers)
    assert trace.sum(axis=1) == pytest.approx(np.ones(CYCLES + 1))
    assert np.all(np.diff(trace[:, -1]) >= -1e-15)

    counted = weights(model.written.decision)
    rate = np.append(100.0 * np.arange(1, size), 0.0)
    utility = np.append(1.0 / np.arange(1, size), 0.0)
    deaths = np.diff(powers[:, -1])
    care = counted.points[0] @ powers @ rate
    assert found.costs_by_item()[0, :, 0] == pytest.approx(
        [care, 5 + 1000 * counted.events[0] @ deaths, 0.0]
    )
    assert found.traded[0, 0] == pytest.approx(counted.points[1] @ powers @ utility)
    assert found.effect_of("life_years")[0, 0] == pytest.approx(
        counted.points[1] @ (1 - powers[:, -1])
    )


@settings(max_examples=20, deadline=None)
@given(matrix=matrices(3))
def test_sums_agree_with_each_other(matrix: Matrix) -> None:
    _model, found = run(record(matrix), years=100)
    assert found.years == CYCLES
    assert found.costs_by_payer().sum(axis=1) == pytest.approx(found.costs)
    assert found.costs_by_item().sum(axis=1) == pytest.approx(found.costs)
    undiscounted = found.costs_by_item(discounted=False)
    assert found.yearly_by_item().sum(axis=2) == pytest.approx(undiscounted)
    assert found.yearly_by_payer().sum(axis=2) == pytest.approx(
        found.costs_by_payer(discounted=False)
    )
    assert found.payers == ("amo", "amc", "unsplit")
    care = found.costs_by_item()[:, 0]
    assert found.costs_by_payer()[:, 0] == pytest.approx(0.6 * care)
    assert np.all(found.costs <= undiscounted.sum(axis=1) + 1e-9)


UNCERTAIN = {
    "parameters": {
        "p": {
            "distribution": "beta(10, 40)",
            "unit": "probability/year",
            "source": "SYNTHETIC",
            "grade": "D",
        },
        "c": {
            "distribution": "gamma(4, 25)",
            "unit": "EUR/year",
            "source": "SYNTHETIC",
            "grade": "D",
        },
    },
    "values": {"ratio": 1, "late": 1},
}


def uncertain(**more: Any) -> dict[str, Any]:
    """Draws, a hazard that changes with time, and three strategies, the third as the first."""
    found = record(np.array([[0.8, 0.1, 0.1], [0.0, 0.8, 0.2], [0.0, 0.0, 1.0]]))
    found |= UNCERTAIN
    found["structure"]["transitions"] = {
        "s0": {"s1": "hazard_ratio(p, ratio)", "s2": "0.01 + 0.001 * time / year", "s0": "rest"},
        "s1": {"s2": "min(p * late, 1)", "s1": "rest"},
    }
    found["rewards"]["costs"]["care"]["states"] = {"s0": 10, "s1": "c"}
    found["strategies"] = {
        "usual": {"label": LABEL},
        "new": {"label": LABEL, "set": {"ratio": 0.7, "c": "1.5 * c"}},
        "mirror": {"label": LABEL},
    }
    return found | more


def test_a_mirror_differs_by_exactly_nothing() -> None:
    _model, found = run(uncertain(), 500, years=4)
    assert np.array_equal(found.cost[0], found.cost[2])
    assert np.array_equal(found.effect[0], found.effect[2])
    assert not np.array_equal(found.cost[0], found.cost[1])
    assert np.all(found.traded[1] > found.traded[0])


@pytest.mark.parametrize("size", [1, 1000, 30_000])
def test_blocks_change_no_result(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _model, whole = run(uncertain(), 700, years=4)
    monkeypatch.setattr(simulating, "WORKING_SET", size)
    told: list[int] = []
    _model, parts = run(
        uncertain(), 700, years=4, progress=lambda _what, done, _of: told.append(done)
    )
    assert len(told) > 1
    assert parts.cost == pytest.approx(whole.cost, rel=1e-13)
    assert parts.effect == pytest.approx(whole.effect, rel=1e-13)
    assert parts.repairs.share == whole.repairs.share


def test_the_order_of_strategies_changes_no_result() -> None:
    _model, first = run(uncertain(), 50)
    other = uncertain()
    other["strategies"] = dict(reversed(other["strategies"].items()))
    _model, second = run(other, 50)
    for name in first.strategies:
        assert np.array_equal(first.costs[first.index(name)], second.costs[second.index(name)])
    _model, alone = run(uncertain(), 50, strategies=("new",))
    assert np.array_equal(alone.costs[0], first.costs[1])


def test_a_draw_alone_is_that_draw() -> None:
    model = Model.parse(uncertain())
    drawn = model.joint.drawn(20, seed=1)
    found = simulate(model.compiled, drawn)
    for draw in (0, 7, 19):
        one = simulate(model.compiled, {name: all_[[draw]] for name, all_ in drawn.items()})
        assert one.costs[:, 0] == pytest.approx(found.costs[:, draw])


@settings(max_examples=20, deadline=None)
@given(matrix=matrices(4), tunnel=st.integers(2, 6))
def test_a_tunnel_of_constant_chances_is_no_tunnel(matrix: Matrix, tunnel: int) -> None:
    _model, plain = run(record(matrix), years=3)
    written = record(matrix)
    written["structure"]["states"]["s1"]["tunnel"] = tunnel
    _model, found = run(written, years=3)
    assert found.cost == pytest.approx(plain.cost)
    assert found.effect == pytest.approx(plain.effect)
    assert state(found) == pytest.approx(state(plain))


def test_a_tunnel_knows_the_time_since_entry() -> None:
    """Everyone enters s1 at once and leaves it after exactly three cycles."""
    written = record(np.array([[0.8, 0.1, 0.1], [0.0, 0.8, 0.2], [0.0, 0.0, 1.0]]))
    written["structure"]["states"]["s1"]["tunnel"] = 4
    written["structure"]["transitions"] = {
        "s0": {"s1": 1},
        "s1": {"s2": "1 if sojourn / year > 1.5 else 0", "s1": "rest"},
    }
    _model, found = run(written)
    assert state(found)[:6, 1].tolist() == [0, 1, 1, 1, 0, 0]


def tunnelled(**strategy: Any) -> dict[str, Any]:
    written = uncertain()
    written["structure"]["states"]["s1"]["tunnel"] = 5
    written["values"] = {"ratio": 1, "late": "1 + sojourn / year"}
    written["strategies"] = {"usual": {"label": LABEL}, "new": {"label": LABEL} | strategy}
    return written


def test_what_a_strategy_sets_holds_in_every_place_of_a_tunnel() -> None:
    """A value that reads the time since entry, set to a constant, is that constant there too."""
    _model, found = run(tunnelled(set={"late": 1}), 20)
    written = tunnelled(set={"ratio": 1})
    written["values"]["late"] = 1
    _model, plain = run(written, 20)
    assert found.costs[1] == pytest.approx(plain.costs[1])
    assert not np.allclose(found.costs[0], plain.costs[0])


def test_what_a_strategy_sets_may_read_the_time_since_entry() -> None:
    written = tunnelled(set={"late": "1 + sojourn / year"})
    written["values"]["late"] = 1
    _model, found = run(written, 20)
    _model, usual = run(tunnelled(set={"ratio": 1}), 20)
    assert found.costs[1] == pytest.approx(usual.costs[0])


def test_what_a_scenario_sets_stays_set_under_a_strategy() -> None:
    """A scenario fixes a value that rests on what a strategy changes: it stays fixed."""
    written = uncertain()
    written["values"] = {"ratio": 1, "late": "2 * ratio"}
    model = Model.parse(written)
    drawn = model.joint.drawn(10, seed=1)
    found = simulate(model.compiled, drawn, changes={"late": np.ones(1)})
    plain = uncertain()
    same = Model.parse(plain)
    expected = simulate(same.compiled, drawn)
    assert found.costs == pytest.approx(expected.costs)


def test_life_years_are_the_area_under_survival() -> None:
    written = record(np.array([[0.9, 0.0, 0.1], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]))
    del written["structure"]["transitions"]["s1"]
    written["decision"]["discounting"] = {"costs": 0, "effects": 0}
    _model, found = run(written)
    survival = 0.9 ** np.arange(CYCLES + 1)
    assert found.effect_of("life_years")[0, 0] == pytest.approx(np.trapezoid(survival))


def test_a_cycle_of_months_converges_to_the_exponential() -> None:
    written = record(np.array([[0.9, 0.0, 0.1], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]))
    written["decision"] |= {"cycle": "1 month", "discounting": {"costs": 0, "effects": 0}}
    written["parameters"] = {
        "r": {"value": 0.2, "unit": "rate/year", "source": "SYNTHETIC", "grade": "D"}
    }
    written["structure"]["transitions"] = {"s0": {"s2": "probability(r)", "s0": "rest"}}
    _model, found = run(written)
    exact = -np.expm1(-0.2 * CYCLES) / 0.2
    assert found.effect_of("life_years")[0, 0] == pytest.approx(exact, rel=1e-4)
    assert found.costs_by_item()[0, 1, 0] == pytest.approx(5 + 1000 * -np.expm1(-0.2 * CYCLES))


def test_a_price_a_month_is_paid_while_alive() -> None:
    written = record(np.array([[0.9, 0.0, 0.1], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]))
    del written["structure"]["transitions"]["s1"]
    written["decision"]["discounting"] = {"costs": 0, "effects": 0}
    price = {"scheme": {"scheme": "per_patient_month", "amount": 2}, "payer": {"amo": 1}}
    uses = {"scheme": {"scheme": "per_use", "amount": 3}, "uses": "n", "payer": {"amo": 1}}
    written["parameters"] = {
        "n": {"value": 2, "unit": "ecg/month", "source": "SYNTHETIC", "grade": "D"}
    }
    written["strategies"] = {
        "usual": {"label": LABEL},
        "months": {"label": LABEL, "price": price},
        "uses": {"label": LABEL, "price": uses},
    }
    _model, found = run(written)
    years = found.effect_of("life_years")[0, 0]
    assert found.costs_by_item()[:, -1, 0] == pytest.approx([0, 24 * years, 3 * 24 * years])


def test_an_entry_tree_places_people_and_counts_its_cost() -> None:
    matrix = np.array([[0.9, 0.0, 0.1], [0.0, 0.8, 0.2], [0.0, 0.0, 1.0]])
    entered = record(matrix)
    del entered["structure"]["start"]
    entered["structure"]["entry"] = [
        {"name": "a", "probability": 0.3, "to": "s0", "costs": {"care": 50}},
        {"name": "b", "probability": "rest", "to": "s1", "effects": {"qaly": 0.1}},
    ]
    started = record(matrix)
    started["structure"]["start"] = {"s0": 0.3, "s1": 0.7}
    (_model, tree), (_other, plain) = run(entered), run(started)
    assert tree.costs[0, 0] == pytest.approx(plain.costs[0, 0] + 15)
    assert tree.traded[0, 0] == pytest.approx(plain.traded[0, 0] + 0.07)
