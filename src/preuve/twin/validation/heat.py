"""Heat weeks of 2019 and 2020, predicted from the summers of the other years."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from preuve.core.language import _
from preuve.pages import numbers
from preuve.twin.seasons.heat_fit import (
    SEASON,
    HeatFit,
    Series,
    degrees_above,
    fit_heat,
    lagged,
    read_series,
)
from preuve.twin.validation.check import Check, Row

Floats = npt.NDArray[np.float64]

NORMAL_80 = 1.2815515655446004
AROUND = 14
"""Days on each side that a heat week is compared with."""

LONG_BLOCKS = ((0,), (1,), (2, 3), tuple(range(4, 11)))


@dataclass(frozen=True)
class Week:
    """A heat wave: first and last day, the years that predict it, the excess published before."""

    name: str
    first: np.datetime64
    last: np.datetime64
    others: tuple[int, ...]
    target: float

    @property
    def days(self) -> int:
        return int((self.last - self.first).astype(np.int64)) + 1


WEEKS = (
    Week("june_2019", np.datetime64("2019-06-25"), np.datetime64("2019-07-01"), (2018, 2020), 880),
    Week("july_2019", np.datetime64("2019-07-21"), np.datetime64("2019-07-27"), (2018, 2020), 1080),
    Week(
        "august_2020", np.datetime64("2020-08-07"), np.datetime64("2020-08-14"), (2018, 2019), 1410
    ),
)


@dataclass(frozen=True)
class Prediction:
    """Deaths of a heat week beyond those of the weeks around: found, and predicted with bounds.

    Attributes:
        observed: from the daily deaths.
        expected: predicted, and `low`, `high`: bounds that hold 80 %.
        response: standard deviation that comes from the response of deaths to heat.
        chance: standard deviation of the same contrast when there is no heat.
    """

    observed: float
    expected: float
    low: float
    high: float
    response: float
    chance: float

    def holds(self, excess: float) -> bool:
        return self.low <= excess <= self.high


def contrast(daily: Floats, start: int, days: int) -> float:
    """Sum of some days less what the `AROUND` days before and after would give in as many days."""
    before = daily[start - AROUND : start].mean()
    after = daily[start + days : start + days + AROUND].mean()
    return float(daily[start : start + days].sum() - days * (before + after) / 2)


def predicted_excess(series: Series, fit: HeatFit, year: int, multiplier: float) -> Floats:
    """National deaths due to heat each day of the summer of a year that was not fitted, (T,).

    The level of each département is what its own summer leaves once heat is taken out.
    """
    heat = degrees_above(series.tmax, fit.threshold)
    effect = sum(
        (b * lagged(heat, lag) for lag, b in enumerate(fit.lags)), start=np.zeros_like(heat)
    )
    risk = np.exp(multiplier * effect)
    summer = (series.years == year) & np.isin(series.months, SEASON)
    others = series.deaths - series.covid_deaths
    level = np.sum(others[summer], axis=0) / np.sum(risk[summer], axis=0)
    return np.asarray((level * (risk - 1)).sum(axis=1))


def chance_error(fit: HeatFit, days: int) -> float:
    """Root mean square of the contrast of unexplained deaths, over every place in the summers."""
    inside = ~np.isnan(fit.residuals)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int64), [0]])))
    found = [
        contrast(fit.residuals, start, days)
        for first, past in zip(edges[::2], edges[1::2], strict=True)
        for start in range(first + AROUND, past - AROUND - days + 1)
    ]
    return float(np.sqrt(np.mean(np.square(found))))


def predict(series: Series, week: Week, fit: HeatFit) -> Prediction:
    """A heat week from a fit that did not see its year."""
    start = int(np.flatnonzero(series.dates == week.first)[0])
    year = int(series.years[start])

    def excess(multiplier: float) -> float:
        return contrast(predicted_excess(series, fit, year, multiplier), start, week.days)

    expected = excess(fit.response)
    around = (excess(fit.response + fit.next_error), excess(fit.response - fit.next_error))
    response = abs(around[0] - around[1]) / 2
    chance = chance_error(fit, week.days)
    reach = NORMAL_80 * float(np.hypot(response, chance))
    return Prediction(
        observed=contrast(series.deaths.sum(axis=1), start, week.days),
        expected=expected,
        low=expected - reach,
        high=expected + reach,
        response=response,
        chance=chance,
    )


def check(data: Path) -> Check:
    """Whether the heat weeks of 2019 and 2020 are foreseen from the other summers."""
    series = read_series(data)
    fits = {years: fit_heat(series, years) for years in sorted({week.others for week in WEEKS})}
    found = {week.name: predict(series, week, fits[week.others]) for week in WEEKS}
    every = fit_heat(series, (2018, 2019, 2020), blocks=LONG_BLOCKS)
    displaced = float(every.lags[4:].sum() / every.lags[:4].sum())
    labels = _labels()
    rows = [_row(week, found[week.name], labels[week.name]) for week in WEEKS]
    return Check(
        name="heat",
        title=_("Deaths of the heat weeks of 2019 and 2020"),
        method=_(
            "Daily deaths on daily maxima in 96 départements, June to September. 2019 is predicted "
            "from 2018 and 2020, 2020 from 2018 and 2019. Hospital deaths of COVID-19 are taken "
            "out, and 2020 has its own level in every département. Excess: deaths of the days less "
            "the daily mean of the 14 days before and the 14 days after. The interval holds the "
            "spread of the response between months, and chance as seen in weeks without heat."
        ),
        rows=[*rows, _spread(fits), _displacement(displaced)],
        conclusion=_conclusion(found),
        source=_(
            "INSEE (daily deaths), Météo-France (daily temperatures), Santé publique France "
            "(hospital deaths of COVID-19). The targets were measured on the same deaths with "
            "another rule, which was not written down; ours is beside them."
        ),
        figures=_figures(found, fits, displaced),
    )


def _labels() -> dict[str, str]:
    return {
        "june_2019": _("25 June to 1 July 2019, from 2018 and 2020"),
        "july_2019": _("21 to 27 July 2019, from 2018 and 2020"),
        "august_2020": _("7 to 14 August 2020, from 2018 and 2019"),
    }


def _row(week: Week, found: Prediction, label: str) -> Row:
    inside = found.holds(week.target) and found.holds(found.observed)
    return Row(
        label=label,
        target=_("{target} deaths; {observed} by our rule").format(
            target=numbers.signed(week.target), observed=numbers.signed(found.observed)
        ),
        found=_("{expected} (80% interval {bounds})").format(
            expected=numbers.signed(found.expected),
            bounds=numbers.span(numbers.signed(found.low), numbers.signed(found.high)),
        ),
        verdict="met" if inside else "missed",
    )


def _spread(fits: dict[tuple[int, ...], HeatFit]) -> Row:
    low, high = sorted(fit.between / fit.response for fit in fits.values())
    return Row(
        label=_("Spread of the response from one month to another"),
        target=_("none"),
        found=numbers.span(numbers.percent(low, 0), numbers.percent(high, 0)),
    )


def _displacement(share: float) -> Row:
    return Row(
        label=_("Deaths brought forward: effect of days 4 to 10 against days 0 to 3"),
        target=_("none"),
        found=numbers.percent(share, 0),
    )


def _conclusion(found: dict[str, Prediction]) -> str:
    above = sum(prediction.expected > prediction.observed for prediction in found.values())
    width = np.mean([(p.high - p.low) / 2 / p.expected for p in found.values()])
    return _(
        "{above} of {weeks} heat weeks were predicted higher than they were. The 80% interval is "
        "± {width} of the prediction: enough to tell a heat wave from an ordinary week, not to "
        "rank heat waves a third apart. Three summers say nothing of heat like that of 2003."
    ).format(above=above, weeks=len(found), width=numbers.percent(float(width), 0))


def _figures(
    found: dict[str, Prediction], fits: dict[tuple[int, ...], HeatFit], displaced: float
) -> dict[str, float]:
    figures = {"displaced": displaced}
    for name, prediction in found.items():
        for figure in ("observed", "expected", "low", "high", "response", "chance"):
            figures[f"{name}_{figure}"] = getattr(prediction, figure)
    for years, fit in fits.items():
        figures["between_" + "_".join(map(str, years))] = fit.between
    return figures
