"""Facts: what the reference case needs to know of a model and of its run, flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from preuve.core.lines import Location
from preuve.economics.reference_case.discounting import Rule

Perspective: TypeAlias = Literal["collective", "payer", "hospital", "societal"]
ParameterKind: TypeAlias = Literal[
    "probability", "effect", "utility", "cost", "resource", "price", "other"
]
Instrument: TypeAlias = Literal["eq5d5l_fr", "eq5d3l_fr", "mapped", "other", "none"]
HospitalCosting: TypeAlias = Literal["encc", "tariff", "other", "none"]
CityCosting: TypeAlias = Literal["tariff", "reimbursed", "other", "none"]


@dataclass(frozen=True)
class ParameterFacts:
    """What is known of one parameter.

    Attributes:
        name: its name in the model. label: as a reader is told of it; the name where empty.
        kind: what it measures; "price" is the price of what is assessed.
        source: where the value comes from; empty when it is not said.
        grade: how strong the source is, "A" (best) to "D"; empty when it is not said.
        has_distribution: whether its uncertainty is drawn; None for a fixed price or a convention.
        assumed: whether the value is an assumption or an expert's opinion.
        varied: whether a deterministic analysis varies it.
        price_year: year of the euros of a cost, as found in its source.
        updated: whether a cost of another year was brought to the year of the model.
        instrument: how a utility was valued.
        country: ISO code of the population it was measured in ("FR"); empty when it is not said.
        transfer: why a value from another country holds in France; empty when it is not said.
        location: where it is written in the model.
    """

    name: str
    label: str = ""
    kind: ParameterKind = "other"
    source: str = ""
    grade: str = ""
    has_distribution: bool | None = None
    assumed: bool = False
    varied: bool = False
    price_year: int | None = None
    updated: bool = False
    instrument: Instrument = "none"
    country: str = ""
    transfer: str = ""
    location: Location = ()


@dataclass(frozen=True)
class Exclusion:
    """A comparator that was left out, and why; an empty reason is a reason not given."""

    name: str
    reason: str = ""


@dataclass(frozen=True)
class ModelFacts:
    """A model, its run and its budget impact, as the reference case sees them.

    None means that neither the model nor its run says; an empty text or tuple means that there is
    nothing. Years are years, money is EUR, rates are shares.
    """

    # Decision
    question: str = ""
    context: str = ""
    perspective: Perspective | None = None
    productivity_in_reference_case: bool | None = None
    population: str = ""
    whole_indication: bool | None = None
    heterogeneity_expected: bool | None = None
    subgroups: int = 0
    subgroups_justified: bool | None = None
    strategies: int = 0
    usual_care_compared: bool | None = None
    exclusions: tuple[Exclusion, ...] = ()
    quality_of_life_matters: bool | None = None
    has_qaly: bool | None = None
    has_life_years: bool | None = None
    no_qaly_reason: str = ""
    horizon_years: float | None = None
    lifetime: bool | None = None
    mortality_differs: bool | None = None
    other_horizons: int = 0
    discount_costs: Rule | None = None
    discount_effects: Rule | None = None
    discount_sensitivities: tuple[float, ...] = ()

    # Model
    structure_reason: str = ""
    cycle_years: float | None = None
    half_cycle_correction: bool | None = None
    extrapolates: bool | None = None
    extrapolation_alternatives: int = 0
    validation_internal: str = ""
    validation_external: str = ""
    validation_cross: str = ""
    parameters: tuple[ParameterFacts, ...] = ()

    # Costs
    price_year: int | None = None
    hospital_costing: HospitalCosting | None = None
    city_costing: CityCosting | None = None
    implementation_costs: bool | None = None
    vat_stated: bool | None = None
    payers: tuple[str, ...] = ()

    # Uncertainty
    deterministic: bool | None = None
    draws: int = 0
    correlations_considered: bool | None = None
    scenarios: int = 0
    structural_scenarios: int = 0
    plane: bool | None = None
    acceptability_curves: bool | None = None

    # Results
    outcomes_by_strategy: bool | None = None
    costs_by_item: bool | None = None
    frontier: bool | None = None
    ratio_by_price: bool | None = None
    official_threshold_claimed: bool | None = None

    # Transparency
    executable: bool | None = None
    reproducible: bool | None = None

    # Budget impact
    has_budget: bool | None = None
    budget_payers: tuple[str, ...] = ()
    budget_years: int | None = None
    budget_discounted: bool | None = None
    budget_with_and_without: bool | None = None
    budget_population_by_year: bool | None = None
    budget_uptake_justified: bool | None = None
    budget_uptake_scenarios: int = 0
    budget_by_item: bool | None = None
    budget_by_year: bool | None = None
    budget_price_with_tax: bool | None = None
    budget_same_sources: bool | None = None
    budget_sensitivity: bool | None = None
