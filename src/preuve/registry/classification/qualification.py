"""Qualification: is it software, is it a device, and under which regulation (MDCG 2019-11)."""

from __future__ import annotations

from dataclasses import dataclass

from preuve.core.language import _
from preuve.registry.classification.classification import Regulation, Step
from preuve.registry.entry import Device
from preuve.registry.facts.lines import Question, Rules

_IVDR = frozenset("ABCD")


@dataclass(frozen=True)
class Qualified:
    regulation: Regulation | None
    steps: tuple[Step, ...]
    unanswered: tuple[str, ...]


def qualified(device: Device, rules: Rules) -> Qualified:
    """The regulation, from questions Q1 to Q5; it stops at the first answer that decides.

    Where a question has no answer, the class that the maker declares tells the regulation; else
    the regulation is not known.
    """
    steps: list[Step] = []
    for question in rules.questions[:4]:
        answer = getattr(device, question.field)
        decides = answer is False and not _listed(device, question)
        steps.append(_step(question, answer, decides, device))
        if decides:
            stop: Regulation = "not_software" if question.id == "Q1" else "not_device"
            return Qualified(stop, tuple(steps), ())
        if answer is None:
            return _declared(device, steps, question)
    question = rules.questions[4]
    answer = device.from_specimens
    steps.append(_step(question, answer, False, device))
    if answer is None:
        return _declared(device, steps, question)
    return Qualified("IVDR" if answer else "MDR", tuple(steps), ())


def _listed(device: Device, question: Question) -> bool:
    """Whether a product without a medical purpose is a device all the same, by Annex XVI."""
    return question.id == "Q4" and device.annex_xvi


def _declared(device: Device, steps: list[Step], question: Question) -> Qualified:
    declared = device.declared_class
    if declared is None:
        return Qualified(None, tuple(steps), (f"device.{question.field}",))
    regulation: Regulation = "IVDR" if declared in _IVDR else "MDR"
    steps.append(
        Step(
            id="declared",
            question=_("What does the maker declare?"),
            answer=_("class {name}").format(name=declared),
            consequence=_("Taken as a device under {regulation}, by the class declared.").format(
                regulation=regulation
            ),
            reference="",
            confidence="medium",
        )
    )
    return Qualified(regulation, tuple(steps), (f"device.{question.field}",))


def yes_no(answer: bool | None) -> str:
    """The answer in words; empty where there is none."""
    if answer is None:
        return ""
    return _("yes") if answer else _("no")


def _step(question: Question, answer: bool | None, decides: bool, device: Device) -> Step:
    return Step(
        id=question.id,
        question=str(question),
        answer=yes_no(answer),
        consequence=_consequence(question, answer, decides, device),
        reference=question.reference,
        confidence=question.confidence,
    )


def _consequence(question: Question, answer: bool | None, decides: bool, device: Device) -> str:
    if answer is None:
        return _("Not answered: what follows is not known.")
    if decides:
        return _("Not software.") if question.id == "Q1" else _("Not a medical device.")
    if question.id == "Q5":
        return (
            _("An in vitro diagnostic device: Regulation (EU) 2017/746.")
            if answer
            else _("A medical device: Regulation (EU) 2017/745.")
        )
    if answer is False and device.annex_xvi:
        return _("A product of Annex XVI: treated as a device without a medical purpose.")
    return _("Go on.")
