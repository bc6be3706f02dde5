"""What the analysis is about: question, perspective, population, comparators, time."""

from __future__ import annotations

import math

import numpy as np

from preuve.core.language import _
from preuve.economics.reference_case.discounting import Rule, force, named_rules
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.verdict import (
    Judge,
    Verdict,
    met,
    not_applicable,
    not_met,
    settled,
    unsaid,
)
from preuve.pages.numbers import number, percent

LIFETIME = 60.0
"""Years from which a horizon is read as a whole life, whatever the age at entry."""


def question(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.question.strip()),
        _("The question is stated."),
        _("The model states no question."),
    )


def context(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.context.strip()),
        _("The context of the decision is stated."),
        _("The model does not say which decision it serves."),
    )


def cost_utility(facts: ModelFacts) -> Verdict:
    if facts.has_qaly:
        return met(_("The results are in cost per QALY."))
    if facts.has_qaly is None:
        return unsaid()
    if facts.quality_of_life_matters is False:
        return not_applicable(_("The model says that quality of life is not at stake."))
    if facts.no_qaly_reason.strip():
        return not_met(_("No QALY; a reason is given."), "important")
    return not_met(_("No QALY, and no reason is given."))


def life_years(facts: ModelFacts) -> Verdict:
    if facts.mortality_differs is False:
        return not_applicable(_("Mortality does not differ between strategies."))
    return settled(
        facts.has_life_years,
        _("The cost per life year is given."),
        _("The cost per life year is not given."),
    )


def perspective(facts: ModelFacts) -> Verdict:
    if facts.perspective is None:
        return unsaid()
    if facts.perspective == "collective":
        return met(_("The perspective is collective."))
    return not_met(
        _("The perspective is “{perspective}”, not collective.").format(
            perspective=facts.perspective
        ),
        "important" if facts.perspective == "societal" else None,
    )


def productivity(facts: ModelFacts) -> Verdict:
    inside = facts.productivity_in_reference_case
    return settled(
        None if inside is None else not inside,
        _("Productivity losses stay out of the reference case."),
        _("Productivity losses are counted in the reference case."),
    )


def whole_population(facts: ModelFacts) -> Verdict:
    if not facts.population.strip():
        return not_met(_("The population is not described."))
    return settled(
        facts.whole_indication,
        _("The analysis covers the whole population of the indication."),
        _("The analysis covers a part of the population of the indication only."),
    )


def subgroups(facts: ModelFacts) -> Verdict:
    if facts.subgroups:
        return settled(
            facts.subgroups_justified,
            _("{count} subgroups, with their reason.").format(count=facts.subgroups),
            _("{count} subgroups, without a reason.").format(count=facts.subgroups),
        )
    if facts.heterogeneity_expected is False:
        return not_applicable(_("The model says that results should not differ between groups."))
    if facts.heterogeneity_expected:
        return not_met(_("Results should differ between groups, and none is analysed."))
    return unsaid()


def comparators(facts: ModelFacts) -> Verdict:
    if facts.strategies < 2:
        return not_met(_("Nothing is compared: the model has fewer than two strategies."))
    return met(_("{count} strategies are compared.").format(count=facts.strategies))


def usual_care(facts: ModelFacts) -> Verdict:
    return settled(
        facts.usual_care_compared,
        _("Care as it is today is one of the strategies."),
        _("Care as it is today is not one of the strategies."),
    )


def exclusions(facts: ModelFacts) -> Verdict:
    if not facts.exclusions:
        return not_applicable(_("No comparator is left out."))
    bare = [each.name for each in facts.exclusions if not each.reason.strip()]
    if not bare:
        return met(_("Each comparator left out has its reason."))
    return not_met(_("Left out without a reason: {names}.").format(names=", ".join(bare)))


def horizon(facts: ModelFacts) -> Verdict:
    years = facts.horizon_years
    if facts.lifetime or (years is not None and years >= LIFETIME):
        return met(_("The horizon is a whole life."))
    if years is None:
        return unsaid()
    length = number(years, 0 if float(years).is_integer() else 1)
    if facts.mortality_differs:
        return not_met(
            _("Mortality differs between strategies, and the horizon is {years} years.").format(
                years=length
            )
        )
    if facts.mortality_differs is None:
        return unsaid()
    return met(
        _("The horizon is {years} years, and mortality does not differ.").format(years=length)
    )


def other_horizons(facts: ModelFacts) -> Verdict:
    return settled(
        facts.other_horizons > 0,
        _("Other horizons are tried: {count}.").format(count=facts.other_horizons),
        _("No other horizon is tried."),
    )


def discount_rate(facts: ModelFacts) -> Verdict:
    if facts.discount_costs is None or facts.discount_effects is None:
        return unsaid()
    asked = named_rules()["has_2020"].discounting
    wrong = []
    if not _same(facts.discount_costs, asked.costs, facts.horizon_years):
        wrong.append(_("costs {rates}").format(rates=_rates(facts.discount_costs)))
    if not _same(facts.discount_effects, asked.effects, facts.horizon_years):
        wrong.append(_("effects {rates}").format(rates=_rates(facts.discount_effects)))
    if wrong:
        return not_met(_("Other rates are used: {rates}.").format(rates="; ".join(wrong)))
    return met(_("Costs and effects are discounted at {rates}.").format(rates=_rates(asked.costs)))


def discount_sensitivity(facts: ModelFacts) -> Verdict:
    base = named_rules()["has_2020"].costs[0].rate
    tried = facts.discount_sensitivities
    told = ", ".join(percent(rate) for rate in tried)
    if any(rate < base for rate in tried) and any(rate > base for rate in tried):
        return met(_("Other discount rates are tried: {rates}.").format(rates=told))
    if tried:
        return not_met(_("Rates are tried on one side only: {rates}.").format(rates=told))
    return not_met(_("No other discount rate is tried."))


def _same(rule: Rule, asked: Rule, horizon_years: float | None) -> bool:
    """Whether two rules agree over the horizon: what comes later does not matter."""
    reach = math.inf if horizon_years is None else horizon_years
    steps = [t for t in {*rule.starts, *asked.starts} if t == 0 or t < reach]
    return bool(np.allclose(force(rule, steps), force(asked, steps), rtol=1e-9, atol=0))


def _rates(rule: Rule) -> str:
    first, *later = zip(rule.starts, rule.rates, strict=True)
    told = percent(first[1])
    for start, rate in later:
        told += _(", then {rate} from year {year}").format(rate=percent(rate), year=number(start))
    return told


JUDGES: tuple[Judge, ...] = (
    question,
    context,
    cost_utility,
    life_years,
    perspective,
    productivity,
    whole_population,
    subgroups,
    comparators,
    usual_care,
    exclusions,
    horizon,
    other_horizons,
    discount_rate,
    discount_sensitivity,
)
