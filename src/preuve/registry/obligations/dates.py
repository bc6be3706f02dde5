"""Dates: from which day a line reaches a system, older systems and grace days included."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from preuve.core.language import _
from preuve.registry.classification import Verdict
from preuve.registry.classification.standing import unanswered
from preuve.registry.facts import Line, load
from preuve.registry.facts.lines import Route
from preuve.registry.obligations.conditions import met
from preuve.registry.obligations.scopes import HIGH_RISK
from preuve.registry.obligations.situation import Situation

LEGACY = "AIA-111-2"


@dataclass(frozen=True)
class Reach:
    """From which day a line reaches a system, and whether it does at all."""

    day: datetime.date | None
    verdict: Verdict


def day_of(line: Line, situation: Situation) -> datetime.date:
    """The first day of the line: the earliest of the routes to high risk that the system takes.

    Where no route is sure, the earliest of those that are still open.
    """
    if not isinstance(line.applies, Mapping):
        return line.applies
    act = situation.classification.ai_act
    verdicts: dict[Route, Verdict] = {
        "annex_i": act.high_risk_annex_i,
        "annex_iii": act.high_risk_annex_iii,
    }
    for wanted in (True, None):
        days = [day for route, day in line.applies.items() if verdicts[route].holds is wanted]
        if days:
            return min(days)
    return min(line.applies.values())


def reach(line: Line, situation: Situation) -> Reach:
    """The day from which a line whose conditions hold reaches the system.

    The duties of device law begin when the device comes on the market.
    Older systems are reached by the duties of high risk only after a significant change in
    design, or on the day set for those that public authorities use (AI Act, Article 111(2)).
    """
    day = day_of(line, situation)
    placed = situation.placed
    if line.scope == "legacy":
        return _older(day, placed)
    if line.grace is not None and placed is not None and placed < line.grace.placed_before:
        told = _("On the market on {placed}, before {day}: later day.").format(
            placed=placed, day=line.grace.placed_before
        )
        return Reach(line.grace.until, Verdict(True, told))
    if line.scope == "device" and placed is not None and placed > day:
        told = _("It comes on the market on {day}.").format(day=placed)
        return Reach(placed, Verdict(True, told))
    if line.scope not in HIGH_RISK:
        return Reach(day, Verdict(True, ""))
    if placed is None:
        told = _("No day of placing on the market is written: taken as a new system.")
        return Reach(day, Verdict(True, told))
    if placed >= day:
        return Reach(day, Verdict(True, ""))
    return _spared(day, placed, situation)


def _older(day: datetime.date, placed: datetime.date | None) -> Reach:
    if placed is not None and placed >= day:
        told = _("Placed on the market on {placed}, not before {day}.").format(
            placed=placed, day=day
        )
        return Reach(None, Verdict(False, told))
    return Reach(day, Verdict(True, _("Before {day}: it is an older system.").format(day=day)))


def _spared(day: datetime.date, placed: datetime.date, situation: Situation) -> Reach:
    """What reaches a system that was on the market before the day."""
    change = min((one for one in situation.changes if one >= day), default=None)
    last = load().line(LEGACY).public_authorities
    public = _for_public_authorities(situation)
    if change is not None and (public.holds is not True or last is None or change <= last):
        told = _("Its design changed significantly on {day}.").format(day=change)
        return Reach(change, Verdict(True, told, "medium"))
    if public.holds is None:
        return Reach(last, Verdict(None, _spared_reason(day, placed) + " " + public.why, "medium"))
    if public.holds:
        told = _("An older system that public authorities use: by {day}.").format(day=last)
        return Reach(last, Verdict(True, told, "medium"))
    return Reach(None, Verdict(False, _spared_reason(day, placed), "medium"))


def _spared_reason(day: datetime.date, placed: datetime.date) -> str:
    return _(
        "On the market on {placed}, before {day}: covered only after a significant change in "
        "design, Article 111(2)."
    ).format(placed=placed, day=day)


def _for_public_authorities(situation: Situation) -> Verdict:
    if situation.role == "deployer":
        return met("public_body", situation)
    answer = situation.entry.ai_act.for_public_authorities
    if answer is None and any(one.public_body for one in situation.entry.deployments):
        answer = True
    if answer is None:
        return unanswered("ai_act.for_public_authorities")
    return Verdict(answer, "")
