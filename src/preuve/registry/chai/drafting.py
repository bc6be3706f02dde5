"""From a card to a draft of an entry: what maps is mapped, what does not is listed, all is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from preuve.core.language import _, both
from preuve.registry.chai.card import ROOT, ChaiCard, stated
from preuve.registry.chai.claims import ReadClaim, claims
from preuve.registry.chai.dates import WrittenDate, written_date
from preuve.registry.chai.reading import ChaiFile
from preuve.registry.entry import Entry, parse_entry

FORMAT = "CHAI applied model card 0.2"

_LINES = {
    "imaging": r"\bDICOM\b|radiolog|\bCT\b|X-ray|\bMRI\b|imaging",
    "signal": r"\bECG\b|electrocardiogra|\bEEG\b",
    "generative": r"large language model|\bLLM|\bGPT\b|generative",
}
_FUNCTIONS = {
    "prioritisation": r"\btriage\b",
    "measurement": r"quantif|measurement",
    "documentation": r"documentation|SOAP note",
}
_EUROPEAN_CLASS = re.compile(r"\b(I{1,3}|II[ab])\b\s*\(?\s*(?:EU|MDR)\b")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")

_MAPPED = {
    "BasicInfo/ModelName": "name",
    "BasicInfo/ModelDeveloper": "maker.name",
    "BasicInfo/DeveloperContact": "maker.contact",
    "ReleaseInfo/ReleaseDate": "versions.changes",
    "ReleaseInfo/ReleaseVersion": "versions.version",
    "ModelSummary/Summary": "summary",
    "UsesAndDirections/IntendedUseAndWorkflow": "intended_use.indication",
    "UsesAndDirections/PrimaryIntendedUsers": "intended_use.users",
    "UsesAndDirections/TargetedPatientPopulation": "intended_use.population",
    "TrustIngredients/AISystemFacts/ModelType": "intended_use.principle",
}


@dataclass(frozen=True)
class Suggestion:
    """A word of a closed list that the card does not give: proposed, to be confirmed."""

    field: str
    value: str
    because: str


@dataclass(frozen=True)
class Draft:
    """An entry made from a card, and everything a person must look at.

    Attributes:
        entry: the entry; the whole card is under its `model_card`.
        released: the date of release as the card writes it.
        mapped: path in the card -> field of the entry.
        kept: paths that no field of the entry holds; they are kept in the model card alone.
        absent: paths where the card says nothing (“None”, “N/A”, empty).
        suggestions: words of closed lists, to be confirmed.
        doubts: what could not be read as it is written.
    """

    entry: Entry
    released: WrittenDate
    mapped: dict[str, str]
    kept: tuple[str, ...]
    absent: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    doubts: tuple[str, ...]


def draft(file: ChaiFile) -> Draft:
    """The draft of a card; nothing in it was not in the card, but the suggestions that it lists."""
    card = file.card
    read = list(claims(card))
    suggestions = (
        _suggested("line", _LINES, card, "other"),
        _suggested("function", _FUNCTIONS, card, "other"),
    )
    released = written_date(card.release_info.release_date)
    declared = _declared_class(card)
    record = _record(file, released, declared, read) | {s.field: s.value for s in suggestions}
    mapped = {path: field for path, field in _paths(card) if field}
    if declared is not None:
        mapped["Warnings/ClinicalRiskLevel"] = "device.declared_class"
    for one in read:
        if one.claim is not None:
            mapped |= {f"{one.path}/{part}": "claims" for part in ("Label", "ValueJson")}
    leaves = dict(card.leaves())
    absent = tuple(path for path, text in leaves.items() if stated(text) is None)
    return Draft(
        entry=parse_entry(record, name=card.basic_info.model_name),
        released=released,
        mapped={path: field for path, field in mapped.items() if path not in absent},
        kept=tuple(path for path in leaves if path not in mapped and path not in absent),
        absent=absent,
        suggestions=suggestions,
        doubts=tuple(_doubts(released, declared, card, read)),
    )


def _paths(card: ChaiCard) -> Iterator[tuple[str, str]]:
    for path, _text in card.leaves():
        yield path, _MAPPED.get(path, "")


def _record(
    file: ChaiFile, released: WrittenDate, declared: str | None, read: list[ReadClaim]
) -> dict[str, Any]:
    card = file.card
    name = stated(card.basic_info.model_name) or _("Unnamed")
    uses = card.uses_and_directions
    maker = {
        "name": stated(card.basic_info.model_developer) or _("Not stated"),
        "contact": stated(card.basic_info.developer_contact),
    }
    return {
        "preuve_entry": 1,
        "id": slug(name),
        "name": name,
        "title": name,
        "summary": stated(card.model_summary.summary),
        "maker": {key: value for key, value in maker.items() if value},
        "intended_use": {
            "indication": stated(uses.intended_use_and_workflow),
            "users": stated(uses.primary_intended_users),
            "population": stated(uses.targeted_patient_population),
            "principle": stated(card.trust_ingredients.ai_system_facts.model_type),
        },
        "device": {} if declared is None else {"declared_class": declared},
        "versions": _versions(card, released),
        "claims": [one.claim.model_dump(mode="json") for one in read if one.claim is not None],
        "documents": list(_documents(card)),
        "model_card": {
            "format": FORMAT,
            "digest": file.digest,
            "notice": file.notice,
            "signed": file.signed,
            ROOT: card.fields(),
        },
    }


def _versions(card: ChaiCard, released: WrittenDate) -> list[dict[str, Any]]:
    version = stated(card.release_info.release_version)
    if version is None:
        return []
    written = stated(released.text)
    changes = both(_("Release date as the card writes it: {text}").format(text=written))
    return [
        {
            "version": version,
            "released": released.day and released.day.isoformat(),
            "changes": changes if written else None,
        }
    ]


def _documents(card: ChaiCard) -> Iterator[dict[str, str]]:
    """The links of a card, each once, named by the field that holds it."""
    seen: set[str] = set()
    for path, text in card.leaves():
        for label, url in _LINK.findall(text):
            if url not in seen:
                seen.add(url)
                yield {"title": f"{label} ({path.rpartition('/')[2]})", "url": url}


def _declared_class(card: ChaiCard) -> str | None:
    """The class in the Union that the risk level names (“IIa (EU)”), and no other."""
    found = _EUROPEAN_CLASS.search(card.warnings.clinical_risk_level)
    return None if found is None else found[1]


def _suggested(field: str, words: dict[str, str], card: ChaiCard, otherwise: str) -> Suggestion:
    text = f"{card.basic_info.model_name}\n{card.model_summary.summary}"
    text += f"\n{card.trust_ingredients.ai_system_facts.output_and_input_data_types}"
    for value, pattern in words.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            because = _("the card says “{word}”").format(word=found[0])
            return Suggestion(field, value, because)
    return Suggestion(field, otherwise, _("the card names none"))


def _doubts(
    released: WrittenDate, declared: str | None, card: ChaiCard, read: list[ReadClaim]
) -> Iterator[str]:
    if stated(released.text) and released.month is None:
        yield _("The release date “{text}” may be read in several ways, or in none.").format(
            text=released.text
        )
    if declared is None and stated(card.warnings.clinical_risk_level):
        yield _("The risk level names no class in the Union: “{text}”.").format(
            text=card.warnings.clinical_risk_level.strip()
        )
    for one in read:
        if one.doubt:
            yield one.doubt


def slug(name: str) -> str:
    """An identifier made from a name: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    made = made if made[:1].isalpha() else f"system-{made}".strip("-")
    return made[:61].strip("-")
