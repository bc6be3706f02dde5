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
    each = monthly(scope, at, price, draws)
    if _at_once(scope, price) or found.trace is None:
        return np.asarray(weights.start[:, None] * each[0])
    states = list(states_of(scope.model.written))
    alive = [name for name, one in states_of(scope.model.written).items() if not one.dead]
    places = [states.index(name) for name in price.states or alive]
    if found.lived is not None and len(each) == 1:
        return np.asarray(found.lived[:, places].sum(axis=1) * each[0] * 12.0)
    enrolled = found.trace[:, places].sum(axis=1)
    months = np.minimum(
        (np.arange(len(enrolled)) * scope.model.cycle.years * 12 + 1e-9).astype(int),
        len(each) - 1,
    )
    return weights.summed(enrolled, each[months] * 12.0)


def monthly(scope: Scope, at: tuple[str, ...], price: Price, draws: int) -> Floats:
    """What is paid for one person in each month since entry (M, B), or at once (1, B)."""
    if price.scheme.get("scheme") in LINEAR and "amount" in price.scheme:
        return _linear(scope, at, price, draws)[None]
    return _scheduled(scope, price, draws)


def _linear(scope: Scope, at: tuple[str, ...], price: Price, draws: int) -> Floats:
    """Amount times uses a month, or over the people of each professional or site."""

    def now(*place: str) -> Floats:
        value = worth(scope, (*at, *place), draws, negative=False)
        return value if value.ndim == 1 else value[0]

    amount = now("scheme", "amount")
    if price.uses is not None:
        return amount * now("uses") / (1.0 if _at_once(scope, price) else 12.0)
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


def _scheduled(scope: Scope, price: Price, draws: int) -> Floats:
    from preuve.economics.pricing.market import market_of
    from preuve.economics.pricing.per_patient import per_patient
    from preuve.economics.pricing.quantity import Draws
    from preuve.economics.pricing.scheme import scheme_of

    scheme, one = scheme_of(price.scheme), Draws(1, scope.model.written.analyses.seed)
    months = max(1, round(scope.model.cycles * scope.model.cycle.years * 12))
    written = scope.model.written.analyses.market
    market = None if written is None else market_of(written, one)
    single = per_patient(scheme, min(months, 120), one, market=market).total
    return np.broadcast_to(single, (len(single), draws))
