"""FHIR R4: a system as Device and its card as DocumentReference, after AI Transparency on FHIR.

Codes and profiles are those of the HL7 guide `hl7.fhir.uv.aitransparency` (ballot of January 2026).
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from preuve.core.evidence import Evidence
from preuve.core.language import Language, _, speaking
from preuve.core.record import canonical
from preuve.registry.chai import export, to_xml
from preuve.registry.comparison import Measured, foreign, speaks_of
from preuve.registry.entry import Entry
from preuve.registry.public import claim_words, figure_words, rows

GUIDE = "http://hl7.org/fhir/uv/aitransparency"
INPUTS = f"{GUIDE}/CodeSystem/AIinputsCS"
TYPES = f"{GUIDE}/CodeSystem/AIdeviceTypeCS"
MEDIA_TYPE = "application/fhir+json"
_SPACE = uuid.UUID("7a3d5c0e-6a52-5b0e-9f39-7f6a3b1a6c11")
_HASH_URI = "urn:ietf:rfc:6920"

_CARD = {"system": INPUTS, "code": "AIModelCard", "display": "AI Model-Card"}
_CHAI = {"system": INPUTS, "code": "AImodelCardCHAIformat", "display": "CHAI Format"}


def bundle(
    entry: Entry, evidence: Sequence[Evidence] = (), *, language: Language = "en"
) -> dict[str, Any]:
    """A collection: the device, its model card, and one document per signed evidence.

    Args:
        entry: the system.
        evidence: signed evidence files that speak of it, already checked.
        language: of the texts that are read; codes do not change.

    Raises:
        PreuveError: an evidence speaks of another system.
    """
    for one in evidence:
        if not speaks_of(Measured(one), entry):
            raise foreign(one, entry)
    with speaking(language):
        card = _model_card(entry, evidence, language)
        resources = [_device(entry, card), card, *(_evidence(entry, one) for one in evidence)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": _HASH_URI, "value": _named(entry.digest)},
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
            for resource in resources
        ],
    }


def _device(entry: Entry, card: dict[str, Any]) -> dict[str, Any]:
    version = entry.versions[-1] if entry.versions else None
    names = [{"name": entry.name, "type": "model-name"}]
    if str(entry.title) != entry.name:
        names.append({"name": str(entry.title), "type": "user-friendly-name"})
    device: dict[str, Any] = {
        "resourceType": "Device",
        "id": _identifier("Device", entry.digest),
        "meta": {"profile": [f"{GUIDE}/StructureDefinition/AI-Device"]},
        "extension": [
            {
                "url": f"{GUIDE}/StructureDefinition/aitransparency.modelCardDescription",
                "valueReference": {"reference": f"urn:uuid:{card['id']}"},
            }
        ],
        "identifier": [{"system": "urn:preuve:registry", "value": entry.id}],
        "status": "active",
        "manufacturer": entry.maker.name,
        "deviceName": names,
        "type": {
            "coding": [
                {
                    "system": TYPES,
                    "code": "Artificial-Intelligence",
                    "display": "All kinds of Artificial Intelligence",
                }
            ]
        },
    }
    if entry.device.udi:
        device["udiCarrier"] = [{"deviceIdentifier": entry.device.udi}]
    if version is not None:
        device["version"] = [{"value": version.version}]
        if version.digest:
            device["identifier"].append({"system": _HASH_URI, "value": _named(version.digest)})
        if version.released:
            device["manufactureDate"] = version.released.isoformat()
    if properties := _properties(entry):
        device["property"] = properties
    if entry.maker.contact:
        device["contact"] = [{"system": "other", "value": entry.maker.contact}]
    if notes := _notes(entry):
        device["note"] = [{"text": note} for note in notes]
    return device


def _properties(entry: Entry) -> list[dict[str, Any]]:
    """What the entry declares, each under its name; worked-out classes are left to the register."""
    uses = entry.intended_use
    told = {
        _("Class declared by the maker"): entry.device.declared_class,
        _("CE certificate"): entry.device.ce_certificate,
        _("Notified body"): entry.device.notified_body,
        _("EUDAMED identifier"): entry.device.eudamed,
        _("Indication"): uses.indication,
        _("Body part or tissue"): uses.body_part,
        _("Use environment"): uses.environment,
        _("Users"): uses.users,
        _("Patient population"): uses.population,
        _("Operating principle"): uses.principle,
    }
    return [
        {"type": {"text": str(name)}, "valueCode": [{"text": str(value)}]}
        for name, value in told.items()
        if value is not None
    ]


def _notes(entry: Entry) -> list[str]:
    notes = [str(_("SYNTHETIC: this entry is made up."))] if entry.synthetic else []
    return notes + ([str(entry.notes)] if entry.notes else [])


def _model_card(entry: Entry, evidence: Sequence[Evidence], language: Language) -> dict[str, Any]:
    content = to_xml(export(entry, evidence))
    figures = [
        line
        for row in rows([entry], evidence)
        for line in (
            *(figure_words(one, row) for one in row.figures()),
            *(claim_words(one) for one in row.claims),
        )
    ]
    card: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "id": _identifier("DocumentReference", entry.digest),
        "meta": {"profile": [f"{GUIDE}/StructureDefinition/AI-ModelCard"]},
        "identifier": [{"system": _HASH_URI, "value": _named(entry.digest)}],
        "status": "current",
        "language": language,
        "type": {"coding": [_CARD]},
        "category": [{"coding": [_CHAI]}],
        "subject": {"reference": f"urn:uuid:{_identifier('Device', entry.digest)}"},
        "content": [
            {
                "attachment": _attachment(content, "application/xml", "en", entry.name),
                "format": _CHAI,
            }
        ],
    }
    if figures:
        card["description"] = "\n".join(dict.fromkeys(figures))
    return card


def _evidence(entry: Entry, evidence: Evidence) -> dict[str, Any]:
    title = _("Signed evidence: {usecase}").format(usecase=evidence.usecase.title)
    return {
        "resourceType": "DocumentReference",
        "id": _identifier("DocumentReference", evidence.digest),
        "identifier": [{"system": _HASH_URI, "value": _named(evidence.digest)}],
        "status": "current",
        "type": {"text": str(_("Signed evidence of an evaluation"))},
        "subject": {"reference": f"urn:uuid:{_identifier('Device', entry.digest)}"},
        "description": str(title) + (" · SYNTHETIC" if evidence.synthetic else ""),
        "content": [
            {"attachment": _attachment(evidence.written, "application/json", None, str(title))}
        ],
    }


def _attachment(
    content: bytes, media_type: str, language: str | None, title: str
) -> dict[str, Any]:
    """An attachment; its hash is SHA-1, as FHIR R4 defines the element, and proves nothing."""
    sha1 = hashlib.sha1(content, usedforsecurity=False).digest()
    attachment: dict[str, Any] = {
        "contentType": media_type,
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        "hash": base64.b64encode(sha1).decode(),
        "title": title,
    }
    if language:
        attachment["language"] = language
    return attachment


def _named(digest: str) -> str:
    """A digest as a name for information (RFC 6920)."""
    raw = bytes.fromhex(digest.removeprefix("sha256:"))
    return "ni:///sha-256;" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _identifier(kind: str, digest: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{kind}/{digest}"))


def written(entry: Entry, evidence: Sequence[Evidence] = (), *, language: Language) -> bytes:
    """The bundle as canonical JSON."""
    return canonical(bundle(entry, evidence, language=language)) + b"\n"
