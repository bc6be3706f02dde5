"""Classification: what a software is before the law, with every step that leads there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from preuve.registry.classification.verdict import Verdict
from preuve.registry.entry.vocabulary import DeviceClass
from preuve.registry.facts import Confidence

_CLASSES = get_args(DeviceClass)

Regulation: TypeAlias = Literal["not_software", "not_device", "MDR", "IVDR"]


@dataclass(frozen=True)
class Step:
    """One question of the way, in the current language.

    Attributes:
        id: of the question or the rule: Q2, R11-c, IMDRF.
        answer: what was answered, empty where nothing was.
        consequence: what follows from it.
    """

    id: str
    question: str
    answer: str
    consequence: str
    reference: str
    confidence: Confidence

    def record(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Standing:
    """What a system is under the AI Act; several may hold at once."""

    prohibited: Verdict
    high_risk_annex_i: Verdict
    high_risk_annex_iii: Verdict
    transparency: Verdict
    gpai: Verdict
    research: Verdict
    minimal: Verdict

    def record(self) -> dict[str, Any]:
        return {
            name: {"holds": one.holds, "why": str(one.why), "confidence": one.confidence}
            for name, one in vars(self).items()
        }


@dataclass(frozen=True)
class Classification:
    """What follows from the answers of an entry. Indicative: the manufacturer is responsible.

    Attributes:
        regulation: None where the questions that lead to it are not all answered.
        device_class: the class the rules give; None where there is none or several are possible.
        possible: the classes that the missing answers leave open, mildest first.
        declared: the class that the maker declares.
        rules: identifiers of the rules that gave the class.
        steps: the way, in order.
        unanswered: fields of the entry that are still to be answered.
        in_house: whether it is made and used by an establishment under Article 5(5).
    """

    regulation: Regulation | None
    device_class: DeviceClass | None
    possible: tuple[DeviceClass, ...]
    declared: DeviceClass | None
    rules: tuple[str, ...]
    steps: tuple[Step, ...]
    unanswered: tuple[str, ...]
    in_house: Verdict
    ai_act: Standing

    @property
    def differs(self) -> bool:
        """Whether the declared class is not one that the answers allow."""
        return self.declared is not None and bool(self.possible) and not self.agrees

    @property
    def agrees(self) -> bool:
        return self.declared in self.possible

    @property
    def classes(self) -> tuple[DeviceClass, ...]:
        """The classes to reckon with: the declared one; both where it and the rules differ."""
        if self.declared is None:
            return self.possible
        if self.differs:
            return tuple(sorted((*self.possible, self.declared), key=_CLASSES.index))
        return (self.declared,)

    def record(self) -> dict[str, Any]:
        return {
            "regulation": self.regulation,
            "device_class": self.device_class,
            "possible": list(self.possible),
            "declared": self.declared,
            "differs": self.differs,
            "rules": list(self.rules),
            "steps": [one.record() for one in self.steps],
            "unanswered": list(self.unanswered),
            "in_house": {"holds": self.in_house.holds, "why": str(self.in_house.why)},
            "ai_act": self.ai_act.record(),
        }
