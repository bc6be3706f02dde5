"""A chart of a comparison: one row per system, mean hospital as a bar, next hospital as a line."""

from __future__ import annotations

from typing import Any

from preuve.core.language import _
from preuve.core.usecase import Finding
from preuve.pages.chart import Figure, described
from preuve.pages.intervals import IntervalChart, unique
from preuve.registry.comparison import told, words
from preuve.registry.comparison.compare import Comparison


def chart(comparison: Comparison, finding: Finding, measure: str = "auroc") -> Figure | None:
    """The figures of one measure of one finding; None where no system was measured on it."""
    sides = [
        (side, centre)
        for side in comparison.sides
        if (centre := side.measured.centre(measure, finding)) is not None
    ]
    if not sides:
        return None
    labels = unique([side.name for side, _centre in sides])
    bars, rules, rows = [], [], []
    for label, (side, centre) in zip(labels, sides, strict=True):
        bars.append({"row": label} | _span(centre))
        ahead = side.measured.figure(measure, finding, "next_hospital")
        if ahead is not None:
            rules.append({"row": label} | _span(ahead))
        rows.append((label, told.figure_words(centre), told.figure_words(ahead), str(centre.sites)))
    name = words.measure_name(measure)
    drawn = IntervalChart(labels, name, step=44, width=420)
    layers = [drawn.rules(rules), drawn.bars(bars), drawn.points(bars, "circle", 60)]
    return Figure(
        name=f"comparison-{finding.code}-{measure}".replace(".", "-").replace("+", "-"),
        title=_("{measure}: {finding}").format(measure=name, finding=finding.label),
        caption=_(
            "Bar: 95% interval of the mean hospital. Line: what the next hospital may show. "
            "Intervals that overlap do not rank the systems, nor do those that do not, unless the "
            "cases are the same."
        ),
        description=described(
            _("{system}: {mean}."), [{"system": row[0], "mean": row[1]} for row in rows]
        ),
        specification=drawn.finished(layers),
        columns=(_("System"), _("Mean hospital"), _("Next hospital"), _("Hospitals")),
        rows=rows,
    )


def _span(figure: Any) -> dict[str, float]:
    low, high = figure.estimate.interval
    return {"value": figure.estimate.value, "low": low, "high": high}
