"""Continuous: people who may change state at any time, at intensities that hold for a cycle.

Time spent in each state, discounted, is integrated exactly over each cycle, so that no correction
for the length of the cycle applies: `decision.correction` plays no part. Rewards hold for a cycle
too, at their value at its start; events count when they happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import split
from preuve.economics.outcomes import Repairs
from preuve.economics.reference_case.discounting import Rule, discounting, factor, force
from preuve.economics.specification.decision import Decision
from preuve.economics.specification.structure import Continuous, Reward
from preuve.economics.structure.entry import entered
from preuve.economics.structure.rewarding import worth
from preuve.economics.structure.states import Layout
from preuve.economics.structure.sums import Sums, full
from preuve.economics.structure.tree import at_start
from preuve.economics.weights import FIRST_YEAR, Weights

PLAIN = Rule((0.0,), (0.0,))
_ORDER = (0, 1, 2, 2)
"""For costs, effects, both undiscounted: the rule of discounting, in the order of `_rules`."""


@dataclass(frozen=True)
class Pieces:
    """Spans of time over which nothing changes: a cycle, cut where a rate of discounting changes.

    Attributes:
        cycles: (N,) the cycle of each. lengths: (N,) years.
        forces: (N, R) continuous rate of each rule. factors: (N, R) at the start of each piece.
    """

    cycles: NDArray[np.int64]
    lengths: Floats
    forces: Floats
    factors: Floats

    @classmethod
    def of(cls, decision: Decision, rules: tuple[Rule, ...]) -> Pieces:
        """The pieces of a decision for some rules of discounting."""
        ends = np.arange(decision.cycles + 1) * decision.span.years
        inside = {start for rule in rules for start in rule.starts if 0 < start < ends[-1]}
        cuts = [one for one in inside if np.min(np.abs(ends - one)) > 1e-9]
        edges = np.sort(np.concatenate([ends, cuts]))
        starts, lengths = edges[:-1], np.diff(edges)
        middles = starts + lengths / 2
        return cls(
            np.searchsorted(ends, middles) - 1,
            lengths,
            np.stack([force(rule, middles) for rule in rules], axis=1),
            np.stack([factor(rule, starts) for rule in rules], axis=1),
        )


@dataclass(frozen=True)
class Stay:
    """Time spent by a block of people.

    Attributes:
        trace: (T + 1, S, B) shares at each point of time.
        years: (R, T, S, B) years spent in each cycle and state, under each rule of discounting.
    """

    trace: Floats
    years: Floats

    def by_row(self, spent: Floats, weights: Weights, length: float) -> Floats:
        """Amounts by rule and cycle (R, T, B) as rows of the weights, (W, B)."""
        totals: Floats = spent.sum(axis=1)[list(_ORDER)]
        if not weights.years:
            return totals
        year = np.floor(np.arange(spent.shape[1]) * length + 1e-9).astype(int)
        yearly = [spent[2, year == one].sum(axis=0) for one in range(weights.years)]
        return np.concatenate([totals, np.stack(yearly)])


def run(scope: Scope, structure: Continuous, weights: Weights, draws: int) -> Sums:
    """The sums of a continuous-time model.

    Raises:
        PreuveError: an intensity is not a number, the shares at the start do not sum to 1, a
            cost is negative.
    """
    assert weights.rows == FIRST_YEAR + weights.years
    layout = Layout.of(scope.model)
    start, cost, effect, repairs = entered(scope, structure, layout, draws)
    rates, put_right = intensities(scope, structure, layout, draws)
    found = stayed(start, rates, scope.model.written.decision)
    rewards = scope.model.written.rewards
    costs = _rewarded(found, rates, scope, rewards.costs, "costs", layout, weights)
    effects = _rewarded(found, rates, scope, rewards.effects, "effects", layout, weights)
    length = scope.model.cycle.years
    by_state = [found.by_row(found.years[:, :, one], weights, length) for one in range(len(start))]
    lived = np.stack(by_state, axis=1)
    alive = ~np.array(layout.dead)
    return Sums(
        costs + at_start(cost, weights),
        np.concatenate([effects + at_start(effect, weights), lived[:, alive].sum(axis=1)[None]]),
        found.trace,
        repairs + put_right,
        lived=lived,
    )


def intensities(
    scope: Scope, structure: Continuous, layout: Layout, draws: int
) -> tuple[dict[tuple[int, int], Floats], Repairs]:
    """Rates per year by state left and state reached, (B,) or (T, B); negative ones put to 0.

    Raises:
        PreuveError: one is not a number.
    """
    found: dict[tuple[int, int], Floats] = {}
    repairs = Repairs()
    for state, row in structure.intensities.items():
        for target in row:
            at: Location = ("structure", "intensities", state, target)
            rate = full(scope.at(*at), draws)
            if not np.all(np.isfinite(rate)):
                raise PreuveError(
                    _("The intensity of {name} is not a number in some draws.").format(
                        name=f"{state} > {target}"
                    ),
                    where=scope.model.origin.where(at),
                    remedy=_(
                        "Look for a division by 0, a logarithm of 0 or an age out of a table."
                    ),
                )
            wrong = int(np.count_nonzero(np.atleast_2d(rate < 0).any(axis=0)))
            place = (".".join(str(part) for part in at),) if wrong else ()
            repairs += Repairs(wrong, draws, place)
            kept = np.maximum(rate, 0.0)
            found[layout.first[state], layout.first[target]] = kept if kept.ndim == 1 else kept[:-1]
    return found, repairs


def stayed(start: Floats, rates: Mapping[tuple[int, int], Floats], decision: Decision) -> Stay:
    """Where people are and how long they stay.

    Args:
        start: (S, B) shares at the start.
        rates: by state left and state reached, (B,) or (T, B), per year.
        decision: cycles and discounting.
    """
    from preuve.economics.structure.continuous_kernel import flow

    rules = _rules(decision)
    pieces = Pieces.of(decision, rules)
    size, draws = start.shape
    trace = np.zeros((decision.cycles + 1, size, draws))
    trace[0] = start
    years = np.zeros((len(rules), decision.cycles, size, draws))
    source = np.array([one for one, _other in rates], dtype=np.int64)
    target = np.array([other for _one, other in rates], dtype=np.int64)
    tables = [np.atleast_2d(one) for one in rates.values()]
    steps = np.array([0 if len(one) == 1 else 1 for one in tables], dtype=np.int64)
    begins = np.cumsum([0, *(len(one) for one in tables)])[:-1].astype(np.int64)
    flow(
        trace,
        years,
        source,
        target,
        np.concatenate([*tables, np.zeros((1, draws))]),
        begins,
        steps,
        pieces.cycles,
        pieces.lengths,
        pieces.forces,
        pieces.factors,
        np.zeros((3, size)),
        np.zeros(len(rates)),
        np.zeros((3, len(rules))),
    )
    return Stay(trace, years)


def _rules(decision: Decision) -> tuple[Rule, Rule, Rule]:
    written = discounting(decision.discounting)
    return written.costs, written.effects, PLAIN


def _rewarded(
    found: Stay,
    rates: Mapping[tuple[int, int], Floats],
    scope: Scope,
    rewards: Mapping[str, Reward],
    kind: str,
    layout: Layout,
    weights: Weights,
) -> Floats:
    """Each reward by row of the weights, (rewards, W, B)."""
    draws = found.trace.shape[-1]
    sums = np.zeros((len(rewards), weights.rows, draws))
    for total, (name, reward) in zip(sums, rewards.items(), strict=True):
        at: Location = ("rewards", kind, name)
        allowed = kind == "effects" or reward.negative
        spent = np.zeros((len(found.years), *found.years.shape[1:2], draws))
        for state in reward.states:
            rate = worth(scope, (*at, "states", state), draws, allowed)
            spent += found.years[:, :, layout.first[state]] * _of_cycles(rate)
        for (before, after), one in _events(reward, at, layout, rates):
            amount = worth(scope, one, draws, allowed)
            happened = found.years[:, :, before] * rates[before, after]
            spent += happened * _of_cycles(amount)
        total += found.by_row(spent, weights, scope.model.cycle.years)
        if reward.once is not None:
            amount = worth(scope, (*at, "once"), draws, allowed)
            total += weights.start[:, None] * (amount if amount.ndim == 1 else amount[0])
    return sums


def _of_cycles(amount: Floats) -> Floats:
    return amount if amount.ndim == 1 else amount[:-1]


def _events(
    reward: Reward, at: Location, layout: Layout, rates: Mapping[tuple[int, int], Floats]
) -> Iterator[tuple[tuple[int, int], Location]]:
    for state in reward.entering:
        for move in rates:
            if move[1] == layout.first[state]:
                yield move, (*at, "entering", state)
    for transition in reward.transitions:
        before, after = split(transition)
        move = (layout.first[before], layout.first[after])
        if move in rates:
            yield move, (*at, "transitions", transition)
