"""Checks: what must hold in the workbook, and how far it is from the program's own figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from preuve.core.language import _
from preuve.economics.outcomes import Outcomes
from preuve.economics.workbook.formula import ATOM, SUM, Formula, Spot, called, cells, number, text
from preuve.economics.workbook.result import Result
from preuve.economics.workbook.results import Results
from preuve.economics.workbook.sheet import FIRST, Sheet
from preuve.economics.workbook.under import Under

TOLERANCE = "1E-9"
_NOTHING = np.asarray(0.0)


@dataclass(frozen=True)
class Checked:
    """The sheet, and the cell that says whether everything holds."""

    sheet: Sheet
    verdict: Spot
    words: str


def checks(
    unders: Sequence[Under],
    found: Sequence[Result],
    told: Results,
    outcomes: Outcomes,
    labels: Sequence[str],
    name: str,
) -> Checked:
    """The sheet of checks.

    Args:
        unders: the formulas of each strategy.
        found: what each costs and brings.
        labels: of the strategies.
        told: the cells of the results.
        outcomes: what the program finds for the same figures.
        name: of the sheet.
    """
    sheet = Sheet(name, frozen=(4, 1), widths={0: 56, 1: 22, 2: 22, 3: 18, 4: 12})
    sheet.put(0, 0, _("Checks"), "title")
    sheet.put(
        1,
        0,
        _(
            "The program's figures were written when this file was made: they no longer match "
            "once a figure has been changed by hand. The sums must always hold."
        ),
        "note",
    )
    heads = (_("What"), _("This workbook"), _("Expected"), _("Difference"), _("Holds"))
    sheet.line(3, heads, "head")
    row, held = 4, []
    for under, result, label in zip(unders, found, labels, strict=True):
        for law, formula, wanted in _laws(under, result):
            held.append(_check(sheet, row, f"{label}: {law}", formula, wanted))
            row += 1
    laws = len(held)
    for title, spots, values in _figures(told, outcomes):
        for spot, value, label in zip(spots, values, labels, strict=True):
            held.append(_check(sheet, row, f"{label}: {title}", spot.formula, float(value)))
            row += 1
    row += 1
    sheet.put(row, 0, _("Sums that do not hold"), "strong")
    broken = sheet.put(row, 1, _count(held[:laws]), "integer")
    sheet.put(row + 1, 0, _("Figures that differ from the program's"), "strong")
    moved = sheet.put(row + 1, 1, _count(held[laws:]), "integer")
    right = _("Every check holds: these are the program's figures.")
    changed = _("The sums hold; figures were changed by hand since the program wrote them.")
    wrong = _("Some sums do not hold: look at the sheet of checks before reading any result.")
    a, b = broken.text(name, 0), moved.text(name, 0)
    said = [text(words).text("") for words in (wrong, changed, right)]
    judged = f"IF({a}>0,{said[0]},IF({b}>0,{said[1]},{said[2]}))"
    sheet.put(row + 2, 0, _("Verdict"), "strong")
    verdict = sheet.put(
        row + 2, 1, Formula((judged,), ATOM, np.asarray(np.nan)), "text_total", right
    )
    return Checked(sheet, verdict, right)


def _laws(under: Under, result: Result) -> Iterable[tuple[str, Formula, float]]:
    if result.mass is not None:
        mass, last = result.mass, under.model.cycles
        held = [cells(mass, FIRST, FIRST + last)]
        yield _("people, fewest"), called("MIN", held, np.min(mass.value)), 1.0
        yield _("people, most"), called("MAX", held, np.max(mass.value)), 1.0
    yield from _bounds(under, _("sum of a row"), (under.groups.sums,), under.sums)
    probable = (under.groups.start, under.groups.transitions, under.groups.people)
    for bound, formula, _one in _bounds(under, _("probability"), probable, under.chances):
        yield bound, _beyond(formula), 0.0


def _bounds(
    under: Under, what: str, groups: tuple[str, ...], values: Sequence[Formula]
) -> Iterable[tuple[str, Formula, float]]:
    """The smallest and the largest of what stands in some parts of the sheets, to be 1."""
    areas = [under.ledger.area(group, under.strategy) for group in groups]
    areas += [under.grid.area(group) for group in groups] if under.grid is not None else []
    given = [Formula((area,), ATOM, _NOTHING) for area in areas if area is not None]
    if not given:
        return
    least = min(float(np.min(one.value)) for one in values)
    most = max(float(np.max(one.value)) for one in values)
    yield _("{what}, smallest").format(what=what), called("MIN", given, least), 1.0
    yield _("{what}, largest").format(what=what), called("MAX", given, most), 1.0


def _beyond(bound: Formula) -> Formula:
    """How far a probability is below 0 or above 1."""
    value = float(bound.value)
    beyond = max(-value, value - 1.0, 0.0)
    minus = Formula(("-", *bound.pieces), SUM, np.asarray(-value))
    return called("MAX", (minus, bound - number(1), number(0)), beyond)


def _figures(told: Results, outcomes: Outcomes) -> Iterable[tuple[str, list[Spot], np.ndarray]]:
    by_item = outcomes.costs_by_item()[:, :, 0]
    for place, (item, spots) in enumerate(told.items.items()):
        yield _("cost of {item}").format(item=item), spots, by_item[:, place]
    names, by_payer = list(outcomes.payers), outcomes.costs_by_payer()[:, :, 0]
    for payer, spots in told.payers.items():
        paid = by_payer[:, names.index(payer)]
        yield _("cost to {payer}").format(payer=payer), spots, paid
    yield _("cost in all"), told.costs, outcomes.costs[:, 0]
    for effect, spots in told.effects.items():
        yield _("effect {name}").format(name=effect), spots, outcomes.effect_of(effect)[:, 0]


def _check(sheet: Sheet, row: int, title: str, formula: Formula, wanted: float) -> Spot:
    sheet.put(row, 0, title, "text")
    here = sheet.put(row, 1, formula, "general")
    expected = sheet.put(row, 2, wanted, "general")
    difference = here.formula - expected.formula
    apart = sheet.put(row, 3, difference, "tiny")
    a, b = apart.text(sheet.name, 0), expected.text(sheet.name, 0)
    holds = f"IF(ABS({a})<={TOLERANCE}*MAX(1,ABS({b})),1,0)"
    return sheet.put(row, 4, Formula((holds,), 4, np.asarray(1.0)), "holds")


def _count(held: Sequence[Spot]) -> Formula:
    """How many do not hold, of checks that stand one below the other."""
    if not held:
        return Formula(("0",), 4, np.asarray(0.0))
    first, last = held[0], held[-1]
    pieces = (f"{len(held)}-SUM(", first, ":", last, ")")
    return Formula(pieces, 1, np.asarray(0.0))
