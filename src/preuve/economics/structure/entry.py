"""Entry: where people stand at the start, as written or at the end of a tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from preuve.core.distribution import Floats
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.structure.rows import row
from preuve.economics.structure.states import Layout
from preuve.economics.structure.tree import walked


def entered(
    scope: Scope, structure: Any, layout: Layout, draws: int
) -> tuple[Floats, Floats, Floats, Repairs]:
    """Shares of people at each place (places, B), costs (I, B) and effects (E, B) of the way in.

    Args:
        scope: the block.
        structure: what is written, with `start` or `entry`.
        layout: the places.
        draws: B.

    Raises:
        PreuveError: the shares do not sum to 1.
    """
    rewards = scope.model.written.rewards
    shares = np.zeros((len(layout.places), draws))
    if structure.entry:
        tree = walked(scope, ("structure", "entry"), structure.entry, draws)
        for state, share in tree.reached.items():
            shares[layout.first[state]] = share
        return shares, tree.cost, tree.effect, tree.repairs
    chances, repairs = row(scope, ("structure", "start"), structure.start, draws)
    for state, share in chances.items():
        shares[layout.first[state]] = share if share.ndim == 1 else share[0]
    nothing = (np.zeros((len(rewards.costs), draws)), np.zeros((len(rewards.effects), draws)))
    return shares, *nothing, repairs
