"""The use case heart_disease: its table, its nodes, its reference systems."""

from __future__ import annotations

import csv
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.folder import FILES, UseCaseFolder
from preuve.core.language import speaking
from preuve.core.source import Source
from preuve.usecases.heart_disease import data, nodes, reference

FOLDER = UseCaseFolder.find("heart_disease")
MODEL = FOLDER.path / "models" / "logistic_cleveland.onnx"
ROW: dict[str, str | None] = {
    "case": "a1",
    "age": "54",
    "sex": "F",
    "chest_pain": "atypical",
    "resting_blood_pressure": "130",
    "cholesterol": "250.5",
    "fasting_glucose_above_120": "no",
    "resting_ecg": "normal",
    "maximum_heart_rate": "150",
    "exercise_angina": "yes",
    "st_depression": "-0.5",
    "st_slope": "flat",
    "fluoroscopy_vessels": "2",
    "thallium": "reversible_defect",
    "narrowing": "3",
}


def table(*changes: dict[str, str | None]) -> pl.DataFrame:
    rows = [ROW | {"case": f"a{i}"} | change for i, change in enumerate(changes, start=1)]
    return pl.DataFrame(rows, schema=dict.fromkeys({k: 0 for row in rows for k in row}, pl.String))


def read_csv(folder: Path, *changes: dict[str, str | None]) -> Cases:
    table(*changes).write_csv(folder / "cases.csv")
    return FOLDER.read(Source(str(folder)))


def features(cases: Cases) -> np.ndarray[Any, np.dtype[np.float64]]:
    return cases.inputs["features"](slice(None)).astype(float)


def auroc(cases: Cases, scores: object) -> float:
    return float(roc_auc_score(cases.reference[:, 0], scores))


