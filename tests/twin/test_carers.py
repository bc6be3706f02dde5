"""Carers: hours that add up, beds that staff keeps open, the regression against a known one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import polars.testing
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from preuve.core.errors import PreuveError
from preuve.twin.baseline import PACKAGED, Baseline, packaged
from preuve.twin.disciplines import CRITICAL_CARE, DISCIPLINES, REHABILITATION
from preuve.twin.effects import carers
from preuve.twin.parameters import central

VALUES = central(carers.PARAMETERS)
SCRIPTS = Path(__file__).parents[2] / "scripts" / "france"
Beds = hnp.arrays(np.float64, (3, 4, 6), elements=st.integers(0, 400).map(float))


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    sys.path.insert(0, str(SCRIPTS))
    spec = importlib.util.spec_from_file_location("france_carers", SCRIPTS / "carers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(SCRIPTS))
    return module


def test_hours_add_up(baseline: Baseline) -> None:
    required = carers.required_hours(baseline.days, baseline.visits, VALUES)
    parts = sum(
        baseline.days[:, index].sum() * VALUES[f"carers.{name}"]
        for index, name in enumerate(DISCIPLINES)
    )
    assert required.sum() == pytest.approx(
        parts + baseline.visits.sum() * VALUES["carers.visit"], rel=1e-12
    )
    half = carers.required_hours(baseline.days / 2, baseline.visits / 2, VALUES)
    assert half * 2 == pytest.approx(required)


def test_the_country_is_at_its_norm(baseline: Baseline) -> None:
    required = carers.required_hours(baseline.days, baseline.visits, VALUES)
    available = carers.available_hours(baseline, np.ones(len(required)), VALUES)
    assert required.sum() / available.sum() == pytest.approx(1.0, abs=0.03)
    large = required > 20_000
    assert np.corrcoef(required[large], available[large])[0, 1] > 0.97


def test_staff_factor_and_absence(baseline: Baseline) -> None:
    one = np.ones(len(baseline.sites))
    whole = carers.available_hours(baseline, one, VALUES)
    assert carers.available_hours(baseline, 0.9 * one, VALUES) == pytest.approx(0.9 * whole)
    sick = carers.available_hours(baseline, one, {**VALUES, "carers.absence": 0.2})
    known = ~carers.imputed(baseline)
    assert sick[known] == pytest.approx(whole[known] * 0.8 / (1 - VALUES["carers.absence"]))
    with pytest.raises(PreuveError, match="negative"):
        carers.available_hours(baseline, -one, VALUES)


def test_missing_staff_is_put_at_the_national_norm_and_flagged(baseline: Baseline) -> None:
    missing = carers.imputed(baseline)
    assert 0 < missing.sum() < 60
    assert baseline.days[missing].sum() < 0.01 * baseline.days.sum()
    required = carers.required_hours(baseline.days, baseline.visits, VALUES)
    available = carers.available_hours(baseline, np.ones(len(required)), VALUES)
    some = missing & (required > 0)
    ratios = available[some] / required[some]
    assert ratios == pytest.approx(np.full(some.sum(), ratios[0]))
    assert ratios[0] == pytest.approx(
        available[~missing].sum() / required[~missing].sum(), rel=1e-9
    )


def test_a_year_without_staff_forms_is_all_imputed() -> None:
    baseline = Baseline.load(2020)
    assert carers.imputed(baseline).all()
    required = carers.required_hours(baseline.days, baseline.visits, VALUES)
    available = carers.available_hours(baseline, np.ones(len(required)), VALUES)
    assert available == pytest.approx(required)


def test_overload_and_overtime() -> None:
    required, available = np.array([0.0, 50.0, 120.0, 10.0]), np.array([10.0, 100.0, 100.0, 0.0])
    assert carers.overload(required, available).tolist() == [0.0, 0.5, 1.2, np.inf]
    assert carers.overtime(required, available).tolist() == [0.0, 0.0, 20.0, 10.0]


def test_overload_makes_absent_and_ease_does_not() -> None:
    load = np.array([0.0, 0.8, 1.0, 1.3, 50.0, np.inf])
    found = carers.absence(load, VALUES)
    assert found[:3] == pytest.approx(np.full(3, VALUES["carers.absence"]))
    assert found[3] == pytest.approx(VALUES["carers.absence"] * (1 + 1.47 * 0.3))
    assert np.all(np.diff(found) >= 0)
    assert found.max() <= 0.5
    hours = np.full(6, 100.0)
    left = carers.after_absence(hours, load, VALUES)
    assert left[:3] == pytest.approx(hours[:3])
    assert np.all(left[3:] < 100.0)


def test_the_published_growth_of_absence() -> None:
    """Rauhala et al. 2007: × 1.44 at 30 % above the optimum."""
    ratio = carers.absence(np.array([1.3]), VALUES)[0] / VALUES["carers.absence"]
    assert ratio == pytest.approx(1.44, abs=0.005)


@given(Beds, st.floats(0, 1.5), st.floats(0, 0.5))
def test_less_staff_never_opens_beds(capacity: np.ndarray, factor: float, less: float) -> None:
    staff = np.full(capacity.shape[:2], factor)
    many = carers.closed_beds(capacity, staff, VALUES)
    few = carers.closed_beds(capacity, np.maximum(staff - less, 0), VALUES)
    assert np.all(few <= many)
    assert np.all(many <= capacity)
    assert np.all(few >= 0)
    assert np.all(many == np.rint(many))


@given(Beds, st.floats(1, 2))
def test_enough_staff_closes_nothing(capacity: np.ndarray, factor: float) -> None:
    staff = np.full(capacity.shape[:2], factor)
    assert np.array_equal(carers.closed_beds(capacity, staff, VALUES), capacity)


@given(Beds, st.floats(0.2, 1.1))
def test_open_beds_never_ask_more_than_the_staff_gives(capacity: np.ndarray, factor: float) -> None:
    """Up to the stretch of the wards, the margin of critical care, and rounding to a bed."""
    staff = np.full(capacity.shape[:2], factor)
    opened = carers.closed_beds(capacity, staff, VALUES)
    hours = carers.hours_of_day(VALUES)
    most = 1 + max(VALUES["carers.stretch"], VALUES["carers.critical_margin"])
    rounding = 0.5 * hours.sum()
    assert np.all(opened @ hours <= factor * most * (capacity @ hours) + rounding + 1e-6)


def test_whole_beds_stay_whole_numbers() -> None:
    capacity = np.full((1, 2, 6), 7, dtype=np.int32)
    opened = carers.closed_beds(capacity, np.array([[1.0, 0.7]]), VALUES)
    assert opened.dtype == np.int32
    assert np.array_equal(opened[0, 0], capacity[0, 0])
    assert opened[0, 1, 0] == 5
    assert np.array_equal(capacity, np.full((1, 2, 6), 7))


def test_part_of_a_bed_is_never_rounded_up_beyond_it() -> None:
    """Beds open part of the year are no whole number."""
    capacity = np.full((1, 1, 6), 0.6)
    opened = carers.closed_beds(capacity, np.array([[0.9]]), VALUES)
    assert np.all(opened <= capacity)


def test_critical_care_holds_to_the_legal_floor() -> None:
    """Two nurses for five patients: beds beyond the staff close, none is rounded up."""
    capacity = np.zeros((1, 1, 6))
    capacity[0, 0, CRITICAL_CARE] = 20
    margin = VALUES["carers.critical_margin"]
    for factor in (1.0, 0.96, 0.9, 0.5, 0.03):
        opened = carers.closed_beds(capacity, np.array([[factor]]), VALUES)[0, 0, CRITICAL_CARE]
        assert opened == min(20, np.floor(20 * factor * (1 + margin) + 1e-9))


def test_beds_closed_by_a_scenario_leave_their_carers_to_the_others() -> None:
    reference = np.array([[100.0, 0, 0, 0, 0, 0]])
    capacity = np.array([[[80.0, 0, 0, 0, 0, 0]]])
    staff = np.array([[0.85]])
    assert carers.closed_beds(capacity, staff, VALUES, reference)[0, 0, 0] == 80
    assert carers.closed_beds(capacity, staff, VALUES)[0, 0, 0] < 80


def test_the_regression_finds_known_hours(script: ModuleType) -> None:
    """SYNTHETIC establishments; ordinary non-negative least squares is the oracle when exact."""
    random = np.random.default_rng(4)
    days = random.gamma(1.0, 8_000, (300, 3))
    truth = np.array([7.0, 12.0, 0.0])
    hours = days @ truth
    assert script.hours_per_day(days, hours) == pytest.approx(truth, abs=1e-6)
    noisy = hours * random.lognormal(0, 0.05, 300)
    spoiled = noisy.copy()
    spoiled[:6] *= 8
    from scipy.optimize import nnls

    plain = nnls(days, spoiled)[0] * spoiled.sum() / (days @ nnls(days, spoiled)[0]).sum()
    robust = script.hours_per_day(days, spoiled)
    robust_shape, plain_shape = robust / robust.sum(), plain / plain.sum()
    shape = truth / truth.sum()
    assert np.abs(robust_shape - shape).max() < np.abs(plain_shape - shape).max()
    assert np.abs(robust_shape - shape).max() < 0.03
    assert (days @ robust).sum() == pytest.approx(spoiled.sum())


def test_the_packaged_hours_are_those_of_the_script(script: ModuleType, data_root: Path) -> None:
    data = data_root / "france"
    assert script.visit_hours(data)[0] == pytest.approx(VALUES["carers.visit"])
    assert script.critical_hours(data)[0] == pytest.approx(VALUES["carers.critical_care"])
    assert VALUES["carers.absence"] == script.ABSENCE
    size = 0
    for table, made in script.tables(data).items():
        polars.testing.assert_frame_equal(packaged(table), made, rel_tol=1e-9)
        size += (PACKAGED / f"{table}.parquet").stat().st_size
    assert size <= 20_000


def test_wards_declare_all_their_hours(script: ModuleType, data_root: Path) -> None:
    """Bed-days and visits of the years fitted ask for the hours declared in short stay."""
    import polars as pl

    data = data_root / "france"
    form = pl.read_parquet(data / "sae_tables" / "q24.parquet")
    asked = declared = 0.0
    for year in script.YEARS:
        baseline = Baseline.load(year)
        days = baseline.days.copy()
        days[:, REHABILITATION] = 0
        asked += carers.required_hours(days, baseline.visits, VALUES).sum()
        short = form.filter((pl.col("AN") == year) & (pl.col("DISCI") == 2100))
        staff = short.select(pl.sum_horizontal(pl.col("INFNS", "INFSP", "AIDES").sum())).item()
        declared += staff * script.WORKED
    assert asked / declared == pytest.approx(1.0, abs=0.03)


def test_nurses_declare_the_same_hours_at_the_door_of_the_emergencies(
    script: ModuleType, data_root: Path
) -> None:
    """Two forms agree: weekly hours of nurses (HIDE) and full-time nurses (NINF), 2022."""
    import polars as pl

    tables = data_root / "france" / "sae_tables"
    weekly = pl.read_parquet(tables / "urgences2.parquet").filter(pl.col("AN") == 2022)
    staff = pl.read_parquet(tables / "urgences_p.parquet").filter(
        (pl.col("AN") == 2022) & (pl.col("PERSO").cast(pl.String) == "NINF")
    )
    present = float(weekly["HIDE"].sum()) * 52
    assert present == pytest.approx(float(staff["ETPSAL"].sum()) * script.WORKED, rel=0.05)


def test_parameters_are_estimates() -> None:
    for parameter in carers.PARAMETERS:
        low, high = parameter.estimate().interval
        assert low < parameter.value < high
