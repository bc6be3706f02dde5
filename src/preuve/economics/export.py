"""Export: an appraisal as labelled tables that any tool reads (Parquet), and its record (JSON)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from preuve.core.distribution import Floats
from preuve.core.record import canonical, write_whole
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.appraisal import Appraisal
from preuve.economics.outcomes import Outcomes

WHOLE = 0
"""The year of a sum over the whole horizon."""


def write(appraisal: Appraisal, folder: Path) -> tuple[Path, ...]:
    """Write the tables of an appraisal.

    `outcomes.parquet`: draw, strategy, outcome, payer, item, year, value: discounted over the whole
    horizon where year is 0, else undiscounted in that year. `figures.parquet`: draw, figure, value.
    `trace.parquet`: share of people by state over time, base case. `appraisal.json`: the means,
    their intervals and where everything comes from.

    Returns:
        The paths.
    """
    tables = {
        "outcomes.parquet": outcomes(appraisal.drawn),
        "figures.parquet": figures(appraisal.draws),
    }
    if appraisal.base.trace is not None:
        tables["trace.parquet"] = trace(appraisal)
    paths = []
    for name, table in tables.items():
        held = io.BytesIO()
        table.write_parquet(held, compression="zstd")
        write_whole(folder / name, held.getvalue())
        paths.append(folder / name)
    write_whole(folder / "appraisal.json", canonical(record(appraisal)) + b"\n")
    return (*paths, folder / "appraisal.json")


def outcomes(found: Outcomes) -> pl.DataFrame:
    """Every cost and effect by draw, strategy, payer, item and year."""
    parts = [_labelled(found, *one) for one in _series(found)]
    labels = ("strategy", "outcome", "payer", "item")
    return pl.concat(parts).with_columns(pl.col(name).cast(pl.Categorical) for name in labels)


def _series(found: Outcomes) -> Iterator[tuple[int, str, str, str, int, Floats]]:
    items, yearly = found.costs_by_item(), found.yearly_by_item()
    shares = np.broadcast_to(found.payer_share, (*found.payer_share.shape[:3], found.draws))
    for k in range(len(found.strategies)):
        for e, effect in enumerate(found.effects):
            yield k, effect, "", "", WHOLE, found.effect_of(effect)[k]
            for year in range(found.years):
                yield k, effect, "", "", year + 1, found.effect[k, e, -found.years + year]
        for i, item in enumerate(found.items):
            for p, payer in enumerate(found.payers):
                if not np.any(shares[k, i, p]) or not np.any(items[:, i]):
                    continue
                yield k, "cost", payer, item, WHOLE, items[k, i] * shares[k, i, p]
                for year in range(found.years):
                    spent = yearly[k, i, year] * shares[k, i, p]
                    yield k, "cost", payer, item, year + 1, spent


def _labelled(
    found: Outcomes, k: int, outcome: str, payer: str, item: str, year: int, values: Floats
) -> pl.DataFrame:
    return pl.DataFrame({"draw": np.arange(len(values), dtype=np.int32), "value": values}).select(
        "draw",
        pl.lit(found.strategies[k]).alias("strategy"),
        pl.lit(outcome).alias("outcome"),
        pl.lit(payer).alias("payer"),
        pl.lit(item).alias("item"),
        pl.lit(year, dtype=pl.Int16).alias("year"),
        "value",
    )


def figures(draws: Mapping[str, Floats]) -> pl.DataFrame:
    """Every figure drawn."""
    if not draws:
        return pl.DataFrame(schema={"draw": pl.Int32, "figure": pl.String, "value": pl.Float64})
    return pl.concat(
        pl.DataFrame({"draw": np.arange(len(one), dtype=np.int32), "value": one}).select(
            "draw", pl.lit(name).alias("figure"), "value"
        )
        for name, one in draws.items()
    )


def trace(appraisal: Appraisal) -> pl.DataFrame:
    """Shares of people by state at each point of time, base case."""
    base = appraisal.base
    assert base.trace is not None
    length = appraisal.model.compiled.cycle.years
    return pl.concat(
        pl.DataFrame(
            {
                "strategy": strategy,
                "state": state,
                "year": np.arange(base.trace.shape[1]) * length,
                "share": base.trace[k, :, s],
            }
        )
        for k, strategy in enumerate(base.strategies)
        for s, state in enumerate(base.states)
    )


def record(appraisal: Appraisal) -> dict[str, Any]:
    """What was found, in figures, each with its interval."""
    return {
        "schema": "preuve/appraisal/1",
        "provenance": dict(appraisal.provenance),
        "synthetic": appraisal.synthetic,
        "willingness_to_pay": appraisal.willingness,
        "strategies": {
            name: {
                "cost": mean_and_bounds(appraisal.drawn.costs[k]),
                "effect": mean_and_bounds(appraisal.drawn.traded[k]),
                "base_cost": float(appraisal.base.costs[k, 0]),
                "base_effect": float(appraisal.base.traded[k, 0]),
            }
            for k, name in enumerate(appraisal.drawn.strategies)
        },
        "increments": {
            name: {
                "cost": [plane.cost.mean, plane.cost.low, plane.cost.high],
                "effect": [plane.effect.mean, plane.effect.low, plane.effect.high],
                "ratio": {"meaning": plane.ratio.meaning, "value": plane.ratio.value},
            }
            for name, plane in appraisal.planes.items()
        },
        "invariants": {law.name: law.departure for law in appraisal.invariants},
        "reservations": {
            one.rule.id: one.reservation for one in appraisal.findings if one.reservation
        },
    }
