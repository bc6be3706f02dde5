"""Standing: what a system is under the AI Act, from its device class and its uses."""

from __future__ import annotations

from preuve.core.language import _, ngettext
from preuve.registry.classification.classification import Regulation, Standing
from preuve.registry.classification.verdict import Verdict
from preuve.registry.entry import AiAct, Device, Entry
from preuve.registry.entry.vocabulary import DeviceClass
from preuve.registry.facts import load

NOTIFIED: frozenset[DeviceClass] = frozenset(("IIa", "IIb", "III", "B", "C", "D"))
"""Classes whose conformity a notified body assesses, whatever else."""


def standing(
    entry: Entry,
    regulation: Regulation | None,
    classes: tuple[DeviceClass, ...],
    in_house: Verdict,
) -> Standing:
    """Each heading of the AI Act, told with its reason."""
    act = entry.ai_act
    if act.ai_system is False:
        none = Verdict(False, _("It is not an AI system."))
        return Standing(none, none, none, none, none, none, none)
    found = {
        "prohibited": _prohibited(act),
        "high_risk_annex_i": annex_i(entry.device, regulation, classes, in_house),
        "high_risk_annex_iii": annex_iii(act),
        "transparency": _transparency(act),
        "gpai": answered(
            act.general_purpose,
            "ai_act.general_purpose",
            _("It is a general-purpose model."),
            _("It is no general-purpose model."),
        ),
        "research": research(act),
    }
    return Standing(**found, minimal=_minimal(found))


def answered(answer: bool | None, field: str, yes: str, no: str) -> Verdict:
    """The verdict of an answer; one that is missing names its field."""
    return unanswered(field) if answer is None else Verdict(answer, yes if answer else no)


def unanswered(*fields: str) -> Verdict:
    """Not known, for want of the answers to these fields."""
    facts = load()
    named = ", ".join(facts.field(one) for one in fields)
    return Verdict(None, _("Not answered: {field}.").format(field=named))


def research(act: AiAct) -> Verdict:
    """Whether it is made and used for research alone, Article 2(6) and (8)."""
    return answered(
        act.research_only,
        "ai_act.research_only",
        _("It is made and used for research only."),
        _("It is not for research only."),
    )


def in_house(device: Device) -> Verdict:
    """Whether Article 5(5) holds: made by the establishment, no condition broken."""
    made = device.in_house
    if made is None:
        return Verdict(False, _("It is not made in-house."))
    broken = [name for name, answer in made.answers.items() if answer is False]
    if broken:
        return Verdict(
            False,
            _(
                "A condition of in-house making is not met ({names}): it is a device like others."
            ).format(names=", ".join(broken)),
        )
    open_ = [name for name, answer in made.answers.items() if answer is None]
    if open_:
        return Verdict(
            True,
            _("Made in-house; conditions not answered yet: {names}.").format(
                names=", ".join(open_)
            ),
            "medium",
        )
    return Verdict(True, _("Made in-house, the five conditions declared as met."), "medium")


def annex_i(
    device: Device,
    regulation: Regulation | None,
    classes: tuple[DeviceClass, ...],
    made_in_house: Verdict,
) -> Verdict:
    """Article 6(1): a device, or a part of one, that a notified body must assess."""
    if regulation is None:
        return Verdict(None, _("Whether it is a medical device is not known yet."))
    if regulation in ("not_software", "not_device"):
        return Verdict(False, _("It is not a medical device."))
    if made_in_house.holds:
        told = _("Made in-house: no notified body takes part, so not high risk by Article 6(1).")
        return Verdict(False, told, "medium")
    if device.annex_xvi:
        return Verdict(True, _("A product of Annex XVI, assessed by a notified body."), "medium")
    named = ", ".join(classes)
    assessed = {_assessed(device, one) for one in classes}
    if assessed == {True}:
        return Verdict(
            True, _("Device of class {name}: a notified body assesses it.").format(name=named)
        )
    if assessed == {False}:
        return Verdict(
            False, _("Device of class {name} without a notified body.").format(name=named)
        )
    if assessed == {None}:
        return Verdict(None, _("Class I: whether it measures is not answered (device.measuring)."))
    if device.declared_class is not None:
        told = _("The maker declares class {declared}, the answers give {found}: to settle.")
        found = ", ".join(one for one in classes if one != device.declared_class)
        return Verdict(None, told.format(declared=device.declared_class, found=found))
    return Verdict(None, _("The class is not known yet: {name} are possible.").format(name=named))


def _assessed(device: Device, one: DeviceClass) -> bool | None:
    """Whether a notified body assesses a device of that class."""
    if one in NOTIFIED:
        return True
    if one == "A":
        return device.ivdr.sterile
    if device.sterile or device.reusable_surgical:
        return True
    return device.measuring


def annex_iii(act: AiAct) -> Verdict:
    """Article 6(2): a use of Annex III, unless held not to be high risk under 6(3)."""
    uses = act.annex_iii
    if uses is None:
        return unanswered("ai_act.annex_iii")
    if not uses:
        return Verdict(False, _("None of its uses is in Annex III."))
    named = ", ".join(str(load().word("annex_iii", one)) for one in uses)
    if not act.exemption_claimed:
        return Verdict(True, _("Annex III use: {names}.").format(names=named))
    if act.profiles_persons is None:
        told = _("An exemption is claimed; whether it profiles people is not answered.")
        return Verdict(None, told, "medium")
    if act.profiles_persons:
        told = _("Annex III use: {names}; it profiles people, so no exemption holds.")
        return Verdict(True, told.format(names=named), "medium")
    told = _("Annex III use ({names}) that the provider holds not to be high risk, 6(3).")
    return Verdict(False, told.format(names=named), "medium")


def _prohibited(act: AiAct) -> Verdict:
    found = act.prohibited
    if found is None:
        return unanswered("ai_act.prohibited")
    if not found:
        return Verdict(False, _("The screening found no prohibited practice."))
    named = ", ".join(str(load().word("prohibited", one)) for one in found)
    return Verdict(
        True,
        ngettext(
            "Prohibited practice: {names}.", "Prohibited practices: {names}.", len(found)
        ).format(names=named),
    )


def _transparency(act: AiAct) -> Verdict:
    asked = {
        "interacts_with_people": _("it talks with people"),
        "generates_content": _("it generates content"),
        "publishes_generated": _("it publishes generated content"),
        "emotion_or_biometric": _("it reads emotions or biometric categories"),
    }
    yes = [told for field, told in asked.items() if getattr(act, field)]
    if yes:
        return Verdict(True, _("Article 50: {reasons}.").format(reasons=", ".join(yes)))
    missing = [f"ai_act.{field}" for field in asked if getattr(act, field) is None]
    if missing:
        return unanswered(*missing)
    return Verdict(False, _("None of the cases of Article 50."))


def _minimal(found: dict[str, Verdict]) -> Verdict:
    if any(one.holds for one in found.values()):
        return Verdict(False, _("One of the other headings holds."))
    if any(one.holds is None for one in found.values()):
        return Verdict(None, _("Some headings are not known yet."))
    return Verdict(True, _("None of the other headings: minimal risk."))
