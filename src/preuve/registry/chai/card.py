"""A CHAI applied model card, field by field: the names and the order are those of its schema."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"
ROOT = "AppliedModelCard"

_ALIASES = {
    "ehr": "EHR",
    "ehr_compatibility": "EHRCompatibility",
    "ai_system_facts": "AISystemFacts",
}
_EMPTY = re.compile(r"[\s\u200b\u2060\ufeff.\-–—]*")
_NOTHING = {"none", "n/a", "na", "not applicable", "not available", "null", "tbd"}


def _alias(name: str) -> str:
    return _ALIASES.get(name) or "".join(part.capitalize() for part in name.split("_"))


class Part(BaseModel):
    """An element that holds elements; a text that the schema does not require is None."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=_alias, populate_by_name=True
    )


class BasicInfo(Part):
    model_name: str
    model_developer: str
    developer_contact: str


class EHRCompatibility(Part):
    ehr: tuple[str, ...] = ()


class ReleaseInfo(Part):
    release_stage: str
    release_date: str
    release_version: str
    global_availability: str
    ehr_compatibility: EHRCompatibility | None = None
    regulatory_approval: str | None = None


class Keywords(Part):
    keyword: tuple[str, ...] = ()


class ModelSummary(Part):
    summary: str
    keywords: Keywords


class UsesAndDirections(Part):
    intended_use_and_workflow: str
    primary_intended_users: str
    how_to_use: str
    targeted_patient_population: str
    cautioned_out_of_scope_settings: str


class Warnings(Part):
    known_risks_and_limitations: str
    known_biases_or_ethical_considerations: str
    clinical_risk_level: str


class AISystemFacts(Part):
    outcomes_and_outputs: str
    model_type: str
    foundation_models: str | None = None
    input_data_source: str
    output_and_input_data_types: str
    development_data_characterization: str
    bias_mitigation_approaches: str
    ongoing_maintenance: str
    security: str | None = None
    transparency: str | None = None


class TransparencyInformation(Part):
    funding_source: str
    third_party_information: str | None = None
    stakeholders_consulted: str


class TrustIngredients(Part):
    ai_system_facts: AISystemFacts
    transparency_information: TransparencyInformation


class MetricResult(Part):
    label: str
    value_json: str


class Results(Part):
    metric_result: tuple[MetricResult, ...]


class KeyMetric(Part):
    metric_goal: str
    results: Results
    interpretation: str
    test_type: str
    testing_data_description: str
    validation_process_and_justification: str


class KeyMetrics(Part):
    usefulness_usability_efficacy: KeyMetric
    fairness_equity: KeyMetric
    safety_reliability: KeyMetric


class Resources(Part):
    evaluation_references: str | None = None
    clinical_trial: str | None = None
    peer_reviewed_publications: str
    reimbursement_status: str | None = None
    patient_consent_or_disclosure: str


class ChaiCard(Part):
    """The fields of one card."""

    basic_info: BasicInfo
    release_info: ReleaseInfo
    model_summary: ModelSummary
    uses_and_directions: UsesAndDirections
    warnings: Warnings
    trust_ingredients: TrustIngredients
    key_metrics: KeyMetrics
    resources: Resources
    bibliography: str

    def fields(self) -> dict[str, Any]:
        """The fields under the names of the schema, in its order; what is absent is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def leaves(self) -> Iterator[tuple[str, str]]:
        """Every text with its path: ("BasicInfo/ModelName", "…"), in the order of the card."""
        return _leaves(self.fields(), "")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, one in enumerate(value, 1):
            yield from _leaves(one, f"{path}[{index}]")
    else:
        for name, one in value.items():
            yield from _leaves(one, f"{path}/{name}" if path else name)


def stated(text: str | None) -> str | None:
    """The text, or None where it says nothing: empty, “None”, “N/A”, an invisible space."""
    if text is None or _EMPTY.fullmatch(text):
        return None
    bare = text.strip().strip("\u200b\ufeff.").strip()
    return None if bare.lower() in _NOTHING else bare


def metric_value(written: str) -> dict[str, Any] | None:
    """The object of a `ValueJson`, or None where it is no object of finite numbers."""
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    numbers = (v for v in value.values() if isinstance(v, float))
    return value if all(math.isfinite(number) for number in numbers) else None
