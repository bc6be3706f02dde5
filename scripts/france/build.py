"""Build the figures of France that travel with the package, and print the totals they hold.

Usage: python scripts/france/build.py [--data ../shared/data/france] [--into FOLDER]

Every table is aggregated open data; `sources.yaml` beside the tables names producer, licence and
date of each. The whole stays under 3 MB.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import carers
import demography
import establishments
import health
import heat
import polars as pl
import primary_care
import season
import territory

INTO = Path(__file__).resolve().parents[2] / "src" / "preuve" / "twin" / "france"
LAYERS = (demography, season, heat, health, carers, primary_care)
"""Each gives the tables of one layer: a function `tables(data)`."""

MOST_BYTES = 3_000_000


def build(data: Path, into: Path = INTO) -> None:
    """Write every packaged table."""
    into.mkdir(parents=True, exist_ok=True)
    panel = establishments.panel(data)
    _write(panel, into / "panel.parquet")
    _write(establishments.sites(data, panel), into / "sites.parquet")
    _write(territory.communes(data), into / "communes.parquet")
    _write(territory.population(data), into / "population.parquet")
    for layer in LAYERS:
        for name, table in layer.tables(data).items():
            _write(table, into / f"{name}.parquet")
    (into / "departments.geojson.gz").write_bytes(territory.outlines(data))
    _say(panel, into)


def _write(table: pl.DataFrame, path: Path) -> None:
    table.write_parquet(path, compression="zstd", compression_level=19, statistics=False)


def _say(panel: pl.DataFrame, into: Path) -> None:
    stays = pl.sum_horizontal("stays_medicine", "stays_surgery", "stays_obstetrics")
    stays = stays + pl.col("stays_paediatrics")
    acute = [d for d in establishments.DISCIPLINES if d != "rehabilitation"]
    totals = panel.group_by("year").agg(
        stays=stays.sum(),
        days=pl.sum_horizontal(f"days_{d}" for d in acute).sum(),
        open_bed_days=pl.sum_horizontal(f"open_{d}" for d in acute).sum(),
        visits=pl.col("visits").sum(),
        births=pl.col("births").sum(),
    )
    for row in totals.sort("year").iter_rows(named=True):
        print(
            f"{row['year']}: {row['stays'] / 1e6:.2f} M stays, "
            f"{row['days'] / row['stays']:.2f} days, "
            f"occupancy {row['days'] / row['open_bed_days']:.3f}, "
            f"{row['visits'] / 1e6:.2f} M visits, {row['births']:,} births"
        )
    size = sum(path.stat().st_size for path in into.iterdir() if path.is_file())
    print(f"{size / 1e6:.2f} MB packaged")
    if size > MOST_BYTES:
        raise SystemExit(f"The packaged figures pass {MOST_BYTES / 1e6:.0f} MB.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    root = Path(os.environ.get("PREUVE_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=root / "france")
    parser.add_argument("--into", type=Path, default=INTO)
    arguments = parser.parse_args()
    build(arguments.data, arguments.into)
