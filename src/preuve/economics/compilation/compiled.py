"""Compiled: a model whose names are resolved and whose units are checked, ready for arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from preuve.core.lines import Location, Origin
from preuve.economics.expression.evaluation import Table
from preuve.economics.expression.functions import Span
from preuve.economics.expression.syntax import Expression, names
from preuve.economics.specification.written import WrittenModel

CLOCKS = ("time", "age", "step", "sojourn")
"""Names that vary from cycle to cycle: years since the start, age in years, number of the cycle,
years since entry into a tunnel."""


@dataclass(frozen=True)
class Compiled:
    """A model ready to run.

    Attributes:
        written: what was read. origin: its file and the line of each field.
        figures: names of the parameters, drawn or certain, in order.
        values: the formula of each value, `pathway.` names among them, in an order in which
            each builds on those before it only.
        reads: every name that a value rests on, itself left out (values and parameters,
            clocks, traits).
        formulas: by location, every other formula; rates told per year.
        tables: by name.
    """

    written: WrittenModel
    origin: Origin
    figures: tuple[str, ...]
    values: Mapping[str, Expression]
    reads: Mapping[str, frozenset[str]]
    formulas: Mapping[Location, Expression]
    tables: Mapping[str, Table]

    @property
    def cycle(self) -> Span:
        """The length of a cycle."""
        return self.written.decision.span

    @property
    def cycles(self) -> int:
        """How many cycles; 0 for a model without time."""
        return self.written.decision.cycles

    @property
    def strategies(self) -> tuple[str, ...]:
        """Those that are modelled, the reference first."""
        return tuple(name for name, one in self.written.strategies.items() if one.excluded is None)

    @cached_property
    def compared(self) -> frozenset[str]:
        """Every name that the comparison itself rests on, other worlds left out."""
        own = [tree for at, tree in self.formulas.items() if at[0] != "analyses"]
        read = frozenset().union(*(names(tree) for tree in own))
        return read.union(*(self.reads[name] for name in read & self.reads.keys()))

    def changed_by(self, names: frozenset[str]) -> frozenset[str]:
        """The values that rest on any of some names."""
        return frozenset(one for one, read in self.reads.items() if read & names)
