"""Rewarding: costs and effects of a trace, as weighted sums over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import split
from preuve.economics.specification.structure import Reward
from preuve.economics.structure.states import Layout, scopes
from preuve.economics.structure.sums import full
from preuve.economics.weights import Weights


@dataclass(frozen=True)
class Trajectory:
    """What happened to people, for a block of draws.

    Attributes:
        trace: (T + 1, places, B).
        flow: people who go from a state to another in each cycle, (T, B) by place they leave.
    """

    layout: Layout
    trace: Floats
    flow: Callable[[int, str], Floats]
    weights: Weights

    @property
    def draws(self) -> int:
        return int(self.trace.shape[-1])

    @cached_property
    def occupancy(self) -> Floats:
        """Weighted years at each place, (W, places, B)."""
        points = self.trace.reshape(len(self.trace), -1)
        return (self.weights.points @ points).reshape(-1, *self.trace.shape[1:])


def rewarded(found: Trajectory, scope: Scope, rewards: Mapping[str, Reward], kind: str) -> Floats:
    """Each reward of a trajectory by row of the weights, (rewards, W, B).

    Raises:
        PreuveError: a cost is negative where that is not allowed, or is not a number.
    """
    occupancy = found.occupancy
    at_places = scopes(found.layout, scope)
    sums = np.zeros((len(rewards), found.weights.rows, found.draws))
    for total, (name, reward) in zip(sums, rewards.items(), strict=True):
        at: Location = ("rewards", kind, name)
        allowed = kind == "effects" or reward.negative
        for place, here in enumerate(found.layout.places):
            if here.state in reward.states:
                rate = worth(at_places[place], (*at, "states", here.state), found.draws, allowed)
                total += _spent(rate, found, occupancy, place)
        for place, target, one in _moves(found.layout, reward, at):
            amount = worth(at_places[place], one, found.draws, allowed)
            total += _happened(amount, found.flow(place, target), found.weights)
        if reward.once is not None:
            amount = worth(scope, (*at, "once"), found.draws, allowed)
            total += found.weights.start[:, None] * (amount if amount.ndim == 1 else amount[0])
    return sums


def worth(scope: Scope, at: Location, draws: int, negative: bool) -> Floats:
    """A reward over the draws, (B,) or (T + 1, B).

    Raises:
        PreuveError: it is not a number, or negative where that is not allowed.
    """
    found = full(scope.at(*at), draws)
    name = ".".join(str(part) for part in at)
    if not np.all(np.isfinite(found)):
        raise PreuveError(
            _("{name} is not a number in some draws.").format(name=name),
            where=scope.model.origin.where(at),
            remedy=_("Look for a division by 0, a logarithm of 0 or an age out of a table."),
        )
    if not negative and np.any(found < 0):
        raise PreuveError(
            _("The cost {name} is negative in {share} % of the draws.").format(
                name=name, share=f"{100 * float(np.mean(found < 0)):.3g}"
            ),
            where=scope.model.origin.where(at),
            remedy=_(
                "Give its parameters a distribution above 0 (gamma, lognormal), or write "
                "`negative: true` where it is a saving."
            ),
        )
    return found


def _spent(rate: Floats, found: Trajectory, occupancy: Floats, place: int) -> Floats:
    if rate.ndim == 1:
        return np.asarray(occupancy[:, place] * rate)
    return found.weights.summed(found.trace[:, place], rate)


def _happened(amount: Floats, flow: Floats, weights: Weights) -> Floats:
    happened = flow * (amount if amount.ndim == 1 else amount[: len(flow)])
    return np.asarray(weights.events @ happened)


def _moves(layout: Layout, reward: Reward, at: Location) -> Iterator[tuple[int, str, Location]]:
    """For each move that counts: the place left, the state reached, the formula."""
    for state in reward.entering:
        for place, here in enumerate(layout.places):
            if here.state != state:
                yield place, state, (*at, "entering", state)
    for transition in reward.transitions:
        before, after = split(transition)
        for place, here in enumerate(layout.places):
            if here.state == before:
                yield place, after, (*at, "transitions", transition)


def life_years(found: Trajectory) -> Floats:
    """Years lived, by row of the weights, (W, B)."""
    alive = np.array(
        [not found.layout.dead[found.layout.states.index(one.state)] for one in found.layout.places]
    )
    return np.asarray(found.occupancy[:, alive].sum(axis=1))
