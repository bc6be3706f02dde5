"""Ward: one ward or emergency department, hour by hour, each patient at the exact moment.

First come, first served, by servers (beds, cubicles) whose number changes with the hour of the
week. Arrivals are Poisson with a rate for each hour of the week, drawn by inversion of the
cumulative rate. Each patient is given to the server that is free first; a heap keeps the moments
at which servers are free. Where servers close while all are busy, patients stay until their end,
and the places that become free first are not filled again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.kernel import kernel
from preuve.core.language import _
from preuve.twin.flow.exponential import exponential
from preuve.twin.flow.random_stream import root, stream, uniform

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WEEK = 168
LONG_WAIT = 4.0
"""Hours beyond which a wait is counted as long."""

_ARRIVAL, _SERVICE, _BOARDS, _BOARDING = range(32, 36)
_WAITING, _BUSY = range(2)


@dataclass(frozen=True)
class Ward:
    """One place where patients queue.

    Attributes:
        arrivals: mean arrivals per hour, for each hour of the week, shape (168,).
        servers: servers open in each hour of the week, shape (168,).
        mean_service: hours with a server.
        spread: standard deviation of the logarithm of that time (lognormal), or None where it is
            exponential.
        boarding_share: share of patients who keep their server afterwards, for want of a bed.
        mean_boarding: how long they keep it, in hours (exponential).
    """

    arrivals: Floats
    servers: Integers
    mean_service: float
    spread: float | None = None
    boarding_share: float = 0.0
    mean_boarding: float = 0.0

    @classmethod
    def steady(
        cls, arrivals: float, servers: int, mean_service: float, spread: float | None = None
    ) -> Ward:
        """The same rate and servers at every hour."""
        return cls(
            arrivals=np.full(WEEK, float(arrivals)),
            servers=np.full(WEEK, servers, dtype=np.int64),
            mean_service=mean_service,
            spread=spread,
        )

    def check(self) -> None:
        """Raises PreuveError for a ward that cannot be."""
        _hold(
            self.arrivals.shape == (WEEK,), "arrivals", _("Give one figure for each of 168 hours.")
        )
        _hold(self.servers.shape == (WEEK,), "servers", _("Give one figure for each of 168 hours."))
        fine = bool(np.isfinite(self.arrivals).all() and (self.arrivals >= 0).all())
        _hold(fine, "arrivals", _("A rate is a number of 0 or more."))
        staffed = bool((self.servers >= 0).all() and self.servers.max() > 0)
        _hold(staffed, "servers", _("Some server must be open in the week, and none below 0."))
        times = (self.mean_service, self.mean_boarding, self.spread or 0.0)
        fine = all(math.isfinite(time) and time >= 0 for time in times)
        _hold(fine, "mean_service", _("A length of time is a number of 0 or more."))
        _hold(0 <= self.boarding_share <= 1, "boarding_share", _("A share lies between 0 and 1."))


@dataclass(frozen=True)
class Queue:
    """What happened in the weeks counted.

    Attributes:
        arrived: patients who arrived in those weeks.
        waits: hours that each of them waited, in order of arrival, shape (arrived,).
        mean_wait: hours.
        long_waits: share who waited more than four hours.
        busy: mean servers with a patient in each hour of the week, shape (168,).
        queueing: mean patients waiting in each hour of the week, shape (168,).
        served: patients whose service ended in those weeks.
        present: patients there (waiting or with a server) when counting starts, and at its end.
    """

    arrived: int
    waits: Floats
    mean_wait: float
    long_waits: float
    busy: Floats
    queueing: Floats
    served: int
    present: tuple[int, int]

    def quantiles(self, shares: Sequence[float] = (0.5, 0.9, 0.95)) -> Floats:
        """Hours within which these shares of patients were served, shape (len(shares),)."""
        if not self.arrived:
            return np.full(len(shares), np.nan)
        result: Floats = np.quantile(self.waits, shares)
        return result


def queue(ward: Ward, weeks: int, seed: int, warm_up: int = 4, *, by_hour: bool = True) -> Queue:
    """Run a ward.

    Args:
        ward: arrivals, servers, times.
        weeks: weeks counted.
        seed: chance; the same seed gives the same bytes.
        warm_up: weeks before, not counted; the ward starts empty.
        by_hour: whether `busy` and `queueing` are counted; nan without, a quarter faster.

    Raises:
        PreuveError: the ward cannot be, or no week is counted.
    """
    ward.check()
    _hold(weeks > 0 and warm_up >= 0, "weeks", _("Give at least one week."))
    expected = float(ward.arrivals.sum()) * (weeks + warm_up)
    waits = np.empty(int(expected + 10 * math.sqrt(expected)) + 100)
    whole, part = np.zeros((2, WEEK + 1), dtype=np.int64), np.zeros((2, WEEK))
    counts = np.zeros(3, dtype=np.int64)
    most = int(ward.servers.max())
    spread = -1.0 if ward.spread is None else ward.spread
    arrived = _run(
        np.uint64(root(seed)),
        np.asarray(ward.arrivals, dtype=np.float64),
        bool((ward.arrivals == ward.arrivals[0]).all()),
        np.asarray(ward.servers, dtype=np.int64),
        bool((ward.servers == ward.servers[0]).all()),
        float(ward.mean_service),
        float(spread),
        float(ward.boarding_share),
        float(ward.mean_boarding),
        float(WEEK * warm_up),
        float(WEEK * (warm_up + weeks)),
        by_hour,
        np.empty(2 * most),
        waits,
        whole,
        part,
        counts,
    )
    kept = waits[:arrived]
    hours = whole[:, :WEEK].cumsum(axis=1) + whole[:, WEEK:] + part
    if not by_hour:
        hours[:] = np.nan
    return Queue(
        arrived=arrived,
        waits=kept,
        mean_wait=float(kept.mean()) if arrived else 0.0,
        long_waits=float((kept > LONG_WAIT).mean()) if arrived else 0.0,
        busy=hours[_BUSY] / weeks,
        queueing=hours[_WAITING] / weeks,
        served=int(counts[2]),
        present=(int(counts[0]), int(counts[1])),
    )


def _hold(condition: bool, where: str, problem: str) -> None:
    if not condition:
        raise PreuveError(problem, where=where)


@kernel
def _run(
    start: np.uint64,
    rates: Floats,
    same_rate: bool,
    servers: Integers,
    same_servers: bool,
    mean_service: float,
    spread: float,
    boarding_share: float,
    mean_boarding: float,
    begin: float,
    end: float,
    by_hour: bool,
    free: Floats,
    waits: Floats,
    whole: Integers,
    part: Floats,
    counts: Integers,
) -> int:
    """Serve every arrival before `end`; those between `begin` and `end` are counted.

    `free[:size]` is the heap of the moments at which servers are free; its second half is for
    those who only finish with their patient.
    """
    arriving = stream(start, _ARRIVAL, 0, 0, 0)
    serving = stream(start, _SERVICE, 0, 0, 0)
    boards = stream(start, _BOARDS, 0, 0, 0)
    boarding = stream(start, _BOARDING, 0, 0, 0)
    size = servers[0]
    free[:size] = 0.0
    boundary = np.inf if same_servers else 1.0
    now, patient, counted, finishing = 0.0, 0, 0, 0
    first, last, served = 0, 0, 0
    while True:
        now = _next_arrival(now, exponential(arriving, patient), rates, same_rate, end)
        if now >= end or counted == waits.shape[0]:
            break
        began = max(now, free[0]) if size else np.inf
        while began >= boundary:
            size, finishing = _change_shift(free, size, finishing, servers, boundary)
            boundary += 1.0
            began = max(now, free[0]) if size else np.inf
        length = _service(serving, patient, mean_service, spread)
        if boarding_share > 0.0 and uniform(boards, patient) < boarding_share:
            length += mean_boarding * exponential(boarding, patient)
        gone = began + length
        _replace_first(free, size, gone)
        if now >= begin:
            waits[counted] = began - now
            counted += 1
        if by_hour:
            _mark(whole[_WAITING], part[_WAITING], max(now, begin), min(began, end))
            _mark(whole[_BUSY], part[_BUSY], max(began, begin), min(gone, end))
        first += int(now < begin <= gone)
        last += int(gone >= end)
        served += int(begin <= gone < end)
        patient += 1
    counts[0], counts[1], counts[2] = first, last, served
    return counted


@kernel
def _next_arrival(now: float, work: float, rates: Floats, same: bool, end: float) -> float:
    """The moment at which the cumulative rate has grown by `work`."""
    if same:
        return float(now + work / rates[0]) if rates[0] > 0.0 else end
    hour = float(math.floor(now))
    while hour < end:
        rate = rates[int(hour) % WEEK]
        left = rate * (hour + 1.0 - now)
        if work < left:
            return float(now + work / rate)
        work -= left
        hour += 1.0
        now = hour
    return end


@kernel
def _service(start: np.uint64, patient: int, mean: float, spread: float) -> float:
    """An exponential time, or a lognormal one by the Box-Muller formula."""
    if spread < 0.0:
        return mean * exponential(start, patient)
    radius = math.sqrt(-2.0 * math.log(uniform(start, 2 * patient)))
    normal = radius * math.cos(2.0 * math.pi * uniform(start, 2 * patient + 1))
    return mean * math.exp(spread * normal - spread * spread / 2.0)


@kernel
def _change_shift(
    free: Floats, size: int, finishing: int, servers: Integers, boundary: float
) -> tuple[int, int]:
    """The servers from an hour on: how many are given patients, how many only finish.

    Those with a patient go on. Where they are more than the servers now open, the first to be free
    take nobody else; they are kept from the middle of `free`.
    """
    wanted = servers[int(boundary) % WEEK]
    if finishing == 0 and wanted == servers[(int(boundary) - 1) % WEEK]:
        return size, 0
    middle = free.shape[0] // 2
    busy = 0
    for place in range(size + finishing):
        moment = free[place if place < size else middle + place - size]
        if moment <= boundary:
            continue
        spot = busy
        while spot > 0 and free[spot - 1] > moment:
            free[spot] = free[spot - 1]
            spot -= 1
        free[spot] = moment
        busy += 1
    beyond = max(busy - wanted, 0)
    for place in range(beyond):
        free[middle + place] = free[place]
    idle = max(wanted - busy, 0)
    if idle:
        for place in range(busy - 1, -1, -1):
            free[place + idle] = free[place]
        free[:idle] = boundary
    for place in range(busy - beyond if beyond else 0):
        free[place] = free[place + beyond]
    return wanted, beyond


@kernel
def _replace_first(free: Floats, size: int, moment: float) -> None:
    """Give the earliest entry of the heap another moment.

    The hole goes down to a leaf by the earlier child, without a branch that chance decides, then
    the moment comes up to its place: seldom far, as most are late.
    """
    place = 0
    below = 1
    while below + 1 < size:
        below += int(free[below + 1] < free[below])
        free[place] = free[below]
        place = below
        below = 2 * place + 1
    if below < size:
        free[place] = free[below]
        place = below
    while place > 0 and free[(place - 1) >> 1] > moment:
        free[place] = free[(place - 1) >> 1]
        place = (place - 1) >> 1
    free[place] = moment


@kernel
def _mark(whole: Integers, part: Floats, begin: float, end: float) -> None:
    """Count a person present from `begin` to `end` in each hour of the week.

    `whole[:168]` are the changes of whole hours from one hour to the next, `whole[168]` is for
    all hours; `part` is what the first and the last hour differ by.
    """
    if end <= begin:
        return
    first, last = math.floor(begin), math.floor(end)
    part[int(first) % WEEK] -= begin - first
    part[int(last) % WEEK] += end - last
    hours = int(last - first)
    whole[WEEK] += hours // WEEK
    hours %= WEEK
    begins = int(first) % WEEK
    ends = begins + hours
    whole[begins] += 1
    if ends >= WEEK:
        whole[0] += 1
        ends -= WEEK
    whole[ends] -= 1
