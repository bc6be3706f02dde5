"""Conclusion: the first sheet: what this is, the base case, the limits, how to use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from preuve.core.language import _
from preuve.economics.model import Model
from preuve.economics.outcomes import Repairs
from preuve.economics.page.words import length
from preuve.economics.payment import is_linear
from preuve.economics.workbook.checks import Checked
from preuve.economics.workbook.results import Results
from preuve.economics.workbook.sheet import Sheet


def conclusion(
    model: Model,
    told: Results,
    checked: Checked,
    labels: Sequence[str],
    repairs: Repairs,
    name: str,
) -> Sheet:
    """The sheet that is read first.

    Args:
        model: the model.
        told: the cells of the results.
        checked: those of the checks.
        labels: of the strategies.
        repairs: probabilities that the program put right.
        name: of the sheet.
    """
    sheet = Sheet(name, colour="#2F7D4F", widths={0: 34, 1: 20, 2: 20, 3: 34, 4: 20, 5: 30})
    decision = model.written.decision
    sheet.put(0, 0, str(model.written.title), "title")
    row = 1
    if model.written.synthetic:
        words = _("SYNTHETIC: figures invented to try the tool. No decision can rest on them.")
        sheet.put(row, 0, words, "warning")
        row += 1
    sheet.put(row, 0, checked.verdict.formula, "strong", checked.words)
    row += 2
    sheet.put(row, 0, _("Base case, for one person"), "group")
    effect = str(_("QALY")) if decision.effect == "qaly" else decision.effect
    heads = (
        _("Strategy"),
        _("Cost, {unit}").format(unit=decision.currency),
        effect,
        _("Ratio against {reference}, {unit}").format(
            reference=labels[0], unit=f"{decision.currency}/{effect}"
        ),
        _("Net monetary benefit"),
        _("On the frontier?"),
    )
    sheet.line(row + 1, heads, "head")
    row += 2
    for place, label in enumerate(labels):
        sheet.put(row, 0, label, "wrap")
        sheet.put(row, 1, told.costs[place].formula, "money")
        sheet.put(row, 2, told.traded[place].formula, "effect")
        known = told.ratios[place]
        if known is not None:
            sheet.put(row, 3, known[0].formula, "ratio", known[1])
        sheet.put(row, 4, told.benefits[place].formula, "money")
        spot, standing = told.status[place]
        sheet.put(row, 5, spot.formula, "wrap", standing)
        row += 1
    for heading, lines in _texts(model, repairs):
        row += 1
        sheet.put(row, 0, heading, "group")
        for line in lines:
            row += 1
            sheet.put(row, 0, line, "paragraph")
        row += 1
    return sheet


def _texts(model: Model, repairs: Repairs) -> Iterator[tuple[str, list[str]]]:
    yield _("The question"), list(_question(model))
    yield _("Limits"), list(_limits(model, repairs))
    yield (
        _("How to use this workbook"),
        [
            _("Change a figure in a blue cell: every sheet follows, and the ratio above with it."),
            _("Nothing is protected or hidden; each formula can be followed with the audit tools."),
            _("The checks say whether the sums hold and whether figures are still the program's."),
        ],
    )
    yield (
        _("Origin"),
        [
            _("Model: {name}").format(name=model.name),
            _("Digest: {digest}").format(digest=model.digest),
            _("Written by Preuve {version}").format(version=version("preuve")),
        ],
    )


def _question(model: Model) -> Iterator[str]:
    decision = model.written.decision
    yield str(decision.question)
    yield _("Population: {population}").format(population=str(decision.population))
    if decision.horizon is not None:
        yield _("Horizon: {length}; cycles of {cycle}: {count}").format(
            length=length(decision.horizon.count, decision.horizon.word),
            cycle=length(decision.span.count, decision.span.word),
            count=decision.cycles,
        )
    yield _("Prices of {year}, {currency}").format(
        year=decision.price_year, currency=decision.currency
    )


def _limits(model: Model, repairs: Repairs) -> Iterator[str]:
    written = model.written
    for one in written.assumptions:
        yield str(one)
    for strategy in written.strategies.values():
        if strategy.excluded is not None:
            yield _("Not modelled: {label}. {reason}").format(
                label=str(strategy.label), reason=str(strategy.excluded)
            )
    yield _("This is the base case: uncertainty is in the program's report, not here.")
    scheduled = [
        name
        for name, one in written.strategies.items()
        if one.price is not None and one.excluded is None and not is_linear(one.price)
    ]
    if scheduled:
        yield _(
            "What the scheme of payment asks each month ({names}) is a list of numbers worked out "
            "by the program, to be typed over."
        ).format(names=", ".join(scheduled))
    if repairs.repaired:
        yield _(
            "The program put right {count} probabilities out of bounds; here they stand as they "
            "are written."
        ).format(count=repairs.repaired)
