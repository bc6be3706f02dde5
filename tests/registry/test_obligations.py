"""Obligations: their laws, the nuances of the texts, and the proofs that count."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.registered import CODES, artefacts, entry, example, records

import preuve.economics
from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import speaking
from preuve.core.signature import Key
from preuve.registry.entry import Entry, examples, load_entry, parse_entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import load
from preuve.registry.obligations import (
    STATES,
    Obligation,
    obligations,
    roles_of,
    set_aside,
    signed,
)

EVIDENCE = Path(preuve.economics.__file__).parent / "models" / "ecg-example.evidence.json"
FAR = datetime.date(2035, 1, 1)
DAY = datetime.date(2026, 11, 28)
ROLES: tuple[Role, ...] = ("provider", "deployer", "importer", "distributor", "gpai_provider")
DAYS = [
    datetime.date(2025, 1, 1),
    DAY,
    datetime.date(2027, 12, 2),
    datetime.date(2028, 8, 2),
    datetime.date(2030, 8, 2),
    FAR,
]


def _of(
    found: Sequence[Obligation],
    name: str,
) -> Obligation:
    return next(one for one in found if one.id == name)


def _states(one: Entry, role: Role, day: datetime.date, place: str | None = None) -> dict[str, str]:
    return {each.id: each.state for each in obligations(one, role, day, place)}


# Laws ---------------------------------------------------------------------------------------------


@given(records(), st.sampled_from(ROLES), st.sampled_from(DAYS))
@settings(max_examples=60, deadline=None)
def test_a_role_owes_its_own_lines_only(
    record: dict[str, Any], role: Role, day: datetime.date
) -> None:
    found = obligations(parse_entry(record), role, day, "place")
    expected = [line.id for _law, line in load().lines if role in line.roles]
    assert [one.id for one in found] == expected  # every line once, in the order of the laws
    assert all(one.role == role and role in one.line.roles for one in found)
    assert "authority" not in {name for one in found for name in one.line.roles}


@given(records(), artefacts(), st.sampled_from(DAYS))
@settings(max_examples=60, deadline=None)
def test_a_document_more_never_enlarges_a_gap(
    record: dict[str, Any], more: list[dict[str, Any]], day: datetime.date
) -> None:
    richer = {**record, "artefacts": [*record["artefacts"], *more]}
    for role in ("provider", "deployer"):
        before = obligations(parse_entry(record), role, day, "place")
        after = obligations(parse_entry(richer), role, day, "place")
        for one, other in zip(before, after, strict=True):
            assert set(other.gap) <= set(one.gap)
            assert other.state == one.state


@given(records(), st.sampled_from(ROLES))
@settings(max_examples=60, deadline=None)
def test_what_is_in_force_stays_in_force(record: dict[str, Any], role: Role) -> None:
    """No packaged line is repealed: only coming duties move, and only to in force."""
    one = parse_entry(record)
    rows = [obligations(one, role, day, "place") for day in DAYS]
    for found in zip(*rows, strict=True):
        for earlier, later in itertools.pairwise(found):
            assert earlier.applies_from == later.applies_from
            if earlier.state == "coming":
                assert later.state in ("coming", "in_force")
            else:
                assert later.state == earlier.state


@given(records(), st.sampled_from(ROLES), st.sampled_from(DAYS))
@settings(max_examples=40, deadline=None)
def test_the_parts_of_an_obligation_agree(
    record: dict[str, Any], role: Role, day: datetime.date
) -> None:
    one = parse_entry(record)
    found = obligations(one, role, day, "place")
    assert [each.record() for each in found] == [
        each.record() for each in obligations(one, role, day, "place")
    ]
    for each in found:
        codes = [code for code, _artefact in each.expected]
        assert set(each.gap) | {proof.code for proof in each.found} <= set(codes)
        assert not set(each.gap) & {proof.code for proof in each.found}
        assert each.why or each.state == "in_force" or each.state == "coming"
        if each.state == "not_concerned":
            assert each.applies_from is None
            assert each.gap == ()
        if each.state == "in_force":
            assert each.applies_from is not None
            assert each.applies_from <= day
        if each.state == "coming":
            assert each.applies_from is not None
            assert each.applies_from > day


def _reaching() -> Iterator[tuple[Entry, str | None]]:
    """Entries that between them meet every condition of the facts."""
    for name in examples():
        one = load_entry(name)
        yield from ((one, each.id) for each in one.deployments)
        yield one, None
    new = [{"version": "9", "placed_on_market": "2029-01-01"}]
    place = {"id": "ici", "site": "CH", "version": "9", "public_body": True}
    yield (
        example(
            "lecteur-thorax",
            versions=new,
            deployments=[{**place, "modification": "purpose"}],
            artefacts=[],
            ai_act={
                "sensitive_data_for_bias": True,
                "emotion_or_biometric": True,
                "publishes_generated": True,
                "interacts_with_people": True,
                "generates_content": True,
                "general_purpose": True,
                "systemic_risk": True,
                "interoperability": ["imaging", "patient_summary"],
                "real_world_testing": True,
                "annex_iii": ["emergency_triage"],
            },
        ),
        "ici",
    )
    plain = {"device": {"medical_purpose": False, "declared_class": None}, "artefacts": []}
    parts: dict[str, Any] = {"versions": new, "deployments": [place], **plain}
    act = {"annex_iii": ["essential_services"], "profiles_persons": False}
    yield example("tri-urgences", ai_act=act, **parts), "ici"
    yield example("tri-urgences", ai_act={**act, "exemption_claimed": True}, **parts), "ici"
    answers = {
        "from_specimens": True,
        "ivdr": dict.fromkeys(load_entry("lecteur-ecg").device.ivdr.model_fields_set, False),
    }
    asked = [
        "transmissible_or_life_threatening",
        "blood_or_tissue_typing",
        "serious_cancer_genetic_or_companion",
        "self_testing",
        "general_laboratory",
    ]
    for met in (None, "serious_cancer_genetic_or_companion"):
        answers["ivdr"] = {name: name == met for name in asked}
        answers["declared_class"] = None
        yield example("lecteur-thorax", device=answers), None
        yield example("lecteur-ecg", device=answers), None
    answers = {"worst_outcome": "serious_or_surgery", "declared_class": None}
    yield example("lecteur-thorax", device=answers), None


def test_every_line_reaches_some_system() -> None:
    reached = {
        found.id
        for one, place in _reaching()
        for role in ROLES
        for found in obligations(one, role, FAR, place)
        if found.state == "in_force"
    }
    every = {line.id for _law, line in load().lines if line.roles != ("authority",)}
    assert every - reached == set()
    assert {line.id for _law, line in load().lines} - every == {"AIA-057"}


# Nuances --------------------------------------------------------------------------------------


def test_annex_iii_alone_asks_for_fria_registration_information_and_explanation() -> None:
    """27, 26(8), 26(11), 86, 49: a class IIa device does not meet them by its class."""
    asked = ("AIA-027", "AIA-026-8", "AIA-026-11", "AIA-086")
    reader = _states(load_entry("lecteur-thorax"), "deployer", FAR, "valmere-radiologie")
    triage = _states(load_entry("tri-urgences"), "deployer", FAR, "valmere-urgences")
    assert {reader[name] for name in asked} == {"not_concerned"}
    assert {triage[name] for name in asked} == {"in_force"}
    assert _states(load_entry("lecteur-thorax"), "provider", FAR)["AIA-049"] == "not_concerned"


@pytest.mark.parametrize(
    ("body", "service", "fria", "registers"),
    [
        (True, None, "in_force", "in_force"),
        (False, True, "in_force", "not_concerned"),  # a private hospital with a public service
        (False, False, "not_concerned", "not_concerned"),
        (None, None, "to_settle", "to_settle"),
    ],
)
def test_who_owes_the_assessment_of_article_27(
    body: bool | None, service: bool | None, fria: str, registers: str
) -> None:
    place = {
        "id": "ici",
        "site": "Clinique",
        "version": "1.0",
        "public_body": body,
        "public_service": service,
    }
    one = example("tri-urgences", deployments=[place])
    states = _states(one, "deployer", FAR, "ici")
    assert (states["AIA-027"], states["AIA-026-8"]) == (fria, registers)


def test_an_insurer_owes_it_whoever_it_is() -> None:
    place = {"id": "ici", "site": "Mutuelle", "version": "1.0", "public_body": False}
    one = example("tri-urgences", deployments=[place], ai_act={"annex_iii": ["insurance_pricing"]})
    assert _states(one, "deployer", FAR, "ici")["AIA-027"] == "in_force"


@pytest.mark.parametrize(
    ("placed", "day", "applies"),
    [
        ("2026-08-01", "2026-11-28", "2026-12-02"),  # on the market before: grace
        ("2026-08-02", "2026-11-28", "2026-08-02"),
    ],
)
def test_grace_of_marking(placed: str, day: str, applies: str) -> None:
    one = example(
        "assistant-accueil",
        versions=[{"version": "4", "placed_on_market": placed}],
    )
    found = _of(obligations(one, "provider", datetime.date.fromisoformat(day)), "AIA-050-2")
    assert found.applies_from == datetime.date.fromisoformat(applies)


@pytest.mark.parametrize(
    ("placed", "change", "public", "applies"),
    [
        ("2028-08-02", None, False, "2028-08-02"),  # not before the day: new
        (None, None, False, "2028-08-02"),  # not written: taken as new
        ("2025-02-10", None, False, None),  # older, unchanged
        ("2025-02-10", "2028-08-01", False, None),  # changed before the day: still older
        ("2025-02-10", "2028-08-02", False, "2028-08-02"),
        ("2025-02-10", "2029-03-01", False, "2029-03-01"),
        ("2025-02-10", None, True, "2030-08-02"),  # public authorities
        ("2025-02-10", "2029-03-01", True, "2029-03-01"),
        ("2025-02-10", "2031-03-01", True, "2030-08-02"),
    ],
)
def test_older_systems(
    placed: str | None, change: str | None, public: bool, applies: str | None
) -> None:
    """Article 111(2)."""
    one = example(
        "lecteur-thorax",
        versions=[{"version": "2.1", "placed_on_market": placed}],
        deployments=[],
        artefacts=[],
        ai_act={"for_public_authorities": public, "significant_change": change},
    )
    found = _of(obligations(one, "provider", FAR), "AIA-009-1")
    expected = None if applies is None else datetime.date.fromisoformat(applies)
    assert found.applies_from == expected
    assert found.state == ("not_concerned" if applies is None else "in_force")
    if applies is None:
        assert "111(2)" in found.why
    # what does not ask for high risk spares no older system
    assert _of(obligations(one, "provider", FAR), "AIA-005").state == "in_force"


def test_research_is_out_until_tested_in_real_life() -> None:
    out = _states(load_entry("recherche-sepsis"), "provider", FAR)
    assert out["AIA-002-6"] == "in_force"
    assert {out[name] for name in ("AIA-003", "AIA-004", "AIA-005", "AIA-009-1")} == {
        "not_concerned"
    }
    tested = example(
        "recherche-sepsis",
        ai_act={"real_world_testing": True, "annex_iii": ["emergency_triage"]},
    )
    states = _states(tested, "provider", FAR)
    assert states["AIA-060"] == "in_force"
    assert states["AIA-005"] == "in_force"
    assert states["AIA-009-1"] == "not_concerned"  # until put into service
    asked = _states(
        example("recherche-sepsis", ai_act={"real_world_testing": None}), "provider", FAR
    )
    assert asked["AIA-005"] == "to_settle"


def test_incidents_of_devices_go_through_vigilance() -> None:
    device = _states(load_entry("tri-urgences"), "provider", FAR)
    assert (device["AIA-073-1"], device["AIA-073-2"]) == ("not_concerned", "in_force")
    assert device["MDR-87-3"] == "in_force"
    other = example("tri-urgences", device={"medical_purpose": False, "declared_class": None})
    states = _states(other, "provider", FAR)
    assert (states["AIA-073-1"], states["AIA-073-2"]) == ("in_force", "not_concerned")
    assert (states["AIA-043"], states["AIA-043-2"]) == ("not_concerned", "in_force")
    assert states["MDR-87-3"] == "not_concerned"


def test_an_annex_iii_use_of_an_in_house_device() -> None:
    """No notified body and no makers' vigilance, but high risk by 6(2): 43(2) and 73(1) in full."""
    one = example("lecteur-ecg", ai_act={"annex_iii": ["emergency_triage"]})
    one = parse_entry({**one.record(), "versions": [{"version": "1.0"}]})
    states = _states(one, "provider", FAR, "valmere-cardiologie")
    expected = {
        "AIA-006-1": "not_concerned",
        "AIA-006-2": "in_force",
        "AIA-043": "not_concerned",
        "AIA-043-2": "in_force",
        "AIA-073-1": "in_force",
        "AIA-073-2": "not_concerned",
        "MDR-IH1": "in_force",
        "MDR-87-3": "not_concerned",
    }
    assert {name: states[name] for name in expected} == expected


