"""Efficiency frontier: published examples, ties, and laws that hold for any strategies."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.economics.analysis.frontier import Frontier, frontier
from preuve.economics.analysis.ratio import ratio

# dampack, vignettes/cdiff_icers.csv: treatments of C. difficile (Rajasingham et al., Clinical
# Infectious Diseases 2020;70:754): strategy, cost, QALY, ICER, status.
CDIFF = [
    ("s3", 57336.0059896538, 12.9399639202408, None, "ND"),
    ("s27", 57541.2526373815, 13.0140640696275, 2769.85470915263, "ND"),
    ("s33", 57642.2587507842, 13.0389116321918, 4065.03105249231, "ND"),
    ("s31", 57934.0743411241, 13.0966257932217, 5056.2216470406, "ND"),
    ("s43", 58072.1137208494, 13.11285766912, 8504.2160616553, "ND"),
    ("s44", 58665.7823044647, 13.1283328397025, 38362.6519947134, "ND"),
    ("s39", 57814.6470919581, 13.0462790163185, None, "ED"),
    ("s4", 57887.481549326, 12.9970657153765, None, "D"),
    ("s13", 58018.6252420203, 13.0650412387992, None, "D"),
    ("s37", 58081.7947984323, 13.1029711156978, None, "D"),
    ("s20", 58634.2026441398, 13.1100568867995, None, "D"),
]
STATUS = {"ND": {"reference", "on_frontier"}, "ED": {"extendedly_dominated"}, "D": {"dominated"}}


def _value(found: Frontier, k: int) -> float | None:
    step = found.standings[k].ratio
    return None if step is None else step.value


def test_treatments_of_c_difficile_as_published_by_dampack() -> None:
    names, cost, effect, published, status = zip(*CDIFF, strict=True)
    found = frontier(np.array(cost), np.array(effect))
    assert [names[k] for k in found.order] == ["s3", "s27", "s33", "s31", "s43", "s44"]
    for k, (icer, mark) in enumerate(zip(published, status, strict=True)):
        assert found.standings[k].status in STATUS[mark]
        assert _value(found, k) == (icer if icer is None else pytest.approx(icer, rel=1e-10))
    extended = found.standings[names.index("s39")]
    assert [names[k] for k in extended.dominated_by] == ["s33", "s31"]


def test_six_strategies_of_the_veterans_health_economics_resource_center() -> None:
    """The worked example in dampack's tests (test_calculate_icers.R)."""
    cost = np.array([55000, 35000, 25000, 10000, 12000, 5000])
    effect = np.array([5, 4, 3, 2, 1.5, 1])
    found = frontier(cost, effect)
    assert [s.status for s in found.standings] == [
        "on_frontier", "on_frontier", "extendedly_dominated", "on_frontier", "dominated",
        "reference",
    ]  # fmt: skip
    assert [_value(found, k) for k in found.order] == [None, 5000, 12500, 20000]
    assert found.standings[4].dominated_by == (3,)


def test_hiv_screening_each_year_is_dominated() -> None:
    """Paltiel et al., Annals 2006;145:797, table 4 (costs and months as in dampack's vignette)."""
    cost = np.array([26000, 27000, 28020, 28440, 29440])
    found = frontier(cost, np.array([277.25, 277.57, 277.78, 277.83, 277.76]) / 12)
    assert found.standings[4].status == "dominated"
    assert found.order == (0, 1, 2, 3)


def test_a_cheaper_and_better_strategy_is_the_reference() -> None:
    """No treatment, treat all, test and treat: dampack's test of the reference strategy."""
    found = frontier(
        np.array([163771.0, 164848.7, 163765.1]), np.array([6.48273, 6.52861, 6.52861])
    )
    assert [s.status for s in found.standings] == ["dominated", "dominated", "reference"]
    assert found.standings[1].dominated_by == (2,)


def test_twins_share_their_standing() -> None:
    found = frontier(np.array([0.0, 10.0, 10.0]), np.array([0.0, 1.0, 1.0]))
    assert [s.status for s in found.standings] == ["reference", "on_frontier", "on_frontier"]
    assert found.standings[1].same_as == (2,)
    assert found.standings[2].same_as == (1,)
    assert _value(found, 2) == 10
    assert len(found.order) == 2


