"""Queue: people who wait for one of several servers (M/M/c), in the long run.

With a = arrivals x service servers at work on average, out of c, the chance B that all are busy
where nobody waits follows B(0) = 1, B(n) = a B(n - 1) / (n + a B(n - 1)) (Erlang B), and the
chance of waiting is C = c B / (c - a (1 - B)) (Erlang C). The wait of those who wait is
exponential with mean service / (c - a).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.specification.structure import Queue
from preuve.economics.structure.sums import Sums, full
from preuve.economics.structure.tree import at_start, once
from preuve.economics.weights import Weights


@dataclass(frozen=True)
class Service:
    """How a queue does; one value for each draw.

    Attributes:
        servers: how many. busy: share of their time at work. delayed: share of people who wait.
        wait: mean over everyone, in the unit of time of the service.
        within: share who wait no longer than the target, 1 where there is none.
    """

    servers: Floats
    busy: Floats
    delayed: Floats
    wait: Floats
    within: Floats


def run(scope: Scope, structure: Queue, weights: Weights, draws: int) -> Sums:
    """The sums of a queue, per person who comes.

    Raises:
        PreuveError: a figure is not a number or is negative, the servers cannot keep up in some
            draws, a cost is negative.
    """
    arrivals = _figure(scope, "arrivals", draws)
    service = _figure(scope, "service", draws)
    servers = np.maximum(np.floor(_figure(scope, "servers", draws) + 0.5), 1.0)
    _refuse_overload(scope, arrivals * service, servers)
    target = (
        np.full(draws, np.inf)
        if structure.target_wait is None
        else _figure(scope, "target_wait", draws)
    )
    found = served(arrivals, service, servers, target)
    inside = scope.beneath(
        {
            "queue.wait": found.wait,
            "queue.delayed": found.delayed,
            "queue.busy": found.busy,
            "queue.within_target": found.within,
            "queue.servers": found.servers,
        }
    )
    rewards = scope.model.written.rewards
    cost = once(inside, rewards.costs, "costs", draws)
    effect = once(inside, rewards.effects, "effects", draws)
    effect = np.concatenate([effect, np.zeros((1, draws))])
    return Sums(at_start(cost, weights), at_start(effect, weights))


def served(arrivals: Floats, service: Floats, servers: Floats, target: Floats) -> Service:
    """How M/M/c queues do.

    Args:
        arrivals: per unit of time, (B,).
        service: mean time of one service, (B,).
        servers: whole numbers, (B,), more than arrivals x service.
        target: wait that is told apart, (B,).
    """
    load = arrivals * service
    delayed = erlang_c(load, servers)
    spare = servers - load
    with np.errstate(divide="ignore", invalid="ignore"):
        longer = np.where(service > 0, np.exp(-spare * target / service), 0.0)
    return Service(
        servers, load / servers, delayed, delayed * service / spare, 1.0 - delayed * longer
    )


def erlang_c(load: Floats, servers: Floats) -> Floats:
    """The chance of waiting of M/M/c queues, (B,); `load` is below `servers`, whole numbers."""
    blocked = np.ones_like(load)
    for count in range(1, int(servers.max(initial=1.0)) + 1):
        more = load * blocked / (count + load * blocked)
        blocked = np.where(count <= servers, more, blocked)
    return servers * blocked / (servers - load * (1.0 - blocked))


def _figure(scope: Scope, word: str, draws: int) -> Floats:
    at: Location = ("structure", word)
    value = full(scope.at(*at), draws)
    found = value if value.ndim == 1 else value[0]
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        raise PreuveError(
            _("{name} is negative or not a number in {share} % of the draws.").format(
                name=f"structure.{word}", share=f"{100 * float(wrong.mean()):.3g}"
            ),
            where=scope.model.origin.where(at),
            remedy=_("Give its parameters a distribution above 0 (gamma, lognormal)."),
        )
    return found


def _refuse_overload(scope: Scope, load: Floats, servers: Floats) -> None:
    over = load >= servers
    if not over.any():
        return
    worst = int(np.argmax(load - servers))
    raise PreuveError(
        _(
            "The servers cannot keep up in {share} % of the draws: {load} are needed on average "
            "and there are {servers}, so that the wait has no end."
        ).format(
            share=f"{100 * float(over.mean()):.3g}",
            load=f"{float(load[worst]):.4g}",
            servers=f"{float(servers[worst]):g}",
        ),
        where=scope.model.origin.where(("structure", "servers")),
        remedy=_("Write more servers, or narrower distributions of arrivals and service."),
    )
