"""Tree: a decision tree: the chance of each leaf, and what its way costs and brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.structure import Branch, Reward, Tree
from preuve.economics.structure.rewarding import worth
from preuve.economics.structure.rows import row
from preuve.economics.structure.sums import Sums, full
from preuve.economics.weights import Weights


@dataclass(frozen=True)
class Walked:
    """A tree for a block of draws, at the start of time.

    Attributes:
        cost: (I, B) expected cost by item. effect: (E, B) expected effects.
        reached: chance of ending in each state, (B,).
        leaves: chance of each leaf, by the names of its branches, (B,).
    """

    cost: Floats
    effect: Floats
    reached: dict[str, Floats]
    leaves: dict[tuple[str, ...], Floats]
    repairs: Repairs


def walked(scope: Scope, at: Location, branches: Sequence[Branch], draws: int) -> Walked:
    """The tree that stands at a location.

    Raises:
        PreuveError: the probabilities of a fork do not sum to 1.
    """
    rewards = scope.model.written.rewards
    items, effects = list(rewards.costs), list(rewards.effects)
    found = Walked(
        np.zeros((len(items), draws)), np.zeros((len(effects), draws)), {}, {}, Repairs()
    )

    def fork(at: Location, branches: Sequence[Branch], way: tuple[str, ...], reach: Floats) -> None:
        nonlocal found
        chances, repairs = _chances(scope, at, branches, draws)
        found = Walked(
            found.cost, found.effect, found.reached, found.leaves, found.repairs + repairs
        )
        for place, (branch, chance) in enumerate(zip(branches, chances, strict=True)):
            here, reached = (*at, place), reach * chance
            for name in branch.costs:
                allowed = rewards.costs[name].negative
                amount = worth(scope, (*here, "costs", name), draws, allowed)
                found.cost[items.index(name)] += reached * _now(amount)
            for name in branch.effects:
                amount = worth(scope, (*here, "effects", name), draws, True)
                found.effect[effects.index(name)] += reached * _now(amount)
            if branch.then:
                fork((*here, "then"), branch.then, (*way, branch.name), reached)
                continue
            found.leaves[(*way, branch.name)] = reached
            if branch.to is not None:
                found.reached[branch.to] = found.reached.get(branch.to, 0.0) + reached

    fork(at, branches, (), np.ones(draws))
    return found


def _now(amount: Floats) -> Floats:
    return amount if amount.ndim == 1 else amount[0]


def _chances(
    scope: Scope, at: Location, branches: Sequence[Branch], draws: int
) -> tuple[list[Floats], Repairs]:
    written = {str(place): one.probability for place, one in enumerate(branches)}
    located = _Relocated(scope, at)
    chances, repairs = row(located, at, written, draws)  # type: ignore[arg-type]
    return [_now(chances[name]) for name in written], repairs


class _Relocated:
    """A scope whose branches are looked up by position and field."""

    def __init__(self, scope: Scope, at: Location) -> None:
        self.model, self._scope, self._at = scope.model, scope, at

    def at(self, *location: int | str) -> Floats:
        return self._scope.at(*self._at, int(location[-1]), "probability")


def once(scope: Scope, rewards: dict[str, Reward], kind: str, draws: int) -> Floats:
    """What each reward counts at the start, (rewards, B)."""
    found = np.zeros((len(rewards), draws))
    for total, (name, reward) in zip(found, rewards.items(), strict=True):
        if reward.once is not None:
            allowed = kind == "effects" or reward.negative
            total += _now(worth(scope, ("rewards", kind, name, "once"), draws, allowed))
    return found


def run(scope: Scope, structure: Tree, weights: Weights, draws: int) -> Sums:
    """The sums of a tree: everything happens at the start."""
    rewards = scope.model.written.rewards
    found = walked(scope, ("structure", "branches"), structure.branches, draws)
    cost = found.cost + once(scope, rewards.costs, "costs", draws)
    effect = found.effect + once(scope, rewards.effects, "effects", draws)
    effect = np.concatenate([effect, np.zeros((1, draws))])
    return Sums(at_start(cost, weights), at_start(effect, weights), repairs=found.repairs)


def at_start(amount: Floats, weights: Weights) -> Floats:
    """Amounts at the start (n, B) by row of the weights, (n, W, B)."""
    return np.asarray(amount[:, None, :] * weights.start[:, None])


__all__ = ["Walked", "at_start", "full", "once", "run", "walked"]
