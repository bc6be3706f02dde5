"""Structure: the shape of a model: a tree, a cohort, curves, individuals, intensities, a queue."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.specification.formula import Formula, Formulas
from preuve.economics.specification.parameters import Name
from preuve.economics.specification.payers import Payers


class State(Written):
    """A state of health.

    Attributes:
        dead: whether it ends everything; nothing leaves it and nothing is counted there.
        tunnel: cycles during which what happens depends on the time since entry (`sojourn`);
            1 for a state without memory.
    """

    label: Text | None = None
    dead: bool = False
    tunnel: Annotated[int, Field(ge=1, le=1000)] = 1


class Branch(Written):
    """One way out of a fork: its probability, what it costs and brings, and what follows."""

    name: str
    label: Text | None = None
    probability: Formula
    costs: Formulas = Field(default_factory=dict)
    effects: Formulas = Field(default_factory=dict)
    then: tuple[Branch, ...] = ()
    to: Name | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> Branch:
        if self.then and self.to:
            raise ValueError(_("a branch either goes on (then) or ends in a state (to)."))
        return self


class Tree(Written):
    """A decision tree: forks whose probabilities sum to 1."""

    kind: Literal["tree"]
    branches: tuple[Branch, ...] = Field(min_length=1)


class _States(Written):
    states: dict[Name, State] = Field(min_length=2)
    start: Formulas = Field(default_factory=dict)
    entry: tuple[Branch, ...] = ()

    @model_validator(mode="after")
    def _enters_once(self) -> _States:
        if bool(self.start) == bool(self.entry):
            raise ValueError(_("give either start (shares by state) or entry (a tree)."))
        return self


class Cohort(_States):
    """A closed cohort that moves between states from cycle to cycle.

    Attributes:
        start: share of people by state at the start; or `entry`: a tree that ends in states.
        transitions: by state, the probability over a cycle of being in each state after it;
            `rest` for what remains. A state without a line keeps its people.
    """

    kind: Literal["cohort"]
    transitions: dict[Name, Formulas]


class Microsimulation(_States):
    """Individuals that move between the states of a cohort, each with traits of his own.

    Attributes:
        individuals: how many are followed in the base case.
        traits: name to distribution, as "uniform(0.95, 1.05)"; drawn once for each individual.
        draws: how many draws of the parameters share the individuals of a probabilistic
            analysis.
    """

    kind: Literal["microsimulation"]
    transitions: dict[Name, Formulas]
    individuals: Annotated[int, Field(ge=1, le=100_000_000)] = 100_000
    traits: dict[Name, str] = Field(default_factory=dict)
    draws: Annotated[int, Field(ge=2)] = 200


class PartitionedSurvival(Written):
    """States in the order of a disease, read off survival curves.

    Attributes:
        states: in order, the last one dead.
        curves: by state but the last, the share of people still in it or in one before.
        progression: by state in between, among people who leave those before it, the share who
            enter it, the others dying at once; needed only where an entry is counted.
    """

    kind: Literal["partitioned_survival"]
    states: dict[Name, State] = Field(min_length=2)
    curves: Formulas
    progression: Formulas = Field(default_factory=dict)


class Continuous(_States):
    """States with intensities of transition, followed in continuous time.

    Attributes:
        intensities: by state, the rate per unit of time of going to another; constant within
            a cycle, over which time is integrated exactly: `decision.correction` plays no part.
    """

    kind: Literal["continuous"]
    intensities: dict[Name, Formulas]


class Queue(Written):
    """People who wait for one of several servers (M/M/c): a service that an AI may shorten.

    It gives the names queue.wait (hours), queue.delayed (share who wait), queue.busy (share of
    the servers' time), queue.servers and, with a target, queue.within_target (share who wait
    no longer) to the rewards of each visit.
    """

    kind: Literal["queue"]
    arrivals: Formula
    service: Formula
    servers: Formula
    target_wait: Formula | None = None


AnyStructure: TypeAlias = Annotated[
    Tree | Cohort | Microsimulation | PartitionedSurvival | Continuous | Queue,
    Field(discriminator="kind"),
]


class Reward(Written):
    """A cost or an effect: what is counted, where.

    Attributes:
        states: for each state, per unit of time spent there.
        entering: once, for each entry into a state from another.
        transitions: once, for "A > B".
        once: at the start (for a tree or a queue: for each person).
        payer: share by payer, for a cost, or a kind of care ("laboratory"); sums to 1.
        unit: what an effect counts, QALY for qaly.
        negative: whether a cost may be below 0 (a saving); refused otherwise.
    """

    label: Text | None = None
    states: Formulas = Field(default_factory=dict)
    entering: Formulas = Field(default_factory=dict)
    transitions: Formulas = Field(default_factory=dict)
    once: Formula | None = None
    payer: Payers = Field(default_factory=dict)
    unit: str | None = None
    negative: bool = False


class Rewards(Written):
    """What is counted: costs by item, and health effects."""

    costs: dict[Name, Reward] = Field(default_factory=dict)
    effects: dict[Name, Reward] = Field(default_factory=dict)
