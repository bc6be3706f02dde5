"""Classification: examples of the guidance, the laws of the rules, and what is not answered."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.registered import ai_act, device, entry

from preuve.registry.classification import qualify
from preuve.registry.entry import load_entry
from preuve.registry.facts import load

DEVICE: dict[str, Any] = {
    "is_software": True,
    "interprets": True,
    "individual_patients": True,
    "medical_purpose": True,
    "from_specimens": False,
    "drives_device": False,
    "purpose": "other",
    "therapeutic": False,
    "diagnostic_hardware": False,
    "administers_substances": False,
    "contraception": False,
    "closed_loop": False,
    "measuring": False,
}
SPECIMENS = {**DEVICE, "from_specimens": True}
ORDER = ("I", "IIa", "IIb", "III", "A", "B", "C", "D")


def _class(**answers: Any) -> str | None:
    return qualify(entry(device={**DEVICE, **answers})).device_class


# Examples of MDCG 2019-11 rev.1 (annexes on rule 11), from general knowledge of the guidance.
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # reads images to decide on treatment in acute stroke
        ({"purpose": "inform_decision", "worst_outcome": "death_or_irreversible"}, "III"),
        # depression score that guides treatment, or mammography analysis for a surgical decision
        ({"purpose": "inform_decision", "worst_outcome": "serious_or_surgery"}, "IIb"),
        # ranks therapy suggestions from history, imaging and signs, other harm
        ({"purpose": "inform_decision", "worst_outcome": "other"}, "IIa"),
        # monitors vital parameters in intensive care
        ({"purpose": "monitor_physiology", "vital": True, "immediate_danger": True}, "IIb"),
        # heart rate for routine checks
        ({"purpose": "monitor_physiology", "vital": True, "immediate_danger": False}, "IIa"),
        # supports conception by a calculation on dates
        ({"purpose": "other"}, "I"),
        # contraception app: rule 15
        ({"purpose": "other", "contraception": True}, "IIb"),
        # closes the loop of an insulin pump: rule 22
        ({"purpose": "other", "closed_loop": True}, "III"),
        # drives a class IIb device: rule 3.3, and 3.5 when rule 11 is stricter
        ({"purpose": "other", "drives_device": True, "driven_class": "IIb"}, "IIb"),
        (
            {
                "purpose": "inform_decision",
                "worst_outcome": "death_or_irreversible",
                "drives_device": True,
                "driven_class": "IIa",
            },
            "III",
        ),
        ({"therapeutic": True, "hazardous": False}, "IIa"),
        ({"therapeutic": True, "hazardous": True}, "IIb"),
    ],
)
def test_examples_of_the_guidance(answers: dict[str, Any], expected: str) -> None:
    assert _class(**answers) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"transmissible_or_life_threatening": True}, "D"),
        ({"blood_or_tissue_typing": True, "listed_typing_system": False}, "C"),
        ({"blood_or_tissue_typing": True, "listed_typing_system": True}, "D"),
        ({"serious_cancer_genetic_or_companion": True}, "C"),
        ({"self_testing": True, "self_testing_exception": False}, "C"),
        ({"self_testing": True, "self_testing_exception": True}, "B"),
        ({"general_laboratory": True}, "A"),
        ({}, "B"),  # rule 6: none of the others
    ],
)
def test_ivdr_rules(answers: dict[str, Any], expected: str) -> None:
    asked = {
        "transmissible_or_life_threatening": False,
        "blood_or_tissue_typing": False,
        "serious_cancer_genetic_or_companion": False,
        "self_testing": False,
        "general_laboratory": False,
    }
    found = qualify(entry(device={**SPECIMENS, "ivdr": {**asked, **answers}}))
    assert found.regulation == "IVDR"
    assert found.device_class == expected


@pytest.mark.parametrize(
    ("answers", "regulation"),
    [
        ({"is_software": False}, "not_software"),
        ({"interprets": False}, "not_device"),
        ({"individual_patients": False}, "not_device"),
        ({"medical_purpose": False}, "not_device"),
        ({"from_specimens": False}, "MDR"),
        ({"from_specimens": True}, "IVDR"),
        ({"medical_purpose": False, "annex_xvi": True}, "MDR"),
        ({"medical_purpose": None}, None),
    ],
)
def test_qualification_stops_at_the_answer_that_decides(
    answers: dict[str, Any], regulation: str | None
) -> None:
    found = qualify(entry(device={**DEVICE, **answers}))
    assert found.regulation == regulation
    if regulation is None:
        assert "device.medical_purpose" in found.unanswered


def test_the_way_is_shown_step_by_step() -> None:
    found = qualify(load_entry("lecteur-thorax"))
    names = [one.id for one in found.steps]
    assert names[:5] == ["Q1", "Q2", "Q3", "Q4", "Q5"]
    assert "R11-c" in names
    assert names[-1] == "declared"
    assert found.rules == ("R11-c",)
    assert all(one.consequence and one.question for one in found.steps)
    final = next(one for one in found.steps if one.id == "R3.5")
    assert "responsible" in final.consequence


def test_what_is_not_answered_leaves_a_range() -> None:
    found = qualify(entry(device={**DEVICE, "purpose": "inform_decision"}))
    assert found.device_class is None
    assert found.possible == ("IIa", "IIb", "III")
    assert "device.worst_outcome" in found.unanswered
    assert found.ai_act.high_risk_annex_i.holds  # each of the three needs a notified body
    open_ = qualify(entry(device={**DEVICE, "purpose": None}))
    assert open_.possible == ("I", "IIa", "IIb", "III")
    assert open_.ai_act.high_risk_annex_i.holds is None


def test_nothing_answered_is_nothing_known() -> None:
    found = qualify(entry())
    assert found.regulation is None
    assert found.possible == ()
    assert found.ai_act.high_risk_annex_i.holds is None
    assert found.ai_act.high_risk_annex_iii.holds is None
    assert found.ai_act.minimal.holds is None


def test_a_declared_class_that_differs_is_shown_and_settles_nothing() -> None:
    answers = {**DEVICE, "purpose": "inform_decision", "worst_outcome": "other"}
    found = qualify(entry(device={**answers, "declared_class": "I"}))
    assert found.device_class == "IIa"
    assert found.differs
    assert found.classes == ("I", "IIa")
    assert found.ai_act.high_risk_annex_i.holds is None
    assert "differ" in found.steps[-1].consequence
    same = qualify(entry(device={**answers, "declared_class": "IIa"}))
    assert not same.differs
    assert same.ai_act.high_risk_annex_i.holds


def test_a_declared_class_alone_is_reckoned_with() -> None:
    found = qualify(entry(device={"declared_class": "IIa"}))
    assert found.regulation == "MDR"
    assert found.classes == ("IIa",)
    assert found.ai_act.high_risk_annex_i.holds
    assert "device.is_software" in found.unanswered


def test_the_imdrf_matrix_is_a_cross_check() -> None:
    answers = {
        **DEVICE,
        "purpose": "inform_decision",
        "worst_outcome": "other",
        "significance": "treat_or_diagnose",
    }
    told = {}
    for situation in ("critical", "non_serious"):
        found = qualify(entry(device={**answers, "situation": situation}))
        assert found.device_class == "IIa"  # the matrix never changes the class
        told[situation] = next(one for one in found.steps if one.id == "IMDRF").consequence
    assert "differs" in told["critical"]
    assert "too" in told["non_serious"]


@pytest.mark.parametrize(
    ("answers", "high_risk"),
    [
        ({"purpose": "other", "measuring": False}, False),  # class I, no notified body
        ({"purpose": "other", "measuring": True}, True),  # class I with a measuring function
        ({"purpose": "other", "sterile": True}, True),
        ({"purpose": "other", "measuring": None}, None),
        ({"purpose": "inform_decision", "worst_outcome": "other"}, True),  # IIa
        ({"purpose": "inform_decision", "worst_outcome": "other", "in_house": {}}, False),
        (
            {
                "purpose": "inform_decision",
                "worst_outcome": "other",
                "in_house": {"not_transferred": False},
            },
            True,  # a condition of 5(5) is broken: a device like others
        ),
        ({"medical_purpose": False}, False),
    ],
)
def test_from_the_class_to_high_risk(answers: dict[str, Any], high_risk: bool | None) -> None:
    found = qualify(entry(device={**DEVICE, **answers}))
    assert found.ai_act.high_risk_annex_i.holds is high_risk
    if answers.get("in_house") == {}:
        assert found.ai_act.high_risk_annex_i.confidence == "medium"


def test_ivdr_class_a_needs_no_notified_body_unless_sterile() -> None:
    plain = {"general_laboratory": True, "self_testing": False, "blood_or_tissue_typing": False}
    plain |= {"transmissible_or_life_threatening": False}
    plain |= {"serious_cancer_genetic_or_companion": False}
    for sterile in (True, False):
        found = qualify(entry(device={**SPECIMENS, "ivdr": {**plain, "sterile": sterile}}))
        assert found.device_class == "A"
        assert found.ai_act.high_risk_annex_i.holds is sterile


def test_an_annex_iii_use_is_high_risk_even_in_house() -> None:
    found = qualify(
        entry(
            device={**DEVICE, "in_house": {}},
            ai_act={"annex_iii": ["emergency_triage"]},
        )
    )
    assert found.ai_act.high_risk_annex_i.holds is False
    assert found.ai_act.high_risk_annex_iii.holds


@pytest.mark.parametrize(("profiles", "holds"), [(True, True), (False, False), (None, None)])
def test_an_exemption_never_holds_where_people_are_profiled(
    profiles: bool | None, holds: bool | None
) -> None:
    act = {
        "annex_iii": ["emergency_triage"],
        "exemption_claimed": True,
        "profiles_persons": profiles,
    }
    assert qualify(entry(ai_act=act)).ai_act.high_risk_annex_iii.holds is holds


def test_what_is_not_an_ai_system_has_no_heading() -> None:
    found = qualify(entry(ai_act={"ai_system": False, "annex_iii": ["biometrics"]}))
    assert not any(one.holds for one in vars(found.ai_act).values())


def test_headings_of_the_ai_act() -> None:
    act = {
        "prohibited": ["social_scoring"],
        "interacts_with_people": True,
        "general_purpose": True,
        "research_only": True,
    }
    found = qualify(entry(ai_act=act)).ai_act
    assert found.prohibited.holds
    assert found.transparency.holds
    assert found.gpai.holds
    assert found.research.holds
    assert found.minimal.holds is False
    assert qualify(load_entry("application-repos")).ai_act.minimal.holds


@given(device(), st.data())
@settings(max_examples=150, deadline=None)
def test_an_answer_more_never_contradicts_what_was_known(
    answers: dict[str, Any], data: st.DataObject
) -> None:
    """The class of a full set of answers is among those that a part of it leaves open."""
    full = {**answers, "declared_class": None, "in_house": None}
    for field in DEVICE:
        if full[field] is None:
            full[field] = DEVICE[field]
    for field, value in (
        ("vital", True),
        ("immediate_danger", False),
        ("hazardous", True),
        ("worst_outcome", "other"),
        ("driven_class", "IIa"),
    ):
        full[field] = value if full[field] is None else full[field]
    full["ivdr"] = {name: bool(answer) for name, answer in full["ivdr"].items()}
    hidden = data.draw(st.sets(st.sampled_from([name for name in full if name != "ivdr"])))
    partial = {name: None if name in hidden else answer for name, answer in full.items()}
    known, guessed = qualify(entry(device=full)), qualify(entry(device=partial))
    assert known.device_class is not None or known.regulation in ("not_software", "not_device")
    if guessed.regulation is not None:
        assert guessed.regulation == known.regulation
        assert set(known.possible) <= set(guessed.possible)
    held = guessed.ai_act.high_risk_annex_i.holds
    assert held in (None, known.ai_act.high_risk_annex_i.holds)


@given(device(), ai_act())
@settings(max_examples=100, deadline=None)
def test_any_answers_are_classified(answers: dict[str, Any], act: dict[str, Any]) -> None:
    found = qualify(entry(device=answers, ai_act=act))
    assert list(found.possible) == sorted(set(found.possible), key=ORDER.index)
    assert found.record() == qualify(entry(device=answers, ai_act=act)).record()
    if found.regulation in ("MDR", "IVDR"):
        assert found.possible
        assert set(found.possible) <= set(ORDER[:4] if found.regulation == "MDR" else ORDER[4:])


def test_rule_3_5_the_strictest_wins() -> None:
    rules = {
        "contraception": "IIb",
        "closed_loop": "III",
        "therapeutic": "IIb",
    }
    for one, two in itertools.combinations(rules, 2):
        expected = max(rules[one], rules[two], key=ORDER.index)
        assert _class(**{one: True, two: True, "hazardous": True}) == expected


def test_the_matrix_is_that_of_the_guidance() -> None:
    gives = load().rules.imdrf.gives
    assert [list(row.values()) for row in gives.values()] == [
        ["III", "IIb", "IIa"],
        ["IIb", "IIa", "IIa"],
        ["IIa", "IIa", "IIa"],
    ]