@pytest.fixture(scope="module")
def real_nodes(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return nodes.prepare(data_root, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def real(real_nodes: list[Path]) -> dict[str, Cases]:
    return {node.name: FOLDER.read(Source(str(node / "data"))) for node in real_nodes}


# The protocol


def test_the_folder_is_that_of_a_use_case() -> None:
    usecase = FOLDER.usecase
    assert usecase.code == "heart_disease"
    assert usecase.task.kind == "binary"
    assert [finding.code for finding in usecase.findings] == ["disease"]
    assert [level.code for level in usecase.subgroups[0].levels] == ["M", "F"]
    assert usecase.acceptance[0].at_least == 0.75
    assert all((FOLDER.path / name).is_file() for name in FILES)


def test_the_protocol_names_the_features_in_order() -> None:
    (declared,) = FOLDER.usecase.inputs
    assert declared.shape == (len(data.FEATURES),)
    for text in (declared.about.fr, declared.about.en):
        places = [re.search(rf"\b{name}\b", text) for name in data.FEATURES]
        starts = [place.start() for place in places if place]
        assert len(starts) == len(data.FEATURES)
        assert starts == sorted(starts)


# Reading a table


def test_a_row_becomes_numbers(tmp_path: Path) -> None:
    cases = read_csv(tmp_path, {})
    expected = [54, 0, 0, 1, 0, 0, 130, 250.5, 0, 1, 0, 0, 150, 1, -0.5, 1, 2, 0, 1]
    assert features(cases).tolist() == [expected]
    assert cases.inputs["features"](slice(0, 1)).dtype == np.float32
    assert cases.reference.tolist() == [[1]]
    assert cases.identifiers.tolist() == ["a1"]
    assert {name: levels.tolist() for name, levels in cases.subgroups.items()} == {
        "sex": ["F"],
        "age_band": ["under_55"],
    }
    assert not cases.synthetic
    assert cases.warnings == ()


def test_an_empty_cell_is_missing_not_zero_and_not_absent(tmp_path: Path) -> None:
    empty: dict[str, str | None] = dict.fromkeys(data.TABLE[1:], "")
    cases = read_csv(tmp_path, empty, {"age": None, "narrowing": "?"}, {"narrowing": "0"})
    assert np.isnan(features(cases)[0]).all()
    assert cases.reference[:, 0].tolist() == [NOT_CODED, NOT_CODED, 0]
    assert cases.subgroups["sex"].tolist() == ["", "F", "F"]
    assert cases.subgroups["age_band"].tolist() == ["", "", "under_55"]


def test_a_pressure_or_a_cholesterol_of_0_is_missing_and_staff_are_told(tmp_path: Path) -> None:
    cases = read_csv(tmp_path, {"cholesterol": "0.0", "resting_blood_pressure": "0"}, {})
    columns = [data.FEATURES.index(n) for n in ("cholesterol", "resting_blood_pressure")]
    assert np.isnan(features(cases)[0, columns]).all()
    assert np.isfinite(features(cases)[1]).all()
    assert len(cases.warnings) == 2
    assert "cholesterol: 1" in " ".join(cases.warnings)


def test_a_zero_that_means_something_stays(tmp_path: Path) -> None:
    cases = read_csv(tmp_path, {"st_depression": "0", "fluoroscopy_vessels": "0"})
    columns = [data.FEATURES.index(n) for n in ("st_depression", "fluoroscopy_vessels")]
    assert features(cases)[0, columns].tolist() == [0, 0]


@pytest.mark.parametrize("age", ["54.9", "55"])
def test_the_age_bands_meet_at_55(tmp_path: Path, age: str) -> None:
    cases = read_csv(tmp_path, {"age": age})
    assert cases.subgroups["age_band"][0] == ("under_55" if age == "54.9" else "55_plus")


@pytest.mark.parametrize("narrowing", ["0", "1", "2", "3", "4"])
def test_any_narrowing_is_disease(tmp_path: Path, narrowing: str) -> None:
    cases = read_csv(tmp_path, {"narrowing": narrowing})
    assert cases.reference[0, 0] == (narrowing != "0")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("age", "7"),
        ("age", "150"),
        ("age", "old"),
        ("age", "-inf"),
        ("sex", "X"),
        ("sex", "f"),
        ("chest_pain", "severe"),
        ("resting_blood_pressure", "12"),
        ("cholesterol", "-1"),
        ("exercise_angina", "maybe"),
        ("fluoroscopy_vessels", "1.5"),
        ("thallium", "reversable defect"),
        ("narrowing", "5"),
        ("narrowing", "-1"),
        ("narrowing", "0.5"),
    ],
)
def test_a_wrong_cell_is_named_and_not_quoted_in_what_may_leave(
    tmp_path: Path, column: str, value: str
) -> None:
    with pytest.raises(PreuveError) as caught:
        read_csv(tmp_path, {}, {column: value}, {})
    assert caught.value.problem.startswith(f"{column}: ")
    assert f"“{value}”" not in caught.value.problem
    assert "row 2" in caught.value.where
    assert f"“{value}”" in caught.value.where
    assert str(tmp_path) in caught.value.where


def test_an_identifier_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="already stands at row 1") as caught:
        read_csv(tmp_path, {"case": "Z-17"}, {}, {"case": " Z-17"})
    assert "row 3" in caught.value.where
    assert "Z-17" not in caught.value.problem


@pytest.mark.parametrize("identifier", ["", None, " ", "NA"])
def test_an_empty_identifier_is_refused(tmp_path: Path, identifier: str | None) -> None:
    with pytest.raises(PreuveError, match="identifier is empty"):
        read_csv(tmp_path, {"case": identifier})


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    table({}).drop("thallium").write_csv(tmp_path / "cases.csv")
    with pytest.raises(PreuveError, match="Missing columns: thallium"):
        FOLDER.read(Source(str(tmp_path)))


def test_a_table_without_a_row_gives_no_case(tmp_path: Path) -> None:
    table({}).clear().write_csv(tmp_path / "cases.csv")
    cases = FOLDER.read(Source(str(tmp_path)))
    assert len(cases) == 0
    assert features(cases).shape == (0, len(data.FEATURES))


def test_one_synthetic_row_makes_the_cases_synthetic(tmp_path: Path) -> None:
    assert not read_csv(tmp_path, {"synthetic": "no"}).synthetic
    assert read_csv(tmp_path, {"synthetic": "no"}, {"synthetic": "yes"}).synthetic
    with pytest.raises(PreuveError, match="synthetic: one of no, yes"):
        read_csv(tmp_path, {"synthetic": "perhaps"})


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """The table as a hospital's database holds it: numbers are numbers."""
    numbers = [c.name for c in (*data.PREDICTORS, data.NARROWING) if isinstance(c, data.Number)]
    whole = [c for c in ("fluoroscopy_vessels", "narrowing") if c in numbers]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64)).with_columns(
        pl.col(whole).cast(pl.Int64)
    )


