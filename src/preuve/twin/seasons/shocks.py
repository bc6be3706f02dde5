"""Shocks: heat and epidemics of a scenario, as factors and admissions of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES
from preuve.twin.scenario.elements import Element, Epidemic, Heat
from preuve.twin.scenario.territory import departments_of
from preuve.twin.seasons import epidemic, heat

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Shocks:
    """What heat and epidemics do; T days, Z départements, 6 disciplines.

    Attributes:
        visits: factor of emergency visits, shape (T, Z).
        unscheduled: factor of unscheduled admissions, shape (T, Z, 6).
        scheduled: factor of scheduled admissions, shape (T, 6).
        extra: admissions added each day, shape (T, Z, 6).
        extra_stay: mean stay of those admissions, shape (6,).
        heat_deaths: expected deaths due to heat, shape (T, Z); zero without heat.
    """

    visits: Floats
    unscheduled: Floats
    scheduled: Floats
    extra: Floats
    extra_stay: Floats
    heat_deaths: Floats

    @classmethod
    def none(cls, days: int, zones: int) -> Shocks:
        """Nothing happens."""
        wards = len(DISCIPLINES)
        return cls(
            visits=np.ones((days, zones)),
            unscheduled=np.ones((days, zones, wards)),
            scheduled=np.ones((days, wards)),
            extra=np.zeros((days, zones, wards)),
            extra_stay=np.zeros(wards),
            heat_deaths=np.zeros((days, zones)),
        )


def shocks(
    baseline: Baseline,
    elements: Sequence[Element],
    dates: Dates,
    residents: Floats,
    values: Mapping[str, float],
    seed: int,
) -> Shocks:
    """The heat waves and epidemics of a scenario.

    Args:
        baseline: the country.
        elements: those of the scenario.
        dates: the T days.
        residents: by département, sex and five-year age, shape (Z, 2, 20).
        values: drawn parameters.
        seed: chance of the spread of an epidemic.
    """
    result = Shocks.none(len(dates), len(baseline.departments))
    waves = [element for element in elements if isinstance(element, Heat)]
    if waves:
        result = _heated(result, baseline, waves, dates, residents, values)
    for number, element in enumerate(elements):
        if isinstance(element, Epidemic):
            result = _infected(result, baseline, element, dates, residents, values, seed + number)
    return result


def _heated(
    before: Shocks,
    baseline: Baseline,
    waves: Sequence[Heat],
    dates: Dates,
    residents: Floats,
    values: Mapping[str, float],
) -> Shocks:
    climate = heat.Climate.load(baseline.departments)
    temperature = heat.combined(
        heat.element_temperature(
            climate,
            dates,
            np.datetime64(wave.start),
            np.datetime64(wave.end),
            wave.celsius,
            np.flatnonzero(departments_of(wave.territory, baseline)),
        )
        for wave in waves
    )
    deaths = heat.excess_deaths(climate, dates, temperature, residents, values)
    return Shocks(
        visits=before.visits * heat.visit_factor(climate, dates, temperature, values),
        unscheduled=before.unscheduled
        * heat.unscheduled_factor(climate, dates, temperature, values),
        scheduled=before.scheduled,
        extra=before.extra,
        extra_stay=before.extra_stay,
        heat_deaths=np.nan_to_num(deaths),
    )


def _infected(
    before: Shocks,
    baseline: Baseline,
    element: Epidemic,
    dates: Dates,
    residents: Floats,
    values: Mapping[str, float],
    seed: int,
) -> Shocks:
    known = {
        **values,
        "epidemic.hospitalised": element.severity.hospitalised,
        "epidemic.critical": element.severity.critical,
    }
    people = residents.sum(axis=(1, 2))
    here = departments_of(element.territory, baseline)
    if element.reproduction_number is None:
        share = people * here / (people * here).sum()
        infections = element.cases_on(dates)[:, None] * share
    else:
        known["epidemic.generation_time"] = float(element.generation_days or 0)
        infections = _spread(baseline, element, dates, people, here, known, seed)
    asked = epidemic.admissions(infections, epidemic.severity(residents, known), known)
    shock = epidemic.shock(asked, float(baseline.beds[:, CRITICAL_CARE].sum()), known)
    extra = before.extra + shock.extra
    return Shocks(
        visits=before.visits,
        unscheduled=before.unscheduled,
        scheduled=before.scheduled * shock.scheduled,
        extra=extra,
        extra_stay=np.maximum(before.extra_stay, shock.stay),
        heat_deaths=before.heat_deaths,
    )


def _spread(
    baseline: Baseline,
    element: Epidemic,
    dates: Dates,
    people: Floats,
    here: npt.NDArray[np.bool_],
    values: Mapping[str, float],
    seed: int,
) -> Floats:
    codes = [code for code, inside in zip(baseline.departments, here, strict=True) if inside]
    outbreak = epidemic.Outbreak(
        reproduction=float(element.reproduction_number or 0),
        start=np.datetime64(element.start),
        territory=() if here.all() else tuple(codes),
    )
    lon, lat = epidemic.centres(baseline.communes)
    met = epidemic.contacts(people, lon, lat, values)
    chain = epidemic.spread(outbreak, dates, baseline.departments, people, met, values, seed)
    return chain.infections.astype(np.float64)
