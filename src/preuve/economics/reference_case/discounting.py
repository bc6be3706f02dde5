"""Discounting: what a euro or a year of life at a later date is worth today, by steps."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml

Confidence: TypeAlias = Literal["high", "medium", "low"]
Floats: TypeAlias = NDArray[np.float64]

TABLE = Path(__file__).with_suffix(".yaml")
HIGHEST = 0.2
"""A yearly rate above this one is taken for a slip: 3 written for 3 %."""


@dataclass(frozen=True)
class Rule:
    """Yearly forward rates by step.

    Attributes:
        starts: years at which each step begins; the first is 0, then increasing.
        rates: yearly rate of each step, as a share (0.025 for 2.5 %).
    """

    starts: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        increasing = all(a < b for a, b in pairwise(self.starts))
        if not increasing or len(self.starts) != len(self.rates) or self.starts[:1] != (0,):
            raise PreuveError(_("Steps of discounting start at year 0 and their years increase."))


@dataclass(frozen=True)
class Discounting:
    """How costs and effects are discounted.

    Attributes:
        costs: the rule of costs.
        effects: the rule of health effects.
        name: the packaged rule it was read from; empty for rates written by hand.
    """

    costs: Rule
    effects: Rule
    name: str = ""


class Step(Written):
    """A rate and the year it starts from."""

    start: float = Field(alias="from", ge=0)
    rate: float = Field(ge=0, le=HIGHEST)


class NamedRule(Written):
    """A packaged rule, with where it comes from and how sure it is."""

    name: str
    title: Text
    costs: tuple[Step, ...]
    effects: tuple[Step, ...]
    source: str
    date: datetime.date
    confidence: Confidence
    note: Text

    @property
    def discounting(self) -> Discounting:
        return Discounting(_rule(self.costs), _rule(self.effects), self.name)


class _Table(Written):
    rules: tuple[NamedRule, ...]


@cache
def named_rules() -> dict[str, NamedRule]:
    """The packaged rules by name."""
    table = parse(_Table, read_yaml(TABLE), TABLE)
    return {rule.name: rule for rule in table.rules}


def factor(rule: Rule, years: ArrayLike) -> Floats:
    """What one unit at time t is worth at time 0.

    Forward rates are compounded over the time spent in each step: with 2.5 % then 1.5 % after 30
    years, the factor at 40 years is 1.025**-30 * 1.015**-10.

    Args:
        rule: the steps.
        years: times in years from now, any shape, none negative.

    Returns:
        Factors in [0, 1], same shape as `years`.

    Raises:
        PreuveError: a time is negative or not a number.
    """
    t = _times(years)
    ends = (*rule.starts[1:], math.inf)
    exponent = np.zeros_like(t)
    for start, end, rate in zip(rule.starts, ends, rule.rates, strict=True):
        exponent += math.log1p(rate) * (np.clip(t, start, end) - start)
    return np.exp(-exponent)


def force(rule: Rule, years: ArrayLike) -> Floats:
    """The continuous rate log(1 + r) in force at each time; a step holds from its first instant.

    Raises:
        PreuveError: a time is negative or not a number.
    """
    step = np.searchsorted(rule.starts, _times(years), side="right") - 1
    forces: Floats = np.log1p(np.array(rule.rates))
    return np.asarray(forces[step])


def _times(years: ArrayLike) -> Floats:
    t = np.asarray(years, dtype=float)
    if not np.all(t >= 0):
        raise PreuveError(_("A time to discount is a number of years, zero or more."))
    return t


def discounting(written: object, where: object = "") -> Discounting:
    """The discounting that a model writes.

    Args:
        written: the name of a packaged rule (`has_2020`); a rate (`3 %` or 0.03); steps
            (`[{from: 0, rate: 4 %}, ...]`, alone or under `steps`); or one of those for each of
            `costs` and `effects`.
        where: the field concerned, told in an error.

    Raises:
        PreuveError: an unknown name, a rate out of [0, 20 %], steps that do not start at 0 or do
            not increase, a missing or unknown key.
    """
    if isinstance(written, str) and written in named_rules():
        return named_rules()[written].discounting
    if isinstance(written, dict) and "steps" not in written:
        return _by_outcome(written, where)
    rule = _written_rule(written, where)
    return Discounting(rule, rule)


def _by_outcome(written: dict[Any, Any], where: object) -> Discounting:
    if set(written) != {"costs", "effects"}:
        raise PreuveError(
            _("Discounting is written for `costs` and for `effects`, both."),
            where=where,
            remedy=_("Example: {example}").format(example="{costs: 3 %, effects: 1.5 %}"),
        )
    return Discounting(
        discounting(written["costs"], f"{where}.costs").costs,
        discounting(written["effects"], f"{where}.effects").effects,
    )


def _written_rule(written: object, where: object) -> Rule:
    if isinstance(written, dict):
        if set(written) != {"steps"} or not isinstance(written["steps"], list | tuple):
            raise PreuveError(
                _("Steps of discounting are a list of years and rates, alone under `steps`."),
                where=where,
            )
        return _written_rule(written["steps"], f"{where}.steps")
    if isinstance(written, list | tuple):
        return _rule([_step(one, f"{where}.{i}") for i, one in enumerate(written)], where)
    return Rule((0.0,), (_rate(written, where),))


def _step(written: object, where: object) -> Step:
    if not isinstance(written, dict) or "rate" not in written:
        raise PreuveError(
            _("A step is written with its first year and its rate."),
            where=where,
            remedy=_("Example: {example}").format(example="{from: 30, rate: 1.5 %}"),
        )
    return parse(Step, written | {"rate": _rate(written["rate"], where)}, where)


def _rule(steps: Sequence[Step], where: object = TABLE) -> Rule:
    try:
        return Rule(tuple(step.start for step in steps), tuple(step.rate for step in steps))
    except PreuveError as error:
        raise PreuveError(error.problem, where=where) from error


def _rate(written: object, where: object) -> float:
    """A yearly rate as a share of one, from 0.03 or "3 %"."""
    value = _share(written)
    if value is None:
        raise PreuveError(
            _("“{written}” is neither a rate nor a known rule.").format(written=written)
            + nearest(str(written), named_rules()),
            where=where,
            remedy=_("Write a rate such as 2.5 % or 0.025, or one of: {names}.").format(
                names=", ".join(named_rules())
            ),
        )
    if not 0 <= value <= HIGHEST:
        raise PreuveError(
            _("A yearly rate of {rate} % is out of bounds.").format(rate=f"{100 * value:g}"),
            where=where,
            remedy=_("Write 3 % or 0.03 for three per cent."),
        )
    return value


def _share(written: object) -> float | None:
    if isinstance(written, bool):
        return None
    if isinstance(written, int | float):
        return float(written)
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*%\s*", str(written))
    return float(found[1].replace(",", ".")) / 100 if found else None
