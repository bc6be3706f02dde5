"""Beds needed at a chosen risk that an arrival finds none.

Suppose that nobody ever lacked a bed. With Poisson arrivals of rate lambda(t), the patients
present are then Poisson with a mean m(t) that needs only the rates and the stays:

    m(t) = sum over k of lambda(t - k) P(N > k),   N whole midnights of a stay.

Those who leave are Poisson too, of mean lambda(t) + m(t - 1) - m(t); a share of them goes on to a
ward or to rehabilitation. Source: Eick, Massey and Whitt, The physics of the Mt/G/infinity queue,
Operations Research 41 (1993), 731-742, who suggest it for systems where some are lost or delayed.
It counts more patients than a service that refuses some would hold, so it errs towards more beds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.kernel import kernel
from preuve.core.language import _
from preuve.twin.disciplines import CRITICAL_CARE, REHABILITATION
from preuve.twin.flow.length_of_stay import present
from preuve.twin.flow.rates import first_admissions
from preuve.twin.world import Floats, Integers, Singles, World

RISKS = (0.10, 0.05, 0.01)
_FORGOTTEN = 1e-6


@dataclass(frozen=True)
class Load:
    """What each service is asked for and would hold if nobody lacked a bed.

    Attributes:
        arrivals: mean admissions a day, those from critical care and towards rehabilitation
            included, shape (T, S, D).
        census: mean patients present at midnight, shape (T, S, D).
    """

    arrivals: Singles
    census: Singles


def load_of(world: World) -> Load:
    """Arrivals and census of every service, when each goes first where it would.

    Before the first day, the rates are taken to have been those of the first week; without
    shock. Patients for rehabilitation count at the nearest one.
    """
    arrivals = first_admissions(world)
    shock = _shock(world)
    census = np.zeros_like(arrivals)
    wards = [d for d in range(REHABILITATION) if d != CRITICAL_CARE]
    leaving = _settle(world, arrivals, shock, census, [CRITICAL_CARE])[:, :, 0]
    sites = np.arange(arrivals.shape[1])
    arrivals[:, sites, world.step_down_to] += leaving * world.step_down
    onward = leaving * world.rehabilitation[:, CRITICAL_CARE]
    leaving = _settle(world, arrivals, shock, census, wards)
    onward += (leaving * world.rehabilitation[:, wards]).sum(axis=2)
    near = world.rehabilitation_near[:, 0]
    for site in np.flatnonzero(near >= 0):
        arrivals[:, near[site], REHABILITATION] += onward[:, site]
    _settle(world, arrivals, shock, census, [REHABILITATION])
    if shock is not None:
        arrivals += shock
    return Load(arrivals, census)


def offered_load(world: World) -> Singles:
    """Mean patients present at each midnight if nobody lacked a bed, shape (T, S, D)."""
    return load_of(world).census


def beds_at_risk(world: World, risks: Sequence[float] = RISKS) -> Integers:
    """Fewest beds of each service so that at most a share `risk` of its arrivals finds none.

    Over the days after the warm-up, busier days weighing more as more people come.

    Returns:
        Shape (S, D, R).
    """
    load = load_of(world)
    counted = slice(world.warm_up, None)
    return beds_needed(load.census[counted], risks, load.arrivals[counted])


def beds_needed(
    load: npt.NDArray[Any], risks: Sequence[float], weights: npt.NDArray[Any] | None = None
) -> Integers:
    """Smallest b such that the chance of b patients or more, over the days, is at most each risk.

    Args:
        load: mean patients present, a Poisson count each day, shape (T, …). Days of several draws
            of the parameters may follow each other: their mixture is then what counts.
        risks: shares strictly between 0 and 1.
        weights: arrivals of each day, the same shape; equal days where None.

    Returns:
        Beds, shape (…, R); 0 where the load is 0.

    Raises:
        PreuveError: a risk is not between 0 and 1, or a load is negative or not a number.
    """
    if not all(0.0 < risk < 1.0 for risk in risks):
        raise PreuveError(_("A risk lies between 0 and 1."), where="risk")
    means = np.asarray(load)
    if not (np.isfinite(means).all() and (means >= 0).all()):
        raise PreuveError(_("A load is a number of 0 or more."), where="load")
    days, shape = len(means), means.shape[1:]
    flat = np.ascontiguousarray(means.reshape(days, -1).T, dtype=np.float64)
    heavy = np.ones_like(flat)
    if weights is not None:
        heavy = np.ascontiguousarray(weights.reshape(days, -1).T, dtype=np.float64)
    largest = float(flat.max(initial=0.0))
    room = int(largest + 10 * np.sqrt(largest)) + 40
    result = np.zeros((len(flat), len(risks)), dtype=np.int64)
    _beds(flat, heavy, np.asarray(risks, dtype=np.float64), np.zeros(room), result)
    return result.reshape(*shape, len(risks))


def _shock(world: World) -> Singles | None:
    """Admissions that a shock adds, shape (T, S, D); None for no shock."""
    if not world.extra.any():
        return None
    result: Singles = world.extra[:, world.department] * world.extra_share
    return result


def _settle(
    world: World, arrivals: Singles, shock: Singles | None, census: Singles, disciplines: list[int]
) -> Singles:
    """Fill the census of some disciplines; mean departures each day, shape (T, S, len)."""
    asked = _series(arrivals, disciplines)
    before = asked[:, :7].mean(axis=1)
    spread = np.repeat(world.spread[disciplines], arrivals.shape[1]).astype(np.float64)
    held, first = np.zeros_like(asked), world.mean_stay[world.epoch[0]]
    for mean, days in _stays(world):
        own = _series(mean[None], disciplines)[:, 0]
        held += _held(asked * days, before * float(days[0]), own, spread)
    yesterday = np.column_stack([before * _series(first[None], disciplines)[:, 0], held[:, :-1]])
    if shock is not None:
        added = _series(shock, disciplines)
        stay = np.repeat(world.extra_stay[disciplines], arrivals.shape[1]).astype(np.float64)
        more = _held(added, np.zeros(len(added)), stay, spread)
        yesterday[:, 1:] += more[:, :-1]
        held += more
        asked = asked + added
    leaving = np.maximum(asked + yesterday - held, 0.0)
    shape = (len(disciplines), arrivals.shape[1], len(arrivals))
    census[:, :, disciplines] = held.reshape(shape).transpose(2, 1, 0)
    result: Singles = leaving.reshape(shape).transpose(2, 1, 0).astype(np.float32)
    return result


def _stays(world: World) -> Iterator[tuple[Singles, npt.NDArray[np.bool_]]]:
    """Each mean stay of the services, (S, D), and the days that have it, (T,)."""
    different, same = np.unique(world.mean_stay, axis=0, return_inverse=True)
    for number, mean in enumerate(different):
        yield mean, same.ravel()[world.epoch] == number


def _series(rates: Singles, disciplines: list[int]) -> Floats:
    """Days of each service in turn, shape (len(disciplines) x S, T)."""
    chosen = rates[:, :, disciplines].transpose(2, 1, 0)
    result: Floats = np.ascontiguousarray(chosen, dtype=np.float64).reshape(-1, len(rates))
    return result


def _held(asked: Floats, before: Floats, mean: Floats, spread: Floats) -> Floats:
    """Mean patients present at midnight, shape (N, T)."""
    result = np.zeros_like(asked)
    alive = np.flatnonzero(asked.any(axis=1) | (before > 0))
    if not len(alive):
        return result
    nights = min(asked.shape[1], int(_longest(mean[alive], spread[alive])) + 2)
    chances = present(mean[alive], spread[alive], nights)
    _convolve(asked, before, mean, alive, chances, result)
    return result


def _longest(mean: Floats, spread: Floats) -> float:
    """A stay that one patient in a million exceeds (the 4.75th deviation), at most."""
    return float((mean * np.exp(4.75 * spread - spread**2 / 2)).max())


@kernel
def _convolve(
    asked: Floats, before: Floats, mean: Floats, alive: Integers, chances: Floats, held: Floats
) -> None:
    days = asked.shape[1]
    for row in range(alive.shape[0]):
        service = alive[row]
        series, result = asked[service], held[service]
        left = mean[service]
        for night in range(chances.shape[1]):
            chance = chances[row, night]
            left -= chance
            result[night] += before[service] * max(left, 0.0)
            for day in range(night, days):
                result[day] += chance * series[day - night]
            if left < _FORGOTTEN * mean[service]:
                break


@kernel
def _beds(load: Floats, weights: Floats, risks: Floats, chances: Floats, beds: Integers) -> None:
    """The mixture of the Poisson counts of all days, then its tail from the top."""
    for service in range(load.shape[0]):
        means, heavy = load[service], weights[service]
        largest, total = 0.0, 0.0
        for day in range(means.shape[0]):
            largest = max(largest, means[day])
            total += heavy[day]
        if largest <= 0.0 or total <= 0.0:
            continue
        top = min(int(largest + 10.0 * np.sqrt(largest)) + 30, chances.shape[0] - 1)
        chances[: top + 1] = 0.0
        for day in range(means.shape[0]):
            _add_poisson(chances, top, means[day], heavy[day] / total)
        tail = 0.0
        for count in range(top, -1, -1):
            tail += chances[count]
            for rank in range(risks.shape[0]):
                if beds[service, rank] == 0 and tail > risks[rank]:
                    beds[service, rank] = count + 1


@kernel
def _add_poisson(chances: Floats, top: int, mean: float, weight: float) -> None:
    """Add `weight` times the Poisson probabilities, from their mode to both sides."""
    if weight == 0.0:
        return
    if mean <= 0.0:
        chances[0] += weight
        return
    mode = int(mean)
    peak = weight * math.exp(mode * math.log(mean) - mean - math.lgamma(mode + 1.0))
    chance = peak
    for count in range(mode, top + 1):
        chances[count] += chance
        chance *= mean / (count + 1.0)
        if chance < 1e-13 * weight:
            break
    chance = peak
    for count in range(mode, 0, -1):
        chance *= count / mean
        if chance < 1e-13 * weight:
            break
        chances[count - 1] += chance
