from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from preuve.core.errors import PreuveError
from preuve.twin import export
from preuve.twin.impact import COLUMNS, Impact
from preuve.twin.masking import PEOPLE, SMALLEST
from preuve.twin.page.page import page
from preuve.twin.page.reading import Reading


@pytest.fixture(scope="module")
def impact(make_impact: Callable[..., Impact]) -> Impact:
    return make_impact(("obstetrics",), days=30)


@pytest.fixture(scope="module")
def folder(impact: Impact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export")
    export.write(impact, place)
    return place


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_table_is_there_twice_and_nothing_else(folder: Path) -> None:
    wanted = {f"tables/{name}.{end}" for name in export.TABLES for end in ("csv", "parquet")}
    assert set(files(folder)) == wanted | {"impact.json", "README.md"}


def test_the_two_formats_hold_the_same_figures(folder: Path, impact: Impact) -> None:
    for name in ("sites", "communes", "health"):
        parquet = pl.read_parquet(folder / "tables" / f"{name}.parquet")
        written = pl.read_csv(
            folder / "tables" / f"{name}.csv",
            schema=parquet.schema,
        )
        empty = pl.col(pl.String).fill_null("")
        assert written.with_columns(empty).equals(parquet.with_columns(empty))
        assert parquet.height == getattr(impact, name).height


def test_what_is_read_is_what_was_written(folder: Path, impact: Impact) -> None:
    again = export.read(folder)
    for name, table in export.exported(impact).items():
        assert getattr(again, name).equals(table)
    assert again.scenario == impact.scenario
    assert again.provenance == impact.provenance


def test_same_impact_same_bytes(folder: Path, impact: Impact, tmp_path: Path) -> None:
    export.write(impact, tmp_path)
    assert files(tmp_path) == files(folder)


def test_a_saved_impact_still_makes_a_page(folder: Path) -> None:
    assert "Close the maternity of Cahors" in page(Reading.of(export.read(folder)))


def test_no_small_count_of_people_is_in_a_file(folder: Path) -> None:
    for name in ("regions", "departments", "sites", "communes", "days"):
        table = pl.read_parquet(folder / "tables" / f"{name}.parquet")
        people = table.filter(pl.col("measure").is_in(PEOPLE))
        if name == "days":
            people = people.filter(pl.col("region") != "")
        shown = [c for c in COLUMNS if c.startswith(("reference", "scenario"))]
        small = people.select(
            pl.any_horizontal((pl.col(c) > 0) & (pl.col(c) < SMALLEST) for c in shown)
        ).to_series()
        assert not small.any()
        assert table.filter("masked").select(COLUMNS).null_count().row(0) == (
            (table.filter("masked").height,) * len(COLUMNS)
        )


def test_figures_are_rounded(folder: Path) -> None:
    sites = pl.read_parquet(folder / "tables" / "sites.parquet")
    shares = sites.filter(pl.col("unit") == "proportion")["reference_value"].drop_nulls()
    others = sites.filter(pl.col("unit") == "stay")["reference_value"].drop_nulls()
    assert (shares.round(4) == shares).all()
    assert (others.round(1) == others).all()


def test_a_write_that_fails_leaves_what_was_there(
    impact: Impact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.write(impact, tmp_path)
    before = files(tmp_path)

    def broken(self: Any, path: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(pl.DataFrame, "write_csv", broken)
    with pytest.raises(OSError, match="no space"):
        export.write(impact, tmp_path)
    assert files(tmp_path) == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_what_cannot_be_recorded_is_refused_and_nothing_is_written(
    impact: Impact, tmp_path: Path
) -> None:
    wrong = Impact(**{**vars(impact), "provenance": {"seed": float("nan")}})
    with pytest.raises(PreuveError, match="recorded"):
        export.write(wrong, tmp_path)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("harm", ["altered", "absent", "other", "nothing"])
def test_a_damaged_folder_is_refused(folder: Path, tmp_path: Path, harm: str) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    table, record = copy / "tables" / "sites.parquet", copy / "impact.json"
    if harm == "altered":
        table.write_bytes(table.read_bytes() + b" ")
    elif harm == "absent":
        table.unlink()
    elif harm == "other":
        record.write_text(json.dumps({"schema": "something"}), encoding="utf-8")
    else:
        record.unlink()
    with pytest.raises(PreuveError) as refused:
        export.read(copy)
    assert refused.value.where


def test_the_readme_speaks_both_languages_and_of_every_table(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for name in export.TABLES:
        assert text.count(f"`{name}`") == 2
    assert str(SMALLEST) in text
