"""How health states are valued."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts, ParameterFacts
from preuve.economics.reference_case.verdict import Judge, Verdict, each


def utility_instrument(facts: ModelFacts) -> Verdict:
    utilities = _utilities(facts)
    wrong = [one for one in utilities if one.instrument != "eq5d5l_fr"]
    three_levels = all(one.instrument == "eq5d3l_fr" for one in wrong)
    return each(
        wrong,
        len(utilities),
        _("Utilities come from the EQ-5D-5L with the French values."),
        _("Not from the EQ-5D-5L with the French values:"),
        "minor" if three_levels else None,
    )


def utility_source(facts: ModelFacts) -> Verdict:
    utilities = _utilities(facts)
    return each(
        [one for one in utilities if one.assumed],
        len(utilities),
        _("Utilities were measured."),
        _("Utilities assumed or given by experts:"),
    )


def _utilities(facts: ModelFacts) -> list[ParameterFacts]:
    return [one for one in facts.parameters if one.kind == "utility"]


JUDGES: tuple[Judge, ...] = (utility_instrument, utility_source)