def test_an_establishment_that_modifies_becomes_provider() -> None:
    place = {"id": "ici", "site": "CH", "version": "1.0", "modification": "purpose"}
    one = example("tri-urgences", deployments=[place])
    assert roles_of(one, one.deployments[0]) == ("deployer", "provider")
    assert _states(one, "provider", FAR, "ici")["AIA-025"] == "in_force"
    kept = load_entry("tri-urgences")
    assert roles_of(kept, kept.deployments[0]) == ("deployer",)
    assert _states(kept, "provider", FAR)["AIA-025"] == "not_concerned"


def test_in_house_duties_fall_on_the_establishment() -> None:
    one = load_entry("lecteur-ecg")
    assert roles_of(one, one.deployments[0]) == ("provider", "deployer")
    found = obligations(one, "provider", DAY, "valmere-cardiologie")
    assert {each.state for each in found if each.id.startswith("MDR-IH")} == {"in_force"}
    assert _of(found, "MDR-IH4").gap == ()
    assert _of(found, "MDR-IH5").gap == ("inhouse.review",)
    broken = example("lecteur-ecg", device={"in_house": {"quality_system": False}})
    states = _states(broken, "provider", FAR)
    assert states["MDR-IH1"] == "not_concerned"  # no longer in-house: a device like others
    assert states["MDR-87-3"] == "in_force"


