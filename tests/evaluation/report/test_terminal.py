from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from rich.console import Console

from preuve.core.evidence import Evidence
from preuve.core.language import Language, speaking
from preuve.evaluation.report.reading import Reading
from preuve.evaluation.report.terminal import summary
from preuve.pages.numbers import chance, number


def printed(evidence: Evidence, language: Language, width: int) -> str:
    with speaking(language):
        console = Console(width=width, record=True, file=None, quiet=False, force_terminal=False)
        with console.capture() as captured:
            console.print(summary(evidence))
    return captured.get()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_one_screen_with_every_interval(example: Evidence, language: Language, width: int) -> None:
    text = printed(example, language, width)
    assert len(text.splitlines()) <= 45
    assert max(len(line) for line in text.splitlines()) <= width
    assert {"fr": "DONNÉES SYNTHÉTIQUES", "en": "SYNTHETIC DATA"}[language] in text
    reading = Reading(example)
    with speaking(language):
        for finding in reading.measured:
            estimate = reading.estimate("auroc", finding, "next_hospital")
            assert estimate is not None
            assert number(estimate["low"], 3) in text
            assert number(estimate["high"], 3) in text
            for rule in reading.acceptance(finding):
                assert chance(rule["probability"]) in text


def test_markup_in_a_name_stays_a_name(
    example: Evidence, evidence_builder: Callable[..., Evidence]
) -> None:
    case = json.loads(json.dumps(example.content["usecase"]))
    case["findings"][0]["label"] = {"fr": "[red]x[/nope]", "en": "[red]x[/nope]"}
    assert "[red]x[/nope]" in printed(evidence_builder(case), "en", 120)
