"""Places: every formula of a written model, where it stands, and what it must count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from preuve.core.lines import Location
from preuve.economics.specification.formula import is_rest
from preuve.economics.specification.structure import (
    Branch,
    Cohort,
    Continuous,
    Microsimulation,
    PartitionedSurvival,
    Queue,
    Reward,
    Tree,
)
from preuve.economics.specification.written import WrittenModel

Need: TypeAlias = Literal[
    "anything", "plain", "probability", "share", "rate", "money", "money_rate", "effect",
    "effect_rate", "hours", "per_hour", "age", "uses", "uses_once", "amount", "amount_a_month",
]  # fmt: skip
"""What a formula must count.

probability: a chance over a cycle. share: a plain number. rate: per unit of time, told per year.
money, effect: once. money_rate, effect_rate: per unit of time, told per year. uses: of a technology
or people, told per year where they are per unit of time. amount: money for a use;
amount_a_month: money per unit of time, told per month.
"""


@dataclass(frozen=True)
class Place:
    """A formula: where it stands, what is written, what it must count.

    Attributes:
        word: the unit of an effect (QALY, ...); the name it redefines, for `anything`.
    """

    location: Location
    formula: float | str
    need: Need
    word: str = ""


def places(model: WrittenModel) -> Iterator[Place]:
    """Every formula of structure, rewards, strategies and analyses; not the values."""
    if model.decision.start_age is not None:
        yield Place(("decision", "start_age"), model.decision.start_age, "age")
    yield from _structure(model)
    for name, reward in model.rewards.costs.items():
        yield from _reward(("rewards", "costs", name), reward, "money", "")
    for name, reward in model.rewards.effects.items():
        yield from _reward(("rewards", "effects", name), reward, "effect", effect_unit(model, name))
    for name, strategy in model.strategies.items():
        yield from _set(("strategies", name, "set"), strategy.set)
        if strategy.price is None:
            continue
        at: Location = ("strategies", name, "price")
        yield from _many((*at, "payer"), strategy.price.payer, "share")
        for word in ("uses", "patients"):
            formula = getattr(strategy.price, word)
            if formula is not None:
                at_once = strategy.price.once and word == "uses"
                yield Place((*at, word), formula, "uses_once" if at_once else "uses")
        amount = strategy.price.scheme.get("amount")
        if isinstance(amount, int | float | str):
            each = strategy.price.once or strategy.price.scheme.get("scheme") == "per_use"
            need: Need = "amount" if each else "amount_a_month"
            yield Place((*at, "scheme", "amount"), amount, need)
    yield from _analyses(model)


def effect_unit(model: WrittenModel, name: str) -> str:
    """What an effect counts."""
    return model.rewards.effects[name].unit or ("QALY" if name == "qaly" else "event")


def _structure(model: WrittenModel) -> Iterator[Place]:
    structure, at = model.structure, ("structure",)
    match structure:
        case Tree():
            yield from _branches(model, (*at, "branches"), structure.branches)
        case Cohort() | Microsimulation():
            yield from _entry(model, structure)
            for state, row in structure.transitions.items():
                yield from _row((*at, "transitions", state), row, "probability")
        case Continuous():
            yield from _entry(model, structure)
            for state, row in structure.intensities.items():
                yield from _many((*at, "intensities", state), row, "rate")
        case PartitionedSurvival():
            yield from _many((*at, "curves"), structure.curves, "share")
            yield from _many((*at, "progression"), structure.progression, "share")
        case Queue():
            yield Place((*at, "arrivals"), structure.arrivals, "per_hour")
            yield Place((*at, "service"), structure.service, "hours")
            yield Place((*at, "servers"), structure.servers, "share")
            if structure.target_wait is not None:
                yield Place((*at, "target_wait"), structure.target_wait, "hours")


def _entry(model: WrittenModel, structure: Any) -> Iterator[Place]:
    yield from _row(("structure", "start"), structure.start, "share")
    yield from _branches(model, ("structure", "entry"), structure.entry)


def _branches(model: WrittenModel, at: Location, branches: tuple[Branch, ...]) -> Iterator[Place]:
    for place, branch in enumerate(branches):
        here = (*at, place)
        if not is_rest(branch.probability):
            yield Place((*here, "probability"), branch.probability, "share")
        yield from _many((*here, "costs"), branch.costs, "money")
        for name, formula in branch.effects.items():
            unit = effect_unit(model, name) if name in model.rewards.effects else "event"
            yield Place((*here, "effects", name), formula, "effect", unit)
        yield from _branches(model, (*here, "then"), branch.then)


def _reward(
    at: Location, reward: Reward, once: Literal["money", "effect"], word: str
) -> Iterator[Place]:
    rate: Need = "money_rate" if once == "money" else "effect_rate"
    yield from _many((*at, "states"), reward.states, rate, word)
    yield from _many((*at, "entering"), reward.entering, once, word)
    yield from _many((*at, "transitions"), reward.transitions, once, word)
    yield from _many((*at, "payer"), reward.payer, "share")
    if reward.once is not None:
        yield Place((*at, "once"), reward.once, once, word)


def _set(at: Location, formulas: Mapping[str, float | str]) -> Iterator[Place]:
    for name, formula in formulas.items():
        yield Place((*at, name), formula, "anything", name)


def _many(
    at: Location, formulas: Mapping[str, float | str], need: Need, word: str = ""
) -> Iterator[Place]:
    for name, formula in formulas.items():
        yield Place((*at, name), formula, need, word)


def _row(
    at: Location, formulas: Mapping[str, float | str], need: Literal["share", "probability"]
) -> Iterator[Place]:
    """The formulas of a row, what remains (`rest`) left out."""
    yield from _many(at, {n: one for n, one in formulas.items() if not is_rest(one)}, need)


def _analyses(model: WrittenModel) -> Iterator[Place]:
    analyses, at = model.analyses, ("analyses",)
    for kind in ("scenarios", "subgroups"):
        for place, one in enumerate(getattr(analyses, kind)):
            yield from _set((*at, kind, place, "set"), one.set)
    if analyses.information is not None:
        yield Place((*at, "information", "people"), analyses.information.people, "uses")
    if analyses.budget is not None:
        yield Place((*at, "budget", "eligible"), analyses.budget.eligible, "uses")
        yield from _uptake((*at, "budget", "uptake"), analyses.budget.uptake)
        yield from _uptake((*at, "budget", "before"), analyses.budget.before)
        for place, other in enumerate(analyses.budget.scenarios):
            yield from _uptake((*at, "budget", "scenarios", place, "uptake"), other.uptake)


def _uptake(at: Location, shares: Mapping[str, tuple[float | str, ...]]) -> Iterator[Place]:
    for name, by_year in shares.items():
        for place, share in enumerate(by_year):
            yield Place((*at, name, place), share, "share")
