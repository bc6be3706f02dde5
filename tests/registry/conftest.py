"""A small multi-label protocol, a binary one, and SYNTHETIC cases for both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from preuve.core.cases import Cases
from preuve.core.usecase import UseCase

_TEXT = {"fr": "texte", "en": "text"}


def _protocol(kind: str, codes: list[str]) -> UseCase:
    record: dict[str, Any] = {
        "schema": 1,
        "code": "synthetic",
        "version": "1",
        "title": _TEXT,
        "question": _TEXT,
        "population": _TEXT,
        "reference_standard": _TEXT,
        "limits": [_TEXT],
        "task": {"kind": kind},
        "inputs": [
            {"name": "signal", "type": "float32", "shape": [3, 4], "unit": "mV", "about": _TEXT},
            {"name": "age", "type": "int64", "shape": [], "unit": "year", "about": _TEXT},
        ],
        "findings": [{"code": code, "label": _TEXT} for code in codes],
        "thresholds": [0.5],
        "operating_point": 0.5,
    }
    return UseCase.from_record(record, where="test")


@pytest.fixture
def usecase() -> UseCase:
    return _protocol("multilabel", ["AFIB", "LBBB", "RBBB"])


@pytest.fixture
def binary() -> UseCase:
    return _protocol("binary", ["disease"])


@pytest.fixture
def cases() -> Cases:
    n = 25
    rng = np.random.default_rng(5)
    signal = rng.normal(size=(n, 3, 4)).astype(np.float32)
    age = rng.integers(20, 90, n)
    return Cases(
        identifiers=np.array([f"case-{i:02d}" for i in range(n)]),
        persons=np.arange(n),
        reference=np.zeros((n, 3), dtype=np.int8),
        inputs={"signal": lambda rows: signal[rows], "age": lambda rows: age[rows]},
        readers={"Reader A": rng.random((n, 3))},
        synthetic=True,
    )
