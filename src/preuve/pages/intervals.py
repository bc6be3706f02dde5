"""Intervals on rows: what forest plots and their kin are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from preuve.pages.chart import specification, values
from preuve.pages.extra import needed
from preuve.pages.theme import ACCENT, ALERT, INK, MUTED, PALE, SOLID


class IntervalChart:
    """A chart under construction: one row per label, layers of marks, words on the right.

    Each row given to a layer holds `row` (its label) and `value`, `low`, `high`, `size`, `text`
    as the layer needs. A layer without rows is None.
    """

    def __init__(self, rows: Sequence[str], title: str, *, step: int, width: int) -> None:
        self.alt = needed("altair")
        alt = self.alt
        self.step, self.width, self.height = step, width, step * len(rows)
        self.y = alt.Y(
            "row:N",
            sort=list(rows),
            axis=alt.Axis(title=None, ticks=False, domain=False, grid=True, labelPadding=8),
            scale=alt.Scale(domain=list(rows)),
        )
        self.x = alt.X(
            "value:Q",
            axis=alt.Axis(title=title, format=".2f", tickCount=6),
            scale=alt.Scale(zero=False, nice=True),
        )
        self.span = {"x": self._bound("low"), "x2": "high:Q", "y": self.y}

    def _bound(self, name: str) -> Any:
        copied = self.x.copy()
        copied.shorthand = f"{name}:Q"
        return copied

    def _chart(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        return self.alt.Chart(values(self.alt, [_plain(row) for row in rows]))

    def bars(self, rows: Sequence[Mapping[str, Any]]) -> Any | None:
        if not rows:
            return None
        mark = {"height": 11, "fill": PALE, "stroke": INK, "strokeWidth": 1}
        return self._chart(rows).mark_bar(**mark).encode(**self.span)

    def rules(self, rows: Sequence[Mapping[str, Any]]) -> Any | None:
        if not rows:
            return None
        return self._chart(rows).mark_rule(strokeWidth=2).encode(**self.span)

    def points(
        self,
        rows: Sequence[Mapping[str, Any]],
        shape: str,
        size: int | None,
        *,
        hollow: bool = False,
    ) -> Any | None:
        """`size` None: the area follows the number of events."""
        if not rows:
            return None
        alt = self.alt
        fill = "white" if hollow else INK
        mark = {"shape": shape, "fill": fill, "stroke": INK, "strokeWidth": 1.5}
        area = (
            alt.Size(
                "size:Q",
                scale=alt.Scale(domain=[0, max(r["size"] for r in rows)], range=[20, 170]),
                legend=None,
            )
            if size is None
            else alt.value(size)
        )
        return self._chart(rows).mark_point(**mark).encode(x=self.x, y=self.y, size=area)

    def ticks(self, rows: Sequence[Mapping[str, Any]]) -> Any | None:
        if not rows:
            return None
        mark = {"thickness": 1.5, "size": 18, "color": ACCENT}
        return self._chart(rows).mark_tick(**mark).encode(x=self.x, y=self.y)

    def marks(self, rows: Sequence[Mapping[str, Any]]) -> Any | None:
        if not rows:
            return None
        mark = {"shape": "triangle-right", "size": 70, "fill": "white", "stroke": ALERT}
        return (
            self._chart(rows)
            .mark_point(**mark, strokeWidth=1.5, yOffset=-10)
            .encode(x=self.x, y=self.y)
        )

    def verticals(self, values: Sequence[float], *, dashed: bool = True) -> Any | None:
        if not values:
            return None
        dash = [5, 4] if dashed else SOLID
        return (
            self._chart([{"value": value} for value in dict.fromkeys(values)])
            .mark_rule(strokeDash=dash, color=ALERT if dashed else MUTED, strokeWidth=1.2)
            .encode(x=self.x)
        )

    def separator(self, after: int) -> Any | None:
        """A line across the chart under so many rows."""
        chart = self.alt.Chart(values(self.alt, [{}]))
        return chart.mark_rule(color=MUTED).encode(y=self.alt.value(after * self.step))

    def words(self, rows: Sequence[Mapping[str, Any]]) -> Any | None:
        if not rows:
            return None
        return (
            self._chart(rows)
            .mark_text(align="left")
            .encode(x=self.alt.value(self.width + 12), y=self.y, text="text:N")
        )

    def finished(self, layers: Sequence[Any | None]) -> dict[str, Any]:
        kept = [layer for layer in layers if layer is not None]
        chart = self.alt.layer(*kept).properties(width=self.width, height=self.height)
        return specification(chart)


def unique(labels: Sequence[str]) -> list[str]:
    """The labels, with a number behind those that stand twice: a chart needs one row each."""
    seen: dict[str, int] = {}
    shown = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        shown.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return shown


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is drawn, with the digits that can be seen."""
    kept = ("row", "value", "low", "high", "size", "text")
    return {
        name: round(row[name], 6) if isinstance(row[name], float) else row[name]
        for name in kept
        if name in row
    }
