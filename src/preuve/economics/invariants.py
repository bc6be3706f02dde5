"""Invariants: laws that hold on every run, checked on this one; a broken one stops it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import MOST_REPAIRED, simulate
from preuve.economics.weights import COSTS, COSTS_PLAIN, EFFECTS, EFFECTS_PLAIN, weights
from preuve.pages.numbers import named

_TOLERANCE = 1e-9
_MIRRORED = 64


@dataclass(frozen=True)
class Invariant:
    """A law: its name, the largest departure from it, and the departure that is allowed."""

    name: str
    departure: float
    allowed: float

    @property
    def holds(self) -> bool:
        return self.departure <= self.allowed


def invariants(
    model: Model, base: Outcomes, found: Outcomes, draws: dict[str, Floats]
) -> tuple[Invariant, ...]:
    """Every law, on the base case and the draws of a run.

    Raises:
        PreuveError: one is broken: the run is not to be trusted.
    """
    laws = tuple(_laws(model, base, found, draws))
    broken = [law for law in laws if not law.holds]
    if broken:
        raise PreuveError(
            _("A law of the calculation is broken ({law}): its figures are not to be used.").format(
                law=", ".join(named(law.name, f"{law.departure:.3g}") for law in broken)
            ),
            where=model.origin.name,
            remedy=_("Please report it with the model."),
        )
    return laws


def _laws(
    model: Model, base: Outcomes, found: Outcomes, draws: dict[str, Floats]
) -> Iterator[Invariant]:
    if base.trace is not None:
        yield Invariant(
            _("everyone is in one state at each time"),
            float(np.max(np.abs(base.trace.sum(axis=2) - 1))),
            _TOLERANCE,
        )
        states = getattr(model.written.structure, "states", {})
        dead = [place for place, one in enumerate(states.values()) if one.dead]
        falls = -np.diff(base.trace[:, :, dead].sum(axis=2), axis=1)
        yield Invariant(_("one dies once"), float(np.max(falls, initial=0.0)), _TOLERANCE)
    put_right = _("share of the draws of rows of probabilities put right")
    yield Invariant(put_right, found.repairs.share, MOST_REPAIRED)
    yield from _sums(found)
    yield from _time(model)
    first = {name: one[:_MIRRORED] for name, one in draws.items()}
    twice = (model.compiled.strategies[0],) * 2
    mirror = simulate(model.compiled, first, strategies=twice)
    apart = max(float(np.ptp(one, axis=0).max()) for one in (mirror.costs, mirror.traded))
    yield Invariant(_("a strategy against itself differs by nothing"), apart, 0.0)


def _sums(found: Outcomes) -> Iterator[Invariant]:
    apart = np.abs(found.costs_by_payer().sum(axis=1) - found.costs)
    scale = max(1.0, float(np.max(np.abs(found.costs))))
    yield Invariant(_("costs by payer add up"), float(np.max(apart)) / scale, _TOLERANCE)
    plain = np.abs(found.cost[:, :, COSTS_PLAIN]) * (1 + _TOLERANCE) + _TOLERANCE
    excess = np.max(np.abs(found.cost[:, :, COSTS]) - plain, initial=0.0)
    if found.cost.min() >= 0:
        yield Invariant(_("discounting lowers costs"), float(excess) / scale, _TOLERANCE)


def _time(model: Model) -> Iterator[Invariant]:
    decision = model.written.decision
    if not decision.cycles or isinstance(decision.correction, tuple):
        return
    counted = weights(decision)
    horizon = decision.cycles * decision.span.years
    apart = abs(float(counted.points[COSTS_PLAIN].sum()) - horizon) / horizon
    yield Invariant(_("the years counted are those of the horizon"), apart, _TOLERANCE)
    rise = counted.points[EFFECTS] - counted.points[EFFECTS_PLAIN]
    yield Invariant(
        _("a later year never counts for more"), float(np.max(rise, initial=0.0)), _TOLERANCE
    )