def same(left: Cases, right: Cases) -> bool:
    return (
        left.identifiers.tolist() == right.identifiers.tolist()
        and np.array_equal(features(left), features(right), equal_nan=True)
        and np.array_equal(left.reference, right.reference)
        and all((left.subgroups[k] == right.subgroups[k]).all() for k in left.subgroups)
        and left.synthetic == right.synthetic
    )


def write_database(url: str, frame: pl.DataFrame) -> None:
    import sqlalchemy as sa

    types = {pl.String: sa.Text, pl.Float64: sa.Float, pl.Int64: sa.Integer}
    engine = sa.create_engine(url)
    made = sa.Table(
        "cases",
        sa.MetaData(),
        *(sa.Column(name, types[type(kind)]) for name, kind in frame.schema.items()),
    )
    with engine.begin() as connection:
        made.create(connection)
        connection.execute(sa.insert(made), frame.to_dicts())
    engine.dispose()


def test_csv_parquet_and_sqlite_give_the_same_cases(tmp_path: Path) -> None:
    (node,) = nodes.prepare(None, tmp_path / "nodes", only=["hungary"])
    from_csv = FOLDER.read(Source(str(node / "data")))
    frame = typed(pl.read_csv(node / "data" / "cases.csv", infer_schema=False))
    (tmp_path / "parquet").mkdir()
    frame.write_parquet(tmp_path / "parquet" / "cases.parquet")
    write_database(f"sqlite:///{tmp_path}/hospital.db", frame)
    assert same(from_csv, FOLDER.read(Source(str(tmp_path / "parquet"))))
    assert same(from_csv, FOLDER.read(Source(f"sqlite:///{tmp_path}/hospital.db")))


