"""Timeline: the beds and services that a scenario opens, closes or resizes, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES, EMERGENCY
from preuve.twin.scenario.elements import Close, Dated, Element, NightClosure, Open, Resize
from preuve.twin.scenario.territory import sites_of
from preuve.twin.supply import Service

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Timeline:
    """Services that change over T days; E epochs, between two days when something changes.

    Attributes:
        beds: beds of each service that changes, day by day, shape (T,) each.
        emergency: whether the emergency department is open, for the sites where that changes,
            shape (T,) each.
        epoch: the epoch of each day, shape (T,).
        first_days: first day of each epoch, positions in the T days, shape (E,).
    """

    beds: dict[Service, Floats]
    emergency: dict[int, Floats]
    epoch: Integers
    first_days: Integers

    @classmethod
    def of(
        cls, baseline: Baseline, beds: Floats, elements: Sequence[Element], dates: Dates
    ) -> Timeline:
        """What the elements do, in the order they are written.

        Args:
            baseline: the sites.
            beds: beds open without the elements, shape (S, D).
            elements: those of a scenario.
            dates: the T days.
        """
        changed: dict[Service, Floats] = {}
        emergency: dict[int, Floats] = {}
        for element in elements:
            if isinstance(element, Close | Open) and element.discipline == "emergency":
                site = baseline.site(element.site)
                now = emergency.get(site, np.full(len(dates), float(isinstance(element, Close))))
                opened = float(isinstance(element, Open))
                emergency[site] = np.where(element.active(dates), opened, now)
            elif isinstance(element, Close | Open | Resize):
                for service in _services(baseline, beds, element):
                    before = changed.get(service, np.full(len(dates), beds[service]))
                    changed[service] = _after(element, dates, before)
        epoch, first = _epochs([*changed.values(), *emergency.values()], elements, dates)
        return cls(changed, emergency, epoch, first)

    def ratios(self, beds: Floats, epoch: int) -> Floats:
        """Capacity against that of the baseline by service, 1 where nothing changes, (S, 7).

        A service that did not exist has the ratio 0; `opened` gives its beds.
        """
        result = np.ones((len(beds), len(ACTIVITIES)))
        day = self.first_days[epoch]
        for (site, discipline), daily in self.beds.items():
            usual = beds[site, discipline]
            result[site, discipline] = daily[day] / usual if usual > 0 else 0.0
        for site, daily in self.emergency.items():
            result[site, EMERGENCY] = daily[day]
        return result

    def opened(self, baseline: Baseline, beds: Floats, epoch: int) -> Floats:
        """Beds of services that did not exist, 0 elsewhere, shape (S, 7)."""
        result = np.zeros((len(beds), len(ACTIVITIES)))
        day = self.first_days[epoch]
        for (site, discipline), daily in self.beds.items():
            if beds[site, discipline] <= 0:
                result[site, discipline] = daily[day]
        for site, daily in self.emergency.items():
            if baseline.visits[site] <= 0:
                result[site, EMERGENCY] = daily[day] * max(beds[site, :EMERGENCY].sum(), 1.0)
        return result

    def touched(self) -> Flags:
        """Which activities have a service that changes, shape (7,)."""
        result = np.zeros(len(ACTIVITIES), dtype=bool)
        result[[discipline for _site, discipline in self.beds]] = True
        result[EMERGENCY] = bool(self.emergency)
        return result

    def ever_opened(self, baseline: Baseline) -> Flags:
        """Services that the baseline does not have and that open one day, shape (S, 7)."""
        result = np.zeros((len(baseline.visits), len(ACTIVITIES)), dtype=bool)
        for (site, discipline), daily in self.beds.items():
            result[site, discipline] = baseline.stays[site, discipline] <= 0 and daily.any()
        for site, daily in self.emergency.items():
            result[site, EMERGENCY] = baseline.visits[site] <= 0 and daily.any()
        return result


def _services(baseline: Baseline, beds: Floats, element: Close | Open | Resize) -> list[Service]:
    discipline = DISCIPLINES.index(element.discipline)
    if element.site is not None:
        return [(baseline.site(element.site), discipline)]
    territory = element.territory if isinstance(element, Resize) else None
    here = np.flatnonzero(sites_of(territory, baseline) & (beds[:, discipline] > 0))
    return [(int(site), discipline) for site in here]


def _after(element: Close | Open | Resize, dates: Dates, before: Floats) -> Floats:
    if isinstance(element, Resize):
        return element.beds_on(dates, before)
    if isinstance(element, Open):
        return np.where(element.active(dates), element.beds_on(dates), before)
    return np.where(element.active(dates), 0.0, before)


def _epochs(
    daily: Sequence[Floats], elements: Sequence[Element], dates: Dates
) -> tuple[Integers, Integers]:
    """A new epoch begins whenever a capacity, or an element that moves patients, changes."""
    starts = np.zeros(len(dates), dtype=bool)
    starts[0] = True
    for series in daily:
        starts[1:] |= series[1:] != series[:-1]
    for element in elements:
        if isinstance(element, Dated) and not isinstance(element, Close | Open | Resize):
            active = element.active(dates)
            starts[1:] |= active[1:] != active[:-1]
    return np.cumsum(starts) - 1, np.flatnonzero(starts)


def acts(element: Dated, dates: Dates, day: int) -> bool:
    """Whether an element acts on a day."""
    return bool(element.active(dates[day : day + 1])[0])


def nights(elements: Sequence[Element]) -> list[NightClosure]:
    """The night closures among the elements."""
    return [element for element in elements if isinstance(element, NightClosure)]
