"""Technology: what it costs under the scheme by which it is paid."""

from __future__ import annotations

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import states_of
from preuve.economics.model import Model
from preuve.economics.outcomes import TECHNOLOGY
from preuve.economics.payment import MONTHS, is_linear, paid_once, yearly
from preuve.economics.specification.strategies import Price
from preuve.economics.workbook.formula import Column, Formula, number
from preuve.economics.workbook.result import Amount
from preuve.economics.workbook.trajectory import Trajectory
from preuve.economics.workbook.under import Under


def technology(model: Model, under: Under, found: Trajectory | None) -> Amount:
    """The cost of the technology of a strategy; nothing where it has no price."""
    price = model.written.strategies[under.strategy].price
    if price is None:
        return Amount(number(0), number(0))
    at_once = price.once or found is None
    if at_once:
        each = (
            _linear(under, price, at_once) if is_linear(price) else _paid_once(model, under, price)
        )
        return Amount(each, each)
    assert found is not None
    each = _linear(under, price, at_once) if is_linear(price) else _by_cycle(model, found, price)
    states = states_of(model.written)
    living = [name for name, one in states.items() if not one.dead]
    yearly = each * number(MONTHS)
    enrolled = [(found.states[name], yearly) for name in price.states or living]
    return found.lived("costs", TECHNOLOGY, enrolled)


def _linear(under: Under, price: Price, at_once: bool) -> Formula:
    at: Location = ("strategies", under.strategy, "price")
    each = under.at((*at, "scheme", "amount"))
    if price.uses is not None:
        uses = under.at((*at, "uses"))
        each = each * uses if at_once else each * uses / number(MONTHS)
    elif price.patients is not None:
        each = each / under.at((*at, "patients"))
    if at_once:
        each = under.now(each)
    title = _("{item}, a person") if at_once else _("{item}, a person and month")
    return under.kept(under.groups.amounts, title.format(item=TECHNOLOGY), each)


def _paid_once(model: Model, under: Under, price: Price) -> Formula:
    """What the scheme asks for one person at the start, as the program works it out."""
    amount = paid_once(*_asked(model, under.strategy, price))[0]
    return under.kept(
        under.groups.amounts, TECHNOLOGY, number(float(amount)), style="money", pasted=True
    )


def _by_cycle(model: Model, found: Trajectory, price: Price) -> Formula:
    """A column of numbers: what the scheme asks for a month, in the cycle from each point."""
    each = yearly(*_asked(model, found.under.strategy, price))[:, 0] / MONTHS
    title = _("{item}, a person and month").format(item=TECHNOLOGY)
    group = found.under.groups.amounts
    made = Column(found.grid.name, group, title, each, style="money", pasted=True)
    return found.grid.add(made).here


def _asked(model: Model, strategy: str, price: Price) -> tuple[Scope, tuple[str, ...], Price, int]:
    scope = Scope(model.compiled, model.joint.central()).under(strategy)
    return scope, ("strategies", strategy, "price"), price, 1
