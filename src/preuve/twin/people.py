"""People: how demography changes what each département asks of hospitals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import Baseline
from preuve.twin.demand import Rates
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES
from preuve.twin.population import Variant, five_year_ages, project

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
    def of(cls, baseline: Baseline, values: Mapping[str, float]) -> People:
        """The residents of the baseline year."""
        rates = Rates.fit(baseline, values=values)
        zones = len(baseline.departments)
        return cls(
            rates=rates,
            residents=rates.population,
            growth=np.ones((zones, len(ACTIVITIES))),
            stay_growth=np.ones((zones, len(DISCIPLINES))),
            elderly=rates.elderly(rates.population),
        )

    def in_year(
        self, baseline: Baseline, year: int, variant: Variant, values: Mapping[str, float]
    ) -> People:
        """The residents of another year."""
        start = baseline.population_year
        projection = project(
            baseline.population,
            start,
            max(year, baseline.year),
            variant,
            departments=baseline.departments,
            values=values,
        )
        later = five_year_ages(projection.at(year))
        usual = projection.births_in(baseline.year)
        births = np.divide(
            projection.births_in(year), usual, out=np.ones_like(usual), where=usual > 0
        )
        return People(
            rates=self.rates,
            residents=later,
            growth=self.rates.growth(self.residents, later, births),
            stay_growth=self.rates.stay_growth(self.residents, later),
            elderly=self.rates.elderly(later),
        )
