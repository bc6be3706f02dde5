"""Death rates and remaining life by sex and age, from the World Population Prospects 2024.

United Nations, World Population Prospects 2024, CC BY 3.0 IGO; France, 2020 to 2025.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

PERIOD = "2020-2025"
AGES = (*(f"{age:02d}-{age + 4:02d}" for age in range(0, 95, 5)), "95+")
FIRST_YEAR_LIVED = 0.1
"""Years lived in the first year of life by those who die in it."""


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """`remaining_life`: sex, age (five years), death_rate (a year), remaining (years)."""
    rates = pl.read_csv(data / "un_wpp2024_france_mx.csv.gz").filter(pl.col("period") == PERIOD)
    return {
        "remaining_life": pl.concat(
            life_table(rates.filter(pl.col("sex") == sex).sort("age")).with_columns(sex=pl.lit(sex))
            for sex in ("F", "M")
        ).select("sex", "age", pl.col("death_rate", "remaining").cast(pl.Float32))
    }


def life_table(rates: pl.DataFrame) -> pl.DataFrame:
    """Abridged life table of one sex; `age` (first of the group) and `mx` in order of age.

    `remaining` is the life that those who die in an age group would still have had, had they
    escaped: the expectation halfway through the group.
    """
    start = rates["age"].to_numpy().astype(float)
    rate = rates["mx"].to_numpy()
    width = np.diff(start)
    before = np.where(start[:-1] == 0, FIRST_YEAR_LIVED, width / 2)
    dying = np.append(width * rate[:-1] / (1 + (width - before) * rate[:-1]), 1.0)
    alive = np.append(1.0, np.cumprod(1 - dying[:-1]))
    deaths = alive * dying
    lived = deaths / rate
    expectation = np.cumsum(lived[::-1])[::-1] / alive
    halfway = (expectation + np.append(expectation[1:], expectation[-1])) / 2
    groups = pl.DataFrame(
        {
            "age": [AGES[min(int(age) // 5, len(AGES) - 1)] for age in start],
            "deaths": deaths,
            "lived": lived,
            "left": deaths * halfway,
        }
    )
    return (
        groups.group_by("age", maintain_order=True)
        .sum()
        .select(
            "age",
            death_rate=pl.col("deaths") / pl.col("lived"),
            remaining=pl.col("left") / pl.col("deaths"),
        )
    )
