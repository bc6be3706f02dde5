"""The packaged figures of France hold the published totals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from preuve.core.errors import PreuveError
from preuve.twin.baseline import PACKAGED, YEARS, Baseline, packaged

STAYS = {2019: 11.05, 2020: 9.87, 2021: 10.27, 2022: 10.17, 2023: 10.24, 2024: 10.49}
MEAN_STAY = {2019: 5.03, 2020: 5.09, 2021: 4.97, 2022: 4.99, 2023: 4.94, 2024: 4.87}
OCCUPANCY = {2019: 0.773, 2020: 0.719, 2021: 0.738, 2022: 0.754, 2023: 0.763, 2024: 0.775}
VISITS = {2019: 21.95, 2020: 18.15, 2021: 20.37, 2022: 21.63, 2023: 20.89, 2024: 21.43}
BIRTHS = {2019: 758_881, 2020: 738_989, 2021: 746_007, 2022: 731_348, 2023: 680_464, 2024: 664_947}
"""DREES, Statistique annuelle des établissements: totals of the establishments' forms."""


@pytest.mark.parametrize("year", YEARS)
def test_totals_of_every_year(year: int) -> None:
    baseline = Baseline.load(year)
    length = 366 if year % 4 == 0 else 365
    days = baseline.days[:, :5].sum()
    assert baseline.total_stays / 1e6 == pytest.approx(STAYS[year], abs=0.005)
    assert days / baseline.total_stays == pytest.approx(MEAN_STAY[year], abs=0.005)
    assert days / (baseline.beds[:, :5].sum() * length) == pytest.approx(OCCUPANCY[year], abs=5e-4)
    assert baseline.visits.sum() / 1e6 == pytest.approx(VISITS[year], abs=0.005)
    assert baseline.births.sum() == BIRTHS[year]


def test_population_of_2021_is_that_of_insee() -> None:
    assert Baseline.load(2024).population.sum() == 67_407_241


def test_no_figure_is_negative_and_every_site_has_a_place() -> None:
    for year in YEARS:
        baseline = Baseline.load(year)
        for array in (baseline.beds, baseline.stays, baseline.days, baseline.visits):
            assert np.isfinite(array).all()
            assert (array >= 0).all()
        assert baseline.sites.null_count().sum_horizontal().item() == 0
        assert not baseline.sites["finess"].is_duplicated().any()


def test_a_year_without_figures() -> None:
    with pytest.raises(PreuveError, match="no figures of 2018"):
        Baseline.load(2018)


def test_the_package_stays_under_three_megabytes() -> None:
    assert sum(path.stat().st_size for path in PACKAGED.iterdir()) <= 3_000_000


def test_the_script_builds_what_is_packaged(data_root: Path, tmp_path: Path) -> None:
    script = Path("scripts/france/build.py").resolve()
    command = [sys.executable, str(script), "--data", str(data_root / "france")]
    subprocess.run([*command, "--into", str(tmp_path)], check=True, capture_output=True)
    built = {path.name for path in tmp_path.iterdir()}
    apart = {"sources.yaml", "calibration.parquet"}
    assert built == {path.name for path in PACKAGED.iterdir()} - apart
    for path in sorted(tmp_path.glob("*.parquet")):
        assert_frame_equal(packaged(path.stem), pl.read_parquet(tmp_path / path.name))
