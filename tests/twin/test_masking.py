from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preuve.twin.baseline import packaged
from preuve.twin.complement import KNOWN, Balance, Sum, complement, determined
from preuve.twin.impact import COLUMNS, Impact
from preuve.twin.masking import DERIVED, PEOPLE, SMALLEST, masked

K = SMALLEST


@pytest.fixture(scope="module")
def impact(make_impact: Callable[..., Impact]) -> Impact:
    return make_impact(("obstetrics", "emergency"), days=30)


@pytest.fixture(scope="module")
def tables(impact: Impact) -> dict[str, pl.DataFrame]:
    return masked(impact)


def attacked(hidden: np.ndarray, sums: Sequence[Sum]) -> np.ndarray:
    """Rows that exact linear algebra gives back: those whose unit vector is a sum of equations."""
    place = np.flatnonzero(hidden)
    matrix = np.zeros((len(sums), len(hidden)))
    for number, one in enumerate(sums):
        matrix[number, one.parts] = 1
        if one.whole != KNOWN:
            matrix[number, one.whole] = -1
    matrix = matrix[:, place]
    _left, size, right = np.linalg.svd(matrix, full_matrices=False)
    basis = right[size > 1e-9]
    found = np.zeros(len(hidden), dtype=bool)
    found[place] = np.isclose((basis**2).sum(axis=0), 1)
    return found


