"""Clock: the sheet of time: cycles, discount factors, and what a year or an event counts for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.reference_case.discounting import factor
from preuve.economics.weights import COSTS, COSTS_PLAIN, EFFECTS, weights
from preuve.economics.workbook.formula import Column, Formula, called, number
from preuve.economics.workbook.inputs import Inputs, Steps
from preuve.economics.workbook.sheet import Grid


@dataclass(frozen=True)
class Clock:
    """Columns of time; `points` and `events` are weights: costs, effects, undiscounted."""

    grid: Grid
    step: Column
    time: Column
    points: tuple[Column, Column, Column]
    events: tuple[Column, Column, Column]


def clock(model: Compiled, inputs: Inputs, name: str) -> Clock:
    """The sheet of time of a model.

    Args:
        model: with a horizon.
        inputs: the cells of the rates.
        name: of the sheet.
    """
    groups = (
        _("Time"),
        _("Discounting"),
        _("What a year counts for"),
        _("What an event counts for"),
    )
    grid = Grid(name, _("Time, discounting and counting"), model.cycles, groups)
    steps = np.arange(model.cycles + 1.0)
    step = grid.add(Column(name, groups[0], _("Cycle"), steps, first=number(0)))
    step.formula = step.here.moved(-1, steps - 1) + number(1)
    time = grid.column(groups[0], _("Years since the start"), step.here * inputs.cycle)
    return _Counting(model, inputs, grid, step, time, groups).clock()


@dataclass
class _Counting:
    model: Compiled
    inputs: Inputs
    grid: Grid
    step: Column
    time: Column
    groups: tuple[str, ...]

    def clock(self) -> Clock:
        correction = self.model.written.decision.correction
        middle = correction == "half_cycle"
        when = self.time.here + self.inputs.cycle / number(2) if middle else self.time.here
        title = _("Discounted from the middle of the cycle") if middle else _("Discounted from")
        at = self.grid.column(self.groups[1], title, when, events=middle)
        assert self.inputs.costs is not None
        assert self.inputs.effects is not None
        factors = (
            self._factor(_("Factor, costs"), at, self.inputs.costs, middle),
            self._factor(_("Factor, effects"), at, self.inputs.effects, middle),
            self.grid.column(self.groups[1], _("Undiscounted"), number(1), events=middle),
        )
        share = None if middle or correction in ("start", "end") else self._share()
        held = weights(self.model.written.decision)
        rows = (COSTS, EFFECTS, COSTS_PLAIN)
        points = tuple(
            self._points(one, held.points[row], share)
            for one, row in zip(factors, rows, strict=True)
        )
        events = tuple(
            self._events(one, held.events[row], share)
            for one, row in zip(factors, rows, strict=True)
        )
        return Clock(self.grid, self.step, self.time, points, events)  # type: ignore[arg-type]

    def _factor(self, title: str, at: Column, steps: Steps, events: bool) -> Column:
        formula = discounted(steps, at.here)
        return self.grid.column(self.groups[1], title, formula, style="probability", events=events)

    def _share(self) -> Column:
        """The weight of each point in a sum by quadrature."""
        correction, cycles = self.model.written.decision.correction, self.model.cycles
        title = _("Share counted")
        if isinstance(correction, tuple):
            own = np.array(correction)
            made = Column(self.grid.name, self.groups[1], title, own, pasted=True)
            return self.grid.add(made)
        step = self.step.here
        ends = Formula(
            ("OR(", *step.pieces, "=0,", *step.pieces, f"={cycles})"), 4, np.asarray(np.nan)
        )
        inside = np.ones(cycles + 1)
        if correction == "simpson":
            odd = Formula(("MOD(", *step.pieces, ",2)=1"), 0, np.asarray(np.nan))
            inside[1:-1:2], inside[2:-1:2] = 4 / 3, 2 / 3
            inner = called("IF", (odd, number(4) / number(3), number(2) / number(3)), inside)
            edge = number(1) / number(3)
        else:
            inner, edge = number(1), number(1) / number(2)
        value = inside.copy()
        value[[0, -1]] = edge.value
        return self.grid.column(self.groups[1], title, called("IF", (ends, edge, inner), value))

    def _points(self, worth: Column, value: Floats, share: Column | None) -> Column:
        correction, length = self.model.written.decision.correction, self.inputs.cycle
        title, group = worth.title, self.groups[2]
        made = Column(self.grid.name, group, title, value, style="probability")
        if share is not None:
            made.formula = share.here * worth.here * length
        elif correction == "half_cycle":
            half = length / number(2)
            before = worth.here.moved(-1, worth.value)
            made.first = worth.here * half
            made.formula = (before + worth.here) * half
        elif correction == "start":
            made.formula = self._but(self.model.cycles, worth.here * length)
        else:
            made.formula, made.first = worth.here * length, number(0)
        return self.grid.add(made)

    def _but(self, point: int, formula: Formula) -> Formula:
        """Nothing at one point."""
        asked = Formula((*self.step.here.pieces, f"={point}"), 0, np.asarray(np.nan))
        return called("IF", (asked, number(0), formula), formula.value)

    def _events(self, worth: Column, value: Floats, share: Column | None) -> Column:
        correction = self.model.written.decision.correction
        formula = worth.here
        if share is not None:
            formula = share.here * worth.here
        if share is not None or correction == "end":
            formula = formula.moved(1, formula.value)
        values = np.append(value, 0.0)
        return self.grid.column(
            self.groups[3], worth.title, replace(formula, value=values), style="probability",
            events=True,
        )  # fmt: skip


def discounted(steps: Steps, at: Formula) -> Formula:
    """What one unit at a time is worth at the start: forward rates compounded step by step."""
    grown: Formula | None = None
    edges = (number(0), *steps.starts)
    for place, rate in enumerate(steps.rates):
        within = at
        if place + 1 < len(edges):
            within = called("MIN", (within, edges[place + 1]), np.nan)
        if place:
            within = called("MAX", (within - edges[place], number(0)), np.nan)
        one = number(1) + rate
        power = Formula((*one.within(4), "^", *within.within(4)), 3, np.asarray(np.nan))
        grown = power if grown is None else grown * power
    assert grown is not None
    found = number(1) / grown
    return replace(found, value=factor(steps.rule, np.maximum(at.value, 0.0)))
