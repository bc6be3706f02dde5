"""Needs: whether a formula counts what its place asks, told in the units of the engine.

Times are told in years (hours for a queue) and money in the currency of the decision.
"""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.compilation.places import Place
from preuve.economics.expression.syntax import Expression, Number, Operation
from preuve.economics.expression.units import (
    TIMES,
    Unit,
    UnitError,
    plain,
    product,
    quotient,
    same,
    time_of,
    unit_of,
)
from preuve.economics.specification.decision import Decision


def settled(
    place: Place, lowered: Expression, unit: Unit, decision: Decision, meant: Unit | None
) -> Expression:
    """The formula in the units of the engine.

    Args:
        place: where it stands.
        lowered: it, in primitives.
        unit: what it counts.
        decision: money and cycle.
        meant: the unit of the name that it redefines, if any.

    Raises:
        UnitError: it counts something else; says what and how to mend it.
    """
    if unit.free:
        return lowered
    need = place.need
    if need in ("probability", "share", "plain"):
        _chance(unit, need)
        return lowered
    if need == "rate":
        return _yearly(lowered, unit, Unit())
    if need in ("money", "money_rate"):
        money = unit_of(decision.currency)
        return _counted(lowered, unit, money, rate=need == "money_rate")
    if need in ("effect", "effect_rate"):
        return _counted(lowered, unit, unit_of(place.word), rate=need == "effect_rate")
    if need in ("hours", "per_hour"):
        return _hours(lowered, unit, need)
    if need in ("uses", "uses_once"):
        return _uses(lowered, unit, decision.currency, once=need == "uses_once")
    if need in ("amount", "amount_a_month"):
        return _amount(lowered, unit, decision, monthly=need == "amount_a_month")
    if need == "anything" and meant is not None:
        same(unit, meant, _("what is set"))
    return lowered


def _chance(unit: Unit, need: str) -> None:
    if need == "probability" and unit.span not in ("", "cycle"):
        raise UnitError(
            _(
                "this is a probability per {span} and the cycle is not one {span}: "
                "write per_cycle(…)."
            ).format(span=unit.span)
        )
    if need == "probability" and unit.words:
        raise UnitError(
            _("a probability over a cycle is asked, not {unit}: write probability(rate).").format(
                unit=str(unit)
            )
        )
    plain(unit, _("this place"))


def _counted(lowered: Expression, unit: Unit, asked: Unit, *, rate: bool) -> Expression:
    if rate:
        return _yearly(lowered, unit, asked)
    same(unit, asked, _("this place, which asks {unit},").format(unit=str(asked)))
    return lowered


def _yearly(lowered: Expression, unit: Unit, asked: Unit) -> Expression:
    """A rate per unit of time, told per year."""
    try:
        word = time_of(unit)
    except UnitError as error:
        raise UnitError(
            _("{unit} is asked per unit of time (as {example}), not {given}.").format(
                unit=str(asked), example=f"{asked}/year", given=str(unit)
            )
        ) from error
    if unit.span or word not in TIMES:
        raise UnitError(
            _("a rate is asked, not {given}: write rate(probability).").format(given=str(unit))
        )
    counted = product(unit, unit_of(word))
    same(counted, asked, _("this place, which asks {unit},").format(unit=str(asked)))
    if word == "year":
        return lowered
    return Operation("*", lowered, Number(TIMES["year"] / TIMES[word]))


def _uses(lowered: Expression, unit: Unit, currency: str, *, once: bool) -> Expression:
    """A number of uses or of people; per year where it is per unit of time."""
    if unit.span or any(power > 0 and word in (*TIMES, currency) for word, power in unit.words):
        raise UnitError(_("a number of uses or of people is asked, not {unit}.").format(unit=unit))
    timed = [word for word, times in unit.words if word in TIMES and times == -1]
    if timed and once:
        raise UnitError(_("what is paid once asks a number of uses, not {unit}.").format(unit=unit))
    if not timed or timed == ["year"]:
        return lowered
    return Operation("/", lowered, Number(TIMES[timed[0]]))


def _amount(lowered: Expression, unit: Unit, decision: Decision, *, monthly: bool) -> Expression:
    """Money for a use, or money a month; what is used is not told apart."""
    powers = dict(unit.words)
    if powers.get(decision.currency) != 1:
        raise UnitError(
            _("an amount of {unit} is asked, not {given}.").format(
                unit=decision.currency, given=str(unit)
            )
        )
    timed = [word for word in powers if word in TIMES]
    if timed and (not monthly or timed != ["month"]):
        asked = f"{decision.currency}/month" if monthly else decision.currency
        raise UnitError(
            _("an amount of {unit} is asked, not {given}.").format(unit=asked, given=str(unit))
        )
    return lowered


def _hours(lowered: Expression, unit: Unit, need: str) -> Expression:
    """A duration told in hours, or a number per hour."""
    of = unit if need == "hours" else quotient(Unit(), unit)
    if len(of.words) != 1 or of.words[0][0] not in TIMES or of.words[0][1] != 1:
        raise UnitError(_("a time is asked, not {unit}.").format(unit=str(unit)))
    times = TIMES[of.words[0][0]] / TIMES["hour"]
    if times == 1.0:
        return lowered
    return Operation("*" if need == "hours" else "/", lowered, Number(times))
