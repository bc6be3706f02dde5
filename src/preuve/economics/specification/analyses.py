"""Analyses: what is asked of a model besides its base case."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from preuve.core.language import _
from preuve.core.quantities import NotNegative, Number, Positive, Share
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.pricing.maker import MakerCosts
from preuve.economics.pricing.market import WrittenMarket
from preuve.economics.specification.decision import Correction, Discount, Duration
from preuve.economics.specification.formula import Formula, Formulas
from preuve.economics.specification.parameters import Name


class Scenario(Written):
    """Another world: figures, rules or a structure that differ, all strategies alike."""

    name: Name
    label: Text
    set: Formulas = Field(default_factory=dict)
    horizon: Duration | None = None
    discounting: Discount | None = None
    correction: Correction | None = None
    structural: bool = False


class Subgroup(Written):
    """People told apart: what differs for them, and their share of the population."""

    name: Name
    label: Text
    set: Formulas
    share: Share | None = None


class Measured(Written):
    """A parameter that a study would measure, and how.

    Attributes:
        how: binomial (n people, a proportion), normal (a mean, with the standard deviation of
            one person), poisson (a rate, with the time each person is followed), log_ratio (a
            ratio, with the standard error of its logarithm for one person).
        spread: that standard deviation or error; exposure: that time.
    """

    parameter: Name
    how: Literal["binomial", "normal", "poisson", "log_ratio"]
    spread: Positive | None = None
    exposure: Positive | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


class Study(Written):
    """A study that could be done before deciding.

    Attributes:
        measures: what it measures; `share` is the part of its people who count for each.
        sizes: numbers of clusters (or of people where `cluster` is 1) to look at.
        cluster: people in each cluster (exams for each practitioner).
        intracluster: intracluster correlation.
        fixed_cost, cost_per_cluster, cost_per_person: what it would cost.
        source: where those costs and that correlation come from.
    """

    name: Name
    label: Text
    unit: Text
    source: Annotated[str, Field(min_length=3)]
    measures: tuple[Measured, ...] = Field(min_length=1)
    sizes: tuple[Annotated[int, Field(gt=0)], ...] = Field(min_length=1)
    cluster: Positive = 1.0
    intracluster: Annotated[float, Field(ge=0, lt=1)] = 0.0
    fixed_cost: NotNegative = 0.0
    cost_per_cluster: NotNegative = 0.0
    cost_per_person: NotNegative = 0.0


class Uptake(Written):
    """Another uptake than the one expected, for the budget."""

    name: Name
    label: Text
    uptake: dict[str, tuple[Formula, ...]]


class Budget(Written):
    """Budget impact: people who enter each year, and the share under each strategy.

    Attributes:
        years: how many years are told (HAS: 3 to 5).
        eligible: people who could enter in a year; a formula, in which `time` is 0 in the first
            year, 1 in the second, ...
        uptake: by strategy, the share of them in each year with the technology; what remains
            is under the first strategy.
        before: the shares if nothing were decided; everyone under the first strategy unless
            said.
        payers: whose budget; all of them unless said.
        scenarios: other uptakes.
    """

    years: Annotated[int, Field(ge=1, le=10)] = 5
    eligible: Formula
    uptake: dict[str, tuple[Formula, ...]]
    before: dict[str, tuple[Formula, ...]] = Field(default_factory=dict)
    payers: tuple[str, ...] = ()
    scenarios: tuple[Uptake, ...] = ()


class Distribution(Written):
    """Who gains: groups of the population, in order from the worst off.

    Attributes:
        groups: label, share of the population, expected quality-adjusted years of life, share
            of the gain, share of the opportunity cost.
        opportunity_cost: euros whose loss costs one QALY elsewhere.
        aversion: Atkinson's aversion to inequality.
    """

    groups: tuple[Group, ...] = Field(min_length=2)
    opportunity_cost: Positive
    aversion: tuple[NotNegative, ...] = (0.0, 1.0, 5.0, 10.0)


class Group(Written):
    name: Name
    label: Text
    population: Share
    health: Positive
    gain: Share
    burden: Share


class Together(Written):
    """Parameters that would be known together."""

    label: Text
    figures: tuple[Name, ...] = Field(min_length=1)


class Information(Written):
    """What a better knowledge would be worth to everyone concerned.

    Attributes:
        people: people a year whose care the decision settles.
        years: how long the decision holds.
        groups: parameters taken together; each alone besides.
    """

    people: Formula
    years: Positive = 5.0
    groups: dict[Name, Together] = Field(default_factory=dict)


class Analyses(Written):
    """What is run.

    Attributes:
        draws, seed: of the probabilistic analysis.
        one_way: whether each figure is moved alone.
        scenarios, subgroups: other worlds, other people.
        centres: whether the comparison is made hospital by hospital.
        thresholds: whether it is made at each threshold that the evidence tells of.
        price: the parameter that holds the price claimed; prices: those to tell the ratio at.
        information, studies: what knowing more would be worth.
        budget: spending of the payers. distribution: who gains.
        market, maker: people who come month by month and what the system costs its maker, for
            the schemes of funding.
    """

    draws: Annotated[int, Field(ge=0, le=1_000_000)] = 5000
    seed: Annotated[int, Field(ge=0)] = 1
    one_way: bool = True
    scenarios: tuple[Scenario, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    centres: bool = False
    thresholds: bool = False
    price: Name | None = None
    prices: tuple[Number, ...] = ()
    information: Information | None = None
    studies: tuple[Study, ...] = ()
    budget: Budget | None = None
    distribution: Distribution | None = None
    market: WrittenMarket | None = None
    maker: MakerCosts | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Analyses:
        for several in (self.scenarios, self.subgroups, self.studies):
            found = [one.name for one in several]
            if len(set(found)) < len(found):
                raise ValueError(_("two scenarios, subgroups or studies have the same name."))
        if self.studies and self.information is None:
            raise ValueError(_("studies need `information`: for how many people is the decision?"))
        return self
