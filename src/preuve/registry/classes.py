"""Classes: what a system does for whom, and its place in two public frames, with the reasoning.

The functional level follows the HAS classification of digital solutions (2021); the European class
is made in the manner of the grid of the EvalEUDMD taskforce. Both are worked out from the answers
of an entry and from `classes.yaml`; a question without an answer is told, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from preuve.core.language import _, current_language
from preuve.core.usecase import Text
from preuve.core.written import read_yaml
from preuve.registry.entry import Entry

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Class:
    """A place in a frame of classification.

    Attributes:
        code: "C", "diagnose/professional/integrated", …; None where it cannot be told.
        label: its name, in both languages.
        reasoning: the answers and rules that lead to it, in order.
        missing: the questions that a person must still answer.
        confidence: how sure the frame itself is, as transcribed here.
        source, note: where the frame comes from, and its reservation.
    """

    frame: str
    code: str | None
    label: Text | None
    reasoning: tuple[str, ...]
    missing: tuple[str, ...]
    confidence: Confidence
    source: Text
    note: Text

    def record(self) -> dict[str, Any]:
        return {
            "frame": self.frame,
            "code": self.code,
            "label": None if self.label is None else self.label.model_dump(),
            "reasoning": [str(one) for one in self.reasoning],
            "missing": [str(one) for one in self.missing],
            "confidence": self.confidence,
            "source": self.source.model_dump(),
            "note": self.note.model_dump(),
        }


@dataclass(frozen=True)
class Beneficiary:
    """For whom a system works: the word of the intended use that says it; None where none does."""

    code: str | None
    word: str = ""


def classify(entry: Entry) -> tuple[Class, Class]:
    """The functional level and the European class of an entry."""
    return functional(entry), european(entry)


def function_label(entry: Entry) -> str:
    """What the system does, in the current language."""
    return _label(_facts()["functions"][entry.function])


def beneficiary(entry: Entry) -> Beneficiary:
    """For whom it works, by the first word of the intended users that tells it."""
    users = entry.intended_use.users
    text = f"{users.fr} {users.en}" if isinstance(users, Text) else users or ""
    for code, words in _facts()["users"].items():
        for word in words:
            place = text.lower().find(word.lower())
            if place >= 0:
                return Beneficiary(code, text[place:].split()[0].strip(".,;:()"))
    return Beneficiary(None)


def functional(entry: Entry) -> Class:
    """The level A to D of the HAS functional classification."""
    facts = _facts()
    function = facts["functions"][entry.function]
    purpose = function["purpose"]
    reasoning: list[str] = [_("Function: {label}.").format(label=_label(function))]
    missing: list[str] = []
    if purpose is not None:
        reasoning.append(_("Purpose: {label}.").format(label=_label(facts["purposes"][purpose])))
    code = _level(entry, purpose, reasoning, missing)
    frame = facts["has_levels"]
    level = None if code is None else frame["levels"][code]
    return Class(
        frame="has_functional",
        code=code,
        label=None if level is None else _text(level),
        reasoning=tuple(reasoning),
        missing=tuple(missing),
        confidence="low" if level is None else level["confidence"],
        source=_text(frame["source"]),
        note=_text(frame["note"]),
    )


def _level(
    entry: Entry, purpose: str | None, reasoning: list[str], missing: list[str]
) -> str | None:
    device = entry.device
    if purpose is None:
        missing.append(_("What does the system do? The function “other” leads to no level."))
        return None
    if device.closed_loop:
        reasoning.append(_("It acts in a closed loop, without a human before the action."))
        return "D"
    if purpose == "support":
        reasoning.append(_("No direct action on health: the level does not depend on the person."))
        return "A"
    if purpose == "information" and not device.individual_patients:
        if device.individual_patients is None:
            missing.append(_("Does its answer take account of one person’s own data?"))
            return None
        reasoning.append(_("Its answers are general: they do not follow from one person’s data."))
        return "B"
    if device.closed_loop is None:
        missing.append(_("Does it act in a closed loop, without a human before the action?"))
        reasoning.append(_("Level C if a human decides, level D if not."))
        return None
    reasoning.append(_("A human decides: it acts in no closed loop."))
    return "C"


def european(entry: Entry) -> Class:
    """The class in the manner of the European grid: function, for whom, with or without a carer."""
    facts = _facts()
    frame = facts["european"]
    function = facts["functions"][entry.function]["european"]
    reasoning: list[str] = [
        _("Function: {label}.").format(label=_label(facts["functions"][entry.function]))
    ]
    missing: list[str] = []
    code, label = None, None
    if _out_of_scope(entry, function, reasoning, missing):
        pass
    else:
        for_whom = _for_whom(entry, reasoning, missing)
        if function is not None and for_whom is not None:
            use = "integrated" if for_whom == "professional" else None
            if use is None:
                missing.append(_("Is it used with a professional, or on its own?"))
            else:
                reasoning.append(_("Used by a professional, it stands within the care pathway."))
            code = "/".join(part for part in (function, for_whom, use) if part)
            label = _european_label(frame, function, for_whom, use)
    return Class(
        frame="european",
        code=code,
        label=label,
        reasoning=tuple(reasoning),
        missing=tuple(missing),
        confidence=frame["confidence"],
        source=_text(frame["source"]),
        note=_text(frame["note"]),
    )


def _out_of_scope(
    entry: Entry, function: str | None, reasoning: list[str], missing: list[str]
) -> bool:
    if entry.device.medical_purpose is False or (function is None and entry.function != "other"):
        reasoning.append(_("Outside the grid: it only classes devices with a medical purpose."))
        return True
    if entry.device.medical_purpose is None:
        missing.append(_("Does its intended purpose match the definition of a medical device?"))
    if function is None:
        missing.append(_("What does the system do? The function “other” leads to no class."))
    return False


def _for_whom(entry: Entry, reasoning: list[str], missing: list[str]) -> str | None:
    found = beneficiary(entry)
    if found.code is None or found.code == "establishment":
        missing.append(_("Who uses it: a patient, or a health professional?"))
        return None
    reasoning.append(
        _("For {beneficiary}: the intended users say “{word}”.").format(
            beneficiary=_label(_facts()["beneficiaries"][found.code]), word=found.word
        )
    )
    return found.code


def _european_label(
    frame: Mapping[str, Any], function: str, for_whom: str, use: str | None
) -> Text:
    parts = [frame["functions"][function], frame["beneficiaries"][for_whom]]
    parts += [frame["uses"][use]] if use else []
    fr, en = (", ".join(part[language] for part in parts) for language in ("fr", "en"))
    return Text(fr=fr, en=en)


def _label(words: Mapping[str, str]) -> str:
    return words[current_language()]


def _text(words: Mapping[str, str]) -> Text:
    return Text(fr=words["fr"], en=words["en"])


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = read_yaml(Path(__file__).with_name("classes.yaml"))
    return facts
