"""Funding: who pays whom month by month, under one scheme or under each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.compilation.scope import Scope
from preuve.economics.model import Model
from preuve.economics.pricing.comparison import Comparison, compare
from preuve.economics.pricing.market import Market, market_of
from preuve.economics.pricing.quantity import Draws
from preuve.economics.pricing.scheme import example, examples, scheme_of
from preuve.economics.pricing.schemes.base import Scheme

EVERY = "all"
DRAWS = 1000


@dataclass(frozen=True)
class Funding:
    """Schemes on the market of a model.

    Attributes:
        market: the market. comparison: what each scheme makes flow.
        own: names of the schemes that the model itself writes; the others are examples.
    """

    market: Market
    comparison: Comparison
    own: tuple[str, ...]


def funding(model: Model, scheme: str = EVERY, draws: int = DRAWS) -> Funding:
    """The flows of money under a scheme, or under each of the house.

    Args:
        model: a model that writes `analyses.market`.
        scheme: name of a scheme, or `all`.
        draws: how many.

    Raises:
        PreuveError: the model has no market, or the scheme is not known.
    """
    written = model.written.analyses
    if written.market is None:
        raise PreuveError(
            _("This model has no market: nobody is told to come, so no money flows."),
            where=model.origin.where(("analyses",)),
            remedy=_("Write analyses.market: people eligible in a year, uptake, uses."),
        )
    own = own_schemes(model)
    names = list(examples()) if scheme == EVERY else [scheme]
    chosen = {name: own.get(name) or example(name) for name in names}
    drawn = Draws(draws, written.seed)
    market = market_of(written.market, drawn)
    made = compare(chosen, market, drawn, written.maker)
    return Funding(market, made, tuple(name for name in chosen if name in own))


def own_schemes(model: Model) -> Mapping[str, Scheme]:
    """The schemes that the strategies write, by kind, at the central figures of the model."""
    central = Scope(model.compiled, model.joint.central())
    found = {}
    for name, strategy in model.written.strategies.items():
        if strategy.price is None:
            continue
        scope, at = central.under(name), ("strategies", name, "price")
        record = dict(strategy.price.scheme)
        if "amount" in record:
            record["amount"] = _now(scope.at(*at, "scheme", "amount"))
        if strategy.price.payer and "payers" not in record:
            payers = {payer: _now(scope.at(*at, "payer", payer)) for payer in strategy.price.payer}
            record["payers"] = payers
        scheme = scheme_of(record, model.origin.where(at))
        found[scheme.scheme] = scheme
    return found


def _now(value: Floats) -> float:
    return float(np.atleast_1d(value).flat[0])
