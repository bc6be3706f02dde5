"""Questions of the classification as a form: each with the answers it may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from preuve.core.language import _
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import (
    AnnexIII,
    DeviceClass,
    Outcome,
    Prohibited,
    Purpose,
    Significance,
    Situation,
)
from preuve.registry.facts import load

_CHOICES: Mapping[str, tuple[Any, str]] = {
    "driven_class": (DeviceClass, ""),
    "purpose": (Purpose, "purpose"),
    "worst_outcome": (Outcome, "worst_outcome"),
    "significance": (Significance, "significance"),
    "situation": (Situation, "situation"),
    "declared_class": (DeviceClass, ""),
}
_LISTS: Mapping[str, tuple[Any, str]] = {
    "annex_iii": (AnnexIII, "annex_iii"),
    "prohibited": (Prohibited, "prohibited"),
}
_DEVICE = ("therapeutic", "closed_loop", "measuring", "significance", "situation", "declared_class")
_ACT = (
    "ai_system",
    "interacts_with_people",
    "generates_content",
    "publishes_generated",
    "emotion_or_biometric",
    "general_purpose",
    "research_only",
    "real_world_testing",
    "profiles_persons",
    "for_public_authorities",
)
NONE = "none"
"""The answer that says that no line of a list holds."""


@dataclass(frozen=True)
class Question:
    """A question of the form.

    Attributes:
        name: of the field: "device.is_software".
        words: the question. note: where it comes from.
        options: values and words; the empty value is "not answered".
        several: whether lines of a list are ticked.
        answer: what the entry says; a tuple for a list.
    """

    name: str
    words: str
    note: str
    options: tuple[tuple[str, str], ...]
    several: bool
    answer: str | tuple[str, ...]


def questions(entry: Entry) -> tuple[list[Question], list[Question]]:
    """Those of the device, and those of the AI Act, with what the entry answers."""
    return list(_of_device(entry)), list(_of_act(entry))


def answered(form: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Part -> field -> the answer given; None takes an answer away.

    A value that no option offers is left out: the entry refuses nothing that a form cannot send.
    """
    found: dict[str, dict[str, Any]] = {"device": {}, "ai_act": {}}
    for name, values in form.items():
        part, _dot, field = name.partition(".")
        if part not in found or not values:
            continue
        if field in _LISTS:
            found[part][field] = _ticked(values)
        elif values[0] in ("yes", "no"):
            found[part][field] = values[0] == "yes"
        else:
            found[part][field] = values[0] or None
    return found


def _ticked(values: list[str]) -> list[str] | None:
    named = [one for one in values if one not in ("", NONE)]
    return named or ([] if NONE in values else None)


def _of_device(entry: Entry) -> Iterator[Question]:
    device = entry.device
    for one in load().rules.questions:
        yield _question("device", one.field, str(one), one.reference, getattr(device, one.field))
    words = {
        "therapeutic": _("Does it give or control a therapy?"),
        "closed_loop": _("Does it act in a closed loop, without a human before the action?"),
        "measuring": _("Does it measure?"),
        "significance": _("How much does the information weigh in the decision?"),
        "situation": _("In what state is the patient?"),
        "declared_class": _("Which class does the maker declare?"),
    }
    for field in _DEVICE:
        yield _question("device", field, words[field], "", getattr(device, field))


def _of_act(entry: Entry) -> Iterator[Question]:
    words = {
        "ai_system": _("Is it an AI system within the meaning of the AI Act?"),
        "interacts_with_people": _("Does it talk with people?"),
        "generates_content": _("Does it generate content?"),
        "publishes_generated": _("Does it publish what it generates to inform the public?"),
        "emotion_or_biometric": _("Does it read emotions or biometric categories?"),
        "general_purpose": _("Is it a general-purpose model?"),
        "research_only": _("Is it made and used for research only?"),
        "real_world_testing": _("Is it tested in real-world conditions?"),
        "profiles_persons": _("Does it profile people?"),
        "for_public_authorities": _("Is it meant to be used by public authorities?"),
    }
    for field in _ACT:
        yield _question("ai_act", field, words[field], "", getattr(entry.ai_act, field))
    told = {
        "annex_iii": _("Which of its uses are in Annex III?"),
        "prohibited": _("Which practices of Article 5 did the screening find?"),
    }
    for field, sentence in told.items():
        kind, listed = _LISTS[field]
        answer = getattr(entry.ai_act, field)
        yield Question(
            f"ai_act.{field}",
            sentence,
            "",
            ((NONE, _("None")), *_options(kind, listed)),
            True,
            () if answer is None else tuple(answer) or (NONE,),
        )


def _question(part: str, field: str, words: str, note: str, answer: Any) -> Question:
    options: tuple[tuple[str, str], ...] = (("yes", _("yes")), ("no", _("no")))
    shown = "" if answer is None else str(answer)
    if field in _CHOICES:
        options = _options(*_CHOICES[field])
    elif answer is not None:
        shown = "yes" if answer else "no"
    return Question(f"{part}.{field}", words, note, options, False, shown)


def _options(kind: Any, words: str) -> tuple[tuple[str, str], ...]:
    facts = load()
    return tuple((one, str(facts.word(words, one)) if words else one) for one in get_args(kind))