def test_software_that_is_no_ai_is_still_a_device() -> None:
    one = example("lecteur-thorax", ai_act={"ai_system": False})
    states = _states(one, "provider", FAR)
    assert states["MDR-87-3"] == "in_force"
    assert states["AIA-005"] == "not_concerned"
    assert states["AIA-003"] == "in_force"  # the reasoning is recorded all the same


def test_interoperability_by_category() -> None:
    for claimed, first, later in (
        (["patient_summary"], "in_force", "not_concerned"),
        (["imaging"], "not_concerned", "in_force"),
        ([], "not_concerned", "not_concerned"),
        (None, "to_settle", "to_settle"),
    ):
        one = example("lecteur-thorax", ai_act={"interoperability": claimed})
        states = _states(one, "provider", FAR)
        assert (states["EHDS-27-a"], states["EHDS-27-b"]) == (first, later)


def test_what_is_not_answered_is_to_settle_and_names_its_field() -> None:
    one = entry(
        device={"medical_purpose": False, "is_software": True, "interprets": True}
        | {"individual_patients": True}
    )
    found = _of(obligations(one, "deployer", FAR), "AIA-026-1")
    assert found.state == "to_settle"
    assert "ai_act.annex_iii" in found.why
    assert found.gap == ("deploy.procedure",)


