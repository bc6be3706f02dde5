"""Released site: what the disclosure gate let out of a node, and the record it travels as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.evaluation.site import Place, Role, Statistic
from preuve.evaluation.summary import Counts, Histogram, histogram_from_record, histogram_record

Reason = Literal["few_events", "few_non_events", "whole", "complementary", "differencing"]
"""Why a cell was kept back: too few people with the finding, or without it; its finding is kept
back whole; its people could be worked out from other cells, or from another release."""


@dataclass(frozen=True, eq=False)
class ReleasedCell:
    """A cell as it left its node.

    Attributes:
        histogram: joint histogram, coarsened until no run is too small (see the gate).
        people: (2,) persons without and with the finding; 0 or at least the node's smallest cell.
        decisions: threshold -> (4, 4) second moments of the persons' confusion counts; only the
            thresholds that the coarsened histogram still tells apart.
        moments, sums: as in `Summary`.
        statistics: exact figures of the site.
    """

    histogram: Histogram
    people: Counts
    decisions: Mapping[float, Floats]
    moments: Floats
    sums: Floats
    statistics: Mapping[str, Statistic]

    @property
    def cases(self) -> Counts:
        """(2,) cases without and with the finding."""
        return np.asarray(self.histogram.counts.sum(axis=1))

    def record(self) -> dict[str, Any]:
        return {
            "people": [int(n) for n in self.people],
            "histogram": histogram_record(self.histogram),
            "decisions": [[t, _upper(m)] for t, m in self.decisions.items()],
            "moments": _upper(self.moments),
            "sums": [float(x) for x in self.sums],
            "statistics": {k: [s.value, s.variance] for k, s in self.statistics.items()},
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], bins: int) -> ReleasedCell:
        histogram = histogram_from_record(record["histogram"], bins)
        if "auroc" in record["statistics"]:
            histogram = histogram.leaning(record["statistics"]["auroc"][0])
        return cls(
            histogram=histogram,
            people=np.array(record["people"], dtype=np.int64),
            decisions={float(t): _symmetric(m) for t, m in record["decisions"]},
            moments=_symmetric(record["moments"]),
            sums=np.array(record["sums"], dtype=float),
            statistics={k: Statistic(*v) for k, v in record["statistics"].items()},
        )


@dataclass(frozen=True)
class ReleasedDifference:
    """System minus comparator at one site, on the same cases (exact, DeLong variance)."""

    area: Statistic
    comparator: Statistic
    cases: tuple[int, int]


@dataclass(frozen=True)
class Suppressed:
    """A cell that was computed and kept back.

    `smallest_cell` bounds what is missing: fewer people than that, in one class at least.
    """

    place: Place
    reason: Reason


@dataclass(frozen=True, eq=False)
class ReleasedSite:
    """What one site says of one or two systems, after its gate.

    Attributes:
        site: name of the node; label: its name for readers, in both languages.
        cases, people: what the site evaluated.
        cells: by place.
        comparisons: by finding.
        coded: finding -> cases where the reference says yes or no; None where under the smallest
            cell.
        answered: role -> cases that the system answered.
        suppressed: what was kept back, and why.
        exclusions: reason (both languages) and cases set aside; None where under the smallest cell.
        smallest_cell: the k of the node's policy.
        synthetic: True where a generator made the cases.
    """

    site: str
    label: Mapping[str, str]
    cases: int
    people: int
    cells: Mapping[Place, ReleasedCell]
    comparisons: Mapping[str, ReleasedDifference]
    coded: Mapping[str, int | None]
    answered: Mapping[Role, int | None]
    smallest_cell: int
    suppressed: tuple[Suppressed, ...] = ()
    exclusions: tuple[tuple[Mapping[str, str], int | None], ...] = ()
    synthetic: bool = False
    bins: Mapping[str, int] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """JSON values only; `from_record` reads it back."""
        return {
            "site": self.site,
            "label": dict(self.label),
            "cases": self.cases,
            "people": self.people,
            "cells": [
                {"place": list(place), **cell.record()} for place, cell in self.cells.items()
            ],
            "comparisons": {
                finding: {
                    "area": [d.area.value, d.area.variance],
                    "comparator": [d.comparator.value, d.comparator.variance],
                    "cases": list(d.cases),
                }
                for finding, d in self.comparisons.items()
            },
            "coded": dict(self.coded),
            "answered": dict(self.answered),
            "smallest_cell": self.smallest_cell,
            "suppressed": [[*s.place, s.reason] for s in self.suppressed],
            "exclusions": [[dict(reason), cases] for reason, cases in self.exclusions],
            "synthetic": self.synthetic,
            "bins": dict(self.bins),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> ReleasedSite:
        """The released site that wrote this record.

        Raises:
            PreuveError: a field is missing or malformed.
        """
        try:
            return cls(
                site=record["site"],
                label=record["label"],
                cases=record["cases"],
                people=record["people"],
                cells={
                    Place(*cell["place"]): ReleasedCell.from_record(
                        cell, record["bins"][cell["place"][1]]
                    )
                    for cell in record["cells"]
                },
                comparisons={
                    finding: ReleasedDifference(
                        Statistic(*d["area"]), Statistic(*d["comparator"]), tuple(d["cases"])
                    )
                    for finding, d in record["comparisons"].items()
                },
                coded=record["coded"],
                answered=record["answered"],
                smallest_cell=record["smallest_cell"],
                suppressed=tuple(
                    Suppressed(Place(*row[:4]), row[4]) for row in record["suppressed"]
                ),
                exclusions=tuple((reason, cases) for reason, cases in record["exclusions"]),
                synthetic=record["synthetic"],
                bins=record["bins"],
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise PreuveError(
                _("This is not the release of a site: {error}").format(error=repr(error))
            ) from error


_UPPER = np.triu_indices(4)


def _upper(matrix: Floats) -> list[float]:
    return [float(x) for x in matrix[_UPPER]]


def _symmetric(values: list[float]) -> Floats:
    matrix = np.zeros((4, 4))
    matrix[_UPPER] = values
    return matrix + np.triu(matrix, 1).T
