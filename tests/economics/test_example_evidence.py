"""The example evidence shipped with the ECG model: whole, small, and what the pipeline makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import preuve
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence

FILE = Path(preuve.__file__).parent / "economics/models/ecg-example.evidence.json"
SCRIPT = Path(__file__).parents[2] / "scripts/economics/example_evidence.py"
FINDING = "AFIB_AFLT"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence.load(FILE)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_evidence_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_small_and_of_one_finding(evidence: Evidence) -> None:
    assert FILE.stat().st_size < 150_000
    assert [finding.code for finding in evidence.usecase.findings] == [FINDING]
    assert not evidence.synthetic


@pytest.mark.parametrize("measure", ["sensitivity", "specificity"])
def test_holds_what_the_model_reads(evidence: Evidence, measure: str) -> None:
    sites = [site["site"] for site in evidence.content["sites"] if site["release"]]
    readable = 0
    for site in sites:
        try:
            evidence.estimate(measure, FINDING, estimand="site", site=site)
        except PreuveError:
            continue
        readable += 1
    assert readable >= 3
    mean = evidence.estimate(measure, FINDING, estimand="mean_hospital").interval
    following = evidence.estimate(measure, FINDING, estimand="next_hospital").interval
    assert following[0] < mean[0] < mean[1] < following[1]


def test_a_changed_figure_is_refused(evidence: Evidence, tmp_path: Path) -> None:
    value = evidence.estimate("sensitivity", FINDING).value
    written = FILE.read_text()
    assert str(value) in written
    forged = tmp_path / "forged.json"
    forged.write_text(written.replace(str(value), "0.99"))
    with pytest.raises(PreuveError, match="altered"):
        Evidence.load(forged)


def test_pipeline_makes_the_packaged_figures(
    evidence: Evidence, script: ModuleType, data_root: Path
) -> None:
    rebuilt = script.example(data_root)
    assert _same(rebuilt.content["estimates"], evidence.content["estimates"])
    assert rebuilt.content["counts"] == evidence.content["counts"]


def _same(made: Any, packaged: Any) -> bool:
    """Equal, but for the last digits, in which processors differ."""
    if isinstance(packaged, dict):
        return set(made) == set(packaged) and all(_same(made[k], packaged[k]) for k in packaged)
    if isinstance(packaged, list):
        return len(made) == len(packaged) and all(map(_same, made, packaged))
    if isinstance(packaged, float):
        return bool(made == pytest.approx(packaged, rel=1e-9, abs=1e-12))
    return bool(made == packaged)
