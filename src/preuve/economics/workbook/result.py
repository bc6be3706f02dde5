"""Result: what one strategy costs and brings, as formulas."""

from __future__ import annotations

from dataclasses import dataclass, field

from preuve.economics.workbook.formula import Column, Formula


@dataclass(frozen=True)
class Amount:
    """A cost or an effect in all, discounted and not."""

    discounted: Formula
    plain: Formula

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.discounted + other.discounted, self.plain + other.plain)


@dataclass(frozen=True)
class Result:
    """One strategy.

    Attributes:
        costs: by item, the technology last. effects: by name, life_years last.
        mass: people in all at each point of time, if there are states.
        payers: the discounted cost that falls to each.
    """

    costs: dict[str, Amount]
    effects: dict[str, Amount]
    mass: Column | None = None
    payers: dict[str, Formula] = field(default_factory=dict)
