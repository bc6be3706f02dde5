"""A planner's own files: what is loaded, and every fault told with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.core.record import digest_file
from preuve.twin.baseline import AGES, SEXES, Baseline
from preuve.twin.disciplines import ACTIVITIES, MEDICINE, OBSTETRICS, SURGERY
from preuve.twin.scenario.loaders import Local, apply, population_array, rates_array

CAHORS = "460000110"
Refused = Callable[..., PreuveError]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


@pytest.fixture
def refused(tmp_path: Path, baseline: Baseline) -> Refused:
    def load(kind: str, text: str) -> PreuveError:
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PreuveError) as caught:
            Local.load(baseline, **{kind: path})
        return caught.value

    return load


def local(tmp_path: Path, baseline: Baseline, kind: str, text: str) -> Local:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return Local.load(baseline, **{kind: path})


# Activity


ACTIVITY = "finess,discipline,year,stays,days,beds\n"


def test_activity_replaces_the_packaged_figures(tmp_path: Path, baseline: Baseline) -> None:
    own = local(
        tmp_path,
        baseline,
        "activity",
        ACTIVITY
        + f"{CAHORS},medicine,2024,7000,40000,120\n"
        + f"{CAHORS},surgery,2024,2000,9000,\n"
        + f"{CAHORS},emergency,2024,30000,0,\n"
        + f"{CAHORS},medicine,2023,1,1,1\n",
    )
    new, site = apply(baseline, own), baseline.site(CAHORS)
    assert new.stays[site, [MEDICINE, SURGERY]].tolist() == [7000, 2000]
    assert new.days[site, [MEDICINE, SURGERY]].tolist() == [40000, 9000]
    assert new.beds[site, [MEDICINE, SURGERY]].tolist() == [120, baseline.beds[site, SURGERY]]
    assert new.visits[site] == pytest.approx(30000)
    assert new.visits_80[site] / new.visits[site] == pytest.approx(
        baseline.visits_80[site] / baseline.visits[site]
    )
    assert new.stays[site, OBSTETRICS] == baseline.stays[site, OBSTETRICS]
    others = np.arange(len(new.visits)) != site
    assert np.array_equal(new.stays[others], baseline.stays[others])
    assert np.array_equal(new.visits[others], baseline.visits[others])
    assert new.digests["activity.csv"] == digest_file(tmp_path / "activity.csv")
    assert baseline.stays[site, MEDICINE] != 7000  # the baseline itself is untouched


def test_activity_with_semicolons_commas_remarks_and_blank_lines(
    tmp_path: Path, baseline: Baseline
) -> None:
    own = local(
        tmp_path,
        baseline,
        "activity",
        "\ufeff# our PMSI\nFINESS;Discipline;Year;Stays;Days\n\n010000024;medicine;2024;10,5;40\n",
    )
    assert own.activity is not None
    assert own.activity.rows() == [("010000024", "medicine", 2024, 10.5, 40.0, None)]


def test_activity_in_parquet(tmp_path: Path, baseline: Baseline) -> None:
    path = tmp_path / "own.parquet"
    table = pl.DataFrame(
        {
            "finess": [CAHORS, CAHORS],
            "discipline": ["medicine", "surgery"],
            "year": [2024, 2024],
            "stays": [10, 10],
            "days": [40.0, 50.0],
        }
    )
    table.write_parquet(path)
    own = Local.load(baseline, activity=path)
    assert own.activity is not None
    assert own.activity["days"].to_list() == [40.0, 50.0]
    table.with_columns(days=pl.Series([40.0, float("nan")])).write_parquet(path)
    with pytest.raises(PreuveError, match="row 2: days: “NaN” is not a finite number"):
        Local.load(baseline, activity=path)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("finess,discipline,year,stays\n", 0, "The column days is missing."),
        (
            "finess,discipline,year,stays,day\n",
            0,
            "The column days is missing. Did you mean “day”?",
        ),
        (ACTIVITY.replace("beds", "bed"), 0, "The column bed is not known"),
        (ACTIVITY.replace("beds", "bed"), 0, "Did you mean “beds”?"),
        (ACTIVITY.replace("beds", "days"), 1, "The column days stands twice."),
        ("", 0, "The file is empty."),
        (ACTIVITY.replace("beds", "line"), 0, "The column line is not known"),
        (ACTIVITY + '"' + "x" * 200_000, 0, "not valid CSV"),
        (ACTIVITY + f"{CAHORS},medicine,2024,1,1\n", 2, "5 values where the header has 6."),
        (ACTIVITY + f"{CAHORS},medicine,2024,<11,1,1\n", 2, "stays: “<11” is not a number"),
        (ACTIVITY + f"{CAHORS},medicine,2024,NaN,1,1\n", 2, "stays: “NaN” is not a finite"),
        (ACTIVITY + f"{CAHORS},medicine,2024,inf,1,1\n", 2, "stays: “inf” is not a finite"),
        (ACTIVITY + f"{CAHORS},medicine,2024,-1,1,1\n", 2, "stays: -1 is below zero."),
        (ACTIVITY + f"{CAHORS},medicine,2024,5,9,-1\n", 2, "beds: -1 is below zero."),
        (ACTIVITY + f"{CAHORS},medicine,2024,,1,1\n", 2, "stays is missing."),
        (ACTIVITY + ",medicine,2024,1,1,1\n", 2, "finess is missing."),
        (ACTIVITY + "460000111,medicine,2024,1,1,1\n", 2, "Did you mean “460000110”?"),
        (ACTIVITY + "10000024,medicine,2024,1,1,1\n", 2, "Did you mean “010000024”?"),
        (ACTIVITY + f"{CAHORS},medecine,2024,1,1,1\n", 2, "Did you mean “medicine”?"),
        (ACTIVITY + f"{CAHORS},medicine,24,1,1,1\n", 2, "year is not a year"),
        (ACTIVITY + f"{CAHORS},medicine,2023.5,1,1,1\n", 2, "year is not a year"),
        (ACTIVITY + f"{CAHORS},medicine,2024,1,0,1\n", 2, "stays without bed-days"),
        (ACTIVITY + f"{CAHORS},medicine,2024,1,400,1\n", 2, "a mean stay of more than a year"),
        (
            ACTIVITY + f"{CAHORS},medicine,2024,100,9999,1\n",
            2,
            "more than two patients in each bed",
        ),
        (ACTIVITY + f"{CAHORS},emergency,2024,100,9,\n", 2, "write 0 days"),
        (
            ACTIVITY + f"{CAHORS},medicine,2024,1,1,1\n\n{CAHORS},medicine,2024,2,2,1\n",
            4,
            f"finess {CAHORS}, discipline medicine, year 2024 stands on line 2 already",
        ),
    ],
)
def test_activity_faults(text: str, line: int, message: str, refused: Refused) -> None:
    error = refused("activity", text)
    assert message in error.problem
    assert error.where.endswith(f"own.csv:{line}" if line else "own.csv")


def test_every_fault_is_told_at_once(refused: Refused) -> None:
    error = refused(
        "activity", ACTIVITY + "1,medicine,2024,x,1,1\n2,medicine,2024,1,-1,1\n,a,2024,1,1,1\n"
    )
    assert [line.split(":")[0].strip() for line in error.problem.splitlines()[1:]] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert error.remedy == "Mend these lines and load the file again."


def test_activity_of_another_year_is_not_applied(tmp_path: Path, baseline: Baseline) -> None:
    own = local(tmp_path, baseline, "activity", ACTIVITY + f"{CAHORS},medicine,2023,1,1,1\n")
    with pytest.raises(PreuveError, match="no line of 2024"):
        apply(baseline, own)


def test_stays_without_a_bed_are_not_applied(tmp_path: Path, baseline: Baseline) -> None:
    own = local(tmp_path, baseline, "activity", ACTIVITY + "460000045,obstetrics,2024,9,9,\n")
    with pytest.raises(PreuveError, match="460000045 has stays of obstetrics and no bed in 2024"):
        apply(baseline, own)
    own = local(tmp_path, baseline, "activity", ACTIVITY + "460000060,emergency,2024,9,0,\n")
    with pytest.raises(PreuveError, match="460000060 has no emergency department in 2024"):
        apply(baseline, own)


def test_not_utf8(tmp_path: Path, baseline: Baseline) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes("finess,é\n".encode("latin-1"))
    with pytest.raises(PreuveError, match="not in UTF-8"):
        Local.load(baseline, activity=path)
    path = tmp_path / "own.parquet"
    path.write_bytes(b"finess")
    with pytest.raises(PreuveError, match="not a Parquet file"):
        Local.load(baseline, activity=path)
    with pytest.raises(PreuveError, match="does not exist"):
        Local.load(baseline, activity=tmp_path / "none.csv")


def test_nothing_is_loaded_where_one_file_is_wrong(tmp_path: Path, baseline: Baseline) -> None:
    good, bad, worse = (tmp_path / name for name in ("good.csv", "bad.csv", "worse.csv"))
    good.write_text(ACTIVITY + f"{CAHORS},medicine,2024,1,1,1\n")
    bad.write_text("commune,finess,minutes\n46042,460000110,-3\n")
    worse.write_text("age,sex,activity\n")
    with pytest.raises(PreuveError) as caught:
        Local.load(baseline, activity=good, travel=bad, rates=worse)
    assert f"{bad}:2" in caught.value.problem
    assert "stays_per_1000 is missing" in caught.value.problem


def test_without_a_file_nothing_changes(baseline: Baseline) -> None:
    assert Local.load(baseline) == Local()
    same = apply(baseline, Local())
    assert same.stays is baseline.stays
    assert same.digests == baseline.digests


# Flows


def test_flows(tmp_path: Path, baseline: Baseline) -> None:
    text = "finess,discipline,stays\n460000110,surgery,30\n310783048,surgery,10\n"
    lines = text.splitlines()
    for level, origin, department in (
        ("commune", "46042", "46"),
        ("commune", "13055", "13"),
        ("postal", "46000", "46"),
        ("postal", "20090", "2A"),
        ("postal", "20600", "2B"),
        ("postal", "97400", "974"),
        ("department", "2A", "2A"),
    ):
        body = [f"{level},{lines[0]}", *(f"{origin},{line}" for line in lines[1:])]
        flows = local(tmp_path, baseline, "flows", "\n".join(body)).flows
        assert flows is not None
        assert flows.rows() == [
            (level, origin, department, "460000110", "surgery", 30.0, 0.75),
            (level, origin, department, "310783048", "surgery", 10.0, 0.25),
        ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("finess,discipline,stays\n", "Exactly one of the columns commune, postal, department"),
        ("commune,postal,finess,discipline,stays\n", "Exactly one of the columns"),
        ("commune,finess,discipline,stays\n1004,460000110,surgery,3\n", "Did you mean “01004”?"),
        ("department,finess,discipline,stays\n1,460000110,surgery,3\n", "Did you mean “01”?"),
        ("postal,finess,discipline,stays\n1000,460000110,surgery,3\n", "not a postal code"),
        ("postal,finess,discipline,stays\n99000,460000110,surgery,3\n", "not a postal code"),
        ("department,finess,discipline,stays\n46,460000110,emergency,3\n", "“emergency” is not"),
        (
            "department,finess,discipline,stays\n46,460000110,surgery,3\n46,460000110,surgery,4\n",
            "department 46, finess 460000110, discipline surgery stands on line 2 already",
        ),
    ],
)
def test_flow_faults(text: str, message: str, refused: Refused) -> None:
    assert message in refused("flows", text).problem


# Rates


def rates(unit: str = "stays_per_1000", rate: float = 30.0) -> str:
    return f"age,sex,activity,{unit}\n" + "".join(
        f"{age},{sex},medicine,{rate}\n" for age in AGES for sex in SEXES
    )


@pytest.mark.parametrize(
    ("unit", "rate"),
    [
        ("stays_per_1000", 30.0),
        ("stays_per_10000", 300.0),
        ("stays_per_100000", 3000.0),
        ("stays_per_inhabitant", 0.03),
    ],
)
def test_rates_in_every_unit(tmp_path: Path, baseline: Baseline, unit: str, rate: float) -> None:
    table = local(tmp_path, baseline, "rates", rates(unit, rate)).rates
    assert table is not None
    array = rates_array(table)
    assert array[MEDICINE] == pytest.approx(np.full((2, 20), 0.03))
    assert np.isnan(np.delete(array, MEDICINE, axis=0)).all()
    assert len(array) == len(ACTIVITIES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rates("stays_per_100"), "The unit of the column stays_per_100 is not known; it may be"),
        (rates("stays"), "The unit of the column stays is not known"),
        (rates("rate"), "The column stays_per_1000 is missing. (Or, in another unit, stays_per_1"),
        (
            "age,sex,activity,stays_per_1000,stays_per_10000\n",
            "stands in two units",
        ),
        (rates().replace("00-04,F", "0-4,F"), "“0-4” is not known. Did you mean “"),
        (rates().replace("95+,F", "95+,X"), "sex: “X” is not known."),
        (rates().replace("95+,M,medicine,30.0\n", ""), "sex M: the ages 95+ are missing."),
        (rates() + "95+,M,medicine,3\n", "stands on line 41 already"),
    ],
)
def test_rate_faults(text: str, message: str, refused: Refused) -> None:
    assert message in refused("rates", text).problem


# Population


def people(ages: list[str], sexes: str = "FM", residents: int = 100) -> str:
    return "department,sex,age,year,residents\n" + "".join(
        f"46,{sex},{age},2030,{residents}\n" for age in ages for sex in sexes
    )


GROUPS = people(list(AGES))


def test_population_by_groups_and_its_totals(tmp_path: Path, baseline: Baseline) -> None:
    text = GROUPS + (
        "46,total,total,2030,4000\n46,F,total,2030,2000\ntotal,total,00-04,2030,200\n"
        "total,total,total,2030,4000\n"
    )
    table = local(tmp_path, baseline, "population", text).population
    assert table is not None
    array = population_array(table, 2030, baseline)
    place = baseline.departments.index("46")
    assert (array[place] == 100).all()
    assert np.isnan(np.delete(array, place, axis=0)).all()
    assert np.isnan(population_array(table, 2031, baseline)).all()


def test_population_by_single_ages(tmp_path: Path, baseline: Baseline) -> None:
    text = people([*map(str, range(105)), "105+"], sexes="FH") + "46,total,total,2030,21200\n"
    table = local(tmp_path, baseline, "population", text).population
    assert table is not None
    array = population_array(table, 2030, baseline)[baseline.departments.index("46")]
    assert (array[:, :-1] == 500).all()
    assert (array[:, -1] == 1100).all()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            GROUPS + "46,total,total,2030,4100\n",
            42,
            "the total says 4100 residents and its 40 lines sum to 4000.",
        ),
        (GROUPS + "46,M,total,2030,1980\n", 42, "says 1980 residents and its 20 lines sum to 2000"),
        (GROUPS + "total,total,total,2030,1\n", 42, "its 40 lines sum to 4000."),
        (GROUPS + "47,total,total,2030,1\n", 42, "this total has no line to sum."),
        (GROUPS + "46,total,total,2031,4000\n", 42, "this total has no line to sum."),
        (GROUPS.replace("46,F,95+,2030,100\n", ""), 0, "sex F: the ages 95+ are missing."),
        (people(list(AGES), sexes="F"), 0, "department 46, sex M: the ages 00-04, 05-09"),
        (people(["0", "2", "3+"]), 0, "the ages 1 are missing."),
        (GROUPS.replace("46,F,00-04,2030,100", "46,F,00-04,2030,-1"), 2, "-1 is below zero."),
        (GROUPS.replace("46,F,00-04,2030,100", "46,F,00-04,2030,nan"), 2, "not a finite number"),
        (GROUPS.replace("46,F,00-04", "46,F,00-05"), 2, "Did you mean “00-04”?"),
        (GROUPS + "46,H,00-04,2030,100\n", 42, "sex M, age 00-04, year 2030 stands on line 3"),
        (GROUPS.replace("residents", "people"), 0, "The column residents is missing."),
        ("department,sex,age,year,residents\n46,total,total,2030,1\n", 0, "totals and no detail"),
    ],
)
def test_population_faults(text: str, line: int, message: str, refused: Refused) -> None:
    error = refused("population", text)
    assert message in error.problem
    assert error.where.endswith(f"own.csv:{line}" if line else "own.csv")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 10_000), min_size=40, max_size=40),
    st.integers(-200, 200),
)
def test_a_total_is_accepted_only_near_its_sum(
    tmp_path_factory: pytest.TempPathFactory, residents: list[int], gap: int
) -> None:
    baseline = Baseline.load(2024)
    cells = [(age, sex) for age in AGES for sex in SEXES]
    text = "department,sex,age,year,residents\n" + "".join(
        f"46,{sex},{age},2030,{count}\n" for (age, sex), count in zip(cells, residents, strict=True)
    )
    stated = max(sum(residents) + gap, 0)
    path = tmp_path_factory.mktemp("population") / "own.csv"
    path.write_text(text + f"46,total,total,2030,{stated}\n")
    if abs(stated - sum(residents)) <= 20:
        table = Local.load(baseline, population=path).population
        assert table is not None
        assert table["residents"].sum() == sum(residents)
    else:
        with pytest.raises(PreuveError, match="the total says"):
            Local.load(baseline, population=path)


# Travel times


@pytest.mark.parametrize(
    ("unit", "figure"), [("minutes", 30.0), ("hours", 0.5), ("seconds", 1800.0)]
)
def test_travel(tmp_path: Path, baseline: Baseline, unit: str, figure: float) -> None:
    text = f"commune,finess,{unit}\n46042,{CAHORS},{figure}\n"
    table = local(tmp_path, baseline, "travel", text).travel
    assert table is not None
    assert table.rows() == [("46042", CAHORS, pytest.approx(30.0))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("commune,finess,km\n", "The column minutes is missing. (Or, in another unit, hours"),
        ("commune,finess,minutes,hours\n", "stands in two units"),
        (f"commune,finess,minutes\n46042x,{CAHORS},3\n", "Did you mean “46042”?"),
        (f"commune,finess,minutes\n46042,{CAHORS},1800\n", "is the unit right?"),
        (f"commune,finess,minutes\n46042,{CAHORS},3\n46042,{CAHORS},4\n", "line 2 already"),
    ],
)
def test_travel_faults(text: str, message: str, refused: Refused) -> None:
    assert message in refused("travel", text).problem
