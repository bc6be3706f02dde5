"""FHIR: the elements that R4 asks of each resource, of the type it asks, in a sound bundle."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.record import canonical
from preuve.registry import fhir
from preuve.registry.chai import draft, parse, read
from preuve.registry.entry import Entry

_CONCEPT: dict[str, Any] = {"coding": [{"system": str, "code": str, "display": str}], "text": str}
_IDENTIFIER = [{"system": str, "value": str}]
_ATTACHMENT = {
    "contentType": str,
    "language": str,
    "data": str,
    "size": int,
    "hash": str,
    "title": str,
}
# element -> its type, after the definitions of FHIR R4 (4.0.1); a list is 0..*, a value 0..1
DEVICE: dict[str, Any] = {
    "resourceType": str,
    "id": str,
    "meta": {"profile": [str]},
    "extension": [{"url": str, "valueReference": {"reference": str}}],
    "identifier": _IDENTIFIER,
    "udiCarrier": [{"deviceIdentifier": str}],
    "status": str,
    "manufacturer": str,
    "manufactureDate": str,
    "deviceName": [{"name": str, "type": str}],
    "type": _CONCEPT,
    "version": [{"value": str}],
    "property": [{"type": _CONCEPT, "valueCode": [_CONCEPT]}],
    "contact": [{"system": str, "value": str}],
    "note": [{"text": str}],
}
DOCUMENT: dict[str, Any] = {
    "resourceType": str,
    "id": str,
    "meta": {"profile": [str]},
    "language": str,
    "identifier": _IDENTIFIER,
    "status": str,
    "type": _CONCEPT,
    "category": [_CONCEPT],
    "subject": {"reference": str},
    "description": str,
    "content": [{"attachment": _ATTACHMENT, "format": _CONCEPT["coding"][0]}],
}
BUNDLE: dict[str, Any] = {
    "resourceType": str,
    "type": str,
    "identifier": _IDENTIFIER[0],
    "entry": [{"fullUrl": str, "resource": dict}],
}
REQUIRED = {
    "Bundle": {"resourceType", "type"},
    "Device": {"resourceType", "type"},  # type is 1..1 in the profile AI-Device
    "DocumentReference": {"resourceType", "status", "content"},
}
CODES = {
    "Device": {"status": {"active", "inactive", "entered-in-error", "unknown"}},
    "DocumentReference": {"status": {"current", "superseded", "entered-in-error"}},
    "Bundle": {"type": {"collection", "document", "searchset", "batch", "transaction"}},
}


def _sound(value: Any, shape: Any, path: str) -> None:
    if isinstance(shape, type):
        assert isinstance(value, shape), path
        assert not isinstance(value, str) or value.strip(), f"{path} is empty"
        return
    if isinstance(shape, list):
        assert isinstance(value, list), path
        assert value, f"{path}: an empty list is not FHIR"
        for index, one in enumerate(value):
            _sound(one, shape[0], f"{path}[{index}]")
        return
    assert isinstance(value, dict), path
    assert value, f"{path}: an empty element is not FHIR"
    assert set(value) <= set(shape), f"{path}: {set(value) - set(shape)}"
    for name, one in value.items():
        _sound(one, shape[name], f"{path}.{name}")


def _checked(bundle: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources of a bundle by their address, each checked."""
    _sound(bundle, BUNDLE, "Bundle")
    found = {}
    for entry in bundle["entry"]:
        resource = entry["resource"]
        kind = resource["resourceType"]
        assert set(resource) >= REQUIRED[kind]
        _sound(resource, {"Device": DEVICE, "DocumentReference": DOCUMENT}[kind], kind)
        for name, codes in CODES[kind].items():
            assert resource[name] in codes
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
        assert entry["fullUrl"] == f"urn:uuid:{resource['id']}"
        found[entry["fullUrl"]] = resource
    for resource in found.values():
        for pointed in _references(resource):
            assert pointed in found
    return found


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if "reference" in value else []
        return own + [found for one in value.values() for found in _references(one)]
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    return []


def test_every_published_card_makes_a_sound_bundle(cards: list[Path]) -> None:
    for path in cards:
        file = read(path)
        resources = _checked(fhir.bundle(draft(file).entry))
        kinds = [resource["resourceType"] for resource in resources.values()]
        assert kinds == ["Device", "DocumentReference"]


def test_the_card_inside_is_the_card(cards: list[Path]) -> None:
    file = read(cards[0])
    document = list(_checked(fhir.bundle(draft(file).entry)).values())[1]
    attachment = document["content"][0]["attachment"]
    content = base64.b64decode(attachment["data"])
    assert attachment["size"] == len(content)
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(content).digest()
    assert parse(content, "x").card.basic_info == file.card.basic_info
    assert document["content"][0]["format"]["code"] == "AImodelCardCHAIformat"


def test_evidence_identifiers_and_synthetic(
    evidence: Evidence, make_evidence: Callable[..., Evidence], make_entry: Callable[..., Entry]
) -> None:
    made = make_evidence(synthetic=True)
    entry = make_entry(
        versions=[
            {
                "version": "2.0",
                "digest": made.content["system"]["digest"],
                "released": "2026-03-01",
            }
        ],
        device={"udi": "03700123456789", "declared_class": "IIa"},
        claims=[{"measure": "Sensitivity", "value": 0.99}],
        notes={"fr": "note", "en": "note"},
    )
    resources = list(_checked(fhir.bundle(entry, [made])).values())
    device, card, signed = resources
    assert device["udiCarrier"] == [{"deviceIdentifier": "03700123456789"}]
    assert device["note"][0]["text"].startswith("SYNTHETIC")
    assert "claim" in card["description"]
    assert "SYNTHETIC" in signed["description"]
    content = base64.b64decode(signed["content"][0]["attachment"]["data"])
    assert content == made.written
    with pytest.raises(PreuveError, match="another system"):
        fhir.bundle(entry, [evidence])


def test_same_entry_same_bytes_in_each_language(make_entry: Callable[..., Entry]) -> None:
    entry = make_entry()
    assert canonical(fhir.bundle(entry)) == canonical(fhir.bundle(entry))
    french, english = (fhir.bundle(entry, language=one) for one in ("fr", "en"))
    assert french["entry"][1]["resource"]["language"] == "fr"
    assert english["entry"][1]["resource"]["language"] == "en"
