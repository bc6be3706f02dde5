"""The kernel of individuals: each lives his cycles alone, with random numbers of his own.

Nothing is kept of an individual but what he adds to the counts and sums, so that memory does not
grow with their number. His random numbers are found by seed, individual, purpose and cycle: they
do not depend on the strategy, on the other individuals or on the thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np

from preuve.core.kernel import kernel
from preuve.core.random_bits import draw, root, uniform
from preuve.economics.expression.bytecode_kernel import worked_out
from preuve.economics.structure.individual.arrays import (
    ALWAYS,
    COST,
    DEAD,
    EFFECT,
    NEGATIVE,
    NONE,
    NOT_A_NUMBER,
    NOT_ONE,
    REST,
    Floats,
    Formulas,
    Integers,
    Tally,
    World,
)

P = ParamSpec("P")
R = TypeVar("R")
START, MOVES, FIRST_TRAIT = 0, 1, 2
"""Purposes of random numbers."""
_TOLERANCE = 1e-9


def _released(function: Callable[P, R]) -> Callable[P, R]:
    """A kernel that lets other threads run while it does."""
    options: Any = {"cache": True, "error_model": "numpy", "_nrt": False, "nogil": True}
    compiled: Callable[P, R] = numba.njit(**options)(function)
    return compiled


@_released
def follow(seed: int, first: int, end: int, world: World, formulas: Formulas, tally: Tally) -> None:
    """Follow the individuals `first` to `end` - 1, and add them to a tally."""
    for individual in range(first, end):
        tally.individual[0] = individual
        person = draw(root(seed), individual)
        for trait in range(world.quantiles.shape[0]):
            chance = uniform(draw(person, FIRST_TRAIT + trait), 0)
            tally.traits[trait] = _quantile(trait, chance, world)
        _live(person, world, formulas, tally)
        if tally.fault[0] != NONE:
            return


@kernel
def _quantile(trait: int, chance: float, world: World) -> float:
    quantiles = world.quantiles
    if world.exact[trait]:
        return float(quantiles[trait, 0] + (quantiles[trait, 1] - quantiles[trait, 0]) * chance)
    last = quantiles.shape[1] - 1
    place = (math.log(chance / (1.0 - chance)) / world.reach + 1.0) * 0.5 * last
    place = min(max(place, 0.0), float(last))
    below = min(int(place), last - 1)
    over = place - below
    return float(quantiles[trait, below] * (1.0 - over) + quantiles[trait, below + 1] * over)


@kernel
def _live(person: np.uint64, world: World, formulas: Formulas, tally: Tally) -> None:
    cycles = world.added.shape[0]
    begin = uniform(draw(person, START), 0)
    place = 0
    while begin >= world.start[place]:
        place += 1
    moves = draw(person, MOVES)
    cost, effect = _counted(
        world.once, 0, world.once.shape[0], tally.at_once, 0, 1.0, 1.0,
        place, 0, world, formulas, tally,
    )  # fmt: skip
    for cycle in range(cycles + 1):
        if world.ways[place] == DEAD:
            tally.deaths[cycle, place] += 1
            break
        tally.counts[cycle, place] += 1
        cost += world.lived[cycle, place, COST]
        effect += world.lived[cycle, place, EFFECT]
        state = world.state[place]
        first, end = world.staying_begins[state], world.staying_begins[state + 1]
        if end > first:
            more, better = _counted(
                world.staying, first, end, tally.at_points, cycle,
                world.points[COST, cycle], world.points[EFFECT, cycle],
                place, cycle, world, formulas, tally,
            )  # fmt: skip
            cost += more
            effect += better
        if end > first and cycle > 0 and world.late[COST, cycle] > 0.0:
            more, better = _counted(
                world.staying, first, end, tally.at_late, cycle,
                world.late[COST, cycle], world.late[EFFECT, cycle],
                place, cycle - 1, world, formulas, tally,
            )  # fmt: skip
            cost += more
            effect += better
        if cycle == cycles or world.ways[place] == 0:
            continue
        way = _way(uniform(moves, cycle), place, cycle, world, formulas, tally)
        tally.flows[cycle, place, way] += 1
        cost += world.passed[cycle, place, way, COST]
        effect += world.passed[cycle, place, way, EFFECT]
        move = state * (world.staying_begins.shape[0] - 1) + world.target[place, way]
        first, end = world.moving_begins[move], world.moving_begins[move + 1]
        if end > first:
            more, better = _counted(
                world.moving, first, end, tally.at_events, cycle,
                world.events[COST, cycle], world.events[EFFECT, cycle],
                place, cycle, world, formulas, tally,
            )  # fmt: skip
            cost += more
            effect += better
        place = world.arrival[place, way]
    _moment(tally.moments, COST, cost)
    _moment(tally.moments, EFFECT, effect)


@kernel
def _way(
    chance: float, place: int, cycle: int, world: World, formulas: Formulas, tally: Tally
) -> int:
    way = 0
    if world.own[place] == NONE:
        while chance >= world.added[cycle, place, way]:
            way += 1
        return way
    _complete(place, cycle, world, formulas, tally)
    while chance >= tally.ways[way]:
        way += 1
    return way


@kernel
def _counted(
    rewards: Integers,
    first: int,
    end: int,
    sums: Floats,
    column: int,
    of_cost: float,
    of_effect: float,
    place: int,
    cycle: int,
    world: World,
    formulas: Formulas,
    tally: Tally,
) -> tuple[float, float]:
    """Add rewards that rest on traits to their sums; give back what they cost and bring."""
    cost = effect = 0.0
    for row in range(first, end):
        worth = _worth(row, rewards, place, cycle, world, formulas, tally)
        sums[rewards[row, 1], column] += worth
        if rewards[row, 2] == COST:
            cost += worth * of_cost
        elif rewards[row, 2] == EFFECT:
            effect += worth * of_effect
    return cost, effect


@kernel
def _moment(moments: Floats, row: int, value: float) -> None:
    """One more value in a running mean and sum of squares (Welford, Technometrics 1962)."""
    moments[row, 0] += 1.0
    apart = value - moments[row, 1]
    moments[row, 1] += apart / moments[row, 0]
    moments[row, 2] += apart * (value - moments[row, 1])


@kernel
def _value(
    formula: int, place: int, cycle: int, world: World, formulas: Formulas, tally: Tally
) -> float:
    """A formula, worked out once for an individual where it rests on nothing that changes."""
    steady = formulas.steady[formula]
    if steady and tally.kept_for[formula] == tally.individual[0]:
        return float(tally.kept[formula])
    value = worked_out(
        formula, formulas.code, formulas.begins, formulas.numbers, formulas.slots,
        formulas.values, formulas.keys, formulas.looked_up, formulas.tables,
        tally.traits, cycle, world.stayed[place], tally.stack,
    )  # fmt: skip
    if steady:
        tally.kept[formula], tally.kept_for[formula] = value, tally.individual[0]
    return value


@kernel
def _worth(
    row: int,
    rewards: Integers,
    place: int,
    cycle: int,
    world: World,
    formulas: Formulas,
    tally: Tally,
) -> float:
    worth = _value(rewards[row, 0], place, cycle, world, formulas, tally)
    if not math.isfinite(worth):
        tally.fault[0], tally.fault[1] = rewards[row, 0], NOT_A_NUMBER
    elif worth < 0.0 and rewards[row, 3] == 0:
        tally.fault[0], tally.fault[1] = rewards[row, 0], NEGATIVE
    return worth


@kernel
def _complete(place: int, cycle: int, world: World, formulas: Formulas, tally: Tally) -> None:
    """Fill the chances of the ways out, added up, put right as `structure.rows` does."""
    row = world.own[place]
    ways = world.ways[place]
    total = kept = 0.0
    rest = NONE
    outside = False
    for way in range(ways):
        formula = world.chances[row, way]
        if formula == REST:
            rest = way
            continue
        chance = _value(formula, place, cycle, world, formulas, tally)
        if not math.isfinite(chance):
            tally.fault[0], tally.fault[1] = formula, NOT_A_NUMBER
        total += chance
        outside = outside or chance < 0.0 or chance > 1.0
        tally.ways[way] = min(max(chance, 0.0), 1.0)
        kept += tally.ways[way]
    if rest == NONE:
        if abs(total - 1.0) > _TOLERANCE:
            tally.fault[0], tally.fault[1] = world.chances[row, 0], NOT_ONE
    else:
        tally.ways[rest] = max(1.0 - kept, 0.0)
    tally.repairs[0] += 1 if outside or total > 1.0 + _TOLERANCE else 0
    tally.repairs[1] += 1
    scale = max(kept, 1.0)
    added = 0.0
    for way in range(ways):
        added += tally.ways[way] / scale
        tally.ways[way] = added
    tally.ways[ways - 1] = ALWAYS
