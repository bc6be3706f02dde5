"""Told: what the page of a system says first: what it is, what is proved, what is owed, limits."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preuve.core.evidence import Evidence
from preuve.core.language import _, ngettext
from preuve.pages.numbers import listed, number
from preuve.registry.classification import Classification, qualify
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import load
from preuve.registry.intended_use import completeness
from preuve.registry.public import Row, figure_words
from preuve.web.days import day
from preuve.web.register.asked import Asked
from preuve.web.register.owed import Owed, owed

_FIGURES = 3


@dataclass(frozen=True)
class Told:
    """Attributes:
    what: what the system is, in a sentence or two.
    proved: what is proved of it.
    owed: what is still owed today, by role.
    next_day: the next day when something begins; empty for none.
    limits: what forbids reading more into it.
    """

    what: str
    proved: list[str]
    owed: list[str]
    next_day: str
    limits: list[str]


def told(
    entry: Entry, rows: Sequence[Row], evidence: Sequence[Evidence], on: datetime.date
) -> Told:
    """The first words on a system, in the current language.

    Args:
        entry: the system.
        rows: its versions, with what is measured and claimed of each.
        evidence: the signed evidence published here.
        on: the day that is called today.
    """
    found = qualify(entry)
    now = [owed(entry, one, evidence) for one in _looked_at(entry, on)]
    return Told(
        what=_what(entry, found),
        proved=list(_proved(rows)),
        owed=[sentence for one in now for sentence in _owed(entry, one)],
        next_day=_next(now),
        limits=list(_limits(entry, found, rows, now)),
    )


def _looked_at(entry: Entry, on: datetime.date) -> Iterator[Asked]:
    """The provider in general, then each deployment that runs, for its deployer."""
    yield Asked("provider", on)
    for one in entry.deployments:
        if one.running(on) and "deployer" in one.roles:
            yield Asked("deployer", on, one.id)


def _what(entry: Entry, found: Classification) -> str:
    facts = load()
    sentence = _("{name}, made by {maker}: {function} · {line}.").format(
        name=entry.title,
        maker=entry.maker.name,
        function=facts.word("function", entry.function),
        line=facts.word("line", entry.line),
    )
    return f"{sentence} {classed(found)} {standing(found)}"


def classed(found: Classification) -> str:
    """Device or not, and of which class, as far as the answers tell."""
    if found.regulation is None:
        return _("Whether it is a medical device cannot be told yet.")
    regulation = str(load().word("regulation", found.regulation))
    if not found.possible:
        return f"{regulation}."
    if found.device_class is not None:
        told = _("{regulation}, class {name} by its answers.")
        return told.format(regulation=regulation, name=found.device_class)
    told = _("{regulation}; the answers leave several classes open: {names}.")
    return told.format(regulation=regulation, names=", ".join(found.possible))


def standing(found: Classification) -> str:
    """What it is under the AI Act, in one sentence."""
    act = found.ai_act
    headings = {
        _("prohibited practice"): act.prohibited,
        _("high risk as a device (Annex I)"): act.high_risk_annex_i,
        _("high risk by its use (Annex III)"): act.high_risk_annex_iii,
        _("transparency duties (Article 50)"): act.transparency,
        _("general-purpose model"): act.gpai,
        _("research only"): act.research,
        _("minimal risk"): act.minimal,
    }
    holds = [name for name, verdict in headings.items() if verdict.holds]
    if holds:
        return _("AI Act: {names}.").format(names=listed(holds))
    if any(verdict.holds is None for verdict in headings.values()):
        return _("AI Act: cannot be told yet, some answers are missing.")
    return _("AI Act: outside its scope.")


def _proved(rows: Sequence[Row]) -> Iterator[str]:
    measured = [row for row in rows if row.measured]
    for row in measured:
        sites = {(one.evidence.digest, site.name) for one in row.measured for site in one.released}
        version = _("Version {version}").format(version=row.version.version) if row.version else ""
        sentence = ngettext(
            "Measured at {sites} hospital, in signed evidence.",
            "Measured at {sites} hospitals, in signed evidence.",
            len(sites),
        ).format(sites=number(len(sites)))
        yield f"{version}. {sentence}" if version else sentence
        for figure in row.figures()[:_FIGURES]:
            yield figure_words(figure, row) + "."
    if measured:
        return
    claims = max((len(row.claims) for row in rows), default=0)
    if claims:
        yield ngettext(
            "Nothing is proved here: {count} figure is claimed, no signed evidence backs it.",
            "Nothing is proved here: {count} figures are claimed, no signed evidence backs them.",
            claims,
        ).format(count=number(claims))
    else:
        yield _("Nothing is proved here, and no figure is claimed.")


def _owed(entry: Entry, found: Owed) -> Iterator[str]:
    who = _who(entry, found.asked)
    if found.missing:
        yield ngettext(
            "{who}: of {all} binding duties in force today, {count} lacks a document.",
            "{who}: of {all} binding duties in force today, {count} lack a document.",
            len(found.missing),
        ).format(who=who, all=number(len(found.binding)), count=number(len(found.missing)))
    elif found.binding:
        yield ngettext(
            "{who}: {count} binding duty in force today, every expected document is listed.",
            "{who}: {count} binding duties in force today, every expected document is listed.",
            len(found.binding),
        ).format(who=who, count=number(len(found.binding)))
    else:
        yield _("{who}: no binding duty is in force today.").format(who=who)


def _who(entry: Entry, asked: Asked) -> str:
    role = str(load().word("role", asked.role))
    deployment = entry.deployment(asked.deployment) if asked.deployment else None
    return role if deployment is None else f"{role} ({deployment.site})"


def _next(now: Sequence[Owed]) -> str:
    coming = [one for found in now for one in found.coming if one.applies_from is not None]
    if not coming:
        return ""
    first = min(one.applies_from for one in coming if one.applies_from is not None)
    roles: dict[Role, set[str]] = {}
    for one in coming:
        if one.applies_from == first:
            roles.setdefault(one.role, set()).add(one.id)
    counted = [
        ngettext("{count} duty of the {role}", "{count} duties of the {role}", len(ids)).format(
            count=number(len(ids)), role=str(load().word("role", role)).lower()
        )
        for role, ids in roles.items()
    ]
    return _("Next date: {day}, {duties}.").format(day=day(first), duties=listed(counted))


def _limits(
    entry: Entry, found: Classification, rows: Sequence[Row], now: Sequence[Owed]
) -> Iterator[str]:
    if entry.synthetic:
        yield _("SYNTHETIC: this system, its maker and its deployments are made up.")
    if any(one.evidence.synthetic for row in rows for one in row.measured):
        yield _("SYNTHETIC: some of the evidence was made on generated cases.")
    unmeasured = [one for row in rows[:1] for one in row.claims if one.figure is None]
    if unmeasured:
        yield ngettext(
            "{count} figure on this page is a claim of its maker: no signed evidence holds it.",
            "{count} figures on this page are claims of its maker: no signed evidence holds them.",
            len(unmeasured),
        ).format(count=number(len(unmeasured)))
    uses = completeness(entry)
    if not uses.complete:
        names = listed(str(part) for part in uses.missing)
        yield _("The intended use is incomplete; not written: {parts}.").format(parts=names)
    if found.differs:
        yield _(
            "The class declared ({declared}) is not one that the answers allow ({found})."
        ).format(declared=found.declared, found=", ".join(found.possible))
    if found.unanswered:
        yield ngettext(
            "{count} question of the classification is not answered: what depends on it is "
            "shown as to settle.",
            "{count} questions of the classification are not answered: what depends on them is "
            "shown as to settle.",
            len(found.unanswered),
        ).format(count=number(len(found.unanswered)))
    weak = {one.id for each in now for one in each.binding if one.confidence != "high"}
    if weak:
        yield ngettext(
            "{count} duty in force rests on a text that is not sure; its page says so.",
            "{count} duties in force rest on texts that are not sure; their page says so.",
            len(weak),
        ).format(count=number(len(weak)))
    for aside in {one.digest: one for each in now for one in each.set_aside}.values():
        if any(one.evidence.digest == aside.digest for row in rows for one in row.measured):
            yield _("A signed evidence does not count for the duties: {why}").format(why=aside.why)
    yield _(
        "The classification is worked out from the answers of the entry; the manufacturer is "
        "responsible for it."
    )
