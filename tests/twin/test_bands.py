"""Intervals over runs, and the part of chance in their spread."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.formula.api import ols

from preuve.twin.ensemble.bands import bands, spread
from preuve.twin.impact import COLUMNS


def _runs(seed: int, draws: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    names = np.repeat(np.arange(draws), replicates)
    between = generator.normal(0, 3, draws)[names]
    return (between + generator.normal(0, 2, len(names)))[:, None], names


def test_spread_is_the_analysis_of_variance_of_statsmodels() -> None:
    values, draws = _runs(1, 12, 3)
    table = sm.stats.anova_lm(
        ols("y ~ C(draw)", pd.DataFrame({"y": values[:, 0], "draw": draws})).fit()
    )
    within, between = table["mean_sq"]["Residual"], table["mean_sq"]["C(draw)"]
    chance, parameters = spread(values, draws)
    assert chance[0] ** 2 == pytest.approx(within)
    assert parameters[0] ** 2 == pytest.approx((between - within) / 3)


def test_spread_finds_the_variances_that_were_put_in() -> None:
    values, draws = _runs(2, 20_000, 2)
    chance, parameters = spread(values, draws)
    assert chance[0] == pytest.approx(2, rel=0.02)
    assert parameters[0] == pytest.approx(3, rel=0.02)


def test_one_draw_shows_chance_alone() -> None:
    values, _ = _runs(3, 10, 2)
    chance, parameters = spread(values, np.zeros(len(values), dtype=np.int64))
    assert chance[0] == pytest.approx(values.std(ddof=1))
    assert np.isnan(parameters[0])


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 1000))
def test_bounds_are_in_order_and_every_column_is_there(runs: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    reference = generator.normal(size=(runs, width))
    told = bands(reference, [reference + generator.normal(size=(runs, width))], np.arange(runs))
    assert tuple(told) == COLUMNS
    for world in ("reference", "scenario", "difference"):
        rows = [told[f"{world}_{b}"] for b in ("low95", "low80", "value", "high80", "high95")]
        assert all((a <= b + 1e-12).all() for a, b in pairwise(rows))


def test_variants_apart() -> None:
    reference = np.zeros((4, 1))
    told = bands(reference, [reference + 1, reference + 3], np.arange(4))
    assert told["difference_value"][0] == 1
    assert told["variants"][0] == pytest.approx(np.sqrt(2))
