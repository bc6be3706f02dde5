"""Functions: what a formula may call, each as arithmetic on a few primitives, with its unit.

A function is replaced by its arithmetic when the model is read, so that the evaluation over
draws, the kernel for individuals and the workbook's cells all see the same few primitives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from preuve.core.language import _
from preuve.economics.expression.syntax import Call, Expression, Number, Operation
from preuve.economics.expression.units import (
    PLAIN,
    TIMES,
    Unit,
    UnitError,
    per,
    plain,
    quotient,
    same,
    time_of,
)

Typed: TypeAlias = tuple[Expression, Unit]


@dataclass(frozen=True)
class Span:
    """The length of a cycle: `count` times `word` ("month")."""

    count: float
    word: str

    @property
    def years(self) -> float:
        return self.count * TIMES[self.word]

    def per(self, word: str) -> float:
        """How many `word` a cycle lasts."""
        if word == "cycle":
            return 1.0
        return self.count * TIMES[self.word] / TIMES[word]


Function: TypeAlias = Callable[[str, Sequence[Typed], Span], Typed]


def _op(sign: str, left: Expression, right: Expression | float) -> Expression:
    other = Number(float(right)) if isinstance(right, int | float) else right
    return Operation(sign, left, other)


def _minus_from_one(of: Expression) -> Expression:
    return Operation("-", Number(1.0), of)


def _exp(of: Expression) -> Expression:
    return Call("exp", (of,))


def _plain_one(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    ((of, unit),) = given
    plain(unit, f"{name}(x)")
    return Call(name, (of,)), PLAIN


def _keeping(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    ((of, unit),) = given
    return Call(name, (of,)), unit


def _several(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    expression, unit = given[0]
    for other, counted in given[1:]:
        unit = same(unit, counted, f"{name}(…)")
        expression = Call(name, (expression, other))
    return expression, unit


def _logit(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    ((of, unit),) = given
    plain(unit, f"{name}(x)")
    return Call("log", (_op("/", of, _minus_from_one(of)),)), PLAIN


def _logistic(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    ((of, unit),) = given
    plain(unit, f"{name}(x)")
    return _op("/", Number(1.0), _op("+", _exp(_op("*", of, -1.0)), 1.0)), PLAIN


def _probability(_name: str, given: Sequence[Typed], cycle: Span) -> Typed:
    """1 - exp(-rate x cycle): the chance over a cycle at a constant rate."""
    ((of, unit),) = given
    if unit.span or len(unit.words) != 1:
        raise UnitError(
            _("probability(x) takes a rate per unit of time, not {unit}.").format(unit=str(unit))
        )
    length = cycle.per(time_of(unit))
    return _minus_from_one(_exp(_op("*", of, -length))), Unit(span="cycle")


def _rate(_name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """-log(1 - p) over the span of p."""
    ((of, unit),) = given
    if not unit.span:
        raise UnitError(
            _("rate(x) takes a probability over a span of time, not {unit}.").format(unit=str(unit))
        )
    hazard = _op("*", Call("log", (_minus_from_one(of),)), -1.0)
    return hazard, Unit(((unit.span, Fraction(-1)),))


def _per_cycle(_name: str, given: Sequence[Typed], cycle: Span) -> Typed:
    """1 - (1 - p) ** (cycle / span): the chance over a cycle at a constant hazard."""
    ((of, unit),) = given
    if not unit.span:
        raise UnitError(
            _("per_cycle(x) takes a probability over a span of time, not {unit}.").format(
                unit=str(unit)
            )
        )
    length = cycle.per(unit.span)
    if length == 1.0:
        return of, Unit(span="cycle")
    return _minus_from_one(_op("**", _minus_from_one(of), length)), Unit(span="cycle")


def _converted(word: str) -> Function:
    def convert(_name: str, given: Sequence[Typed], cycle: Span) -> Typed:
        ((of, unit),) = given
        if unit.span:
            length = cycle.years if unit.span == "cycle" else TIMES[unit.span]
            times = TIMES[word] / length
            kept = _minus_from_one(_op("**", _minus_from_one(of), times))
            return (of if times == 1.0 else kept), Unit(span=word)
        old = time_of(unit)
        times = TIMES[word] / TIMES[old]
        return (of if times == 1.0 else _op("*", of, times)), per(unit, word)

    return convert


def _hazard_ratio(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """The chance p under proportional hazards: 1 - (1 - p) ** hr."""
    (chance, unit), (ratio, counted) = given
    plain(unit, f"{name}(p, …)")
    plain(counted, f"{name}(…, ratio)")
    return _minus_from_one(_op("**", _minus_from_one(chance), ratio)), unit


def _odds_ratio(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """The chance of odds multiplied by a ratio: p or / (1 - p + p or)."""
    (chance, unit), (ratio, counted) = given
    plain(unit, f"{name}(p, …)")
    plain(counted, f"{name}(…, ratio)")
    times = _op("*", chance, ratio)
    return _op("/", times, _op("+", _minus_from_one(chance), times)), unit


def _over(name: str, time: Typed, scale: Typed) -> Expression:
    plain(quotient(time[1], scale[1]), f"{name}(…)")
    return _op("/", time[0], scale[0])


def _exponential(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """Survival exp(-rate t)."""
    (time, clock), (rate, unit) = given
    plain(quotient(clock, _inverse(unit)), f"{name}(…)")
    return _exp(_op("*", _op("*", time, rate), -1.0)), PLAIN


def _inverse(unit: Unit) -> Unit:
    return quotient(PLAIN, unit)


def _weibull(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """Survival exp(-(t / scale) ** shape)."""
    time, (shape, counted), scale = given
    plain(counted, f"{name}(…)")
    return _exp(_op("*", _op("**", _over(name, time, scale), shape), -1.0)), PLAIN


def _gompertz(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """Survival exp(-(rate / shape) (exp(shape t) - 1)), shape and rate per unit of t."""
    (time, clock), (shape, first), (rate, second) = given
    for unit in (first, second):
        plain(quotient(clock, _inverse(unit)), f"{name}(…)")
    grown = _op("-", _exp(_op("*", shape, time)), 1.0)
    return _exp(_op("*", _op("*", _op("/", rate, shape), grown), -1.0)), PLAIN


def _loglogistic(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """Survival 1 / (1 + (t / scale) ** shape)."""
    time, (shape, counted), scale = given
    plain(counted, f"{name}(…)")
    grown = _op("**", _over(name, time, scale), shape)
    return _op("/", Number(1.0), _op("+", grown, 1.0)), PLAIN


def _lognormal(name: str, given: Sequence[Typed], _cycle: Span) -> Typed:
    """Survival 1 - Phi(log(t / median) / sigma)."""
    time, median, (sigma, counted) = given
    plain(counted, f"{name}(…)")
    placed = _op("/", Call("log", (_over(name, time, median),)), sigma)
    return _minus_from_one(Call("normal_cdf", (placed,))), PLAIN


@dataclass(frozen=True)
class Known:
    """A function: how many arguments (fewest, most) and what it stands for."""

    fewest: int
    most: int
    function: Function


FUNCTIONS: Mapping[str, Known] = {
    "exp": Known(1, 1, _plain_one),
    "log": Known(1, 1, _plain_one),
    "sqrt": Known(1, 1, _plain_one),
    "floor": Known(1, 1, _keeping),
    "abs": Known(1, 1, _keeping),
    "min": Known(2, 9, _several),
    "max": Known(2, 9, _several),
    "logit": Known(1, 1, _logit),
    "logistic": Known(1, 1, _logistic),
    "normal_cdf": Known(1, 1, _plain_one),
    "probability": Known(1, 1, _probability),
    "rate": Known(1, 1, _rate),
    "per_cycle": Known(1, 1, _per_cycle),
    "yearly": Known(1, 1, _converted("year")),
    "monthly": Known(1, 1, _converted("month")),
    "daily": Known(1, 1, _converted("day")),
    "hazard_ratio": Known(2, 2, _hazard_ratio),
    "odds_ratio": Known(2, 2, _odds_ratio),
    "exponential": Known(2, 2, _exponential),
    "weibull": Known(3, 3, _weibull),
    "gompertz": Known(3, 3, _gompertz),
    "loglogistic": Known(3, 3, _loglogistic),
    "lognormal": Known(3, 3, _lognormal),
}
"""Every function of the house, by name."""
