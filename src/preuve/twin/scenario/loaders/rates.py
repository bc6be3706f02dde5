"""Rates: use of each activity by age and sex."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import AGES, SEXES, Baseline
from preuve.twin.disciplines import ACTIVITIES
from preuve.twin.scenario.loaders.faults import missing_ages, unknown_codes
from preuve.twin.scenario.table import Column, Format, read_table, refuse

Floats = npt.NDArray[np.float64]


RATES = Format(
    columns=(
        Column("age", "code"),
        Column("sex", "code"),
        Column("activity", "code"),
        Column(
            "stays_per_1000",
            "number",
            units={"stays_per_10000": 0.1, "stays_per_100000": 0.01, "stays_per_inhabitant": 1e3},
        ),
    ),
    key=("activity", "sex", "age"),
)


def read_rates(path: Path, _baseline: Baseline) -> pl.DataFrame:
    """Stays (visits for emergency) per 1,000 residents a year, by age, sex and activity.

    Raises:
        PreuveError: names each faulty line; an activity must have every age and sex.
    """
    table = read_table(path, RATES)
    refuse(
        path,
        [
            *unknown_codes(table, "age", AGES),
            *unknown_codes(table, "sex", SEXES),
            *unknown_codes(table, "activity", ACTIVITIES),
        ],
    )
    refuse(path, missing_ages(table, ("activity",), AGES))
    return table.select("age", "sex", "activity", "stays_per_1000")


def rates_array(rates: pl.DataFrame) -> Floats:
    """Stays per resident and year, nan for an activity without a rate, shape (7, 2, 20)."""
    result = np.full((len(ACTIVITIES), len(SEXES), len(AGES)), np.nan)
    for age, sex, activity, rate in rates.rows():
        result[ACTIVITIES.index(activity), SEXES.index(sex), AGES.index(age)] = rate / 1000
    return result
