"""Simulate: every strategy of a model over its draws, block by block, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.compilation.scope import Change, Scope
from preuve.economics.outcomes import (
    LIFE_YEARS,
    TECHNOLOGY,
    UNSPLIT,
    Outcomes,
    Repairs,
    joined,
)
from preuve.economics.payment import paid
from preuve.economics.structure.sums import Sums, full
from preuve.economics.weights import Weights, weights

WORKING_SET = 1_000_000
"""Bytes of trace in a block: what a processor keeps near."""
MOST_REPAIRED = 0.001
"""Share of the draws of its rows put right above which a model is refused."""

Engine: TypeAlias = Callable[[Scope, Any, Weights, int], Sums]


def simulate(
    model: Compiled,
    figures: Mapping[str, Floats],
    *,
    changes: Mapping[str, Change] | None = None,
    years: int = 0,
    strategies: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Outcomes:
    """Costs and effects of each strategy for each draw.

    Args:
        model: the model.
        figures: every parameter, shape (D,).
        changes: what a scenario or a subgroup sets, by name, under every strategy.
        years: how many single years to tell, undiscounted.
        strategies: those to run; all unless said.
        progress: told of each block.

    Raises:
        PreuveError: rows of probabilities had to be put right in more than 0.1 % of their draws,
            a row does not sum to 1, a cost is negative, a figure is not a number.
    """
    named = strategies or model.strategies
    sums = weights(model.written.decision, years)
    count = len(next(iter(figures.values()))) if figures else 1
    blocks = list(_blocks(model, count))

    def run() -> Iterator[Outcomes]:
        for done, block in enumerate(blocks):
            part = {name: one[block] for name, one in figures.items()}
            yield _block(model, part, changes, sums, named)
            progress(_("Draws"), done + 1, len(blocks))

    found = joined(run(), count)
    _refuse(found.repairs, model)
    return found


def _blocks(model: Compiled, count: int) -> Iterator[slice]:
    tunnels = [one.tunnel for one in getattr(model.written.structure, "states", {}).values()]
    bytes_each = 8 * (model.cycles + 1) * max(sum(tunnels), 1)
    size = int(min(max(WORKING_SET // bytes_each, 16), 4096))
    for first in range(0, count, size):
        yield slice(first, first + size)


def _block(
    model: Compiled,
    figures: Mapping[str, Floats],
    changes: Mapping[str, Change] | None,
    sums: Weights,
    strategies: tuple[str, ...],
) -> Outcomes:
    draws = len(next(iter(figures.values()))) if figures else 1
    base = Scope(model, figures).over(changes or {})
    engine = engine_of(model)
    found, shares = [], []
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for strategy in strategies:
            scope = base.under(strategy)
            made = engine(scope, model.written.structure, sums, draws)
            found.append(paid(made, scope, strategy, sums, draws))
            shares.append(_payer_shares(scope, strategy, draws))
    trace = [one.trace for one in found]
    return Outcomes(
        strategies,
        (*model.written.rewards.costs, TECHNOLOGY),
        (*model.written.rewards.effects, LIFE_YEARS),
        payers_of(model),
        np.stack([one.cost for one in found]),
        np.stack([one.effect for one in found]),
        np.stack(shares),
        model.written.decision.effect,
        sum((one.repairs for one in found), Repairs()),
        np.stack([one[..., 0] for one in trace if one is not None])
        if trace[0] is not None
        else None,
        tuple(getattr(model.written.structure, "states", ())),
        np.array([one.spread for one in found]),
    )


def engine_of(model: Compiled) -> Engine:
    """The engine of a structure."""
    from importlib import import_module

    kind = model.written.structure.kind
    run: Engine = import_module(f"preuve.economics.structure.{kind}").run
    return run


def payers_of(model: Compiled) -> tuple[str, ...]:
    """Every payer that is named, then `unsplit` where a cost names none."""
    written = model.written
    splits = [one.payer for one in written.rewards.costs.values()]
    priced = [one.price for one in written.strategies.values() if one.price is not None]
    splits += [one.payer for one in priced]
    named = dict.fromkeys(name for split in splits for name in split)
    rest = (UNSPLIT,) if not all(splits) or not splits else ()
    return (*named, *rest)


def _payer_shares(scope: Scope, strategy: str, draws: int) -> Floats:
    """Share of each payer in each item under a strategy, (I, P, 1 or B)."""
    written = scope.model.written
    payers = payers_of(scope.model)
    price = written.strategies[strategy].price
    splits = [
        (("rewards", "costs", name, "payer"), one.payer)
        for name, one in written.rewards.costs.items()
    ]
    splits.append((("strategies", strategy, "price", "payer"), price.payer if price else {}))
    found = np.zeros((len(splits), len(payers), draws))
    for row, (at, split) in zip(found, splits, strict=True):
        if not split:
            row[-1] = 1.0
            continue
        for name in split:
            share = full(scope.at(*at, name), draws)
            if share.ndim > 1 and np.any(share != share[0]):
                raise PreuveError(
                    _("The share of the payer {name} varies over time.").format(name=name),
                    where=scope.model.origin.where((*at, name)),
                    remedy=_("Write two costs, one before and one after the change."),
                )
            row[payers.index(name)] = share if share.ndim == 1 else share[0]
            if not np.all((row >= 0) & (row <= 1)):
                raise PreuveError(
                    _("The share of the payer {name} is not between 0 and 1.").format(name=name),
                    where=scope.model.origin.where((*at, name)),
                    remedy=_("The shares of the payers of a cost sum to 1."),
                )
        total = row.sum(axis=0)
        if np.any(np.abs(total - 1) > 1e-9):
            raise PreuveError(
                _("The shares of the payers sum to {total}, not to 1.").format(
                    total=f"{float(total.flat[0]):.6g}"
                ),
                where=scope.model.origin.where(at),
                remedy=_("Share the whole cost between its payers, as {example}.").format(
                    example="{amo: 0.7, amc: 0.3}"
                ),
            )
    constant = bool(np.all(found == found[..., :1]))
    return found[..., :1] if constant else found


def _refuse(repairs: Repairs, model: Compiled) -> None:
    if repairs.share <= MOST_REPAIRED:
        return
    raise PreuveError(
        _(
            "In {share} % of the draws of its rows, probabilities fall outside 0 to 1 or sum "
            "to more than 1: more than the {most} % that may be put right."
        ).format(share=f"{100 * repairs.share:.3g}", most=f"{100 * MOST_REPAIRED:g}"),
        where=model.origin.where(("structure",)),
        remedy=_("Look at {places}: a beta or a Dirichlet never leaves 0 to 1.").format(
            places=", ".join(repairs.places)
        ),
    )
