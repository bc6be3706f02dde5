"""The packaged life table of France: its laws, and the figures that INSEE published."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import preuve

TABLE = Path(preuve.__file__).parent / "economics/tables/life_table_france.csv"
SCRIPT = Path(__file__).parents[2] / "scripts/economics/life_table.py"
SEXES = ("women", "men", "both")

INSEE_2024 = {"women": 85.6, "men": 80.0}
"""Life expectancy at birth, France: INSEE, Bilan démographique 2024 (14 January 2025)."""


@pytest.fixture(scope="module")
def death() -> dict[str, NDArray[np.float64]]:
    table = pl.read_csv(TABLE)
    return {sex: table[sex].to_numpy() for sex in SEXES}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("life_table_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expectancy(death: NDArray[np.float64], age: int) -> float:
    """Mean years left at an age, deaths in the middle of the year."""
    survival = np.cumprod(np.append(1.0, 1 - death[age:]))
    return float(survival.sum() - 0.5)


def test_one_row_for_every_age() -> None:
    table = pl.read_csv(TABLE)
    assert table.columns == ["age", *SEXES]
    assert table["age"].to_list() == list(range(111))


@pytest.mark.parametrize("sex", SEXES)
def test_probabilities_close_at_the_last_age(
    death: dict[str, NDArray[np.float64]], sex: str
) -> None:
    q = death[sex]
    assert len(q) == 111
    assert np.all((q > 0) & (q <= 1))
    assert q[-1] == 1
    assert np.all(np.diff(q[30:]) > 0)


@pytest.mark.parametrize(("sex", "published"), INSEE_2024.items())
def test_life_expectancy_is_that_of_insee(
    death: dict[str, NDArray[np.float64]], sex: str, published: float
) -> None:
    assert expectancy(death[sex], 0) == pytest.approx(published, abs=0.3)


def test_both_sexes_lie_between_and_follow_women_at_great_age(
    death: dict[str, NDArray[np.float64]],
) -> None:
    women, men, both = (death[sex][:-1] for sex in SEXES)
    assert np.all((women < both) & (both < men))
    share = (men - both) / (men - women)
    assert share[0] == pytest.approx(0.49, abs=0.01)
    assert share[95] > 0.75


def test_script_gives_back_the_rate_of_every_group(script: ModuleType, data_root: Path) -> None:
    for sex in ("F", "M"):
        ages, rates = script.death_rates(data_root / "france", sex)
        hazard = script.cumulative_hazard(ages, rates)
        assert script.group_rates(ages, hazard) == pytest.approx(rates[:-1], rel=1e-8)


def test_packaged_table_is_what_the_script_builds(script: ModuleType, data_root: Path) -> None:
    built = script.life_table(data_root / "france")
    packaged = pl.read_csv(TABLE)
    assert built.columns == packaged.columns
    assert built.to_numpy() == pytest.approx(packaged.to_numpy(), abs=1e-8)
