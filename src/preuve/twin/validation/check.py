"""Check: one question put to the twin, what was expected, what it found, what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Verdict = Literal["met", "missed", "shown"]
"""Against its target: met, missed, or shown without a target."""


@dataclass(frozen=True)
class Row:
    """One line of a check: what, the figure expected, the figure found, the verdict.

    Texts a reader sees are made with `_`, so that the page can be said in both languages.
    """

    label: str
    target: str
    found: str
    verdict: Verdict = "shown"


@dataclass(frozen=True)
class Check:
    """One question put to the twin.

    Attributes:
        name: short identifier, also the anchor on the page.
        title: the question, a few words.
        method: what was fitted on what, and judged on what.
        rows: the lines of the table.
        conclusion: what a planner should remember, losses included.
        source: where the targets come from.
        figures: every measured number by name, for the tests.
    """

    name: str
    title: str
    method: str
    rows: Sequence[Row]
    conclusion: str
    source: str
    figures: Mapping[str, float] = field(default_factory=dict)


Checker = Callable[[Path], Check]
"""Makes a check from the folder of open data (`PREUVE_DATA`/france)."""