def test_a_wrong_cell_of_a_database_names_its_row(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hospital.db"
    write_database(url, typed(table({}, {"age": "200"})))
    with pytest.raises(PreuveError, match="age: ") as caught:
        FOLDER.read(Source(url))
    assert "row 2" in caught.value.where
    assert "hospital.db" in caught.value.where


# The nodes


def test_the_four_hospitals(real_nodes: list[Path], real: dict[str, Cases]) -> None:
    assert [node.name for node in real_nodes] == [
        "cleveland",
        "hungary",
        "switzerland",
        "long_beach",
    ]
    counts = {name: (len(c), int(c.reference.sum())) for name, c in real.items()}
    assert counts == {
        "cleveland": (303, 139),
        "hungary": (294, 106),
        "switzerland": (123, 115),
        "long_beach": (200, 149),
    }
    everyone = [identifier for c in real.values() for identifier in c.identifiers]
    assert len(set(everyone)) == 920
    assert not any(c.synthetic for c in real.values())
    assert (real["switzerland"].subgroups["sex"] == "F").sum() == 10
    assert np.isnan(features(real["switzerland"])[:, data.FEATURES.index("cholesterol")]).all()


def test_no_value_of_the_public_table_is_lost(data_root: Path, real: dict[str, Cases]) -> None:
    raw = pl.read_csv(data_root / nodes.TABLE_FILE, infer_schema=False)
    known = {"age": 0, "trestbps": 1, "chol": 0, "thalch": 0, "oldpeak": 0, "ca": 0}
    names = [
        "age",
        "resting_blood_pressure",
        "cholesterol",
        "maximum_heart_rate",
        "st_depression",
        "fluoroscopy_vessels",
    ]
    together = np.vstack([features(c) for c in real.values()])
    for column, name in zip(known, names, strict=True):
        values = raw[column].cast(pl.Float64).drop_nulls()
        if column in ("trestbps", "chol"):
            values = values.filter(values != 0)
        found = together[:, data.FEATURES.index(name)]
        found = found[~np.isnan(found)]
        assert len(found) == len(values)
        assert found.sum() == pytest.approx(values.sum(), rel=1e-6)
    for column, word, name in (
        ("cp", "asymptomatic", "chest_pain_asymptomatic"),
        ("thal", "reversable defect", "thallium_reversible_defect"),
        ("restecg", "lv hypertrophy", "resting_ecg_left_ventricular_hypertrophy"),
        ("exang", "True", "exercise_angina"),
        ("fbs", "True", "fasting_glucose_above_120"),
        ("sex", "Male", "sex"),
    ):
        assert np.nansum(together[:, data.FEATURES.index(name)]) == (raw[column] == word).sum()


@pytest.mark.parametrize("synthetic", [True, False])
def test_node_yaml_has_exactly_the_agreed_keys(
    request: pytest.FixtureRequest, tmp_path: Path, synthetic: bool
) -> None:
    raw = None if synthetic else request.getfixturevalue("data_root")
    for path in nodes.prepare(raw, tmp_path):
        node = yaml.safe_load((path / "node.yaml").read_text(encoding="utf-8"))
        assert set(node) == {"schema", "name", "label", "data", "policy"}
        assert node["schema"] == 1
        assert node["name"] == path.name
        assert set(node["label"]) == {"fr", "en"}
        assert node["data"] == {"heart_disease": "data"}
        assert node["policy"] == {"smallest_cell": 5}
        assert ("SYNTHETIC" in node["label"]["en"]) == synthetic
        assert ("SYNTHÉTIQUE" in node["label"]["fr"]) == synthetic


def test_the_synthetic_hospitals_say_so_and_keep_the_shift(tmp_path: Path) -> None:
    first = nodes.prepare(None, tmp_path / "a")
    again = nodes.prepare(None, tmp_path / "b")
    prevalence = []
    for one, other in zip(first, again, strict=True):
        content = (one / "data" / "cases.csv").read_bytes()
        assert content == (other / "data" / "cases.csv").read_bytes()
        cases = FOLDER.read(Source(str(one / "data")))
        assert cases.synthetic
        assert all("-synthetic-" in identifier for identifier in cases.identifiers)
        prevalence.append(round(float(cases.reference.mean()), 2))
    assert prevalence == [0.46, 0.36, 0.93, 0.75]


def test_a_finished_node_is_kept_as_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int, str]] = []

    def progress(task: str, done: int, total: int, note: str = "") -> None:
        told.append((task, done, total, note))

    (node,) = nodes.prepare(None, tmp_path, only=["hungary"])
    (node / "ledger").write_text("releases")
    before = (node / "data" / "cases.csv").stat().st_mtime_ns
    assert nodes.prepare(None, tmp_path, progress, ["long_beach", "hungary"]) == [
        tmp_path / "hungary",
        tmp_path / "long_beach",
    ]
    assert (node / "ledger").read_text() == "releases"
    assert (node / "data" / "cases.csv").stat().st_mtime_ns == before
    assert [step[1:] for step in told] == [(1, 2, "hungary"), (2, 2, "long_beach")]


def test_what_a_killed_preparation_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".hungary.part" / "data"
    left.mkdir(parents=True)
    (left / "cases.csv").write_text("half")
    (node,) = nodes.prepare(None, tmp_path, only=["hungary"])
    assert len(FOLDER.read(Source(str(node / "data")))) == 294
    assert [path.name for path in tmp_path.iterdir()] == ["hungary"]


def test_a_preparation_killed_while_it_writes_leaves_no_node(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from preuve.usecases.heart_disease import nodes\n"
        "nodes.yaml.safe_dump = lambda *a, **k: os.kill(os.getpid(), 9)\n"
        "nodes.prepare(None, pathlib.Path(sys.argv[1]), only=['hungary'])"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode == -9
    assert not (tmp_path / "hungary").exists()
    (node,) = nodes.prepare(None, tmp_path, only=["hungary"])
    assert (node / "node.yaml").is_file()


def test_real_and_synthetic_are_never_mixed(data_root: Path, tmp_path: Path) -> None:
    nodes.prepare(None, tmp_path, only=["hungary"])
    with pytest.raises(PreuveError, match="holds SYNTHETIC patients"):
        nodes.prepare(data_root, tmp_path, only=["hungary"])
    nodes.prepare(data_root, tmp_path / "real", only=["hungary"])
    with pytest.raises(PreuveError, match="holds real patients"):
        nodes.prepare(None, tmp_path / "real", only=["hungary"])


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda path: nodes.prepare(None, path, only=["paris"]), "no hospital of that name: paris"),
        (lambda path: nodes.prepare(path / "absent", path), "not in the folder of open data"),
    ],
)
def test_what_cannot_be_prepared(
    tmp_path: Path, prepare: Callable[[Path], object], problem: str
) -> None:
    with pytest.raises(PreuveError, match=problem):
        prepare(tmp_path)


