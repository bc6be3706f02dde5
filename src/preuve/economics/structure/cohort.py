"""Cohort: people who move between states from cycle to cycle, all draws of a block at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.structure import Cohort
from preuve.economics.structure.entry import entered
from preuve.economics.structure.rewarding import Trajectory, life_years, rewarded
from preuve.economics.structure.rows import row
from preuve.economics.structure.states import Layout, scopes
from preuve.economics.structure.sums import Sums
from preuve.economics.structure.tree import at_start
from preuve.economics.weights import Weights


@dataclass(frozen=True)
class Moves:
    """The transitions that are not nil: chances by place left and state reached."""

    chances: dict[tuple[int, str], Floats]
    repairs: Repairs


def run(scope: Scope, structure: Cohort, weights: Weights, draws: int) -> Sums:
    """The sums of a cohort.

    Raises:
        PreuveError: a row does not sum to 1, a cost is negative, a figure is not a number.
    """
    layout = Layout.of(scope.model)
    start, cost, effect, repairs = entered(scope, structure, layout, draws)
    moves = transitions(scope, structure, layout, draws)
    trace = moved(layout, start, moves, scope.model.cycles)

    def flow(place: int, state: str) -> Floats:
        chance = moves.chances.get((place, state))
        if chance is None:
            return np.zeros((len(trace) - 1, draws))
        return trace[:-1, place] * (chance if chance.ndim == 1 else chance[:-1])

    found = Trajectory(layout, trace, flow, weights)
    rewards = scope.model.written.rewards
    costs = rewarded(found, scope, rewards.costs, "costs") + at_start(cost, weights)
    effects = rewarded(found, scope, rewards.effects, "effects") + at_start(effect, weights)
    return Sums(
        costs,
        np.concatenate([effects, life_years(found)[None]]),
        layout.gathered(trace),
        repairs + moves.repairs,
    )


def transitions(scope: Scope, structure: Cohort, layout: Layout, draws: int) -> Moves:
    """Every transition of a block, places of tunnels told apart."""
    chances: dict[tuple[int, str], Floats] = {}
    repairs = Repairs()
    at_places = scopes(layout, scope)
    for place, here in enumerate(layout.places):
        written = structure.transitions.get(here.state)
        if written is None:
            chances[place, here.state] = np.ones(draws)
            continue
        at = ("structure", "transitions", here.state)
        found, put_right = row(at_places[place], at, written, draws)
        repairs += put_right
        chances |= {(place, state): chance for state, chance in found.items()}
    return Moves(chances, repairs)


def moved(layout: Layout, start: Floats, moves: Moves, cycles: int) -> Floats:
    """The trace of a block, (T + 1, places, B)."""
    from preuve.economics.structure.cohort_kernel import move

    trace = np.zeros((cycles + 1, *start.shape))
    trace[0] = start
    source, target, which = [], [], []
    constant: list[Floats] = []
    varying: list[Floats] = []
    for (place, state), chance in moves.chances.items():
        source.append(place)
        target.append(layout.arrival(place, state))
        if chance.ndim == 1:
            which.append(len(constant))
            constant.append(chance)
        else:
            which.append(-1 - len(varying))
            varying.append(chance[:-1])
    draws = start.shape[-1]
    move(
        trace,
        np.array(source),
        np.array(target),
        np.ascontiguousarray(constant).reshape(-1, draws),
        np.ascontiguousarray(varying).reshape(-1, cycles, draws),
        np.array(which),
    )
    return trace
