"""Fit of deaths on heat: a conditional Poisson regression with distributed lags, by département.

Deaths of département z on day t of the summer (June to September) of year y:

    log E[D_zt] = a_zy + season(t) + weekday(t) + sum_l b_l max(tmax_z,t-l - threshold_z, 0)

a_zy is one level per département and year, so that growth, trend and the year 2020 carry none of
the heat; it is conditioned out (conditional Poisson: Armstrong, Gasparrini and Tobias, BMC Med Res
Methodol 2014). Hospital deaths of COVID-19 are taken out of the deaths beforehand.

The response differs from month to month more than chance allows (first heat of the year, people
ready or not). Each month of each year is therefore given its own multiplier of the response; their
mean and their spread (DerSimonian and Laird 1986) say what a heat wave never seen may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

BLOCKS: tuple[tuple[int, ...], ...] = ((0,), (1,), (2, 3))
"""Lags in days that share one coefficient."""

SUMMER = (6, 7, 8)
SEASON = (6, 7, 8, 9)
QUANTILE = 0.5
"""Threshold: this quantile of the daily maxima of June to August of the years fitted. Of 0.5, 0.6,
… 0.9 it has the smallest deviance on every pair of years."""

SEASON_DEGREE = 3
COVID_WINDOW = 7
HARMONICS = 2


@dataclass(frozen=True)
class Series:
    """Daily series by département; T days, Z départements of the mainland and Corsica.

    Attributes:
        dates: the T days, one after the other.
        departments: the Z codes.
        tmax: daily maximum, °C, shape (T, Z).
        deaths: all causes, nan where not published, shape (T, Z).
        covid_deaths: hospital deaths of COVID-19, mean of seven days, shape (T, Z).
    """

    dates: Days
    departments: tuple[str, ...]
    tmax: Floats
    deaths: Floats
    covid_deaths: Floats

    @property
    def years(self) -> Integers:
        return np.asarray(self.dates.astype("datetime64[Y]").astype(np.int64) + 1970)

    @property
    def months(self) -> Integers:
        return np.asarray(self.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1)

    @property
    def weekdays(self) -> Integers:
        """0 for Monday."""
        return np.asarray((self.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7)


@dataclass(frozen=True)
class HeatFit:
    """What the deaths of some years say of heat.

    Attributes:
        years: the years fitted.
        threshold: °C above which heat counts, shape (Z,).
        lags: logarithm of the relative risk per degree above the threshold, by day of lag, (L,).
        errors: standard errors of `lags`, robust to what the départements share in a day, (L,).
        response: mean multiplier of the response over the months, 1 when all months agree.
        response_error: standard error of that mean.
        between: standard deviation of the multiplier from one month to another.
        deviance: of the regression. dispersion: Pearson's, 1 for a pure Poisson.
        residuals: national deaths not explained, months apart, nan outside the fit, shape (T,).
    """

    years: tuple[int, ...]
    threshold: Floats
    lags: Floats
    errors: Floats
    response: float
    response_error: float
    between: float
    deviance: float
    dispersion: float
    residuals: Floats

    @property
    def next_error(self) -> float:
        """Standard deviation of the multiplier for a heat wave that was not seen."""
        return float(np.hypot(self.between, self.response_error))


def read_series(data: Path) -> Series:
    """The open daily series (folder `france` of the open data), 2018 to 2020."""
    heat = pl.read_parquet(data / "temperature_dep_daily_2018_2020.parquet")
    heat = heat.with_columns(pl.col("date").str.to_date())
    departments = tuple(sorted(heat["dep"].unique()))
    dates = heat["date"].unique().sort().to_numpy()
    deaths = pl.read_parquet(data / "deaths_dep_daily_2018_2021.parquet")
    covid = pl.read_parquet(data / "covid_new_admissions_dep_daily_2020_2023.parquet")
    covid = covid.rename({"jour": "date"}).with_columns(pl.col("date").str.to_date())
    kernel = np.ones(COVID_WINDOW) / COVID_WINDOW
    daily = np.nan_to_num(_grid(covid, "incid_dc", dates, departments))
    return Series(
        dates=dates,
        departments=departments,
        tmax=_grid(heat, "tmax", dates, departments),
        deaths=_grid(deaths.cast({"date": pl.Date}), "deaths", dates, departments),
        covid_deaths=np.apply_along_axis(lambda x: np.convolve(x, kernel, "same"), 0, daily),
    )


def _grid(table: pl.DataFrame, name: str, dates: Days, departments: Sequence[str]) -> Floats:
    kept = table.filter(
        pl.col("dep").is_in(list(departments))
        & pl.col("date").is_between(dates[0].item(), dates[-1].item())
    )
    column = {code: index for index, code in enumerate(departments)}
    grid = np.full((len(dates), len(departments)), np.nan)
    days = (kept["date"].to_numpy() - dates[0]).astype("timedelta64[D]").astype(np.int64)
    grid[days, [column[code] for code in kept["dep"]]] = kept[name].to_numpy()
    return grid


def degrees_above(tmax: Floats, threshold: Floats) -> Floats:
    """Degrees above the threshold, 0 below it and where there is no threshold, shape (T, Z)."""
    return np.asarray(np.nan_to_num(np.maximum(tmax - threshold, 0.0)))


def lagged(heat: Floats, lag: int) -> Floats:
    """The heat of `lag` days before; no heat before the first day."""
    if lag == 0:
        return heat
    return np.asarray(np.concatenate([np.zeros_like(heat[:lag]), heat[:-lag]]))


def harmonics(dates: Days) -> Floats:
    """One, then cosine and sine of the day of the year, of one and of two cycles, shape (T, 5)."""
    first = dates.astype("datetime64[Y]").astype("datetime64[D]")
    angle = 2 * np.pi * (dates.astype("datetime64[D]") - first).astype(np.float64) / 365.25
    waves = [wave(n * angle) for n in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.stack([np.ones(len(dates)), *waves], axis=1)


def fit_heat(
    series: Series,
    years: Sequence[int],
    blocks: Sequence[Sequence[int]] = BLOCKS,
    quantile: float = QUANTILE,
) -> HeatFit:
    """The response of deaths to heat in the summers of some years."""
    in_years = np.isin(series.years, years)
    threshold = np.quantile(
        series.tmax[in_years & np.isin(series.months, SUMMER)], quantile, axis=0
    )
    kept = in_years & np.isin(series.months, SEASON)
    heat = degrees_above(series.tmax, threshold)
    counts = np.maximum(series.deaths - series.covid_deaths, 0.0)[kept]
    columns = [np.mean([lagged(heat, lag) for lag in block], axis=0)[kept] for block in blocks]
    calendar = [np.broadcast_to(term[kept, None], counts.shape) for term in _calendar(series)]
    strata = (series.years[kept, None] * 1000 + np.arange(counts.shape[1])).ravel()
    design = _design([*columns, *calendar])
    fitted = conditional_poisson(design, counts.ravel(), strata)
    days = np.repeat(np.arange(int(kept.sum())), counts.shape[1])
    errors = np.sqrt(np.diag(fitted.robust(days)))
    effect = np.einsum("b,btz->tz", fitted.coefficients[: len(blocks)], np.array(columns))
    parts = _by_month(series, kept, effect)
    monthly = conditional_poisson(_design([*parts, *calendar]), counts.ravel(), strata)
    variances = np.diag(monthly.robust(days))[: len(parts)]
    mean, error, between = random_effects(monthly.coefficients[: len(parts)], variances)
    residuals = np.full(len(series.dates), np.nan)
    residuals[kept] = (counts.ravel() - monthly.means).reshape(counts.shape).sum(axis=1)
    lags = np.zeros(1 + max(lag for block in blocks for lag in block))
    lag_errors = np.zeros_like(lags)
    for block, value, deviation in zip(blocks, fitted.coefficients, errors, strict=False):
        lags[list(block)] = value / len(block)
        lag_errors[list(block)] = deviation / len(block)
    return HeatFit(
        years=tuple(years),
        threshold=threshold,
        lags=lags,
        errors=lag_errors,
        response=mean,
        response_error=error,
        between=between,
        deviance=fitted.deviance,
        dispersion=fitted.dispersion,
        residuals=residuals,
    )


def _design(columns: Sequence[Floats]) -> Floats:
    return np.stack([column.ravel() for column in columns], axis=1)


def _calendar(series: Series) -> list[Floats]:
    """Season (Legendre polynomials of the day from June to September) and weekday, (T,) each."""
    first = series.dates.astype("datetime64[Y]").astype("datetime64[D]")
    day = (series.dates - first).astype(np.float64)
    position = (day - 212.0) / 61.0
    season = [
        np.polynomial.legendre.Legendre.basis(degree)(position)
        for degree in range(1, SEASON_DEGREE + 1)
    ]
    weekday = [(series.weekdays == index).astype(np.float64) for index in range(1, 7)]
    return [*season, *weekday]


def _by_month(series: Series, kept: npt.NDArray[np.bool_], effect: Floats) -> list[Floats]:
    """The effect of one month at a time, for the months that had any heat."""
    month = (series.years * 100 + series.months)[kept]
    parts = [effect * (month == one)[:, None] for one in np.unique(month)]
    return [part for part in parts if np.any(part != 0)]


@dataclass(frozen=True)
class Regression:
    """A conditional Poisson regression: coefficients (P,), means (N,), and what errors need."""

    coefficients: Floats
    means: Floats
    counts: Floats
    centred: Floats
    levels: int

    @property
    def information(self) -> Floats:
        return np.asarray((self.centred * self.means[:, None]).T @ self.centred)

    @property
    def deviance(self) -> float:
        y, m = self.counts, self.means
        logs = np.where(y > 0, y * np.log(np.maximum(y, 1e-12) / m), 0.0)
        return float(2 * np.sum(logs - (y - m)))

    @property
    def dispersion(self) -> float:
        pearson = np.sum((self.counts - self.means) ** 2 / self.means)
        return float(pearson / (len(self.counts) - self.levels - len(self.coefficients)))

    def robust(self, clusters: Integers) -> Floats:
        """Covariance of the coefficients, robust to what the rows of a cluster share."""
        score = self.centred * (self.counts - self.means)[:, None]
        sums = np.zeros((int(clusters.max()) + 1, score.shape[1]))
        np.add.at(sums, clusters, score)
        bread = np.linalg.inv(self.information)
        return np.asarray(bread @ (sums.T @ sums) @ bread * len(sums) / (len(sums) - 1))


def conditional_poisson(
    design: Floats, counts: Floats, strata: Integers, rounds: int = 50
) -> Regression:
    """Poisson regression with one free level per stratum, solved without writing the levels.

    Given the total of its stratum, a count is multinomial; Newton's steps on that likelihood give
    the same coefficients as a Poisson regression with a dummy per stratum.

    Args:
        design: shape (N, P), no constant.
        counts: shape (N,), not negative, need not be whole.
        strata: any code, shape (N,).
        rounds: Newton steps at most.
    """
    codes, group = np.unique(strata, return_inverse=True)
    size = len(codes)
    totals = np.bincount(group, counts, size).astype(np.float64)
    beta = np.zeros(design.shape[1])
    for _ in range(rounds):
        means, centred = _expected(design, beta, group, totals)
        step = np.linalg.solve((centred * means[:, None]).T @ centred, centred.T @ (counts - means))
        beta = beta + step
        if np.max(np.abs(step)) < 1e-10:
            break
    means, centred = _expected(design, beta, group, totals)
    return Regression(beta, means, counts, centred, size)


def _expected(
    design: Floats, beta: Floats, group: Integers, totals: Floats
) -> tuple[Floats, Floats]:
    size = len(totals)
    risk = np.exp(design @ beta)
    share = risk / np.bincount(group, risk, size)[group]
    centre = np.stack([np.bincount(group, share * column, size) for column in design.T], axis=1)
    return share * totals[group], design - centre[group]


def random_effects(values: Floats, variances: Floats) -> tuple[float, float, float]:
    """Mean, its standard error and the spread between values (DerSimonian and Laird 1986)."""
    weights = 1 / variances
    fixed = np.sum(weights * values) / np.sum(weights)
    excess = np.sum(weights * (values - fixed) ** 2) - (len(values) - 1)
    scale = np.sum(weights) - np.sum(weights**2) / np.sum(weights)
    between = max(0.0, excess / scale)
    weights = 1 / (variances + between)
    mean = np.sum(weights * values) / np.sum(weights)
    return float(mean), float(np.sqrt(1 / np.sum(weights))), float(np.sqrt(between))
