"""Suppression: the cells kept back because a group is small, or because it would give one away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from preuve.evaluation.release import Reason
from preuve.evaluation.site import CellSummary, Place, SiteResult
from preuve.federation.crowd import Crowd

Withheld = dict[Place, Reason]


def small_cells(result: SiteResult, smallest: int) -> Withheld:
    """Rule 2: the cells with a class of too few people, and the levels of such a finding."""
    withheld: Withheld = {}
    for place, cell in result.cells.items():
        without, present = cell.summary.people
        if 0 < present < smallest:
            withheld[place] = "few_events"
        elif 0 < without < smallest:
            withheld[place] = "few_non_events"
    for place in result.cells:
        if place.variable and Place("system", place.finding) in withheld:
            withheld.setdefault(place, "whole")
    return withheld


def complement(result: SiteResult, crowd: Crowd, smallest: int, withheld: Withheld) -> None:
    """Rule 3: add to `withheld` the levels that a subtraction would otherwise need."""
    for levels in partitions(result):
        while (label := _recoverable(levels, crowd, smallest, withheld)) is not None:
            others = [
                (int(cell.summary.people[label]), place)
                for place, cell in levels.items()
                if place not in withheld and cell.summary.people[label]
            ]
            if not others:
                break
            withheld[min(others)[1]] = "complementary"


def partitions(result: SiteResult) -> Iterator[dict[Place, CellSummary]]:
    """The levels of each variable of each finding."""
    grouped: dict[tuple[str, str], dict[Place, CellSummary]] = {}
    for place, cell in result.cells.items():
        if place.variable:
            grouped.setdefault((place.finding, place.variable), {})[place] = cell
    yield from grouped.values()


def _recoverable(
    levels: Mapping[Place, CellSummary], crowd: Crowd, smallest: int, withheld: Withheld
) -> int | None:
    """A class of which the levels kept back hold, together, too few people; None if none."""
    kept = [cell.members for place, cell in levels.items() if place in withheld]
    for label in (0, 1):
        if kept and 0 < crowd.count(np.any([m[label] for m in kept], axis=0)) < smallest:
            return label
    return None