def test_a_folder_that_is_no_node_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "hungary").mkdir()
    with pytest.raises(PreuveError, match="not a node of this use case"):
        nodes.prepare(None, tmp_path, only=["hungary"])
    assert list((tmp_path / "hungary").iterdir()) == []


# The reference systems

EXPECTED = {"cleveland": 0.887, "hungary": 0.899, "switzerland": 0.711, "long_beach": 0.711}
"""Leave-one-hospital-out AUROC measured on the same table before this use case was written."""


def test_each_hospital_is_judged_by_a_model_of_the_others(
    real_nodes: list[Path], real: dict[str, Cases], tmp_path: Path
) -> None:
    path = reference.leave_one_hospital_out(real_nodes, tmp_path / "predictions.csv")
    with path.open(encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    assert lines[0] == ["case", "disease"]
    scores = {case: float(score) for case, score in lines[1:]}
    assert len(scores) == len(lines) - 1 == 920
    for name, cases in real.items():
        mine = [scores[identifier] for identifier in cases.identifiers]
        assert auroc(cases, mine) == pytest.approx(EXPECTED[name], abs=0.03)


def test_a_hospital_does_not_teach_its_own_model(real: dict[str, Cases]) -> None:
    hospitals = list(real.values())
    honest = reference.left_out_scores(hospitals)
    swapped = Cases(
        identifiers=hospitals[0].identifiers,
        persons=hospitals[0].persons,
        reference=1 - hospitals[0].reference,
        inputs=hospitals[0].inputs,
    )
    after = reference.left_out_scores([swapped, *hospitals[1:]])
    assert np.array_equal(honest[0], after[0])
    assert not np.allclose(honest[1], after[1])


@pytest.mark.parametrize("left_out", range(4))
def test_the_fit_equals_that_of_scikit_learn(real: dict[str, Cases], left_out: int) -> None:
    hospitals = list(real.values())
    others = [c for i, c in enumerate(hospitals) if i != left_out]
    x, y = (np.concatenate(p) for p in zip(*map(reference.training_set, others), strict=True))
    missing = np.isnan(x)
    mean, spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
    spread[spread == 0] = 1

    def design(values: Any) -> Any:
        known = np.where(np.isnan(values), 0, (values - mean) / spread)
        return np.hstack([known, np.isnan(values)])

    oracle = LogisticRegression(C=1 / reference.RIDGE, tol=1e-10, max_iter=10_000)
    oracle.fit(design(x), y)
    target = features(hospitals[left_out])
    expected = oracle.predict_proba(design(target))[:, 1]
    assert missing.any()
    assert reference.fit(x, y).score(target) == pytest.approx(expected, abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_the_penalised_gradient_is_zero_at_the_fit(seed: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    design = np.hstack([np.ones((40, 1)), rng.normal(size=(40, 3)) * rng.uniform(0.1, 10, 3)])
    labels = np.r_[0.0, 1.0, rng.integers(0, 2, 38)]
    weights = reference.newton(design, labels, ridge)
    residual = 1 / (1 + np.exp(-design @ weights)) - labels
    assert residual.sum() == pytest.approx(0, abs=1e-6)
    assert design.T[1:] @ residual == pytest.approx(-ridge * weights[1:], abs=1e-6)


def test_a_model_needs_both_labels_and_two_hospitals(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="with and without disease"):
        reference.fit(np.ones((5, 2)), np.ones(5, dtype=np.int8))
    nodes.prepare(None, tmp_path, only=["hungary"])
    with pytest.raises(PreuveError, match="two hospitals or more"):
        reference.leave_one_hospital_out([tmp_path / "hungary"], tmp_path / "out.csv")


def test_cases_without_a_label_teach_nothing(tmp_path: Path) -> None:
    cases = read_csv(tmp_path, {"narrowing": ""}, {"narrowing": "0"}, {})
    x, y = reference.training_set(cases)
    assert len(x) == 2
    assert y.tolist() == [0, 1]


# The model of Cleveland


def session() -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])


def test_the_committed_model_keeps_the_contract_of_the_onnx_door() -> None:
    loaded = session()
    assert [(i.name, i.type, i.shape) for i in loaded.get_inputs()] == [
        ("features", "tensor(float)", ["cases", len(data.FEATURES)])
    ]
    assert [(o.name, o.type, o.shape) for o in loaded.get_outputs()] == [
        ("scores", "tensor(float)", ["cases", 1])
    ]
    nothing_known = np.full((3, len(data.FEATURES)), np.nan, dtype=np.float32)
    (scores,) = loaded.run(None, {"features": nothing_known})
    assert scores.shape == (3, 1)
    assert ((scores > 0) & (scores < 1)).all()


def test_the_committed_model_is_the_fit_on_cleveland(real: dict[str, Cases]) -> None:
    model = reference.fit(*reference.training_set(real["cleveland"]))
    loaded = session()
    for cases in real.values():
        (scores,) = loaded.run(None, {"features": cases.inputs["features"](slice(None))})
        assert scores[:, 0] == pytest.approx(model.score(features(cases)), abs=1e-5)


def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "train_heart_disease.py"
    spec = importlib.util.spec_from_file_location("train_heart_disease", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_card_says_what_is_measured(real: dict[str, Cases]) -> None:
    card = yaml.safe_load(MODEL.with_suffix("").with_suffix(".card.yaml").read_text("utf-8"))
    assert set(card) == {
        "name",
        "version",
        "title",
        "intended_use",
        "training_data",
        "measured",
        "limits",
        "licence",
    }
    model = reference.fit(*reference.training_set(real["cleveland"]))
    again = script().measured(model, real)
    assert [line["what"] for line in card["measured"]] == [line["what"] for line in again]
    for said, measured in zip(card["measured"], again, strict=True):
        assert said["value"] == pytest.approx(measured["value"], abs=2e-4)
        assert said["n"] == measured["n"]


def test_the_shift_table_of_the_readme(real: dict[str, Cases]) -> None:
    text = (FOLDER.path / "README.md").read_text(encoding="utf-8")
    lines = text.split("<!-- shift")[1].split("<!-- end -->")[0].splitlines()
    said = {
        cells[1]: cells[2:-1] for cells in ([c.strip() for c in x.split("|")] for x in lines[3:])
    }
    assert set(said) == set(real)
    left_out = reference.left_out_scores(list(real.values()))
    model = reference.fit(*reference.training_set(real["cleveland"]))
    for (name, cases), scores in zip(real.items(), left_out, strict=True):
        missing = np.isnan(features(cases))
        sick = int(cases.reference.sum())
        assert said[name][:7] == [
            str(len(cases)),
            str(sick),
            f"{sick / len(cases):.3f}",
            str((cases.subgroups["sex"] == "F").sum()),
            str(missing[:, data.FEATURES.index("cholesterol")].sum()),
            str(missing[:, data.FEATURES.index("fluoroscopy_vessels")].sum()),
            f"{auroc(cases, scores):.3f}",
        ]
        if name != "cleveland":
            of_cleveland = model.score(features(cases))
            assert said[name][7] == f"{auroc(cases, of_cleveland):.3f}"
            assert said[name][8] == f"{sick / of_cleveland.sum():.2f}"


def test_the_shares_of_missing_tests_that_the_protocol_states(real: dict[str, Cases]) -> None:
    missing = np.isnan(np.vstack([features(c) for name, c in real.items() if name != "cleveland"]))
    names = ("fluoroscopy_vessels", "thallium_fixed_defect", "st_slope")
    shares = [round(100 * missing[:, data.FEATURES.index(name)].mean()) for name in names]
    stated = next(limit for limit in FOLDER.usecase.limits if "fluoroscopy" in limit.en)
    assert [int(share) for share in re.findall(r"(\d+)%", stated.en)] == shares
    assert [int(share) for share in re.findall(r"(\d+) %", stated.fr)] == shares


def test_french_and_english_are_both_there() -> None:
    with speaking("fr"):
        assert "Sténose" in str(FOLDER.usecase.findings[0].label)
    with speaking("en"):
        assert "narrowing" in str(FOLDER.usecase.findings[0].label)
