"""Device class: the rules of Annex VIII over the answers; what is not answered leaves a range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args

from preuve.core.language import _
from preuve.registry.classification.classification import Step
from preuve.registry.classification.qualification import yes_no
from preuve.registry.entry import Device
from preuve.registry.entry.vocabulary import DeviceClass, Outcome, Purpose
from preuve.registry.facts import load
from preuve.registry.facts.lines import Rule, Rules

MDR_CLASSES: tuple[DeviceClass, ...] = ("I", "IIa", "IIb", "III")
IVDR_CLASSES: tuple[DeviceClass, ...] = ("A", "B", "C", "D")
MDR_GROUPS = ("R11", "R9", "R10", "R12", "R15", "R22")
IVDR_GROUPS = ("IV1", "IV2", "IV3", "IV4", "IV5")
_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "purpose": get_args(Purpose),
    "worst_outcome": get_args(Outcome),
}


@dataclass(frozen=True)
class Classed:
    """The classes that the answers allow, the rules that give them, and the way."""

    possible: tuple[DeviceClass, ...]
    rules: tuple[str, ...]
    steps: tuple[Step, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class _Outcome:
    """What one rule of the regulation gives: its cases and classes over the open answers."""

    cases: tuple[Rule | None, ...]
    open: tuple[str, ...]

    @property
    def classes(self) -> set[DeviceClass | None]:
        return {None if case is None else case.gives for case in self.cases}


def classed_mdr(device: Device, rules: Rules) -> Classed:
    """The class under Regulation (EU) 2017/745: rules 9 to 22, 3.3 and 3.5 of Annex VIII."""
    answers = device.model_dump()
    outcomes = {group: _outcome(group, answers, rules) for group in MDR_GROUPS}
    driven, step, open_driven = _driven(device, rules)
    found = [outcome.classes for outcome in outcomes.values()] + [driven]
    possible = _strictest(found, MDR_CLASSES)
    steps = [_told(group, outcome, answers, rules) for group, outcome in outcomes.items()]
    steps += [step, *_imdrf(device, rules, possible), _five(possible, rules)]
    unanswered = [name for outcome in outcomes.values() for name in outcome.open] + open_driven
    applied = _applied(outcomes)
    if driven - {None}:
        applied += ("R3.3",)
    return Classed(
        possible, applied, tuple(steps), tuple(f"device.{one}" for one in dict.fromkeys(unanswered))
    )


def classed_ivdr(device: Device, rules: Rules) -> Classed:
    """The class under Regulation (EU) 2017/746: rules 1 to 6 of its Annex VIII."""
    answers = device.ivdr.model_dump()
    outcomes = {group: _outcome(group, answers, rules) for group in IVDR_GROUPS}
    found = [outcome.classes for outcome in outcomes.values()]
    default = rules.rule("IV6")
    possible = _strictest(found, IVDR_CLASSES, default.gives)
    steps = [_told(group, outcome, answers, rules) for group, outcome in outcomes.items()]
    steps.append(_five(possible, rules))
    applied = _applied(outcomes)
    if not applied and all(classes == {None} for classes in found):
        applied = ("IV6",)
    unanswered = [f"device.ivdr.{name}" for one in outcomes.values() for name in one.open]
    return Classed(possible, applied, tuple(steps), tuple(dict.fromkeys(unanswered)))


def _applied(outcomes: Mapping[str, _Outcome]) -> tuple[str, ...]:
    return tuple(
        outcome.cases[0].id
        for outcome in outcomes.values()
        if len(outcome.cases) == 1 and outcome.cases[0] is not None
    )


def _outcome(group: str, answers: Mapping[str, Any], rules: Rules) -> _Outcome:
    """The cases of a rule that each way of answering what is open would meet."""
    cases = [rule for rule in rules.rules if rule.group == group]
    fields = list(dict.fromkeys(field for rule in cases for field in rule.when))
    ways = [
        (answers[field],) if answers[field] is not None else _CHOICES.get(field, (True, False))
        for field in fields
    ]
    met = [_met(cases, dict(zip(fields, way, strict=True))) for way in product(*ways)]
    told = list({rule.id if rule else "": rule for rule in met}.values())
    unknown = [field for field in fields if answers[field] is None] if len(told) > 1 else []
    return _Outcome(tuple(told), tuple(one for one in unknown if _matters(one, cases, answers)))


def _matters(field: str, cases: list[Rule], answers: Mapping[str, Any]) -> bool:
    """Whether a case that the answers do not exclude asks for this one."""
    return any(
        field in rule.when
        and all(answers[name] in (None, wanted) for name, wanted in rule.when.items())
        for rule in cases
    )


def _met(cases: list[Rule], answers: Mapping[str, Any]) -> Rule | None:
    """The case that is met, the one that asks for most answers where several are."""
    met = [
        rule
        for rule in cases
        if all(answers[field] == wanted for field, wanted in rule.when.items())
    ]
    return max(met, key=lambda rule: len(rule.when), default=None)


def _strictest(
    found: list[set[DeviceClass | None]],
    order: tuple[DeviceClass, ...],
    default: DeviceClass | None = None,
) -> tuple[DeviceClass, ...]:
    """Rule 3.5: the strictest class of each way of answering; `default` where no rule speaks."""
    possible: set[DeviceClass | None] = {None}
    for classes in found:
        possible = {
            max((one for one in pair if one is not None), key=order.index, default=None)
            for pair in product(possible, classes)
        }
    return tuple(one for one in order if one in {default if c is None else c for c in possible})


def _driven(device: Device, rules: Rules) -> tuple[set[DeviceClass | None], Step, list[str]]:
    rule, open_ = rules.rule("R3.3"), list[str]()
    classes: set[DeviceClass | None] = {None}
    consequence = _("It is classified by itself.")
    if device.drives_device is None:
        classes, open_ = {None, *MDR_CLASSES}, ["drives_device"]
        consequence = _("Not answered: it takes at least the class of the device it drives.")
    elif device.drives_device and device.driven_class is None:
        classes, open_ = set(MDR_CLASSES), ["driven_class"]
        consequence = _("The class of the device it drives is not answered.")
    elif device.drives_device:
        classes = {device.driven_class}
        consequence = _("It takes the class of that device: {name}.").format(
            name=device.driven_class
        )
    question = rules.question("drives_device")
    asked = str(question) if question is not None else str(rule)
    answer = yes_no(device.drives_device)
    return classes, Step("R3.3", asked, answer, consequence, rule.reference, rule.confidence), open_


def _told(group: str, outcome: _Outcome, answers: Mapping[str, Any], rules: Rules) -> Step:
    cases = [rule for rule in rules.rules if rule.group == group]
    fields = dict.fromkeys(field for rule in cases for field in rule.when)
    met = outcome.cases[0]
    if len(outcome.cases) > 1:
        classes = ", ".join(sorted(one or _("does not apply") for one in outcome.classes))
        consequence = _("Not answered in full: {classes} are possible.").format(classes=classes)
    elif met is None:
        consequence = _("Does not apply.")
    else:
        consequence = _("Class {name}.").format(name=met.gives)
    shown = met or cases[0]
    return Step(
        id=shown.id if len(outcome.cases) == 1 else group,
        question=str(shown),
        answer=", ".join(
            _answer(field, answers[field]) for field in fields if _said(answers[field])
        ),
        consequence=consequence,
        reference=shown.reference,
        confidence=shown.confidence,
    )


def _said(answer: Any) -> bool:
    return answer is not None


def _answer(field: str, answer: Any) -> str:
    facts = load()
    words = facts.words.get(field, {})
    shown = str(words[answer]) if answer in words else yes_no(answer)
    names = facts.words["field"]
    named = names.get(f"device.{field}") or names[f"device.ivdr.{field}"]
    return _("{name}: {value}").format(name=named, value=shown)


def _imdrf(device: Device, rules: Rules, possible: tuple[DeviceClass, ...]) -> Iterator[Step]:
    """The cross-check by the IMDRF matrix, for information that serves a decision."""
    if device.purpose != "inform_decision":
        return
    if device.significance is None or device.situation is None:
        return
    matrix, words = rules.imdrf, load().words
    given = matrix.gives[device.significance][device.situation]
    agrees = possible == (given,)
    yield Step(
        id="IMDRF",
        question=_("Cross-check: what it tells, for a patient in which state?"),
        answer=", ".join(
            str(one)
            for one in (
                words["significance"][device.significance],
                words["situation"][device.situation],
            )
        ),
        consequence=(
            _("The matrix gives class {name} too.").format(name=given)
            if agrees
            else _("The matrix gives class {name}: it differs from the rules, look again.").format(
                name=given
            )
        ),
        reference=matrix.reference,
        confidence=matrix.confidence,
    )


def _five(possible: tuple[DeviceClass, ...], rules: Rules) -> Step:
    rule = rules.rule("R3.5")
    return Step(
        id=rule.id,
        question=str(rule),
        answer="",
        consequence=(
            _("Indicative class: {name}. The manufacturer is responsible for the final one.")
            if len(possible) == 1
            else _("Possible classes: {name}. The manufacturer is responsible for the final one.")
        ).format(name=", ".join(possible)),
        reference=rule.reference,
        confidence=rule.confidence,
    )
