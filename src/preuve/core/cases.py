"""Cases: what a use case reads at a node, before any system has seen it. Never leaves the node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

NOT_CODED = -1
"""In a reference: the source does not say. Never scored as negative."""

InputReader: TypeAlias = Callable[[slice], NDArray[np.generic]]
"""Reads one named input of some rows: slice of cases -> array (rows, ...)."""


@dataclass(frozen=True)
class Exclusion:
    """Cases that a node set aside, and why (a reason in both languages)."""

    reason: Mapping[str, str]
    cases: int


@dataclass(frozen=True)
class Cases:
    """The cases of one node, one row each, in a fixed order.

    Attributes:
        identifiers: (n,) unique text, the key that predictions files use.
        persons: (n,) identifier of the person; repeated for repeated records.
        reference: (n, findings) int8, 1 present, 0 absent, NOT_CODED where the source is silent.
        subgroups: name of a subgroup variable -> (n,) codes of its levels, "" where unknown.
        inputs: name of an input -> reader of that input for a slice of rows; read lazily.
        readers: name of a human reader -> (n, findings) scores in [0, 1]; NaN where not read.
        exclusions: records that were set aside before this table was made.
        warnings: texts for the node's own staff (they may name a record; they stay at the node).
        synthetic: True where a generator made the cases.
    """

    identifiers: NDArray[np.str_]
    persons: NDArray[np.generic]
    reference: NDArray[np.int8]
    subgroups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    inputs: Mapping[str, InputReader] = field(default_factory=dict)
    readers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()
    warnings: tuple[str, ...] = ()
    synthetic: bool = False

    def __len__(self) -> int:
        return len(self.identifiers)
