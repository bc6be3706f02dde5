"""Appraise: run every analysis that a model asks for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.economics.analysis.acceptability import acceptability
from preuve.economics.analysis.convergence import convergence
from preuve.economics.analysis.distributional import Equity, Population, equity
from preuve.economics.analysis.frontier import frontier
from preuve.economics.analysis.plane import incremental_benefit, plane
from preuve.economics.analysis.tornado import Tornado, tornado
from preuve.economics.appraisal import Appraisal
from preuve.economics.budget import budget_impact, other_uptakes
from preuve.economics.claimed_price import claimed_prices
from preuve.economics.invariants import invariants
from preuve.economics.knowledge import known
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.reference import facts_of
from preuve.economics.reference_case.check import check
from preuve.economics.simulate import simulate
from preuve.economics.specification.structure import Microsimulation
from preuve.economics.variants import centres, scenarios, subgroups, thresholds

GRID = 61
"""Points of the willingness-to-pay axis."""
FEWEST = 100


def appraise(
    model: Model,
    *,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> Appraisal:
    """Run a model: base case, draws, and every analysis it asks for.

    Args:
        model: the model.
        draws: how many draws, in place of those that the model writes; 100 at least.
        seed: in place of that of the model.
        progress: told as the work advances.

    Raises:
        PreuveError: a figure cannot be (see `simulate`), or a law of the calculation is broken.
    """
    analyses, decision = model.written.analyses, model.written.decision
    count = draws or analyses.draws
    if isinstance(model.written.structure, Microsimulation) and draws is None:
        count = model.written.structure.draws
    if count < FEWEST:
        raise PreuveError(
            _("{count} draws are too few: at least {fewest} are needed.").format(
                count=count, fewest=FEWEST
            ),
            where=model.origin.where(("analyses", "draws")),
        )
    chosen = analyses.seed if seed is None else seed
    figures = model.joint.drawn(count, chosen)
    budgeted = analyses.budget.years if analyses.budget else 0
    base = simulate(model.compiled, model.joint.central(), years=10_000)
    drawn = simulate(model.compiled, figures, years=budgeted, progress=progress)
    laws = invariants(model, base, drawn, figures)
    main = float(decision.willingness_to_pay[0])
    grid = willingness_grid(model)
    cost, effect = drawn.costs, drawn.traded
    others = list(enumerate(drawn.strategies))[1:]
    worlds = scenarios(model, figures, progress)
    made = {
        "tornados": one_way(model) if analyses.one_way else {},
        "scenarios": worlds,
        "subgroups": subgroups(model, figures),
        "centres": centres(model, figures, chosen) if analyses.centres else (),
        "thresholds": thresholds(model, figures, chosen) if analyses.thresholds else (),
        "prices": claimed_prices(model, figures, np.array(decision.willingness_to_pay)),
        "budget": budget_impact(model, drawn, figures),
        "budgets": other_uptakes(model, drawn, figures),
        "equity": _equity(model, drawn),
    }
    return Appraisal(
        model=model,
        base=base,
        drawn=drawn,
        draws=figures,
        grid=grid,
        willingness=main,
        frontier=frontier(cost.mean(axis=1), effect.mean(axis=1)),
        planes={name: plane(cost, effect, k) for k, name in others},
        benefits={name: incremental_benefit(cost, effect, grid, k) for k, name in others},
        acceptability=acceptability(cost, effect, grid),
        convergence=convergence(cost, effect, main, _precision(cost, effect, main)),
        known=known(model, drawn, figures, grid, progress),
        invariants=laws,
        findings=check(facts_of(model, drawn, base, made)),
        provenance={
            "model": model.digest,
            "evidence": {name: one.digest for name, one in model.evidence.items()},
            "draws": count,
            "seed": chosen,
            "preuve": version("preuve"),
            "file": model.origin.name,
        },
        **made,  # type: ignore[arg-type]
    )


def willingness_grid(model: Model) -> Floats:
    """From 0 to the highest asked for, else to twice the highest that the model tells of, (W,)."""
    decision = model.written.decision
    highest = decision.highest_willingness_to_pay or 2 * max(decision.willingness_to_pay)
    points = np.linspace(0.0, max(highest, 1.0), GRID)
    return np.unique(np.concatenate([points, decision.willingness_to_pay]))


def _precision(cost: Floats, effect: Floats, main: float) -> float:
    """A twentieth of the largest mean net benefit at stake, one unit of money at least."""
    stake = main * (effect - effect[0]) - (cost - cost[0])
    return max(1.0, 0.05 * float(np.max(np.abs(stake.mean(axis=1)))))


def one_way(model: Model) -> Mapping[str, Tornado]:
    """Each uncertain figure alone at the bounds that hold 95 %, by strategy.

    Probabilities that sum to 1 keep doing so: the others share what is left in proportion.
    """
    uncertain = {n: one for n, one in model.joint.figures.items() if not one.is_certain}
    names = list(uncertain)
    if not names:
        return {}
    central = {name: one.value for name, one in model.joint.figures.items()}
    figures = {name: np.full(2 * len(names) + 1, value) for name, value in central.items()}
    for place, name in enumerate(names):
        ends = slice(1 + 2 * place, 3 + 2 * place)
        figures[name][ends] = uncertain[name].interval
        for other in _sharing(model, name):
            left = (1 - figures[name][ends]) / (1 - central[name])
            figures[other][ends] = central[other] * left
    found = simulate(model.compiled, figures)
    willingness = float(model.written.decision.willingness_to_pay[0])
    made = {}
    for k, strategy in enumerate(found.strategies[1:], start=1):
        both = np.stack([found.costs[k] - found.costs[0], found.traded[k] - found.traded[0]])
        base = (float(both[0, 0]), float(both[1, 0]))
        made[strategy] = tornado(names, base, both[:, 1::2].T, both[:, 2::2].T, willingness)
    return made


def _sharing(model: Model, name: str) -> list[str]:
    """The other probabilities of the Dirichlet that a figure belongs to."""
    ties = [tie.dirichlet for tie in model.joint.dirichlets if name in tie.dirichlet]
    return [other for tie in ties for other in tie if other != name]


def _equity(model: Model, drawn: Outcomes) -> dict[float, Equity]:
    """Who gains and who bears the cost, for each aversion to inequality."""
    written = model.written.analyses.distribution
    if written is None:
        return {}
    shares = np.array([one.population for one in written.groups])
    gained = np.array([one.gain for one in written.groups])
    people = Population(
        np.array([one.health for one in written.groups]),
        shares,
        np.array([one.burden for one in written.groups]),
    )
    added = drawn.costs - drawn.costs[0]
    gain = (drawn.traded - drawn.traded[0])[:, None, :] * (gained / shares)[None, :, None]
    return {
        aversion: equity(people, gain, added, written.opportunity_cost, "atkinson", aversion)
        for aversion in written.aversion
    }
