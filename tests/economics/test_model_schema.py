"""The published schema of a model is that of the code, and models of the house follow it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from preuve.core.lines import read_lines
from preuve.economics.model import PACKAGED
from preuve.economics.specification.written import schema

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "schemas" / "economic-model.schema.json"
MODELS = [*PACKAGED.glob("*.yaml"), *(ROOT / "tests" / "oracles" / "economics").glob("*.yaml")]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_follow_the_schema(path: Path) -> None:
    raw, _origin = read_lines(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(json.loads(json.dumps(raw)))


def test_the_schema_refuses_an_unknown_key() -> None:
    raw, _origin = read_lines(MODELS[0].read_text(encoding="utf-8"))
    assert not jsonschema.Draft202012Validator(schema()).is_valid(raw | {"strategy": {}})
