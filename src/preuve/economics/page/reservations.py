"""The reference case item by item: what a model meets, and what reservations to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preuve.core.language import _
from preuve.economics.appraisal import Appraisal
from preuve.economics.reference import facts_of
from preuve.economics.reference_case.check import Finding, check
from preuve.economics.reference_case.rules import table
from preuve.economics.reference_case.verdict import Grade
from preuve.pages.numbers import NOTHING, number


@dataclass(frozen=True)
class Item:
    """One rule, as the page shows it."""

    title: str
    asks: str
    state: str
    reservation: str
    weighty: bool
    found: str
    mend: str
    source: str


@dataclass(frozen=True)
class Part:
    """The rules of one part of an analysis."""

    name: str
    title: str
    aside: str
    items: tuple[Item, ...]


def findings(appraisal: Appraisal) -> tuple[Finding, ...]:
    """What the reference case finds, in the current language."""
    made = {
        "tornados": appraisal.tornados,
        "prices": appraisal.prices,
        "budget": appraisal.budget,
    }
    return check(facts_of(appraisal.model, appraisal.drawn, appraisal.base, made))


def parts(found: Sequence[Finding]) -> list[Part]:
    """The findings by part, those to mend first."""
    return [
        Part(one.name, str(one.title), _aside(held), tuple(_item(finding) for finding in held))
        for one in table().parts
        if (held := sorted((f for f in found if f.rule.part == one.name), key=_severity))
    ]


def _severity(finding: Finding) -> int:
    if finding.reservation:
        return ("major", "important", "minor").index(finding.reservation)
    return 3 + ("cannot_tell", "not_met", "met", "not_applicable").index(finding.state)


def _aside(held: Sequence[Finding]) -> str:
    met = sum(one.state in ("met", "not_applicable") for one in held)
    open_ones = len(held) - met
    if not open_ones:
        return str(_("nothing to mend"))
    said = _("to mend or to tell: {count} of {all}")
    return said.format(count=number(open_ones), all=number(len(held)))


def _item(finding: Finding) -> Item:
    rule, reservation = finding.rule, finding.reservation
    guide = table().guides[rule.source]
    return Item(
        title=str(rule.title),
        asks=str(rule.asks) if finding.mend else "",
        state=_state(finding),
        reservation=_grade(reservation),
        weighty=reservation in ("major", "important"),
        found=finding.found,
        mend=finding.mend,
        source=f"{guide.publisher.partition(',')[0]}, {guide.date.year}",
    )


def _grade(grade: Grade | None) -> str:
    named = {"minor": _("minor"), "important": _("important"), "major": _("major")}
    return str(named[grade]) if grade else NOTHING


def meanings() -> list[str]:
    """What each grade of reservation means."""
    return [str(meaning) for meaning in table().grades.values()]


def _state(finding: Finding) -> str:
    return str(
        {
            "met": _("rule met"),
            "not_met": _("not met"),
            "cannot_tell": _("the model does not say"),
            "not_applicable": _("does not apply"),
        }[finding.state]
    )
