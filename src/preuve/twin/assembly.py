"""Assembly: a world made of the baseline, drawn parameters and the elements of a scenario.

Each layer gives its part: the timeline says which beds are open, the people what is asked, the
choice of site where, the season when, the shocks what comes on top, the carers what stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.twin.activity import Activity
from preuve.twin.asked import Asked, Patients
from preuve.twin.baseline import Baseline
from preuve.twin.choice import access, gravity, primary_care
from preuve.twin.choice.gravity import Choice
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel, landmasses, nearest
from preuve.twin.demography import demand
from preuve.twin.demography.people import People
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES, EMERGENCY, REHABILITATION
from preuve.twin.effects import carers
from preuve.twin.parameters import Parameter, central
from preuve.twin.scenario.elements import (
    Demography,
    Element,
    Staff,
    Variant,
)
from preuve.twin.scenario.loaders import Local
from preuve.twin.scenario.territory import sites_of
from preuve.twin.seasons import influenza
from preuve.twin.seasons.season import Season
from preuve.twin.seasons.shocks import Shocks, shocks
from preuve.twin.supply import effective_beds, open_beds
from preuve.twin.timeline import Timeline
from preuve.twin.world import Rules, World

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
Values = Mapping[str, float]

WARM_UP = 60
"""Days run before the first that is counted."""
NEIGHBOURS, REHABILITATION_NEAR, TIED = 8, 12, 40
"""Sites that a patient without a bed may be sent to; sites of rehabilitation tried; how many more
are compared, since many may stand at one point."""

PARAMETERS = (
    Parameter(
        "flow.spread",
        _("Spread of stays around the mean of a ward: standard deviation of the logarithm"),
        0.9,
        0.7,
        1.1,
        "1",
        "assumed",
        _("Assumed: stays are not open one by one"),
        "log",
    ),
    Parameter(
        "flow.night_visits",
        _("Share of emergency visits that come between 8 p.m. and 8 a.m."),
        0.27,
        0.20,
        0.35,
        "proportion",
        "measured",
        _("Hours of one American emergency department (Iowa); interval assumed for France"),
        "logit",
    ),
    Parameter(
        "practice.day_surgery_stay",
        _("Mean stay of the full-time surgical stays that can become day surgery"),
        1.5,
        1.0,
        2.5,
        "day",
        "assumed",
        _("Assumed: the shortest stays go first"),
        "log",
    ),
)

SPREAD = np.array([1.0, 1.0, 0.5, 1.0, 1.1, 0.8])
"""Spread of each discipline against `flow.spread`, assumed: births vary least."""


class Made(NamedTuple):
    """A world, and what it says without chance: arrays by name."""

    world: World
    expected: Mapping[str, Floats]


class Moved(NamedTuple):
    """Flows between départements without and with a scenario, and who lives there.

    Attributes:
        flows: patients from each département (row) to each (column) by activity, (Z, Z) each.
        residents: of each département, shape (Z,) each.
    """

    flows: Mapping[int, tuple[Floats, Floats]]
    residents: tuple[Floats, Floats]


@dataclass(frozen=True)
class Assembly:
    """What every world of a baseline shares, whatever the draw.

    Attributes:
        baseline: the year.
        elements: those of the scenario.
        rules: what is done when no bed is free.
        period: the days that are counted, shape (T',).
        asked_factor, stay_factor: calibration of arrivals and stays of each service, so that the
            flow of the baseline gives back its stays and days, shape (S, D).
        local: a planner's own tables, None without.
    """

    baseline: Baseline
    elements: tuple[Element, ...]
    rules: Rules
    period: Dates
    asked_factor: Floats
    stay_factor: Floats
    local: Local | None = None

    @cached_property
    def dates(self) -> Dates:
        """The warm-up, then the period, shape (T,)."""
        return np.arange(self.period[0] - np.timedelta64(WARM_UP, "D"), self.period[-1] + 1)

    @cached_property
    def beds(self) -> Floats:
        """Beds open on a mean day, shape (S, D)."""
        return effective_beds(self.baseline)

    @cached_property
    def timeline(self) -> Timeline:
        """What the scenario does to beds and services."""
        return Timeline.of(self.baseline, self.beds, self.elements, self.dates)

    @cached_property
    def still(self) -> Timeline:
        """Nothing changes."""
        return Timeline.of(self.baseline, self.beds, (), self.dates)

    @cached_property
    def reaches(self) -> tuple[gravity.Reach, ...]:
        """Which sites each place can reach, for each activity."""
        return gravity.reaches(self.baseline, self.timeline.ever_opened(self.baseline), self.local)

    @cached_property
    def land(self) -> Integers:
        """Number of the land of each site, shape (S,)."""
        return landmasses(self.baseline.departments)[self.baseline.department]

    @cached_property
    def primary_care(self) -> primary_care.PrimaryCare:
        """Accessibility of general practitioners."""
        return primary_care.PrimaryCare.of(self.baseline)

    def neighbours(self, discipline: int, offered: Flags, count: int) -> tuple[Shorts, Floats]:
        """Other sites that offer a discipline, nearest first: index and straight km, (S, count).

        Sites of one town stand at one point: among equals the one with most beds comes first, so
        that what closes elsewhere does not change the order here.
        """
        place = self.baseline
        there = np.flatnonzero(offered)
        near, km = nearest(
            place.lon,
            place.lat,
            place.lon[there],
            place.lat[there],
            count + TIED,
            self.land,
            self.land[there],
        )
        index = np.where(near >= 0, there[near], -1).astype(np.int32)
        km = np.where(index == np.arange(len(index))[:, None], np.inf, km)
        beds = np.where(index >= 0, self.beds[index, discipline], 0.0)
        order = np.lexsort((index, -beds, np.round(km, 3)), axis=1)[:, :count]
        km = np.take_along_axis(km, order, axis=1)
        index = np.take_along_axis(index, order, axis=1)
        return np.where(np.isfinite(km), index, -1).astype(np.int32), km

    @cached_property
    def central(self) -> Mapping[str, float]:
        """The central figure of every parameter that the choice of site reads."""
        return central((*gravity.PARAMETERS, *TRAVEL, *demand.PARAMETERS))

    @cached_property
    def central_choices(self) -> Mapping[int, Choice]:
        """The choices of site under the central parameters, that others are balanced from."""
        people = People.of(self.baseline, self.central, self.local)
        asked = people.rates.by_commune(self.baseline, people.rates.expected(people.residents))
        observed, capacity = gravity.observed(self.baseline), gravity.capacity(self.baseline)
        travel = Travel.of(self.central)
        return {
            a: Choice.fit(
                self.reaches[a],
                asked[:, a],
                observed[:, a],
                capacity[:, a],
                travel,
                self.central,
                name,
            )
            for a, name in enumerate(ACTIVITIES)
        }

    def patients(
        self, values: Values, elements: Sequence[Element], variant: Variant | None
    ) -> Patients:
        """Who asks, and where they go, under one draw."""
        usual = People.of(self.baseline, values, self.local)
        share = usual.rates.unscheduled[: len(DISCIPLINES)]
        return Patients(
            baseline=self.baseline,
            beds=self.beds,
            reaches=self.reaches if elements else (),
            care=self.primary_care,
            activity=Activity.of(self.baseline, share, values),
            people=_aged(self.baseline, elements, usual, variant, values, self.local),
            values=values,
            starts=self.central_choices if elements else {},
        )

    def make(
        self, values: Values, seed: int, variant: Variant | None, *, changed: bool = True
    ) -> Made:
        """The world of one draw, with the elements of the scenario or without them.

        Args:
            values: drawn parameters.
            seed: chance of the winter and of the spread of an epidemic.
            variant: of the population, where the scenario has a demography.
            changed: False for the reference.
        """
        elements = self.elements if changed else ()
        timeline = self.timeline if changed else self.still
        patients = self.patients(values, elements, variant)
        people, activity = patients.people, patients.activity
        asked = patients.asked(elements, timeline, self.dates)
        came = shocks(self.baseline, elements, self.dates, people.residents, values, seed)
        capacity = self._capacity(elements, timeline, values)
        return Made(
            self._world(activity, people, asked, came, capacity, timeline, values, seed),
            self._expected(elements, came, values),
        )

    def between_departments(self, values: Values, variant: Variant | None = None) -> Moved:
        """Patients from each département to each, without and with the scenario.

        For the activities whose patients move; on the last day of the period.
        """
        patients = self.patients(values, self.elements, variant)
        choices = patients.choices(self.elements, self.timeline)
        last = len(self.timeline.first_days) - 1
        ratios = self.timeline.ratios(self.beds, last)
        opened = self.timeline.opened(self.baseline, self.beds, last)
        before, after = patients.demand(1.0), patients.demand(patients.people.growth)
        after[:, EMERGENCY] *= patients.visits_kept(self.elements, self.dates, len(self.dates) - 1)
        flows = {
            a: (
                access.between_departments(choice, choice.flows(before[:, a]), self.baseline),
                access.between_departments(
                    choice,
                    choice.flows(after[:, a], ratios[:, a], opened[:, a]),
                    self.baseline,
                ),
            )
            for a, choice in choices.items()
        }
        people = patients.people
        residents = (people.rates.population, people.residents)
        without, with_ = (counts.sum(axis=(1, 2)) for counts in residents)
        return Moved(flows, (without, with_))

    def _capacity(self, elements: Sequence[Element], timeline: Timeline, values: Values) -> Shorts:
        """Beds open each day once carers are missing; changes of staff on one ward add up."""
        capacity = open_beds(self.beds, len(self.dates), timeline.beds)
        changes = [element for element in elements if isinstance(element, Staff)]
        if not changes:
            return capacity
        usual = open_beds(self.beds, len(self.dates), {}).astype(np.float64)
        wanted = capacity.astype(np.float64)
        for discipline, name in enumerate(DISCIPLINES):
            factor = np.ones(capacity.shape[:2])
            for element in changes:
                if name in element.disciplines:
                    here = sites_of(element.territory, self.baseline)
                    factor[np.ix_(element.active(self.dates), here)] += element.change
            if (factor == 1).all():
                continue
            opened = carers.closed_beds(wanted, factor, values, usual)[:, :, discipline]
            kept = np.where(factor == 1, wanted[:, :, discipline], opened)
            capacity[:, :, discipline] = kept.astype(np.int32)
        return capacity

    def _world(
        self,
        activity: Activity,
        people: People,
        asked: Asked,
        came: Shocks,
        capacity: Shorts,
        timeline: Timeline,
        values: Values,
        seed: int,
    ) -> World:
        baseline = self.baseline
        season = Season().factors(self.dates, values)
        visits, unscheduled = influenza.winter_factors(self.dates, baseline.regions, seed, values)
        near, minutes, km = self._nearest(timeline, Travel.of(values))
        names = sorted(set(baseline.regions))
        regions = np.array([names.index(region) for region in baseline.regions])
        return World(
            dates=self.dates,
            warm_up=WARM_UP,
            capacity=capacity,
            epoch=timeline.epoch.astype(np.int32),
            scheduled=_single(asked.scheduled * self.asked_factor),
            unscheduled=_single(asked.unscheduled * self.asked_factor),
            visits=_single(asked.visits),
            admission=_single(np.minimum(asked.admission * self.asked_factor, 1.0)),
            scheduled_factor=_single(season.scheduled * came.scheduled),
            unscheduled_factor=_single(
                season.unscheduled[:, None, :] * unscheduled * came.unscheduled
            ),
            visit_factor=_single(season.visits[:, None] * visits * came.visits),
            admission_factor=_single(
                season.admission
                * influenza.admission_factors(
                    visits, unscheduled, people.residents.sum(axis=(1, 2))
                )
            ),
            extra=_single(came.extra),
            extra_share=_single(self._extra_share()),
            extra_stay=_single(came.extra_stay),
            department=baseline.department.astype(np.int32),
            region=regions[baseline.department].astype(np.int32),
            mean_stay=_single(asked.mean_stay * self.stay_factor),
            spread=_single(values["flow.spread"] * SPREAD),
            step_down=_single(activity.step_down),
            step_down_to=activity.step_down_to.astype(np.int32),
            rehabilitation=_single(activity.rehabilitation),
            rehabilitation_near=self._rehabilitation_near,
            neighbours=near,
            neighbour_minutes=minutes,
            neighbour_km=km,
            elderly=_single(people.elderly[baseline.department]),
            rules=self.rules,
        )

    def _expected(
        self, elements: Sequence[Element], came: Shocks, values: Values
    ) -> Mapping[str, Floats]:
        factor = np.ones(len(self.baseline.visits))
        for element in elements:
            if isinstance(element, Staff):
                here = sites_of(element.territory, self.baseline)
                change = element.change * element.active(self.period).mean()
                held = carers.share_of_hours(self.baseline, element.disciplines, values)
                factor[here] += change * held[here]
        part = len(self.period) / 365.25
        return {
            "hours_available": carers.available_hours(self.baseline, factor, values) * part,
            "heat_deaths": came.heat_deaths[WARM_UP:].sum(axis=0),
        }

    def _extra_share(self) -> Floats:
        """Share of each site in the shocks of its département: by beds, else its largest site."""
        department, beds = self.baseline.department, self.beds
        acute = beds[:, :REHABILITATION].sum(axis=1)
        result = np.zeros_like(beds)
        for discipline in range(len(DISCIPLINES)):
            total = np.bincount(department, beds[:, discipline], len(self.baseline.departments))
            have = total[department] > 0
            result[have, discipline] = (beds[:, discipline] / total[department].clip(1e-9))[have]
            for zone in np.unique(department[~have]):
                here = np.flatnonzero(department == zone)
                result[here[np.argmax(acute[here])], discipline] = 1.0
        return result

    @cached_property
    def _rehabilitation_near(self) -> Shorts:
        offered = self.beds[:, REHABILITATION] > 0
        others, _km = self.neighbours(REHABILITATION, offered, REHABILITATION_NEAR - 1)
        own = np.where(offered, np.arange(len(offered)), -1).astype(np.int32)
        first = np.where(offered[:, None], np.column_stack([own, others]), -1)
        without = np.column_stack([others, np.full(len(others), -1, dtype=np.int32)])
        return np.where(offered[:, None], first, without).astype(np.int32)

    def _nearest(self, timeline: Timeline, travel: Travel) -> tuple[Shorts, Singles, Singles]:
        """Neighbours of each epoch, and the way to them: (E, S, D, K) index, minutes, km."""
        index, km = self._near_by_epoch(timeline is self.still)
        minutes = np.where(index >= 0, travel.minutes(km), np.inf)
        return index, _single(minutes), _single(np.where(index >= 0, travel.road_km(km), np.inf))

    def _near_by_epoch(self, still: bool) -> tuple[Shorts, Floats]:
        return self._still_near if still else self._changed_near

    @cached_property
    def _still_near(self) -> tuple[Shorts, Floats]:
        lists = [
            self.neighbours(d, self.beds[:, d] > 0, NEIGHBOURS) for d in range(len(DISCIPLINES))
        ]
        index = np.stack([index for index, _km in lists], axis=1)[None]
        return index, np.stack([km for _index, km in lists], axis=1)[None]

    @cached_property
    def _changed_near(self) -> tuple[Shorts, Floats]:
        index, km = self._still_near
        epochs = len(self.timeline.first_days)
        all_index, all_km = np.repeat(index, epochs, axis=0), np.repeat(km, epochs, axis=0)
        for discipline in {d for _site, d in self.timeline.beds}:
            for epoch, day in enumerate(self.timeline.first_days):
                offered = self.beds[:, discipline] > 0
                for (site, other), daily in self.timeline.beds.items():
                    if other == discipline:
                        offered[site] = daily[day] > 0
                near = self.neighbours(discipline, offered, NEIGHBOURS)
                all_index[epoch, :, discipline], all_km[epoch, :, discipline] = near
        return all_index, all_km


def _aged(
    baseline: Baseline,
    elements: Sequence[Element],
    usual: People,
    variant: Variant | None,
    values: Values,
    local: Local | None,
) -> People:
    for element in elements:
        if isinstance(element, Demography):
            chosen = variant or element.chosen[0]
            return usual.in_year(baseline, element.year, chosen, values, local)
    return usual


def _single(array: Floats) -> Singles:
    return np.ascontiguousarray(array, dtype=np.float32)
