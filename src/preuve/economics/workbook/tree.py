"""Tree: forks as rows of values: the chance of each branch, of reaching it, and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from preuve.core.lines import Location
from preuve.economics.specification.structure import Branch
from preuve.economics.workbook.formula import Formula, number, total
from preuve.economics.workbook.under import Under


@dataclass
class Way:
    """What happens on the way through a tree, by item, effect and state reached."""

    costs: dict[str, list[Formula]] = field(default_factory=dict)
    effects: dict[str, list[Formula]] = field(default_factory=dict)
    reached: dict[str, list[Formula]] = field(default_factory=dict)


def walk(under: Under, at: Location, branches: Sequence[Branch]) -> Way:
    """The tree that stands at a location."""
    found = Way()
    _fork(under, at, branches, (), number(1), found)
    return found


def _fork(
    under: Under,
    at: Location,
    branches: Sequence[Branch],
    way: tuple[str, ...],
    reach: Formula,
    found: Way,
) -> None:
    ways = [(*way, branch.name) for branch in branches]
    chances = under.row(
        under.groups.start,
        at,
        {str(place): branch.probability for place, branch in enumerate(branches)},
        {str(place): f"P({' → '.join(one)})" for place, one in enumerate(ways)},
        title=f"Σ P({' → '.join((*way, '…'))})",
        now=True,
        fields={str(place): (*at, place, "probability") for place in range(len(branches))},
    )
    for place, (branch, chance) in enumerate(zip(branches, chances.values(), strict=True)):
        here, title = (*at, place), " → ".join(ways[place])
        reached = chance
        if way:
            reached = under.kept(under.groups.start, title, reach * chance, style="probability")
        for kind in ("costs", "effects"):
            parts: dict[str, list[Formula]] = getattr(found, kind)
            for name in getattr(branch, kind):
                amount = under.now(under.at((*here, kind, name)))
                kept = under.kept(under.groups.amounts, f"{name}: {title}", amount)
                parts.setdefault(name, []).append(reached * kept)
        if branch.then:
            _fork(under, (*here, "then"), branch.then, ways[place], reached, found)
        elif branch.to is not None:
            found.reached.setdefault(branch.to, []).append(reached)


def at_start(under: Under, kind: str, name: str, way: Way) -> Formula | None:
    """What an item counts at the start: on its way through the tree, and once."""
    parts = list(getattr(way, kind).get(name, ()))
    at: Location = ("rewards", kind, name, "once")
    if at in under.model.formulas:
        parts.append(under.now(under.at(at)))
    if not parts:
        return None
    group = under.groups.costs if kind == "costs" else under.groups.effects
    return under.kept(group, name, total(parts))
