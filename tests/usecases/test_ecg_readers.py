"""The shipped readers: what their cards say is what they do; how they are made."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.folder import UseCaseFolder
from preuve.core.source import Source
from preuve.usecases.ecg_interpretation import network, nodes, trees
from preuve.usecases.ecg_interpretation.labels import FINDINGS, STATEMENTS, SUPERCLASSES
from preuve.usecases.ecg_interpretation.reference import (
    EXCHANGED,
    TRAINING_FOLDS,
    Examples,
    auroc,
    examples,
    macro_auroc,
    xresnet_predictions,
)

FOLDER = UseCaseFolder.find("ecg_interpretation")
MODELS = FOLDER.path / "models"
READERS = {"features_lightgbm": "features", "cnn": "signal"}


def card_of(name: str) -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((MODELS / f"{name}.card.yaml").read_text("utf-8"))
    return card


def measured(name: str, *words: str) -> dict[str, Any]:
    """The one figure of a card whose English text holds all these words."""
    [found] = [m for m in card_of(name)["measured"] if all(w in m["what"]["en"] for w in words)]
    return dict(found)


def session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = MODELS / f"{name}.onnx"
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def scores_of(name: str, cases: Cases) -> NDArray[np.float32]:
    values = cases.inputs[READERS[name]](slice(None))
    return np.asarray(session(name).run(None, {READERS[name]: values})[0])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, data_root: Path) -> dict[str, Cases]:
    made = nodes.prepare(data_root, tmp_path_factory.mktemp("real"), only=("other", "ludb"))
    return {path.name: FOLDER.read(Source(str(path / "data"))) for path in made}


@pytest.mark.parametrize("name", READERS)
def test_a_shipped_reader_fits_the_use_case(name: str) -> None:
    running = session(name)
    [asked], [given_back] = running.get_inputs(), running.get_outputs()
    offered = {i.name: i for i in FOLDER.usecase.inputs}[READERS[name]]
    assert asked.name == offered.name
    assert tuple(asked.shape[1:]) == offered.shape
    assert given_back.name == "scores"
    assert given_back.shape[1] == len(FINDINGS)
    assert running.get_modelmeta().custom_metadata_map["findings"] == ",".join(FINDINGS)
    assert (MODELS / f"{name}.onnx").stat().st_size < 2_000_000


@pytest.mark.parametrize("name", READERS)
def test_a_card_says_what_a_card_must_say(name: str) -> None:
    card = card_of(name)
    assert card["name"] == name
    for key in ("title", "intended_use", "training_data"):
        assert set(card[key]) == {"fr", "en"}
    for line in [*card["limits"], *(m["what"] for m in card["measured"])]:
        assert set(line) == {"fr", "en"}
    for line in card["measured"]:
        low, high = line["interval"]
        assert low <= line["value"] <= high
    assert card["findings"] == list(FINDINGS)
    assert card["licence"]
    assert card["training"]["cpu_seconds"] > 0


def test_the_figures_asked_of_the_readers_are_reached() -> None:
    trees_figure = measured("features_lightgbm", "5 diagnostic", "5-part cross-validation")
    assert trees_figure["value"] >= 0.910
    assert trees_figure["n"] >= 2549
    network_figure = measured("cnn", "5 diagnostic", "trained on folds 1 to 8, fold 10")
    assert network_figure["value"] >= 0.875
    assert network_figure["n"] == 273


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("node", ["other", "ludb"])
@pytest.mark.parametrize("group", ["5 diagnostic", "12 findings"])
def test_the_shipped_weights_do_at_a_node_what_the_card_says(
    name: str, node: str, group: str, real: dict[str, Cases]
) -> None:
    cases = real[node]
    scores = scores_of(name, cases)
    assert scores.shape == (len(cases), len(FINDINGS))
    assert ((scores >= 0) & (scores <= 1)).all()
    said = measured(name, group, f"shipped weights, node {node}:")
    codes = SUPERCLASSES if group.startswith("5") else tuple(STATEMENTS)
    values = []
    for column, code in enumerate(FINDINGS):
        coded = cases.reference[:, column] != NOT_CODED
        labels = cases.reference[coded, column]
        if code in codes and min((labels == 1).sum(), (labels == 0).sum()) >= 10:
            values.append(roc_auc_score(labels, scores[coded, column]))
    assert said["n"] == len(cases)
    assert np.mean(values) == pytest.approx(said["value"], abs=0.001)


def toy(n: int = 600) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(n, 12)).astype(np.float32)
    x[:, 4:8] = np.round(x[:, 4:8])
    x[:, 3] = np.abs(x[:, 3]) + 1
    x[draw.random(x.shape) < 0.1] = np.nan
    x[:, :2] = np.nan_to_num(x[:, :2])
    total = np.nansum(x[:, :5], axis=1) + draw.normal(size=n)
    y = np.stack([total > k for k in (0, 1, 2)], axis=1).astype(np.int8)
    y[:100, 2] = NOT_CODED
    return x, y


def test_trees_and_their_onnx_file_agree_even_on_missing_values() -> None:
    pytest.importorskip("lightgbm")
    x, y = toy()
    forest = trees.train(x, y, np.arange(len(x)) % 3)
    model = trees.to_onnx(forest, x.shape[1]).SerializeToString()
    running = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    unlike = np.random.default_rng(4).normal(size=(600, 12)).astype(np.float32)
    seen = np.concatenate([x, unlike, x * np.nan, x * 0])
    seen[600:900, 1] = np.nan
    given_back = running.run(None, {"features": seen})[0]
    np.testing.assert_allclose(given_back, forest.predict(seen), atol=1e-5)


def test_trees_do_not_look_at_rows_that_are_not_coded() -> None:
    pytest.importorskip("lightgbm")
    x, y = toy()
    part = np.arange(len(x)) % 3
    changed = x.copy()
    changed[:100] = 7
    one, two = (trees.train(given, y[:, 2:], part) for given in (x, changed))
    np.testing.assert_array_equal(one.predict(x), two.predict(x))


def test_the_line_of_a_margin_is_that_of_a_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    draw = np.random.default_rng(8)
    margin = draw.normal(size=4000)
    labels = (draw.random(4000) < 1 / (1 + np.exp(-(0.7 * margin - 1)))).astype(np.int8)
    intercept, slope = trees.line_of(margin, labels)
    known = LogisticRegression(C=np.inf).fit(
        np.concatenate([margin, [1, -1]])[:, None], np.concatenate([labels, [1, 0]])
    )
    assert intercept == pytest.approx(known.intercept_[0], abs=1e-3)
    assert slope == pytest.approx(known.coef_[0, 0], abs=1e-3)
    separated = trees.line_of(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1], np.int8))
    assert np.isfinite(separated).all()


def test_the_shipped_trees_are_those_that_training_gives(
    data_root: Path, real: dict[str, Cases]
) -> None:
    pytest.importorskip("lightgbm")
    learnt = examples(data_root).in_folds(TRAINING_FOLDS)
    column = FINDINGS.index("CD")
    forest = trees.train(learnt.features, learnt.reference[:, [column]], learnt.fold)
    values = np.asarray(real["other"].inputs["features"](slice(None)), dtype=np.float32)
    shipped = session("features_lightgbm").run(None, {"features": values})[0][:, column]
    np.testing.assert_allclose(forest.predict(values)[:, 0], shipped, atol=1e-4)


def test_the_shipped_trees_answer_when_nothing_could_be_measured() -> None:
    nothing = np.full((2, FOLDER.usecase.inputs[1].shape[0]), np.nan, dtype=np.float32)
    scores = session("features_lightgbm").run(None, {"features": nothing})[0]
    assert np.isfinite(scores).all()


def test_the_network_learns_nothing_from_what_is_not_coded(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    logits = torch.tensor([[2.0, -1.0], [0.5, 3.0]])
    coded = torch.tensor([[1, 0], [0, 1]], dtype=torch.int8)
    silent = torch.tensor([[1, NOT_CODED], [0, NOT_CODED]], dtype=torch.int8)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        logits[:, 0], coded[:, 0].float()
    )
    assert network.masked_loss(logits, silent).item() == pytest.approx(expected.item())
    assert network.masked_loss(logits, coded).item() != pytest.approx(expected.item())
    assert network.masked_loss(logits, torch.full((2, 2), NOT_CODED)).item() == 0


def test_one_seed_trains_one_network_and_its_onnx_file_agrees(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    draw = np.random.default_rng(1)
    signals = draw.normal(size=(16, 12, 1000)).astype(np.float32)
    reference = draw.integers(-1, 2, size=(16, 3)).astype(np.int8)
    short = network.Training(epochs=1, batch=8)
    first, second = (network.train(signals, reference, short) for _time in range(2))
    expected = network.predict(first, signals)
    np.testing.assert_array_equal(network.predict(second, signals), expected)
    network.export(first, tmp_path / "net.onnx")
    running = onnxruntime.InferenceSession(
        tmp_path / "net.onnx", providers=["CPUExecutionProvider"]
    )
    np.testing.assert_allclose(running.run(None, {"signal": signals})[0], expected, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, NOT_CODED]), st.sampled_from([0.1, 0.2, 0.5, 0.7])),
        min_size=2,
        max_size=40,
    )
)
def test_auroc_is_that_of_scikit_learn_without_the_cells_not_coded(
    rows: list[tuple[int, float]],
) -> None:
    labels = np.array([label for label, _score in rows], dtype=np.int8)
    scores = np.array([score for _label, score in rows])
    coded = labels != NOT_CODED
    if len(set(labels[coded].tolist())) < 2:
        assert np.isnan(auroc(labels, scores))
    else:
        expected = roc_auc_score(labels[coded], scores[coded])
        assert auroc(labels, scores) == pytest.approx(expected, abs=1e-12)


def some_examples(n: int = 200) -> Examples:
    draw = np.random.default_rng(5)
    return Examples(
        identifiers=np.arange(n).astype(str),
        persons=(np.arange(n) // 2).astype(str),
        node=np.full(n, "site0"),
        fold=np.arange(n) // 2 % 10 + 1,
        signals=np.zeros((n, 12, 1), dtype=np.float32),
        features=np.zeros((n, 1), dtype=np.float32),
        reference=draw.integers(0, 2, size=(n, len(FINDINGS))).astype(np.int8),
    )


def test_a_mean_leaves_out_findings_with_few_cases() -> None:
    data = some_examples()
    data.reference[:, 0] = 0
    data.reference[:9, 0] = 1
    scores = np.random.default_rng(2).random((len(data), len(FINDINGS)))
    figure = macro_auroc(data, scores, SUPERCLASSES, draws=50)
    assert figure.findings == SUPERCLASSES[1:]
    expected = np.mean([auroc(data.reference[:, c], scores[:, c]) for c in range(1, 5)])
    assert figure.value == pytest.approx(expected)
    assert figure.interval[0] < figure.value < figure.interval[1]
    assert figure == macro_auroc(data, scores, SUPERCLASSES, draws=50)
    assert np.isnan(macro_auroc(data, scores, ["NORM"], draws=5).value)


def test_the_five_parts_hold_every_fold_once() -> None:
    assert sorted(fold for pair in EXCHANGED for fold in pair) == list(range(1, 11))
    data = some_examples()
    for pair in EXCHANGED:
        left_out, learnt = data.in_folds(pair), data.among(~np.isin(data.fold, pair))
        assert not set(left_out.persons.tolist()) & set(learnt.persons.tolist())


def test_published_scores_become_a_predictions_file(
    tmp_path: Path, data_root: Path, real: dict[str, Cases]
) -> None:
    path = xresnet_predictions(data_root, tmp_path / "made" / "xresnet1d101.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    assert header == ["case", *FINDINGS]
    scores = {row[0]: np.array(row[1:], dtype=float) for row in rows}
    assert len(scores) == len(rows) == 179 + 164
    assert all(((row >= 0) & (row <= 1)).all() for row in scores.values())
    cases = real["other"]
    held = [n for n, record in enumerate(cases.identifiers.tolist()) if record in scores]
    assert len(held) > 20
    table = np.stack([scores[str(cases.identifiers[n])] for n in held])
    for code in ("NORM", "CD", "AFIB_AFLT"):
        column = FINDINGS.index(code)
        assert auroc(cases.reference[held, column], table[:, column]) > 0.85
    with np.load(data_root / "ecg" / "xresnet1d101_ptbxl_exp0_predictions.npz") as published:
        names = [str(name) for name in published["classes"]]
        record, line = published["map_test_ecg_id"][0], published["map_test_row"][0]
        original = published["p_test"][line]
    own = scores[f"ptbxl-{record:05d}"]
    assert own[FINDINGS.index("LBBB")] == pytest.approx(original[names.index("CLBBB")])
    assert own[FINDINGS.index("AFIB_AFLT")] == pytest.approx(
        max(original[names.index("AFIB")], original[names.index("AFLT")])
    )


def test_absent_archives_are_named(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="absent"):
        xresnet_predictions(tmp_path, tmp_path / "x.csv")
    with pytest.raises(PreuveError, match="No ECG archive"):
        examples(tmp_path)
