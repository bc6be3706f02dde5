"""Consequences: the effects on health of the runs, each apart, without and with the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.core.language import both
from preuve.twin.disciplines import CRITICAL_CARE
from preuve.twin.effects import health
from preuve.twin.ensemble.bands import bands
from preuve.twin.ensemble.compare import REFERENCE, Runs
from preuve.twin.ensemble.outcome import stacked
from preuve.twin.impact import COLUMNS
from preuve.twin.world import SERVICE_MEASURES, SITE_MEASURES

Floats = npt.NDArray[np.float64]


def table(
    runs: Runs,
    values: Mapping[str, Floats],
    births: Mapping[str, Floats] | None,
    wanted: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Table `health` of an impact.

    Args:
        runs: the ensemble.
        values: drawn parameters, one value per run, shape (R,) each.
        births: births by band of distance of each world, shape (R, 4), where maternities change.
        wanted: effects to tell, by name; those shown by default where None.
    """
    worlds = (REFERENCE, *runs.variants)
    asked = [effect for effect in health.EFFECTS if _told(effect, wanted)]
    names = [effect.name for effect in asked]
    found = [health.effects(_counts(runs, world, births), values, names) for world in worlds]
    rows = []
    for effect in asked:
        if effect.name not in found[0]:
            continue
        figures = [np.asarray(world[effect.name])[:, None] for world in found]
        if not any(values_.any() for values_ in figures):
            continue
        told = bands(figures[0], figures[1:], runs.draws)
        rows.append(
            {
                "effect": effect.name,
                "unit": effect.unit,
                "shown": effect.shown,
                "label_fr": both(effect.label)["fr"],
                "label_en": both(effect.label)["en"],
                "source_fr": both(effect.source)["fr"],
                "source_en": both(effect.source)["en"],
                **{name: float(told[name][0]) for name in COLUMNS},
            }
        )
    return pl.DataFrame(rows) if rows else _nothing()


def _told(effect: health.Effect, wanted: Sequence[str] | None) -> bool:
    return effect.shown if wanted is None else effect.name in wanted


def _counts(runs: Runs, world: str, births: Mapping[str, Floats] | None) -> Mapping[str, Floats]:
    elderly = SITE_MEASURES.index("boarded_nights_elderly")
    refused = SERVICE_MEASURES.index("refused")
    counts = {
        "boarded_nights_elderly": stacked(
            runs.paths, world, "sites", lambda sites: sites[:, elderly].sum()
        ).astype(np.float64),
        "critical_refusals": stacked(
            runs.paths, world, "services", lambda s: s[:, CRITICAL_CARE, refused].sum()
        ).astype(np.float64),
        "heat_deaths": stacked(
            runs.paths, world, "expected.heat_deaths", lambda deaths: deaths.sum()
        ),
    }
    return counts if births is None else {**counts, "births_by_distance": births[world]}


def _nothing() -> pl.DataFrame:
    texts = ("effect", "unit", "label_fr", "label_en", "source_fr", "source_en")
    return pl.DataFrame(
        schema={
            **dict.fromkeys(texts, pl.String),
            "shown": pl.Boolean,
            **dict.fromkeys(COLUMNS, pl.Float64),
        }
    )
