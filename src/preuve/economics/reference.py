"""Reference: what the reference case needs to know of a model and of its run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from preuve.economics.model import Model
from preuve.economics.outcomes import UNSPLIT, Outcomes
from preuve.economics.reference_case.discounting import Rule, discounting
from preuve.economics.reference_case.facts import Exclusion, ModelFacts, ParameterFacts
from preuve.economics.uncertainty.figures import Figure

_LIFETIME = 0.01
"""Share of people still alive at the horizon under which it is that of a life."""
_INSTRUMENTS = ("eq5d5l_fr", "eq5d3l_fr", "mapped", "other")


def facts_of(model: Model, drawn: Outcomes, base: Outcomes, made: Mapping[str, Any]) -> ModelFacts:
    """The facts of a model and of what was run.

    Args:
        model: the model.
        drawn: outcomes over the draws.
        base: outcomes of the base case.
        made: the analyses that were made, by the name they have in an appraisal.
    """
    written = model.written
    decision, analyses, methods = written.decision, written.analyses, written.methods
    rates = discounting(decision.discounting)
    structural = [one for one in analyses.scenarios if one.structural]
    return ModelFacts(
        question=str(decision.question),
        context=str(methods.context or ""),
        perspective=decision.perspective,
        productivity_in_reference_case=methods.productivity,
        population=str(decision.population),
        whole_indication=methods.whole_indication,
        heterogeneity_expected=methods.heterogeneity,
        subgroups=len(analyses.subgroups),
        subgroups_justified=bool(analyses.subgroups) or None,
        strategies=len(drawn.strategies),
        usual_care_compared=methods.usual_care,
        exclusions=tuple(
            Exclusion(name, str(one.excluded))
            for name, one in written.strategies.items()
            if one.excluded is not None
        ),
        quality_of_life_matters=methods.quality_of_life,
        has_qaly="qaly" in drawn.effects,
        has_life_years=bool(decision.cycles),
        no_qaly_reason=str(methods.no_qaly or ""),
        horizon_years=decision.cycles * decision.span.years if decision.cycles else None,
        lifetime=_lifetime(model, base),
        mortality_differs=_mortality(model, base),
        other_horizons=sum(one.horizon is not None for one in analyses.scenarios),
        discount_costs=rates.costs if decision.cycles else None,
        discount_effects=rates.effects if decision.cycles else None,
        discount_sensitivities=_sensitivities(model),
        structure_reason=str(methods.structure or ""),
        cycle_years=decision.span.years if decision.cycles else None,
        half_cycle_correction=_corrected(model),
        extrapolates=methods.extrapolates,
        extrapolation_alternatives=methods.alternatives,
        validation_internal=str(written.validation.internal or ""),
        validation_external=str(written.validation.external or ""),
        validation_cross=str(written.validation.crossed or ""),
        parameters=tuple(
            _parameter(one, model, bool(made.get("tornados")))
            for one in model.joint.figures.values()
        ),
        price_year=decision.price_year,
        hospital_costing=methods.hospital_costing,
        city_costing=methods.city_costing,
        implementation_costs=methods.implementation,
        vat_stated=methods.tax,
        payers=tuple(name for name in drawn.payers if name != UNSPLIT),
        deterministic=bool(made.get("tornados")),
        draws=drawn.draws,
        correlations_considered=bool(methods.correlations) or bool(written.joint) or None,
        scenarios=len(analyses.scenarios),
        structural_scenarios=len(structural),
        plane=True,
        acceptability_curves=True,
        outcomes_by_strategy=True,
        costs_by_item=len(written.rewards.costs) > 1,
        frontier=True,
        ratio_by_price=bool(made.get("prices")),
        official_threshold_claimed=methods.threshold_claimed,
        executable=True,
        reproducible=True,
        **_budget(model, made),
    )


def _budget(model: Model, made: Mapping[str, Any]) -> dict[str, Any]:
    written, found = model.written.analyses.budget, made.get("budget")
    if written is None or found is None:
        return {"has_budget": False}
    return {
        "has_budget": True,
        "budget_payers": found.payers,
        "budget_years": found.years,
        "budget_discounted": False,
        "budget_with_and_without": True,
        "budget_population_by_year": True,
        "budget_uptake_justified": bool(model.written.methods.uptake),
        "budget_uptake_scenarios": len(written.scenarios),
        "budget_by_item": True,
        "budget_by_year": True,
        "budget_price_with_tax": model.written.methods.tax,
        "budget_same_sources": True,
        "budget_sensitivity": True,
    }


def _lifetime(model: Model, base: Outcomes) -> bool | None:
    if model.written.methods.lifetime is not None:
        return model.written.methods.lifetime
    if base.trace is None:
        return None
    states = getattr(model.written.structure, "states", {})
    alive = [place for place, one in enumerate(states.values()) if not one.dead]
    return bool(np.max(base.trace[:, -1, alive].sum(axis=1)) < _LIFETIME)


def _mortality(model: Model, base: Outcomes) -> bool | None:
    if model.written.methods.mortality is not None:
        return model.written.methods.mortality
    if not model.written.decision.cycles:
        return None
    lived = base.effect_of("life_years", discounted=False)[:, 0]
    return bool(np.ptp(lived) > 1e-6)


def _sensitivities(model: Model) -> tuple[float, ...]:
    """First rates of cost of the scenarios that change the discounting."""
    asked = [
        one.discounting for one in model.written.analyses.scenarios if one.discounting is not None
    ]
    rules: list[Rule] = [discounting(one).costs for one in asked]
    return tuple(rule.rates[0] for rule in rules)


def _corrected(model: Model) -> bool | None:
    if not model.written.decision.cycles:
        return None
    return model.written.decision.correction in ("half_cycle", "trapezoid", "simpson")


def _parameter(figure: Figure, model: Model, varied: bool) -> ParameterFacts:
    written = figure.written
    decision = model.written.decision
    own_year = written.price_year if written is not None else None
    instrument = _instrument(figure)
    return ParameterFacts(
        name=figure.name,
        label=str((written.label if written is not None else None) or figure.name),
        kind=figure.kind,
        source=figure.source,
        grade=figure.grade,
        has_distribution=None if _is_settled(figure) else not figure.is_certain,
        assumed=figure.grade == "D",
        varied=(varied and not figure.is_certain) or figure.name == model.written.analyses.price,
        price_year=(own_year or decision.price_year) if figure.kind == "cost" else None,
        updated=own_year in (None, decision.price_year),
        instrument=instrument,  # type: ignore[arg-type]
        country=written.country if written is not None else "",
        transfer=str(model.written.methods.transfer or ""),
        location=("parameters", figure.name) if written is not None else ("joint",),
    )


def _is_settled(figure: Figure) -> bool:
    """Whether there is nothing to draw: a price claimed, a tariff, a convention."""
    written = figure.written
    return figure.kind == "price" or (written is not None and written.certain is not None)


def _instrument(figure: Figure) -> str:
    written = figure.written
    if written is None or figure.kind != "utility":
        return "none"
    if written.eq5d5l_fr:
        return "eq5d5l_fr"
    return written.instrument if written.instrument in _INSTRUMENTS else "none"
