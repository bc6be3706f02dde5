"""Technology: what it costs under the scheme by which it is paid."""

from __future__ import annotations

import numpy as np

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.shape import states_of
from preuve.economics.model import Model
from preuve.economics.outcomes import TECHNOLOGY
from preuve.economics.payment import LINEAR
from preuve.economics.specification.strategies import Price
from preuve.economics.workbook.formula import Column, Formula, number
from preuve.economics.workbook.result import Amount
from preuve.economics.workbook.trajectory import Trajectory
from preuve.economics.workbook.under import Under

MONTHS = 12


def technology(model: Model, under: Under, found: Trajectory | None) -> Amount:
    """The cost of the technology of a strategy; nothing where it has no price."""
    price = model.written.strategies[under.strategy].price
    if price is None:
        return Amount(number(0), number(0))
    at_once = price.once or found is None
    if is_linear(price):
        each = _linear(under, price, at_once)
        if at_once:
            return Amount(each, each)
    else:
        months = _scheduled(model, under.strategy)
        if at_once:
            each = under.kept(
                under.groups.amounts,
                TECHNOLOGY,
                number(float(months[0])),
                style="money",
                pasted=True,
            )
            return Amount(each, each)
        assert found is not None
        each = _month_by_month(found, months)
    assert found is not None
    states = states_of(model.written)
    living = [name for name, one in states.items() if not one.dead]
    yearly = each * number(MONTHS)
    enrolled = [(found.states[name], yearly) for name in price.states or living]
    return found.lived("costs", TECHNOLOGY, enrolled)


def is_linear(price: Price) -> bool:
    """Whether what is paid is an amount times a quantity, as a formula."""
    return price.scheme.get("scheme") in LINEAR and "amount" in price.scheme


def _linear(under: Under, price: Price, at_once: bool) -> Formula:
    at: Location = ("strategies", under.strategy, "price")
    amount = under.now(under.at((*at, "scheme", "amount")))
    each = amount
    if price.uses is not None:
        uses = under.now(under.at((*at, "uses")))
        each = amount * uses if at_once else amount * uses / number(MONTHS)
    elif price.patients is not None:
        each = amount / under.now(under.at((*at, "patients")))
    title = _("{item}, a person") if at_once else _("{item}, a person and month")
    return under.kept(under.groups.amounts, title.format(item=TECHNOLOGY), each)


def _scheduled(model: Model, strategy: str) -> np.ndarray:
    """What the scheme asks for one person in each month, as the program works it out."""
    from preuve.economics.compilation.scope import Scope
    from preuve.economics.payment import monthly

    price = model.written.strategies[strategy].price
    assert price is not None
    scope = Scope(model.compiled, model.joint.central()).under(strategy)
    at = ("strategies", strategy, "price")
    return np.asarray(monthly(scope, at, price, 1)[:, 0])


def _month_by_month(found: Trajectory, months: np.ndarray) -> Formula:
    """A column of numbers: the month of the scheme that each point of time falls in."""
    points = np.arange(found.under.model.cycles + 1)
    held = np.minimum((points * found.length * MONTHS + 1e-9).astype(int), len(months) - 1)
    title = _("{item}, a person and month").format(item=TECHNOLOGY)
    group = found.under.groups.amounts
    made = Column(found.grid.name, group, title, months[held], style="money", pasted=True)
    return found.grid.add(made).here
