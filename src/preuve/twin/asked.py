"""Asked: mean arrivals at each site in each epoch, once patients have chosen where to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.core.estimate import Estimate
from preuve.twin.activity import Activity, year_length
from preuve.twin.baseline import Baseline
from preuve.twin.choice import gravity, primary_care
from preuve.twin.choice.gravity import Choice
from preuve.twin.choice.travel import Travel
from preuve.twin.demography.people import People
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES, EMERGENCY
from preuve.twin.scenario.elements import Ai, Element, NightClosure, Practice, PrimaryCare
from preuve.twin.scenario.territory import communes_of, sites_of
from preuve.twin.timeline import Timeline, acts

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """Mean arrivals before season and weekday; E epochs, S sites, D disciplines.

    Attributes:
        scheduled, unscheduled: admissions per day, shape (E, S, D).
        visits: emergency visits per day, shape (E, S).
        admission: chance that a visit is admitted to each discipline, shape (E, S, D).
        mean_stay: days, shape (E, S, D).
        volumes: what each site is asked for in a year of each epoch, stays and visits, (E, S, 7).
    """

    scheduled: Floats
    unscheduled: Floats
    visits: Floats
    admission: Floats
    mean_stay: Floats
    volumes: Floats


@dataclass(frozen=True)
class Patients:
    """Who asks, and where they go, under one draw.

    Attributes:
        baseline: the sites.
        beds: beds open without the scenario, shape (S, D).
        reaches: which sites each place can reach, by activity.
        care: accessibility of general practitioners.
        activity: arrivals of the baseline.
        people: residents, and what they ask against the baseline.
        values: drawn parameters.
        starts: choices already balanced, by activity, to balance these from.
    """

    baseline: Baseline
    beds: Floats
    reaches: Sequence[gravity.Reach]
    care: primary_care.PrimaryCare
    activity: Activity
    people: People
    values: Values
    starts: Mapping[int, Choice]

    def asked(self, elements: Sequence[Element], timeline: Timeline, dates: Dates) -> Asked:
        """The arrivals of every epoch of a scenario."""
        choices = self.choices(elements, timeline)
        epochs = [
            self._epoch(choices, elements, timeline, dates, epoch)
            for epoch in range(len(timeline.first_days))
        ]
        return Asked(*(np.stack(part) for part in zip(*epochs, strict=True)))

    def choices(self, elements: Sequence[Element], timeline: Timeline) -> dict[int, Choice]:
        """The choice of site of the activities whose patients may move."""
        touched = timeline.touched() | np.any(self.people.growth != 1, axis=0)
        touched[EMERGENCY] |= any(isinstance(e, NightClosure | PrimaryCare | Ai) for e in elements)
        demand = self.demand(1.0)
        observed = gravity.observed(self.baseline)
        capacity = gravity.capacity(self.baseline)
        travel = Travel.of(self.values)
        return {
            a: Choice.fit(
                self.reaches[a],
                demand[:, a],
                observed[:, a],
                capacity[:, a],
                travel,
                self.values,
                ACTIVITIES[a],
                self.starts.get(a),
            )
            for a in range(len(ACTIVITIES))
            if touched[a]
        }

    def demand(self, growth: Floats | float) -> Floats:
        """What each commune asks for in a year, shape (C, 7)."""
        rates = self.people.rates
        return rates.by_commune(self.baseline, rates.expected(rates.population) * growth)

    def visits_kept(self, elements: Sequence[Element], dates: Dates, day: int) -> Floats:
        """Share of the emergency visits of each commune that primary care and AI leave, (C,)."""
        result = np.ones(len(self.baseline.communes.population))
        added: dict[str, float] = {}
        for number, element in enumerate(elements):
            if isinstance(element, PrimaryCare) and acts(element, dates, day):
                more = added.get(element.commune, 0.0) + element.general_practitioners
                added[element.commune] = more
            if isinstance(element, Ai) and acts(element, dates, day):
                here = communes_of(element.territory, self.baseline)
                low = self.values["primary_care.low_acuity"]
                result[here] *= 1 - low * self.values[element_name(number)]
        if added:
            after = self.care.accessibility(added, self.values)
            result *= primary_care.visit_factor(self.care.before, after, self.values)
        return result

    def _epoch(
        self,
        choices: Mapping[int, Choice],
        elements: Sequence[Element],
        timeline: Timeline,
        dates: Dates,
        epoch: int,
    ) -> tuple[Floats, ...]:
        day = int(timeline.first_days[epoch])
        kept = self.visits_kept(elements, dates, day)
        volumes = self._volumes(choices, elements, timeline, dates, epoch, kept)
        moved = _ratio(volumes, gravity.observed(self.baseline))
        activity = self.activity
        new = volumes * (gravity.observed(self.baseline) <= 0) / year_length(self.baseline.year)
        share = self.people.rates.unscheduled[: len(DISCIPLINES)]
        wards = new[:, : len(DISCIPLINES)]
        scheduled = activity.scheduled * moved[:, :EMERGENCY] + wards * (1 - share)
        unscheduled = activity.unscheduled * moved[:, :EMERGENCY] + wards * share
        visits = activity.visits * moved[:, EMERGENCY] + new[:, EMERGENCY]
        admission = self._admission(new, kept)
        mean_stay = activity.mean_stay * self.people.stay_growth[self.baseline.department]
        for element in elements:
            if isinstance(element, Practice) and acts(element, dates, day):
                scheduled, unscheduled, mean_stay = self._practised(
                    element, scheduled, unscheduled, mean_stay
                )
        return scheduled, unscheduled, visits, admission, mean_stay, volumes

    def _volumes(
        self,
        choices: Mapping[int, Choice],
        elements: Sequence[Element],
        timeline: Timeline,
        dates: Dates,
        epoch: int,
        kept: Floats,
    ) -> Floats:
        result = gravity.observed(self.baseline)
        ratios = timeline.ratios(self.beds, epoch)
        opened = timeline.opened(self.baseline, self.beds, epoch)
        demand = self.demand(self.people.growth)
        demand[:, EMERGENCY] *= kept
        for a, choice in choices.items():
            result[:, a] = choice.volumes(demand[:, a], ratios[:, a], opened[:, a])
        if EMERGENCY in choices:
            day = int(timeline.first_days[epoch])
            result[:, EMERGENCY] += self._at_night(
                choices[EMERGENCY],
                demand[:, EMERGENCY],
                ratios[:, EMERGENCY],
                self._closed_at_night(elements, dates, day),
            )
        return result

    def _closed_at_night(
        self, elements: Sequence[Element], dates: Dates, day: int
    ) -> list[tuple[int, float]]:
        """Departments closed at night on a day, and the share of their visits that is moved."""
        return [
            (
                self.baseline.site(element.site),
                self.values.get(element_name(number), self.values["flow.night_visits"]),
            )
            for number, element in enumerate(elements)
            if isinstance(element, NightClosure) and acts(element, dates, day)
        ]

    def _at_night(
        self,
        choice: Choice,
        demand: Floats,
        ratio: Floats,
        closed: Sequence[tuple[int, float]],
    ) -> Floats:
        """Visits that departments closed at night lose, and that their neighbours receive, (S,)."""
        moved = np.zeros_like(ratio)
        usual = choice.volumes(demand, ratio)
        for site, share in closed:
            without = ratio.copy()
            without[site] = 0.0
            moved += share * (choice.volumes(demand, without) - usual)
        return moved

    def _admission(self, new: Floats, kept: Floats) -> Floats:
        """Chance of admission: the avoided visits were not to be admitted, and age adds its own.

        A new department admits as its département does, to the wards it has.
        """
        place, communes = self.baseline, self.baseline.communes
        chance = self.activity.admission.copy()
        opened = (new[:, EMERGENCY] > 0) & (self.activity.visits <= 0)
        for site in np.flatnonzero(opened):
            around = place.department == place.department[site]
            visits = self.activity.visits * around
            if visits.sum() > 0:
                mean = (chance * visits[:, None]).sum(axis=0) / visits.sum()
                chance[site] = mean * (self.beds[site] > 0)
        growth = self.people.growth[:, :EMERGENCY] / self.people.growth[:, EMERGENCY:]
        left = primary_care.by_department(
            kept, communes.population, communes.department, len(place.departments)
        )
        return np.minimum(chance * (growth / left[:, None])[place.department], 1.0)

    def _practised(
        self, element: Practice, scheduled: Floats, unscheduled: Floats, mean_stay: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Stays that leave the wards; those of day surgery are shorter than the others."""
        here = sites_of(element.territory, self.baseline)
        d = DISCIPLINES.index(element.discipline)
        scheduled, unscheduled, mean_stay = (
            array.copy() for array in (scheduled, unscheduled, mean_stay)
        )
        if element.towards == "home_hospitalisation":
            scheduled[here, d] *= 1 - element.share
            unscheduled[here, d] *= 1 - element.share
            return scheduled, unscheduled, mean_stay
        length = year_length(self.baseline.year)
        stays = self.baseline.stays[:, d] / length
        left = np.where(here, np.minimum(element.share * stays, scheduled[:, d]), 0.0)
        share = np.divide(left, stays, out=np.zeros_like(left), where=stays > 0)
        short = np.minimum(self.values["practice.day_surgery_stay"], mean_stay[:, d])
        scheduled[:, d] -= left
        rest = np.maximum(1 - share, 1e-9)
        mean_stay[:, d] = np.maximum((mean_stay[:, d] - share * short) / rest, 0.0)
        return scheduled, unscheduled, mean_stay


def _ratio(volumes: Floats, observed: Floats) -> Floats:
    return np.divide(volumes, observed, out=np.ones_like(volumes), where=observed > 0)


def element_name(number: int) -> str:
    """The name under which the estimate of an element is drawn."""
    return f"element.{number}"


def element_estimates(elements: Sequence[Element]) -> dict[str, Estimate]:
    """The estimates that elements bring with them, by the name they are drawn under."""
    found: dict[str, Estimate] = {}
    for number, element in enumerate(elements):
        if isinstance(element, Ai):
            found[element_name(number)] = element.estimate
        elif isinstance(element, NightClosure) and element.share_of_visits is not None:
            found[element_name(number)] = element.share_of_visits
    return found
