"""Winters: influenza-like illness as it came in fourteen winters, and the bronchiolitis of infants.

A share s of the activity of a usual year is due to the illness. Its factor on a day is

    1 - s + s · i(day, région) / mean of i over a year

where i is the incidence of the drawn winter (Sentinelles network, weekly, by région). A year of
the baseline already holds a winter: the factor has mean 1 over any whole year, unless the winter is
asked for with its own size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import packaged
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES, MEDICINE, PAEDIATRICS
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

WINTERS = tuple(f"{year}/{(year + 1) % 100:02d}" for year in range(2010, 2025))
"""The winters that may be named, July to June; 2020/21 had no influenza."""

USUAL = tuple(winter for winter in WINTERS if winter != "2020/21")
"""The winters that a run draws from."""

INFLUENZA = _(
    "assumed, above what is coded as influenza: 2017-2018, 2.4 M consultations, 9,738 admissions "
    "(Santé publique France)"
)
BRONCHIOLITIS = _(
    "assumed, from a peak of 8,552 visits and 2,938 admissions a week in December 2022 "
    "(Santé publique France)"
)

PARAMETERS = (
    Parameter(
        "influenza.share_visits",
        _("Share of a year's emergency visits due to influenza-like illness"),
        0.01,
        0.003,
        0.025,
        "proportion",
        "assumed",
        INFLUENZA,
        "log",
    ),
    Parameter(
        "influenza.share_medicine",
        _("Share of a year's unscheduled medical admissions due to influenza-like illness"),
        0.013,
        0.004,
        0.03,
        "proportion",
        "assumed",
        _("assumed: as the share of daily deaths fitted for `season.py`, 1.4 %"),
        "log",
    ),
    Parameter(
        "influenza.share_critical_care",
        _("Share of a year's unscheduled critical care due to influenza-like illness"),
        0.013,
        0.004,
        0.03,
        "proportion",
        "assumed",
        _("assumed: as medicine"),
        "log",
    ),
    Parameter(
        "influenza.share_paediatrics",
        _("Share of a year's unscheduled admissions of children due to influenza-like illness"),
        0.013,
        0.004,
        0.04,
        "proportion",
        "assumed",
        _("assumed: as medicine"),
        "log",
    ),
    Parameter(
        "bronchiolitis.share_paediatrics",
        _("Share of a year's unscheduled admissions of children due to bronchiolitis"),
        0.07,
        0.03,
        0.12,
        "proportion",
        "assumed",
        BRONCHIOLITIS,
        "log",
    ),
    Parameter(
        "bronchiolitis.share_visits",
        _("Share of a year's emergency visits due to bronchiolitis"),
        0.004,
        0.002,
        0.007,
        "proportion",
        "assumed",
        BRONCHIOLITIS,
        "log",
    ),
    Parameter(
        "bronchiolitis.peak",
        _("Peak of bronchiolitis, days after 1 July"),
        153.0,
        135.0,
        172.0,
        "day",
        "assumed",
        _("assumed, from the peak of early December 2022 (Santé publique France)"),
    ),
    Parameter(
        "bronchiolitis.width",
        _("Standard deviation of the wave of bronchiolitis"),
        28.0,
        20.0,
        38.0,
        "day",
        "assumed",
        _("assumed: no open series"),
    ),
)

_SEASON = 366
_JULY = 182


def winter_factors(
    dates: Dates,
    regions: Sequence[str],
    winter: str | int,
    values: Mapping[str, float],
    *,
    own_size: bool = False,
) -> tuple[Floats, Floats]:
    """What the winter adds to, or takes from, each day; T days, Z départements, 6 disciplines.

    The same winter comes every year of `dates`. Overseas, where the illness follows other seasons
    and no series is open, the factor of influenza is 1.

    Args:
        dates: days, shape (T,).
        regions: code of the région (2016) of each département, length Z.
        winter: one of `WINTERS`, or the seed that draws one of `USUAL`.
        values: figure of each of `PARAMETERS`, by name.
        own_size: keep the size of the winter (a hard one adds to the year) instead of mean 1.

    Returns:
        Factors of emergency visits, shape (T, Z), and of unscheduled admissions, shape (T, Z, 6).

    Raises:
        PreuveError: no such winter.
    """
    name = winter if isinstance(winter, str) else drawn(winter)
    days = dates.astype("datetime64[D]")
    waves, where = _waves(name, tuple(regions), own_size)
    influenza = _by_year(waves, days)[:, where] - 1
    infants = _by_year(_bronchiolitis(values), days) - 1
    visits = 1 + values["influenza.share_visits"] * influenza
    visits += values["bronchiolitis.share_visits"] * infants
    unscheduled = np.ones((*influenza.shape, len(DISCIPLINES)))
    for discipline in (MEDICINE, CRITICAL_CARE, PAEDIATRICS):
        share = values[f"influenza.share_{DISCIPLINES[discipline]}"]
        unscheduled[:, :, discipline] += share * influenza
    unscheduled[:, :, PAEDIATRICS] += values["bronchiolitis.share_paediatrics"] * infants
    return visits, unscheduled


def admission_factors(visits: Floats, unscheduled: Floats, population: Floats) -> Floats:
    """What the winter does to the chance of admission after a visit, shape (T, 6).

    Admissions through emergencies are visits times this chance: with it they follow, for the
    country, the same factor as the other unscheduled admissions.

    Args:
        visits: first result of `winter_factors`, shape (T, Z).
        unscheduled: second result of `winter_factors`, shape (T, Z, 6).
        population: residents of each département, shape (Z,).
    """
    weights = population / population.sum()
    return np.asarray(np.einsum("tzd,z->td", unscheduled, weights) / (visits @ weights)[:, None])


def drawn(seed: int) -> str:
    """The winter that a seed draws, each of `USUAL` as likely as another."""
    return USUAL[int(np.random.Generator(np.random.Philox(int(seed))).integers(len(USUAL)))]


@cache
def _waves(winter: str, regions: tuple[str, ...], own_size: bool) -> tuple[Floats, Integers]:
    """Relative incidence by day of the season, (366, regions), and the column of each region."""
    known = [name for name in packaged("influenza_like_illness").columns if name.isdigit()]
    columns = [*sorted(set(regions) & set(known))]
    places = {name: index for index, name in enumerate(columns)}
    where = np.array([places.get(region, len(columns)) for region in regions])
    usual = np.mean([_season(name, columns) for name in USUAL], axis=0).mean(axis=0)
    wave = _season(winter, columns)
    wave = wave / (usual if own_size else wave.mean(axis=0))
    return np.column_stack([wave, np.ones(_SEASON)]), where


def _season(winter: str, columns: list[str]) -> Floats:
    """Incidence by day from 1 July, weeks joined by lines, shape (366, columns)."""
    if winter not in WINTERS:
        raise PreuveError(
            _("No winter is called {winter}.").format(winter=winter),
            where="winter",
            remedy=_("Choose one from {first} to {last}.").format(
                first=WINTERS[0], last=WINTERS[-1]
            ),
        )
    table = packaged("influenza_like_illness")
    thursday = table["week"].to_numpy().astype("datetime64[D]").astype(np.int64) + 3
    start = np.datetime64(f"{winter[:4]}-07-01").astype(np.int64)
    days = start + np.arange(_SEASON)
    series = [np.interp(days, thursday, table[name].to_numpy()) for name in columns]
    return np.array(series).reshape(len(columns), _SEASON).T


def _bronchiolitis(values: Mapping[str, float]) -> Floats:
    """A bell, mean 1 over the season, shape (366, 1)."""
    away = np.arange(_SEASON) - values["bronchiolitis.peak"]
    bell = np.exp(-0.5 * (away / values["bronchiolitis.width"]) ** 2)
    return np.asarray((bell / bell.mean())[:, None])


def _by_year(wave: Floats, days: Dates) -> Floats:
    """The wave on each day: second half of the season first, from January to June.

    Divided so that a year of 365 days keeps the mean of the season.
    """
    years = days.astype("datetime64[Y]")
    start = years.astype("datetime64[D]")
    position = (days - start).astype(np.int64)
    length = ((years + 1).astype("datetime64[D]") - start).astype(np.int64)
    order = np.roll(np.arange(_SEASON), _JULY)
    calendar = wave[order]
    short = calendar[: _SEASON - 1].mean(axis=0) / np.maximum(calendar.mean(axis=0), 1e-12)
    return np.asarray(calendar[position] / np.where((length == 365)[:, None], short, 1.0))
