"""Comparison: what may stand side by side, what a difference rests on, what is never claimed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.distribution import Normal
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import speaking
from preuve.core.record import canonical
from preuve.core.signature import Key
from preuve.registry.comparison import compare, told, words
from preuve.registry.comparison.chart import chart
from preuve.registry.entry import Entry

Made = Callable[..., Evidence]
MadeEntry = Callable[..., Entry]


def _paired(low: float, high: float) -> list[dict[str, Any]]:
    """The rows of a paired difference of areas with that interval."""
    centre, spread = (low + high) / 2, (high - low) / (2 * 1.959963984540054)
    estimate = {
        "value": centre,
        "unit": "difference of proportions",
        "low": low,
        "high": high,
        "level": 0.95,
        "distribution": Normal(centre, spread).record(),
    }
    return [
        {
            "measure": "auroc",
            "finding": "AFIB_AFLT",
            "estimand": estimand,
            "site": "",
            "estimate": estimate,
            "events": 100,
            "non_events": 1000,
        }
        for estimand in ("mean_hospital", "next_hospital")
    ]


def _version(evidence: Evidence) -> list[dict[str, str]]:
    return [{"version": "1.0", "digest": evidence.content["system"]["digest"]}]


def test_other_use_case_is_refused(evidence: Evidence, make_evidence: Made) -> None:
    other = make_evidence(usecase={"code": "heart_disease"})
    with pytest.raises(PreuveError, match="different use cases: ecg_atrial"):
        compare([evidence, other])


def test_other_version_of_the_protocol_is_refused_with_the_parts_that_differ(
    evidence: Evidence, make_evidence: Made
) -> None:
    other = make_evidence(usecase={"minimum_events": 20, "version": "1.1"})
    with pytest.raises(PreuveError, match=r"two versions .* minimum_events, version") as refused:
        compare([evidence, other])
    assert "same protocol" in refused.value.remedy


def test_same_version_name_but_another_protocol_is_refused(
    evidence: Evidence, make_evidence: Made
) -> None:
    with pytest.raises(PreuveError, match="these parts differ: minimum_events"):
        compare([evidence, make_evidence(usecase={"minimum_events": 11})])


def test_other_findings_are_refused(evidence: Evidence, make_evidence: Made) -> None:
    findings = copy.deepcopy(evidence.content["usecase"]["findings"])
    findings[0]["code"] = "LBBB"
    usecase = {"findings": findings, "acceptance": []}
    with pytest.raises(PreuveError, match="not asked the same findings: AFIB_AFLT and LBBB"):
        compare([evidence, make_evidence(usecase=usecase)])


def test_the_same_system_or_file_twice_is_refused(evidence: Evidence, make_evidence: Made) -> None:
    with pytest.raises(PreuveError, match="stands twice"):
        compare([evidence, evidence])
    with pytest.raises(PreuveError, match="same system"):
        compare([make_evidence(), make_evidence(synthetic=True)])


def test_nothing_to_compare() -> None:
    with pytest.raises(PreuveError, match="at least one"):
        compare([])


def test_a_byte_altered_is_refused(packaged: Path, tmp_path: Path) -> None:
    content = packaged.read_bytes()
    for place in range(0, len(content), len(content) // 40):
        path = tmp_path / "altered.json"
        changed = bytes([content[place] ^ 1])
        path.write_bytes(content[:place] + changed + content[place + 1 :])
        with pytest.raises(PreuveError):
            compare([Evidence.load(path)])


def test_same_hospitals_but_not_the_same_cases_rank_nothing(
    evidence: Evidence, make_evidence: Made
) -> None:
    found = compare([evidence, make_evidence(shift=-3.0)])
    assert found.same_hospitals
    assert [pair.basis for pair in found.pairs] == ["same_hospitals"]
    assert all(one.probability is None for one in found.pairs[0].differences)
    apart = [one for one in found.pairs[0].differences if one.low > 0]
    assert apart, "the intervals are far apart and still nothing is ranked"
    assert found.best("AFIB_AFLT") is None
    assert "none of them" in told.headline(found)
    assert any("no ranking is claimed" in line for line in told.reservations(found))
    assert all("not the same cases" in told.verdict_words(found.pairs[0], one) for one in apart)


def test_other_hospitals_are_told_by_the_keys_of_their_nodes(
    evidence: Evidence, make_evidence: Made
) -> None:
    found = compare([evidence, make_evidence(elsewhere=True)])
    names = [{site.name for site in side.measured.released} for side in found.sides]
    assert names[0] == names[1], "the hospitals bear the same names"
    assert not found.same_hospitals
    assert found.pairs[0].basis == "other_hospitals"
    assert any("mixes the systems with the hospitals" in x for x in told.reservations(found))


def test_same_cases_and_an_interval_without_zero_rank(make_evidence: Made) -> None:
    second = make_evidence("second", mark="b")
    comparator = dict(second.content["system"])
    first = make_evidence("first", comparator=comparator, comparison=_paired(0.01, 0.05))
    for order in ([first, second], [second, first], [first]):
        found = compare(order)
        assert [side.measured.system["name"] for side in found.sides].count("second") == 1
        assert found.pairs[0].basis == "same_cases"
        best = found.best("AFIB_AFLT")
        assert best is not None
        assert best.measured.system["name"] == "first"
        assert "System first" in told.headline(found)


def test_the_paired_difference_is_turned_with_the_order(make_evidence: Made) -> None:
    second = make_evidence("second", mark="b")
    first = make_evidence(
        "first", comparator=dict(second.content["system"]), comparison=_paired(-0.01, 0.05)
    )
    one, two = (compare(order).pairs[0].differences for order in ([first, second], [second, first]))
    here = next(d for d in one if (d.measure, d.estimand) == ("auroc", "mean_hospital"))
    there = next(d for d in two if (d.measure, d.estimand) == ("auroc", "mean_hospital"))
    assert (there.value, there.low, there.high) == (-here.value, -here.high, -here.low)
    assert here.probability is not None
    assert there.probability is not None
    assert here.probability + there.probability == pytest.approx(1, abs=1e-3)
    assert not here.settled
    assert compare([first, second]).best("AFIB_AFLT") is None


def test_a_measure_that_is_not_paired_has_no_probability(make_evidence: Made) -> None:
    second = make_evidence("second", mark="b")
    first = make_evidence(
        "first", comparator=dict(second.content["system"]), comparison=_paired(0.01, 0.05)
    )
    found = compare([first, second]).pairs[0].differences
    sensitivity = [one for one in found if one.measure == "sensitivity"]
    assert sensitivity
    assert all(one.probability is None and not one.settled for one in sensitivity)


def test_a_difference_by_draws_holds_the_difference_and_is_wider_than_each(
    evidence: Evidence, make_evidence: Made
) -> None:
    other = make_evidence(shift=-1.0)
    found = compare([evidence, other])
    one = next(
        d
        for d in found.pairs[0].differences
        if (d.measure, d.estimand) == ("auroc", "mean_hospital")
    )
    finding = found.usecase.findings[0]
    figures = [side.measured.figure("auroc", finding, "mean_hospital") for side in found.sides]
    assert figures[0] is not None
    assert figures[1] is not None
    drawn = figures[0].estimate.draws(200_000, 7) - figures[1].estimate.draws(200_000, 7)
    assert one.low == pytest.approx(float(np.quantile(drawn, 0.025)), abs=0.003)
    assert one.high == pytest.approx(float(np.quantile(drawn, 0.975)), abs=0.003)
    assert one.low <= one.value <= one.high


def test_same_inputs_give_the_same_bytes(evidence: Evidence, make_evidence: Made) -> None:
    other = make_evidence()
    assert canonical(compare([evidence, other]).record()) == canonical(
        compare([evidence, other]).record()
    )


def test_every_figure_has_its_interval_and_its_estimand(evidence: Evidence) -> None:
    side = compare([evidence]).sides[0]
    figures = [figure.record() for figure in side.figures()]
    assert {figure["estimand"] for figure in figures} == {"mean_hospital", "next_hospital"}
    assert all(figure["low"] < figure["value"] < figure["high"] for figure in figures)
    assert all(figure["evidence"] == evidence.digest for figure in figures)


def test_claims_stand_beside_what_was_measured(evidence: Evidence, make_entry: MadeEntry) -> None:
    claims = [
        {"measure": "Sensitivity", "value": 0.999},
        {"measure": "AUC", "value": 0.99},
        {"measure": "Specificity", "value": 50},
        {"measure": "Time to notification (minutes)", "value": 4.2},
        {"measure": "Sensitivity", "value": 0.9, "finding": "LBBB"},
    ]
    entry = make_entry(versions=_version(evidence), claims=claims)
    found = compare([evidence], [entry])
    verdicts = [one.verdict for one in found.sides[0].claims]
    assert verdicts == ["above", "within", "below", "not_measured", "not_measured"]
    told_claims = [line for line in told.reservations(found) if "claim" in line]
    assert any("99.9" in line and "above the measured interval" in line for line in told_claims)
    assert any("not measured" in line for line in told_claims)


def test_a_claim_is_never_a_figure(make_evidence: Made, make_entry: MadeEntry) -> None:
    made = make_evidence()
    entry = make_entry(
        versions=_version(made), claims=[{"measure": "Sensitivity", "value": 0.123456}]
    )
    side = compare([made], [entry]).sides[0]
    assert all(figure.estimate.value != 0.123456 for figure in side.figures())
    assert [one.claim.value for one in side.claims] == [0.123456]


def test_an_entry_that_only_lists_a_file_is_not_its_system(
    evidence: Evidence, make_entry: MadeEntry
) -> None:
    entry = make_entry(evidence=[evidence.digest])
    found = compare([evidence], [entry])
    assert found.sides[0].entry is None
    assert any("no entry in the register" in line for line in told.reservations(found))


def test_synthetic_cases_are_said(make_evidence: Made) -> None:
    found = compare([make_evidence(synthetic=True)])
    assert found.record()["synthetic"]
    assert next(iter(told.reservations(found))).startswith("SYNTHETIC")


def test_the_chart_has_its_words_and_both_languages(
    evidence: Evidence, make_evidence: Made
) -> None:
    found = compare([evidence, make_evidence(shift=-1.0)])
    for language in ("fr", "en"):
        with speaking(language):
            drawn = chart(found, found.usecase.findings[0])
            assert drawn is not None
            assert len(drawn.rows) == 2
            assert all("(" in row[1] for row in drawn.rows)
            assert "<svg" in drawn.svg


@settings(max_examples=60)
@given(
    st.floats(0, 1, allow_nan=False),
    st.sampled_from(["Sensitivity", "AUC", "Anything (mm)"]),
)
def test_a_claim_in_words_says_when_it_has_no_interval(value: float, measure: str) -> None:
    assert "no interval given" in words.claim(measure, value, None, "")
    assert "no interval" not in words.claim(measure, value, (value, value), "")


def test_a_new_signature_does_not_make_another_system(
    evidence: Evidence,
) -> None:
    again = Evidence.sign(dict(evidence.content), dict(evidence.record["run"]), Key.generate())
    with pytest.raises(PreuveError, match="twice"):
        compare([evidence, again])
