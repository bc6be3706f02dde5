"""Payment: what a technology costs under the scheme by which it is paid, added to the sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.compilation.scope import Scope
from preuve.economics.compilation.shape import states_of
from preuve.economics.specification.strategies import Price
from preuve.economics.structure.rewarding import worth
from preuve.economics.structure.sums import Sums
from preuve.economics.weights import Weights

LINEAR = ("per_use", "per_professional", "per_site", "per_patient_month")
"""Schemes whose cost for one person is an amount times a quantity."""
MONTHS = 12.0


def paid(found: Sums, scope: Scope, strategy: str, weights: Weights, draws: int) -> Sums:
    """The sums with one more item: the technology.

    Raises:
        PreuveError: the scheme is not written as it must be.
    """
    price = scope.model.written.strategies[strategy].price
    added = (
        np.zeros((weights.rows, draws))
        if price is None
        else _paid(found, scope, strategy, price, weights, draws)
    )
    return replace(found, cost=np.concatenate([found.cost, added[None]]))


def _paid(
    found: Sums, scope: Scope, strategy: str, price: Price, weights: Weights, draws: int
) -> Floats:
    at = ("strategies", strategy, "price")
    if _at_once(scope, price) or found.trace is None:
        amount = paid_once(scope, at, price, draws)
        return np.asarray(weights.start[:, None] * amount)
    rate = yearly(scope, at, price, draws)
    states = list(states_of(scope.model.written))
    alive = [name for name, one in states_of(scope.model.written).items() if not one.dead]
    places = [states.index(name) for name in price.states or alive]
    if found.lived is not None and rate.ndim == 1:
        return np.asarray(found.lived[:, places].sum(axis=1) * rate)
    enrolled = found.trace[:, places].sum(axis=1)
    return weights.summed(enrolled, np.broadcast_to(rate, enrolled.shape))


def is_linear(price: Price) -> bool:
    """Whether what is paid is an amount times a quantity."""
    return price.scheme.get("scheme") in LINEAR and "amount" in price.scheme


def paid_once(scope: Scope, at: tuple[str, ...], price: Price, draws: int) -> Floats:
    """What is paid for one person at the start, (B,)."""
    found = _linear(scope, at, price, draws) if is_linear(price) else _months(scope, price, draws)
    return found if found.ndim == 1 else found[0]


def yearly(scope: Scope, at: tuple[str, ...], price: Price, draws: int) -> Floats:
    """What is paid for one person a year, (B,), or in the cycle from each point, (T + 1, B)."""
    if not is_linear(price):
        months = scope.model.cycle.years * MONTHS
        return by_cycle(_months(scope, price, draws), scope.model.cycles + 1, months)
    each = _linear(scope, at, price, draws)
    return each if price.uses is not None else each * MONTHS


def by_cycle(each: Floats, count: int, length: float) -> Floats:
    """Amounts of each month since entry (M, B) as the mean a year of each cycle, (count, B).

    Args:
        each: the last month stands for those after it.
        count: cycles.
        length: months of a cycle.
    """
    edges = np.arange(count + 1) * length
    whole = np.minimum((edges + 1e-9).astype(int), len(each) - 1)
    before = np.concatenate([np.zeros_like(each[:1]), np.cumsum(each, axis=0)])[whole]
    spent = before + each[whole] * (edges - whole)[:, None]
    return np.asarray(np.diff(spent, axis=0) / length * MONTHS)


def _linear(scope: Scope, at: tuple[str, ...], price: Price, draws: int) -> Floats:
    """Amount times uses, or a month over the people of each professional or site.

    (B,), or (T + 1, B) where it varies over time.
    """

    def now(*place: str) -> Floats:
        return worth(scope, (*at, *place), draws, negative=False)

    amount = now("scheme", "amount")
    if price.uses is not None:
        return amount * now("uses")
    if price.patients is not None:
        patients = now("patients")
        if np.any(patients <= 0):
            raise PreuveError(
                _("The patients of each professional or site must be more than 0."),
                where=scope.model.origin.where((*at, "patients")),
            )
        return amount / patients
    return amount


def _at_once(scope: Scope, price: Price) -> bool:
    """Whether all is paid at the start, as in a model without time."""
    return price.once or not scope.model.cycles


def _months(scope: Scope, price: Price, draws: int) -> Floats:
    """What the scheme asks for one person in each month since entry, (M, B)."""
    from preuve.economics.pricing.market import market_of
    from preuve.economics.pricing.per_patient import per_patient
    from preuve.economics.pricing.quantity import Draws
    from preuve.economics.pricing.scheme import scheme_of

    scheme, one = scheme_of(price.scheme), Draws(1, scope.model.written.analyses.seed)
    months = max(1, round(scope.model.cycles * scope.model.cycle.years * 12))
    written = scope.model.written.analyses.market
    market = None if written is None else market_of(written, one)
    single = per_patient(scheme, months, one, market=market).total
    return np.broadcast_to(single, (len(single), draws))
