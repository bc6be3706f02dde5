"""Trajectory: people by state from cycle to cycle, and what that costs and brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.shape import split, states_of
from preuve.economics.outcomes import LIFE_YEARS
from preuve.economics.specification.structure import Cohort, PartitionedSurvival, Reward
from preuve.economics.structure.states import Layout
from preuve.economics.workbook.clock import Clock
from preuve.economics.workbook.formula import Column, Formula, called, number, total
from preuve.economics.workbook.result import Amount, Result
from preuve.economics.workbook.sheet import DISCOUNTED, PLAIN, Grid
from preuve.economics.workbook.tree import Way, at_start, walk
from preuve.economics.workbook.under import Under

COSTS, EFFECTS, UNDISCOUNTED = 0, 1, 2
"""Weights of the clock."""


@dataclass
class Trajectory:
    """People under one strategy.

    Attributes:
        under: its formulas. layout: its places, tunnels told apart.
        people: the column of each place. states: that of each state. way: the way in.
        flows: people who go from a place to a state within each cycle.
    """

    under: Under
    layout: Layout
    clock: Clock
    grid: Grid
    people: list[Column] = field(default_factory=list)
    states: dict[str, Column] = field(default_factory=dict)
    way: Way = field(default_factory=Way)
    flows: dict[tuple[int, str], Formula] = field(default_factory=dict)

    @classmethod
    def of(cls, under: Under) -> Trajectory:
        assert under.clock is not None
        assert under.grid is not None
        return cls(under, Layout.of(under.model), under.clock, under.grid)

    @cached_property
    def length(self) -> float:
        return float(self.under.model.cycle.years)

    def since(self, place: int) -> float | None:
        """Years since entry, for a tunnel."""
        state = self.layout.places[place].state
        tunnel = self.layout.tunnels[self.layout.states.index(state)] > 1
        return self.layout.places[place].stayed * self.length if tunnel else None

    def title(self, place: int) -> str:
        here = self.layout.places[place]
        if self.since(place) is None:
            return here.state
        return _("{state}, cycle {cycle}").format(state=here.state, cycle=here.stayed + 1)

    def move(self, structure: Cohort) -> None:
        """The columns of people of a cohort."""
        start = self._start(structure)
        chances = self._chances(structure)
        inflow: list[list[tuple[int, Formula]]] = [[] for _place in self.layout.places]
        for (place, state), chance in chances.items():
            inflow[self.layout.arrival(place, state)].append((place, chance))
        values = _moved([one.value for one in start], inflow, self.under.model.cycles)
        self.people = [
            Column(
                self.grid.name, self.under.groups.people, self.title(place), values[:, place],
                first=start[place], style="probability",
            )
            for place in range(len(self.layout.places))
        ]  # fmt: skip
        self.grid.columns += self.people
        self._gather()
        for column, sources in zip(self.people, inflow, strict=True):
            column.formula = total(one.moved(-1, one.value) for one in self._inflow(sources))
        self.flows = {
            (place, state): self.people[place].here * chance
            for (place, state), chance in chances.items()
        }

    def read_off(self, structure: PartitionedSurvival) -> None:
        """The columns of people of survival curves: each state is what two curves leave."""
        group, states = self.under.groups.people, list(self.layout.states)
        curves = [
            self.grid.column(
                self.under.groups.transitions,
                _("Curve of {state}").format(state=state),
                self.under.at(("structure", "curves", state)),
                style="probability",
            )
            for state in states[:-1]
        ]
        edges = [one.here for one in curves]
        inside = [edges[0], *(high - low for low, high in pairwise(edges)), number(1) - edges[-1]]
        self.people = [
            self.grid.column(group, state, one, style="probability")
            for state, one in zip(states, inside, strict=True)
        ]
        self.under.chances += [one.here for one in self.people]
        self.flows = self._told(structure, [_leaving(one) for one in curves])
        self._gather()

    def _told(
        self, structure: PartitionedSurvival, leaving: list[Formula]
    ) -> dict[tuple[int, str], Formula]:
        """The moves that curves tell: see structure/partitioned_survival.py."""
        states = list(self.layout.states)
        found: dict[tuple[int, str], Formula] = {}
        for state in structure.progression:
            before = states.index(state) - 1
            title = _("Share who enter {state}").format(state=state)
            share = self.under.at(("structure", "progression", state))
            kept = self.under.kept(self.under.groups.transitions, title, share, style="probability")
            found[before, state] = leaving[before] * kept
        found[len(states) - 2, states[-1]] = leaving[-1]
        if len(states) == 3 and (0, states[1]) in found:
            at_once = leaving[0] - found[0, states[1]]
            least = np.minimum(at_once.value, leaving[1].value)
            after = leaving[1] - at_once
            found[0, states[2]] = called("MIN", (at_once, leaving[1]), least)
            found[1, states[2]] = called("MAX", (after, number(0)), after.value.clip(min=0))
        return found

    def _inflow(self, sources: Sequence[tuple[int, Formula]]) -> Iterator[Formula]:
        """People who come to a place; those of a whole state at once, where one chance holds."""
        for state, group in groupby(sources, lambda one: self.layout.places[one[0]].state):
            held = list(group)
            whole = len(held) == len(self._places(state)) > 1
            if whole and len({id(chance) for _place, chance in held}) == 1:
                yield self.states[state].here * held[0][1]
                continue
            yield from (self.people[place].here * chance for place, chance in held)

    def _start(self, structure: Cohort) -> list[Formula]:
        shares: dict[str, Formula] = {}
        group = self.under.groups.start
        if structure.entry:
            self.way = walk(self.under, ("structure", "entry"), structure.entry)
            for state, parts in self.way.reached.items():
                shares[state] = self.under.kept(
                    group, self._starts(state), total(parts), style="probability"
                )
        else:
            shares = self.under.row(
                group,
                ("structure", "start"),
                structure.start,
                {state: self._starts(state) for state in structure.start},
                title=_("People at the start"),
                now=True,
            )
        return [
            shares.get(place.state, number(0)) if place.stayed == 0 else number(0)
            for place in self.layout.places
        ]

    def _starts(self, state: str) -> str:
        return _("Start in {state}").format(state=state)

    def _chances(self, structure: Cohort) -> dict[tuple[int, str], Formula]:
        """Every transition that is not nil, by place left and state reached."""
        found: dict[tuple[int, str], Formula] = {}
        rows: dict[tuple[str, int], dict[str, Formula]] = {}
        for place, here in enumerate(self.layout.places):
            written = structure.transitions.get(here.state)
            if written is None:
                found[place, here.state] = number(1)
                continue
            at: Location = ("structure", "transitions", here.state)
            remembers = any(
                self.under.remembers(*at, name)
                for name in written
                if (*at, name) in self.under.model.formulas
            )
            stayed = here.stayed if remembers else 0
            if (here.state, stayed) not in rows:
                rows[here.state, stayed] = self.under.row(
                    self.under.groups.transitions,
                    at,
                    written,
                    {name: f"{here.state} → {name}" for name in written},
                    title=f"Σ {here.state} → …",
                    stayed=stayed,
                    since=stayed * self.length if remembers else None,
                )
            row = rows[here.state, stayed]
            found |= {(place, state): chance for state, chance in row.items()}
        return found

    def _gather(self) -> None:
        """A column for each state whose places are told apart, and one of all people."""
        group = self.under.groups.people
        for state in self.layout.states:
            places = self._places(state)
            if len(places) == 1:
                self.states[state] = self.people[places[0]]
                continue
            self.states[state] = self.grid.column(
                group,
                _("{state}, all").format(state=state),
                total(self.people[place].here for place in places),
                style="probability",
            )
        everyone = total(one.here for one in self.states.values())
        self.mass = self.grid.column(group, _("Everyone"), everyone, style="probability")

    def _places(self, state: str) -> list[int]:
        return [place for place, one in enumerate(self.layout.places) if one.state == state]

    def result(self) -> Result:
        """What the strategy costs and brings; the technology is added elsewhere."""
        rewards = self.under.model.written.rewards
        costs = {name: self._item("costs", name, reward) for name, reward in rewards.costs.items()}
        effects = {
            name: self._item("effects", name, reward) for name, reward in rewards.effects.items()
        }
        effects[LIFE_YEARS] = self._life_years()
        return Result(costs, effects, self.mass)

    def _item(self, kind: str, name: str, reward: Reward) -> Amount:
        parts = []
        spent = self._spent(kind, name, reward)
        if spent:
            parts.append(self.lived(kind, name, spent))
        happened = self._happened(kind, name, reward)
        if happened is not None:
            title = _("{item}, events").format(item=name)
            parts.append(self.counted(kind, title, happened, events=True))
        start = at_start(self.under, kind, name, self.way)
        if start is not None:
            parts.append(Amount(start, start))
        if not parts:
            return Amount(number(0), number(0))
        return Amount(total(one.discounted for one in parts), total(one.plain for one in parts))

    def lived(self, kind: str, title: str, spent: Sequence[tuple[Column, Formula]]) -> Amount:
        """Rates a year of the people at some places, summed over time.

        A rate that varies is that of the cycle, read at its start: its people are then counted
        cycle by cycle, where the rule looks at the end of a cycle.
        """
        rule = self.under.model.written.decision.correction
        if rule not in ("half_cycle", "end") or not any(rate.varies for _people, rate in spent):
            formula = total(people.here * rate for people, rate in spent)
            return self.counted(kind, title, formula)
        parts = [_within(people, rule == "half_cycle") * rate for people, rate in spent]
        shown = _("{item}, in the cycle").format(item=title)
        formula = total(parts) * self.under.inputs.cycle
        return self.counted(kind, shown, formula, events=True)

    def counted(self, kind: str, title: str, formula: Formula, *, events: bool = False) -> Amount:
        """A column of amounts, summed over time."""
        group = self.under.groups.costs if kind == "costs" else self.under.groups.effects
        style = "money" if kind == "costs" else "effect"
        column = self.grid.column(group, title, formula, style=style, events=events)
        weights = self.clock.events if events else self.clock.points
        which = COSTS if kind == "costs" else EFFECTS
        self.grid.summed(column, weights[which], weights[UNDISCOUNTED])
        return Amount(column.top(DISCOUNTED), column.top(PLAIN))

    def _spent(self, kind: str, name: str, reward: Reward) -> list[tuple[Column, Formula]]:
        """People and what each of them counts a year."""
        parts = []
        for state in reward.states:
            at: Location = ("rewards", kind, name, "states", state)
            title = _("{item} in {state}, a year").format(item=name, state=state)
            if not self.under.remembers(*at):
                parts.append((self.states[state], self._amount(title, at)))
                continue
            for place in self._places(state):
                stayed = self.layout.places[place].stayed
                rate = self._amount(title, at, stayed, self.since(place))
                parts.append((self.people[place], rate))
        return parts

    def _amount(
        self, title: str, at: Location, stayed: int = 0, since: float | None = None
    ) -> Formula:
        group, formula = self.under.groups.amounts, self.under.at(at, stayed)
        return self.under.kept(group, title, formula, since=since, written=self._as_written(at))

    def _as_written(self, at: Location) -> str:
        """What the model writes of a reward."""
        _rewards, kind, name, field, key = at
        reward = getattr(self.under.model.written.rewards, str(kind))[str(name)]
        return str(getattr(reward, str(field))[key])

    def _happened(self, kind: str, name: str, reward: Reward) -> Formula | None:
        parts = []
        for place, state, at in self._moves(kind, name, reward):
            flow = self.flows.get((place, state))
            if flow is None:
                continue
            remembers = self.under.remembers(*at)
            amount = self._amount(
                f"{name}: {at[-1] if '>' in str(at[-1]) else '→ ' + str(at[-1])}",
                at,
                self.layout.places[place].stayed if remembers else 0,
                self.since(place) if remembers else None,
            )
            parts.append(flow * amount)
        return total(parts) if parts else None

    def _moves(self, kind: str, name: str, reward: Reward) -> Iterator[tuple[int, str, Location]]:
        for state in reward.entering:
            for place, here in enumerate(self.layout.places):
                if here.state != state:
                    yield place, state, ("rewards", kind, name, "entering", state)
        for transition in reward.transitions:
            before, after = split(transition)
            for place in self._places(before):
                yield place, after, ("rewards", kind, name, "transitions", transition)

    def _life_years(self) -> Amount:
        states = states_of(self.under.model.written)
        alive = total(self.states[name].here for name, one in states.items() if not one.dead)
        return self.counted("effects", _("Alive"), alive)


def _within(people: Column, mean: bool) -> Formula:
    """People at the end of each cycle, or the mean of its two ends."""
    here = people.here
    after = here.moved(1, np.append(people.value[1:], 0.0))
    return (here + after) / number(2) if mean else after


def _leaving(curve: Column) -> Formula:
    """People who leave a curve within each cycle."""
    return curve.here - _within(curve, mean=False)


def _moved(
    start: list[np.ndarray], inflow: list[list[tuple[int, Formula]]], cycles: int
) -> np.ndarray:
    """People at each place, (T + 1, places)."""
    trace = np.zeros((cycles + 1, len(start)))
    trace[0] = [float(one) for one in start]
    held = [
        [(place, np.broadcast_to(chance.value, (cycles + 1,))) for place, chance in sources]
        for sources in inflow
    ]
    for cycle in range(cycles):
        for target, sources in enumerate(held):
            trace[cycle + 1, target] = sum(
                trace[cycle, place] * chance[cycle] for place, chance in sources
            )
    return trace
