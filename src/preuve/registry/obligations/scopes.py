"""Scopes: which systems a line reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from preuve.core.language import _
from preuve.registry.classification import Verdict
from preuve.registry.classification.standing import answered, unanswered
from preuve.registry.classification.verdict import all_of, weakest
from preuve.registry.facts.lines import Scope
from preuve.registry.obligations.conditions import device
from preuve.registry.obligations.situation import Situation

HIGH_RISK: frozenset[Scope] = frozenset(("high_risk", "annex_i", "annex_iii"))
"""Scopes whose duties spare older systems, Article 111(2)."""


def reached(scope: Scope, situation: Situation) -> Verdict:
    """Whether a scope holds the system."""
    return SCOPES[scope](situation)


def any_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether one holds (Kleene): one yes is a yes, else one unknown is an unknown."""
    yes = [one for one in verdicts if one.holds]
    unknown = [one for one in verdicts if one.holds is None]
    kept = yes or unknown or list(verdicts)
    return Verdict(
        holds=True if yes else None if unknown else False,
        why=" ".join(dict.fromkeys(one.why for one in kept)),
        confidence=weakest(*(one.confidence for one in kept)),
    )


def _no_research(situation: Situation) -> Verdict:
    """Out of the AI Act while it is for research alone, Article 2(6) and (8)."""
    if situation.entry.ai_act.research_only:
        return Verdict(False, _("Made and used for research only: out of scope until in service."))
    return Verdict(True, _("It reaches every software of the register."))


def _system(situation: Situation) -> Verdict:
    """An AI system that the AI Act reaches; one under real-world testing is reached."""
    act = situation.entry.ai_act
    if act.ai_system is False:
        return Verdict(False, _("It is not an AI system."))
    if not act.research_only:
        return Verdict(True, _("It reaches every AI system."))
    return answered(
        act.real_world_testing,
        "ai_act.real_world_testing",
        _("For research, but tested in real-world conditions: not exempt."),
        _("Made and used for research only: out of scope until in service."),
    )


def in_service(situation: Situation) -> Verdict:
    """An AI system that is not for research alone."""
    if situation.entry.ai_act.ai_system is False:
        return Verdict(False, _("It is not an AI system."))
    return _no_research(situation)


def _when(
    condition: Callable[[Situation], Verdict],
    before: Callable[[Situation], Verdict] = in_service,
) -> Callable[[Situation], Verdict]:
    """The condition, once `before` holds; the reason is the condition's."""

    def holds(situation: Situation) -> Verdict:
        first = before(situation)
        return condition(situation) if first.holds else first

    return holds


def _high_risk(situation: Situation) -> Verdict:
    act = situation.classification.ai_act
    return any_of((act.high_risk_annex_i, act.high_risk_annex_iii))


def _exempted(situation: Situation) -> Verdict:
    act = situation.entry.ai_act
    if act.annex_iii is None:
        return unanswered("ai_act.annex_iii")
    if not (act.annex_iii and act.exemption_claimed):
        return Verdict(False, _("No exemption from Annex III is claimed."))
    return situation.classification.ai_act.high_risk_annex_iii.negated()


def _testing(situation: Situation) -> Verdict:
    act = situation.entry.ai_act
    if act.ai_system is False:
        return Verdict(False, _("It is not an AI system."))
    tested = answered(
        act.real_world_testing,
        "ai_act.real_world_testing",
        _("It is tested in real-world conditions."),
        _("It is not tested in real-world conditions."),
    )
    return all_of((tested, situation.classification.ai_act.high_risk_annex_iii))


def _legacy(situation: Situation) -> Verdict:
    """High risk, and placed on the market; `legacy` in dates.py says whether before the day."""
    return all_of((_high_risk(situation), _placed(situation)))


def _placed(situation: Situation) -> Verdict:
    day = situation.placed
    if day is None:
        return unanswered("versions.placed_on_market")
    return Verdict(True, _("First placed on the market or in service on {day}.").format(day=day))


def _exchanging(situation: Situation) -> Verdict:
    return any_of((device(situation), _high_risk(situation)))


SCOPES: Mapping[Scope, Callable[[Situation], Verdict]] = {
    "any": _no_research,
    "all": _system,
    "annex_i": _when(lambda one: one.classification.ai_act.high_risk_annex_i),
    "annex_iii": _when(lambda one: one.classification.ai_act.high_risk_annex_iii),
    "annex_iii_exempted": _when(_exempted),
    "high_risk": _when(_high_risk),
    "legacy": _when(_legacy),
    "transparency": _when(lambda _one: Verdict(True, "")),
    "gpai": _when(lambda _one: Verdict(True, "")),
    "research": lambda one: one.classification.ai_act.research,
    "testing": _testing,
    "sandbox": lambda _one: Verdict(False, _("A duty of authorities.")),
    "device": _when(device, _no_research),
    "interoperability": _when(_exchanging, _no_research),
    "certification": _when(lambda _one: Verdict(True, ""), _no_research),
    "establishment": lambda _one: Verdict(True, _("It holds for the whole establishment.")),
    "ethics": lambda _one: Verdict(True, _("Recommended for any AI system in care.")),
}
