"""Calibration: what makes the flow of the baseline give back its own stays and days."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import PACKAGED, Baseline, packaged
from preuve.twin.disciplines import DISCIPLINES

Floats = npt.NDArray[np.float64]


def calibration(baseline: Baseline) -> tuple[Floats, Floats]:
    """Factors of arrivals and of stays of each service, shapes (S, D); 1 where not calibrated.

    A stay that is counted at a site may have been asked elsewhere, and a day may have been spent
    waiting for rehabilitation: the factors undo what the flow adds, so that what comes out of it
    is what was declared.
    """
    shape = baseline.stays.shape
    if not (PACKAGED / "calibration.parquet").exists():
        return np.ones(shape), np.ones(shape)
    rows = baseline.sites.select("finess").join(
        packaged("calibration").filter(pl.col("year") == baseline.year), on="finess", how="left"
    )

    def factors(name: str) -> Floats:
        columns = rows.select(
            pl.col(f"{name}_{discipline}").cast(pl.Float64).fill_null(1000) / 1000
            for discipline in DISCIPLINES
        )
        return columns.to_numpy().astype(np.float64)

    return factors("asked"), factors("stay")
