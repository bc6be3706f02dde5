# ruff: noqa: E501
"""What a first user writes wrong, in the guide's own example: told where, why and how to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from preuve.cli import economics as cli
from preuve.core.errors import PreuveError
from preuve.core.language import speaking
from preuve.economics.model import Model

GUIDE = Path(__file__).parents[2] / "docs" / "rooms" / "economics-model.md"
ONSET = "  onset: {value: 0.15, unit: rate/year, source: invented, grade: D}"
PREVALENCE = 'prevalence: {distribution: "beta(20, 980)"'
GOOD = 'good: {distribution: "beta(85, 15)"'

MISTAKES = [
    ("  perspective: collective", "\tperspective: collective", 8, "tab.*spaces"),
    ('"beta(20, 980)"', '"beta(20, 980)', 20, "not closed.*line 19"),
    ("perspective: collective", "perspective collective", 9, "colon is missing"),
    ("  population:", "   population:", 7, "not aligned"),
    ("value: 0.15", "value: 0,15", 21, "“15” looks like the end.*comma"),
    ("value: 0.15", "value: 2,5 %", 21, "“5 %” looks like the end.*comma"),
    (
        ONSET,
        "  onset:\n    value: 0,15\n    unit: rate/year\n    source: invented\n    grade: D",
        22,
        "Write 0.15:",
    ),
    ("draws: 1000", "draws: 1 000", 63, "whole number. Write 1000:"),
    ("[50000, 30000]", "[50 000, 30 000]", 15, "Write 50000:"),
    ("synthetic: true", "synthetic: vrai", 3, "true or false"),
    ("kind: cohort", "kind: cohorte", 36, "Did you mean “cohort”"),
    ('eq5d5l_fr: "21232"', 'eq5d5l_fr: "2123"', 27, "five digits from 1 to 5"),
    ("name: earlier-test", "name: Test précoce", 2, "small letters"),
    ("title: {fr: Un test plus précoce, en: An earlier test}", "title: Un test", 4, "en, fr"),
    ("horizon: 40 years", "horizon: 30 ans", 9, "Did you mean “30 years”"),
    ("cycle: 1 year ", "cycle: 1 mois ", 10, "Did you mean “1 month”"),
    ("start_age: 60", "start_age: 600", 5, "from 0 to 120"),
    ("unit: EUR/month", "unit: €/an", 24, "EUR/year"),
    ("unit: EUR/month", "unit: euros par mois", 24, "EUR/month"),
    (
        "unit: probability/year, source: WPP",
        "unit: probabilité/an, source: WPP",
        17,
        "probability/year",
    ),
    ("bounds(0.55, 0.85)", "bounds(0,55, 0,85)", 23, "decimals with a point"),
    (PREVALENCE, "prevalence: {value: 5", 19, "between 0 and 1, not at 5"),
    (PREVALENCE, 'prevalence: {distribution: "bounds(3, 8)"', 19, "not from 3 to 8"),
    (PREVALENCE, 'prevalence: {distribution: "normal(0.9, 0.2)"', 19, "between 0 and 1"),
    (GOOD, "good: {value: 75", 26, "at most 1.*0.75"),
    (GOOD, 'good: {distribution: "bounds(0.7, 1.2)"', 26, "at most 1"),
    (GOOD, "good: {value: -2", 26, "not under -1"),
    ("price: {value: 40", "price: {value: -40", 25, "price is not under 0"),
    ("30 %, 40 %, 50 %]", "30 %, 40 %, 150 %]", 69, "between 0 and 1"),
    ("payers: [amo]", "payers: [cpam]", 69, "Payers of this model: amo, amc"),
]


def _guide() -> str:
    found = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert found is not None
    return found[1]


def _refused(text: str) -> PreuveError:
    with pytest.raises(PreuveError) as refused:
        Model.parse(text, name="model.yaml")
    return refused.value


def test_the_example_of_the_guide_is_read() -> None:
    assert Model.parse(_guide(), name="model.yaml").name == "earlier-test"


@pytest.mark.parametrize(("good", "bad", "line", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_its_mend(
    good: str, bad: str, line: int, told: str
) -> None:
    assert good in _guide()
    error = _refused(_guide().replace(good, bad, 1))
    assert error.where == f"model.yaml:{line}"
    assert re.search(told, f"{error.problem} {error.remedy}", re.S)


@pytest.mark.parametrize(("good", "bad", "line", "told"), MISTAKES)
def test_a_mistake_is_told_in_french(good: str, bad: str, line: int, told: str) -> None:
    with speaking("fr"):
        error = _refused(_guide().replace(good, bad, 1))
    english = ("must be", "Write ", "looks like", "Input", "expected", "lies between", "is not")
    assert not any(word in f"{error.problem} {error.remedy}" for word in english)


def test_a_utility_and_a_probability_may_reach_their_bounds() -> None:
    text = _guide().replace('found_early: {distribution: "beta(80, 20)"', "found_early: {value: 1")
    text = text.replace(GOOD, "good: {value: 1")
    text = re.sub(r"  - \{names: \[good, found_early\].*\n", "", text).replace("joint:  ", "#")
    assert Model.parse(text, name="model.yaml").joint.figures["good"].value == 1


def test_a_ratio_may_be_written_above_one_hundred_per_cent() -> None:
    text = _guide().replace("value: 0.15", "value: 150 %")
    assert Model.parse(text, name="model.yaml").joint.figures["onset"].value == 1.5


def test_a_folder_given_as_a_model_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="folder, not a file"):
        Model.load(tmp_path)


def test_a_folder_given_as_an_evidence_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="folder, not a file"):
        cli.run("ecg-gp", evidence=[f"reader={tmp_path}"])


def test_a_file_where_the_results_would_go_is_refused_before_the_run(tmp_path: Path) -> None:
    file = tmp_path / "there"
    file.write_text("", encoding="utf-8")
    with pytest.raises(PreuveError, match="A file stands where a folder"):
        cli.run("ecg-gp", into=file / "below")
