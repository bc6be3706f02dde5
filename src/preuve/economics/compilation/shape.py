"""Shape: faults of a structure that can be seen without a number: states, items, payers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.core.mistakes import Mistake, nearest
from preuve.economics.outcomes import LIFE_YEARS, TECHNOLOGY, UNSPLIT
from preuve.economics.pricing.scheme import scheme_of
from preuve.economics.specification.analyses import Budget
from preuve.economics.specification.formula import is_rest
from preuve.economics.specification.strategies import Strategy
from preuve.economics.specification.structure import (
    Branch,
    Cohort,
    Continuous,
    Microsimulation,
    PartitionedSurvival,
    Reward,
    State,
    Tree,
)
from preuve.economics.specification.written import WrittenModel
from preuve.economics.uncertainty.families import DistributionError, distribution

ARROW = ">"


def faults(model: WrittenModel) -> Iterator[Mistake]:
    """Every fault of shape."""
    states, moves = states_of(model), _possible(model)
    yield from _structure(model, states)
    for kind in ("costs", "effects"):
        for name, reward in getattr(model.rewards, kind).items():
            yield from _reward(("rewards", kind, name), reward, states, moves)
    if TECHNOLOGY in model.rewards.costs:
        yield Mistake(
            ("rewards", "costs", TECHNOLOGY),
            _("{name} hides a word of the house: give it another name.").format(name=TECHNOLOGY),
        )
    yield from _effect(model)
    yield from _strategies(model, states)
    yield from _analyses(model)


def states_of(model: WrittenModel) -> Mapping[str, State]:
    """The states of a model, none for a tree or a queue."""
    return getattr(model.structure, "states", {})


def split(transition: str) -> tuple[str, str]:
    """The two states of "A > B"."""
    before, _sign, after = transition.partition(ARROW)
    return before.strip(), after.strip()


def _structure(model: WrittenModel, states: Mapping[str, State]) -> Iterator[Mistake]:
    structure = model.structure
    timed = not isinstance(structure, Tree) and structure.kind != "queue"
    if timed and not model.decision.cycles:
        yield Mistake(("decision",), _("this structure needs a horizon and a cycle."))
    match structure:
        case Tree():
            yield from _branches(model, ("structure", "branches"), structure.branches, None)
        case Cohort() | Microsimulation() | Continuous():
            yield from _moves(structure, states)
            yield from _unknown(("structure", "start"), structure.start, states)
            yield from _rests(("structure", "start"), structure.start.values())
            if structure.entry:
                yield from _branches(model, ("structure", "entry"), structure.entry, states)
            yield from _memory(structure)
            yield from _traits(structure)
        case PartitionedSurvival():
            yield from _curves(structure)
            yield from _memory(structure)
            yield from _untold(model, structure)


def _moves(
    structure: Cohort | Microsimulation | Continuous, states: Mapping[str, State]
) -> Iterator[Mistake]:
    continuous = isinstance(structure, Continuous)
    moves = "intensities" if continuous else "transitions"
    rows: Mapping[str, Mapping[str, Any]] = getattr(structure, moves)
    yield from _unknown(("structure", moves), rows, states)
    for state, row in rows.items():
        at: Location = ("structure", moves, state)
        yield from _unknown(at, row, states)
        yield from _rests(at, row.values())
        if state in states and states[state].dead:
            yield Mistake(at, _("nothing leaves the state {name}: it is dead.").format(name=state))
        if continuous and any(is_rest(one) for one in row.values()):
            yield Mistake(at, _("an intensity cannot be `rest`: nothing has to sum to 1."))
        if continuous and state in row:
            yield Mistake(
                at,
                _("an intensity is of leaving: {name} cannot go to itself.").format(name=state),
            )


def _memory(structure: Any) -> Iterator[Mistake]:
    """Only cohorts and individuals remember how long one has been in a state."""
    if isinstance(structure, Cohort | Microsimulation):
        return
    for state, one in structure.states.items():
        if one.tunnel > 1:
            yield Mistake(
                ("structure", "states", state, "tunnel"),
                _("this structure keeps no memory of the time since entry: use a cohort."),
            )


def _traits(structure: Any) -> Iterator[Mistake]:
    """Distributions of traits that cannot be."""
    for name, text in getattr(structure, "traits", {}).items():
        try:
            distribution(text)
        except DistributionError as error:
            yield Mistake(("structure", "traits", name), str(error))


def _untold(model: WrittenModel, structure: PartitionedSurvival) -> Iterator[Mistake]:
    """Events that survival curves do not tell."""
    first, *between, last = structure.states
    yield from _unknown(("structure", "progression"), structure.progression, between)
    told = {last, *structure.progression}
    whole = len(between) == 0 or (len(between) == 1 and between[0] in told)
    for kind in ("costs", "effects"):
        for name, reward in getattr(model.rewards, kind).items():
            at: Location = ("rewards", kind, name)
            untold = [((*at, "entering", one), one) for one in reward.entering if one not in told]
            for move in reward.transitions:
                before, after = split(move)
                if after not in told or not (whole or (before, after) == (first, between[0])):
                    untold.append(((*at, "transitions", move), after))
            for here, state in untold:
                yield Mistake(here, _untold_event(state, first, last))


def _untold_event(state: str, first: str, last: str) -> str:
    if state == first:
        return _("nobody enters {state} again: curves only fall.").format(state=state)
    if state == last:
        return _("curves tell how many die, not from which state: write `entering`.")
    return _(
        "curves do not tell how many enter {state}: write in structure.progression the share, "
        "among those who leave the states before it, who do."
    ).format(state=state)


def _curves(structure: PartitionedSurvival) -> Iterator[Mistake]:
    *living, last = structure.states
    yield from _unknown(("structure", "curves"), structure.curves, living)
    for state in living:
        if state not in structure.curves:
            yield Mistake(
                ("structure", "curves"), _("the curve of {name} is missing.").format(name=state)
            )
    if not structure.states[last].dead:
        yield Mistake(("structure", "states", last), _("the last state must be dead."))


def _branches(
    model: WrittenModel,
    at: Location,
    branches: Sequence[Branch],
    states: Mapping[str, State] | None,
) -> Iterator[Mistake]:
    yield from _rests(at, [one.probability for one in branches])
    seen: set[str] = set()
    for place, branch in enumerate(branches):
        here: Location = (*at, place)
        if branch.name in seen:
            yield Mistake(here, _("two branches are called {name}.").format(name=branch.name))
        seen.add(branch.name)
        yield from _unknown((*here, "costs"), branch.costs, model.rewards.costs)
        yield from _unknown((*here, "effects"), branch.effects, model.rewards.effects)
        if branch.then:
            yield from _branches(model, (*here, "then"), branch.then, states)
        elif states is not None and branch.to is None:
            yield Mistake(here, _("this branch ends nowhere: name its state with `to`."))
        elif branch.to is not None and branch.to not in (states or {}):
            yield Mistake((*here, "to"), _unknown_state(branch.to, states or {}))


def _rests(at: Location, formulas: Iterable[Any]) -> Iterator[Mistake]:
    if sum(is_rest(one) for one in formulas) > 1:
        yield Mistake(at, _("`rest` stands twice."))


def _unknown(at: Location, named: Iterable[str], known: Iterable[str]) -> Iterator[Mistake]:
    for name in named:
        if name not in known:
            yield Mistake((*at, name), _unknown_state(name, known))


def _unknown_state(name: str, known: Iterable[str]) -> str:
    return _("{name} is not a state, an item or a strategy of this model.").format(
        name=name
    ) + nearest(name, known)


def _reward(
    at: Location, reward: Reward, states: Mapping[str, State], moves: set[tuple[str, str]]
) -> Iterator[Mistake]:
    for place in ("states", "entering"):
        yield from _unknown((*at, place), getattr(reward, place), states)
    for name in reward.states:
        if name in states and states[name].dead:
            yield Mistake((*at, "states", name), _("nothing is counted in a state that is dead."))
    for transition in reward.transitions:
        here: Location = (*at, "transitions", transition)
        if ARROW not in transition:
            yield Mistake(here, _("a transition is written “A > B”."))
            continue
        strangers = [name for name in split(transition) if name not in states]
        yield from (Mistake(here, _unknown_state(name, states)) for name in strangers)
        if not strangers and split(transition) not in moves:
            yield Mistake(here, _("{name} never happens.").format(name=transition))
    for state in reward.entering:
        if state in states and state not in {after for before, after in moves if before != after}:
            yield Mistake((*at, "entering", state), _("nobody enters {name}.").format(name=state))


def _possible(model: WrittenModel) -> set[tuple[str, str]]:
    """Every move between states that is written; any, where none is."""
    rows = getattr(model.structure, "transitions", getattr(model.structure, "intensities", None))
    if rows is not None:
        return {(before, after) for before, row in rows.items() for after in row}
    states = list(states_of(model))
    return {(before, after) for before in states for after in states}


def _effect(model: WrittenModel) -> Iterator[Mistake]:
    wanted = model.decision.effect
    lived = {LIFE_YEARS} if states_of(model) else set()
    if wanted not in {*model.rewards.effects, *lived}:
        yield Mistake(
            ("decision", "effect"),
            _("the effect {name} is not among the rewards.").format(name=wanted)
            + nearest(wanted, model.rewards.effects),
        )


def _strategies(model: WrittenModel, states: Mapping[str, State]) -> Iterator[Mistake]:
    modelled = [name for name, one in model.strategies.items() if one.excluded is None]
    if not modelled:
        yield Mistake(("strategies",), _("no strategy is modelled."))
    for name, strategy in model.strategies.items():
        yield from _price(("strategies", name, "price"), strategy, states)


def _price(at: Location, strategy: Strategy, states: Mapping[str, State]) -> Iterator[Mistake]:
    if strategy.price is None:
        return
    yield from _unknown((*at, "states"), strategy.price.states, states)
    scheme = dict(strategy.price.scheme)
    if isinstance(scheme.get("amount"), str):
        scheme["amount"] = 1.0
    try:
        made = scheme_of(scheme)
        if "amount" in scheme and getattr(made, "installation", 0.0) > 0:
            yield Mistake(
                (*at, "scheme", "installation"),
                _("in a model, write the installation among the costs (once)."),
            )
        if "amount" in scheme and not made.vat.included:
            yield Mistake((*at, "scheme", "vat"), _("in a model, write the amount with its tax."))
    except PreuveError as error:
        yield Mistake((*at, "scheme"), error.problem)
    kind, price = scheme.get("scheme"), strategy.price
    if kind == "per_use" and price.uses is None and not price.once:
        yield Mistake(at, _("say how often it is used: uses (per person and year), or once."))
    if kind in ("per_professional", "per_site") and price.patients is None and "amount" in scheme:
        yield Mistake(at, _("say how many patients each has: patients."))


def _analyses(model: WrittenModel) -> Iterator[Mistake]:
    analyses = model.analyses
    at: Location = ("analyses",)
    if analyses.price is not None and analyses.price not in model.parameters:
        yield Mistake(
            (*at, "price"),
            _("{name} is not a parameter.").format(name=analyses.price)
            + nearest(analyses.price, model.parameters),
        )
    if analyses.information is not None:
        for name, group in analyses.information.groups.items():
            here: Location = (*at, "information", "groups", name)
            yield from _not_parameters((*here, "figures"), group.figures, model)
    for place, study in enumerate(analyses.studies):
        measured = [one.parameter for one in study.measures]
        yield from _not_parameters((*at, "studies", place, "measures"), measured, model)
    if analyses.budget is not None:
        yield from _payers(model, analyses.budget.payers)
        yield from _uptakes(model, analyses.budget)


def _uptakes(model: WrittenModel, budget: Budget) -> Iterator[Mistake]:
    """Faults of the shares of each year."""
    at: Location = ("analyses",)
    uptakes: list[tuple[Location, Mapping[str, Sequence[Any]]]] = [
        ((*at, "budget", "uptake"), budget.uptake),
        ((*at, "budget", "before"), budget.before),
    ]
    uptakes += [
        ((*at, "budget", "scenarios", place, "uptake"), other.uptake)
        for place, other in enumerate(budget.scenarios)
    ]
    named = [((*here, name), name, one) for here, all_ in uptakes for name, one in all_.items()]
    for here, name, shares in named:
        if name not in model.strategies:
            yield Mistake(here, _unknown_state(name, model.strategies))
        elif model.strategies[name].excluded is not None:
            yield Mistake(here, _("{name} is excluded: it is not modelled.").format(name=name))
        if len(shares) != budget.years:
            yield Mistake(
                here,
                _("{given} shares are written for {years} years.").format(
                    given=len(shares), years=budget.years
                ),
            )
        if any(isinstance(share, float) and not 0 <= share <= 1 for share in shares):
            yield Mistake(here, _("a share lies between 0 and 1: write 10 % or 0.1."))


def _payers(model: WrittenModel, asked: Iterable[str]) -> Iterator[Mistake]:
    """Payers whose budget is asked for, and who pay for nothing."""
    splits = [one.payer for one in model.rewards.costs.values()]
    splits += [one.price.payer for one in model.strategies.values() if one.price is not None]
    paying = {name: None for split in splits for name in split}
    for name in asked:
        if name not in paying and name != UNSPLIT:
            yield Mistake(
                ("analyses", "budget", "payers"),
                _("no cost is paid by {name}. Payers of this model: {names}.").format(
                    name=name, names=", ".join(paying)
                ),
            )


def _not_parameters(at: Location, names: Iterable[str], model: WrittenModel) -> Iterator[Mistake]:
    tied = {name for one in model.joint for name in getattr(one, "dirichlet", ())}
    tied |= {name for one in model.joint for name in getattr(one, "names", ())}
    for name in names:
        if name not in model.parameters and name not in tied:
            yield Mistake(
                at,
                _("{name} is not a parameter.").format(name=name) + nearest(name, model.parameters),
            )