def test_the_role_of_importer_and_distributor() -> None:
    one = example("tri-urgences")
    assert _states(one, "importer", FAR)["AIA-023"] == "in_force"
    assert _states(one, "distributor", FAR)["AIA-024"] == "in_force"
    assert "AIA-024" not in _states(one, "importer", FAR)


def test_an_unknown_deployment_is_told() -> None:
    with pytest.raises(PreuveError, match="valmere-radiologie"):
        obligations(load_entry("lecteur-thorax"), "deployer", DAY, "valmere-radiologi")


# Proofs ---------------------------------------------------------------------------------------


def _paper(kind: str, by: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "title": "Pièce", "date": "2026-01-01", "provided_by": by, **more}


def test_each_actor_needs_its_own_unless_one_serves_all() -> None:
    one = example("tri-urgences", artefacts=[_paper("dpia", "provider"), _paper("ifu", "deployer")])
    owed = obligations(one, "deployer", FAR, "valmere-urgences")
    assert _of(owed, "AIA-026-9").gap == ("dpia",)
    assert "ifu" not in _of(obligations(one, "provider", FAR), "AIA-013").gap


def test_a_document_of_a_deployment_serves_that_one() -> None:
    one = load_entry("lecteur-thorax")
    held = _of(obligations(one, "deployer", DAY, "valmere-radiologie"), "HC-AI-1.3")
    other = _of(obligations(one, "deployer", DAY, "clinique-roseraie"), "HC-AI-1.3")
    assert held.gap == ()
    assert other.gap == ("training.attendance",)


def test_an_expired_document_is_shown_and_does_not_count() -> None:
    one = load_entry("lecteur-thorax")
    day = datetime.date(2028, 3, 2)
    found = _of(obligations(one, "deployer", day, "valmere-radiologie"), "HC-AI-1.3")
    assert found.gap == ("training.attendance",)
    assert [each.valid_until for each in found.expired] == [datetime.date(2028, 3, 1)]


def test_what_the_entry_says_itself() -> None:
    found = _of(obligations(load_entry("lecteur-thorax"), "provider", FAR), "AIA-111-2")
    assert [one.source for one in found.found] == ["entry"]
    assert found.gap == ()


