"""Erlang's formulas against sums of Poisson probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.twin.queueing import erlang


@settings(deadline=None)
@given(load=st.floats(0.01, 80.0), servers=st.integers(1, 100))
def test_blocked_is_the_ratio_of_poisson_probabilities(load: float, servers: int) -> None:
    from scipy.stats import poisson

    expected = math.exp(poisson.logpmf(servers, load) - poisson.logcdf(servers, load))
    assert erlang.blocked(load, servers) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(servers=st.integers(1, 100), use=st.floats(0.05, 0.99))
def test_must_wait_is_the_textbook_sum(servers: int, use: float) -> None:
    load = servers * use
    terms = [n * math.log(load) - math.lgamma(n + 1) for n in range(servers + 1)]
    top = max(terms)
    last = math.exp(terms[-1] - top) / (1 - use)
    expected = last / (sum(math.exp(term - top) for term in terms[:-1]) + last)
    assert erlang.must_wait(load, servers) == pytest.approx(expected, rel=1e-9)


def test_one_server_is_the_simplest_queue() -> None:
    assert erlang.must_wait(0.8, 1) == pytest.approx(0.8)
    assert erlang.mean_wait(0.8, 1, 10.0) == pytest.approx(0.8 / 0.2 * 10.0)
    assert erlang.mean_wait(0.8, 1, 10.0, variation=0.0) == pytest.approx(0.8 / 0.2 * 5.0)
    assert erlang.wait_beyond(0.8, 1, 10.0, 0.0) == pytest.approx(0.8)


@settings(deadline=None)
@given(load=st.floats(0.0, 60.0), risk=st.floats(0.001, 0.5))
def test_servers_needed_is_the_smallest(load: float, risk: float) -> None:
    needed = erlang.servers_needed(load, risk)
    assert erlang.blocked(load, needed) <= risk
    assert needed == 0 or erlang.blocked(load, needed - 1) > risk


@pytest.mark.parametrize("load", [30.0, 31.0, np.nan, -1.0, np.inf])
def test_a_queue_without_a_long_run_is_told(load: float) -> None:
    with pytest.raises(PreuveError):
        erlang.must_wait(load, 30)


def test_mistakes_are_told() -> None:
    with pytest.raises(PreuveError):
        erlang.blocked(1.0, -1)
    with pytest.raises(PreuveError):
        erlang.servers_needed(1.0, 0.0)
