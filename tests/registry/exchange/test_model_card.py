"""Model card: one view, each line with what it rests on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preuve.core.evidence import Evidence
from preuve.core.language import speaking
from preuve.registry.entry import Entry
from preuve.registry.model_card import Section, basis_name, model_card

Made = Callable[..., Entry]


def _section(sections: tuple[Section, ...], code: str) -> Section:
    return next(one for one in sections if one.code == code)


def test_an_empty_entry_says_what_is_not_stated(make_entry: Made) -> None:
    sections = model_card(make_entry())
    uses = _section(sections, "intended_use")
    assert len(uses.lines) == 6
    assert all((line.basis, line.text) == ("absent", "—") for line in uses.lines)
    assert [line.basis for line in _section(sections, "performance").lines] == ["absent"]
    assert _section(sections, "identity").lines[0].text.startswith("SYNTHETIC")


def test_claims_are_claims_and_figures_are_measured(evidence: Evidence, make_entry: Made) -> None:
    entry = make_entry(
        versions=[{"version": "1.0", "digest": evidence.content["system"]["digest"]}],
        claims=[{"measure": "Sensitivity", "value": 0.999}],
    )
    lines = _section(model_card(entry, [evidence]), "performance").lines
    assert {line.basis for line in lines} == {"claimed", "measured"}
    claimed = [line for line in lines if line.basis == "claimed"]
    assert len(claimed) == 1
    assert "above the measured interval" in claimed[0].text
    assert all("(" in line.text for line in lines if line.basis == "measured")


def test_evidence_of_another_system_measures_nothing(evidence: Evidence, make_entry: Made) -> None:
    entry = make_entry(evidence=[evidence.digest], versions=[{"version": "1.0"}])
    lines = _section(model_card(entry, [evidence]), "performance").lines
    assert [line.basis for line in lines] == ["absent"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_both_languages(language: str, make_entry: Made, evidence: Evidence) -> None:
    with speaking(language):  # type: ignore[arg-type]
        sections = model_card(make_entry(), [evidence])
        assert all(
            section.title and section.record()["lines"] for section in sections if section.lines
        )
        assert all(basis_name(line.basis) for section in sections for line in section.lines)


def test_grid_answers_stand_in_their_section(make_entry: Made) -> None:
    entry = make_entry(grid={"HAS-05": "Three hospitals", "HAS-20": "Frozen"})
    lines = _section(model_card(entry), "data_and_model").lines
    assert [line.text for line in lines] == ["Three hospitals", "Frozen"]
