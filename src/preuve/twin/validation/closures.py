"""Closures: are the births of a maternity that closed found again where the twin sends them?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import _
from preuve.pages.numbers import percent
from preuve.twin.baseline import YEARS, Baseline, packaged
from preuve.twin.choice.choice_fit import asked_by_communes
from preuve.twin.choice.gravity import PARAMETERS, Choice, Places, Reach, capacity
from preuve.twin.choice.travel import PARAMETERS as TRAVEL
from preuve.twin.choice.travel import Travel, on_sphere
from preuve.twin.disciplines import OBSTETRICS
from preuve.twin.parameters import central
from preuve.twin.validation.check import Check, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NEAREST = (1, 3, 6)
PUBLISHED = (0.54, 0.70, 0.81)
"""Pooled shares in the list of closures; see `_found_again` for what ties do to them."""

TOLERANCE = 0.10
"""A pooled share is met within ten points: the order of tied sites alone moves it by more."""


@dataclass(frozen=True)
class Closure:
    """One maternity that closed: its births, and the gains of its neighbours by distance.

    Attributes:
        finess: the site.
        before, after: years compared.
        births: births before.
        observed, predicted, rule: share found again at the nearest 1, 3 and 6 sites, net of the
            national trend: in truth, by the twin, and if all went to the nearest, shape (3,).
        error, rule_error: births misplaced among the six nearest sites, over births before.
        tied: sites as near as the nearest.
    """

    finess: str
    before: int
    after: int
    births: float
    observed: Floats
    predicted: Floats
    rule: Floats
    error: float
    rule_error: float
    tied: int


def closures(data: Path) -> list[Closure]:
    """The 24 maternity closures of 2020-2023 without a new site nearby, truth and prediction.

    The choice is balanced on the births of 2019 with the decay fitted on 2019 and 2020; no later
    year is seen. All the maternities that closed between the two years of a row are closed.
    """
    rows = pl.read_csv(
        data / "closures_natural_experiments_2019_2024.csv", schema_overrides={"fi": pl.String}
    ).filter((pl.col("kind") == "mat_enfants") & ~pl.col("new_site_nearby"))
    births = _births()
    baseline = Baseline.load(2019)
    demand = asked_by_communes(baseline)[:, OBSTETRICS]
    choice = _choice(baseline, demand)
    gain = partial(_gain, choice, baseline, demand)
    return [
        _closure(gain, births, row["fi"], row["before_year"], row["after_year"])
        for row in rows.iter_rows(named=True)
    ]


def check(data: Path) -> Check:
    """The closures against the published pooled shares and against the nearest-site rule."""
    found = closures(data)
    weight = np.array([closure.births for closure in found])
    truth, twin, rule = (
        np.average([getattr(closure, name) for closure in found], axis=0, weights=weight)
        for name in ("observed", "predicted", "rule")
    )
    rows = [
        _pooled(count, *figures)
        for count, *figures in zip(NEAREST, PUBLISHED, truth, twin, rule, strict=True)
    ]
    errors, rules = (
        np.array([getattr(closure, name) for closure in found]) for name in ("error", "rule_error")
    )
    better = int((errors < rules).sum())
    rows.append(
        Row(
            label=_("Births misplaced among the six nearest sites, median closure"),
            target=_("under the nearest-site rule, {figure}").format(
                figure=percent(float(np.median(rules)), 0)
            ),
            found=percent(float(np.median(errors)), 0),
            verdict="met" if np.median(errors) < np.median(rules) else "missed",
        )
    )
    rows.append(
        Row(
            label=_("Closures where the twin is nearer the truth than the rule"),
            target=_("more than half of {count}").format(count=len(found)),
            found=str(better),
            verdict="met" if 2 * better > len(found) else "missed",
        )
    )
    return Check(
        name="closures",
        title=_("Where do the births of a closed maternity go?"),
        method=_(
            "Choice balanced on the births of 2019, decay fitted on 2019 and 2020; {count} "
            "closures of 2020 to 2023 without a new site nearby, judged on births found again at "
            "the nearest sites, net of the national trend. Sites of one town share coordinates: "
            "tied sites count in equal parts."
        ).format(count=len(found)),
        rows=rows,
        conclusion=_(
            "The shares of the list depend on the order of tied sites; on equal parts, {truth} of "
            "the births were found again at the nearest 1, 3 and 6 sites and the twin says {twin}. "
            "One closure tells little: its neighbours change for other reasons too."
        ).format(truth=_percents(truth), twin=_percents(twin)),
        source="DREES, SAE 2019-2024; closures derived from the panel",
        figures={
            **{f"observed_{n}": float(x) for n, x in zip(NEAREST, truth, strict=True)},
            **{f"predicted_{n}": float(x) for n, x in zip(NEAREST, twin, strict=True)},
            "median_error": float(np.median(errors)),
            "median_error_nearest_rule": float(np.median(rules)),
            "mean_error": float(np.average(errors, weights=weight)),
            "mean_error_nearest_rule": float(np.average(rules, weights=weight)),
            "better_than_rule": float(better),
            "closures": float(len(found)),
        },
    )


def _pooled(count: int, published: float, truth: float, twin: float, rule: float) -> Row:
    label = _("Births found again at the nearest {count}, pooled").format(count=count)
    return Row(
        label=label,
        target=_("{truth} in equal parts ({published} in the list; rule {rule})").format(
            truth=percent(truth, 0), published=percent(published, 0), rule=percent(rule, 0)
        ),
        found=percent(twin, 0),
        verdict="met" if abs(twin - published) <= TOLERANCE else "missed",
    )


def _percents(shares: Sequence[float] | Floats) -> str:
    return " / ".join(percent(share, 0) for share in shares)


def _births() -> pl.DataFrame:
    """Births of every maternity by year, with its place: finess, lon, lat, 2019, 2020, …"""
    wide = packaged("panel").pivot(on="year", index="finess", values="births").fill_null(0)
    years = [str(year) for year in YEARS]
    kept = wide.filter(pl.sum_horizontal(years) > 0).sort("finess")
    return kept.join(packaged("sites").select("finess", "lon", "lat"), on="finess", how="left")


def _choice(baseline: Baseline, demand: Floats) -> Choice:
    values = central([*PARAMETERS, *TRAVEL])
    places = Places.of(baseline.communes, baseline.departments)
    reach = Reach.of(places, baseline, baseline.births > 0, baseline.births)
    return Choice.fit(
        reach,
        demand,
        baseline.births,
        capacity(baseline)[:, OBSTETRICS],
        Travel.of(values),
        values,
        "obstetrics",
    )


def _closure(
    gains: Callable[[pl.Series, pl.Series, str], Floats],
    births: pl.DataFrame,
    finess: str,
    before: int,
    after: int,
) -> Closure:
    old, new = (births[str(year)].to_numpy().astype(np.float64) for year in (before, after))
    alive = np.flatnonzero((old > 0) | (new > 0))
    codes = births["finess"].to_list()
    here = codes.index(finess)
    gain = (new - old * new.sum() / old.sum()) / old[here]
    closing = births["finess"].filter((old > 0) & (new == 0) | (np.arange(len(old)) == here))
    predicted = gains(births["finess"], closing, finess)
    others = alive[alive != here]
    where = on_sphere(births["lon"], births["lat"])
    km = np.round(np.linalg.norm(where[others] - where[here], axis=1), 2)
    share = np.array([_equal_parts(km, count) for count in NEAREST])
    rule = share[0]
    six = share[-1] > 0
    return Closure(
        finess=finess,
        before=before,
        after=after,
        births=float(old[here]),
        observed=share @ gain[others],
        predicted=share @ predicted[others],
        rule=share @ rule,
        error=float(np.abs(predicted[others] - gain[others])[six] @ share[-1][six]),
        rule_error=float(np.abs(rule - gain[others])[six] @ share[-1][six]),
        tied=int((km == km.min()).sum()),
    )


def _gain(
    choice: Choice,
    baseline: Baseline,
    demand: Floats,
    sites: pl.Series,
    closing: pl.Series,
    closed: str,
) -> Floats:
    """Gain of each of `sites` when all of `closing` close, over the births of `closed` in 2019."""
    finess = baseline.sites["finess"]
    ratio = np.where(finess.is_in(closing.to_list()).to_numpy(), 0.0, 1.0)
    gain = choice.volumes(demand, ratio) - baseline.births
    gains = dict(zip(finess, gain / baseline.births[baseline.site(closed)], strict=True))
    return np.array([gains.get(code, 0.0) for code in sites])


def _equal_parts(km: Floats, count: int) -> Floats:
    """Weight of each site among the `count` nearest; sites tied at the border share its place."""
    order = np.sort(km)
    border = order[min(count, len(order)) - 1]
    inside, tied = km < border, km == border
    return np.asarray(inside + tied * ((min(count, len(order)) - inside.sum()) / tied.sum()))
