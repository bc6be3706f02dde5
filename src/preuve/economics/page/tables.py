"""Tables of an appraisal: costs and effects of each strategy, and every figure with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import Unit, Words, of_figure
from preuve.economics.uncertainty.figures import Figure
from preuve.pages.numbers import NOTHING

_ROUNDING = 1e-9
_GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Line:
    """One line of the comparison: under each strategy, then each against the reference."""

    label: str
    cells: tuple[Words, ...]
    total: bool = False


def columns(reading: Reading) -> list[str]:
    """What the cells of a line are."""
    against = [
        str(_("{strategy}: difference").format(strategy=reading.label(name)))
        for name in reading.others
    ]
    return [*(reading.label(name) for name in reading.strategies), *against]


def costs_by_item(reading: Reading) -> list[Line]:
    drawn = reading.appraisal.drawn
    found = drawn.costs_by_item()
    lines = [
        _money(reading, reading.item(item), found[:, i])
        for i, item in enumerate(drawn.items)
        if np.any(found[:, i])
    ]
    return [*lines, _money(reading, str(_("All costs")), drawn.costs, total=True)]


def costs_by_payer(reading: Reading) -> list[Line]:
    """Empty where no cost names its payer."""
    drawn = reading.appraisal.drawn
    found = drawn.costs_by_payer()
    if len(drawn.payers) < 2:
        return []
    lines = [
        _money(reading, reading.payer(payer), found[:, p])
        for p, payer in enumerate(drawn.payers)
        if np.any(found[:, p])
    ]
    return [*lines, _money(reading, str(_("All payers")), drawn.costs, total=True)]


def effects(reading: Reading) -> list[Line]:
    """Each effect, for 1,000 people where differences are too small for one."""
    drawn = reading.appraisal.drawn
    return [
        _effect(reading.effect(name), found)
        for name in drawn.effects
        if np.any(found := drawn.effect_of(name))
    ]


def _effect(label: str, found: Floats) -> Line:
    """An effect by strategy, (K, D)."""
    unit = Unit()
    if _small(found):
        unit, label = Unit(factor=1000.0), str(_("{effect}, for 1,000 people").format(effect=label))
    cells = (unit.words(*ends, difference=difference) for ends, difference in _cells(found))
    return Line(label, tuple(cells))


def _small(found: Floats) -> bool:
    """Whether the differences are hard to read for one person."""
    moved = np.abs(found - found[:1]).max()
    return bool(0 < moved < 0.01)


def _money(reading: Reading, label: str, found: Floats, *, total: bool = False) -> Line:
    """An amount by strategy, (K, D)."""
    return Line(
        label,
        tuple(reading.amount(*ends, difference=difference) for ends, difference in _cells(found)),
        total,
    )


def _cells(found: Floats) -> Iterator[tuple[tuple[float, float, float], bool]]:
    """Each strategy, then each but the first against it; whether it is a difference."""
    for row in found:
        yield mean_and_bounds(row), False
    for row in found[1:]:
        yield mean_and_bounds(row - found[0]), True


def budget_by_item(reading: Reading) -> list[list[str]]:
    """What is added for each cost item over the years of the budget."""
    found = reading.appraisal.budget
    if found is None:
        return []
    return [
        [reading.item(item), str(reading.amounts(spent.sum(axis=0), difference=True))]
        for item, spent in zip(found.items, found.by_item, strict=True)
        if np.abs(spent).max() > _ROUNDING * np.abs(found.by_item).max()
    ]


# --- figures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A parameter as the page shows it."""

    name: str
    label: str
    value: str
    interval: str
    grade: str
    source: str
    measured: str


def parameters(reading: Reading) -> list[Shown]:
    """Every parameter, the least well known first."""
    figures = sorted(
        reading.figures.values(),
        key=lambda one: -_GRADES.index(one.grade) if one.grade in _GRADES else 0,
    )
    return [_shown(reading, one) for one in figures]


def _shown(reading: Reading, one: Figure) -> Shown:
    unit = of_figure(one.unit)
    words = unit.words(one.value, *one.interval)
    certain = one.is_certain
    return Shown(
        one.name,
        reading.parameter(one.name),
        unit.text(one.value) if certain else words.value,
        str(_("held fixed")) if certain else words.interval,
        one.grade,
        _source(reading, one),
        _measured(one),
    )


def _source(reading: Reading, one: Figure) -> str:
    written = one.written
    if written is None or not written.evidence:
        return one.source
    return str(
        _("Evidence “{name}” ({digest}), finding {finding}").format(
            name=written.evidence,
            digest=reading.appraisal.model.evidence[written.evidence].digest[:19] + "…",
            finding=written.finding,
        )
    )


def _measured(one: Figure) -> str:
    """Whether it was measured at hospitals, and for which of them it speaks."""
    if one.written is None or not one.written.evidence:
        return NOTHING
    named = {
        "mean_hospital": _("yes: mean hospital"),
        "next_hospital": _("yes: next hospital"),
        "pooled": _("yes: all cases together"),
        "within_site": _("yes: average within hospitals"),
        "site": _("yes: one hospital"),
    }
    return str(named.get(one.written.estimand, _("yes")))


def grades() -> str:
    """What the grades mean."""
    return str(
        _(
            "A: a randomised trial or a large French source on these very people. B: an "
            "observational study, or a trial elsewhere. C: another setting, a small study, or "
            "experts asked by a method. D: assumed."
        )
    )
