"""Erlang: one ward in the long run by formula, as an instant answer and as a test of simulations.

Poisson arrivals, c servers (beds), offered load a = arrival rate x mean stay. Sources of the
formulas: the manual of the GNU Octave package queueing (functions erlangb, erlangc, qsmmm);
for stays that are not exponential, the manual of the LINE solver (qsys_gigk_approx_cosmetatos).
"""

from __future__ import annotations

import math

from preuve.core.errors import PreuveError
from preuve.core.language import _


def blocked(load: float, servers: int) -> float:
    """Share of arrivals that find every server busy and are lost (Erlang B).

    Any distribution of stays. B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)).
    """
    _check(load, servers)
    share = 1.0
    for count in range(1, servers + 1):
        share = load * share / (count + load * share)
    return share


def must_wait(load: float, servers: int) -> float:
    """Share of arrivals that wait (Erlang C), from Erlang B: C = B / (1 - a (1 - B) / c).

    Raises:
        PreuveError: the load is not below the servers: the queue has no long run.
    """
    _check_stable(load, servers)
    lost = blocked(load, servers)
    return lost / (1.0 - load / servers * (1.0 - lost))


def mean_wait(load: float, servers: int, mean_stay: float, variation: float = 1.0) -> float:
    """Mean wait of all arrivals, in the unit of `mean_stay`: C x mean_stay / (c - a).

    Exact for exponential stays. Others are told by their coefficient of variation and
    approximated by (1 + variation^2) / 2 times the exponential wait.

    Raises:
        PreuveError: the load is not below the servers.
    """
    usual = must_wait(load, servers) * mean_stay / (servers - load)
    return usual * (1.0 + variation**2) / 2.0


def wait_beyond(load: float, servers: int, mean_stay: float, wait: float) -> float:
    """Share of arrivals that wait more than `wait`: C exp(-(c - a) wait / mean_stay).

    For exponential stays, served in order of arrival.

    Raises:
        PreuveError: the load is not below the servers.
    """
    return must_wait(load, servers) * math.exp(-(servers - load) * wait / mean_stay)


def servers_needed(load: float, risk: float) -> int:
    """The fewest servers for which at most a share `risk` of arrivals is lost (Erlang B)."""
    _check(load, 0)
    if not 0.0 < risk < 1.0:
        raise PreuveError(_("A risk lies between 0 and 1."), where="risk")
    share, count = 1.0, 0
    while share > risk:
        count += 1
        share = load * share / (count + load * share)
    return count


def _check(load: float, servers: int) -> None:
    if not (math.isfinite(load) and load >= 0.0):
        raise PreuveError(_("A load is a number of 0 or more."), where="load")
    if servers < 0:
        raise PreuveError(_("Servers cannot be fewer than 0."), where="servers")


def _check_stable(load: float, servers: int) -> None:
    _check(load, servers)
    if load >= servers:
        raise PreuveError(
            _("The queue grows without end: {load} beds of work for {servers} beds.").format(
                load=load, servers=servers
            ),
            where="load",
            remedy=_("Give more beds than the load."),
        )
