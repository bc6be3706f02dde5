"""Entries for the tests of the register: a plain record, and any way of answering."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from preuve.registry.entry import Entry, load_entry, parse_entry

RECORD: dict[str, Any] = {
    "preuve_entry": 1,
    "id": "essai",
    "name": "Essai",
    "title": {"fr": "Essai", "en": "Trial"},
    "synthetic": True,
    "maker": {"name": "Fictive", "country": "FR"},
    "line": "imaging",
    "function": "detection",
    "versions": [{"version": "1"}],
}


def entry(**parts: Any) -> Entry:
    """A plain entry with these parts in place of its own."""
    return parse_entry({**RECORD, **parts})


def example(name: str, /, **parts: Any) -> Entry:
    """A packaged example with these parts changed; a mapping is merged with its own."""
    record = load_entry(name).record()
    for field, value in parts.items():
        record[field] = {**record[field], **value} if isinstance(value, dict) else value
    return parse_entry(record)


_BOOL = st.sampled_from([None, True, False])


def device() -> st.SearchStrategy[dict[str, Any]]:
    """Any way of answering the questions on the device."""
    yes_no = [
        "is_software",
        "interprets",
        "individual_patients",
        "medical_purpose",
        "from_specimens",
        "drives_device",
        "vital",
        "immediate_danger",
        "therapeutic",
        "diagnostic_hardware",
        "administers_substances",
        "hazardous",
        "contraception",
        "closed_loop",
        "measuring",
    ]
    ivdr = [
        "transmissible_or_life_threatening",
        "blood_or_tissue_typing",
        "listed_typing_system",
        "serious_cancer_genetic_or_companion",
        "self_testing",
        "self_testing_exception",
        "general_laboratory",
    ]
    return st.fixed_dictionaries(
        {
            **dict.fromkeys(yes_no, _BOOL),
            "purpose": st.sampled_from([None, "inform_decision", "monitor_physiology", "other"]),
            "worst_outcome": st.sampled_from(
                [None, "death_or_irreversible", "serious_or_surgery", "other"]
            ),
            "driven_class": st.sampled_from([None, "I", "IIa", "IIb", "III"]),
            "ivdr": st.fixed_dictionaries(dict.fromkeys(ivdr, _BOOL)),
            "in_house": st.sampled_from([None, None, {}, {"quality_system": False}]),
            "declared_class": st.sampled_from([None, None, "I", "IIa", "C"]),
        }
    )


def ai_act() -> st.SearchStrategy[dict[str, Any]]:
    """Any way of answering the questions on the AI Act."""
    yes_no = [
        "ai_system",
        "profiles_persons",
        "interacts_with_people",
        "generates_content",
        "publishes_generated",
        "emotion_or_biometric",
        "general_purpose",
        "systemic_risk",
        "research_only",
        "real_world_testing",
        "sensitive_data_for_bias",
        "for_public_authorities",
    ]
    return st.fixed_dictionaries(
        {
            **dict.fromkeys(yes_no, _BOOL),
            "exemption_claimed": st.booleans(),
            "annex_iii": st.sampled_from([None, [], ["emergency_triage"], ["insurance_pricing"]]),
            "interoperability": st.sampled_from([None, [], ["imaging"], ["patient_summary"]]),
            "significant_change": st.sampled_from([None, "2027-01-01", "2028-12-01"]),
        }
    )


def _deployment() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": st.just("place"),
            "site": st.just("CH de Valmère"),
            "version": st.just("1"),
            "roles": st.sampled_from([["deployer"], ["deployer", "provider"]]),
            "public_body": _BOOL,
            "public_service": _BOOL,
            "health_establishment": _BOOL,
            "modification": st.sampled_from(["none", "purpose"]),
        }
    )


def _artefact(codes: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(codes),
            "title": st.just("Pièce"),
            "date": st.sampled_from(["2025-01-01", "2027-06-01"]),
            "valid_until": st.sampled_from([None, "2027-12-31"]),
            "provided_by": st.sampled_from(["provider", "deployer"]),
            "deployment": st.sampled_from([None, "place"]),
        }
    )


CODES = ["training.plan", "dpia", "ifu", "risk.plan", "incident.procedure", "fria", "model.card"]


def artefacts() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some documents."""
    return st.lists(_artefact(CODES), max_size=4)


def records() -> st.SearchStrategy[dict[str, Any]]:
    """Any entry, as a record."""
    placed = st.sampled_from([None, "2024-01-01", "2027-01-01", "2029-01-01"])
    return st.builds(
        lambda answers, act, day, place, country, papers: {
            **RECORD,
            "device": answers,
            "ai_act": act,
            "versions": [{"version": "1", "placed_on_market": day}],
            "deployments": [place],
            "maker": {"name": "Fictive", "country": country},
            "artefacts": papers,
        },
        device(),
        ai_act(),
        placed,
        _deployment(),
        st.sampled_from([None, "FR", "US"]),
        artefacts(),
    )
