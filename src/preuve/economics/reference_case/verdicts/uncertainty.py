"""How uncertainty is explored: by hand, by draws, by scenarios."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.verdict import (
    Judge,
    Verdict,
    each,
    met,
    not_met,
    settled,
    unsaid,
)
from preuve.pages.numbers import number

FEWEST_DRAWS = 1_000
"""Draws asked of a probabilistic analysis."""


def deterministic(facts: ModelFacts) -> Verdict:
    return settled(
        facts.deterministic,
        _("Parameters are varied one by one."),
        _("Parameters are not varied one by one."),
    )


def probabilistic(facts: ModelFacts) -> Verdict:
    if facts.draws <= 0:
        return not_met(_("No probabilistic analysis was run."))
    told = number(facts.draws)
    if facts.draws < FEWEST_DRAWS:
        return not_met(
            _("The probabilistic analysis has {count} draws only.").format(count=told), "minor"
        )
    return met(_("The probabilistic analysis has {count} draws.").format(count=told))


def distributions(facts: ModelFacts) -> Verdict:
    uncertain = [one for one in facts.parameters if one.kind not in ("price", "other")]
    return each(
        [one for one in uncertain if one.has_distribution is False],
        len(uncertain),
        _("Every uncertain parameter has its distribution."),
        _("Uncertain, and held fixed in the probabilistic analysis:"),
    )


def correlations(facts: ModelFacts) -> Verdict:
    return settled(
        facts.correlations_considered,
        _("Parameters that go together are drawn together, or said to be independent."),
        _("Nothing is said of parameters that go together."),
    )


def scenarios(facts: ModelFacts) -> Verdict:
    if facts.scenarios > 0:
        return met(_("Scenarios are run: {count}.").format(count=facts.scenarios))
    return not_met(_("No scenario is run."))


def structural(facts: ModelFacts) -> Verdict:
    if facts.structural_scenarios > 0:
        return met(
            _("Other structures are tried: {count}.").format(count=facts.structural_scenarios)
        )
    return not_met(_("No other structure is tried."))


def acceptability(facts: ModelFacts) -> Verdict:
    if facts.plane is None or facts.acceptability_curves is None:
        return unsaid()
    if facts.plane and facts.acceptability_curves:
        return met(_("The plane and the acceptability curves of every strategy are shown."))
    if facts.plane:
        return not_met(_("The acceptability curves are not shown."))
    return not_met(_("The cost-effectiveness plane is not shown."))


JUDGES: tuple[Judge, ...] = (
    deterministic,
    probabilistic,
    distributions,
    correlations,
    scenarios,
    structural,
    acceptability,
)
