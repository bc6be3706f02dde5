"""Communes with people and places, outlines of départements, people by département, sex and age."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl


def communes(data: Path) -> pl.DataFrame:
    """Code, name, département, région, residents and a point inside, one row per commune."""
    table = pl.read_parquet(data / "communes_pop2021_centroids.parquet")
    return table.select(
        pl.col("com").alias("commune"),
        "name",
        pl.col("dep").cast(pl.String).alias("department"),
        pl.col("reg").cast(pl.String).alias("region"),
        pl.col("pop").cast(pl.Int32).alias("population"),
        pl.col("lon").cast(pl.Float32).round(3),
        pl.col("lat").cast(pl.Float32).round(3),
    ).sort("commune")


def population(data: Path) -> pl.DataFrame:
    """Residents on 1 January 1990 to 2021: year, département, sex, one column per age group."""
    table = pl.read_parquet(data / "population_dep_sex_age5_1975_2021.parquet")
    return (
        table.with_columns(pl.col("dep", "sex", "age").cast(pl.String))
        .filter(pl.col("year") >= 1990)
        .pivot(on="age", index=["year", "dep", "sex"], values="pop", sort_columns=True)
        .rename({"dep": "department"})
        .sort("year", "department", "sex")
    )


def outlines(data: Path) -> bytes:
    """The GeoJSON of the 101 départements, coordinates rounded to 0.005°, gzipped."""
    with gzip.open(data / "departements_simplified.geojson.gz") as stream:
        collection = json.load(stream)
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": feature["properties"]["code"],
                "name": feature["properties"]["nom"],
            },
            "geometry": {
                "type": feature["geometry"]["type"],
                "coordinates": _rounded(feature["geometry"]["coordinates"]),
            },
        }
        for feature in collection["features"]
    ]
    text = json.dumps(
        {"type": "FeatureCollection", "features": features},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return gzip.compress(text.encode(), mtime=0)


def _rounded(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return round(value, 3)
    return [_rounded(part) for part in value]
