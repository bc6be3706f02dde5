"""Classes: what a system does for whom, worked out from answers, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from preuve.core.language import speaking
from preuve.registry.classes import beneficiary, classify, european, function_label, functional
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Function

Made = Callable[..., Entry]


@pytest.mark.parametrize(
    ("function", "device", "level"),
    [
        ("documentation", {}, "A"),
        ("organisation", {}, "A"),
        ("coding", {}, "A"),
        ("conversation", {"individual_patients": False}, "B"),
        ("conversation", {"individual_patients": True, "closed_loop": False}, "C"),
        ("conversation", {}, None),
        ("detection", {"closed_loop": False}, "C"),
        ("detection", {}, None),
        ("therapy", {"closed_loop": True}, "D"),
        ("organisation", {"closed_loop": True}, "D"),
        ("other", {}, None),
    ],
)
def test_functional_level(
    make_entry: Made, function: str, device: dict[str, Any], level: str | None
) -> None:
    found = functional(make_entry(function=function, device=device))
    assert found.code == level
    assert found.reasoning
    assert bool(found.missing) == (level is None)


def test_every_function_has_its_words_and_its_classes(make_entry: Made) -> None:
    for function in get_args(Function):
        entry = make_entry(function=function)
        for language in ("fr", "en"):
            with speaking(language):
                assert function_label(entry)
                assert len(classify(entry)) == 2


@pytest.mark.parametrize(
    ("users", "code"),
    [
        ("Radiologues et urgentistes", "professional"),
        ("appropriately trained medical specialists", "professional"),
        ("Les patients, à domicile", "patient"),
        ("Patients, with their nurse", "professional"),
        ("Direction de l’établissement", "establishment"),
        ("Tout le monde", None),
        (None, None),
    ],
)
def test_for_whom_is_told_by_a_word_of_the_intended_users(
    make_entry: Made, users: str | None, code: str | None
) -> None:
    uses = {} if users is None else {"users": users}
    found = beneficiary(make_entry(intended_use=uses))
    assert found.code == code
    assert not found.word or found.word.lower() in (users or "").lower()


def test_european_class_of_a_reader_for_radiologists(make_entry: Made) -> None:
    entry = make_entry(intended_use={"users": "radiologists"}, device={"medical_purpose": True})
    found = european(entry)
    assert found.code == "diagnose/professional/integrated"
    assert found.confidence == "low"
    assert any("radiologists" in line for line in found.reasoning)
    assert not found.missing


def test_european_class_leaves_out_what_has_no_medical_purpose(make_entry: Made) -> None:
    found = european(make_entry(device={"medical_purpose": False}))
    assert found.code is None
    assert not found.missing
    assert any("Outside" in line for line in found.reasoning)


def test_european_class_asks_when_nobody_says_for_whom(make_entry: Made) -> None:
    found = european(make_entry(device={"medical_purpose": True}))
    assert found.code is None
    assert any("Who uses it" in line for line in found.missing)


def test_for_patients_it_asks_how_it_is_used(make_entry: Made) -> None:
    entry = make_entry(intended_use={"users": "patients"}, device={"medical_purpose": True})
    found = european(entry)
    assert found.code == "diagnose/patient"
    assert found.missing


def test_records_carry_source_note_and_both_languages(make_entry: Made) -> None:
    for one in classify(make_entry()):
        record = one.record()
        assert record["source"]["fr"]
        assert record["note"]["en"]
        assert record["confidence"] in ("high", "medium", "low")
