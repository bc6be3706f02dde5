"""Uncertain: every parameter of every layer, in one list."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from preuve.core.estimate import Estimate
from preuve.core.language import _, both
from preuve.twin import activity, assembly
from preuve.twin.asked import element_estimates
from preuve.twin.choice import gravity, primary_care, travel
from preuve.twin.demography import demand, population
from preuve.twin.effects import carers, health
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.elements import Element, Epidemic, Heat, PrimaryCare
from preuve.twin.scenario.written import Scenario
from preuve.twin.seasons import epidemic, heat, influenza, season

LAYERS = (
    activity,
    assembly,
    carers,
    demand,
    epidemic,
    gravity,
    health,
    heat,
    influenza,
    population,
    primary_care,
    season,
    travel,
)

PARAMETERS: tuple[Parameter, ...] = tuple(one for layer in LAYERS for one in layer.PARAMETERS)

_LABELS: Mapping[str, str] = {
    "ai": _("Share of low-acuity emergency visits that an AI system avoids"),
    "night_closure": _("Share of the emergency visits of a day that come at night"),
}

ONLY_WITH = {"epidemic": Epidemic, "heat": Heat, "primary_care": PrimaryCare}
"""Layers that act only where a scenario has such an element."""


GIVEN = ("epidemic.hospitalised", "epidemic.critical", "epidemic.generation_time")
"""Figures that every epidemic of a scenario gives itself, without an interval."""


def estimates(scenario: Scenario) -> Mapping[str, Estimate]:
    """Every uncertain quantity of a scenario by its name, the estimates of its elements too."""
    known = {one.name: one.estimate() for one in scenario.parameters_of(PARAMETERS)}
    return {**known, **element_estimates(scenario.elements)}


def hypotheses(scenario: Scenario) -> pl.DataFrame:
    """Table `hypotheses` of an impact: what acts in the scenario, in both languages."""
    rows = [
        {
            "name": one.name,
            "label_fr": both(one.label)["fr"],
            "label_en": both(one.label)["en"],
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
            "kind": one.kind,
            "source_fr": both(one.source)["fr"],
            "source_en": both(one.source)["en"],
        }
        for one in scenario.parameters_of(PARAMETERS)
        if _acts(one, scenario.elements)
    ]
    return pl.DataFrame(rows + _of_elements(scenario))


def _acts(parameter: Parameter, elements: tuple[Element, ...]) -> bool:
    """Whether a parameter acts: its layer is used, and no element gives the figure itself."""
    if parameter.name in GIVEN:
        return False
    layer = ONLY_WITH.get(parameter.name.partition(".")[0])
    return layer is None or any(isinstance(element, layer) for element in elements)


def _of_elements(scenario: Scenario) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, estimate in element_estimates(scenario.elements).items():
        kind = scenario.elements[int(name.partition(".")[2])].kind
        label, source = both(_LABELS.get(kind, kind)), both(estimate.source)
        rows.append(
            {
                "name": name,
                "label_fr": label["fr"],
                "label_en": label["en"],
                "value": estimate.value,
                "low": estimate.interval[0],
                "high": estimate.interval[1],
                "unit": estimate.unit,
                "kind": "given",
                "source_fr": source["fr"],
                "source_en": source["en"],
            }
        )
    return rows
