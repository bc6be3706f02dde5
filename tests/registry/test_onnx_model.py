from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.usecase import UseCase
from preuve.registry import System, onnx_model
from preuve.registry.onnx_file import _ENTERED, _NAMED, content_of

FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    *,
    inputs: Sequence[tuple[str, int, list[Any]]] = (("signal", FLOAT, ["n", 3, 4]),),
    outputs: Sequence[tuple[str, int, list[Any]]] = (("scores", FLOAT, ["n", 3]),),
    weights: Sequence[onnx.TensorProto] = (),
    domains: Sequence[str] = (),
    metadata: dict[str, str] | None = None,
    functions: Sequence[onnx.FunctionProto] = (),
) -> Path:
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(*o) for o in outputs],
        list(weights),
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(d, 1) for d in domains)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9, functions=list(functions))
    if metadata:
        helper.set_model_props(model, metadata)
    path.write_bytes(model.SerializeToString())
    return path


def mean_then(*after: onnx.NodeProto, axis: int = 2) -> list[onnx.NodeProto]:
    """signal (n, 3, 4) -> mean of each of the three leads -> the nodes after."""
    return [helper.make_node("ReduceMean", ["signal"], ["mean"], axes=[axis], keepdims=0), *after]


def sigmoid(tmp_path: Path, **options: Any) -> Path:
    return save(
        tmp_path / "reader.onnx",
        mean_then(helper.make_node("Sigmoid", ["mean"], ["scores"])),
        **options,
    )


def expected(cases: Cases) -> Any:
    signal = cases.inputs["signal"](slice(None)).astype(np.float64)
    return 1 / (1 + np.exp(-signal.mean(axis=2)))


def refusal(path: Path, usecase: UseCase, cases: Cases) -> PreuveError:
    with pytest.raises(PreuveError) as caught:
        System.onnx(path).predict(cases, usecase)
    return caught.value


