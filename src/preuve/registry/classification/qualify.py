"""Qualify: the whole classification of an entry, as questions with their answers."""

from __future__ import annotations

from collections.abc import Iterator

from preuve.core.language import _
from preuve.registry.classification.classification import Classification, Regulation, Step
from preuve.registry.classification.device_class import Classed, classed_ivdr, classed_mdr
from preuve.registry.classification.qualification import qualified
from preuve.registry.classification.standing import in_house, standing
from preuve.registry.entry import AiAct, Device, Entry
from preuve.registry.facts import load

_ASKED = (
    "ai_system",
    "annex_iii",
    "prohibited",
    "interacts_with_people",
    "generates_content",
    "publishes_generated",
    "emotion_or_biometric",
    "general_purpose",
    "research_only",
)


def qualify(entry: Entry) -> Classification:
    """What the answers of an entry make of it: regulation, class, standing under the AI Act.

    A question without an answer is listed and leaves a range; nothing is guessed.
    """
    rules = load().rules
    first = qualified(entry.device, rules)
    classed = Classed((), (), (), ())
    if first.regulation == "MDR":
        classed = classed_mdr(entry.device, rules)
    elif first.regulation == "IVDR":
        classed = classed_ivdr(entry.device, rules)
    made = in_house(entry.device)
    possible = classed.possible
    draft = Classification(
        regulation=first.regulation,
        device_class=possible[0] if len(possible) == 1 else None,
        possible=possible,
        declared=entry.device.declared_class if _is_device(first.regulation) else None,
        rules=classed.rules,
        steps=(),
        unanswered=(*first.unanswered, *classed.unanswered, *_unanswered(entry.ai_act)),
        in_house=made,
        ai_act=standing(entry, first.regulation, (), made),
    )
    steps = (*first.steps, *classed.steps, *_declared(draft, entry.device))
    return Classification(
        **{
            **vars(draft),
            "steps": steps,
            "ai_act": standing(entry, first.regulation, draft.classes, made),
        }
    )


def _is_device(regulation: Regulation | None) -> bool:
    return regulation in ("MDR", "IVDR")


def _unanswered(act: AiAct) -> Iterator[str]:
    for field in _ASKED:
        if getattr(act, field) is None:
            yield f"ai_act.{field}"


def _declared(found: Classification, device: Device) -> Iterator[Step]:
    """The class that the maker declares beside ours, and what to think of a difference."""
    if found.declared is None or not found.possible:
        return
    if found.differs:
        consequence = _(
            "The answers give {found}: the two differ. Ask the maker which rule was used; until "
            "then both are reckoned with."
        ).format(found=", ".join(found.possible))
    elif found.device_class is None:
        consequence = _("One of the classes that the answers leave open; reckoned with.")
    else:
        consequence = _("The same as ours.")
    certificate = device.ce_certificate or _("no certificate given")
    yield Step(
        id="declared",
        question=_("What does the maker declare?"),
        answer=_("class {name}").format(name=found.declared) + f" ({certificate})",
        consequence=consequence,
        reference="",
        confidence="high",
    )
