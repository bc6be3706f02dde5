"""Inputs: what may be changed by hand: parameters, tables, rates, willingness to pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.language import _
from preuve.economics.model import Model
from preuve.economics.reference_case.discounting import Rule, discounting
from preuve.economics.uncertainty.figures import Figure
from preuve.economics.workbook.formula import ATOM, Column, Formula, Spot, cells
from preuve.economics.workbook.sheet import Sheet, unique
from preuve.economics.workbook.translation import Lookup

LONGEST_DEFINED = 200
HEAD = 3
VALUE = 2
"""The column of the values."""


@dataclass(frozen=True)
class Steps:
    """A rule of discounting in cells: yearly rates, and the year each starts from."""

    rule: Rule
    starts: tuple[Formula, ...]
    rates: tuple[Formula, ...]


@dataclass(frozen=True)
class Inputs:
    """Cells that may be changed.

    Attributes:
        figures: by name of parameter.
        costs, effects: discounting; None for a model without time.
        willingness: money for one unit of the traded effect.
        cycle: the length of a cycle in years.
        sheet: where they stand.
    """

    figures: Mapping[str, Formula]
    costs: Steps | None
    effects: Steps | None
    willingness: Formula
    cycle: Formula
    sheet: Sheet

    @property
    def named(self) -> dict[str, Spot]:
        """Every cell that has a name, by it."""
        given = [*self.figures.values(), self.willingness, self.cycle]
        for steps in (self.costs, self.effects):
            given += [*steps.starts, *steps.rates] if steps is not None else []
        spots = [one.pieces[0] for one in given if isinstance(one.pieces[0], Spot)]
        return {one.name: one for one in spots if one.name}


def inputs(model: Model, name: str) -> Inputs:
    """The sheet of parameters of a model.

    Args:
        model: the model.
        name: of the sheet.
    """
    sheet = Sheet(name, frozen=(HEAD + 1, VALUE + 1), colour="#1F4E9C")
    sheet.widths = {0: 44, 1: 24, 2: 16, 3: 18, 4: 14, 5: 14, 6: 30, 7: 60, 8: 8}
    sheet.put(0, 0, _("Figures of the model"), "title")
    sheet.put(
        1,
        0,
        _("Blue on pale: a figure to change by hand. Everything else follows from these cells."),
        "note",
    )
    heads = (
        _("Figure"), _("Name in formulas"), _("Value"), _("Unit"), _("95 %, from"), _("to"),
        _("Distribution"), _("Source"), _("Grade"),
    )  # fmt: skip
    sheet.line(HEAD, heads, "head")
    figures: dict[str, Formula] = {}
    row = HEAD
    taken: list[str] = []
    for row, figure in enumerate(model.joint.figures.values(), start=HEAD + 1):
        taken.append(unique(f"p_{figure.name}", taken, LONGEST_DEFINED))
        figures[figure.name] = _figure(sheet, row, figure, taken[-1], model)
    row += 2
    sheet.put(row, 0, _("Rules of the calculation"), "group")
    decision = model.written.decision
    willingness = _rule(
        sheet,
        row + 1,
        _("Willingness to pay"),
        "r_willingness",
        decision.willingness_to_pay[0],
        f"{decision.currency}/{_effect_unit(model)}",
    )
    cycle = _cycle(sheet, row + 2, decision.span.years)
    costs = effects = None
    row += 3
    if decision.cycles:
        rates = discounting(decision.discounting)
        costs, row = _steps(sheet, row, _("costs"), "r_costs", rates.costs)
        effects, row = _steps(sheet, row, _("effects"), "r_effects", rates.effects)
    return Inputs(figures, costs, effects, willingness, cycle, sheet)


def _effect_unit(model: Model) -> str:
    if model.written.decision.effect == "life_years":
        return "year"
    from preuve.economics.compilation.places import effect_unit

    return effect_unit(model.written, model.written.decision.effect)


def _figure(sheet: Sheet, row: int, figure: Figure, name: str, model: Model) -> Formula:
    label = figure.written.label if figure.written is not None else None
    low, high = figure.interval
    sheet.put(row, 0, str(label) if label is not None else figure.name, "wrap")
    sheet.put(row, 1, name, "code")
    spot = sheet.put(row, VALUE, figure.value, "general_input")
    spot.name = name
    sheet.put(row, 3, figure.unit, "text")
    if not figure.is_certain:
        sheet.put(row, 4, low, "rounded")
        sheet.put(row, 5, high, "rounded")
    sheet.put(row, 6, _distribution(figure, model), "wrap")
    sheet.put(row, 7, figure.source, "wrap")
    sheet.put(row, 8, figure.grade, "centre")
    return spot.formula


def _distribution(figure: Figure, model: Model) -> str:
    if figure.is_certain:
        return _("certain")
    if figure.written is not None and figure.written.distribution:
        return figure.written.distribution
    if any(figure.name in one.dirichlet for one in model.joint.dirichlets):
        return _("drawn with others (Dirichlet)")
    if any(figure.name in one.names for one in model.joint.covariances):
        return _("drawn with others (normal)")
    return _("that of the estimate")


def _cycle(sheet: Sheet, row: int, value: float) -> Formula:
    """The length of a cycle: formulas read it, but it is not to be changed."""
    sheet.put(row, 0, _("Length of a cycle"), "text")
    sheet.put(row, 1, "r_cycle", "code")
    spot = sheet.put(row, VALUE, value, "general")
    spot.name = "r_cycle"
    sheet.put(row, 3, "year", "text")
    sheet.put(row, 7, _("Not to be changed here: probabilities are told for this length."), "note")
    return spot.formula


def _rule(sheet: Sheet, row: int, label: str, name: str, value: float, unit: str) -> Formula:
    sheet.put(row, 0, label, "text")
    sheet.put(row, 1, name, "code")
    spot = sheet.put(row, VALUE, value, "general_input")
    spot.name = name
    sheet.put(row, 3, unit, "text")
    return spot.formula


def _steps(sheet: Sheet, row: int, what: str, name: str, rule: Rule) -> tuple[Steps, int]:
    starts, rates = [], []
    for place, (start, rate) in enumerate(zip(rule.starts, rule.rates, strict=True), start=1):
        label = _("Discounting of {what}, rate {place}").format(what=what, place=place)
        rates.append(_rule(sheet, row, label, f"{name}_rate{place}", rate, "1/year"))
        row += 1
        if place > 1:
            label = _("Discounting of {what}, year rate {place} starts").format(
                what=what, place=place
            )
            starts.append(_rule(sheet, row, label, f"{name}_from{place}", start, "year"))
            row += 1
    return Steps(rule, tuple(starts), tuple(rates)), row


def tables(model: Model, name: str) -> tuple[dict[str, Lookup], Sheet | None]:
    """The tables of a model, two columns each, and their sheet.

    Args:
        model: the model.
        name: of the sheet.
    """
    if not model.compiled.tables:
        return {}, None
    sheet = Sheet(name, frozen=(4, 0), colour="#1F4E9C")
    sheet.put(0, 0, _("Tables"), "title")
    sheet.put(
        1, 0, _("Each value holds from its key until the next one; the last holds on."), "note"
    )
    found: dict[str, Lookup] = {}
    for place, (table, held) in enumerate(model.compiled.tables.items()):
        written, left = model.written.tables[table], 3 * place
        sheet.put(2, left, table, "group")
        sheet.put(2, left + 1, f"{written.source} ({written.grade})", "note")
        sheet.put(3, left, f"{written.key} ({written.key_unit})", "head")
        sheet.put(3, left + 1, f"{written.column or table} ({written.unit})", "head")
        sheet.widths |= {left: 16, left + 1: 20, left + 2: 4}
        last = 3 + len(held.keys)
        for row, (key, value) in enumerate(zip(held.keys, held.values, strict=True), start=4):
            sheet.put(row, left, float(key), "general")
            sheet.put(row, left + 1, float(value), "general_input")
        keys, values = (Column(name, "", "", np.zeros(0), column=left + side) for side in (0, 1))
        found[table] = Lookup(held, _fixed(keys, last), _fixed(values, last))
    return found, sheet


def _fixed(column: Column, last: int) -> Formula:
    return Formula(cells(column, 4, last).pieces, ATOM, np.asarray(np.nan))