def test_scores_are_those_of_the_model_whatever_the_batch(
    tmp_path: Path, usecase: UseCase, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = System.onnx(sigmoid(tmp_path))
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr(onnx_model, "_BATCH_CASES", 7)
    scores = system.predict(
        cases, usecase, lambda task, done, total, note="": told.append((task, done, total))
    )
    np.testing.assert_allclose(scores.values, expected(cases), atol=1e-6)
    assert scores.values.dtype == np.float64
    assert not scores.values.flags.writeable
    assert told == [("reader", done, 25) for done in (7, 14, 21, 25)]
    assert list(scores.answered) == [25, 25, 25]


def test_a_fixed_batch_is_filled_and_the_filling_dropped(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = sigmoid(
        tmp_path,
        inputs=[("signal", FLOAT, [8, 3, 4])],
        outputs=[("scores", FLOAT, [8, 3])],
    )
    scores = System.onnx(path).predict(cases, usecase)
    np.testing.assert_allclose(scores.values, expected(cases), atol=1e-6)


def test_a_system_survives_pickling(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    system = System.onnx(sigmoid(tmp_path))
    again = pickle.loads(pickle.dumps(system))
    assert again == system
    np.testing.assert_array_equal(
        again.predict(cases, usecase).values, system.predict(cases, usecase).values
    )


def test_findings_in_the_metadata_place_the_columns(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    pick = numpy_helper.from_array(np.array([2, 0]), "pick")
    path = save(
        tmp_path / "two.onnx",
        mean_then(
            helper.make_node("Sigmoid", ["mean"], ["all"]),
            helper.make_node("Gather", ["all", "pick"], ["scores"], axis=1),
        ),
        outputs=[("scores", FLOAT, ["n", 2])],
        weights=[pick],
        metadata={"findings": "RBBB, AFIB"},
    )
    values = System.onnx(path).predict(cases, usecase).values
    np.testing.assert_allclose(values[:, [0, 2]], expected(cases)[:, [0, 2]], atol=1e-6)
    assert np.isnan(values[:, 1]).all()


def test_findings_in_the_card_place_the_columns(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = sigmoid(tmp_path)
    (tmp_path / "reader.card.yaml").write_text("findings: [RBBB, LBBB, AFIB]\n")
    values = System.onnx(path).predict(cases, usecase).values
    np.testing.assert_allclose(values, expected(cases)[:, ::-1], atol=1e-6)


def test_an_unknown_finding_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    error = refusal(sigmoid(tmp_path, metadata={"findings": "AFIB,LBB,RBBB"}), usecase, cases)
    assert "LBB" in error.problem
    assert "LBBB" in error.remedy


@pytest.mark.parametrize("shape", [["n"], ["n", 1], ["n", 2]])
def test_a_binary_model_may_give_one_column_or_two(
    tmp_path: Path, binary: UseCase, cases: Cases, shape: list[Any]
) -> None:
    one = numpy_helper.from_array(np.array(1, dtype=np.float32), "one")
    axes = [1, 2] if len(shape) == 1 else [2]
    take = numpy_helper.from_array(np.array([0]), "take")
    nodes = [helper.make_node("ReduceMean", ["signal"], ["mean"], axes=axes, keepdims=0)]
    if len(shape) == 1:
        nodes += [helper.make_node("Sigmoid", ["mean"], ["p"])]
    else:
        nodes += [
            helper.make_node("Gather", ["mean", "take"], ["first"], axis=1),
            helper.make_node("Sigmoid", ["first"], ["p" if shape[1] == 1 else "q"]),
        ]
    if shape[1:] == [2]:
        nodes += [
            helper.make_node("Sub", ["one", "q"], ["rest"]),
            helper.make_node("Concat", ["rest", "q"], ["p"], axis=1),
        ]
    path = save(tmp_path / "binary.onnx", nodes, outputs=[("p", FLOAT, shape)], weights=[one, take])
    values = System.onnx(path).predict(cases, binary).values
    signal = cases.inputs["signal"](slice(None)).astype(np.float64)
    mean = signal.mean(axis=(1, 2)) if len(shape) == 1 else signal.mean(axis=2)[:, 0]
    np.testing.assert_allclose(values[:, 0], 1 / (1 + np.exp(-mean)), atol=1e-6)


def test_two_columns_that_are_not_probabilities_are_refused(
    tmp_path: Path, binary: UseCase, cases: Cases
) -> None:
    take = numpy_helper.from_array(np.array([0, 1]), "take")
    nodes = mean_then(
        helper.make_node("Gather", ["mean", "take"], ["two"], axis=1),
        helper.make_node("Sigmoid", ["two"], ["p"]),
    )
    path = save(tmp_path / "b.onnx", nodes, outputs=[("p", FLOAT, ["n", 2])], weights=[take])
    assert "sum to 1" in refusal(path, binary, cases).problem


def test_a_single_number_may_be_asked_as_a_column(
    tmp_path: Path, binary: UseCase, cases: Cases
) -> None:
    nodes = [
        helper.make_node("Cast", ["age"], ["years"], to=FLOAT),
        helper.make_node("Div", ["years", "hundred"], ["p"]),
    ]
    hundred = numpy_helper.from_array(np.array(100, dtype=np.float32), "hundred")
    path = save(
        tmp_path / "age.onnx",
        nodes,
        inputs=[("age", INT, ["n", 1])],
        outputs=[("p", FLOAT, ["n", 1])],
        weights=[hundred],
    )
    values = System.onnx(path).predict(cases, binary).values
    np.testing.assert_allclose(
        values[:, 0], cases.inputs["age"](slice(None)).astype(float) / 100, atol=1e-6
    )


def test_an_unknown_input_is_refused_with_the_offered_ones(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["signals"], ["mean"], axes=[2], keepdims=0),
        helper.make_node("Sigmoid", ["mean"], ["scores"]),
    ]
    path = save(tmp_path / "m.onnx", nodes, inputs=[("signals", FLOAT, ["n", 3, 4])])
    error = refusal(path, usecase, cases)
    assert "signals" in error.problem
    assert "Did you mean “signal”" in error.problem
    assert "age int64" in error.remedy


@pytest.mark.parametrize("shape", [["n", 3, 5], ["n", 12], ["n", 1, 3, 4], [3, 4]])
def test_a_wrong_shape_is_refused(
    tmp_path: Path, usecase: UseCase, cases: Cases, shape: list[Any]
) -> None:
    nodes = [
        helper.make_node("Flatten", ["signal"], ["flat"]),
        helper.make_node("Slice", ["flat", "from", "to", "axis"], ["three"]),
        helper.make_node("Sigmoid", ["three"], ["scores"]),
    ]
    weights = [
        numpy_helper.from_array(np.array([value]), name)
        for name, value in (("from", 0), ("to", 3), ("axis", 1))
    ]
    path = save(tmp_path / "m.onnx", nodes, inputs=[("signal", FLOAT, shape)], weights=weights)
    problem = refusal(path, usecase, cases).problem
    assert "['n', 3, 4]" in problem
    assert str(shape) in problem


def test_a_wrong_type_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    path = sigmoid(
        tmp_path,
        inputs=[("signal", TensorProto.DOUBLE, ["n", 3, 4])],
        outputs=[("scores", TensorProto.DOUBLE, ["n", 3])],
    )
    assert "float32, and the model wants tensor(double)" in refusal(path, usecase, cases).problem


def test_a_wrong_width_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    path = save(
        tmp_path / "m.onnx",
        mean_then(helper.make_node("Sigmoid", ["mean"], ["scores"]), axis=1),
        outputs=[("scores", FLOAT, ["n", 4])],
    )
    error = refusal(path, usecase, cases)
    assert "['n', 4] instead of ['n', 3]" in error.problem
    assert "AFIB, LBBB, RBBB" in error.remedy


def test_a_model_without_float_output_is_refused(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    nodes = mean_then(helper.make_node("ArgMax", ["mean"], ["label"], axis=1, keepdims=0))
    path = save(tmp_path / "m.onnx", nodes, outputs=[("label", INT, ["n"])])
    error = refusal(path, usecase, cases)
    assert "no output that can be read as scores" in error.problem
    assert "label tensor(int64)" in error.remedy


def test_the_output_named_scores_is_taken_among_several(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = sigmoid(tmp_path, outputs=[("mean", FLOAT, ["n", 3]), ("scores", FLOAT, ["n", 3])])
    values = System.onnx(path).predict(cases, usecase).values
    np.testing.assert_allclose(values, expected(cases), atol=1e-6)


def test_custom_operators_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    path = save(
        tmp_path / "m.onnx",
        mean_then(helper.make_node("Phone", ["mean"], ["scores"], domain="com.vendor")),
        domains=["com.vendor"],
    )
    with pytest.raises(PreuveError, match=r"com\.vendor:Phone"):
        System.onnx(path)


def test_a_loop_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    turn = helper.make_graph(
        [
            helper.make_node("Identity", ["go_in"], ["go_out"]),
            helper.make_node("Identity", ["kept_in"], ["kept_out"]),
        ],
        "turn",
        [
            helper.make_tensor_value_info("number", INT, []),
            helper.make_tensor_value_info("go_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("kept_in", FLOAT, ["n", 3]),
        ],
        [
            helper.make_tensor_value_info("go_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("kept_out", FLOAT, ["n", 3]),
        ],
    )
    path = save(
        tmp_path / "endless.onnx",
        mean_then(helper.make_node("Loop", ["", "go", "mean"], ["scores"], body=turn)),
        weights=[numpy_helper.from_array(np.array(True), "go")],
    )
    with pytest.raises(PreuveError, match="Loop"):
        System.load(path)


def test_a_custom_operator_inside_a_branch_is_refused_too(tmp_path: Path) -> None:
    branch = helper.make_graph(
        [helper.make_node("Phone", ["mean"], ["out"], domain="com.vendor")],
        "branch",
        [],
        [helper.make_tensor_value_info("out", FLOAT, None)],
    )
    yes = numpy_helper.from_array(np.array(True), "yes")
    node = helper.make_node("If", ["yes"], ["scores"], then_branch=branch, else_branch=branch)
    path = save(tmp_path / "m.onnx", mean_then(node), weights=[yes], domains=["com.vendor"])
    with pytest.raises(PreuveError, match=r"com\.vendor:Phone"):
        System.onnx(path)


def test_a_function_defined_in_the_file_is_not_foreign(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    own = helper.make_function(
        "own",
        "Squash",
        ["x"],
        ["y"],
        [helper.make_node("Sigmoid", ["x"], ["y"])],
        [helper.make_opsetid("", 17)],
    )
    path = save(
        tmp_path / "m.onnx",
        mean_then(helper.make_node("Squash", ["mean"], ["scores"], domain="own")),
        domains=["own"],
        functions=[own],
    )
    values = System.onnx(path).predict(cases, usecase).values
    np.testing.assert_allclose(values, expected(cases), atol=1e-6)


@pytest.mark.parametrize("location", ["weights.bin", "../secret.bin", "/etc/hostname"])
def test_weights_in_another_file_are_refused(tmp_path: Path, location: str) -> None:
    weight = TensorProto(name="w", data_type=FLOAT, dims=[3])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    path = save(
        tmp_path / "m.onnx",
        mean_then(helper.make_node("Add", ["mean", "w"], ["scores"])),
        weights=[weight],
    )
    with pytest.raises(PreuveError, match="weights in another file"):
        System.onnx(path)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x09", b"\xff" * 64])
def test_a_damaged_file_is_refused(
    tmp_path: Path, usecase: UseCase, cases: Cases, content: bytes
) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    assert "cannot be read as an ONNX model" in refusal(path, usecase, cases).problem


def test_a_truncated_file_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    path = sigmoid(tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    assert "cannot be read as an ONNX model" in refusal(path, usecase, cases).problem


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    with path.open("wb") as stream:
        stream.truncate(onnx_model.LARGEST + 1)
    with pytest.raises(PreuveError, match="too large"):
        System.onnx(path)


def test_a_file_that_changed_is_another_system(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = sigmoid(tmp_path)
    system = System.onnx(path)
    sigmoid(tmp_path, metadata={"version": "2"})
    assert System.onnx(path).digest != system.digest
    with pytest.raises(PreuveError, match="has changed"):
        system.predict(cases, usecase)


def test_nan_is_a_case_without_an_answer(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    path = save(
        tmp_path / "m.onnx",
        mean_then(
            helper.make_node("Sqrt", ["mean"], ["root"]),
            helper.make_node("Sigmoid", ["root"], ["scores"]),
        ),
    )
    scores = System.onnx(path).predict(cases, usecase)
    negative = cases.inputs["signal"](slice(None)).mean(axis=2) < 0
    assert negative.any()
    np.testing.assert_array_equal(np.isnan(scores.values), negative)
    np.testing.assert_array_equal(scores.answered, (~negative).sum(axis=0))


def test_logits_are_refused_with_the_case_and_the_finding(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    path = save(tmp_path / "m.onnx", mean_then(helper.make_node("Identity", ["mean"], ["scores"])))
    error = refusal(path, usecase, cases)
    assert "outside [0, 1]" in error.problem
    mean = cases.inputs["signal"](slice(None)).mean(axis=2)
    row, column = np.argwhere((mean < 0) | (mean > 1))[0]
    assert usecase.findings[column].code in error.problem
    assert str(cases.identifiers[row]) in error.where
    assert str(cases.identifiers[row]) not in error.problem


def test_infinity_is_refused(tmp_path: Path, usecase: UseCase, cases: Cases) -> None:
    zero = numpy_helper.from_array(np.zeros(3, dtype=np.float32), "zero")
    path = save(
        tmp_path / "m.onnx",
        mean_then(
            helper.make_node("Abs", ["mean"], ["positive"]),
            helper.make_node("Div", ["positive", "zero"], ["scores"]),
        ),
        weights=[zero],
    )
    error = refusal(path, usecase, cases)
    assert "outside [0, 1]" in error.problem
    assert error.where.endswith("case-00 · inf")


def test_the_field_numbers_are_those_of_onnx() -> None:
    for message, entered in _ENTERED.items():
        fields = getattr(onnx, message, None) or getattr(onnx.onnx_pb, message)
        by_number = fields.DESCRIPTOR.fields_by_number
        led = {f.number: f.message_type.name for f in by_number.values() if f.message_type}
        assert entered == {k: v for k, v in led.items() if v in _ENTERED}
    for message, numbers in _NAMED.items():
        descriptor = getattr(onnx, message).DESCRIPTOR
        assert descriptor.fields_by_name["domain"].number == numbers[0]
        name = "op_type" if message == "NodeProto" else "name"
        assert descriptor.fields_by_name[name].number == numbers[1]
    tensor = onnx.TensorProto.DESCRIPTOR.fields_by_name
    assert (tensor["external_data"].number, tensor["data_location"].number) == (13, 14)


def test_a_standard_model_has_no_foreign_part(tmp_path: Path) -> None:
    content = content_of(sigmoid(tmp_path).read_bytes())
    assert content.foreign == ()
    assert not content.external


def test_an_error_of_the_model_while_it_runs_is_told(
    tmp_path: Path, usecase: UseCase, cases: Cases
) -> None:
    far = numpy_helper.from_array(np.array([0, 1, 9]), "far")
    nodes = [
        helper.make_node("Sigmoid", ["mean"], ["all"]),
        helper.make_node("Shape", ["all"], ["shape"]),
        helper.make_node("Gather", ["shape", "far"], ["where"]),
        helper.make_node("Reshape", ["all", "where"], ["scores"]),
    ]
    path = save(tmp_path / "m.onnx", mean_then(*nodes), weights=[far])
    error = refusal(path, usecase, cases)
    assert "stopped with an error" in error.problem
    assert "Gather" in error.remedy


@pytest.mark.parametrize("given", [None, np.zeros((25, 3, 5), dtype=np.float32)])
def test_a_node_that_reads_an_input_wrongly_is_told(
    tmp_path: Path, usecase: UseCase, cases: Cases, given: Any
) -> None:
    readers = {} if given is None else {"signal": lambda rows: given[rows]}
    error = refusal(sigmoid(tmp_path), usecase, replace(cases, inputs=readers))
    assert "signal" in error.problem
    assert "data.py" in error.remedy
