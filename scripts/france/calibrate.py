"""Calibrate the flow: find what must be asked so that each site gives back its stays and days.

Usage: python scripts/france/calibrate.py

Writes `calibration.parquet` beside the packaged tables; run it after build.py, and after any
change of the flow. The central parameters are used; two seeds are averaged each round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin import uncertain
from preuve.twin.assembly import Assembly
from preuve.twin.baseline import PACKAGED, YEARS, Baseline
from preuve.twin.disciplines import DISCIPLINES
from preuve.twin.flow.simulation import simulate
from preuve.twin.parameters import central
from preuve.twin.world import Rules

Floats = npt.NDArray[np.float64]

ROUNDS, SEEDS, STEP = 10, 2, 0.6
SMALL = 3.0
"""Added to both sides of a ratio, so that chance does not push the factor of a small service."""
ASKED, STAY = (0.5, 1.5), (0.5, 1.5)
"""Bounds of the factors: what would need more is left uncalibrated to that extent."""


def calibrate(baseline: Baseline) -> tuple[Floats, Floats]:
    """Factors of arrivals and of stays, shapes (S, D)."""
    asked, stay = np.ones_like(baseline.stays), np.ones_like(baseline.stays)
    first = np.datetime64(f"{baseline.year}-01-01")
    period = np.arange(first, np.datetime64(f"{baseline.year + 1}-01-01"))
    for _round in range(ROUNDS):
        assembly = Assembly(baseline, (), Rules(), period, asked, stay)
        stays, days = _simulated(assembly)
        asked = _moved(asked, baseline.stays + SMALL, stays + SMALL, ASKED)
        with np.errstate(divide="ignore", invalid="ignore"):
            stay = _moved(stay, baseline.days / baseline.stays, days / stays, STAY)
    return asked, stay


def _simulated(assembly: Assembly) -> tuple[Floats, Floats]:
    values = central(uncertain.PARAMETERS)
    stays, days = np.zeros_like(assembly.beds), np.zeros_like(assembly.beds)
    for seed in range(SEEDS):
        flow = simulate(assembly.make(values, seed, None, changed=False).world, seed)
        stays += flow.count("stays") / SEEDS
        days += flow.count("days") / SEEDS
    return stays, days


def _moved(factor: Floats, wanted: Floats, found: Floats, bounds: tuple[float, float]) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((wanted > 0) & (found > 0), wanted / found, 1.0)
    return np.clip(factor * np.nan_to_num(ratio, nan=1.0) ** STEP, *bounds)


def table(baseline: Baseline, asked: Floats, stay: Floats) -> pl.DataFrame:
    """One row per site, factors in thousandths."""
    columns = {
        f"{name}_{discipline}": pl.Series(np.rint(1000 * factor[:, d]), dtype=pl.Int16)
        for name, factor in (("asked", asked), ("stay", stay))
        for d, discipline in enumerate(DISCIPLINES)
    }
    sites = baseline.sites["finess"]
    year = pl.Series("year", [baseline.year] * len(sites), dtype=pl.Int16)
    return pl.DataFrame([year, sites]).with_columns(**columns)


def main() -> None:
    """Calibrate every packaged year."""
    tables = []
    for year in YEARS:
        baseline = Baseline.load(year)
        asked, stay = calibrate(baseline)
        tables.append(table(baseline, asked, stay))
        period = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
        stays, days = _simulated(Assembly(baseline, (), Rules(), period, asked, stay))
        wards = stays[:, :4].sum() / baseline.total_stays
        print(
            f"{year}: stays {wards:.4f}, days {days[:, :5].sum() / baseline.days[:, :5].sum():.4f}"
        )
    path = PACKAGED / "calibration.parquet"
    pl.concat(tables).write_parquet(
        path, compression="zstd", compression_level=19, statistics=False
    )
    print(f"{path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
