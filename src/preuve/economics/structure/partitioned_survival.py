"""Partitioned survival: shares of people read off survival curves, state by state.

The curve of a state is the share of people still in it or in one before, so that a state holds
the difference between its curve and the one before it. Curves do not say who goes where: deaths
are told by the last curve; entries into a state in between need the share, among those who leave
the states before, who enter it (`progression`), the others dying at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.structure import PartitionedSurvival
from preuve.economics.structure.rewarding import Trajectory, life_years, rewarded
from preuve.economics.structure.states import Layout
from preuve.economics.structure.sums import Sums, full
from preuve.economics.weights import Weights

TOLERANCE = 1e-9


def run(scope: Scope, structure: PartitionedSurvival, weights: Weights, draws: int) -> Sums:
    """The sums of partitioned survival.

    Raises:
        PreuveError: a curve is not a number or is not 1 at the start, a share is out of bounds,
            a cost is negative.
    """
    layout = Layout.of(scope.model)
    still, repairs = curves(scope, structure, draws)
    moves, put_right = _moves(scope, structure, still, draws)
    found = Trajectory(layout, _occupied(still), moves, weights)
    rewards = scope.model.written.rewards
    costs = rewarded(found, scope, rewards.costs, "costs")
    effects = rewarded(found, scope, rewards.effects, "effects")
    return Sums(
        costs,
        np.concatenate([effects, life_years(found)[None]]),
        found.trace,
        repairs + put_right,
    )


def curves(scope: Scope, structure: PartitionedSurvival, draws: int) -> tuple[Floats, Repairs]:
    """The curves in the order of the states, (S - 1, T + 1, B), made to fall and not to cross.

    A point out of 0 to 1, above the point before it, or above the curve of the next state, is
    brought down (or up to 0) and counted.

    Raises:
        PreuveError: a curve is not a number, or is not 1 at the start.
    """
    living = list(structure.states)[:-1]
    given = np.stack([_curve(scope, state, draws) for state in living])
    mended = np.minimum.accumulate(np.clip(given, 0.0, 1.0), axis=1)
    for place in reversed(range(len(living) - 1)):
        mended[place] = np.minimum(mended[place], mended[place + 1])
    wrong = np.abs(mended - given) > TOLERANCE
    places = tuple(
        f"structure.curves.{state}" for state, one in zip(living, wrong, strict=True) if one.any()
    )
    mended_draws = int(np.count_nonzero(wrong.any(axis=1)))
    return mended, Repairs(mended_draws, len(living) * draws, places)


def _curve(scope: Scope, state: str, draws: int) -> Floats:
    at: Location = ("structure", "curves", state)
    found = full(scope.at(*at), draws)
    points = scope.model.cycles + 1
    curve = np.array(np.broadcast_to(found, (points, draws)))
    if not np.all(np.isfinite(curve)):
        raise PreuveError(
            _("The curve of {state} is not a number in some draws.").format(state=state),
            where=scope.model.origin.where(at),
            remedy=_("Look for a division by 0, a logarithm of 0 or an age out of a table."),
        )
    apart = np.abs(curve[0] - 1.0)
    if np.any(apart > TOLERANCE):
        raise PreuveError(
            _("The curve of {state} is {value} at the start, not 1.").format(
                state=state, value=f"{float(curve[0, np.argmax(apart)]):.6g}"
            ),
            where=scope.model.origin.where(at),
            remedy=_("Everyone begins in the first state: a curve starts from 1 at time 0."),
        )
    return curve


def _occupied(still: Floats) -> Floats:
    """Shares by state, the dead last, (T + 1, S, B)."""
    everyone = np.ones((1, *still.shape[1:]))
    return np.ascontiguousarray(
        np.diff(np.concatenate([np.zeros_like(everyone), still, everyone]), axis=0).swapaxes(0, 1)
    )


def _moves(
    scope: Scope, structure: PartitionedSurvival, still: Floats, draws: int
) -> tuple[Callable[[int, str], Floats], Repairs]:
    """People who go from a state to another in each cycle, where that is told.

    Entries into a state are laid on the state just before it (`shape.faults` refuses what
    cannot be told). With two living states, deaths are split between them.
    """
    states = list(structure.states)
    leaving = -np.diff(still, axis=1)
    entering = {
        state: leaving[states.index(state) - 1] * _share(scope, state, draws)
        for state in structure.progression
    }
    entering[states[-1]] = leaving[-1]
    repairs = Repairs()
    split: dict[tuple[int, str], Floats] = {
        (states.index(state) - 1, state): flow for state, flow in entering.items()
    }
    if len(states) == 3 and states[1] in entering:
        at_once = leaving[0] - entering[states[1]]
        after = leaving[1] - at_once
        wrong = after < -TOLERANCE
        place = (f"structure.progression.{states[1]}",) if wrong.any() else ()
        repairs = Repairs(int(np.count_nonzero(wrong.any(axis=0))), draws, place)
        split[0, states[2]] = np.minimum(at_once, leaving[1])
        split[1, states[2]] = np.maximum(after, 0.0)

    def flow(place: int, state: str) -> Floats:
        told: Floats = split.get((place, state), np.zeros_like(leaving[0]))
        return told

    return flow, repairs


def _share(scope: Scope, state: str, draws: int) -> Floats:
    at: Location = ("structure", "progression", state)
    found = full(scope.at(*at), draws)
    share = np.asarray(found if found.ndim == 1 else found[:-1])
    if not np.all((share >= 0) & (share <= 1)):
        raise PreuveError(
            _("The share who enter {state} is not between 0 and 1 in some draws.").format(
                state=state
            ),
            where=scope.model.origin.where(at),
        )
    return share
