"""Compute: the obligations of a role on a day; nothing of them is ever typed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from difflib import get_close_matches

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.registry.classification.verdict import Verdict, all_of, weakest
from preuve.registry.entry import Deployment, Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import Facts, Law, Line, load
from preuve.registry.obligations.conditions import met
from preuve.registry.obligations.dates import Reach, day_of, reach
from preuve.registry.obligations.obligation import Obligation, State
from preuve.registry.obligations.proofs import SetAside, Shelf, shelf
from preuve.registry.obligations.scopes import reached
from preuve.registry.obligations.situation import Situation


def obligations(
    entry: Entry,
    role: Role,
    on: datetime.date,
    deployment: str | None = None,
    evidence: Sequence[Evidence] = (),
) -> tuple[Obligation, ...]:
    """Every duty of a role for a system on a day, those that do not concern it too.

    Args:
        entry: the system.
        role: who owes.
        on: the day.
        deployment: identifier of the deployment; without it, what depends on the establishment
            is to settle.
        evidence: signed evidence files; those about another artefact are set aside.

    Returns:
        In the order of the laws and of their lines.

    Raises:
        PreuveError: the entry has no such deployment.
    """
    situation = Situation.of(entry, role, deployed(entry, deployment))
    facts = load()
    proofs = shelf(situation, on, evidence)
    return tuple(
        _obligation(line, law, situation, on, proofs, facts)
        for law, line in facts.lines
        if role in line.roles
    )


def set_aside(
    entry: Entry,
    role: Role,
    on: datetime.date,
    deployment: str | None = None,
    evidence: Sequence[Evidence] = (),
) -> tuple[SetAside, ...]:
    """The signed evidence that does not count for the system, and why."""
    situation = Situation.of(entry, role, deployed(entry, deployment))
    return shelf(situation, on, evidence).set_aside


def deployed(entry: Entry, name: str | None) -> Deployment | None:
    """The deployment of that identifier; None without one.

    Raises:
        PreuveError: the entry has no such deployment.
    """
    if name is None:
        return None
    found = entry.deployment(name)
    if found is not None:
        return found
    known = [one.id for one in entry.deployments]
    near = get_close_matches(name, known, n=1)
    raise PreuveError(
        _("The entry {entry} has no deployment {name}.").format(entry=entry.id, name=name),
        remedy=_("Did you mean “{word}”?").format(word=near[0])
        if near
        else _("Choose among {words}.").format(words=", ".join(known) or _("none")),
    )


def _obligation(
    line: Line, law: Law, situation: Situation, on: datetime.date, proofs: Shelf, facts: Facts
) -> Obligation:
    state, verdict, day = _state(line, situation, on)
    concerned = state != "not_concerned"
    found = tuple(one for code in line.evidence for one in proofs.holding.get(code, ()))
    shown = {one.code for one in found}
    return Obligation(
        line=line,
        law=law,
        binding=facts.laws[law].binding,
        role=situation.role,
        on=on,
        state=state,
        why=verdict.why,
        applies_from=day,
        expected=tuple((code, facts.artefacts[code]) for code in line.evidence),
        found=found if concerned else (),
        expired=tuple(one for code in line.evidence for one in proofs.expired.get(code, ()))
        if concerned
        else (),
        gap=tuple(code for code in line.evidence if code not in shown) if concerned else (),
        confidence=weakest(line.confidence, verdict.confidence),
    )


def _state(
    line: Line, situation: Situation, on: datetime.date
) -> tuple[State, Verdict, datetime.date | None]:
    """The state of a line, its reason and its first day."""
    holds = all_of([reached(line.scope, situation), *(met(one, situation) for one in line.when)])
    if holds.holds is False:
        return "not_concerned", holds, None
    if holds.holds is None:
        return "to_settle", holds, day_of(line, situation)
    reach_ = reach(line, situation)
    verdict = _joined(holds, reach_)
    if verdict.holds is False:
        return "not_concerned", verdict, None
    if line.until is not None and on > line.until:
        repealed = Verdict(False, _("Repealed: its last day was {day}.").format(day=line.until))
        return "not_concerned", repealed, None
    if verdict.holds is None or reach_.day is None:
        return "to_settle", verdict, reach_.day
    return ("in_force" if on >= reach_.day else "coming"), verdict, reach_.day


def _joined(holds: Verdict, found: Reach) -> Verdict:
    """The reason of the condition, and what the dates add to it."""
    if found.verdict.holds is not True:
        return found.verdict
    return Verdict(
        True,
        " ".join(part for part in (holds.why, found.verdict.why) if part),
        weakest(holds.confidence, found.verdict.confidence),
    )
