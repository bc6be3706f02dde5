"""Build the packaged life table of France from United Nations death rates.

    python scripts/economics/life_table.py [--data FOLDER] [--to FOLDER]

World Population Prospects 2024 gives death rates by five-year age, here those of 2020-2025, the
last period that rests on observed deaths. Single years of age come from the cumulative hazard,
interpolated by a monotone cubic (Fritsch and Carlson 1980) and corrected until the rate of every
group of ages is found again. From 100 on, the hazard follows a logistic curve (Kannisto) fixed by
its value at 100 and the mean life left there, 1 / rate of the open group.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.integrate import cumulative_simpson
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

Floats = NDArray[np.float64]

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("PREUVE_DATA", ROOT.parent / "shared" / "data"))
TABLE = ROOT / "src/preuve/economics/tables/life_table_france.csv"

PERIOD = "2020-2025"
OLDEST = 110
OPEN = 100
SEXES = {"F": "women", "M": "men"}
STEPS = 20
"""Parts of a year of age in numerical integrals."""


def death_rates(data: Path, sex: str) -> tuple[NDArray[np.int64], Floats]:
    """First ages of the groups, and their death rates per person-year."""
    table = pl.read_csv(data / "un_wpp2024_france_mx.csv.gz")
    rows = table.filter((pl.col("sex") == sex) & (pl.col("period") == PERIOD)).sort("age")
    return rows["age"].to_numpy(), rows["mx"].to_numpy()


def cumulative_hazard(ages: NDArray[np.int64], rates: Floats) -> Floats:
    """Cumulative hazard at ages 0, 1/STEPS, ..., OPEN, that gives back the rate of each group."""
    fine = np.arange(OPEN * STEPS + 1) / STEPS
    widths = np.diff(ages)
    parts = widths * rates[:-1]
    for _ in range(50):
        hazard: Floats = PchipInterpolator(ages, np.append(0.0, np.cumsum(parts)))(fine)
        error = rates[:-1] / group_rates(ages, hazard)
        parts = parts * error
        if np.abs(error - 1).max() < 1e-10:
            return hazard
    raise ArithmeticError("the rates of the groups were not found again")


def group_rates(ages: NDArray[np.int64], hazard: Floats) -> Floats:
    """Death rates of the closed groups of ages under a cumulative hazard on the fine grid."""
    survival = np.exp(-hazard)
    lived = cumulative_simpson(survival, dx=1 / STEPS, initial=0.0)
    edges = ages * STEPS
    return np.asarray(-np.diff(survival[edges]) / np.diff(lived[edges]))


def oldest_hazard(start: float, rate: float) -> Floats:
    """Cumulative hazard 0, 1, ... years after OPEN: logistic from `start`, mean life 1 / `rate`."""
    years = np.arange(60 * STEPS + 1) / STEPS
    odds = start / (1 - start)

    def cumulative(slope: float) -> Floats:
        return np.asarray(np.log1p(odds * np.expm1(slope * years) / (1 + odds)) / slope)

    def gap(slope: float) -> float:
        lived = cumulative_simpson(np.exp(-cumulative(slope)), dx=1 / STEPS)[-1]
        return float(lived - 1 / rate)

    return cumulative(brentq(gap, 1e-6, 1.0))[::STEPS][: OLDEST - OPEN + 1]


def probabilities(data: Path, sex: str) -> Floats:
    """Probability of death within the year from each age 0 to OLDEST; the last closes the table."""
    ages, rates = death_rates(data, sex)
    hazard = cumulative_hazard(ages, rates)
    whole = hazard[::STEPS]
    annual = np.diff(whole)
    start = annual[-1] * np.sqrt(annual[-1] / annual[-2])
    annual = np.concatenate([annual, np.diff(oldest_hazard(start, rates[-1]))])
    return np.append(-np.expm1(-annual), 1.0)


def share_of_women(data: Path, survival: dict[str, Floats]) -> Floats:
    """Share of women at each age 0 to OLDEST on 1 January 2021.

    Shares of five-year ages stand at the middle of the group, with straight lines between; from
    97 on the share moves with the survival of each sex.
    """
    people = (
        pl.read_parquet(data / "population_dep_sex_age5_1975_2021.parquet")
        .with_columns(pl.col("sex", "age").cast(pl.String))
        .filter(pl.col("year") == 2021)
        .group_by("sex", "age")
        .agg(pl.col("pop").sum())
        .pivot(on="sex", index="age", values="pop")
        .sort("age")
    )
    share = (people["F"] / (people["F"] + people["M"])).to_numpy()
    ages = np.arange(OLDEST + 1)
    shares = np.interp(ages + 0.5, np.arange(len(share)) * 5 + 2.5, share)
    odds = survival["F"] / survival["M"]
    last = share[-1] / (1 - share[-1]) * odds[97:] / odds[97]
    shares[97:] = last / (1 + last)
    return np.asarray(shares)


def life_table(data: Path) -> pl.DataFrame:
    """The packaged table: age, then the probability of death of women, of men, of both sexes.

    Args:
        data: the folder of open French data.
    """
    death = {sex: probabilities(data, sex) for sex in SEXES}
    survival = {sex: np.cumprod(np.append(1.0, 1 - q[:-1])) for sex, q in death.items()}
    women = share_of_women(data, survival)
    both = women * death["F"] + (1 - women) * death["M"]
    columns = {SEXES[sex]: q for sex, q in death.items()} | {"both": both}
    return pl.DataFrame({"age": np.arange(OLDEST + 1)} | columns).with_columns(
        pl.exclude("age").round(8)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--to", type=Path, default=TABLE)
    arguments = parser.parse_args()
    life_table(arguments.data / "france").write_csv(arguments.to)


if __name__ == "__main__":
    main()