def _known(**parts: Any) -> Entry:
    digest = Evidence.load(EVIDENCE).content["system"]["digest"]
    return entry(synthetic=False, versions=[{"version": "1", "digest": digest}], **parts)


def test_what_signed_evidence_shows() -> None:
    shown = {one.code for one in signed(Evidence.load(EVIDENCE))}
    assert shown == {
        "evaluation.protocol",
        "evaluation.metrics_plan",
        "evaluation.report",
        "evaluation.metrics_with_ci",
        "evaluation.cohort_table",
        "evaluation.subgroups",
        "evaluation.bias",
        "evaluation.federated_external_validation",
    }
    assert shown <= set(load().artefacts)


def test_signed_evidence_fills_the_obligations_it_shows() -> None:
    evidence = [Evidence.load(EVIDENCE)]
    one = _known(ai_act={"annex_iii": ["emergency_triage"]})
    found = obligations(one, "provider", FAR, evidence=evidence)
    assert _of(found, "AIA-009-3").gap == ()
    assert _of(found, "AIA-010-2").gap == ()
    assert _of(found, "AIA-010-3").gap == ("evaluation.representativeness",)
    assert _of(found, "AIA-015-2").gap == ("evaluation.robustness",)
    assert {proof.digest for proof in _of(found, "AIA-009-3").found} == {evidence[0].digest}
    assert set_aside(one, "provider", FAR, evidence=evidence) == ()


def test_evidence_of_another_artefact_is_set_aside() -> None:
    evidence = [Evidence.load(EVIDENCE)]
    one = entry(versions=[{"version": "1", "digest": "sha256:" + "0" * 64}])
    (aside,) = set_aside(one, "provider", FAR, evidence=evidence)
    assert "another artefact" in aside.why
    assert aside.digest == evidence[0].digest


def test_evidence_made_after_the_day_does_not_count_yet() -> None:
    (aside,) = set_aside(
        _known(), "provider", datetime.date(2026, 1, 1), evidence=[Evidence.load(EVIDENCE)]
    )
    assert "after" in aside.why


def test_synthetic_evidence_never_serves_a_real_system() -> None:
    real = Evidence.load(EVIDENCE)
    made_up = Evidence.sign(
        {**real.content, "synthetic": True}, dict(real.record["run"]), Key.generate()
    )
    (aside,) = set_aside(_known(), "provider", FAR, evidence=[made_up])
    assert "SYNTHETIC" in aside.why
    digest = real.content["system"]["digest"]
    invented = entry(synthetic=True, versions=[{"version": "1", "digest": digest}])
    assert set_aside(invented, "provider", FAR, evidence=[made_up]) == ()
    titles = {one.title for one in signed(made_up)}
    assert all("SYNTHETIC" in title for title in titles)


def test_evidence_without_what_it_should_hold_shows_less() -> None:
    content = dict(Evidence.load(EVIDENCE).content)
    content["estimates"] = [{**row, "estimate": None} for row in content["estimates"]]
    content["gaps"], content["sites"] = [], content["sites"][:1]
    content["usecase"] = {**content["usecase"], "acceptance": []}
    bare = Evidence.sign(content, {}, Key.generate())
    assert list(signed(bare)) == []


# Words ----------------------------------------------------------------------------------------


def test_both_languages_say_the_same_states() -> None:
    one = load_entry("tri-urgences")
    told = {}
    for language in ("fr", "en"):
        with speaking(language):
            found = obligations(one, "deployer", FAR, "valmere-urgences")
            told[language] = [(each.id, each.state, each.gap) for each in found]
            assert all(each.text for each in found)
    assert told["fr"] == told["en"]


def test_confidence_is_the_weakest_of_the_way() -> None:
    one = load_entry("lecteur-ecg")
    found = obligations(one, "provider", FAR, "valmere-cardiologie")
    assert _of(found, "MDR-IH1").confidence == "medium"  # in-house: an interpretation
    assert _of(found, "AIA-005").confidence == "high"


def test_a_record_says_everything() -> None:
    (first, *_rest) = obligations(load_entry("tri-urgences"), "deployer", FAR, "valmere-urgences")
    record = first.record()
    assert record["id"] == "AIA-003"
    assert record["text"]["fr"] != record["text"]["en"]
    assert record["state"] in STATES
    assert record["expected"][0]["code"] == "classification.record"


def test_the_codes_of_the_tests_are_known() -> None:
    assert set(CODES) <= set(load().artefacts)
