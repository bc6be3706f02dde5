"""COVID-19, first wave: beds of critical care from admissions and length of stay alone.

The stock of a day is what is left of the people present on 18 March 2020 plus, for every day
since, admissions times the chance to be still there. Stays are gamma; their mean and coefficient of
variation are the only things fitted, never on what is judged:

1. halves: fitted on half of the départements, judged on the other half, and the reverse;
2. second wave: fitted on the national stock of October 2020 to mid-January 2021;
3. on 1 April: mean fitted on the first two weeks, variation taken from the second wave.

Admissions are the observed ones throughout: what is judged is the bed model, no forecast of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import gammaincc

from preuve.core.language import _
from preuve.pages.numbers import number, percent
from preuve.twin.validation.check import Check, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

START, END = np.datetime64("2020-03-18"), np.datetime64("2020-05-31")
PEAK, PEAK_DAY = 7019, np.datetime64("2020-04-08")
KNOWN = np.datetime64("2020-04-01")
SECOND = (np.datetime64("2020-07-01"), np.datetime64("2020-10-01"), np.datetime64("2021-01-15"))

MEANS = np.arange(8.0, 30.01, 0.25)
VARIATIONS = np.arange(0.6, 1.61, 0.1)
DRAWS = 500
SEED = 20200408
SMALL = 20
"""Beds at the peak under which a département's own stays say nothing about the others'."""


@dataclass(frozen=True)
class Wave:
    """Admissions and stock in critical care; T days, Z départements, day 0 is a stock alone."""

    dates: Dates
    departments: tuple[str, ...]
    admissions: Floats
    stock: Floats


@dataclass(frozen=True)
class Peak:
    """A predicted wave: middle curve, shape (T,), peak with 80 % bounds, day of the peak."""

    curve: Floats
    low: float
    high: float
    day: np.datetime64

    @property
    def beds(self) -> float:
        return float(self.curve.max())

    @property
    def holds(self) -> bool:
        return self.low <= PEAK <= self.high


def survival(mean: Floats, variation: Floats, length: int) -> Floats:
    """Chance to be still there 0, 1, … days after entry, gamma stays, shape (…, length)."""
    shape = 1 / variation[..., None] ** 2
    return np.asarray(gammaincc(shape, np.arange(length) * shape / mean[..., None]))


def remaining(still: Floats, growth: float) -> Floats:
    """Chance that someone present on day 0 is there later, entries having grown at `growth`."""
    length = still.shape[-1]
    since = np.exp(-growth * np.arange(length))
    padded = np.concatenate([still, np.zeros_like(still)], axis=-1)
    later = [(padded[..., u : u + length] * since).sum(-1) for u in range(length)]
    return np.asarray(np.stack(later, axis=-1) / (still * since).sum(-1)[..., None])


def expected(wave: Wave, still: Floats, growth: float) -> Floats:
    """Mean stock of each day by département for each stay, shape (…, T, Z)."""
    days = len(wave.dates)
    lag = np.arange(days)[:, None] - np.arange(days)[None, :]
    kept = np.where(lag >= 0, still[..., np.maximum(lag, 0)], 0.0)
    initial = remaining(still, growth)[..., :days, None] * wave.stock[0]
    return np.asarray(kept @ wave.admissions + initial)


def first_wave(data: Path) -> Wave:
    """Critical care of each département, 18 March to 31 May 2020."""
    stock = pl.read_parquet(data / "covid_stock_dep_daily_2020_03_10.parquet")
    stock = _square(stock, "date", "reanimation")
    entries = pl.read_parquet(data / "covid_new_admissions_dep_daily_2020_2023.parquet")
    entries = _square(entries, "jour", "incid_rea")
    dates = np.arange(START, END + 1)
    departments = tuple(name for name in stock.columns if name != "day")
    wanted = pl.DataFrame({"day": dates})
    return Wave(
        dates,
        departments,
        _matrix(wanted, entries, departments),
        _matrix(wanted, stock, departments),
    )


def _square(table: pl.DataFrame, day: str, value: str) -> pl.DataFrame:
    return table.with_columns(day=pl.col(day).str.to_date()).pivot(
        on="dep", index="day", values=value, aggregate_function="max", sort_columns=True
    )


def _matrix(wanted: pl.DataFrame, table: pl.DataFrame, departments: tuple[str, ...]) -> Floats:
    rows = wanted.join(table, on="day", how="left").sort("day")
    return rows.select(pl.col(departments).fill_null(0)).to_numpy().astype(np.float64)


def second_wave(data: Path) -> Wave:
    """National critical care from July 2020 to mid-January 2021, as one place."""
    table = pl.read_csv(data / "covid_national_daily_2020_2023.csv.gz", infer_schema_length=None)
    table = table.with_columns(day=pl.col("date").str.to_date())
    dates = np.arange(SECOND[0], SECOND[2] + 1)
    rows = pl.DataFrame({"day": dates}).join(table, on="day", how="left").sort("day")
    admissions = rows["incid_rea"].to_numpy().astype(np.float64)[:, None].copy()
    admissions[0] = 0.0
    return Wave(dates, ("FR",), admissions, rows["rea"].to_numpy().astype(np.float64)[:, None])


def _stays() -> tuple[Floats, Floats]:
    mean, variation = np.meshgrid(MEANS, VARIATIONS, indexing="ij")
    return mean.ravel(), variation.ravel()


def _growth(wave: Wave) -> float:
    """Daily growth of the stock over its first six days."""
    total = wave.stock.sum(axis=1)
    return float(np.log(total[6] / total[0]) / 6)


def _nearest(curves: Floats, seen: Floats, weights: Integers) -> Integers:
    """Index of the stay whose stock is nearest to what was seen, for each row of weights."""
    modelled = np.tensordot(curves, weights.astype(float), axes=(2, 1))
    observed = seen @ weights.T
    return np.asarray(((modelled - observed[None]) ** 2).sum(axis=1).argmin(axis=0))


def _resampled(places: Integers, total: int, random: np.random.Generator) -> Integers:
    """Weights of a bootstrap of départements; row 0 is the départements themselves."""
    share = np.isin(np.arange(total), places) / len(places)
    drawn = random.multinomial(len(places), share, size=DRAWS)
    return np.vstack([np.isin(np.arange(total), places).astype(np.int64)[None], drawn])


def _differences(wave: Wave, curve: Floats, places: Integers) -> float:
    """Standard deviation between départements of the logarithm of stock on expected stock."""
    large = places[wave.stock[:, places].max(axis=0) >= SMALL]
    ratio = wave.stock[:, large].sum(axis=0) / curve[:, large].sum(axis=0)
    return float(np.std(np.log(ratio), ddof=1))


def _draws(curves: Floats, chosen: Integers, spread: float, random: np.random.Generator) -> Floats:
    """Stocks with the uncertainty of stays, between départements and of counting, (K, T, Z)."""
    own = random.standard_normal((len(chosen), 1, curves.shape[2]))
    own = np.exp(spread * own - spread**2 / 2)
    return random.poisson(curves[chosen] * own).astype(np.float64)


def _peak(dates: Dates, middle: Floats, draws: Floats) -> Peak:
    low, high = np.quantile(draws.max(axis=1), [0.1, 0.9])
    return Peak(middle, float(low), float(high), dates[middle.argmax()])


def check(data: Path) -> Check:
    """First wave of COVID-19, critical care, national and by département."""
    random = np.random.Generator(np.random.Philox(SEED))
    stays = _stays()
    wave = first_wave(data)
    still = survival(*stays, len(wave.dates))
    curves = expected(wave, still, _growth(wave))
    halves = _halves(wave, curves, random)
    later = _second_wave_stay(second_wave(data), stays)
    transferred = _national(wave, curves, np.full(DRAWS + 1, later), halves.spread, random)
    known = _known(wave, curves, stays[1] == stays[1][later], random)
    forecast = _national(wave, curves, known, halves.spread, random)
    named = {
        "first_half": halves.stays[0],
        "second_half": halves.stays[1],
        "second_wave": later,
        "known_on_1_april": int(known[0]),
    }
    figures = {
        **_of_peak("peak", halves.peak),
        **_of_peak("peak_second_wave_stays", transferred),
        **_of_peak("peak_known_on_1_april", forecast),
        **{f"stay_{name}": float(stays[0][stay]) for name, stay in named.items()},
        **{f"variation_{name}": float(stays[1][stay]) for name, stay in named.items()},
        "curve_error": _curve_error(wave, halves.peak),
        "spread_between_departments": halves.spread,
        **_by_department(wave, halves, curves[later]),
    }
    return _told(figures, halves.peak, transferred, forecast)


@dataclass(frozen=True)
class Halves:
    """Each half of the départements judged with the stays of the other.

    Attributes:
        middle: expected stock, shape (T, Z). draws: stocks drawn, shape (K, T, Z).
        peak: of the country. stays: index of the stay fitted on each half.
        spread: standard deviation of the logarithm of stock on expected between départements.
    """

    middle: Floats
    draws: Floats
    peak: Peak
    stays: tuple[int, ...]
    spread: float


def _halves(wave: Wave, curves: Floats, random: np.random.Generator) -> Halves:
    """Every second département by admissions, then the others."""
    order = np.argsort(-wave.admissions.sum(axis=0), kind="stable")
    halves = (order[::2], order[1::2])
    draws = np.zeros((DRAWS, *wave.stock.shape))
    middle = np.zeros(wave.stock.shape)
    fitted, spreads = [], []
    for learnt, judged in (halves, halves[::-1]):
        chosen = _nearest(curves, wave.stock, _resampled(learnt, len(order), random))
        fitted.append(int(chosen[0]))
        spreads.append(_differences(wave, curves[chosen[0]], learnt))
        middle[:, judged] = curves[chosen[0]][:, judged]
        draws[:, :, judged] = _draws(curves[:, :, judged], chosen[1:], spreads[-1], random)
    peak = _peak(wave.dates, middle.sum(axis=1), draws.sum(axis=2))
    return Halves(middle, draws, peak, tuple(fitted), float(np.mean(spreads)))


def _second_wave_stay(wave: Wave, stays: tuple[Floats, Floats]) -> int:
    """Index of the stay nearest to the national stock of the second wave."""
    curves = expected(wave, survival(*stays, len(wave.dates)), 0.0)[:, :, 0]
    judged = wave.dates >= SECOND[1]
    return int(((curves - wave.stock[:, 0])[:, judged] ** 2).mean(axis=1).argmin())


def _known(
    wave: Wave, curves: Floats, allowed: npt.NDArray[np.bool_], random: np.random.Generator
) -> Integers:
    """Indices of the stays fitted on the days to 1 April: of all départements, then resampled."""
    early, same = wave.dates <= KNOWN, np.flatnonzero(allowed)
    places = np.arange(len(wave.departments))
    weights = _resampled(places, len(places), random)
    return same[_nearest(curves[same][:, early], wave.stock[early], weights)]


def _of_peak(name: str, peak: Peak) -> dict[str, float]:
    late = float((peak.day - PEAK_DAY).astype(np.int64))
    bounds = {f"{name}_low": peak.low, f"{name}_high": peak.high}
    return {name: peak.beds, **bounds, f"{name}_days_late": late}


def _national(
    wave: Wave,
    curves: Floats,
    stays: Integers,
    spread: float,
    random: np.random.Generator,
) -> Peak:
    middle = curves[stays[0]].sum(axis=1)
    drawn = _draws(curves, stays[1:], spread, random).sum(axis=2)
    return _peak(wave.dates, middle, drawn)


def _curve_error(wave: Wave, peak: Peak) -> float:
    """Mean absolute error of the national stock over the wave, on its mean."""
    seen = wave.stock.sum(axis=1)
    return float(np.abs(peak.curve - seen)[1:].mean() / seen[1:].mean())


def _by_department(wave: Wave, halves: Halves, transferred: Floats) -> dict[str, float]:
    """Peak of each département: mean absolute error, share inside the 80 % interval."""
    seen = wave.stock.max(axis=0)
    low, high = np.quantile(halves.draws.max(axis=1), [0.1, 0.9], axis=0)
    large = seen >= SMALL
    inside = (seen >= low) & (seen <= high)
    away = np.abs(halves.middle.max(axis=0) - seen)
    return {
        "departments": float(len(seen)),
        "department_mean_peak": float(seen.mean()),
        "department_peak_mae": float(away.mean()),
        "department_peak_mae_second_wave_stays": float(
            np.abs(transferred.max(axis=0) - seen).mean()
        ),
        "department_peak_error": float(away[large].sum() / seen[large].sum()),
        "department_coverage": float(inside.mean()),
    }


def _told(figures: dict[str, float], crossed: Peak, transferred: Peak, forecast: Peak) -> Check:
    return Check(
        name="covid",
        title=_("COVID-19, first wave: beds of critical care from admissions and stays alone"),
        method=_(
            "Stays are gamma. They are fitted on half of the départements and judged on the other "
            "half, then the reverse; harder tests take the stays of the second wave, or those "
            "known on 1 April. Intervals (80 %) hold the uncertainty of stays (bootstrap of "
            "départements), the difference between départements and Poisson counts."
        ),
        rows=(
            _row(_("Peak, stays of the other half of the départements"), crossed),
            _row(_("Peak, stays of the second wave (autumn 2020)"), transferred),
            _row(_("Peak, stays as known on 1 April 2020"), forecast),
            Row(
                _("Mean error of the national stock, 19 March to 31 May"),
                "",
                percent(figures["curve_error"], 1),
            ),
            Row(
                _("Mean error of the peak by département, in beds"),
                "",
                _(
                    "{error} for a mean peak of {peak}; {second} with the second wave's stays"
                ).format(
                    error=number(figures["department_peak_mae"], 1),
                    peak=number(figures["department_mean_peak"], 1),
                    second=number(figures["department_peak_mae_second_wave_stays"], 1),
                ),
            ),
            Row(
                _("Départements whose peak is inside their 80 % interval"),
                percent(0.8, 0),
                percent(figures["department_coverage"], 0),
                "met" if abs(figures["department_coverage"] - 0.8) <= 0.1 else "missed",
            ),
        ),
        conclusion=_conclusion(figures, transferred),
        source="Santé publique France (SI-VIC); OpenCOVID19-fr",
        figures=figures,
    )


def _row(label: str, peak: Peak) -> Row:
    return Row(
        label,
        _("{beds} on {day}").format(beds=number(PEAK), day=str(PEAK_DAY)),
        _("{beds} ({low} to {high}) on {day}").format(
            beds=number(peak.beds), low=number(peak.low), high=number(peak.high), day=str(peak.day)
        ),
        "met" if peak.holds else "missed",
    )


def _conclusion(figures: dict[str, float], transferred: Peak) -> str:
    if transferred.holds:
        return _("Admissions and length of stay are enough to foresee the stock of critical care.")
    return _(
        "With stays of the same wave (mean {first} days) admissions are enough to foresee the "
        "stock of critical care. Stays do not carry from one wave to another: with those of the "
        "second wave ({second} days) the error on the peak is {error}. A planner must fit them "
        "early in a wave."
    ).format(
        first=number(figures["stay_first_half"], 1),
        second=number(figures["stay_second_wave"], 1),
        error=percent(figures["peak_second_wave_stays"] / PEAK - 1, 0),
    )
