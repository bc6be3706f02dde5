"""From released sites to the content of an evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.record import canonical
from preuve.core.signature import Key
from preuve.core.usecase import UseCase
from preuve.evaluation.assembly import SiteOutcome, assemble, reassemble
from preuve.evaluation.grid import Grid
from preuve.evaluation.release import ReleasedCell, ReleasedDifference, ReleasedSite
from preuve.evaluation.site import SiteResult, summarise


def _both(text: str) -> dict[str, str]:
    return {"fr": text, "en": text}


def _usecase(**changes: Any) -> UseCase:
    record = {
        "schema": 1,
        "code": "toy",
        "version": "1",
        "title": _both("toy"),
        "question": _both("question"),
        "population": _both("population"),
        "reference_standard": _both("reference"),
        "limits": [_both("a toy")],
        "task": {"kind": "multilabel"},
        "inputs": [
            {"name": "x", "type": "float32", "shape": [3], "unit": "1", "about": _both("x")}
        ],
        "findings": [
            {"code": "common", "label": _both("c")},
            {"code": "rare", "label": _both("r")},
        ],
        "thresholds": [0.2, 0.5],
        "operating_point": 0.5,
        "subgroups": [
            {
                "code": "sex",
                "label": _both("sex"),
                "levels": [{"code": "M", "label": _both("m")}, {"code": "F", "label": _both("f")}],
            }
        ],
        "acceptance": [{"measure": "auroc", "finding": "common", "at_least": 0.7}],
    }
    return UseCase.from_record(record | changes, where="test")


def _cases(seed: int, size: int = 400) -> tuple[Cases, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    reference = np.column_stack([random.random(size) < 0.4, random.random(size) < 4 / size]).astype(
        np.int8
    )
    signal = random.normal(size=(size, 2)) + 1.2 * reference
    cases = Cases(
        np.array([f"{seed}-{i}" for i in range(size)]),
        random.integers(0, size, size),
        reference,
        {"sex": np.where(random.random(size) < 0.5, "M", "F")},
    )
    noisier = signal + random.normal(size=signal.shape)
    return cases, 1 / (1 + np.exp(-signal)), 1 / (1 + np.exp(-noisier))


def _open(usecase: UseCase, name: str, cases: Cases, result: SiteResult) -> ReleasedSite:
    """Everything a site knows, released as a node with public data would."""
    grids = {finding.code: Grid.of(usecase, finding) for finding in usecase.findings}
    return ReleasedSite(
        site=name,
        label=_both(name),
        cases=len(cases),
        people=len(np.unique(cases.persons)),
        cells={
            place: ReleasedCell(
                histogram=cell.summary.histogram,
                people=cell.summary.people,
                decisions=dict(
                    zip(grids[place.finding].thresholds, cell.summary.decisions, strict=True)
                ),
                moments=cell.summary.moments,
                sums=cell.summary.sums,
                statistics={k: s for k, s in cell.statistics.items() if np.isfinite(s.variance)},
            )
            for place, cell in result.cells.items()
        },
        comparisons={
            code: ReleasedDifference(
                d.area, d.comparator, (int(d.members[0].sum()), int(d.members[1].sum()))
            )
            for code, d in result.comparisons.items()
        },
        coded=result.coded,
        answered=result.answered,
        smallest_cell=1,
        bins={code: grid.bins for code, grid in grids.items()},
    )


def _outcomes(usecase: UseCase, sites: int = 5) -> list[SiteOutcome]:
    outcomes = []
    for seed in range(sites):
        cases, scores, other = _cases(seed)
        released = _open(usecase, f"s{seed}", cases, summarise(usecase, cases, scores, other))
        record = json.loads(canonical(released.record()))
        outcomes.append(
            SiteOutcome(f"s{seed}", _both(f"s{seed}"), "released", None, {"released": record})
        )
    return outcomes


@pytest.fixture(scope="module")
def content() -> Mapping[str, Any]:
    usecase = _usecase()
    return assemble(usecase, {"name": "one"}, {"name": "two"}, _outcomes(usecase))


def test_same_releases_same_bytes_in_any_order(content: Mapping[str, Any]) -> None:
    usecase = _usecase()
    again = assemble(usecase, {"name": "one"}, {"name": "two"}, _outcomes(usecase)[::-1])
    assert canonical(again) == canonical(dict(content))


def test_figures_follow_from_the_releases_as_written(content: Mapping[str, Any]) -> None:
    written = json.loads(canonical(dict(content)))
    assert reassemble(written) == written
    written["estimates"][0]["estimate"]["value"] += 1e-6
    assert reassemble(written) != written


def test_pooled_figures_are_those_of_the_cases_together(content: Mapping[str, Any]) -> None:
    evidence = Evidence.sign(dict(content), {}, Key.generate())
    parts = [_cases(seed) for seed in range(5)]
    reference = np.concatenate([cases.reference[:, 0] for cases, _, _ in parts])
    scores = np.concatenate([own[:, 0] for _, own, _ in parts])
    pooled = evidence.estimate("auroc", "common", estimand="pooled")
    assert pooled.value == pytest.approx(metrics.roc_auc_score(reference, scores), abs=2e-4)
    sensitivity = evidence.estimate("sensitivity", "common", estimand="pooled")
    assert sensitivity.value == pytest.approx(
        metrics.recall_score(reference, scores >= 0.5), abs=1e-12
    )
    site = evidence.estimate("auroc", "common", estimand="site", site="s3")
    assert site.value == pytest.approx(
        metrics.roc_auc_score(parts[3][0].reference[:, 0], parts[3][1][:, 0]), abs=1e-12
    )


def test_counts_are_exact_and_add_up(content: Mapping[str, Any]) -> None:
    parts = [_cases(seed) for seed in range(5)]
    cells = ("true_positive", "false_positive", "false_negative", "true_negative")
    for threshold in (0.2, 0.5):
        rows = {
            row["site"]: [row[cell] for cell in cells]
            for row in content["counts"]
            if (row["finding"], row["threshold"]) == ("common", threshold)
        }
        for seed, (cases, own, _) in enumerate(parts):
            tn, fp, fn, tp = metrics.confusion_matrix(
                cases.reference[:, 0], own[:, 0] >= threshold
            ).ravel()
            assert rows[f"s{seed}"] == [tp, fp, fn, tn]
        assert rows.pop("") == np.sum(list(rows.values()), axis=0).tolist()


def test_the_next_hospital_is_less_sure_than_the_mean_hospital(content: Mapping[str, Any]) -> None:
    evidence = Evidence.sign(dict(content), {}, Key.generate())
    mean, ahead = (
        evidence.estimate("auroc", "common", estimand=estimand).interval
        for estimand in ("mean_hospital", "next_hospital")
    )
    assert ahead[0] < mean[0] < mean[1] < ahead[1]
    (row,) = content["acceptance"]
    assert 0 < row["probability"] <= 1
    assert row["hospitals"] == 5


def test_nothing_is_printed_of_a_finding_with_few_events(content: Mapping[str, Any]) -> None:
    for part in ("estimates", "gaps", "comparison", "heterogeneity"):
        assert not [row for row in content[part] if row["finding"] == "rare"]
    (row,) = [row for row in content["suppression"] if row["finding"] == "rare"]
    assert {site["reason"] for site in row["sites"]} == {"too_few_events"}
    evidence = Evidence.sign(dict(content), {}, Key.generate())
    with pytest.raises(PreuveError, match="does not hold"):
        evidence.estimate("auroc", "rare")


def test_a_paired_comparison_knows_the_cases_are_the_same(content: Mapping[str, Any]) -> None:
    rows = {r["estimand"]: r["estimate"] for r in content["comparison"] if r["site"] in ("", "s0")}
    assert rows["mean_hospital"]["low"] > 0
    single = {
        row["role"]: row["estimate"]
        for row in content["estimates"]
        if (row["measure"], row["site"], row["variable"]) == ("auroc", "s0", "")
    }
    widths = [single[role]["high"] - single[role]["low"] for role in ("system", "comparator")]
    paired = rows["site"]["high"] - rows["site"]["low"]
    assert paired < np.hypot(*widths)


def test_the_difference_within_sites_is_weighted_by_pairs(content: Mapping[str, Any]) -> None:
    rows = [row for row in content["comparison"] if row["finding"] == "common"]
    sites = [row for row in rows if row["estimand"] == "site"]
    weights = np.array([row["events"] * row["non_events"] for row in sites], dtype=float)
    weights /= weights.sum()
    (within,) = [row["estimate"] for row in rows if row["estimand"] == "within_site"]
    values = [row["estimate"]["value"] for row in sites]
    spreads = [row["estimate"]["distribution"]["spread"] for row in sites]
    assert within["value"] == pytest.approx(weights @ values)
    assert within["distribution"]["spread"] == pytest.approx(np.hypot.reduce(weights * spreads))


def test_gaps_stand_beside_both_prevalences(content: Mapping[str, Any]) -> None:
    rows = [row for row in content["gaps"] if row["finding"] == "common"]
    assert {row["measure"] for row in rows} == {
        "auroc",
        "sensitivity",
        "specificity",
        "observed_expected",
    }
    for row in rows:
        assert (row["reference"], row["level"]) == ("M", "F")
        assert 0 < row["prevalence"]["events"] < row["prevalence"]["cases"]
        low, high = row["estimate"]["low"], row["estimate"]["high"]
        assert low < (1 if row["measure"] == "observed_expected" else 0) < high


def test_what_a_source_does_not_code_is_never_a_negative() -> None:
    usecase = _usecase()
    cases, scores, _ = _cases(0)
    reference = cases.reference.copy()
    reference[:200, 0] = NOT_CODED
    silent = Cases(cases.identifiers, cases.persons, reference, cases.subgroups)
    result = summarise(usecase, silent, scores)
    assert result.coded["common"] == 200
    half = Cases(cases.identifiers[200:], cases.persons[200:], reference[200:])
    alone = summarise(usecase, half, scores[200:])
    place = next(iter(alone.cells))
    np.testing.assert_array_equal(
        result.cells[place].summary.counts, alone.cells[place].summary.counts
    )


def test_a_case_without_an_answer_is_left_out() -> None:
    usecase = _usecase()
    cases, scores, _ = _cases(0)
    scores = scores.copy()
    scores[:50] = np.nan
    result = summarise(usecase, cases, scores)
    assert result.answered == {"system": 350}
    assert next(iter(result.cells.values())).summary.counts.sum() == 350


def test_an_altered_evidence_is_refused(content: Mapping[str, Any], tmp_path: Any) -> None:
    outcomes = {"seconds": 1.0}
    evidence = Evidence.sign(dict(content) | {"sites": []}, outcomes, Key.generate())
    path = evidence.save(tmp_path / "toy.evidence.json")
    assert Evidence.load(path).digest == evidence.digest
    original = path.read_bytes()
    random = np.random.default_rng(0)
    for place in random.integers(0, len(original), 200):
        changed = bytearray(original)
        changed[place] ^= 1 << int(random.integers(0, 7))
        path.write_bytes(bytes(changed))
        with pytest.raises(PreuveError):
            Evidence.load(path)
    path.write_bytes(original + b" ")
    with pytest.raises(PreuveError):
        Evidence.load(path)
    path.write_bytes(original)
    with pytest.raises(PreuveError, match="another key"):
        Evidence.load(path, key=Key.generate().public)
