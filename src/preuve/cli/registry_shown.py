"""What the register shows in the terminal: duties, classes, and what is not sure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from preuve.cli.console import out
from preuve.core.language import _, ngettext

if TYPE_CHECKING:
    from preuve.registry.classification import Classification
    from preuve.registry.entry import Entry
    from preuve.registry.entry.vocabulary import Role
    from preuve.registry.obligations import Obligation


def conclusion(
    entry: Entry,
    role: Role,
    day: datetime.date,
    place: str | None,
    found: Sequence[Obligation],
) -> None:
    """How many duties are in force, how many lack something, and the next date."""
    from preuve.registry.facts import load

    facts = load()
    if entry.synthetic:
        out.print(Text(_("SYNTHETIC: this entry is made up."), style="bold"))
    duties = [one for one in found if one.binding and not one.informative]
    force = [one for one in duties if one.state == "in_force"]
    short = [one for one in force if one.gap]
    advised = [one for one in found if not one.binding and one.state == "in_force"]
    held = entry.deployment(place) if place else None
    where = held.site if held else ""
    heading = " · ".join(
        part for part in (entry.name, str(facts.word("role", role)), where, day.isoformat()) if part
    )
    out.print(Text(heading, style="bold"))
    out.print(
        ngettext(
            "{count} obligation in force, {gaps} with something missing.",
            "{count} obligations in force, {gaps} with something missing.",
            len(force),
        ).format(count=len(force), gaps=len(short))
    )
    _show_next(duties)
    unsettled = [one for one in duties if one.state == "to_settle"]
    if unsettled:
        out.print(
            ngettext(
                "{count} obligation to settle: an answer is missing in the entry.",
                "{count} obligations to settle: an answer is missing in the entry.",
                len(unsettled),
            ).format(count=len(unsettled))
        )
    if advised:
        out.print(
            _("Besides, {count} recommendations (ethics), {gaps} with something missing.").format(
                count=len(advised), gaps=sum(bool(one.gap) for one in advised)
            )
        )


def _show_next(duties: Sequence[Obligation]) -> None:
    days = [one.applies_from for one in duties if one.state == "coming" and one.applies_from]
    if not days:
        out.print(_("No later date is known."))
        return
    first = min(days)
    out.print(
        ngettext(
            "Next date: {day}, {count} obligation more.",
            "Next date: {day}, {count} obligations more.",
            days.count(first),
        ).format(day=first.isoformat(), count=days.count(first))
    )


def duties(found: Sequence[Obligation], *, everything: bool) -> Table:
    """The duties by state; with `everything`, recommendations and what does not concern too."""
    from preuve.registry.facts import load
    from preuve.registry.obligations import STATES

    facts = load()
    table = Table(box=None, pad_edge=False)
    for heading in (_("state"), _("reference"), _("obligation"), _("missing, or why not")):
        table.add_column(heading, overflow="fold")
    shown = [one for one in found if everything or (one.binding and one.state != "not_concerned")]
    for one in sorted(shown, key=lambda one: (STATES.index(one.state), not one.binding)):
        state = str(facts.word("state", one.state))
        if one.state in ("coming", "to_settle") and one.applies_from:
            state = f"{state}\n{one.applies_from.isoformat()}"
        law = facts.word("law", one.law)
        table.add_row(state, f"{law} {one.article}\n{one.id}", one.text, _missing(one))
    return table


def _missing(one: Obligation) -> str:
    if one.state in ("not_concerned", "to_settle"):
        return str(one.why)
    if one.informative:
        return "–"
    if not one.gap:
        return _("nothing")
    named = dict(one.expected)
    return ", ".join(str(named[code]) for code in one.gap)


def doubts(found: Sequence[Obligation], *, everything: bool) -> None:
    """What is not fully sure, and the law that is under way."""
    from preuve.registry.facts import load

    facts = load()
    shown = [
        one
        for one in found
        if one.confidence != "high" and one.state != "not_concerned" and (everything or one.binding)
    ]
    if shown:
        named = ", ".join(f"{one.id} ({facts.word('confidence', one.confidence)})" for one in shown)
        out.print(_("Not fully sure (confidence): {names}").format(names=named))
    for law in dict.fromkeys(one.law for one in found):
        meta = facts.laws[law]
        if meta.pending:
            out.print(_("Under way: {text}").format(text=meta.pending))
    as_of = max(meta.as_of for meta in facts.laws.values())
    out.print(_("Law as known in {month}. Indicative; no legal advice.").format(month=as_of))


def class_said(found: Classification) -> str:
    """The class in one sentence."""
    from preuve.registry.facts import load

    if found.regulation is None:
        return _("What it is before the law of devices is not known yet.")
    regulation = str(load().word("regulation", found.regulation))
    if found.device_class is None:
        classes = ", ".join(found.possible)
        told = _("{regulation}: class not known yet, {classes} are possible.")
        return told.format(regulation=regulation, classes=classes) if classes else regulation
    if found.differs:
        return _(
            "{regulation}: class {name} by the answers, but the maker declares {declared}."
        ).format(regulation=regulation, name=found.device_class, declared=found.declared)
    return _("{regulation}: class {name}.").format(regulation=regulation, name=found.device_class)


def steps(found: Classification) -> Table:
    """The questions and rules, each with its answer and what follows."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("step"), _("question or rule"), _("answer"), _("what follows")):
        table.add_column(heading, overflow="fold")
    for one in found.steps:
        table.add_row(one.id, one.question, one.answer or "–", one.consequence)
    return table


def standing(found: Classification) -> Table:
    """The headings of the AI Act, each with its reason."""
    names = {
        "prohibited": _("prohibited practice"),
        "high_risk_annex_i": _("high risk, Annex I (device)"),
        "high_risk_annex_iii": _("high risk, Annex III (use)"),
        "transparency": _("transparency"),
        "gpai": _("general-purpose model"),
        "research": _("research only"),
        "minimal": _("minimal risk"),
    }
    table = Table(box=None, pad_edge=False)
    for heading in (_("AI Act"), "", _("why")):
        table.add_column(heading, overflow="fold")
    for field, name in names.items():
        one = getattr(found.ai_act, field)
        answer = _("not known") if one.holds is None else _("yes") if one.holds else _("no")
        table.add_row(name, answer, str(one.why))
    return table


def unanswered(found: Classification) -> None:
    """The questions that the entry leaves open."""
    from preuve.registry.facts import load

    facts = load()
    named = ", ".join(facts.field(one) for one in dict.fromkeys(found.unanswered))
    out.print(_("Still to answer: {names}").format(names=named))


def share_of_products(share: float, products: int) -> str:
    """How many marketed products state a part of the intended use."""
    from preuve.pages.numbers import percent

    return _("({share} of {count} CE-marked radiology products state it.)").format(
        share=percent(share, 0), count=products
    )
