"""Budget impact: what a technology adds to the spending of each payer, year by year.

People enter each year; each then costs, in his first, second, ... year, what the model says of
the strategy he is under. Euros are not discounted (HAS, guide to budget impact analysis, 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.structure.sums import full


@dataclass(frozen=True)
class BudgetImpact:
    """Spending with and without the technology, undiscounted.

    Attributes:
        payers: P names. items: I names.
        people: who enter each year, (Y, D). uptake: share with the technology, (K, Y).
        by_payer, by_item: with minus without, (P, Y, D) and (I, Y, D), to the payers told.
        without, with_it: spending of the payers told, (Y, D).
    """

    payers: tuple[str, ...]
    items: tuple[str, ...]
    people: Floats
    uptake: Floats
    by_payer: Floats
    by_item: Floats
    without: Floats
    with_it: Floats

    @property
    def years(self) -> int:
        return len(self.people)

    @property
    def net(self) -> Floats:
        """What is added each year, (Y, D)."""
        return np.asarray(self.with_it - self.without)


def budget_impact(model: Model, found: Outcomes, draws: dict[str, Floats]) -> BudgetImpact | None:
    """The budget impact of a model, from its probabilistic outcomes told by year.

    Args:
        model: the model.
        found: its outcomes, with as many single years as the budget (or as the model has).
        draws: the figures they were made from.

    Raises:
        PreuveError: the shares of the strategies exceed 1 in some draws.
    """
    written = model.written.analyses.budget
    if written is None:
        return None
    at: Location = ("analyses", "budget")
    return _impact(model, found, draws, (*at, "uptake"), written.uptake)


def other_uptakes(
    model: Model, found: Outcomes, draws: dict[str, Floats]
) -> dict[str, BudgetImpact]:
    """The budget impact under each other uptake, by its name."""
    written = model.written.analyses.budget
    if written is None:
        return {}
    return {
        one.name: _impact(
            model, found, draws, ("analyses", "budget", "scenarios", place, "uptake"), one.uptake
        )
        for place, one in enumerate(written.scenarios)
    }


def _impact(
    model: Model,
    found: Outcomes,
    draws: dict[str, Floats],
    at: Location,
    shares: Mapping[str, tuple[float | str, ...]],
) -> BudgetImpact:
    written = model.written.analyses.budget
    assert written is not None
    clock = {"time": np.arange(written.years, dtype=float)[:, None]}
    scope = Scope(model.compiled, draws).over(clock)
    eligible = full(scope.at("analyses", "budget", "eligible"), found.draws)
    if not np.all(np.isfinite(eligible) & (eligible >= 0)):
        raise PreuveError(
            _("The number of people eligible is negative, or not a number, in some draws."),
            where=scope.model.origin.where(("analyses", "budget", "eligible")),
        )
    people = np.broadcast_to(eligible, (written.years, found.draws))
    uptake = _uptake(scope, found, at, shares, written.years)
    before_at: Location = ("analyses", "budget", "before")
    today = _uptake(scope, found, before_at, written.before, written.years)
    by_payer, by_item = found.yearly_by_payer(), found.yearly_by_item(written.payers)
    payer, without = _spread(by_payer, people, uptake), _spread(by_payer, people, today)
    item, before = _spread(by_item, people, uptake), _spread(by_item, people, today)
    told = [found.payers.index(name) for name in written.payers or found.payers]
    return BudgetImpact(
        tuple(found.payers[place] for place in told),
        found.items,
        people,
        uptake.mean(axis=-1),
        (payer - without)[told],
        item - before,
        without[told].sum(axis=0),
        payer[told].sum(axis=0),
    )


def _uptake(
    scope: Scope,
    found: Outcomes,
    at: Location,
    shares: Mapping[str, tuple[float | str, ...]],
    years: int,
) -> Floats:
    """Share under each strategy among those who enter each year, (K, Y, D)."""
    uptake = np.zeros((len(found.strategies), years, found.draws))
    for name in shares:
        for year in range(years):
            share = full(scope.at(*at, name, year), found.draws)
            uptake[found.index(name), year] = (
                share if share.ndim == 1 else share[min(year, len(share) - 1)]
            )
    uptake[0] = 1.0 - uptake[1:].sum(axis=0)
    if not np.all((uptake >= -1e-9) & (uptake <= 1 + 1e-9)):
        raise PreuveError(
            _("The shares of the strategies do not lie between 0 and 1 in some draws."),
            where=scope.model.origin.where(at),
            remedy=_("Write shares as 10 % or 0.1; those of one year sum to at most 1."),
        )
    return uptake


def _spread(yearly: Floats, people: Floats, uptake: Floats) -> Floats:
    """Spending in each calendar year of everyone who entered in it or before, (P, Y, D).

    Args:
        yearly: cost of each year since entry, (K, P, years since entry, D).
        people: who enter, (Y, D).
        uptake: share under each strategy among those who enter, (K, Y, D).
    """
    years = len(people)
    spent = np.zeros((yearly.shape[1], years, people.shape[1]))
    for entry in range(years):
        for later in range(min(years - entry, yearly.shape[2])):
            each = np.einsum("kd,kpd->pd", uptake[:, entry], yearly[:, :, later])
            spent[:, entry + later] += people[entry] * each
    return spent
