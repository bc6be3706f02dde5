"""SYNTHETIC patients of a hospital: plausible columns, no real person, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from preuve.usecases.heart_disease.data import TABLE
from preuve.usecases.heart_disease.hospitals import Hospital

if TYPE_CHECKING:
    import polars

_RARELY_DONE = ("st_slope", "fluoroscopy_vessels", "thallium")


def patients(hospital: Hospital) -> polars.DataFrame:
    """SYNTHETIC patients, all text, columns as `TABLE` and `synthetic` ("yes").

    A hidden burden of disease, higher in the diseased, moves each column its own way; the
    effects are set by hand to give a discrimination of the order of the real one.
    """
    import polars as pl

    rng = np.random.default_rng(crc32(hospital.node.encode()))
    n = hospital.synthetic_patients
    diseased = np.arange(n) < round(n * hospital.synthetic_prevalence)
    rng.shuffle(diseased)
    burden = rng.normal(np.where(diseased, 0.8, -0.8), 1.0)

    def number(mean: float, effect: float, spread: float, digits: int = 0) -> NDArray[np.str_]:
        values = mean + effect * burden + rng.normal(0, spread, n)
        return np.array([f"{value:.{digits}f}" for value in values])

    def word(words: list[str], cuts: list[float]) -> NDArray[np.str_]:
        return np.array(words)[np.searchsorted(cuts, burden + rng.normal(0, 1.2, n))]

    columns = {
        "case": np.array([f"{hospital.node}-synthetic-{i:04d}" for i in range(1, n + 1)]),
        "age": np.array(
            [str(v) for v in np.clip(rng.normal(53 + 2 * burden, 8), 30, 80).astype(int)]
        ),
        "sex": word(["F", "M"], [-1.0]),
        "chest_pain": word(["atypical", "non_anginal", "typical", "asymptomatic"], [-1, 0, 0.3]),
        "resting_blood_pressure": number(131, 2, 15),
        "cholesterol": number(240, 5, 45),
        "fasting_glucose_above_120": word(["no", "yes"], [1.8]),
        "resting_ecg": word(
            ["normal", "st_t_abnormality", "left_ventricular_hypertrophy"], [0.5, 1.2]
        ),
        "maximum_heart_rate": number(145, -9, 16),
        "exercise_angina": word(["no", "yes"], [0.5]),
        "st_depression": number(0.9, 0.5, 0.7, digits=1),
        "st_slope": word(["upsloping", "flat", "downsloping"], [0.0, 2.2]),
        "fluoroscopy_vessels": word(["0", "1", "2", "3"], [0.6, 1.5, 2.2]),
        "thallium": word(["normal", "fixed_defect", "reversible_defect"], [0.3, 0.6]),
        "narrowing": np.where(diseased, rng.integers(1, 5, n), 0).astype(np.str_),
    }
    for name in _RARELY_DONE if hospital.rarely_done else ():
        columns[name] = np.where(rng.random(n) < 0.7, "", columns[name])
    table = pl.DataFrame({name: columns[name] for name in TABLE})
    return table.with_columns(pl.all().replace("", None), pl.lit("yes").alias("synthetic"))
