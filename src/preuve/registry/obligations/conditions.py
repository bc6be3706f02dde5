"""Conditions: what must hold besides the scope, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from preuve.core.language import _
from preuve.registry.classification import Verdict
from preuve.registry.classification.standing import answered, unanswered
from preuve.registry.entry.vocabulary import DeviceClass, EhrCategory
from preuve.registry.facts.lines import Condition
from preuve.registry.obligations.situation import Situation

FIRST: frozenset[EhrCategory] = frozenset(("patient_summary", "eprescription", "edispensation"))
"""Categories of Article 14 EHDS exchanged from the first date; the others from the second."""


def met(condition: Condition, situation: Situation) -> Verdict:
    """Whether a condition holds."""
    return CONDITIONS[condition](situation)


def device(situation: Situation) -> Verdict:
    """Whether it is a medical device, in vitro ones included."""
    regulation = situation.classification.regulation
    if regulation is None:
        return Verdict(None, _("Whether it is a medical device is not known yet."))
    if regulation in ("MDR", "IVDR"):
        return Verdict(
            True, _("It is a medical device ({regulation}).").format(regulation=regulation)
        )
    return Verdict(False, _("It is not a medical device."))


def _regulation(name: str) -> Callable[[Situation], Verdict]:
    def holds(situation: Situation) -> Verdict:
        found = device(situation)
        if not found.holds or situation.classification.regulation == name:
            return found
        return Verdict(False, _("It is a device of the other regulation."))

    return holds


def _classes(*wanted: DeviceClass) -> Callable[[Situation], Verdict]:
    def holds(situation: Situation) -> Verdict:
        found = situation.classification.classes
        named = ", ".join(found)
        inside = {one in wanted for one in found}
        if inside == {True}:
            return Verdict(True, _("Device of class {name}.").format(name=named))
        if inside == {False}:
            return Verdict(False, _("Device of class {name}: another class.").format(name=named))
        return Verdict(
            None, _("The class is not known yet: {name} are possible.").format(name=named)
        )

    return holds


def _interacts(situation: Situation) -> Verdict:
    return answered(
        situation.entry.ai_act.interacts_with_people,
        "ai_act.interacts_with_people",
        _("It talks with people."),
        _("It does not talk with people."),
    )


def _generates(situation: Situation) -> Verdict:
    return answered(
        situation.entry.ai_act.generates_content,
        "ai_act.generates_content",
        _("It generates content."),
        _("It generates no content."),
    )


def _publishes(situation: Situation) -> Verdict:
    return answered(
        situation.entry.ai_act.publishes_generated,
        "ai_act.publishes_generated",
        _("It shows deep fakes or publishes generated texts of public interest."),
        _("It publishes no deep fake and no generated text of public interest."),
    )


def _emotion(situation: Situation) -> Verdict:
    return answered(
        situation.entry.ai_act.emotion_or_biometric,
        "ai_act.emotion_or_biometric",
        _("It reads emotions or biometric categories."),
        _("It reads neither emotions nor biometric categories."),
    )


def _general_purpose(situation: Situation) -> Verdict:
    return situation.classification.ai_act.gpai


def _systemic(situation: Situation) -> Verdict:
    gpai = situation.classification.ai_act.gpai
    if not gpai.holds:
        return gpai
    return answered(
        situation.entry.ai_act.systemic_risk,
        "ai_act.systemic_risk",
        _("It is a general-purpose model with systemic risk."),
        _("It is a general-purpose model without systemic risk."),
    )


def _bias_data(situation: Situation) -> Verdict:
    return answered(
        situation.entry.ai_act.sensitive_data_for_bias,
        "ai_act.sensitive_data_for_bias",
        _("Special categories of data are processed to correct bias."),
        _("No special category of data is processed to correct bias."),
    )


def _outside_union(situation: Situation) -> Verdict:
    return answered(
        situation.entry.maker.outside,
        "maker.country",
        _("Its maker is established outside the Union."),
        _("Its maker is established in the Union."),
    )


def _modified(situation: Situation) -> Verdict:
    one = situation.deployment
    looked = (one,) if one is not None else situation.entry.deployments
    changed = [each.id for each in looked if each.modification != "none"]
    if changed:
        return Verdict(
            True,
            _("An establishment rebrands, diverts or substantially modifies it ({names}).").format(
                names=", ".join(changed)
            ),
        )
    return Verdict(False, _("No establishment rebrands, diverts or substantially modifies it."))


def _device_vigilance(situation: Situation) -> Verdict:
    found = device(situation)
    if not found.holds:
        return found
    if situation.classification.in_house.holds:
        return Verdict(False, _("A device made in-house: vigilance of makers does not reach it."))
    return Verdict(True, _("It is a device: its serious incidents go through vigilance."))


def _public_body(situation: Situation) -> Verdict:
    return situation.of_establishment(
        "public_body",
        _("The establishment is a public body."),
        _("The establishment is not a public body."),
    )


def _public_service(situation: Situation) -> Verdict:
    """Who owes the assessment of Article 27: public bodies, public services, insurers."""
    if "insurance_pricing" in (situation.entry.ai_act.annex_iii or ()):
        return Verdict(True, _("Pricing of health or life insurance: any deployer owes it."))
    if situation.deployment is not None and situation.deployment.public_body:
        return Verdict(True, _("The establishment is a public body."))
    return situation.of_establishment(
        "public_service",
        _("The establishment gives a public service."),
        _("The establishment is neither a public body nor a public service."),
    )


def _health_establishment(situation: Situation) -> Verdict:
    return situation.of_establishment(
        "health_establishment",
        _("The establishment is certified by HAS."),
        _("HAS certification does not reach this establishment."),
    )


def _in_house(situation: Situation) -> Verdict:
    return situation.classification.in_house


def _annex_i(situation: Situation) -> Verdict:
    return situation.classification.ai_act.high_risk_annex_i


def _interoperable(first: bool) -> Callable[[Situation], Verdict]:
    def holds(situation: Situation) -> Verdict:
        claimed = situation.entry.ai_act.interoperability
        if claimed is None:
            return unanswered("ai_act.interoperability")
        if any((one in FIRST) is first for one in claimed):
            return Verdict(True, _("It claims to exchange such data with record systems."))
        return Verdict(False, _("It claims no exchange of such data with record systems."))

    return holds


def _not(condition: Callable[[Situation], Verdict]) -> Callable[[Situation], Verdict]:
    return lambda situation: condition(situation).negated()


CONDITIONS: Mapping[Condition, Callable[[Situation], Verdict]] = {
    "annex_i": _annex_i,
    "not_annex_i": _not(_annex_i),
    "bias_data": _bias_data,
    "outside_union": _outside_union,
    "modified": _modified,
    "device_vigilance": _device_vigilance,
    "no_device_vigilance": _not(_device_vigilance),
    "public_body": _public_body,
    "public_service": _public_service,
    "interacts": _interacts,
    "generates": _generates,
    "publishes": _publishes,
    "emotion_or_biometric": _emotion,
    "general_purpose": _general_purpose,
    "systemic_risk": _systemic,
    "device": device,
    "not_device": _not(device),
    "mdr": _regulation("MDR"),
    "ivdr": _regulation("IVDR"),
    "in_house": _in_house,
    "not_in_house": _not(_in_house),
    "class_i": _classes("I"),
    "class_iia": _classes("IIa"),
    "class_iib_iii": _classes("IIb", "III"),
    "class_a_b": _classes("A", "B"),
    "class_c_d": _classes("C", "D"),
    "interoperable_first": _interoperable(True),
    "interoperable_later": _interoperable(False),
    "health_establishment": _health_establishment,
}