@st.composite
def squares(draw: st.DrawFn) -> tuple[np.ndarray, list[Sum]]:
    """A table of counts with its margins, drawn."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    count = st.one_of(st.just(0), st.integers(1, 14), st.integers(1, 400))
    cells = draw(st.lists(count, min_size=height * width, max_size=height * width))
    return square(np.array(cells).reshape(height, width))


def square(inside: np.ndarray) -> tuple[np.ndarray, list[Sum]]:
    """A table of counts with its margins: rows are places, columns activities, then the wholes."""
    (height, width), cells = inside.shape, inside.ravel()
    rows, columns = inside.sum(axis=1), inside.sum(axis=0)
    values = np.concatenate([cells, rows, columns, [cells.sum()]]).astype(float)
    index = np.arange(height * width).reshape(height, width)
    start = height * width
    sums = [Sum(start + i, index[i]) for i in range(height)]
    sums += [Sum(start + height + j, index[:, j]) for j in range(width)]
    whole = len(values) - 1
    sums += [
        Sum(whole, start + np.arange(height)),
        Sum(whole, start + height + np.arange(width)),
    ]
    return values[:, None], sums


@given(squares())
@example(square(np.array([[1, 10, 0], [0, 0, 10], [0, 0, 0], [0, 1, 1]])))
@settings(max_examples=150, deadline=None)
def test_linear_algebra_gives_back_no_small_count(made: tuple[np.ndarray, list[Sum]]) -> None:
    values, sums = made
    small = (values[:, 0] > 0) & (values[:, 0] < K)
    hidden = complement(values, small, sums, [], K)
    assert hidden[small].all()
    left = attacked(hidden, sums) & small
    alone = hidden[(values[:, 0] > 0)].all()  # a table with nobody else to hide among
    assert not left.any() or alone


@given(squares())
@settings(max_examples=100, deadline=None)
def test_no_sum_leaves_a_small_remainder(made: tuple[np.ndarray, list[Sum]]) -> None:
    values, sums = made
    small = (values[:, 0] > 0) & (values[:, 0] < K)
    hidden = complement(values, small, sums, [], K)
    for one in sums:
        within = one.parts[hidden[one.parts]]
        if hidden[one.whole] or not len(within):
            continue
        together = values[within, 0].sum()
        shown = one.parts[~hidden[one.parts] & (values[one.parts, 0] > 0)]
        assert together == 0 or together >= K or not len(shown)


@given(squares())
@settings(max_examples=100, deadline=None)
def test_the_audit_agrees_with_exact_algebra(made: tuple[np.ndarray, list[Sum]]) -> None:
    values, sums = made
    hidden = (values[:, 0] > 0) & (values[:, 0] < 60)
    assert (determined(hidden, sums) == (attacked(hidden, sums) & hidden)).all()


def test_a_bridge_between_two_squares_is_not_left_open() -> None:
    """Each line and column has two masked cells, yet one cell is known: local rules miss it."""
    cells = np.full((4, 4), 50.0)
    index = np.arange(16).reshape(4, 4)
    sums = [*(Sum(KNOWN, index[i]) for i in range(4)), *(Sum(KNOWN, index[:, j]) for j in range(4))]
    small = np.zeros(16, dtype=bool)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)):
        cells[i, j] = 7.0
        small[index[i, j]] = True
    assert attacked(small, sums)[index[1, 2]]
    hidden = complement(cells.reshape(-1, 1), small, sums, [], K)
    assert not (attacked(hidden, sums) & small).any()


def test_a_balance_hides_none_or_two() -> None:
    values = np.array([[500.0], [20.0], [505.0], [5.0], [10.0]])
    small = values[:, 0] < K
    small[4] = False
    hidden = complement(values, small, [], [Balance(np.arange(5))], K)
    assert hidden.tolist() == [False, False, False, True, True]


def test_zeros_protect_nobody() -> None:
    values = np.array([[5.0], [0.0], [0.0], [40.0]])
    hidden = complement(values, values[:, 0] == 5, [Sum(KNOWN, np.arange(4))], [], K)
    assert hidden.tolist() == [True, False, False, True]


def test_each_world_alone_is_protected() -> None:
    """Two masked parts that hold enough people without the scenario, and too few with it."""
    values = np.array([[8.0, 2.0], [9.0, 2.0], [300.0, 300.0]])
    small = np.array([True, True, False])
    assert complement(values, small, [Sum(KNOWN, np.arange(3))], [], K).all()


# --- on an impact --------------------------------------------------------------------------------


def test_a_masked_row_has_no_figure_at_all(tables: dict[str, pl.DataFrame]) -> None:
    """Neither reference, scenario nor difference: no two of them give the third."""
    for table in tables.values():
        hidden = table.filter("masked")
        assert hidden.select(pl.all_horizontal(pl.col(COLUMNS).is_null())).to_series().all()


def test_every_small_count_is_masked(impact: Impact, tables: dict[str, pl.DataFrame]) -> None:
    for name, table in tables.items():
        whole = getattr(impact, name)
        if name == "days":
            table, whole = (rows.filter(pl.col("region") != "") for rows in (table, whole))
        small = whole.select(
            pl.col("measure").is_in(PEOPLE)
            & pl.any_horizontal(
                (pl.col(f"{world}_value") >= 0.05) & (pl.col(f"{world}_value") < K)
                for world in ("reference", "scenario")
            )
        ).to_series()
        if name == "national":
            continue
        assert small.any()
        assert table.filter(small)["masked"].all()


def test_france_is_always_shown(tables: dict[str, pl.DataFrame]) -> None:
    assert not tables["national"]["masked"].any()
    assert not tables["days"].filter(pl.col("region") == "")["masked"].any()


def test_the_days_of_a_region_are_not_worked_out(
    impact: Impact, tables: dict[str, pl.DataFrame]
) -> None:
    """From France less the other régions, or from the sum of the days less the other days."""
    days = tables["days"].with_columns(true=impact.days["reference_value"])
    hidden = days.filter(pl.col("masked") & (pl.col("region") != ""))
    assert hidden.height > 0
    for keys in (["date", "activity", "measure"], ["region", "activity", "measure"]):
        assert (hidden.group_by(keys).len()["len"] > 1).all()


def test_shares_and_minutes_are_shown(tables: dict[str, pl.DataFrame]) -> None:
    minutes = tables["communes"].filter(pl.col("measure") == "minutes")
    assert not minutes["masked"].any()
    assert minutes["reference_value"].null_count() == 0


def test_large_counts_are_mostly_shown(impact: Impact, tables: dict[str, pl.DataFrame]) -> None:
    large = impact.sites.select(
        (pl.col("measure") == "stays") & (pl.col("reference_value") > 200)
    ).to_series()
    assert tables["sites"].filter(large)["masked"].mean() < 0.05  # type: ignore[operator]


def test_what_is_worked_out_from_a_masked_count_is_masked(tables: dict[str, pl.DataFrame]) -> None:
    sites = tables["sites"]
    for measure, counts in DERIVED.items():
        hidden = sites.filter(pl.col("masked") & pl.col("measure").is_in(counts))
        shown = sites.filter((pl.col("measure") == measure) & ~pl.col("masked"))
        assert shown.join(hidden, on=["finess", "activity"], how="semi").is_empty()


def test_no_subtraction_from_a_department_gives_a_site_back(
    impact: Impact, tables: dict[str, pl.DataFrame]
) -> None:
    """Département less its shown sites: never the figure of one site, never a few people."""
    of = packaged("sites").select("finess", "department")
    sites = tables["sites"].select("finess", "activity", "measure", "masked")
    sites = sites.with_columns(true=impact.sites["scenario_value"]).join(of, on="finess")
    wholes = (
        tables["departments"].filter(~pl.col("masked")).select("department", "activity", "measure")
    )
    remainders = (
        sites.filter(pl.col("masked") & pl.col("measure").is_in(PEOPLE) & (pl.col("true") > 0))
        .join(wholes, on=["department", "activity", "measure"])
        .group_by("department", "activity", "measure")
        .agg(pl.len(), pl.col("true").sum())
    )
    assert remainders.height > 0
    assert (remainders["len"] > 1).all()
    assert (remainders["true"] >= K).all()


def test_no_subtraction_from_france_gives_a_region_back(
    impact: Impact, tables: dict[str, pl.DataFrame]
) -> None:
    hidden = tables["regions"].with_columns(true=impact.regions["reference_value"])
    remainders = (
        hidden.filter(pl.col("masked") & pl.col("measure").is_in(PEOPLE))
        .group_by("activity", "measure")
        .agg(pl.len(), pl.col("true").sum())
    )
    assert remainders.height > 0
    assert (remainders["len"] > 1).all()
    assert (remainders["true"] >= K).all()


@pytest.mark.parametrize("smallest", [6, 30])
def test_the_smallest_number_is_chosen(impact: Impact, smallest: int) -> None:
    sites = masked(impact, smallest)["sites"].filter(pl.col("measure").is_in(PEOPLE))
    shown = sites["reference_value"].drop_nulls()
    assert shown.filter((shown >= 0.05) & (shown < smallest)).is_empty()
    assert shown.filter(shown < 40).len() > 0
