"""Heat: what degrees above the normal do to deaths, emergency visits and unscheduled admissions.

Relative risk of dying on day t in département z, fitted by `heat_fit` on 2018–2020:

    RR_zt = exp(response x sum_l b_l max(tmax_z,t-l - threshold_z, 0)),   l = 0 … 3 days

The threshold is the median daily maximum of the département's own summers (June to August). Excess
deaths compare the day with the same day at the normal temperature. The overseas départements have
no temperature series: heat does nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import AGES, SEXES, packaged
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES, MEDICINE
from preuve.twin.parameters import NORMAL_95, Parameter
from preuve.twin.seasons.heat_fit import HARMONICS, degrees_above, harmonics, lagged

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

REFERENCE_YEAR = 2019
"""The population that the packaged deaths were counted in."""

ADMITTED = (MEDICINE, CRITICAL_CARE)
"""Where the elderly who suffer from heat are admitted; the other disciplines are left alone."""


def _fitted() -> Mapping[str, float]:
    return packaged("heat_response").row(0, named=True)


def _response() -> Parameter:
    fitted = _fitted()
    reach = NORMAL_95 * fitted["next_error"]
    return Parameter(
        name="heat.response",
        label=_("Response of deaths to heat, 1 for the summers of 2018 to 2020"),
        value=fitted["response"],
        low=fitted["response"] - reach,
        high=fitted["response"] + reach,
        unit="ratio",
        kind="measured",
        source=_(
            "Daily deaths (INSEE) on daily maxima (Météo-France), 96 départements, summers 2018 to "
            "2020; the interval holds the spread between months"
        ),
    )


PARAMETERS: tuple[Parameter, ...] = (
    _response(),
    Parameter(
        name="heat.admission_elasticity",
        label=_("Unscheduled admissions: share of the response of deaths, on a logarithmic scale"),
        value=0.25,
        low=-0.21,
        high=0.71,
        unit="ratio",
        kind="published",
        source=_(
            "Kovats, Hajat and Wilkinson, Occup Environ Med 2004: admissions +2.6% (−2.2 to 7.6) "
            "where deaths rose by 10.8%; logarithm of one over logarithm of the other"
        ),
    ),
    Parameter(
        name="heat.visit_elasticity",
        label=_("Emergency visits: share of the response of deaths, on a logarithmic scale"),
        value=0.3,
        low=0.0,
        high=0.6,
        unit="ratio",
        kind="assumed",
        source=_(
            "Assumed, between visits coded as due to heat in France (0.3% to 0.8% of visits, Santé "
            "publique France 2023) and +7.8% of all visits at the 95th centile of the warm season "
            "(Sun et al., BMJ 2021, United States)"
        ),
    ),
)


@dataclass(frozen=True)
class Climate:
    """Heat as each département knows it; Z départements, L days of lag.

    Attributes:
        threshold: °C above which heat counts, nan overseas, shape (Z,).
        hottest: highest daily maximum of 2018 to 2020, nan overseas, shape (Z,).
        normal: harmonics of the daily maximum over the year (mean, cosine and sine of one and two
            cycles), on the three years 2018 to 2020, nan overseas, shape (Z, 5).
        deaths: deaths per day by month without heat, shape (Z, 12).
        people: residents when those deaths were counted, shape (Z, 2, 20).
        death_rate: deaths per person and year by sex and age, shape (2, 20).
        lags: logarithm of the relative risk per degree, by day of lag, shape (L,).
    """

    threshold: Floats
    hottest: Floats
    normal: Floats
    deaths: Floats
    people: Floats
    death_rate: Floats
    lags: Floats

    @classmethod
    def load(cls, departments: Sequence[str]) -> Climate:
        """The packaged figures, in the order of `departments`."""
        return _climate(tuple(departments))

    def normal_temperature(self, dates: Dates) -> Floats:
        """Mean daily maximum of each day of the year, °C, nan overseas, shape (T, Z)."""
        return harmonics(dates) @ self.normal.T

    def deaths_without_heat(self, dates: Dates, people: Floats | None = None) -> Floats:
        """Deaths expected each day without heat, shape (T, Z).

        Args:
            dates: the days, shape (T,).
            people: residents by département, sex and age, shape (Z, 2, 20); deaths grow with
                their ages at constant death rates. Those of the reference year when absent.
        """
        month = dates.astype("datetime64[M]").astype(np.int64) % 12
        daily = self.deaths[:, month].T
        if people is None:
            return daily
        now = np.einsum("zsa,sa->z", people, self.death_rate)
        then = np.einsum("zsa,sa->z", self.people, self.death_rate)
        return np.asarray(daily * (now / then))


@cache
def _climate(departments: tuple[str, ...]) -> Climate:
    from preuve.twin.baseline import population

    table = {row["department"]: row for row in packaged("heat_departments").iter_rows(named=True)}
    terms = 2 * HARMONICS + 1

    def column(name: str) -> list[float]:
        values = (table[code][name] for code in departments)
        return [np.nan if value is None else value for value in values]

    lags = sorted(name for name in _fitted() if name.startswith("lag_"))
    return Climate(
        threshold=np.array(column("threshold")),
        hottest=np.array(column("hottest")),
        normal=np.array([column(f"normal_{term}") for term in range(terms)]).T,
        deaths=np.array([column(f"deaths_{month:02d}") for month in range(1, 13)]).T,
        people=population(REFERENCE_YEAR, departments),
        death_rate=death_rate(),
        lags=np.array([_fitted()[name] for name in lags]),
    )


@cache
def death_rate() -> Floats:
    """Deaths per person and year by sex (F, M) and five-year age, France, shape (2, 20)."""
    rows = packaged("remaining_life")
    rates = {(row["sex"], row["age"]): row["death_rate"] for row in rows.iter_rows(named=True)}
    return np.array([[rates[sex, age] for age in AGES] for sex in SEXES])


def element_temperature(
    climate: Climate,
    dates: Dates,
    start: np.datetime64,
    end: np.datetime64,
    celsius: float,
    territory: Integers | Sequence[int],
    *,
    peak: bool = False,
) -> Floats:
    """Daily maxima with one heat element: normal everywhere else; several combine by maximum.

    Args:
        climate: the packaged figures.
        dates: the T days.
        start: first hot day.
        end: last hot day, included.
        celsius: degrees above the normal of the day; with `peak`, the daily maximum itself.
        territory: indices of the départements concerned.
        peak: whether `celsius` is the daily maximum of those days.

    Returns:
        °C, nan overseas, shape (T, Z).

    Raises:
        PreuveError: dates out of order, a negative heat, or no département with a normal.
    """
    if start > end:
        raise PreuveError(_("The heat ends before it starts."), where="heat")
    if not np.isfinite(celsius) or celsius < 0:
        raise PreuveError(
            _("Heat is a number of degrees, zero or more."),
            where="heat.celsius",
            remedy=_("Give degrees above the normal of the day, or the daily maximum."),
        )
    hot = np.asarray(territory, dtype=np.int64)
    if np.all(np.isnan(climate.threshold[hot])):
        raise PreuveError(
            _("Heat is not modelled overseas: there is no temperature series there."),
            where="heat.territory",
            remedy=_("Choose départements of the mainland or of Corsica."),
        )
    temperature = climate.normal_temperature(dates)
    days = np.flatnonzero((dates >= start) & (dates <= end))
    here = np.ix_(days, hot)
    usual = temperature[here]
    temperature[here] = np.maximum(usual, celsius) if peak else usual + celsius
    return temperature


def combined(temperatures: Iterable[Floats]) -> Floats:
    """The hottest of several elements, day by day, shape (T, Z)."""
    return np.asarray(np.maximum.reduce(list(temperatures)))


def heat_response(climate: Climate, temperature: Floats, values: Mapping[str, float]) -> Floats:
    """Relative risk of dying against days at the threshold or below, shape (T, Z), 1 overseas.

    Args:
        climate: thresholds and lags.
        temperature: daily maxima, °C, shape (T, Z); days before the first are taken without heat.
        values: drawn parameters; reads "heat.response".
    """
    heat = degrees_above(temperature, climate.threshold)
    effect = np.zeros_like(heat)
    for lag, coefficient in enumerate(climate.lags):
        effect += coefficient * lagged(heat, lag)
    return np.asarray(np.exp(values["heat.response"] * effect))


def beyond_observed(climate: Climate, temperature: Floats) -> Flags:
    """Days hotter than any of 2018 to 2020, where the response is extrapolated, shape (T, Z)."""
    return np.asarray(np.nan_to_num(temperature - climate.hottest, nan=-1.0) > 0)


def relative_to_normal(
    climate: Climate, dates: Dates, temperature: Floats, values: Mapping[str, float]
) -> Floats:
    """Relative risk of dying against the same day at the normal temperature, shape (T, Z)."""
    usual = heat_response(climate, climate.normal_temperature(dates), values)
    return heat_response(climate, temperature, values) / usual


def excess_deaths(
    climate: Climate,
    dates: Dates,
    temperature: Floats,
    people: Floats | None,
    values: Mapping[str, float],
) -> Floats:
    """Expected deaths beyond those of the same days at the normal temperature, shape (T, Z).

    Args:
        climate: the packaged figures.
        dates: the T days.
        temperature: daily maxima, °C, shape (T, Z).
        people: residents by département, sex and age, shape (Z, 2, 20), or None for 2019.
        values: drawn parameters; reads "heat.response".
    """
    usual = heat_response(climate, climate.normal_temperature(dates), values)
    hot = heat_response(climate, temperature, values)
    return climate.deaths_without_heat(dates, people) * (hot - usual)


def visit_factor(
    climate: Climate, dates: Dates, temperature: Floats, values: Mapping[str, float]
) -> Floats:
    """Emergency visits against the same day at the normal temperature, shape (T, Z)."""
    risk = relative_to_normal(climate, dates, temperature, values)
    return np.asarray(risk ** values["heat.visit_elasticity"])


def unscheduled_factor(
    climate: Climate, dates: Dates, temperature: Floats, values: Mapping[str, float]
) -> Floats:
    """Unscheduled admissions against the same day at the normal temperature, shape (T, Z, 6)."""
    risk = relative_to_normal(climate, dates, temperature, values)
    factor = np.ones((*risk.shape, len(DISCIPLINES)))
    for discipline in ADMITTED:
        factor[:, :, discipline] = risk ** values["heat.admission_elasticity"]
    return factor
