from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.usecase import UseCase
from preuve.registry import System
from preuve.registry.predictions import Table, aligned

CODES = ["AFIB", "LBBB", "RBBB"]
HEADER = "case,AFIB,LBBB,RBBB\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "vendor.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(tmp_path: Path, text: str, usecase: UseCase, cases: Cases) -> PreuveError:
    with pytest.raises(PreuveError) as caught:
        System.predictions(write(tmp_path, text)).predict(cases, usecase)
    return caught.value


identifiers = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
)
answers = st.one_of(st.none(), st.floats(0, 1))
tables = st.dictionaries(identifiers, st.tuples(answers, answers, answers), min_size=1, max_size=30)


@given(
    rows=tables.filter(lambda rows: any(v is not None for row in rows.values() for v in row)),
    random=st.randoms(use_true_random=False),
)
def test_what_is_written_is_read_in_any_order_of_rows(
    rows: dict[str, tuple[float | None, ...]], random: Random
) -> None:
    order = list(rows)
    expected = np.array([rows[case] for case in order], dtype=np.float64)
    random.shuffle(order)
    frame = pl.DataFrame(
        [(case, *rows[case]) for case in order],
        schema={"case": pl.String, **dict.fromkeys(CODES, pl.Float64)},
        orient="row",
    )
    read = Table.of(frame.write_csv(quote_style="non_numeric").encode(), "vendor.csv").scores(CODES)
    np.testing.assert_array_equal(aligned(read, np.array(list(rows), dtype=object)), expected)


def test_parquet_and_csv_give_the_same_scores(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        {"case": cases.identifiers.tolist(), **{code: rng.random(25) for code in CODES}}
    ).with_columns(ignored=pl.lit("text"))
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "a.parquet")
    first = System.load(tmp_path / "a.csv").predict(cases, usecase)
    second = System.load(tmp_path / "a.parquet").predict(cases, usecase)
    np.testing.assert_array_equal(first.values, frame.select(CODES).to_numpy())
    np.testing.assert_array_equal(first.values, second.values)


def test_integer_identifiers_in_parquet_are_text(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    frame = pl.DataFrame({"case": [8, 7], **{code: [0.25, 0.75] for code in CODES}})
    frame.write_parquet(tmp_path / "a.parquet")
    seven = replace(cases, identifiers=np.array(["7", "8"]))
    values = System.load(tmp_path / "a.parquet").predict(seven, usecase).values
    np.testing.assert_array_equal(values[:, 0], [0.75, 0.25])


def test_missing_rows_and_empty_cells_are_cases_without_an_answer(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    text = HEADER + "elsewhere,0.1,0.1,0.1\ncase-03,0.25,,NaN\n\n"
    scores = System.predictions(write(tmp_path, text)).predict(cases, usecase)
    np.testing.assert_array_equal(scores.values[3], [0.25, np.nan, np.nan])
    assert list(scores.answered) == [1, 0, 0]


def test_rows_that_no_node_knows_are_told_with_their_line(tmp_path: Path) -> None:
    text = HEADER + "a,0,0,0\nstranger,0,0,0\nb,0,0,0\nother,0,0,0\n"
    system = System.predictions(write(tmp_path, text))
    assert system.unknown_rows(["a", "b", "c"]) == 2
    assert system.unknown_rows(["a", "b", "stranger", "other"]) == 0


MISTAKES = {
    "case twice": (HEADER + "a,0,0,0\nb,0,0,0\na,1,1,1\n", "same case stands twice", ":4 · a"),
    "no case": (HEADER + "a,0,0,0\n,0.5,0,0\n", "not named", ":3"),
    "word": (HEADER + "a,0,high,0\n", "not a number, for the finding LBBB", ":2 · a · 'high'"),
    "comma": (HEADER + 'a,0,"0,5",0\n', "not a number, for the finding LBBB", ":2 · a · '0,5'"),
    "above": (HEADER + "a,0,0,0\nb,0,0,1.5\n", "RBBB is outside [0, 1]", ":3 · b · '1.5'"),
    "below": (HEADER + "a,-0.2,0,0\n", "AFIB is outside [0, 1]", ":2 · a · '-0.2'"),
    "infinite": (HEADER + "a,inf,0,0\n", "AFIB is outside [0, 1]", ":2 · a · 'inf'"),
    "many": (HEADER + "a,2,0,0\nb,3,0,0\n", "(2 rows)", ":2 · a · '2'"),
    "no finding": ("case,AFIB,RBBB\na,0,0\n", "Missing columns: LBBB", ":1"),
    "finding twice": ("case,AFIB,LBBB,RBBB,AFIB\na,0,0,0,0\n", "column AFIB stands twice", ":1"),
    "no case column": ("id,AFIB,LBBB,RBBB\na,0,0,0\n", "column `case` is missing", ":1"),
    "empty": ("", "file is empty", "vendor.csv"),
    "header only": (HEADER, "holds no scores", "vendor.csv"),
    "long row": (HEADER + "a,0,0,0,0\n", "cannot be read as a table", "vendor.csv"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named_with_its_line(
    tmp_path: Path, usecase: UseCase, cases: Cases, name: str
) -> None:
    text, problem, where = MISTAKES[name]
    error = refusal(tmp_path, text, usecase, cases)
    assert problem in error.problem
    assert error.where.endswith(where)


def test_a_near_column_is_proposed(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    error = refusal(tmp_path, "case,AFIBs,LBBB,RBBB\na,0,0,0\n", usecase, cases)
    assert "AFIBs" in error.remedy


def test_semicolons_are_recognised(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    error = refusal(tmp_path, "case;AFIB;LBBB;RBBB\na;0;0;0\n", usecase, cases)
    assert "commas" in error.remedy


def test_a_binary_file_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    for name in ("vendor.csv", "vendor.parquet"):
        path = tmp_path / name
        path.write_bytes(bytes(range(256)) * 4)
        with pytest.raises(PreuveError):
            System.predictions(path).predict(cases, usecase)


def test_a_file_that_changed_is_another_system(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = write(tmp_path, HEADER + "case-01,0,0,0\n")
    system = System.predictions(path)
    path.write_text(HEADER + "case-01,1,1,1\n")
    with pytest.raises(PreuveError, match="has changed"):
        system.predict(cases, usecase)


def test_a_million_rows_find_their_cases(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    rows = 1_000_000
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "case": [f"case-{i:07d}" for i in range(rows)],
            **{code: rng.random(rows).round(6) for code in CODES},
        }
    )
    frame.write_csv(tmp_path / "big.csv")
    ids = np.array(frame["case"].to_list())[::-1]
    many = replace(cases, identifiers=ids)
    system = System.load(tmp_path / "big.csv")
    values = system.predict(many, usecase).values
    np.testing.assert_array_equal(values, frame.select(CODES).to_numpy()[::-1])
