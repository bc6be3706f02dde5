"""The evidence on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preuve.core.evidence import Evidence
from preuve.core.language import _, ngettext
from preuve.core.usecase import Finding
from preuve.evaluation.report import conclusion
from preuve.evaluation.report.reading import Reading, words
from preuve.pages.numbers import NOTHING, chance, number, typeset
from preuve.pages.terminal import plain

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

_SHOWN_LIMITS = 3


def summary(evidence: Evidence) -> Group:
    """Conclusion, one line per finding, and the limits, for `rich` to print.

    Texts are shown as they are: a name that looks like markup stays a name.
    """
    from rich.console import Group

    reading = Reading(evidence)
    parts: list[Text | Table] = []
    if evidence.synthetic:
        parts.append(
            plain(_("SYNTHETIC DATA: true of no patient, of no hospital."), "bold reverse")
        )
    parts.append(plain(conclusion.headline(reading), "bold"))
    if reading.measured:
        parts.append(_table(reading))
    if reading.withheld:
        names = ", ".join(str(finding.label) for finding in reading.withheld)
        parts.append(plain(_("No figure: {findings}.").format(findings=names), ""))
    parts.append(plain(" ".join(conclusion.verdict(reading)), ""))
    parts += [plain(f"· {limit}", "dim") for limit in _limits(reading)]
    return Group(*parts)


def _limits(reading: Reading) -> list[str]:
    found = list(conclusion.limits(reading))
    more = len(found) - _SHOWN_LIMITS + len(reading.usecase.limits)
    told = found[:_SHOWN_LIMITS]
    if more > 0:
        told.append(
            ngettext(
                "{count} other limit is in the page of this evidence.",
                "{count} other limits are in the page of this evidence.",
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
            _(
                "Area under the ROC curve: 95% confidence interval at the mean hospital, 95% "
                "prediction interval at the next one; probability there of each requirement."
            )
        ),
        caption_justify="left",
    )
    table.add_column(_("Finding"), min_width=14, max_width=34)
    for column in (_("Events"), _("Mean hospital"), _("Next hospital")):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column(_("Required"), justify="right", no_wrap=True)
    for finding in reading.measured:
        table.add_row(*(plain(cell, "") for cell in _cells(reading, finding)))
    return table


def _cells(reading: Reading, finding: Finding) -> list[str]:
    cells = reading.cells(finding)
    _estimand, centre = reading.known_centre("auroc", finding)
    ahead = words("auroc", reading.estimate("auroc", finding, "next_hospital"))
    rules = [
        NOTHING if rule["probability"] is None else chance(rule["probability"])
        for rule in reading.acceptance(finding)
    ]
    alone = "\n" + _("(one hospital)") if len(cells.by_site) == 1 else ""
    return [
        str(finding.label),
        number(cells.events),
        f"{words('auroc', centre)}{alone}",
        ahead.interval if ahead else NOTHING,
        "\n".join(rules) or NOTHING,
    ]
