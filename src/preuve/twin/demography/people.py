"""People: how demography changes what each département asks of hospitals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.demography.demand import Rates, residents_of
from preuve.twin.demography.population import (
    SINGLE_AGES,
    Projection,
    Variant,
    five_year_ages,
    project,
    single_ages,
)
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES, OBSTETRICS
from preuve.twin.scenario.loaders import Local, population_array, rates_array

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """Residents and their use of hospitals, against those of the baseline year.

    Attributes:
        rates: use by age, fitted on the baseline.
        residents: by département, sex and five-year age, shape (Z, 2, 20).
        growth: expected use against the baseline, shape (Z, 7).
        stay_growth: mean stay against the baseline, by the mix of ages alone, shape (Z, 6).
        elderly: share of emergency admissions aged 75 and more, shape (Z,).
    """

    rates: Rates
    residents: Floats
    growth: Floats
    stay_growth: Floats
    elderly: Floats

    @classmethod
    def of(
        cls, baseline: Baseline, values: Mapping[str, float], local: Local | None = None
    ) -> People:
        """The residents of the baseline year.

        Args:
            baseline: the year.
            values: drawn parameters.
            local: a planner's own tables. Its residents of that year, for the départements it
                has, are those the rates are fitted on. Its rates shape where demand comes from,
                growth and ages; the arrivals of the baseline stay those of the sites.
        """
        own = _own(local, baseline, baseline.year)
        rated = None if local is None or local.rates is None else rates_array(local.rates)
        rates = Rates.fit(
            baseline,
            population=None if own is None else _over(own, _grouped(residents_of(baseline))),
            values=values,
            own=rated,
        )
        zones = len(baseline.departments)
        return cls(
            rates=rates,
            residents=rates.population,
            growth=np.ones((zones, len(ACTIVITIES))),
            stay_growth=np.ones((zones, len(DISCIPLINES))),
            elderly=rates.elderly(rates.population),
        )

    def in_year(
        self,
        baseline: Baseline,
        year: int,
        variant: Variant,
        values: Mapping[str, float],
        local: Local | None = None,
    ) -> People:
        """The residents of another year.

        Where `local` has residents of that year, they replace the projection whatever the
        variant; births then follow the projection times the women of the file against its own.
        """
        projection = _projection(baseline, max(year, baseline.year), variant, values, local)
        later = five_year_ages(projection.at(year))
        births = _ratio(projection.births_in(year), projection.births_in(baseline.year))
        own = _own(local, baseline, year)
        if own is not None:
            projected, later = later, _over(own, later)
            births = births * _ratio(self._mothers(later), self._mothers(projected))
        return People(
            rates=self.rates,
            residents=later,
            growth=self.rates.growth(self.residents, later, births),
            stay_growth=self.rates.stay_growth(self.residents, later),
            elderly=self.rates.elderly(later),
        )

    def _mothers(self, residents: Floats) -> Floats:
        return self.rates.expected(residents)[:, OBSTETRICS]


def _projection(
    baseline: Baseline,
    to_year: int,
    variant: Variant,
    values: Mapping[str, float],
    local: Local | None,
) -> Projection:
    """From the packaged residents, or from those of the file in the year of the baseline."""
    start, departments = baseline.population_year, baseline.departments
    own = _own(local, baseline, baseline.year)
    if own is None:
        return project(
            baseline.population, start, to_year, variant, departments=departments, values=values
        )
    usual = project(
        baseline.population, start, baseline.year, variant, departments=departments, values=values
    ).at(baseline.year)
    return project(
        _scaled(usual, own),
        baseline.year,
        to_year,
        variant,
        departments=departments,
        values=values,
    )


def _own(local: Local | None, baseline: Baseline, year: int) -> Floats | None:
    """Residents of the file in a year, nan elsewhere, shape (Z, 2, 20); None where it has none."""
    if local is None or local.population is None:
        return None
    found = population_array(local.population, year, baseline)
    return None if np.isnan(found).all() else found


def _over(own: Floats, usual: Floats) -> Floats:
    return np.where(np.isnan(own), usual, own)


def _scaled(usual: Floats, own: Floats) -> Floats:
    """Single ages (Z, 2, 106) brought to the five-year groups of the file where it has them."""
    groups = five_year_ages(usual)
    split = single_ages(np.nan_to_num(own))
    ages = np.minimum(np.arange(SINGLE_AGES) // 5, groups.shape[-1] - 1)
    factor = _ratio(own, groups)[..., ages]
    known = np.where(groups[..., ages] > 0, usual * factor, split)
    return np.where(np.isnan(own)[..., ages], usual, known)


def _grouped(residents: Floats) -> Floats:
    return five_year_ages(residents) if residents.shape[-1] == SINGLE_AGES else residents


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.ones_like(above), where=below > 0)
