"""How the model is built: structure, parameters, extrapolation, validation."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.verdict import (
    Judge,
    Verdict,
    each,
    met,
    not_applicable,
    not_met,
    settled,
    unsaid,
)

MANY_UNSOURCED = 0.2
"""Share of parameters without a source from which the reservation becomes major."""


def structure(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.structure_reason.strip()),
        _("The choice of the structure is explained."),
        _("The choice of the structure is not explained."),
    )


def cycle(facts: ModelFacts) -> Verdict:
    if facts.cycle_years is None:
        return not_applicable(_("The model has no cycle."))
    return settled(
        facts.half_cycle_correction,
        _("The correction for the length of the cycle is applied."),
        _("No correction for the length of the cycle is applied."),
    )


def parameter_sources(facts: ModelFacts) -> Verdict:
    bare = [one for one in facts.parameters if not one.source.strip()]
    many = len(bare) > MANY_UNSOURCED * len(facts.parameters)
    return each(
        bare,
        len(facts.parameters),
        _("Every parameter has its source."),
        _("Without a source:"),
        "major" if many else None,
    )


def parameter_grades(facts: ModelFacts) -> Verdict:
    return each(
        [one for one in facts.parameters if not one.grade.strip()],
        len(facts.parameters),
        _("The strength of every source is graded."),
        _("Without a grade:"),
    )


def assumptions(facts: ModelFacts) -> Verdict:
    assumed = [one for one in facts.parameters if one.assumed]
    if not assumed and facts.parameters:
        return met(_("No parameter is assumed."))
    return each(
        [one for one in assumed if not one.varied],
        len(assumed),
        _("Every assumed parameter is varied in a sensitivity analysis."),
        _("Assumed, and not varied in a sensitivity analysis:"),
    )


def effectiveness(facts: ModelFacts) -> Verdict:
    effects = [one for one in facts.parameters if one.kind == "effect"]
    return each(
        [one for one in effects if one.assumed],
        len(effects),
        _("The effect of what is assessed comes from data."),
        _("The effect of what is assessed is assumed:"),
    )


def transfer(facts: ModelFacts) -> Verdict:
    measured = [one for one in facts.parameters if one.kind not in ("price", "other")]
    if measured and not any(one.country.strip() for one in measured):
        return unsaid()
    foreign = [one for one in measured if one.country.strip() not in ("", "FR")]
    return each(
        [one for one in foreign if not one.transfer.strip()],
        len(measured),
        _("Values come from France, or their transfer to France is argued."),
        _("Measured in another country, without a word on its transfer to France:"),
    )


def extrapolation(facts: ModelFacts) -> Verdict:
    if facts.extrapolates is None:
        return unsaid()
    if not facts.extrapolates:
        return not_applicable(_("The model does not go beyond the data."))
    if facts.extrapolation_alternatives:
        return met(
            _("Other ways to go beyond the data are tried: {count}.").format(
                count=facts.extrapolation_alternatives
            )
        )
    return not_met(_("The model goes beyond the data in one way only."))


def validation_internal(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.validation_internal.strip()),
        _("The internal validation is described."),
        _("No internal validation is described."),
    )


def validation_external(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.validation_external.strip()),
        _("Results are compared with data that did not build the model."),
        _("Results are not compared with data that did not build the model."),
    )


def validation_cross(facts: ModelFacts) -> Verdict:
    return settled(
        bool(facts.validation_cross.strip()),
        _("Results are compared with other published models."),
        _("Results are not compared with other published models."),
    )


JUDGES: tuple[Judge, ...] = (
    structure,
    cycle,
    parameter_sources,
    parameter_grades,
    assumptions,
    effectiveness,
    transfer,
    extrapolation,
    validation_internal,
    validation_external,
    validation_cross,
)
