"""Health: deaths and life-years through cited relative risks, each effect apart, never summed.

An effect takes counts of the runs and the parameters drawn for each run, and gives one figure per
run. Effects that the literature does not settle for France are off unless asked for. None of them
is a forecast of named deaths: each applies a published association to a count of the twin, as if
the association were causal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import special

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.twin.baseline import AGES, SEXES, packaged
from preuve.twin.parameters import Parameter

Floats = npt.NDArray[np.float64]
Draws = Mapping[str, "Floats | float"]
Formula = Callable[[Mapping[str, Floats], Draws], Floats]

OLD = 75
"""Age from which a night on a stretcher was studied."""

BIRTH_BANDS = (15.0, 30.0, 45.0)
"""Kilometres by road to the nearest maternity that part the four bands of births."""

_BOARDED = _(
    "Roussel et al. (No Bed Night), JAMA Intern Med 2023: 97 French emergency departments, 1,598 "
    "patients of 75 and more, in-hospital death 15.7% against 11.1%, adjusted risk ratio 1.39 "
    "(1.07 to 1.81). A cohort: Spain found 1.12 (0.80 to 1.58; Miró et al. 2024) and one Italian "
    "centre no difference (Fabbri et al. 2025)"
)
_COMBIER = _(
    "Combier et al., PLoS One 2020, 2,256,797 deliveries in France 2012 to 2014, against 0 to 15 "
    "km; relative risks as quoted by a later study"
)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="health.boarding_risk",
        label=_("In-hospital death after a night on a stretcher at 75 and more, relative risk"),
        value=1.39,
        low=1.07,
        high=1.81,
        unit="ratio",
        kind="published",
        source=_BOARDED,
        scale="log",
    ),
    Parameter(
        name="health.boarding_usual",
        label=_("In-hospital death at 75 and more when a bed is found before midnight"),
        value=0.111,
        low=0.092,
        high=0.133,
        unit="proportion",
        kind="published",
        source=_(
            "Roussel et al. 2023: 11.1% of 891 patients; interval computed here (Wilson score)"
        ),
        scale="logit",
    ),
    Parameter(
        name="health.life_share",
        label=_("Life that those who die would have had, against people of their age"),
        value=0.5,
        low=0.2,
        high=0.8,
        unit="proportion",
        kind="assumed",
        source=_(
            "Assumed: those who die are frail. Years of life lost to heat in 14 European cities "
            "fell by 75% on average once deaths brought forward were counted (Baccini, Kosatsky "
            "and Biggeri, PLoS One 2013)"
        ),
        scale="logit",
    ),
    Parameter(
        name="health.birth_usual",
        label=_("Births outside a maternity when one is within 15 km"),
        value=0.0032,
        low=0.002,
        high=0.0051,
        unit="proportion",
        kind="assumed",
        source=_(
            "Assumed, between 3.0 per 1,000 of all deliveries (Combier et al. 2020, hospital "
            "records) and 4.3 per 1,000 births (Blondel et al., Health & Place 2011, birth "
            "certificates), planned home births included"
        ),
        scale="log",
    ),
    Parameter(
        name="health.birth_risk_16",
        label=_("Birth outside a maternity at 16 to 30 km, relative risk"),
        value=1.45,
        low=1.4,
        high=1.5,
        unit="ratio",
        kind="published",
        source=_COMBIER,
        scale="log",
    ),
    Parameter(
        name="health.birth_risk_31",
        label=_("Birth outside a maternity at 31 to 45 km, relative risk"),
        value=2.6,
        low=2.4,
        high=2.9,
        unit="ratio",
        kind="published",
        source=_COMBIER,
        scale="log",
    ),
    Parameter(
        name="health.birth_risk_46",
        label=_("Birth outside a maternity beyond 45 km, relative risk"),
        value=3.9,
        low=3.2,
        high=4.8,
        unit="ratio",
        kind="published",
        source=_COMBIER,
        scale="log",
    ),
    Parameter(
        name="health.distance_odds",
        label=_("Death in a life-threatening emergency, odds ratio per kilometre to hospital"),
        value=1.02,
        low=1.01,
        high=1.03,
        unit="ratio",
        kind="published",
        source=_(
            "Nicholl et al., Emerg Med J 2007: 10,315 emergencies of four English ambulance "
            "services, 1997 to 2001, straight-line kilometres"
        ),
        scale="log",
    ),
    Parameter(
        name="health.distance_usual",
        label=_("Death in a life-threatening emergency"),
        value=0.0624,
        low=0.058,
        high=0.067,
        unit="proportion",
        kind="published",
        source=_("Nicholl et al. 2007: 644 deaths of 10,315; interval computed here"),
        scale="logit",
    ),
    Parameter(
        name="health.refusal_odds",
        label=_("Death at 28 days without critical care against with it, odds ratio"),
        value=1.37,
        low=1.15,
        high=1.61,
        unit="ratio",
        kind="published",
        source=_(
            "Iapichino et al., Intensive Care Med 2010: admission 0.73 (0.62 to 0.87) in 11 "
            "hospitals of 7 countries, inverted. In 10 French units refused because full, the "
            "adjusted difference was not significant (Robert et al., AJRCCM 2012)"
        ),
        scale="log",
    ),
    Parameter(
        name="health.refusal_usual",
        label=_("Death at 28 days of patients admitted to critical care at once"),
        value=0.243,
        low=0.219,
        high=0.269,
        unit="proportion",
        kind="published",
        source=_("Robert et al. 2012: 24.3% of 1,139 patients; interval computed here"),
        scale="logit",
    ),
)


@dataclass(frozen=True)
class Effect:
    """One effect on health, kept apart from the others.

    Attributes:
        name: short identifier.
        label: what is counted.
        unit: "death", "life-year" or "birth".
        source: where the relative risk comes from.
        shown: whether it is shown unless a reader asks otherwise.
        needs: counts of the runs that it reads.
        formula: counts and drawn parameters -> one figure per run, shape (R,).
    """

    name: str
    label: str
    unit: str
    source: str
    shown: bool
    needs: tuple[str, ...]
    formula: Formula


@cache
def _table() -> tuple[Floats, Floats]:
    """Death rates and years still to live by sex and age, (2, 20) each."""
    rows = {(row["sex"], row["age"]): row for row in packaged("remaining_life").to_dicts()}
    both = [
        np.array([[rows[sex, age][name] for age in AGES] for sex in SEXES])
        for name in ("death_rate", "remaining")
    ]
    return both[0], both[1]


def remaining_life(people: Floats | None = None, from_age: int = 0) -> float:
    """Years that those who die at a given age or more would have had, mean over deaths.

    Args:
        people: residents by sex and age, shape (…, 2, 20); those of the packaged year 2021 when
            absent.
        from_age: first age counted, a multiple of five.
    """
    rate, left = _table()
    counted = _people() if people is None else people.reshape(-1, len(SEXES), len(AGES)).sum(axis=0)
    deaths = (counted * rate)[:, from_age // 5 :]
    return float(np.sum(deaths * left[:, from_age // 5 :]) / np.sum(deaths))


@cache
def _people() -> Floats:
    from preuve.twin.baseline import population

    departments = tuple(packaged("communes")["department"].unique().sort())
    return np.asarray(population(2021, departments).sum(axis=0))


def extra_deaths(exposed: Floats, usual: Floats | float, risk: Floats | float) -> Floats:
    """Deaths beyond those that the same people would have had: exposed × usual × (risk − 1)."""
    return np.asarray(exposed * usual * (np.asarray(risk) - 1))


def extra_by_odds(exposed: Floats, usual: Floats | float, odds: Floats | float) -> Floats:
    """Deaths beyond those that the same people would have had, under an odds ratio."""
    after = special.expit(special.logit(usual) + np.log(odds))
    return np.asarray(exposed * (after - usual))


def births_outside(births: Floats, values: Draws) -> Floats:
    """Births outside a maternity expected from the distance to the nearest one.

    Args:
        births: births by band of road kilometres (`BIRTH_BANDS`), shape (R, 4).
        values: drawn parameters.

    Returns:
        births, shape (R,).
    """
    if births.ndim != 2 or births.shape[1] != len(BIRTH_BANDS) + 1:
        raise PreuveError(
            _("Births are counted in four bands of distance."), where="births_by_distance"
        )
    risks = [1.0, *(values[f"health.birth_risk_{first}"] for first in (16, 31, 46))]
    weighted = sum((births[:, band] * np.asarray(risk) for band, risk in enumerate(risks)), start=0)
    return np.asarray(weighted * np.asarray(values["health.birth_usual"]))


def _boarded(counts: Mapping[str, Floats], values: Draws) -> Floats:
    return extra_deaths(
        counts["boarded_nights_elderly"],
        values["health.boarding_usual"],
        values["health.boarding_risk"],
    )


def _boarded_years(counts: Mapping[str, Floats], values: Draws) -> Floats:
    years = remaining_life(from_age=OLD) * np.asarray(values["health.life_share"])
    return np.asarray(_boarded(counts, values) * years)


def _heat(counts: Mapping[str, Floats], _values: Draws) -> Floats:
    return np.asarray(counts["heat_deaths"])


def _heat_years(counts: Mapping[str, Floats], values: Draws) -> Floats:
    years = remaining_life() * np.asarray(values["health.life_share"])
    return np.asarray(counts["heat_deaths"] * years)


def _births(counts: Mapping[str, Floats], values: Draws) -> Floats:
    return births_outside(counts["births_by_distance"], values)


def _distance(counts: Mapping[str, Floats], values: Draws) -> Floats:
    odds = np.asarray(values["health.distance_odds"]) ** counts["emergency_extra_km"]
    return extra_by_odds(counts["emergencies"], values["health.distance_usual"], odds)


def _refused(counts: Mapping[str, Floats], values: Draws) -> Floats:
    return extra_by_odds(
        counts["critical_refusals"], values["health.refusal_usual"], values["health.refusal_odds"]
    )


def _source(name: str) -> str:
    return next(p.source for p in PARAMETERS if p.name == f"health.{name}")


_HEAT_CURVE = _(
    "Response of daily deaths to temperature fitted on 2018 to 2020 (INSEE, Météo-France); judged "
    "on years it did not see on the validation page"
)

EFFECTS: tuple[Effect, ...] = (
    Effect(
        name="boarding_deaths",
        label=_("Deaths associated with nights on a stretcher at 75 and more"),
        unit="death",
        source=_BOARDED,
        shown=True,
        needs=("boarded_nights_elderly",),
        formula=_boarded,
    ),
    Effect(
        name="boarding_life_years",
        label=_("Life-years associated with nights on a stretcher at 75 and more"),
        unit="life-year",
        source=_source("life_share"),
        shown=True,
        needs=("boarded_nights_elderly",),
        formula=_boarded_years,
    ),
    Effect(
        name="heat_deaths",
        label=_("Deaths due to heat"),
        unit="death",
        source=_HEAT_CURVE,
        shown=True,
        needs=("heat_deaths",),
        formula=_heat,
    ),
    Effect(
        name="heat_life_years",
        label=_("Life-years lost to heat"),
        unit="life-year",
        source=_source("life_share"),
        shown=True,
        needs=("heat_deaths",),
        formula=_heat_years,
    ),
    Effect(
        name="births_outside",
        label=_("Births outside a maternity expected from the distance to one"),
        unit="birth",
        source=_COMBIER,
        shown=True,
        needs=("births_by_distance",),
        formula=_births,
    ),
    Effect(
        name="distance_deaths",
        label=_("Deaths in emergencies associated with a longer way to hospital"),
        unit="death",
        source=_source("distance_odds"),
        shown=False,
        needs=("emergencies", "emergency_extra_km"),
        formula=_distance,
    ),
    Effect(
        name="refusal_deaths",
        label=_("Deaths associated with critical care refused"),
        unit="death",
        source=_source("refusal_odds"),
        shown=False,
        needs=("critical_refusals",),
        formula=_refused,
    ),
)
"""Every effect, each shown apart: two effects may count the same death, so they are never added."""


def effects(
    counts: Mapping[str, Floats], values: Draws, also: Collection[str] = ()
) -> dict[str, Floats]:
    """The effects that the counts allow, one figure per run.

    Args:
        counts: by name, one value per run, shape (R,): "boarded_nights_elderly" (nights of
            patients of 75 and more), "heat_deaths", "critical_refusals", "emergencies"
            (life-threatening) with "emergency_extra_km" (straight-line km added to each);
            "births_by_distance" has shape (R, 4).
        values: drawn parameters, one value or one per run, shape (R,).
        also: names of effects that are off by default and asked for.

    Returns:
        effect name -> shape (R,); an effect whose counts are absent is absent.

    Raises:
        PreuveError: an unknown effect is asked for.
    """
    known = {effect.name for effect in EFFECTS}
    for name in also:
        if name not in known:
            raise PreuveError(
                _("There is no effect “{name}”.").format(name=name),
                where="health",
                remedy=_("Choose among {names}.").format(names=", ".join(sorted(known))),
            )
    return {
        effect.name: effect.formula(counts, values)
        for effect in EFFECTS
        if (effect.shown or effect.name in also) and set(effect.needs) <= set(counts)
    }
