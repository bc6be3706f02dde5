"""Records, signatures, estimates, written files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from preuve.core.distribution import Beta, Empirical, Normal, Student
from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.language import _, speaking
from preuve.core.record import canonical, read_json, write_whole
from preuve.core.signature import Key, verify
from preuve.core.source import Source
from preuve.core.written import Written, parse, read_yaml

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(json_values)
def test_one_value_has_one_canonical_form(value: object) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_canonical_form_of_the_standard() -> None:
    """RFC 8785, section 3.2.2 and 3.2.3."""
    record = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical(record).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(PreuveError):
        canonical({"value": float("nan")})


@given(json_values, json_values)
def test_a_signature_holds_for_its_record_alone(one: object, other: object) -> None:
    key = Key.generate()
    signature = key.sign(one)
    assert verify(one, signature)
    assert verify(other, signature) == (canonical(one) == canonical(other))
    assert not verify(one, signature | {"key": Key.generate().public})


def test_a_key_is_kept_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    first = Key.load_or_create(path)
    assert Key.load_or_create(path).public == first.public
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("nonsense")
    with pytest.raises(PreuveError, match="not an Ed25519"):
        Key.load_or_create(path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "folder" / "record.json"
    write_whole(path, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == ["record.json"]


def test_json_errors_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{\n"a": 1,\n}')
    with pytest.raises(PreuveError) as caught:
        read_json(path)
    assert caught.value.where == f"{path}:3"


ESTIMATES = [
    (Estimate.from_beta(8, 2, unit="proportion", source="s"), stats.beta(8, 2)),
    (Estimate.from_normal(3, 0.5, unit="day", source="s"), stats.norm(3, 0.5)),
    (Estimate.from_lognormal(2, 0.3, unit="EUR", source="s"), stats.lognorm(0.3, scale=2)),
    (Estimate.from_student(1, 0.2, 5, unit="day", source="s"), stats.t(5, 1, 0.2)),
]


@pytest.mark.parametrize(("estimate", "oracle"), ESTIMATES)
def test_intervals_and_draws_are_those_of_scipy(estimate: Estimate, oracle) -> None:  # type: ignore[no-untyped-def]
    assert estimate.interval == pytest.approx(oracle.interval(0.95))
    draws = estimate.draws(20_000, seed=1)
    assert stats.kstest(draws, oracle.cdf).pvalue > 1e-3
    assert np.array_equal(draws, estimate.draws(20_000, seed=1))
    assert not np.array_equal(draws, estimate.draws(20_000, seed=2))
    assert Estimate.from_record(json.loads(canonical(estimate.record()))) == estimate
    cut = float(oracle.ppf(0.3))
    assert estimate.probability_at_least(cut) == pytest.approx(0.7, abs=1e-4)


def test_estimates_drawn_with_one_seed_are_independent() -> None:
    one = Estimate.from_normal(0, 1, unit="day", source="a").draws(5000, 7)
    other = Estimate.from_normal(0, 1, unit="day", source="b").draws(5000, 7)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_bootstrap_values_are_kept() -> None:
    values = np.random.default_rng(0).normal(size=400)
    estimate = Estimate.from_bootstrap(values, unit="day", source="s", value=0.1)
    assert estimate.value == 0.1
    low, high = estimate.interval
    assert np.mean((values > low) & (values < high)) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Estimate.from_normal(float("nan"), 1, unit="day", source="s"),
        lambda: Estimate.from_normal(1, 1, unit="", source="s"),
        lambda: Beta(0, 1),
        lambda: Normal(0, -1),
        lambda: Student(0, 1, 0),
        lambda: Empirical((1.0,)),
        lambda: Estimate.from_record({"value": 1}),
    ],
)
def test_impossible_estimates_are_refused(build) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(PreuveError):
        build()


class Page(Written):
    title: str
    colour: str = "blue"


def test_a_wrong_key_is_named_with_its_line_and_the_nearest_word(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_text("title: A\ncolor: red\n")
    with pytest.raises(PreuveError) as caught:
        parse(Page, read_yaml(path), path)
    assert caught.value.where == f"{path}:2"
    assert "“colour”" in caught.value.problem


def test_yaml_errors_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_text("title: [A\ncolour: red\n")
    with pytest.raises(PreuveError) as caught:
        read_yaml(path)
    assert str(path) in caught.value.where
    assert caught.value.where.rsplit(":", 1)[1].isdigit()


def test_a_source_reads_a_folder_and_a_database(tmp_path: Path) -> None:
    import sqlite3

    (tmp_path / "cases.csv").write_text("id,age\na,40\nb,\n")
    with sqlite3.connect(tmp_path / "base.db") as base:
        base.execute("create table cases (id text, age integer)")
        base.executemany("insert into cases values (?, ?)", [("a", 40), ("b", None)])
    folder = Source(str(tmp_path)).table("cases", ["id", "age"])
    database = Source(f"sqlite:///{tmp_path / 'base.db'}").table("cases", ["id", "age"])
    assert folder.equals(database)
    with pytest.raises(PreuveError, match="Missing columns: sex"):
        Source(str(tmp_path)).table("cases", ["sex"])
    with pytest.raises(PreuveError, match="cannot be read"):
        Source(f"sqlite:///{tmp_path / 'base.db'}").table("absent", [])


def test_a_password_is_not_shown() -> None:
    assert Source("postgresql://ann:secret@host/base").shown == "postgresql://ann:***@host/base"


def test_errors_cross_processes() -> None:
    import pickle

    error = PreuveError("problem", where="file:3", remedy="mend")
    again = pickle.loads(pickle.dumps(error))
    assert (again.problem, again.where, again.remedy) == ("problem", "file:3", "mend")


def test_the_language_of_a_text_is_that_of_the_block() -> None:
    with speaking("fr"):
        french = _("The file does not exist.")
    with speaking("en"):
        assert _("The file does not exist.") == "The file does not exist."
    assert french == "Le fichier n’existe pas."


def test_import_is_light() -> None:
    """No heavy library is loaded by `import preuve`; its time is measured in benchmarks."""
    code = "import sys, preuve; print(*(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"numpy", "scipy", "polars", "pydantic", "onnxruntime", "altair", "typer", "wfdb"}
    assert heavy.isdisjoint(loaded)


def test_a_date_that_does_not_exist_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: a\nuntil: 2027-02-30\n")
    with pytest.raises(PreuveError, match="2027-02-30 is not a date") as refused:
        read_yaml(path)
    assert refused.value.where == f"{path}:2"
