"""Writing: every sheet of a model built, laid out, and written to one file."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from preuve.core.errors import PreuveError
from preuve.core.language import Language, _, current_language, speaking
from preuve.core.record import write_whole
from preuve.economics.model import Model
from preuve.economics.outcomes import TECHNOLOGY
from preuve.economics.simulate import simulate
from preuve.economics.specification.structure import Cohort, PartitionedSurvival, Tree
from preuve.economics.workbook.checks import checks
from preuve.economics.workbook.clock import Clock, clock
from preuve.economics.workbook.conclusion import conclusion
from preuve.economics.workbook.formula import Formula, Spot, number
from preuve.economics.workbook.inputs import Inputs, inputs, tables
from preuve.economics.workbook.ledger import Ledger
from preuve.economics.workbook.payers import by_payer
from preuve.economics.workbook.result import Amount, Result
from preuve.economics.workbook.results import results
from preuve.economics.workbook.sheet import Cell, Grid, Sheet, checked, unique
from preuve.economics.workbook.styles import styles
from preuve.economics.workbook.technology import technology
from preuve.economics.workbook.trajectory import Trajectory
from preuve.economics.workbook.translation import Lookup
from preuve.economics.workbook.tree import Way, at_start, walk
from preuve.economics.workbook.under import Groups, Under, groups

CREATED = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
"""The date that every workbook bears, so that one model gives one sequence of bytes."""
PARAGRAPH, LINE, CHARACTERS = 6, 14.0, 150
"""A paragraph: the columns it takes, the height of a line in points, characters in a line."""


def write(model: Model, path: Path, language: Language | None = None) -> Path:
    """Write the base case of a model as a workbook (.xlsx) of live formulas.

    Args:
        model: a tree, a cohort, or partitioned survival.
        path: where to.
        language: of its texts; that of the user unless said.

    Returns:
        The path.

    Raises:
        PreuveError: its structure cannot be told in cells, XlsxWriter is not installed, or the
            model does not run.
    """
    _refuse(model)
    with speaking(language or current_language()):
        sheets, named = _sheets(model)
        write_whole(path, _bytes(sheets, named, str(model.written.title)))
    return path


def _refuse(model: Model) -> None:
    structure = model.written.structure
    if isinstance(structure, Tree | Cohort | PartitionedSurvival):
        return
    reasons = {
        "microsimulation": _("individuals are drawn one by one"),
        "continuous": _("time is continuous: each cycle is the exponential of a matrix"),
        "queue": _("waiting is told by the theory of queues, not by arithmetic on cells"),
    }
    raise PreuveError(
        _("This model ({kind}) cannot be a workbook: {reason}.").format(
            kind=structure.kind, reason=reasons[structure.kind]
        ),
        where=model.origin.where(("structure",)),
        remedy=_("Its figures are in the report and in the tables that the appraisal writes."),
    )


def _sheets(model: Model) -> tuple[list[Sheet], dict[str, Spot]]:
    outcomes = simulate(model.compiled, model.joint.central())
    strategies = model.compiled.strategies
    labels = [str(model.written.strategies[name].label) for name in strategies]
    names = _Names(strategies)
    parts = groups()
    given = inputs(model, names.parameters)
    lookups, table_sheet = tables(model, names.tables)
    ledger = Ledger(names.values, strategies, parts.ordered)
    time = clock(model.compiled, given, names.time) if model.compiled.cycles else None
    unders = [
        _under(model, name, given, lookups, ledger, parts, time, names.strategies)
        for name in strategies
    ]
    found = _without_empty([_result(model, one) for one in unders])
    for under, one in zip(unders, found, strict=True):
        one.payers.update(by_payer(under, one))
    told = results(model, found, labels, given.willingness, names.results)
    tried = checks(unders, found, told, outcomes, labels, names.checks)
    grids = [one.grid for one in unders if one.grid is not None]
    ledger.lay_out()
    for grid in [*([time.grid] if time is not None else []), *grids]:
        grid.lay_out()
    first = conclusion(model, told, tried, labels, outcomes.repairs, names.conclusion)
    sheets = [first, given.sheet, *([table_sheet] if table_sheet is not None else [])]
    sheets.append(ledger.sheet(tuple(labels)))
    sheets += [time.grid.sheet()] if time is not None else []
    sheets += [grid.sheet() for grid in grids]
    return [*sheets, told.sheet, tried.sheet], given.named


RESERVED = "History"
"""A name that spreadsheets keep for themselves."""


class _Names:
    """Names of sheets, no two alike."""

    def __init__(self, strategies: Sequence[str]) -> None:
        self.conclusion = _("Conclusion")
        self.parameters = _("Parameters")
        self.tables = _("Tables")
        self.values = _("Values")
        self.time = _("Time")
        self.results = _("Results")
        self.checks = _("Checks")
        taken = [RESERVED, *(str(one) for one in vars(self).values())]
        self.strategies: dict[str, str] = {}
        for name in strategies:
            self.strategies[name] = unique(name, taken)
            taken.append(self.strategies[name])


def _under(
    model: Model,
    name: str,
    given: Inputs,
    lookups: Mapping[str, Lookup],
    ledger: Ledger,
    parts: Groups,
    time: Clock | None,
    sheets: Mapping[str, str],
) -> Under:
    grid = None
    if time is not None and not isinstance(model.written.structure, Tree):
        label = str(model.written.strategies[name].label)
        grid = Grid(sheets[name], label, model.compiled.cycles, parts.ordered)
        grid.column(parts.time, _("Cycle"), time.step.here)
        grid.column(parts.time, _("Years since the start"), time.time.here)
    under = Under(model.compiled, name, given, lookups, ledger, parts, time, grid)
    under.show_values()
    return under


def _result(model: Model, under: Under) -> Result:
    structure = model.written.structure
    if isinstance(structure, Tree):
        found = _tree(under, structure)
        found.costs[TECHNOLOGY] = technology(model, under, None)
        return found
    people = Trajectory.of(under)
    if isinstance(structure, Cohort):
        people.move(structure)
    else:
        assert isinstance(structure, PartitionedSurvival)
        people.read_off(structure)
    found = people.result()
    found.costs[TECHNOLOGY] = technology(model, under, people)
    return found


def _tree(under: Under, structure: Tree) -> Result:
    way = walk(under, ("structure", "branches"), structure.branches)
    rewards = under.model.written.rewards
    amounts = {
        kind: {name: _once(under, kind, name, way) for name in getattr(rewards, kind)}
        for kind in ("costs", "effects")
    }
    return Result(amounts["costs"], amounts["effects"])


def _once(under: Under, kind: str, name: str, way: Way) -> Amount:
    start = at_start(under, kind, name, way) or number(0)
    return Amount(start, start)


def _without_empty(found: list[Result]) -> list[Result]:
    """The results without the technology where no strategy pays for one."""
    if any(one.costs[TECHNOLOGY].discounted.pieces != ("0",) for one in found):
        return found
    for one in found:
        del one.costs[TECHNOLOGY]
    return found


def _bytes(sheets: Sequence[Sheet], named: Mapping[str, Spot], title: str) -> bytes:
    try:
        import xlsxwriter
    except ImportError as error:
        raise PreuveError(
            _("XlsxWriter is not installed."), remedy=_("Install it: pip install XlsxWriter")
        ) from error
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    book.set_properties({"title": title, "created": CREATED.replace(tzinfo=None)})
    book.set_calc_mode("auto")
    formats = {name: book.add_format(one) for name, one in styles().items()}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        _show(page, sheet)
        for cell in sheet.cells:
            _write(page, sheet, cell, formats)
    for name, spot in named.items():
        place = Spot(spot.sheet, spot.row, spot.column).text("", 0)
        book.define_name(name, f"={place}")
    book.close()
    return held.getvalue()


def _show(page: Any, sheet: Sheet) -> None:
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")
    if any(sheet.frozen):
        page.freeze_panes(*sheet.frozen)
        page.repeat_rows(max(sheet.frozen[0] - 1, 0))
    if sheet.colour:
        page.set_tab_color(sheet.colour)
    for column, width in sheet.widths.items():
        page.set_column(column, column, width)


def _write(page: Any, sheet: Sheet, cell: Cell, formats: Mapping[str, Any]) -> None:
    style = formats[cell.style]
    if isinstance(cell.content, Formula):
        text = checked(cell.content.text(sheet.name, cell.row), sheet.name, cell)
        number_shown = float(cell.content.value)
        shown = cell.shown or (number_shown if np.isfinite(number_shown) else "")
        page.write_formula(cell.row, cell.column, f"={text}", style, shown)
    elif cell.style == "paragraph":
        page.merge_range(cell.row, 0, cell.row, PARAGRAPH - 1, cell.content, style)
        page.set_row(cell.row, LINE * (1 + len(str(cell.content)) // CHARACTERS))
    elif isinstance(cell.content, str):
        page.write_string(cell.row, cell.column, cell.content, style)
    else:
        page.write_number(cell.row, cell.column, cell.content, style)
