"""The appraisal on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preuve.core.language import _, ngettext
from preuve.economics.appraisal import Appraisal
from preuve.economics.page import conclusion
from preuve.economics.page.limits import limits
from preuve.economics.page.reading import Reading
from preuve.economics.page.reservations import findings
from preuve.pages.numbers import NOTHING, chance, number, typeset
from preuve.pages.terminal import plain

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

_SHOWN_LIMITS = 3


def summary(appraisal: Appraisal) -> Group:
    """Conclusion, one line per strategy, and the first limits; the page holds the rest.

    Texts are shown as they are: a name that looks like markup stays a name.
    """
    from rich.console import Group

    reading = Reading(appraisal)
    parts: list[Text | Table] = []
    if appraisal.synthetic:
        parts.append(plain(_("SYNTHETIC FIGURES: a generator made them."), "bold reverse"))
    parts.append(plain(conclusion.headline(reading), "bold"))
    if reading.others:
        parts.append(_table(reading))
    parts += [
        plain(_("{title}: {text}").format(title=title, text=text), "")
        for title, text in conclusion.general(reading)
    ]
    parts += [plain(f"· {limit}", "dim") for limit in _limits(reading)]
    return Group(*parts)


def _limits(reading: Reading) -> list[str]:
    found = list(limits(reading, findings(reading.appraisal)))
    more = len(found) - _SHOWN_LIMITS
    told = found[:_SHOWN_LIMITS]
    if more > 0:
        told.append(
            ngettext(
                "{count} other limit is in the page of this appraisal.",
                "{count} other limits are in the page of this appraisal.",
                more,
            ).format(count=number(more))
        )
    return told


def _table(reading: Reading) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        caption=typeset(
            _("Against {reference}, per person; health in {unit}. 95% intervals.").format(
                reference=reading.reference, unit=reading.effect_axis
            )
        ),
        caption_justify="left",
    )
    table.add_column(_("Strategy"), min_width=12, max_width=30)
    for column in (
        _("Cost"),
        _("Health"),
        _("Probability that it is worth it"),
        _("Price it would bear"),
    ):
        table.add_column(column, justify="right")
    for name in reading.others:
        table.add_row(*(plain(cell, "") for cell in _cells(reading, name)))
    return table


def _cells(reading: Reading, name: str) -> list[str]:
    drawn, place = reading.appraisal.drawn, reading.place
    worth = float(reading.appraisal.benefits[name].probability_positive[place])
    cost = reading.amounts(reading.difference(name, drawn.costs), difference=True)
    effect = reading.effects(reading.difference(name, drawn.traded), difference=True)
    told = NOTHING if reading.is_certain else chance(worth)
    return [reading.label(name), str(cost), str(effect), told, _borne(reading, name)]


def _borne(reading: Reading, name: str) -> str:
    for claimed in reading.appraisal.prices:
        if claimed.strategy == name:
            return str(conclusion.borne(reading, claimed))
    return NOTHING
