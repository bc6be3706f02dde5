"""Queues: closed forms of M/M/1 and M/M/2, chances summed exactly, and rewards that read them."""

from __future__ import annotations

from fractions import Fraction
from math import exp, factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate
from preuve.economics.structure.queue import erlang_c, served

LABEL = {"fr": "a", "en": "a"}


def chance_of_waiting(load: Fraction, servers: int) -> Fraction:
    """The definition: a^c / c! c / (c - a) over the sum of all states, in exact arithmetic."""
    full = load**servers / factorial(servers) * servers / (servers - load)
    return full / (sum(load**n / factorial(n) for n in range(servers)) + full)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.fractions(Fraction(1, 100), Fraction(99, 100)))
def test_erlang_c_against_exact_fractions(servers: int, busy: Fraction) -> None:
    load = busy * servers
    found = erlang_c(np.array([float(load)]), np.array([float(servers)]))
    assert found[0] == pytest.approx(float(chance_of_waiting(load, servers)), rel=1e-10)


def test_mm1_and_mm2_in_closed_form() -> None:
    arrivals, service = np.array([3.0, 3.0]), np.array([0.25, 0.25])
    found = served(arrivals, service, np.array([1.0, 2.0]), np.array([0.5, 0.5]))
    rho = 0.75
    assert found.delayed[0] == pytest.approx(rho)
    assert found.wait[0] == pytest.approx(rho / (4 - 3))
    assert found.within[0] == pytest.approx(1 - rho * exp(-(4 - 3) * 0.5))
    half = rho / 2
    assert found.delayed[1] == pytest.approx(2 * half**2 / (1 + half))
    assert found.wait[1] == pytest.approx(0.25 * half**2 / (1 - half**2))


def test_nobody_comes_or_service_takes_no_time() -> None:
    found = served(np.array([0.0, 2.0]), np.array([1.0, 0.0]), np.ones(2), np.array([0.0, 0.0]))
    assert found.wait.tolist() == [0, 0]
    assert found.within.tolist() == [1, 1]


def record(**more: Any) -> dict[str, Any]:
    """Ten people an hour, six readings an hour for each server; an hour of wait costs 60."""

    def figure(value: float, unit: str) -> dict[str, Any]:
        return {"value": value, "unit": unit, "source": "test", "grade": "C"}

    found: dict[str, Any] = {
        "preuve_model": 1,
        "name": "reading-room",
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "hospital",
            "price_year": 2024,
            "effect": "on_time",
        },
        "parameters": {
            "arrivals": figure(10, "1/hour"),
            "reading": figure(10, "minute"),
            "readers": figure(2, "number"),
            "hour_of_wait": figure(60, "EUR/hour"),
        },
        "values": {"waiting": "queue.wait * hour_of_wait"},
        "structure": {
            "kind": "queue",
            "arrivals": "arrivals",
            "service": "reading",
            "servers": "readers",
            "target_wait": "30 * minute",
        },
        "rewards": {
            "costs": {"wait": {"once": "waiting"}},
            "effects": {"on_time": {"unit": "event", "once": "queue.within_target"}},
        },
        "strategies": {
            "usual": {"label": LABEL},
            "faster": {"label": LABEL, "set": {"reading": "reading / 2"}},
            "staffed": {"label": LABEL, "set": {"readers": 3}},
        },
    }
    return found | more


def ran(written: dict[str, Any], **figures: Any) -> Outcomes:
    model = Model.parse(written)
    draws = max((len(one) for one in figures.values()), default=1)
    central = {name: np.repeat(one, draws) for name, one in model.joint.central().items()}
    return simulate(model.compiled, central | figures)


def expected_wait(arrivals: float, service: float, servers: int) -> float:
    load = Fraction(arrivals * service).limit_denominator(10**9)
    return float(chance_of_waiting(load, servers)) * service / (servers - float(load))


def test_values_that_read_the_queue_are_those_of_each_strategy() -> None:
    found = ran(record())
    waits = [
        expected_wait(10, 1 / 6, 2), expected_wait(10, 1 / 12, 2), expected_wait(10, 1 / 6, 3)
    ]  # fmt: skip
    assert found.costs[:, 0] == pytest.approx([60 * one for one in waits], rel=1e-9)
    late = 1 - found.traded[0, 0]
    delayed = float(chance_of_waiting(Fraction(5, 3), 2))
    assert late == pytest.approx(delayed * exp(-(2 - 5 / 3) * 6 * 0.5), rel=1e-9)


def test_what_a_strategy_sets_may_read_the_queue() -> None:
    written = record()
    written["strategies"]["faster"]["set"] = {"hour_of_wait": "hour_of_wait * (1 + queue.delayed)"}
    found = ran(written)
    delayed = float(chance_of_waiting(Fraction(5, 3), 2))
    assert found.costs[1, 0] == pytest.approx(found.costs[0, 0] * (1 + delayed), rel=1e-9)


def test_draws_have_their_own_number_of_servers() -> None:
    found = ran(record(strategies={"usual": {"label": LABEL}}), readers=np.array([1.6, 3.2, 5.4]))
    waits = [60 * expected_wait(10, 1 / 6, servers) for servers in (2, 3, 5)]
    assert found.costs[0] == pytest.approx(waits, rel=1e-9)


def test_servers_who_cannot_keep_up_are_refused() -> None:
    with pytest.raises(PreuveError, match="cannot keep up in 50 % of the draws") as caught:
        ran(record(), readers=np.array([1.0, 3.0]))
    assert caught.value.remedy


def test_a_negative_figure_is_refused() -> None:
    with pytest.raises(PreuveError, match=r"structure\.arrivals is negative"):
        ran(record(), arrivals=np.array([-1.0]))


def test_a_target_that_is_not_written_has_no_share_within_it() -> None:
    written = record()
    del written["structure"]["target_wait"]
    with pytest.raises(PreuveError, match=r"queue\.within_target stands for nothing"):
        Model.parse(written)


def test_the_queue_cannot_rest_on_its_own_wait() -> None:
    written = record(values={"waiting": "queue.wait * hour_of_wait", "longer": "queue.wait * 2"})
    written["structure"]["service"] = "longer"
    with pytest.raises(PreuveError, match="longer is not the same for everyone"):
        Model.parse(written)


def test_a_mirror_differs_by_nothing() -> None:
    found = ran(record(strategies={"one": {"label": LABEL}, "two": {"label": LABEL}}))
    assert found.costs[0, 0] == found.costs[1, 0]


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 0.9), st.integers(1, 20))
def test_one_more_server_never_lengthens_the_wait(busy: float, servers: int) -> None:
    load = np.full(2, busy * servers)
    found = served(load, np.ones(2), np.array([servers, servers + 1.0]), np.ones(2))
    assert found.wait[1] < found.wait[0]
    assert found.delayed[1] < found.delayed[0]
    assert found.within[1] >= found.within[0]
