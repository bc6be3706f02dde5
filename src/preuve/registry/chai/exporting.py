"""From an entry to a card: figures carry interval and evidence, all others are called claims."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from preuve.core.evidence import Evidence
from preuve.core.language import speaking
from preuve.core.usecase import Text
from preuve.registry.chai.card import ROOT, ChaiCard
from preuve.registry.chai.claims import CLAIMED, MEASURED
from preuve.registry.comparison.compare import foreign, speaks_of
from preuve.registry.comparison.measured import Figure, Measured
from preuve.registry.comparison.words import estimand_name, measure_name
from preuve.registry.entry import Claim, Entry

ABSENT = "N/A"
_MEASURES = ("auroc", "sensitivity", "specificity")


def export(entry: Entry, evidence: Sequence[Evidence] = ()) -> ChaiCard:
    """The card of an entry, in English, in the fields of the CHAI applied model card 0.2.

    An entry that came from a card gives that card back: every field, each figure that nothing
    backs marked as a claim. Figures of the signed evidence are added with interval and digest.

    Args:
        entry: the entry.
        evidence: the evidence files that speak of it, already checked.

    Raises:
        PreuveError: an evidence speaks of another system.
    """
    for one in evidence:
        if not speaks_of(Measured(one), entry):
            raise foreign(one, entry)
    with speaking("en"):
        fields = _card_of(entry) or _fields(entry)
        metrics = {name: dict(part) for name, part in fields["KeyMetrics"].items()}
        for part in metrics.values():
            part["Results"] = {
                "MetricResult": [_marked(one) for one in part["Results"]["MetricResult"]]
            }
        first = metrics["UsefulnessUsabilityEfficacy"]["Results"]["MetricResult"]
        measured = [_measured(figure, one) for one in evidence for figure in _figures(one)]
        real = [one for one in first if one["Label"] != ABSENT]
        metrics["UsefulnessUsabilityEfficacy"]["Results"]["MetricResult"] = (
            [*real, *measured] if measured else first
        )
        return ChaiCard.model_validate(fields | {"KeyMetrics": metrics})


def _card_of(entry: Entry) -> dict[str, Any] | None:
    """The fields of the card that an entry came from, or None."""
    try:
        return ChaiCard.model_validate(entry.model_card.get(ROOT)).fields()
    except ValidationError:
        return None


def _marked(result: dict[str, str]) -> dict[str, str]:
    label = result["Label"]
    bare = label.endswith(CLAIMED) or MEASURED.search(label) or label == ABSENT
    return result if bare else {**result, "Label": label + CLAIMED}


def _figures(evidence: Evidence) -> Iterator[Figure]:
    measured = Measured(evidence)
    for finding in measured.usecase.findings:
        for measure in _MEASURES:
            figure = measured.centre(measure, finding)
            if figure is not None:
                yield figure


def _measured(figure: Figure, evidence: Evidence) -> dict[str, str]:
    low, high = figure.estimate.interval
    finding = evidence.usecase.finding(figure.finding).label.en
    label = f"{measure_name(figure.measure)}: {finding}, {estimand_name(figure.estimand)}"
    if evidence.synthetic:
        label += ", SYNTHETIC"
    value = {
        "kind": "estimate_ci",
        "estimate": figure.estimate.value,
        "lower": low,
        "upper": high,
        "level": 100 * figure.estimate.level,
        "unit": figure.estimate.unit,
    }
    return {
        "Label": f"{label} [measured; signed evidence {evidence.digest}]",
        "ValueJson": json.dumps(value, separators=(",", ":")),
    }


def _said(words: Text | str | None) -> str:
    if words is None:
        return ABSENT
    return words.en if isinstance(words, Text) else words


def _fields(entry: Entry) -> dict[str, Any]:
    """The fields of a card for an entry that did not come from one."""
    uses, version = entry.intended_use, entry.versions[-1] if entry.versions else None
    grid = {item: _said(words) for item, words in entry.grid.items()}
    metric = {
        "MetricGoal": ABSENT,
        "Interpretation": ABSENT,
        "TestType": ABSENT,
        "TestingDataDescription": ABSENT,
        "ValidationProcessAndJustification": ABSENT,
    }
    claimed = [_claimed(claim) for claim in entry.claims if claim.evidence is None]
    nothing = [{"Label": ABSENT, "ValueJson": "null"}]
    return {
        "BasicInfo": {
            "ModelName": entry.name,
            "ModelDeveloper": entry.maker.name,
            "DeveloperContact": entry.maker.contact or ABSENT,
        },
        "ReleaseInfo": {
            "ReleaseStage": ABSENT,
            "ReleaseDate": version.released.isoformat() if version and version.released else ABSENT,
            "ReleaseVersion": version.version if version else ABSENT,
            "GlobalAvailability": ABSENT,
            "RegulatoryApproval": entry.device.ce_certificate,
        },
        "ModelSummary": {"Summary": _said(entry.summary), "Keywords": {"Keyword": []}},
        "UsesAndDirections": {
            "IntendedUseAndWorkflow": _said(uses.indication),
            "PrimaryIntendedUsers": _said(uses.users),
            "HowToUse": _said(uses.environment),
            "TargetedPatientPopulation": _said(uses.population),
            "CautionedOutOfScopeSettings": grid.get("HAS-03", ABSENT),
        },
        "Warnings": {
            "KnownRisksAndLimitations": ABSENT,
            "KnownBiasesOrEthicalConsiderations": ABSENT,
            "ClinicalRiskLevel": f"{entry.device.declared_class} (EU, declared)"
            if entry.device.declared_class
            else ABSENT,
        },
        "TrustIngredients": {
            "AISystemFacts": {
                "OutcomesAndOutputs": grid.get("HAS-19", ABSENT),
                "ModelType": _said(uses.principle),
                "InputDataSource": grid.get("HAS-16", ABSENT),
                "OutputAndInputDataTypes": grid.get("HAS-17", ABSENT),
                "DevelopmentDataCharacterization": grid.get("HAS-05", ABSENT),
                "BiasMitigationApproaches": grid.get("HAS-33", ABSENT),
                "OngoingMaintenance": grid.get("HAS-26", ABSENT),
            },
            "TransparencyInformation": {"FundingSource": ABSENT, "StakeholdersConsulted": ABSENT},
        },
        "KeyMetrics": {
            "UsefulnessUsabilityEfficacy": metric
            | {"Results": {"MetricResult": claimed or nothing}},
            "FairnessEquity": metric | {"Results": {"MetricResult": nothing}},
            "SafetyReliability": metric | {"Results": {"MetricResult": nothing}},
        },
        "Resources": {"PeerReviewedPublications": ABSENT, "PatientConsentOrDisclosure": ABSENT},
        "Bibliography": "",
    }


def _claimed(claim: Claim) -> dict[str, str]:
    value: dict[str, Any] = {"kind": "single", "value": claim.value}
    if claim.interval:
        value = {
            "kind": "estimate_ci",
            "estimate": claim.value,
            "lower": claim.interval[0],
            "upper": claim.interval[1],
            "level": 100 * claim.level,
        }
    label = claim.measure if claim.finding is None else f"{claim.measure}: {claim.finding}"
    return {"Label": label, "ValueJson": json.dumps(value, separators=(",", ":"))}
