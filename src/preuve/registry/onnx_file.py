"""What an ONNX file holds, read from its bytes without running or loading any of it.

The wire format is that of Protocol Buffers (https://protobuf.dev/programming-guides/encoding);
the numbers of the fields are those of `onnx.proto3`. Only the messages that lead to operators,
functions and tensors are entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

STANDARD_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")

_ENTERED: dict[str, dict[int, str]] = {
    "ModelProto": {7: "GraphProto", 20: "TrainingInfoProto", 25: "FunctionProto"},
    "TrainingInfoProto": {1: "GraphProto", 2: "GraphProto"},
    "GraphProto": {1: "NodeProto", 5: "TensorProto", 15: "SparseTensorProto"},
    "FunctionProto": {7: "NodeProto", 11: "AttributeProto"},
    "NodeProto": {5: "AttributeProto"},
    "AttributeProto": {
        5: "TensorProto",
        6: "GraphProto",
        10: "TensorProto",
        11: "GraphProto",
        22: "SparseTensorProto",
        23: "SparseTensorProto",
    },
    "SparseTensorProto": {1: "TensorProto", 2: "TensorProto"},
    "TensorProto": {},
}
_NAMED: dict[str, tuple[int, int]] = {"NodeProto": (7, 4), "FunctionProto": (10, 1)}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5

Field = tuple[int, "int | memoryview"]


@dataclass(frozen=True)
class OnnxContent:
    """The foreign parts of a model.

    Attributes:
        foreign: operators, as "domain:name", that are neither standard nor defined in the file.
        external: whether a tensor keeps its values in another file.
        loops: whether the operator Loop stands in it, whose number of turns nothing bounds.
    """

    foreign: tuple[str, ...]
    external: bool
    loops: bool


def content_of(data: bytes) -> OnnxContent:
    """The foreign parts of the bytes of an ONNX file.

    Raises:
        ValueError: the bytes are not a Protocol Buffers message.
    """
    operators: set[tuple[str, str]] = set()
    functions: set[tuple[str, str]] = set()
    external = False
    waiting: list[tuple[str, memoryview]] = [("ModelProto", memoryview(data))]
    while waiting:
        kind, message = waiting.pop()
        named: dict[int, str] = {}
        for number, value in _fields(message):
            if isinstance(value, int):
                external |= kind == "TensorProto" and number == _DATA_LOCATION and value != 0
            elif number in _ENTERED[kind]:
                waiting.append((_ENTERED[kind][number], value))
            elif number in _NAMED.get(kind, ()):
                named[number] = str(value, "utf-8")
            external |= kind == "TensorProto" and number == _EXTERNAL_DATA
        if kind in _NAMED:
            domain, name = (named.get(number, "") for number in _NAMED[kind])
            (operators if kind == "NodeProto" else functions).add((domain, name))
    foreign = {f"{d}:{name}" for d, name in operators - functions if d not in STANDARD_DOMAINS}
    loops = any(name == "Loop" and d in STANDARD_DOMAINS for d, name in operators)
    return OnnxContent(tuple(sorted(foreign)), external, loops)


def _fields(message: memoryview) -> Iterator[Field]:
    """Number and value of the fields of one message; fixed-width values are passed over."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif wire == _LENGTH:
            size, at = _varint(message, at)
            if at + size > end:
                raise ValueError("a field ends after the file")
            yield number, message[at : at + size]
            at += size
        elif wire in (_FIXED32, _FIXED64):
            at += 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"unknown wire type {wire}")
    if at != end:
        raise ValueError("a field ends after the file")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("a number ends after the file")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number is longer than 64 bits")
