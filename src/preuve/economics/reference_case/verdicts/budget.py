"""What a budget impact analysis must show."""

from __future__ import annotations

from functools import wraps

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.payers import titles
from preuve.economics.reference_case.verdict import (
    Judge,
    Verdict,
    met,
    not_applicable,
    not_met,
    settled,
    unsaid,
)

YEARS = (3, 5)
"""Fewest and most years of a budget impact."""


def _of_a_budget(judge: Judge) -> Judge:
    """A rule that applies only where there is a budget impact."""

    @wraps(judge)
    def judged(facts: ModelFacts) -> Verdict:
        if facts.has_budget is None:
            return unsaid()
        if not facts.has_budget:
            return not_applicable(_("The model has no budget impact."))
        return judge(facts)

    return judged


@_of_a_budget
def budget_payer(facts: ModelFacts) -> Verdict:
    if not facts.budget_payers:
        return not_met(_("The budget impact does not say whose budget it is."))
    told = titles(facts.budget_payers)
    if facts.budget_payers[0] == "amo":
        return met(_("The budget is told by payer: {names}.").format(names=told))
    return not_met(
        _("The budget is not first that of the compulsory insurance: {names}.").format(names=told)
    )


@_of_a_budget
def budget_years(facts: ModelFacts) -> Verdict:
    years = facts.budget_years
    if years is None:
        return unsaid()
    told = _("The budget impact runs over {years} years.").format(years=years)
    return met(told) if YEARS[0] <= years <= YEARS[1] else not_met(told)


@_of_a_budget
def budget_undiscounted(facts: ModelFacts) -> Verdict:
    return settled(
        None if facts.budget_discounted is None else not facts.budget_discounted,
        _("The budget impact is not discounted."),
        _("The budget impact is discounted."),
    )


@_of_a_budget
def budget_scenarios(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_with_and_without,
        _("The budget with is compared with the budget without."),
        _("The budget with is not compared with the budget without."),
    )


@_of_a_budget
def budget_population(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_population_by_year,
        _("The population reached is told year by year."),
        _("The population reached is not told year by year."),
    )


@_of_a_budget
def budget_uptake(facts: ModelFacts) -> Verdict:
    if facts.budget_uptake_justified and not facts.budget_uptake_scenarios:
        return not_met(_("The uptake is argued, and no other one is tried."), "minor")
    return settled(
        facts.budget_uptake_justified,
        _("The uptake is argued, and others are tried: {count}.").format(
            count=facts.budget_uptake_scenarios
        ),
        _("The uptake is not argued."),
    )


@_of_a_budget
def budget_by_item(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_by_item,
        _("The budget impact is told by item."),
        _("The budget impact is not told by item."),
    )


@_of_a_budget
def budget_by_year(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_by_year,
        _("The budget impact is told year by year."),
        _("The budget impact is told in total only."),
    )


@_of_a_budget
def budget_price(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_price_with_tax,
        _("The claimed price is told with its tax."),
        _("The claimed price is not told with its tax."),
    )


@_of_a_budget
def budget_consistency(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_same_sources,
        _("The budget impact uses the data of the efficiency model."),
        _("The budget impact departs from the data of the efficiency model."),
    )


@_of_a_budget
def budget_sensitivity(facts: ModelFacts) -> Verdict:
    return settled(
        facts.budget_sensitivity,
        _("The inputs of the budget impact are varied."),
        _("The inputs of the budget impact are not varied."),
    )


JUDGES: tuple[Judge, ...] = (
    budget_payer,
    budget_years,
    budget_undiscounted,
    budget_scenarios,
    budget_population,
    budget_uptake,
    budget_by_item,
    budget_by_year,
    budget_price,
    budget_consistency,
    budget_sensitivity,
)