def test_rounding_dominates_nobody() -> None:
    found = frontier(np.array([0.0, 10.0, 10.0 + 1e-12]), np.array([0.0, 0.3, 0.1 + 0.2]))
    assert [s.status for s in found.standings] == ["reference", "on_frontier", "on_frontier"]


def test_less_effect_for_the_same_cost_is_dominated() -> None:
    found = frontier(np.array([5.0, 5.0, 9.0]), np.array([1.0, 2.0, 2.0]))
    assert [s.status for s in found.standings] == ["dominated", "reference", "dominated"]
    assert [s.dominated_by for s in found.standings] == [(1,), (), (1,)]


def test_strategies_on_a_segment_stay() -> None:
    found = frontier(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 0.1, 0.2, 0.3]))
    assert found.order == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("cost", "effect", "meaning"),
    [
        (100, 0.5, "more_effective_more_costly"), (-100, 0.5, "dominant"), (0, 0.5, "dominant"),
        (100, -0.5, "dominated"), (0, -0.5, "dominated"),
        (-100, -0.5, "less_effective_less_costly"), (100, 0, "same_effect_more_costly"),
        (-100, 0, "same_effect_less_costly"), (0, 0, "same"),
        (100, 1e-15, "same_effect_more_costly"),
    ],
)  # fmt: skip
def test_a_ratio_is_given_only_where_more_is_gained_for_more(
    cost: float, effect: float, meaning: str
) -> None:
    found = ratio(cost, effect)
    assert found.meaning == meaning
    assert found.value == (200 if meaning == "more_effective_more_costly" else None)
    assert found.words


Whole = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=9)


@given(Whole, st.randoms(use_true_random=False))
def test_the_order_of_strategies_changes_nothing(
    pairs: list[tuple[int, int]], random: Random
) -> None:
    cost, effect = np.array(pairs, dtype=float).T
    turn = random.sample(range(len(pairs)), len(pairs))
    plain, turned = frontier(cost, effect), frontier(cost[turn], effect[turn])
    for place, k in enumerate(turn):
        a, b = plain.standings[k], turned.standings[place]
        assert a.status == b.status
        assert a.ratio == b.ratio
        assert {(cost[i], effect[i]) for i in a.dominated_by} == {
            (cost[turn[i]], effect[turn[i]]) for i in b.dominated_by
        }


@given(Whole, st.integers(0, 200))
def test_the_best_strategy_is_always_on_the_frontier(
    pairs: list[tuple[int, int]], willingness: int
) -> None:
    cost, effect = np.array(pairs, dtype=float).T
    found = frontier(cost, effect)
    chosen = found.best(willingness / 10)
    benefit = willingness / 10 * effect - cost
    assert benefit[chosen] == pytest.approx(benefit.max())


@given(Whole)
def test_every_point_off_the_frontier_lies_above_it(pairs: list[tuple[int, int]]) -> None:
    """The frontier as a function of effect is convex and below every strategy."""
    cost, effect = np.array(pairs, dtype=float).T
    found = frontier(cost, effect)
    on = np.array(found.order)
    ratios = [v for k in found.order if (v := _value(found, k)) is not None]
    assert all(a <= b + 1e-9 for a, b in pairwise(ratios))
    inside = (effect >= effect[on].min()) & (effect <= effect[on].max())
    assert (cost[inside] >= np.interp(effect[inside], effect[on], cost[on]) - 1e-9).all()
    for k, standing in enumerate(found.standings):
        if standing.status == "extendedly_dominated":
            left, right = standing.dominated_by
            assert effect[left] < effect[k] < effect[right]


@given(Whole, st.floats(0.01, 100), st.floats(0.01, 100))
def test_units_change_ratios_only(pairs: list[tuple[int, int]], a: float, b: float) -> None:
    cost, effect = np.array(pairs, dtype=float).T
    plain, scaled = frontier(cost, effect), frontier(a * cost, b * effect)
    assert [s.status for s in plain.standings] == [s.status for s in scaled.standings]
    for k in range(len(pairs)):
        before, after = _value(plain, k), _value(scaled, k)
        assert after == (None if before is None else pytest.approx(before * a / b))


def test_bad_input_is_told() -> None:
    with pytest.raises(PreuveError):
        frontier(np.zeros(2), np.zeros(3))
    with pytest.raises(PreuveError):
        frontier(np.array([0.0, np.nan]), np.zeros(2))
    with pytest.raises(PreuveError):
        frontier(np.zeros(0), np.zeros(0))
