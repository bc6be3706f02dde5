"""A small but lifelike Impact for tests. SYNTHETIC: a formula made every figure of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from preuve.core.language import _
from preuve.twin.baseline import Baseline, Floats
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES
from preuve.twin.impact import BOUNDS, COLUMNS, WORLDS, Impact

CLOSED = "460000110"
"""The site whose maternity the scenario closes."""

_REACH = np.array([-1.96, -1.28, 0.0, 1.28, 1.96])
_ROAD_KM, _ROAD_SPEED = 1.3, 62.0


def impact(
    activities: Sequence[str] = ("obstetrics", "emergency"), *, days: int = 120, seed: int = 3
) -> Impact:
    """The closure of the maternity of Cahors, with figures that a formula made.

    Args:
        activities: those whose tables are filled; all seven for the size of the real thing.
        days: days of the period.
        seed: of the noise.
    """
    baseline = Baseline.load(2024)
    made = _Made(baseline, np.random.default_rng(seed))
    sites = [made.service(code) for code in activities] + [made.carers()]
    communes = [made.journeys(code) for code in activities]
    communes += [made.residents(code) for code in activities]
    service = pl.concat(sites)
    place = baseline.sites.select("finess", "department").join(
        baseline.communes.table.select("department", "region").unique(), on="department"
    )
    located = service.join(place, on="finess", how="left")
    return Impact(
        scenario=_scenario(days),
        provenance=_provenance(baseline, seed),
        hypotheses=_hypotheses(),
        national=_summed(located, []),
        regions=_summed(located, ["region"]),
        departments=_summed(located, ["department"]),
        sites=service,
        communes=pl.concat(communes),
        days=made.daily(activities, days),
        beds=made.beds(activities),
        health=made.health(),
    )


def _scenario(days: int) -> dict[str, Any]:
    start = date(2024, 1, 1)
    return {
        "name": "close-maternity-lot",
        "title": {
            "fr": "Fermer la maternité de Cahors",
            "en": "Close the maternity of Cahors",
        },
        "period": {"from": str(start), "to": str(start + timedelta(days=days - 1))},
        "question": {
            "fr": "SYNTHÉTIQUE : qui va où ?",
            "en": "SYNTHETIC: who goes where?",
        },
        "elements": [
            {"close": {"site": CLOSED, "discipline": "obstetrics", "from": str(start)}},
        ],
        "rules": {"board_first": 0.6},
    }


def _provenance(baseline: Baseline, seed: int) -> dict[str, Any]:
    return {
        "synthetic": True,
        "baseline_year": baseline.year,
        "digests": dict(baseline.digests),
        "version": "0.0.0",
        "seed": seed,
        "runs": 200,
        "draws": 40,
        "command": "preuve twin run scenarios/close-maternity-lot.yaml --runs 200 --seed 3",
    }


def _hypotheses() -> pl.DataFrame:
    rows = [
        (
            "gravity.distance",
            _("SYNTHETIC: how strongly distance deters"),
            2.0,
            1.6,
            2.4,
            "ratio",
            "measured",
            "SYNTHETIC",
        ),
        (
            "boarding.relative_risk",
            _("SYNTHETIC: risk of death after a night on a stretcher"),
            1.4,
            1.1,
            1.8,
            "ratio",
            "published",
            "SYNTHETIC",
        ),
        (
            "flow.board_first",
            _("SYNTHETIC: patients kept on a stretcher before a transfer is sought"),
            0.5,
            0.2,
            0.8,
            "proportion",
            "assumed",
            "SYNTHETIC",
        ),
    ]
    names = ("name", "label", "value", "low", "high", "unit", "kind", "source")
    return pl.DataFrame(
        {
            name: pl.Series([row[i] for row in rows], dtype=pl.Object if name == "label" else None)
            for i, name in enumerate(names)
        }
    )


class _Made:
    """Figures by a formula: the reference is the baseline, the scenario moves the closed stays."""

    def __init__(self, baseline: Baseline, noise: np.random.Generator) -> None:
        self.baseline, self.noise = baseline, noise
        self.closed = baseline.site(CLOSED)
        self.xy = _plane(baseline.lon, baseline.lat)
        self.homes = _plane(baseline.communes.lon, baseline.communes.lat)

    def before(self, activity: str) -> Floats:
        if activity == "emergency":
            return self.baseline.visits
        return self.baseline.stays[:, DISCIPLINES.index(activity)]

    def after(self, activity: str) -> Floats:
        before = self.before(activity)
        if activity != "obstetrics":
            return before
        after = before.copy()
        far = np.hypot(*(self.xy - self.xy[self.closed]).T)
        far[(before == 0) | (np.arange(len(before)) == self.closed)] = np.inf
        nearest = np.argsort(far)[:4]
        after[nearest] += before[self.closed] * np.array([0.55, 0.2, 0.15, 0.1])
        after[self.closed] = 0.0
        return after

    def service(self, activity: str) -> pl.DataFrame:
        before, after = self.before(activity), self.after(activity)
        kept = np.flatnonzero(before + after)
        finess = self.baseline.sites["finess"].to_numpy()[kept]
        first, then = before[kept], after[kept]
        if activity == "emergency":
            return self._rows("finess", finess, activity, "visits", "visit", first, then).vstack(
                self._rows(
                    "finess", finess, activity, "boarded_nights", "night", first / 90, then / 90
                )
            )
        column = DISCIPLINES.index(activity)
        beds = np.maximum(self.baseline.beds[kept, column], 1.0)
        stay = np.divide(
            self.baseline.days[kept, column], first, out=np.full(len(kept), 4.0), where=first > 0
        )
        stay = np.minimum(stay, 40.0)
        tables = [
            self._rows("finess", finess, activity, measure, unit, x, y)
            for measure, unit, x, y in (
                ("asked", "stay", first * 1.01, then * 1.01),
                ("stays", "stay", first, then),
                ("days", "day", first * stay, then * stay),
                (
                    "occupancy",
                    "proportion",
                    np.minimum(first * stay / beds / 366, 1),
                    np.minimum(then * stay / beds / 366, 1),
                ),
                ("transferred_out", "stay", first * 0.009, then * 0.0102),
                ("refused", "stay", first * 0.0004, then * 0.0005),
                ("open_days", "day", beds * 366, np.where(then > 0, beds * 366, 0.0)),
            )
        ]
        return pl.concat(tables)

    def carers(self) -> pl.DataFrame:
        kept = np.flatnonzero(self.baseline.nurses > 20)
        finess = self.baseline.sites["finess"].to_numpy()[kept]
        available = self.baseline.nurses[kept] * 1500
        need, then = available * 0.97, available * 0.972
        tables = [
            self._rows("finess", finess, "carers", measure, unit, x, y)
            for measure, unit, x, y in (
                ("hours_required", "hour", need, then),
                ("hours_available", "hour", available, available),
                ("overload", "ratio", need / available, then / available),
            )
        ]
        return pl.concat(tables)

    def journeys(self, activity: str) -> pl.DataFrame:
        first, then = (
            cKDTree(self.xy[served > 0]).query(self.homes)[0] * _ROAD_KM / _ROAD_SPEED * 60 + 2
            for served in (self.before(activity), self.after(activity))
        )
        codes = self.baseline.communes.table["commune"].to_numpy()
        return self._rows("commune", codes, activity, "minutes", "minute", first, then, 0.03)

    def residents(self, activity: str) -> pl.DataFrame:
        rate = self.before(activity).sum() / self.baseline.communes.population.sum()
        stays = self.baseline.communes.population * rate
        codes = self.baseline.communes.table["commune"].to_numpy()
        return self._rows("commune", codes, activity, "stays", "stay", stays, stays)

    def daily(self, activities: Sequence[str], days: int) -> pl.DataFrame:
        start = date(2024, 1, 1)
        dates = [start + timedelta(days=day) for day in range(days)]
        season = 1 + 0.08 * np.cos(np.arange(days) / 365 * 2 * np.pi)
        week = 1 - 0.05 * (np.arange(days) % 7 > 4)
        regions = sorted(set(self.baseline.regions))
        home = np.array([regions.index(code) for code in self.baseline.regions])
        here = home[self.baseline.department]
        tables = []
        for activity in activities:
            if activity == "emergency":
                continue
            first, then = (
                np.bincount(here, x, len(regions)) * 4 / 366
                for x in (self.before(activity), self.after(activity))
            )
            whole = [("", first.sum(), then.sum())]
            places = [*whole, *zip(regions, first, then, strict=True)]
            for region, x, y in places:
                for measure, part in (("occupied", 1.0), ("refused", 0.0008)):
                    rows = self._rows(
                        "date",
                        dates,
                        activity,
                        measure,
                        "patient",
                        x * season * week * part,
                        y * season * week * part * 1.001,
                    )
                    tables.append(rows.with_columns(region=pl.lit(region)))
        return pl.concat(tables).select("date", "region", "activity", "measure", "unit", *COLUMNS)

    def beds(self, activities: Sequence[str]) -> pl.DataFrame:
        rows = []
        for activity in (a for a in activities if a in DISCIPLINES):
            column = DISCIPLINES.index(activity)
            before, after = self.before(activity), self.after(activity)
            for site in np.flatnonzero(before + after):
                beds = float(self.baseline.beds[site, column])
                loads = [x[site] * 4 / 366 for x in (before, after)]
                for risk in (0.1, 0.05, 0.01):
                    reach = {0.1: 1.28, 0.05: 1.64, 0.01: 2.33}[risk]
                    needed = [float(np.ceil(x + reach * np.sqrt(x))) for x in loads]
                    rows.append(
                        (self.baseline.sites["finess"][int(site)], activity, risk, beds, *needed)
                    )
        names = ("finess", "activity", "risk", "beds_open")
        return pl.DataFrame(
            rows,
            schema=[*names, "beds_needed_reference", "beds_needed_scenario"],
            orient="row",
        )

    def health(self) -> pl.DataFrame:
        rows = pl.concat(
            [
                self._rows(
                    "effect", [effect], "", "", "death", np.array([x]), np.array([y]), spread
                )
                for effect, x, y, spread in (
                    ("stretcher", 4100.0, 4102.0, 0.2),
                    ("out_of_hospital_birth", 12.0, 14.1, 0.3),
                )
            ]
        ).select("effect", "unit", *COLUMNS)
        labels = [
            _("SYNTHETIC: deaths after a night on a stretcher, patients of 75 and more"),
            _("SYNTHETIC: unplanned births outside a hospital"),
        ]
        return rows.with_columns(
            shown=pl.lit(value=True),
            label=pl.Series(labels, dtype=pl.Object),
            source=pl.lit("SYNTHETIC"),
        )

    def _rows(
        self,
        place: str,
        codes: Any,
        activity: str,
        measure: str,
        unit: str,
        before: Floats,
        after: Floats,
        spread: float = 0.04,
    ) -> pl.DataFrame:
        size = np.sqrt(np.abs(before) + np.abs(after)) * 0.5
        if unit in ("proportion", "ratio", "minute"):
            size = before * spread
        moved = after - before
        chance = np.where(moved == 0, 0.0, 0.05 * np.abs(moved) + 1e-6)
        figures: dict[str, Any] = {}
        for world, value, wide in zip(
            WORLDS, (before, after, moved), (size, size, 2 * chance), strict=True
        ):
            for bound, reach in zip(BOUNDS, _REACH, strict=True):
                drawn = value + reach * wide
                figures[f"{world}_{bound}"] = (
                    drawn if world == "difference" else np.maximum(drawn, 0)
                )
        table = pl.DataFrame({place: codes, **figures})
        return table.with_columns(
            activity=pl.lit(activity),
            measure=pl.lit(measure),
            unit=pl.lit(unit),
            chance=pl.Series(chance),
            parameters=pl.Series(1.7 * chance),
            variants=pl.lit(None, dtype=pl.Float64),
        ).select(place, "activity", "measure", "unit", *COLUMNS)


def _summed(sites: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    keys = [*by, "activity", "measure", "unit"]
    shares = pl.col("unit").is_in(["proportion", "ratio"])
    added = sites.filter(~shares).group_by(keys).agg(pl.col(COLUMNS).sum())
    meant = sites.filter(shares).group_by(keys).agg(pl.col(COLUMNS).mean())
    return pl.concat([added, meant]).sort(keys).select(*keys, *COLUMNS)


def _plane(lon: Floats, lat: Floats) -> Floats:
    """Kilometres on a plane, near enough for figures that a formula makes."""
    return np.stack([(lon - 3) * 76.0, (lat - 46.5) * 111.2], axis=1)


ALL = ACTIVITIES
